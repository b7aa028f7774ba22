"""What a page still lacks, in words for whoever makes it: of the whole, and language by language."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import Event
from events.versions import PARTS, WRITTEN
from sanasezim.shared.house import facts
from sanasezim.shared.text import HOTLINE, fact_codes

WITH_WORDS = [name for name, (_model, _fields, texts) in PARTS.items() if texts]


@dataclass
class Lack:
    """Something missing; `part` names the screen where it is put right."""

    words: str
    part: str
    stops: bool = False  # the language cannot be published with it


def prefetched(event):
    """The event with all that these functions look at."""
    parts = [f"{name}__texts" for name in WITH_WORDS]
    events = Event.objects.select_related("begun_from")
    return events.prefetch_related("texts", "comments", "press", *parts).get(pk=event.pk)


def of_the_whole(event):
    lacks = []
    if not event.programme.all() and event.ends_on >= timezone.localdate():
        lacks.append(Lack(_("There is no programme yet."), "programme"))
    for name, lacking, words in [
        ("stories", lambda row: not row.consent_on, _("Without consent readers do not see it: %s")),
        ("photos", lambda row: not row.consent, _("Nobody has said who is on this photo: %s")),
        ("videos", lambda row: not row.consent, _("Nobody has said who is on this video: %s")),
    ]:
        lacks += [
            Lack(words % name_of(row), name) for row in getattr(event, name).all() if lacking(row)
        ]
    if number := sum(comment.done_at is None for comment in event.comments.all()):
        words = ngettext("%(n)d comment is open.", "%(n)d comments are open.", number)
        lacks.append(Lack(words % {"n": number}, "overview"))
    return lacks


def of_language(event, language):
    """[] means that everything the source says is said in this language, too, and not stale."""
    texts = {text.language: text for text in event.texts.all()}
    text, source = texts.get(language), texts.get(event.source_language)
    if text is None:
        return [Lack(_("Not begun."), "words", stops=True)]
    lacks = []
    if not text.body.strip():
        lacks.append(Lack(_("The text is empty."), "words", stops=True))
    if not text.summary:
        lacks.append(
            Lack(_("The summary is empty: search engines and messengers show it."), "words")
        )
    unknown = sorted(fact_codes(text.body) - set(facts("ru")) - {HOTLINE})
    if unknown:
        lacks.append(Lack(_("No fact has this code: %s") % ", ".join(unknown), "words", stops=True))
    year = str(event.begun_from.year) if event.begun_from else None
    if year and any(year in getattr(text, name) for name in text.FIELDS):
        words = _("The year %(year)s of the earlier page stands in the text. Is it still right?")
        lacks.append(Lack(words % {"year": year}, "words"))
    is_source = language == event.source_language
    if not is_source and text.is_stale(source):
        lacks.append(Lack(_("The text is out of date: its source has changed."), "words"))
    for name in WITH_WORDS:
        untold, stale = _untold(event, name, language, is_source)
        where = name if is_source else "words"
        if untold:
            words = {
                "programme": ngettext(
                    "%(n)d item of the programme has no words.",
                    "%(n)d items of the programme have no words.",
                    untold,
                ),
                "stories": ngettext(
                    "%(n)d story is missing.", "%(n)d stories are missing.", untold
                ),
                "photos": ngettext(
                    "%(n)d photo is not described.", "%(n)d photos are not described.", untold
                ),
                "videos": ngettext(
                    "%(n)d video has no title.", "%(n)d videos have no title.", untold
                ),
            }[name]
            lacks.append(Lack(words % {"n": untold}, where))
        if stale:
            words = {
                "programme": _("The programme is out of date."),
                "stories": _("A story is out of date."),
                "photos": _("Words of a photo are out of date."),
                "videos": _("Words of a video are out of date."),
            }[name]
            lacks.append(Lack(words, where))
    return lacks


def _untold(event, name, language, is_source):
    """(how many rows have no words in the language, how many have stale ones)."""
    untold = stale = 0
    for row in getattr(event, name).all():
        texts = {text.language: text for text in row.texts.all()}
        if language not in texts:
            untold += 1
        elif not is_source and texts[language].is_stale(texts.get(event.source_language)):
            stale += 1
    return untold, stale


def by_language(event):
    """[(language, its text or None, what it lacks)] in the portal's order."""
    texts = {text.language: text for text in event.texts.all()}
    return [(code, texts.get(code), of_language(event, code)) for code in WRITTEN]


def name_of(row):
    """What colleagues call a part of the page: its title, or the beginning of its words."""
    texts = list(row.texts.all())
    source = row.event.source_language
    text = next((one for one in texts if one.language == source), texts[0] if texts else None)
    return getattr(text, text.FIELDS[0]) if text else f"№ {row.pk}"
