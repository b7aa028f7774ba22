"""18 December for readers: the right page on each day, and what other programs read of it."""

import datetime
import io
import json
import re
from xml.etree import ElementTree

import icalendar
import pytest
from django.utils import timezone
from PIL import Image

from events import share_picture, showing
from events.models import ProgrammeItem, ProgrammeText, Story, StoryText
from tests import make

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - datetime.timedelta(days=4000)


def edition(year, **texts):
    """A public 18 December; `texts` are titles by language."""
    event = make.event(year, publish_at=LONG_AGO)
    event.texts.all().delete()
    for language, title in (texts or {"ru": f"День {year}"}).items():
        event.texts.create(
            language=language.replace("_", "-"),
            title=title,
            body="Слова **дня**.",
            publish_at=LONG_AGO,
        )
    return event


def item(event, title="Консультации", starts="10:00", ends="12:30", language="ru", **facts):
    row = ProgrammeItem.objects.create(
        event=event, day=event.starts_on, starts=starts, ends=ends, **facts
    )
    ProgrammeText.objects.create(
        item=row, language=language, title=title, place="Шымкент, улица, дом 5; вход со двора"
    )
    return row


@pytest.mark.parametrize(
    ("today", "year"),
    [
        ("2031-12-18", 2031),
        ("2031-12-19", 2031),  # what came of it
        ("2032-01-31", 2031),
        ("2032-03-01", 2032),  # long before the next, it is announced
        ("2032-12-01", 2032),
        ("2035-06-01", 2033),  # the last there is
    ],
)
def test_the_right_edition_is_shown_on_each_day(today, year):
    for one in (2031, 2032, 2033):
        edition(one)
    day = datetime.date.fromisoformat(today)

    assert showing.current(today=day).year == year


def test_the_day_begins_and_ends_at_midnight_in_almaty():
    event = edition(2031)

    def phase(moment):
        local = timezone.localtime(datetime.datetime.fromisoformat(moment))
        return showing.phase_of(event, local.date())

    assert phase("2031-12-17T18:59:59+00:00") == "before"
    assert phase("2031-12-17T19:00:00+00:00") == "today"
    assert phase("2031-12-18T18:59:59+00:00") == "today"
    assert phase("2031-12-18T19:00:00+00:00") == "after"


def test_a_page_asks_the_database_as_often_for_much_as_for_little(
    client, django_assert_max_num_queries
):
    event = edition(2031)
    item(event)
    story = Story.objects.create(event=event, consent_on="2031-12-01", consent_how="invented")
    StoryText.objects.create(story=story, language="ru", title="Рассказ", body="Слова")
    with django_assert_max_num_queries(40) as few:
        client.get("/ru/migrants-day/2031/")
    for number in range(12):
        item(event, f"Пункт {number}")
        story = Story.objects.create(event=event, consent_on="2031-12-01", consent_how="invented")
        StoryText.objects.create(story=story, language="ru", title="Рассказ", body="Слова")
    with django_assert_max_num_queries(len(few)):
        page = client.get("/ru/migrants-day/2031/?again").content.decode()

    assert page.count("Рассказ") >= 12
    assert "&lt;p&gt;" not in page


def test_hreflang_names_only_the_languages_that_are_public(client):
    event = edition(2031, ru="День", uz="Kun", uz_cyrl="Кун")
    event.texts.create(language="kk", title="Күн", body="…")  # not public yet

    page = client.get("/ru/migrants-day/2031/").content.decode()
    named = re.findall(r'rel="alternate" hreflang="([^"]+)" href="([^"]+)"', page)
    sitemap = client.get("/sitemap.xml").content.decode()

    assert [code for code, _address in named] == ["ru", "uz-Latn", "uz-Cyrl"]
    assert named[2][1].endswith("/uz-cyrl/migrants-day/2031/")
    assert "/uz/migrants-day/2031/" in sitemap and "/kk/migrants-day/2031/" not in sitemap


def test_what_was_taken_away_says_why(client):
    event = edition(2031)
    event.withdrawn_at, event.withdrawn_reason = timezone.now(), "Ошибка в адресе."
    event.save()

    page = client.get("/ru/migrants-day/2031/")
    assert page.status_code == 410
    assert "Ошибка в адресе." in page.content.decode()
    assert client.get("/ru/migrants-day/poster/2031/").status_code == 404


def test_the_calendar_is_read_by_another_program(client):
    event = edition(2031, ru="День", uz="Kun")
    long = "Очень длинное название, с запятой; точкой с запятой \\ и чертой " * 3
    row = item(event, long[:150])
    item(event, "Весь день", None, None)

    answer = client.get("/ru/migrants-day/calendar/2031.ics")
    found = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    one = client.get(f"/ru/migrants-day/calendar/2031/{row.pk}.ics")
    whole = icalendar.Calendar.from_ical(client.get("/migrants-day.ics?lang=uz").content)

    assert answer["Content-Type"].startswith("text/calendar")
    assert max(len(line) for line in answer.content.split(b"\r\n")) <= 75
    assert len(found) == 3
    meeting = next(event for event in found if event["SUMMARY"].strip() == long[:150].strip())
    assert meeting.decoded("DTSTART").isoformat() == "2031-12-18T05:00:00+00:00"
    assert str(meeting["LOCATION"]) == "Шымкент, улица, дом 5; вход со двора"
    assert len({str(event["UID"]) for event in found}) == 3
    assert len(icalendar.Calendar.from_ical(one.content).walk("VEVENT")) == 1
    assert "Kun" in {str(event["SUMMARY"]) for event in whole.walk("VEVENT")}


def test_the_feed_is_well_formed_and_keeps_its_ids(client):
    edition(2030)
    edition(2031)
    first, second = (
        ElementTree.fromstring(client.get("/ru/migrants-day/feed/").content)  # noqa: S314 (our own)
        for _time in range(2)
    )
    atom = "{http://www.w3.org/2005/Atom}"

    ids = [entry.find(f"{atom}id").text for entry in first.iter(f"{atom}entry")]
    assert len(set(ids)) == 2
    assert ids == [entry.find(f"{atom}id").text for entry in second.iter(f"{atom}entry")]


def test_machines_read_what_happens_and_no_word_of_it_is_run(client):
    event = edition(2031, ru="День </script><script>alert(1)</script>")
    item(event)
    page = client.get("/ru/migrants-day/2031/").content.decode()
    written = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    facts = json.loads(written[1])

    assert facts["@type"] == "Event"
    assert facts["name"].startswith("День </script>")
    assert facts["subEvent"][0]["endDate"] == "2031-12-18T12:30:00+05:00"
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "title",
    ["День", "Халықаралық мигранттар күні Ғ Қ Ң Ө Ұ Ү Һ І " * 6, "Ҳуқуқ ҷой ӯ ӣ", "Oʻzbek", ""],
)
def test_the_picture_for_messengers_is_light_and_has_every_letter(title):
    data = share_picture.draw(18, "декабря", "2031", title, "Международный день мигранта")

    assert Image.open(io.BytesIO(data)).size == (1200, 630)
    assert len(data) <= 100_000
    empty = share_picture._font(40).getmask("\ufffe").getbbox()
    assert all(
        share_picture._font(40).getmask(letter).getbbox() != empty for letter in set(title) - {" "}
    )


def test_slides_go_round_without_a_script(client):
    event = edition(2031)
    for number in range(5):
        item(event, f"Пункт {number}")
    address = "/ru/migrants-day/screen/2031/"
    seen = []
    for _slide in range(6):
        page = client.get(address).content.decode()
        seen.append(re.search(r"<title>(\d+) / (\d+)", page).groups())
        address = re.search(r'http-equiv="refresh" content="12; url=([^"]+)"', page)[1]

    assert [int(number) for number, _of in seen] == [1, 2, 3, 4, 1, 2]
    assert "http-equiv" not in client.get(f"{address}&pause").content.decode()
    assert client.get("/ru/migrants-day/screen/2031/?slide=x").status_code == 200


def test_a_poster_has_the_programme_and_the_way_here(client):
    item(edition(2031))
    page = client.get("/ru/migrants-day/poster/2031/").content.decode()

    assert "Консультации" in page and "10:00" in page and "<svg" in page
