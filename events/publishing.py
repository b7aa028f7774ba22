"""The steps of an event's page. Each function is one step: all of it happens, or none.

Begun, mostly from an earlier year; written; sent for review; published at a moment of Almaty time in
the languages that are ready; in the archive by itself when its season is over.
"""

import datetime

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events import notices, versions
from events.models import Event, EventText, Number, Step
from sanasezim.shared.languages import OWN_NAMES
from sanasezim.shared.models import PlannedMoment
from sanasezim.shared.uzbek import to_cyrillic

# What may be taken over from an earlier page
KEEP = ["text", "programme", "stories", "partners", "materials"]

# What the records know about a day: Number.Kind → function of the first and the last day. The house,
# which knows the hotline and the cases, fills it (sanasezim/figures.py).
COUNTERS = {}


@transaction.atomic
def begin(*, by, starts_on, ends_on, title, slug="", source_language="ru"):
    """An empty page with a title."""
    event = _new(starts_on, ends_on, title, slug, source_language)
    log(event, Step.Kind.BEGUN, by)
    versions.keep(event, by=by)
    return event


@transaction.atomic
def begin_from(earlier, *, by, starts_on, ends_on, title, slug="", keep=()):
    """A page that begins as a copy of an earlier one, as far as `keep` says.

    Photos, films, press and figures belong to their year. A story comes without its consent: people
    agreed to that year's page. A translation is stale at once, because the title is another.
    """
    event = _new(starts_on, ends_on, title, slug, earlier.source_language)
    event.begun_from = earlier
    event.save(update_fields=["begun_from"])
    if "text" in keep:
        event.texts.all().delete()
        _copy(earlier.texts.all(), event=event, publish_at=None)
        event.texts.filter(language=event.source_language).update(title=title)
    if "programme" in keep:
        for item in earlier.programme.prefetch_related("texts"):
            _copy_part(item, event, day=item.day + (event.starts_on - earlier.starts_on))
    if "stories" in keep:
        for story in earlier.stories.prefetch_related("texts"):
            _copy_part(story, event, consent_on=None, consent_how="")
    for name in ["partners", "materials"]:
        if name in keep:
            getattr(event, name).set(getattr(earlier, name).all())
    log(event, Step.Kind.COPIED, by, str(earlier))
    versions.keep(event, by=by)
    return event


def _new(starts_on, ends_on, title, slug, source_language):
    event = Event(
        kind=Event.Kind.SIDE if slug else Event.Kind.MAIN,
        year=starts_on.year,
        slug=slug,
        starts_on=starts_on,
        ends_on=ends_on,
        source_language=source_language,
    )
    event.full_clean()
    event.save()
    EventText.objects.create(event=event, language=source_language, title=title)
    return event


def _copy_part(row, event, **changes):
    texts = list(row.texts.all())
    row.pk, row.event = None, event
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(force_insert=True)
    _copy(texts, **{texts[0].OWNER: row} if texts else {})


def _copy(texts, **changes):
    for text in texts:
        text.pk = None
        for name, value in changes.items():
            setattr(text, name, value)
        text.save(force_insert=True)


def log(event, kind, by, note=""):
    Step.objects.create(event=event, kind=kind, taken_by=by, note=note[:250])


@transaction.atomic
def submit(event, *, by, note=""):
    """Show it to whoever may publish."""
    event = locked(event)
    if event.submitted_at:
        raise ValidationError(_("This page is already waiting for review."))
    if event.publish_at:
        raise ValidationError(_("This page is already published or scheduled."))
    ready_languages(event, [event.source_language])
    event.submitted_at, event.submitted_by = timezone.now(), by
    event.save(update_fields=["submitted_at", "submitted_by"])
    log(event, Step.Kind.SUBMITTED, by, note)
    notices.review_waits.enqueue(event.pk)
    return event


@transaction.atomic
def send_back(event, *, by, note=""):
    """Give it back to the writer."""
    event = locked(event)
    if not event.submitted_at:
        raise ValidationError(_("This page is not waiting for review."))
    event.submitted_at = event.submitted_by = None
    event.save(update_fields=["submitted_at", "submitted_by"])
    log(event, Step.Kind.SENT_BACK, by, note)
    return event


@transaction.atomic
def publish(event, *, by, languages, at=None):
    """Make the page public in these languages: now, or at a later moment. Also moves what is planned."""
    now = timezone.now()
    at = at or now
    event = locked(event)
    if event.withdrawn_at:
        raise ValidationError(_("This page is withdrawn. Bring it back first."))
    if event.publish_at and event.publish_at <= now:
        raise ValidationError(_("This page is public already."))
    texts = ready_languages(event, languages)
    event.publish_at = at
    event.submitted_at = event.submitted_by = None
    event.save(update_fields=["publish_at", "submitted_at", "submitted_by"])
    event.texts.update(publish_at=None)
    event.texts.filter(pk__in=[text.pk for text in texts]).update(publish_at=at)
    write_cyrillic(event)
    if at > now:
        PlannedMoment.objects.create(at=at)
        moment = f"{timezone.localtime(at):%d.%m.%Y %H:%M} (UTC+5)"
        log(event, Step.Kind.SCHEDULED, by, f"{moment}: {', '.join(languages)}")
    else:
        log(event, Step.Kind.PUBLISHED, by, ", ".join(languages))
    versions.keep(event, by=by)
    return event


@transaction.atomic
def choose_languages(event, *, by, languages):
    """The languages that readers see: those added are public at once, or with the planned moment."""
    event = locked(event)
    if not event.publish_at:
        raise ValidationError(_("This page is not published yet."))
    texts = ready_languages(event, languages)
    before = set(event.texts.exclude(publish_at=None).values_list("language", flat=True))
    event.texts.exclude(language__in=languages).update(publish_at=None)
    event.texts.filter(pk__in=[text.pk for text in texts], publish_at=None).update(
        publish_at=max(timezone.now(), event.publish_at)
    )
    write_cyrillic(event)
    if gone := sorted(before - set(languages) - {"uz-cyrl"}):
        log(event, Step.Kind.LANGUAGES_HIDDEN, by, ", ".join(gone))
    if come := sorted(set(languages) - before):
        log(event, Step.Kind.LANGUAGES, by, ", ".join(come))
    return event


@transaction.atomic
def cancel_scheduled(event, *, by):
    """Take back what was planned."""
    event = locked(event)
    if not event.publish_at or event.publish_at <= timezone.now():
        raise ValidationError(_("Nothing is scheduled."))
    event.publish_at = None
    event.save(update_fields=["publish_at"])
    event.texts.update(publish_at=None)
    log(event, Step.Kind.CANCELLED, by)
    return event


@transaction.atomic
def withdraw(event, *, by, reason):
    """Take the page away from readers. Its address stays and says why."""
    if not reason.strip():
        raise ValidationError(_("Say why it is withdrawn: readers will see it."))
    event = locked(event)
    if event.withdrawn_at:
        raise ValidationError(_("This page is already withdrawn."))
    event.withdrawn_at, event.withdrawn_reason = timezone.now(), reason.strip()
    event.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    log(event, Step.Kind.WITHDRAWN, by, event.withdrawn_reason)
    return event


@transaction.atomic
def bring_back(event, *, by):
    """Undo a withdrawal: what was public is public again."""
    event = locked(event)
    if not event.withdrawn_at:
        raise ValidationError(_("This page is not withdrawn."))
    event.withdrawn_at, event.withdrawn_reason = None, ""
    event.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    log(event, Step.Kind.BROUGHT_BACK, by)
    return event


@transaction.atomic
def restore(event, *, by, number):
    """Make the words, programme and lists again what they were in an earlier version."""
    event = locked(event)
    version = event.versions.get(number=number)
    versions.put_back(event, version.content)
    write_cyrillic(event)
    log(event, Step.Kind.RESTORED, by, str(number))
    versions.keep(event, by=by)
    return event


@transaction.atomic
def forget(row, *, by):
    """Remove a story, photo or film for good: from the page, from old versions and from the disk.

    For whoever takes their consent back.
    """
    event = locked(row.event)
    kind, number = row._meta.model_name, row.pk
    files = [getattr(row, name) for name in versions.FILES.get(kind, [])]
    names = [stored.name for stored in files if stored]
    versions.leave_out(event, row)
    row.delete()
    log(event, Step.Kind.FORGOTTEN, by, f"{row._meta.verbose_name} {number}")
    transaction.on_commit(lambda: [default_storage.delete(name) for name in names])


@transaction.atomic
def count_in_records(event, *, by):
    """Take the figures of the day from the records, as they stand now. What was typed stays."""
    event = locked(event)
    for kind, count in COUNTERS.items():
        if not event.figures.filter(kind=kind).exclude(source="").exists():
            Number.objects.update_or_create(
                event=event,
                kind=kind,
                defaults={
                    "value": count(event.starts_on, event.ends_on),
                    "counted_at": timezone.now(),
                },
            )
    versions.keep(event, by=by)
    return event


# What the steps stand on


def locked(event):
    # Two people may press the button at once: the second waits here, then sees the first's answer.
    return Event.objects.select_for_update().get(pk=event.pk)


def ready_languages(event, languages):
    """The texts of these languages; a ValidationError if one of them has nothing to read."""
    if not languages:
        raise ValidationError(_("Choose at least one language."))
    texts = {text.language: text for text in event.texts.all()}
    for code in languages:
        if code not in texts or not texts[code].body.strip():
            raise ValidationError(
                _("There is no title or no text yet in this language: %(language)s."),
                params={"language": OWN_NAMES[code]},
            )
    return [texts[code] for code in languages]


def source_of(text, texts):
    """Of the texts of one thing, the one this was translated from; None for the source itself."""
    owner = getattr(text, text.OWNER)
    source = getattr(owner, "event", owner).source_language
    if text.language in (source, "uz-cyrl"):
        return None
    return next((other for other in texts if other.language == source), None)


def write_cyrillic(owner):
    """Make the Uzbek Cyrillic words of something from its Latin ones."""
    latin = owner.texts.filter(language="uz").first()
    owner.texts.filter(language="uz-cyrl").delete()
    if latin:
        latin.pk, latin.language = None, "uz-cyrl"
        for name in latin.FIELDS:
            setattr(latin, name, to_cyrillic(getattr(latin, name)))
        latin.save(force_insert=True)


def suggested_moment(event):
    """When it would appear if nobody chose: nine in the morning, four weeks before the day."""
    day = event.starts_on - datetime.timedelta(days=28)
    return datetime.datetime.combine(day, datetime.time(9), timezone.get_default_timezone())
