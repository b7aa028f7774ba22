"""The steps of publishing. Each function is one step: all of it happens, or none.

An edition is what staff work on; a version is what was public, from when to when. Readers see the
live version, so a booklet can be rewritten in peace while the old text stays up.
"""

import hashlib

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from resources import search
from resources.models import Edition, EditionVersion
from sanasezim.shared.models import PlannedMoment
from sanasezim.shared.text import render
from sanasezim.shared.uzbek import to_cyrillic

CONTENT_FIELDS = [
    "language", "title", "summary", "body", "file", "audio", "law_as_of", "reviewed_on", "reviewed_by",
]  # fmt: skip


def content_hash(content):
    """What a translation is made from: the words, not the file, the dates or the facts behind them."""
    words = "\x1f".join([content.title, content.summary, content.body])
    return hashlib.sha256(words.encode()).hexdigest()


@transaction.atomic
def submit(edition, *, by):
    """Hand a draft to whoever checks it."""
    edition = _locked(edition)
    if edition.submitted_at:
        raise ValidationError(_("This edition is already waiting for review."))
    _check_complete(edition)
    edition.submitted_at, edition.submitted_by = timezone.now(), by
    edition.save(update_fields=["submitted_at", "submitted_by", "changed_at"])
    return edition


@transaction.atomic
def send_back(edition, *, by):
    """Give it back to the writer."""
    edition = _locked(edition)
    if not edition.submitted_at:
        raise ValidationError(_("This edition is not waiting for review."))
    edition.submitted_at = edition.submitted_by = None
    edition.save(update_fields=["submitted_at", "submitted_by", "changed_at"])
    return edition


@transaction.atomic
def publish(edition, *, by, at=None, change_note=""):
    """Make the edition public as it stands: now, or at a later moment. Returns the new version."""
    now = timezone.now()
    at = at or now
    edition = _locked(edition)
    _check_complete(edition)
    if edition.withdrawn_at:
        raise ValidationError(_("This edition is withdrawn. Bring it back first."))
    newest = edition.versions.first()
    if newest and newest.publish_at > now:
        raise ValidationError(_("A version is already scheduled. Cancel it first."))
    if newest and not change_note:
        raise ValidationError(_("Say in one sentence what changed: readers see it."))
    if newest:
        # Readers of the old version see it until the very moment of the new one.
        newest.superseded_at = max(at, newest.publish_at)
        newest.save(update_fields=["superseded_at"])
    html, contents, minutes = render(edition.body)
    version = EditionVersion.objects.create(
        edition=edition,
        number=newest.number + 1 if newest else 1,
        change_note=change_note,
        publish_at=at,
        published_by=by,
        content_hash=content_hash(edition),
        html=html,
        contents=contents,
        reading_minutes=minutes,
        **{field: getattr(edition, field) for field in CONTENT_FIELDS},
    )
    if at > now:
        PlannedMoment.objects.create(at=at)
    edition.submitted_at = edition.submitted_by = None
    edition.save(update_fields=["submitted_at", "submitted_by", "changed_at"])
    search.index(version)
    if edition.language == "uz":
        publish(in_cyrillic(edition), by=by, at=at, change_note=to_cyrillic(change_note))
    return version


@transaction.atomic
def cancel_scheduled(edition, *, by):
    """Take back what was planned; what is public stays as it is."""
    edition = _locked(edition)
    planned = edition.versions.filter(publish_at__gt=timezone.now()).first()
    if not planned:
        raise ValidationError(_("Nothing is scheduled."))
    planned.delete()
    if previous := edition.versions.first():
        previous.superseded_at = None
        previous.save(update_fields=["superseded_at"])
        search.index(previous)
    cyrillic = _cyrillic_twin(edition)
    if cyrillic and cyrillic.versions.filter(publish_at__gt=timezone.now()).exists():
        cancel_scheduled(cyrillic, by=by)
    return edition


@transaction.atomic
def withdraw(edition, *, by, reason):
    """Take an edition away from readers. Its page stays and says why."""
    if not reason.strip():
        raise ValidationError(_("Say why it is withdrawn: readers will see it."))
    edition = _locked(edition)
    if edition.withdrawn_at:
        raise ValidationError(_("This edition is already withdrawn."))
    edition.withdrawn_at, edition.withdrawn_reason = timezone.now(), reason.strip()
    edition.save(update_fields=["withdrawn_at", "withdrawn_reason", "changed_at"])
    search.unindex(edition)
    cyrillic = _cyrillic_twin(edition)
    if cyrillic and not cyrillic.withdrawn_at:
        withdraw(cyrillic, by=by, reason=to_cyrillic(reason))
    return edition


@transaction.atomic
def bring_back(edition, *, by):
    """Undo a withdrawal: the version that was live is live again."""
    edition = _locked(edition)
    if not edition.withdrawn_at:
        raise ValidationError(_("This edition is not withdrawn."))
    edition.withdrawn_at, edition.withdrawn_reason = None, ""
    edition.save(update_fields=["withdrawn_at", "withdrawn_reason", "changed_at"])
    for version in edition.versions.all()[:1]:
        search.index(version)
    cyrillic = _cyrillic_twin(edition)
    if cyrillic and cyrillic.withdrawn_at:
        bring_back(cyrillic, by=by)
    return edition


def mark_up_to_date(edition):
    """Say that a translation matches its source as the source stands now."""
    source = source_of(edition)
    edition.source_hash = content_hash(source) if source else ""
    edition.save(update_fields=["source_hash", "changed_at"])


def reindex_quoting(code):
    """A fact was changed: let search find the booklets that quote it by its new value."""
    quoting = EditionVersion.objects.live().filter(body__contains=f"[[{code}]]")
    for version in quoting.select_related("edition__publication", "file"):
        search.index(version)


def source_language(publication, language):
    """The language that an edition in `language` is made from; its own for the source itself."""
    return "uz" if language == "uz-cyrl" else publication.source_language


def source_of(edition):
    """The edition this one is made from, or None for the source itself."""
    language = source_language(edition.publication, edition.language)
    if language == edition.language:
        return None
    return edition.publication.editions.filter(language=language).first()


def is_stale(edition):
    """Whether the source has changed since this translation was made. Told by its words, never by dates."""
    source = source_of(edition)
    return source is not None and edition.source_hash != content_hash(source)


def in_cyrillic(edition):
    """The Cyrillic twin of an Uzbek edition, its words made anew. It keeps its own file."""
    cyrillic = _cyrillic_twin(edition) or Edition(
        publication=edition.publication, language="uz-cyrl"
    )
    cyrillic.title = to_cyrillic(edition.title)
    cyrillic.summary = to_cyrillic(edition.summary)
    cyrillic.body = to_cyrillic(edition.body)
    for field in ["law_as_of", "reviewed_on", "reviewed_by", "review_due"]:
        setattr(cyrillic, field, getattr(edition, field))
    cyrillic.source_hash = content_hash(edition)
    cyrillic.save()
    return cyrillic


def _cyrillic_twin(edition):
    if edition.language != "uz":
        return None
    return edition.publication.editions.filter(language="uz-cyrl").first()


def _locked(edition):
    # Two people may press the button at once: the second waits here, then sees the first's answer.
    return Edition.objects.select_for_update().get(pk=edition.pk)


def _check_complete(edition):
    if not (edition.body.strip() or edition.file_id or edition.audio_id):
        raise ValidationError(_("There is nothing to read yet: write the text or add a file."))
