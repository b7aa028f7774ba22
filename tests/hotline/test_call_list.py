"""The list of calls, and finding one."""

import datetime

import pytest
from django.utils import timezone, translation

from hotline.models import Call
from sanasezim.shared import search_keys
from tests import make

pytestmark = pytest.mark.django_db
LIST = "/staff/hotline/call/"


@pytest.fixture
def desk(client, operator):
    client.force_login(operator)
    with translation.override("en"):
        yield client


def shown(page):
    return list(page.context_data["cl"].result_list)


def test_pages_follow_each_other_by_the_last_call(desk):
    now = timezone.now()
    calls = [make.call(started_at=now - datetime.timedelta(minutes=n // 2)) for n in range(120)]
    calls.sort(key=lambda call: (call.started_at, call.pk), reverse=True)

    first = desk.get(LIST)
    second = desk.get(LIST + first.context_data["cl"].pages["next"])
    third = desk.get(LIST + second.context_data["cl"].pages["next"])

    assert shown(first) + shown(second) + shown(third) == calls
    assert not third.context_data["cl"].pages["next"]


def test_the_tabs_and_filters_narrow_it(desk, operator):
    mine = make.call(answered_by=operator, language="uz", relation="self")
    danger = make.call(in_danger="yes", started_at=timezone.now() - datetime.timedelta(days=40))
    silent = make.call(kind="silent")
    silent.topics.add(make.topic("wages"))

    assert shown(desk.get(LIST, {"which": "mine"})) == [mine]
    assert shown(desk.get(LIST, {"which": "danger"})) == [danger]
    assert shown(desk.get(LIST, {"which": "no_data"})) == [silent]
    assert set(shown(desk.get(LIST, {"which": "today"}))) == {mine, silent}
    assert shown(desk.get(LIST, {"language__exact": "uz"})) == [mine]
    assert shown(desk.get(LIST, {"topic": "wages"})) == [silent]
    assert set(shown(desk.get(LIST, {"when": "month"}))) == {mine, silent}


def test_nobodys_name_is_in_the_list_and_who_answered_is_for_those_who_look_after_the_line(
    desk, director
):
    make.call(caller_name="Канарейкин", phone="+77015550142", answered_by=make.user("operator"))

    text = desk.get(LIST).content.decode()
    assert "Канарейкин" not in text and "5550142" not in text and "•••42" in text
    assert "answered_by" not in desk.get(LIST).context_data["cl"].list_display
    desk.force_login(director)
    assert "answered_by" in desk.get(LIST).context_data["cl"].list_display


# Words


def test_a_call_is_found_by_a_word_of_what_was_said_whatever_its_ending_or_alphabet(desk):
    wanted = make.call(notes="Хозяин забрал паспорта и не отдаёт, кирпичный завод.")
    make.call(notes="Спрашивал про визу.")

    for words in ["паспорт", "pasport", "ПАСПОРТЫ кирпичного", "kirpich"]:
        assert Call.objects.saying(words, 10) == [wanted]
    for nothing in ["паспорт визу", "он", "", "12345"]:
        assert Call.objects.saying(nothing, 10) == []

    found = desk.post("/staff/find/", {"words": "паспорт"}).context["found"]
    assert [hit.title for kind in found for hit in kind.hits] == [str(wanted)]


def test_a_word_in_the_same_drawer_is_not_taken_for_the_other(monkeypatch):
    monkeypatch.setattr(search_keys, "DRAWERS", 1)
    wanted, _other = make.call(notes="паспорт"), make.call(notes="зарплата")

    assert Call.objects.saying("паспорт", 10) == [wanted]


def test_no_drawer_tells_a_word():
    call = make.call(notes="паспорт зарплата", caller_name="", phone="")

    drawers = {search_keys.key_of_drawer(stem) for stem in search_keys.stems_of(call.notes)}
    assert set(call.search_keys) == drawers and len(drawers) == 2
    words = [search_keys.key_of(search_keys.DRAWER, word) for word in ("паспорт", "паспор")]
    assert not set(words) & drawers
