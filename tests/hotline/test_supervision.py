"""Looking after the line: numbers of the line, never of a colleague."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from hotline import retention, supervision
from hotline.models import Call, CallerFlag, QualityNote
from legalaid import erasure
from tests import make
from tests.hotline.test_lines import almaty

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def test_the_board_counts_today_in_almaty_time():
    now = almaty(24, 12)
    make.call(started_at=almaty(24, 0, 5), in_danger="yes")
    make.call(started_at=almaty(24, 11), kind="silent")
    make.call(started_at=almaty(23, 23, 55))
    make.callback(ring_from=now - DAY, ring_by=now - DAY / 2)
    make.callback(ring_from=now, safe_hours=[20])

    board = supervision.board(now)

    assert (board.calls, board.about_something, board.in_danger) == (2, 1, 1)
    assert dict(board.by_hour)[0] == 1 and dict(board.by_hour)[11] == 1
    assert (board.due, board.overdue, board.unsafe) == (1, 1, 1)


def test_a_topic_rises_when_it_comes_up_more_often_than_before():
    wages, papers = make.topic("wages", en="Wages"), make.topic("papers", en="Papers")
    now = almaty(24, 12)
    for _each in range(6):
        make.call(started_at=now - DAY).topics.set([wages, papers])
    for week in range(1, 5):
        for _each in range(5):
            make.call(started_at=now - (7 * week + 1) * DAY).topics.add(papers)

    found = supervision.rising(now)

    assert [(each.topic, each.now, each.before) for each in found] == [("Wages", 6, 0)]


def test_a_month_stands_beside_the_same_month_a_year_before():
    make.call(started_at=almaty(30, 23, 59), language="uz", outcome="informed")
    make.call(started_at=almaty(1, 0), language="")
    make.call(started_at=almaty(1, 0).replace(year=2025), language="uz")
    make.call(started_at=almaty(1, 0).replace(month=12))

    now, before, tables = supervision.month(datetime.date(2026, 11, 1))

    assert (now, before) == (2, 1)
    language = next(table for table in tables if table.title == "language")
    assert {row.label: (row.now, row.before) for row in language.rows} == {
        "Oʻzbekcha": (1, 1),
        "not stated": (1, 0),
    }
    for table in tables:
        assert table.several or sum(row.now for row in table.rows) == 2


def test_no_page_of_figures_names_whoever_answered(client, operator):
    other = make.user("operator", first_name="Канарейкина", last_name="Заметная")
    for _each in range(3):
        make.call(answered_by=other)
    client.force_login(operator)

    for name in ["board", "month", "changelist"]:
        page = client.get(reverse(f"admin:hotline_call_{name}"))
        assert page.status_code == 200
        assert (
            "Заметная" not in page.content.decode() and other.username not in page.content.decode()
        )


# Warnings


def test_a_warning_is_found_by_any_spelling_of_the_number_until_it_expires():
    now = timezone.now()
    flag = make.caller_flag("+7 701 555 01 42")

    found = CallerFlag.objects.of_number("8 (701) 555-01-42")
    assert list(found.standing()) == [flag]
    assert not found.standing(now + 15 * DAY)
    assert not CallerFlag.objects.of_number("+77015550143")
    assert not CallerFlag.objects.of_number("")


def test_a_warning_holds_for_ninety_days_at_most(client, operator):
    client.force_login(operator)
    answers = {"phone": "+77015550142", "reason": "abuse", "expires_at_1": "12:00:00"}
    address = reverse("admin:hotline_callerflag_add")

    late = client.post(address, answers | {"expires_at_0": str(timezone.localdate() + 100 * DAY)})
    client.post(address, answers | {"expires_at_0": str(timezone.localdate() + 10 * DAY)})

    assert "expires_at" in late.context["adminform"].form.errors
    assert CallerFlag.objects.get().set_by == operator
    with pytest.raises(IntegrityError), transaction.atomic():
        make.caller_flag(expires_at=timezone.now() + 100 * DAY)


def test_the_number_of_an_old_warning_is_erased(settings):
    now = timezone.now()
    flag = make.caller_flag(
        set_at=now - 60 * DAY, expires_at=now - settings.KEEP_CALLER_FLAGS - DAY, advice="Канарейка"
    )

    retention.forget_old()

    flag.refresh_from_db()
    assert (flag.phone, flag.advice, flag.search_keys) == ("", "", [])


# Calls drawn by lot


def test_calls_are_drawn_once_and_none_of_ones_own(director):
    mine, other = make.call(answered_by=director), make.call()
    make.call(started_at=timezone.now() - 8 * DAY)
    make.call(kind="silent")

    drawn = supervision.draw(by=director)

    assert [note.call for note in drawn] == [other]
    assert supervision.draw(by=director) == []
    with pytest.raises(ValidationError, match="your own"):
        supervision.judge(make.quality_note(mine, mark="good"), by=director)
    with pytest.raises(IntegrityError), transaction.atomic():
        QualityNote.objects.filter(call=other).update(looked_at=timezone.now(), looked_by=director)


def test_an_operator_reads_what_was_said_of_their_own_calls_only(client, operator, director):
    own, others = make.call(answered_by=operator), make.call()
    client.force_login(director)
    for call in [own, others]:
        note = make.quality_note(call)
        client.post(
            reverse("admin:hotline_qualitynote_change", args=[note.pk]),
            {"mark": "better", "note": "Ask first whether it is safe."},
        )

    assert QualityNote.objects.filter(looked_by=director, mark="better").count() == 2
    assert list(QualityNote.objects.visible_to(operator)) == [own.quality_note]
    client.force_login(operator)
    page = client.get(reverse("admin:hotline_qualitynote_change", args=[own.quality_note.pk]))
    assert "Ask first" in page.content.decode()
    assert client.post(reverse("admin:hotline_quality_draw")).status_code == 403


def test_what_was_said_of_a_call_goes_with_the_call():
    note = make.quality_note(make.call(notes="x"), mark="good", note="Канарейка")

    erasure.erase(note.call)

    note.refresh_from_db()
    assert note.note == "" and note.mark == "good" and Call.objects.get().notes == ""
