"""The files of a case as staff work with them: taken in, named, shown to the person, handed out.

What staff open is the copy, which has lost where and by whom it was made. The original leaves for a
reason only. Both leave as attachments under a name of ours, straight from the sealed file.
"""

import itertools

import pghistory
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from legalaid import casework, papers
from legalaid.models import Case, Document
from sanasezim.shared.protected import Damaged

# What may ask for a file: a person who clicks or types. Never a page that puts it into itself.
ASKED_FROM = {"same-origin", "none", ""}
ASKED_AS = {"document", "empty", ""}


def may_change(owner, user):
    """Whether this person may add files to a case or an intake, and say what they are."""
    if not (user.has_perm("legalaid.add_document") and user.has_perm("legalaid.change_document")):
        return False
    case = owner if isinstance(owner, Case) else owner.case
    if owner.erased_at:
        return False
    if case is not None:
        return user.has_perm("legalaid.change_case") and casework.works_on(case, user)
    return user.has_perm("legalaid.change_intake")


def case_of(document):
    return document.case or document.intake.case


def files_of(owner):
    """The files of a case or an intake, in the order in which they came."""
    if isinstance(owner, Case):
        return Document.objects.of_case(owner)
    return owner.documents.order_by("added_at", "pk")


# In


def add(upload, *, by, case=None, intake=None):
    """Check a file and keep it: (the Document, whether it is new). ValidationError says why not.

    No transaction holds the database while the file is looked into.
    """
    owner = intake or case
    if not may_change(owner, by):
        raise ValidationError(_("This case is no longer with you."))
    began = timezone.now()
    with pghistory.context(user=by.pk):
        document = papers.take_in_file(upload, intake=intake, case=None if intake else case, by=by)
        is_new = document.added_at >= began
        if is_new and (case := case_of(document)):
            Case.objects.filter(pk=case.pk).update(touched_at=timezone.now())
    return document, is_new


# Out


def refuse_other_pages(request):
    """404 for a file that another site, or a page as a part of itself, asks for."""
    if (
        request.headers.get("Sec-Fetch-Site", "") not in ASKED_FROM
        or request.headers.get("Sec-Fetch-Dest", "") not in ASKED_AS
    ):
        raise Http404


def number_of(document):
    """Its place among the files of its case, or of its intake where there is no case: from 1."""
    earlier = Q(added_at__lt=document.added_at) | Q(added_at=document.added_at, pk__lte=document.pk)
    return files_of(case_of(document) or document.intake).filter(earlier).count()


def opened(file):
    """(its first bytes, all of its pieces) of a sealed file; Damaged before anything of it was sent."""
    try:
        pieces = file.chunks()
        start = next(pieces)
    except FileNotFoundError:
        raise Damaged("the file is not there") from None
    return start, itertools.chain([start], pieces)


def hand_out(document, *, original=False):
    """The answer that carries a file. Whoever calls this has looked at who asks, and wrote it down."""
    start, pieces = opened(document.original if original else document.copy)
    owner = case_of(document) or document.intake
    name = f"{owner.reference}-{number_of(document):02}{'-original' if original else ''}"
    return attachment(
        pieces,
        name=f"{name}.{papers.ending(start)}",
        size=document.original_size if original else document.copy_size,
        content_type=papers.content_type(start),
    )


def attachment(pieces, *, name, size, content_type):
    """Bytes for the disk of whoever asked, which no browser opens as a page of ours."""
    response = StreamingHttpResponse(pieces, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Length"] = str(size)
    response.headers["Content-Encoding"] = "identity"  # else it is compressed once more
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
