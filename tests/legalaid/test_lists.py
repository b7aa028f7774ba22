"""The lists of the staff: the queue and its tabs, filters that count, pages by the last row, saved views."""

import datetime
import re

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from legalaid import triage
from legalaid.models import Case, Intake, SavedList
from sanasezim.shared import long_lists
from sanasezim.shared.access_log import Action
from sanasezim.shared.models import AccessEntry
from tests import make

pytestmark = pytest.mark.django_db

QUEUE = "/staff/legalaid/intake/"


@pytest.fixture
def desk(client, lawyer):
    """A lawyer at their desk, who reads English."""
    lawyer.language = "en"
    lawyer.save()
    client.force_login(lawyer)
    return client


def shown(response):
    return [row.reference for row in response.context["cl"].result_list]


def texts(response):
    return response.content.decode()


# The queue


def test_the_most_urgent_come_first_then_the_oldest(desk):
    old = make.intake(received_at="2026-01-02T00:00Z")
    urgent = make.intake(received_at="2026-01-03T00:00Z", urgency=60)
    oldest = make.intake(received_at="2026-01-01T00:00Z")

    assert shown(desk.get(QUEUE)) == [urgent.reference, oldest.reference, old.reference]


def test_each_tab_shows_its_own_and_how_many(desk, lawyer):
    waiting = make.intake(unanswered_since="2026-01-03T00:00Z")
    held = make.intake(held_because="trap", unanswered_since="2026-01-01T00:00Z")
    declined = make.intake()
    triage.decline(declined, by=lawyer, reason="not_ours")
    wrote_again = make.intake()
    triage.answer(wrote_again, by=lawyer, text="Да.", language="ru")
    Intake.objects.filter(pk=wrote_again.pk).update(unanswered_since="2026-01-02T00:00Z")

    assert shown(desk.get(QUEUE)) == [waiting.reference]
    assert shown(desk.get(QUEUE, {"which": "held"})) == [held.reference]
    assert shown(desk.get(QUEUE, {"which": "unanswered"})) == [wrote_again.reference, waiting.reference]
    assert set(shown(desk.get(QUEUE, {"which": "decided"}))) == {
        declined.reference, wrote_again.reference,
    }  # fmt: skip
    tabs = desk.get(QUEUE).context["cl"].counted_tabs
    assert [(tab.code, str(number)) for tab, number, _address, _open in tabs] == [
        ("waiting", "1"), ("held", "1"), ("unanswered", "2"), ("decided", "2"),
    ]  # fmt: skip


def test_a_tab_that_is_not_there_is_refused(desk):
    assert desk.get(QUEUE, {"which": "everything"}).status_code == 302


def test_what_makes_it_urgent_is_said_in_words(desk):
    make.urgency_rule("confined", name="", weight=60)
    make.urgency_rule("wet", name="Wet feet", weight=10)
    make.intake(flags=["wet", "confined"], urgency=70)

    page = texts(desk.get(QUEUE))

    assert '<span class="urgent urgent-3">held against their will</span>' in page
    assert '<span class="urgent urgent-1">Wet feet</span>' in page
    assert page.index("held against") < page.index("Wet feet")


def test_the_list_names_nobody(desk):
    make.intake(speaker_name="Канарейкин Тест", contact="+77015550142", story="Тайная история")

    page = texts(desk.get(QUEUE))

    for secret in ["Канарейкин", "5550142", "Тайная"]:
        assert secret not in page


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"urgent": "danger"}, ["loud"]),
        ({"urgent": "none"}, ["quiet", "old"]),
        ({"topic": "wages"}, ["quiet"]),
        ({"received": "today"}, ["quiet", "loud"]),
        ({"received": "older"}, ["old"]),
        ({"channel__exact": "visit"}, ["old"]),
        ({"language__exact": "tg", "received": "today"}, ["loud"]),
        ({"in_danger__exact": "yes"}, ["loud"]),
    ],
)
def test_filters_narrow(desk, asked, expected):
    topic = make.topic("wages", en="Wages")
    make.topic("health", en="Health")
    make.urgency_rule("danger", weight=50)
    rows = {
        "quiet": make.intake(),
        "loud": make.intake(flags=["danger"], urgency=50, in_danger="yes", language="tg"),
        "old": make.intake(received_at="2026-01-01T00:00Z", channel="visit"),
    }
    rows["quiet"].topics.add(topic, make.topic("rights", en="Rights"))

    found = desk.get(QUEUE, asked)

    assert set(shown(found)) == {rows[name].reference for name in expected}


def test_each_choice_says_how_many_rows_it_shows(desk):
    wages, health = make.topic("wages", en="Wages"), make.topic("health", en="Health")
    make.urgency_rule("danger", weight=50)
    make.intake(language="tg").topics.add(wages, health)
    make.intake(flags=["danger"], urgency=50, in_danger="yes", language="tg").topics.add(wages)
    make.intake(received_at="2026-01-01T00:00Z", channel="visit", language="tg")
    make.intake(language="uz")
    make.intake(language="tg", held_because="trap")

    for start in ["", "?language__exact=tg", "?topic=wages&language__exact=tg", "?which=held"]:
        changelist, checked = desk.get(QUEUE + start).context["cl"], 0
        for spec in changelist.filter_specs:
            for choice in spec.choices(changelist):
                if number := re.search(r" \((\d+)\)$", str(choice["display"])):
                    assert len(shown(desk.get(QUEUE + choice["query_string"]))) == int(number[1]), (
                        start, choice,
                    )  # fmt: skip
                    checked += 1
        assert checked > 3


def test_an_intake_with_several_topics_is_listed_once(desk):
    intake = make.intake()
    intake.topics.add(make.topic("wages"), make.topic("health"))

    assert shown(desk.get(QUEUE, {"topic": "wages"})) == [intake.reference]


def test_the_queue_takes_few_queries_however_long_it_is(desk):
    def queries(number):
        topic = make.topic(f"topic-{number}")
        for _row in range(number):
            make.intake().topics.add(topic)
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(QUEUE).status_code == 200
        print(number, *[q["sql"][:200] for q in asked], sep="\n")
        return len(asked)

    few = queries(3)

    assert queries(30) <= few
    assert few <= 45


# Junk


def test_all_that_match_are_junk_in_three_clicks_and_back_in_one(desk, lawyer):
    make.urgency_rule("danger", weight=50)
    junk = [make.intake(held_because="too_many") for _row in range(3)]
    real = make.intake(held_because="too_many", urgency=50, flags=["danger"])
    waiting = make.intake()

    first = desk.get(QUEUE, {"which": "held"})
    assert "Mark all 4 as junk" in texts(first)
    second = desk.get(f"{QUEUE}junk/?which=held")
    assert second.context["counted"] == {"all": 4, "urgent": 1, "seen": real.pk}
    third = desk.post(
        f"{QUEUE}junk/?which=held", {"seen": second.context["counted"]["seen"], "without_urgent": "1"}
    )

    assert third["Location"] == f"{QUEUE}?which=held"
    assert set(Intake.objects.filter(decision="junk")) == set(junk)
    assert set(Intake.objects.waiting()) == {real, waiting}
    entry = AccessEntry.objects.filter(action=Action.CHANGE).get()
    assert (entry.who, entry.what, entry.rows) == (lawyer, "legalaid.intake", 3)

    undo = desk.get(QUEUE).context["last_junk"]
    assert undo[1] == 3
    desk.post(f"{QUEUE}junk/back/", {"moment": undo[0].isoformat()})
    assert Intake.objects.waiting().count() == 5
    assert desk.get(QUEUE).context["last_junk"] is None


def test_what_came_in_after_the_page_was_made_is_no_junk(desk):
    seen = make.intake(held_because="trap")
    page = desk.get(f"{QUEUE}junk/?which=held").context["counted"]["seen"]
    later = make.intake(held_because="trap")

    desk.post(f"{QUEUE}junk/?which=held", {"seen": page})

    assert Intake.objects.get(decision="junk") == seen
    assert Intake.objects.waiting().get() == later


@pytest.mark.parametrize("sent", [{}, {"seen": "x"}])
def test_junk_without_having_seen_the_page_marks_nothing(desk, sent):
    make.intake(held_because="trap")

    desk.post(f"{QUEUE}junk/?which=held", sent)

    assert not Intake.objects.filter(decision="junk").exists()


def test_ticked_rows_are_junk_by_the_action(desk):
    ticked, other = make.intake(), make.intake()

    desk.post(QUEUE, {"action": "mark_as_junk", "_selected_action": [ticked.pk]})

    assert Intake.objects.get(decision="junk") == ticked
    assert Intake.objects.waiting().get() == other


# Pages by the last row


def turn(client, address, to):
    """Every page from the first on, as the references it shows."""
    pages, query = [], ""
    while True:
        response = client.get(f"{address}{query}")
        pages.append(shown(response))
        query = response.context["cl"].pages.get(to, "")
        if not query:
            return pages


@pytest.fixture
def two_a_page(monkeypatch):
    from legalaid.admin.intakes import IntakeAdmin

    monkeypatch.setattr(IntakeAdmin, "list_per_page", 2)


def test_turning_the_pages_shows_every_row_once(desk, two_a_page):
    at = timezone.now()
    for number in range(7):
        make.intake(urgency=number % 2, received_at=at - datetime.timedelta(days=number // 3))
    ordered = list(Intake.objects.order_by("-urgency", "received_at", "pk").values_list("reference", flat=True))

    forward = turn(desk, QUEUE, "next")
    assert [reference for page in forward for reference in page] == ordered
    assert [len(page) for page in forward] == [2, 2, 2, 1]

    last = desk.get(QUEUE).context["cl"].pages["last"]
    assert shown(desk.get(QUEUE + last)) == ordered[-2:]
    back = [shown(desk.get(QUEUE + last))]
    query = desk.get(QUEUE + last).context["cl"].pages["previous"]
    while query:
        response = desk.get(QUEUE + query)
        back.insert(0, shown(response))
        query = response.context["cl"].pages["previous"]
    assert [reference for page in back for reference in page] == ordered


def test_pages_keep_their_place_where_a_value_is_missing(lawyer):
    """In PostgreSQL no value is greater than any: it comes last upwards and first downwards."""
    for _case in range(3):
        make.case(lawyer=lawyer)
    closed = make.case(lawyer=lawyer)
    closed.outcomes.create(kind="advised")
    Case.objects.filter(pk=closed.pk).update(closed_on=timezone.localdate())

    for order in [("closed_on", "pk"), ("-closed_on", "pk"), ("closed_on", "-pk")]:
        rows = Case.objects.order_by(*order)
        keys, expected, found = long_lists.keys_of_order(rows), list(rows), []
        place = None
        while True:
            beyond = rows
            if place:
                values = long_lists.values_of(keys, long_lists.token_of(keys, place))
                beyond = rows.filter(long_lists.after_values(keys, values))
            page = list(beyond[:1])
            if not page:
                break
            found += page
            place = page[-1]
        assert found == expected, order


@pytest.mark.parametrize("place", ["x", "WyJhIl0", "bm9uc2Vuc2U", "W251bGwsIG51bGwsICJ4Il0"])
def test_a_place_that_is_none_is_refused(desk, place):
    make.intake()

    assert desk.get(QUEUE, {"after": place}).status_code == 302


def test_a_filter_begins_at_the_first_page_and_keeps_the_tab(desk, two_a_page):
    for _row in range(5):
        make.intake(held_because="trap")
    response = desk.get(QUEUE + "?which=held")
    response = desk.get(QUEUE + response.context["cl"].pages["next"])

    links = [
        choice["query_string"]
        for spec in response.context["cl"].filter_specs
        for choice in spec.choices(response.context["cl"])
    ]

    assert links
    for link in links:
        asked = QueryDict(link.lstrip("?"))
        assert asked.get("which") == "held"
        assert "after" not in asked


# Saved lists


def save(client, query, name="Urgent", **more):
    return client.post(f"{QUEUE}lists/", {"query": query, "name": name, **more})


def test_a_view_is_saved_and_stands_as_a_tab_with_its_number(desk, lawyer):
    make.intake(language="tg")
    make.intake(language="uz")

    answer = save(desk, "language__exact=tg&o=1&which=waiting")

    saved = SavedList.objects.get()
    assert (saved.owner, saved.model, saved.name) == (lawyer, "legalaid.intake", "Urgent")
    assert saved.query == "language__exact=tg&o=1"
    assert answer["Location"] == f"{QUEUE}?{saved.query}"
    page = desk.get(f"{QUEUE}?{saved.query}")
    assert [(tab, str(number), opened) for tab, number, opened in page.context["saved_tabs"]] == [
        (saved, "1", True)
    ]


@pytest.mark.parametrize(
    "query",
    [
        "", "which=waiting", "q=Ахмедов", "language__exact=Ахмедов", "topic=Ахмедов",
        "urgent=Ахмедов", "speaker_name=Ахмедов", "o=Ахмедов", "after=abc", "which=Ахмедов",
        "person__identity__name=Ахмедов", "received_at__gte=2026-01-01",
    ],
)  # fmt: skip
def test_no_words_and_nothing_that_is_not_offered_is_saved(desk, query):
    save(desk, query)

    assert not SavedList.objects.exists()


def test_only_what_is_offered_is_kept_of_an_address(desk):
    save(desk, "language__exact=tg&q=Ахмедов&which=held&after=abc&_popup=1")

    assert SavedList.objects.get().query == "language__exact=tg&which=held"


def test_a_phone_number_is_no_name_of_a_list(desk):
    save(desk, "language__exact=tg", name="Шерзод +998 90 123")

    assert not SavedList.objects.exists()


def test_one_name_is_there_once(desk):
    save(desk, "language__exact=tg")
    save(desk, "language__exact=uz")

    assert SavedList.objects.get().query == "language__exact=tg"


def test_a_shared_list_is_every_colleagues_and_changed_by_its_owner_only(desk, lawyer):
    save(desk, "language__exact=tg", name="Mine")
    save(desk, "language__exact=uz", name="Ours", is_shared="on")
    shared = SavedList.objects.get(name="Ours")
    desk.force_login(make.user("lawyer", language="en"))

    page = desk.get(f"{QUEUE}?{shared.query}")
    assert [tab for tab, _number, _open in page.context["saved_tabs"]] == [shared]
    assert not page.context["saved_is_mine"]
    for sent in [{"remove": "1"}, {"name": "Theirs"}]:
        assert desk.post(f"{QUEUE}lists/{shared.pk}/", sent).status_code == 404
    assert SavedList.objects.filter(name="Ours").exists()


def test_a_saved_list_is_renamed_and_removed(desk):
    save(desk, "language__exact=tg")
    saved = SavedList.objects.get()

    desk.post(f"{QUEUE}lists/{saved.pk}/", {"name": "Tajik", "is_shared": "on"})
    saved.refresh_from_db()
    assert (saved.name, saved.is_shared, saved.query) == ("Tajik", True, "language__exact=tg")

    desk.post(f"{QUEUE}lists/{saved.pk}/", {"remove": "1"})
    assert not SavedList.objects.exists()


def test_the_number_of_a_saved_list_is_that_of_its_page(desk, lawyer):
    topic = make.topic("wages")
    make.intake(language="tg", held_because="trap").topics.add(topic)
    make.intake(language="tg")
    make.intake(language="uz").topics.add(topic)
    queries = ["language__exact=tg", "topic=wages", "topic=wages&which=held", "urgent=none"]

    for number, query in enumerate(queries):
        save(desk, query, name=str(number))

    for saved, counted, _open in desk.get(QUEUE).context["saved_tabs"]:
        assert counted.number == len(shown(desk.get(f"{QUEUE}?{saved.query}"))), saved.query


def test_lists_are_closed_to_whoever_may_not_see_them(client, operator):
    client.force_login(operator)

    assert client.post(f"{QUEUE}lists/", {"query": "language__exact=tg", "name": "x"}).status_code == 403
    assert client.get(f"{QUEUE}junk/").status_code == 403
    assert client.post(f"{QUEUE}junk/back/").status_code == 403


# Finding


def found(client, words):
    answer = client.post("/staff/find/", {"words": words})
    return {str(kind.heading): [hit.title for hit in kind.hits] for kind in answer.context["found"]}


@pytest.mark.parametrize("words", ["Ахмедов", "8 901 234 5678", "998 90 123 45 67", "Кирпиш", "123456789012"])
def test_a_search_leads_to_the_cases_of_whom_it_finds(desk, lawyer, words):
    mine = make.case(lawyer=lawyer, people=[make.person()])
    against = make.case(lawyer=lawyer, employer=make.employer(number="123456789012"))
    make.case(lawyer=make.user("lawyer"), people=[make.person()], employer=against.employer)

    cases = found(desk, words).get("Cases", [])

    expected = {"Ахмедов": mine, "998 90 123 45 67": mine, "Кирпиш": against, "123456789012": against}
    assert cases == ([expected[words].reference] if words in expected else [])


def test_a_search_finds_the_case_that_an_intake_became(desk, lawyer):
    intake = make.intake(speaker_name="Зульфия Тошматова")
    case = triage.accept(intake, by=lawyer, lawyer=lawyer, looked_for_conflict=True)

    assert found(desk, "Zulfiya Toshmatova") == {
        "Cases": [case.reference], "Intakes": [intake.reference],
    }  # fmt: skip


def test_a_search_asks_few_queries(desk, lawyer):
    for _number in range(10):
        make.case(lawyer=lawyer, people=[make.person()], employer=make.employer(name="Ахмедов"))

    with CaptureQueriesContext(connection) as asked:
        assert len(found(desk, "Ахмедов")["Cases"]) == 10
    assert len(asked) < 20


# Cases

CASES = "/staff/legalaid/case/"


def closed(**fields):
    case = make.case(**fields)
    case.outcomes.create(kind="advised")
    Case.objects.filter(pk=case.pk).update(closed_on=timezone.localdate())
    return case


def test_the_list_of_cases_says_who_is_in_them_whose_turn_it_is_and_what_is_due(desk, lawyer):
    people = [make.person(name="Канарейкин Тест"), make.person(), make.person()]
    case = make.case(lawyer=lawyer, people=people, employer=make.employer())
    case.topics.add(make.topic("wages", en="Wages"))
    case.tasks.create(what="Иск", assigned_to=lawyer, due_on="2026-01-05")
    case.tasks.create(what="Потом", assigned_to=lawyer, due_on="2031-01-01")

    page = texts(desk.get(CASES))

    for words in ["К. Т. and 2 more", "Wages", "ours", '"2026-01-05" class="stale">05.01.2026<']:
        assert words in page, words
    assert "Канарейкин" not in page


def test_each_tab_of_cases_shows_its_own_in_its_order(desk, lawyer):
    ago = timezone.now() - datetime.timedelta(days=30)
    theirs = make.case(lawyer=lawyer, turn="client", opened_on="2026-01-03")
    long = make.case(lawyer=lawyer, turn_since=ago, touched_at=ago, opened_on="2026-01-01")
    ours = make.case(lawyer=lawyer, opened_on="2026-01-02")
    done = closed(lawyer=lawyer, opened_on="2026-01-04")
    offered = make.case(lawyer=make.user("lawyer"), transfer_to=lawyer, opened_on="2025-01-01", turn="others")
    make.intake(decided_at=ago, decided_by=lawyer, decision="accepted", case=theirs, unanswered_since=ago)

    expected = {
        "open": [theirs, ours, long, offered],
        "ours": [long, ours],
        "unanswered": [theirs],
        "untouched": [long],
        "offered": [offered],
        "closed": [done],
        "all": [done, theirs, ours, long, offered],
    }
    for code, cases in expected.items():
        assert shown(desk.get(CASES, {"which": code})) == [case.reference for case in cases], code
    numbers = {tab.code: number.number for tab, number, *_more in desk.get(CASES).context["cl"].counted_tabs}
    assert numbers == {code: len(cases) for code, cases in expected.items()}


def test_tabs_of_few_rows_and_of_many_are_counted_alike(desk, lawyer, monkeypatch):
    make.case(lawyer=lawyer, turn="client")
    closed(lawyer=lawyer)

    together = [number for _tab, number, *_more in desk.get(CASES).context["cl"].counted_tabs]
    monkeypatch.setattr(long_lists, "COUNTED_TOGETHER", 0)
    apart = [number for _tab, number, *_more in desk.get(CASES).context["cl"].counted_tabs]

    assert together == apart


def test_more_rows_than_are_counted_are_said_to_be_more(desk, lawyer, monkeypatch):
    monkeypatch.setattr(long_lists, "COUNTED", 2)
    for _case in range(3):
        make.case(lawyer=lawyer)

    for together in [5000, 0]:
        monkeypatch.setattr(long_lists, "COUNTED_TOGETHER", together)
        tabs = desk.get(CASES).context["cl"].counted_tabs
        assert str(tabs[0][1]) in {"2+", "3"}
    assert str(long_lists.counted(Case.objects.all(), 2)) == "2+"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"due": "late"}, {"late"}),
        ({"due": "week"}, {"late", "soon"}),
        ({"turn__exact": "client"}, {"soon"}),
        ({"office": "osh"}, {"late"}),
        ({"project": "iom"}, {"calm"}),
        ({"topic": "wages"}, {"calm"}),
        ({"opened": "before"}, {"late"}),
        ({"opened": "month"}, {"soon", "calm"}),
        ({"exploitation__exact": "sexual"}, {"soon"}),
        ({"lawyer": "me"}, {"late", "soon", "calm"}),
    ],
)
def test_filters_narrow_the_cases(desk, lawyer, asked, expected):
    today = timezone.localdate()
    cases = {
        "late": make.case(lawyer=lawyer, office=make.office(code="osh"), opened_on="2020-01-01"),
        "soon": make.case(lawyer=lawyer, turn="client", exploitation="sexual"),
        "calm": make.case(lawyer=lawyer, project=make.project(code="iom")),
    }
    cases["calm"].topics.add(make.topic("wages"))
    for name, days in [("late", -1), ("soon", 3), ("calm", 30)]:
        cases[name].tasks.create(
            what="Иск", assigned_to=lawyer, due_on=today + datetime.timedelta(days=days)
        )
    asked = {name: lawyer.pk if value == "me" else value for name, value in asked.items()}

    assert set(shown(desk.get(CASES, asked))) == {cases[name].reference for name in expected}


def test_each_choice_beside_the_cases_says_how_many_it_shows(desk, lawyer):
    offices = [make.office(code="a"), make.office(code="b")]
    for number in range(5):
        case = make.case(lawyer=lawyer, office=offices[number % 2], turn=["ours", "client"][number % 2])
        case.topics.add(make.topic(f"t{number}"))
    closed(lawyer=lawyer, office=offices[0])

    for start in ["", "?office=a", "?which=all&turn__exact=ours"]:
        changelist, checked = desk.get(CASES + start).context["cl"], 0
        for spec in changelist.filter_specs:
            for choice in spec.choices(changelist):
                if number := re.search(r" \((\d+)\)$", str(choice["display"])):
                    assert len(shown(desk.get(CASES + choice["query_string"]))) == int(number[1]), choice
                    checked += 1
        assert checked > 3


@pytest.mark.parametrize("value", ["x", "1 or 1", "99999999999999999999"])
def test_a_filter_that_is_none_of_those_offered_shows_no_error(desk, lawyer, value):
    make.case(lawyer=lawyer)

    for name in ["lawyer", "office", "project", "topic", "due", "opened"]:
        assert desk.get(CASES, {name: value}).status_code in {200, 302}, name


def test_a_saved_list_of_cases_counts_mine_only(desk, lawyer):
    make.case(lawyer=lawyer, turn="client")
    make.case(lawyer=make.user("lawyer"), turn="client")

    desk.post(f"{CASES}lists/", {"query": "turn__exact=client", "name": "Wait", "is_shared": "on"})

    ((_saved, number, _open),) = desk.get(CASES).context["saved_tabs"]
    assert number.number == 1


def test_the_list_of_cases_takes_few_queries_however_many_people_they_have(desk, lawyer):
    def queries(number):
        for _case in range(number):
            make.case(lawyer=lawyer, people=[make.person(), make.person()])
        with CaptureQueriesContext(connection) as asked:
            desk.get(CASES)
        return len(asked)

    few = queries(2)

    assert queries(20) <= few
    assert few <= 42


# People


def test_the_list_of_people_shows_them_masked_and_counts_its_choices(desk, lawyer):
    make.person(name="Канарейкин Тест", phones="+77015550142", citizenship="UZ", added_by=lawyer)
    make.person(citizenship="KG", added_by=lawyer)
    make.person(citizenship="KG")

    page = texts(desk.get("/staff/legalaid/person/"))

    assert "К. Т. · •••42" in page
    assert "Kyrgyzstan (1)" in page
    assert "Канарейкин" not in page
    assert "5550142" not in page
