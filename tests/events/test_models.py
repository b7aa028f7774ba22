"""What of an event is public when, and in which languages."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from events.models import (
    Event,
    EventText,
    Photo,
    PhotoText,
    ProgrammeItem,
    ProgrammeText,
    Story,
    StoryText,
)
from tests import make

pytestmark = pytest.mark.django_db
ALMATY = timezone.get_default_timezone()


def at(*moment):
    return datetime.datetime(*moment, tzinfo=ALMATY)


def test_an_event_is_public_from_its_very_minute_of_almaty_time():
    moment = at(2031, 11, 20, 9, 0)
    event = make.event(2031, publish_at=moment)
    before = moment - datetime.timedelta(seconds=1)

    assert not Event.objects.published(before).exists()
    assert Event.objects.published(moment).get() == event
    assert event.state_at(before) == Event.State.SCHEDULED
    assert event.state_at(moment) == Event.State.LIVE
    assert moment == datetime.datetime(2031, 11, 20, 4, 0, tzinfo=datetime.UTC)


def test_an_event_goes_into_the_archive_at_midnight_in_almaty():
    event = make.event(2031, publish_at=at(2031, 11, 20))

    assert event.state_at(at(2032, 2, 1, 23, 59)) == Event.State.LIVE
    assert event.state_at(at(2032, 2, 2)) == Event.State.ARCHIVED


def test_readers_get_only_public_languages_and_nobody_without_consent():
    now = timezone.now()
    event = make.event(2031, publish_at=now)
    EventText.objects.create(event=event, language="kk", title="18 желтоқсан", body="Келіңіз.")
    item = ProgrammeItem.objects.create(event=event, day="2031-12-18", starts="10:00")
    story = Story.objects.create(event=event)
    photo = Photo.objects.create(event=event, width=3000, height=2000, original="events/a.jpg")
    for language in ["ru", "kk"]:
        ProgrammeText.objects.create(item=item, language=language, title=language)
        StoryText.objects.create(story=story, language=language, title=language, body="…")
        PhotoText.objects.create(photo=photo, language=language, alt=language)

    with translation.override("kk"):
        shown = Event.objects.published().for_readers().get()
        assert shown.languages == ["ru"]
        assert shown.text.title == "18 декабря"
        assert shown.programme.all()[0].text.title == "ru"
        assert list(shown.stories.all()) == list(shown.photos.all()) == []
        preview = Event.objects.for_preview().get()
        assert preview.languages == ["kk", "ru"]
        assert preview.programme.all()[0].text.title == "kk"
        assert list(preview.stories.all()) == []

    story.consent_on, story.consent_how = now.date(), "written"
    story.save()
    Photo.objects.update(consent="nobody")
    shown = Event.objects.published().for_readers().get()
    assert shown.stories.all()[0].text.title == "ru"
    assert shown.photos.all()[0].medium_size == (800, 533)
    assert shown.programme.all()[0].starts_at == at(2031, 12, 18, 10)


def test_reading_an_event_takes_as_many_queries_however_large_it_is():
    event = make.event(2031, publish_at=timezone.now())

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            shown = Event.objects.published().for_readers().get()
            for item in shown.programme.all():
                assert item.text and item.starts_at and not item.office
            assert shown.numbers == []
        return len(seen)

    def add(hour):
        item = ProgrammeItem.objects.create(event=event, day="2031-12-18", starts=f"{hour}:00")
        ProgrammeText.objects.create(item=item, language="ru", title="Консультация")

    add(10)
    with_one = queries()
    add(11)
    add(12)

    assert queries() == with_one
