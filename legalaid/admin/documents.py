"""Files about people: listed, taken in, named, opened. Every one that leaves is written down."""

import functools

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Window
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from legalaid import arriving, evidence, papers
from legalaid.casework_forms import MOST_OFFERED
from legalaid.models import Case, Document, Intake
from sanasezim.shared import access_log, confirmed
from sanasezim.shared.access_log import Action, Reason
from sanasezim.shared.guarded_admin import GuardedAdmin
from sanasezim.shared.uploads import takes_files

SHOWN_BESIDE = 8  # files on the case's own page; all of them are on theirs


class PapersInput(forms.ClearableFileInput):
    """Several files at once, with a bar that shows how far they are (static/js/upload.js)."""

    allow_multiple_selected = True

    def __init__(self):
        super().__init__(
            {
                "accept": papers.ACCEPTED,
                "multiple": True,
                "data-upload-progress": "",
                "data-max-bytes": settings.PAPER_MAX_BYTES,
                "data-text-too-large": format_lazy(
                    gettext_lazy("A file is larger than {limit} MB. Choose again without it."),
                    limit=settings.PAPER_MAX_BYTES // 1024**2,
                ),
                "data-text-sending": gettext_lazy(
                    "{percent} sent, {speed} KB per second, about {seconds} seconds left."
                ),
                "data-text-checking": gettext_lazy(
                    "Everything is sent. The files are being checked."
                ),
                "data-text-cancel": gettext_lazy("Stop sending"),
                "data-text-cancelled": gettext_lazy("Stopped. Nothing was kept."),
                "data-text-failed": gettext_lazy("The files did not arrive. Try again."),
            }
        )


class DocumentForm(forms.ModelForm):
    """What a file is, and whether the person may open it."""

    whose = forms.CharField(
        label=gettext_lazy("Who sees it there"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("The reference of an appeal. Empty: whoever wrote, if it was one."),
    )

    class Meta:
        model = Document
        fields = ["title", "is_for_applicant"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["title"].widget.attrs["class"] = "vTextField"
        document = self.instance
        if not document.case_id:
            del self.fields["whose"]
            return
        appeals = document.case.intakes.order_by("pk")
        references = list(appeals.values_list("reference", flat=True)[: MOST_OFFERED + 1])
        if document.intake:
            self.fields["whose"].initial = document.intake.reference
        if len(references) <= MOST_OFFERED:
            choices = [("", _("whoever wrote, if it was one")), *((r, r) for r in references)]
            self.fields["whose"].widget = forms.Select(choices=choices)

    def clean_whose(self):
        reference = self.cleaned_data["whose"].strip().upper()
        if not reference:
            return None
        intake = self.instance.case.intakes.filter(reference=reference).first()
        if intake is None:
            raise ValidationError(_("No appeal of this case has this reference."))
        return intake

    def clean(self):
        cleaned = super().clean()
        document = self.instance
        if "whose" in cleaned:
            # Of a file that staff put into the case; what a person sent is theirs.
            document.intake = cleaned["whose"]
            if (
                cleaned.get("is_for_applicant")
                and document.intake is None
                and document.case.intakes.count() > 1
            ):
                self.add_error(
                    "whose", _("Several people wrote to us in this case: say who may open it.")
                )
        return cleaned


def for_who_is_signed_in(page, view, methods):
    """A link to a file opens in a session of ours. To everybody else there is nothing there."""

    @functools.wraps(view)
    def guarded(request, pk):
        if not page.admin_site.has_permission(request):
            raise Http404
        evidence.refuse_other_pages(request)
        if request.method not in methods:
            return HttpResponseNotAllowed(methods)
        return view(request, pk)

    return guarded


@admin.register(Document)
class DocumentAdmin(GuardedAdmin):
    form = DocumentForm
    list_display = [
        *["shown_title", "kind", "belongs_to", "from_whom", "added_at", "shown_size"],
        "is_for_applicant",
    ]
    list_select_related = ["case", "intake__case", "added_by"]
    list_filter = ["kind", "added_at", "is_for_applicant"]
    ordering = ["-added_at", "-pk"]
    sortable_by = ["added_at"]
    fields = ["title", "is_for_applicant", "whose"]
    change_form_template = "admin/legalaid/document_change.html"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("case", "intake__case", "added_by")

    def case_of(self, row):
        return evidence.case_of(row) or row.intake

    def get_fields(self, request, obj=None):
        fields = super().get_fields(request, obj)
        return [name for name in fields if name != "whose" or obj is not None and obj.case_id]

    def has_add_permission(self, request):
        # A file is added where it belongs: to a case or an intake.
        return False

    def has_change_permission(self, request, obj=None):
        may = super().has_change_permission(request, obj)
        if obj is None or not may:
            return may
        return evidence.may_change(evidence.case_of(obj) or obj.intake, request.user)

    # The list

    @admin.display(description=gettext_lazy("what it is"))
    def shown_title(self, document):
        return document.shown("title") or document.get_kind_display()

    @admin.display(description=gettext_lazy("of"))
    def belongs_to(self, document):
        return str(evidence.case_of(document) or document.intake)

    @admin.display(description=gettext_lazy("from whom"))
    def from_whom(self, document):
        return document.added_by or _("the person")

    @admin.display(description=gettext_lazy("size"))
    def shown_size(self, document):
        return filesizeformat(document.copy_size)

    # Its page

    def get_form(self, request, obj=None, change=False, **kwargs):
        # "whose" is the form's own, not the model's.
        kwargs["fields"] = ["title", "is_for_applicant"]
        return super().get_form(request, obj, change, **kwargs)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        document = self.get_object(request, object_id)
        context = {"reasons": Reason.choices, "show_save_and_continue": False}
        if document is not None:
            owner = evidence.case_of(document) or document.intake
            context |= {
                "document": document,
                "owner": owner,
                "number": evidence.number_of(document),
                "back_url": page_of(owner),
            }
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)

    def response_change(self, request, obj):
        self.message_user(request, _("Saved."))
        return redirect(page_of(evidence.case_of(obj) or obj.intake))

    # All files of a case or an intake

    def get_urls(self):
        def page(address, view, name):
            return path(address, view, name=f"legalaid_document_{name}")

        of_admin = self.admin_site.admin_view
        file = functools.partial(for_who_is_signed_in, self)
        return [
            page("case/<int:pk>/", of_admin(self.taking(Case)), "of_case"),
            page("intake/<int:pk>/", of_admin(self.taking(Intake)), "of_intake"),
            page("<int:pk>/copy/", file(self.copy_view, ["GET", "HEAD"]), "copy"),
            page("<int:pk>/original/", file(self.original_view, ["POST"]), "original"),
            *super().get_urls(),
        ]

    def taking(self, model):
        """The page of all files of one record, which takes more. Its form is read by us, encrypted as
        it arrives, and only then held against its token."""

        @takes_files(settings.PAPER_BODY_BYTES, staff_only=True)
        @csrf_exempt
        def files_view(request, pk):
            if not self.has_view_permission(request):
                raise PermissionDenied
            owner = model.objects.visible_to(request.user).filter(pk=pk).first()
            if owner is None:
                return self._get_obj_does_not_exist_redirect(request, model._meta, str(pk))
            if request.method != "POST":
                return self.show_files(request, owner)
            if not evidence.may_change(owner, request.user):
                raise PermissionDenied
            left_out = arriving.receive(request)
            return csrf_protect(self.take_files)(request, owner, left_out)

        return files_view

    def take_files(self, request, owner, left_out):
        place = {"case": owner} if isinstance(owner, Case) else {"intake": owner}
        refused, kept, known = papers.in_words(left_out), 0, 0
        uploads = request.FILES.getlist("files")
        for upload in uploads:
            try:
                document, is_new = evidence.add(upload, by=request.user, **place)
            except ValidationError as why:
                refused.append((papers.clean_name(upload.name), why.messages[0]))
                continue
            kept, known = kept + is_new, known + (not is_new)
            if is_new:
                self.record(request, Action.ADD, document)
        if kept:
            self.message_user(
                request,
                ngettext("%(number)d file is kept.", "%(number)d files are kept.", kept)
                % {"number": kept},
            )
        if known:
            self.message_user(
                request,
                ngettext(
                    "%(number)d file was here already.",
                    "%(number)d files were here already.",
                    known,
                )
                % {"number": known},
                "WARNING",
            )
        if refused or not (uploads or left_out):
            # Names of files may be names of people: they stand on the page, not in the session.
            nothing = "" if refused else _("Choose a file first.")
            return self.show_files(request, owner, refused=refused, nothing=nothing, status=422)
        return redirect(page_of(owner))

    def show_files(self, request, owner, *, refused=(), nothing="", status=200):
        documents = list(evidence.files_of(owner).select_related("added_by", "intake"))
        if request.method == "GET":
            access_log.record(
                Action.VIEW,
                by=request.user,
                request=request,
                what=Document,
                within=owner,
                rows=len(documents),
            )
        context = self.admin_site.each_context(request) | {
            "title": _("Files of %(record)s") % {"record": owner},
            "opts": owner._meta,
            "owner": owner,
            "owner_url": owner_url(owner),
            "is_case": isinstance(owner, Case),
            "documents": list(enumerate(documents, 1)),
            "may_change": evidence.may_change(owner, request.user),
            "input": PapersInput().render("files", None, {"id": "files"}),
            "media": self.media,
            "most": settings.PAPERS_AT_ONCE,
            "most_bytes": settings.PAPER_MAX_BYTES,
            "refused": refused,
            "nothing": nothing,
        }
        return TemplateResponse(
            request, "admin/legalaid/document_list.html", context, status=status
        )

    # Out

    def document_or_404(self, request, pk):
        """Not yours is answered like not there."""
        if not self.has_view_permission(request):
            raise Http404
        document = self.visible_or_none(request, pk)
        if document is None:
            raise Http404
        return document

    def copy_view(self, request, pk):
        document = self.document_or_404(request, pk)
        self.record(request, Action.DOWNLOAD, document)
        return evidence.hand_out(document)

    def original_view(self, request, pk):
        """The evidence itself, with all that a camera wrote into it: for a reason."""
        document = self.document_or_404(request, pk)
        reason = request.POST.get("why")
        if reason not in Reason.values:
            self.message_user(request, _("Say why you need the original."), "ERROR")
            return redirect(self.page_of(document, "change"))
        if settings.SECOND_FACTOR_REQUIRED and (answer := confirmed.ask(request)):
            return answer
        self.record(request, Action.DOWNLOAD, document, why=reason, digest=document.original_sha256)
        return evidence.hand_out(document, original=True)


def page_of(owner):
    """The page of all files of a case or an intake."""
    return reverse(f"admin:legalaid_document_of_{owner._meta.model_name}", args=[owner.pk])


def owner_url(owner):
    return reverse(f"admin:legalaid_{owner._meta.model_name}_change", args=[owner.pk])


def beside(case, user):
    """What the case's page shows of its files: the newest, and how many there are."""
    if not user.has_perm("legalaid.view_document"):
        return {}
    rows = Document.objects.of_case(case).annotate(of_all=Window(Count("pk")))
    newest = list(rows.reverse().only(*BESIDE)[:SHOWN_BESIDE])
    number = newest[0].of_all if newest else 0
    return {
        "files": [(number - place, document) for place, document in enumerate(newest)],
        "number_of_files": number,
        "files_url": page_of(case),
    }


BESIDE = ["kind", "title", "seal", "copy_size", "added_at", "added_by", "is_for_applicant"]
