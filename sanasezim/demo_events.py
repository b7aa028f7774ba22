"""The 18 December of the demonstration: an essay, a film, two stories, a year with figures and press, a
side event, and the coming page as it waits for review."""

import datetime
import json
from pathlib import Path

from django.core.files.base import ContentFile
from django.utils import timezone

from events import pictures, publishing, versions
from events.models import (
    Comment,
    Event,
    EventText,
    Number,
    Photo,
    PhotoText,
    PressItem,
    ProgrammeItem,
    ProgrammeText,
    Step,
    Story,
    StoryText,
    Video,
    VideoText,
)
from resources.models import Handout, Publication
from sanasezim.shared.models import Office, Partner
from sanasezim.starting_content import read_texts, with_cyrillic

EVENTS = Path(__file__).parent / "demo" / "events"
COMING = 2026
WITH_RESULTS = 2025


def load(*, coordinator, director):
    materials = Publication.objects.filter(code__in=["K-05", "K-07", "K-08"])
    partners = Partner.objects.public()
    offices = {office.code: office for office in Office.objects.all()}
    for folder in sorted(EVENTS.iterdir()):
        event = _event(folder)
        _programme(event, folder / "programme.json", offices)
        _stories(event, folder / "stories")
        _photos(event, folder / "photos.json")
        _film(event, folder / "film")
        if event.year >= WITH_RESULTS:
            event.materials.set(materials)
            event.partners.set(partners)
        if event.year == WITH_RESULTS:
            _results(event, coordinator)
        if folder.name == str(COMING):
            _wait_for_review(event, coordinator, director)
        else:
            step = Step(event=event, kind=Step.Kind.PUBLISHED, taken_by=director)
            step.taken_at = event.publish_at
            step.save()
        versions.keep(event, by=coordinator)


def _event(folder):
    about = folder / "event.json"
    given = json.loads(about.read_text(encoding="utf-8")) if about.exists() else {}
    day = datetime.date.fromisoformat(given.get("day", f"{folder.name}-12-18"))
    midnight = datetime.datetime.combine(day, datetime.time(), timezone.get_default_timezone())
    public_from = min(midnight - datetime.timedelta(days=30), timezone.now())
    event = Event.objects.create(
        kind=Event.Kind.SIDE if given else Event.Kind.MAIN,
        slug=given.get("slug", ""),
        year=day.year,
        starts_on=day,
        ends_on=day,
        publish_at=None if folder.name == str(COMING) else public_from,
    )
    _words(event, EventText, read_texts(folder), publish_at=event.publish_at)
    return event


def _words(owner, model, texts, **more):
    """All translations were made from the Russian text as it stands."""
    rows = [
        model(**{model.OWNER: owner}, language=code, **text, **more) for code, text in texts.items()
    ]
    source = next((row for row in rows if row.language == "ru"), None)
    for row in rows:
        if row is not source and source:
            row.source_hash = source.words_hash
    model.objects.bulk_create(rows)


def _programme(event, path, offices):
    for row in _rows(path):
        texts = with_cyrillic(row.pop("texts"))
        office = offices.get(row.pop("office"))
        item = ProgrammeItem.objects.create(event=event, day=event.starts_on, office=office, **row)
        _words(item, ProgrammeText, texts)


def _rows(path):
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def _stories(event, folder):
    for place, one in enumerate(sorted(folder.iterdir()) if folder.exists() else [], start=1):
        story = Story.objects.create(
            event=event,
            order=place * 10,
            consent_on=event.starts_on,
            consent_how=Story.How.INVENTED,
        )
        _words(story, StoryText, read_texts(one))


def _photos(event, path):
    for row in _rows(path):
        drawn = path.parent / "photos"
        photo = Photo(
            event=event,
            width=row["width"],
            height=row["height"],
            consent=Photo.Consent.NOBODY,
        )
        with pictures.written() as stored:
            photo.original = _store(stored, drawn / f"{row['name']}.jpg")
            for size in Photo.SIZES:
                setattr(photo, size, _store(stored, drawn / f"{row['name']}-{size}.webp"))
            photo.save()
        _words(photo, PhotoText, with_cyrillic(row["texts"]))


def _store(stored, path):
    return stored.write("events", path.suffix[1:], ContentFile(path.read_bytes()))


def _film(event, folder):
    if not folder.exists():
        return
    path = folder.parent / "film.mp4"
    video = Video(event=event, consent=Video.Consent.NOBODY, seconds=12, size=path.stat().st_size)
    with pictures.written() as stored:
        video.file = _store(stored, path)
        video.save()
    texts = {
        code: {"title": text["title"], "transcript": text["body"]}
        for code, text in read_texts(folder).items()
    }
    _words(video, VideoText, texts)


def _results(event, coordinator):
    """Figures and an article, as they come in after the day. All of it says that it is invented."""
    event.handouts.set(
        Handout.objects.create(
            publication=publication,
            language=language,
            copies=copies,
            handed_on=event.starts_on,
            place="Вокзал (место придумано)",
            recorded_by=coordinator,
        )
        for publication, language, copies in zip(
            event.materials.all(), ["uz", "ru", "tg"], [60, 25, 20], strict=False
        )
    )
    source = "Число придумано для показа портала"
    Number.objects.bulk_create(
        Number(event=event, kind=kind, value=value, source=source)
        for kind, value in [(Number.Kind.ADVISED, 42), (Number.Kind.GUESTS, 70)]
    )
    PressItem.objects.create(
        event=event,
        title="Как встретили День мигранта (статья придумана для показа)",
        paper="Демонстрационная газета",
        issue="№ 1",
        published_on=event.starts_on + datetime.timedelta(days=2),
        author="Автор придуман",
        language="ru",
    )


def _wait_for_review(event, coordinator, director):
    """The Russian text has changed since the Kazakh one was made, and the director has a question."""
    # The Kazakh file still says what the Russian one said before place and time were known.
    event.texts.filter(language="kk").update(source_hash="")
    publishing.log(event, Step.Kind.BEGUN, coordinator)
    publishing.submit(event, by=coordinator, note="Проверьте, пожалуйста, программу.")
    Comment.objects.create(
        event=event,
        part=Comment.Part.PROGRAMME,
        text="Добавьте, на каком автобусе доехать до зала.",
        written_by=director,
    )
    Comment.objects.create(
        event=event,
        part=Comment.Part.TEXT,
        language="kk",
        quote="Орны мен уақыты әлі таңдалған жоқ.",
        text="Қазақша мәтін ескірген: орысшасында уақыты бар.",
        written_by=director,
    )
