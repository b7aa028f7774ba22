"""The register of employers: found by any spelling, each there once, put together by hand."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from legalaid import register, triage
from legalaid.models import Employer
from sanasezim.shared.access_log import Action
from sanasezim.shared.history import changes_of
from sanasezim.shared.models import AccessEntry
from tests import make

pytestmark = pytest.mark.django_db

REGISTER = "/staff/legalaid/employer/"


@pytest.fixture
def desk(client, lawyer):
    lawyer.language = "en"
    lawyer.save()
    client.force_login(lawyer)
    return client


@pytest.fixture
def brick():
    return make.employer(
        "ТОО «Кірпіш Строй»",
        other_names="Завод Ахмета\nKirpish",
        phones="8 701 555 44 33",
        number="123456789012",
        place="Сайрам",
    )


def like(**said):
    return [(row, [str(way) for way in why]) for row, why in register.like(**said)]


# Near names


@pytest.mark.parametrize(
    "said",
    [
        {"name": "Kirpish Stroy LLP"},
        {"name": "Кирпиш-Строй"},
        {"name": "ИП Кирпиш Строй Люкс"},
        {"name": "Кірпіш"},
        {"name": "Другое", "other_names": "завод Ахмета"},
        {"name": "Другое", "phones": "+7 (701) 555-44-33"},
        {"name": "Другое", "number": "123456789012"},
    ],
)
def test_a_row_that_may_be_the_same_is_found(brick, said):
    assert [row for row, _why in register.like(**said)] == [brick]


@pytest.mark.parametrize(
    "said",
    [
        {"name": "ТОО"},
        {"name": "ТОО Достык"},
        {"name": "Завод"},
        {"name": "Строй Сервис"},
        {"name": ""},
    ],
)
def test_what_every_second_firm_is_called_is_no_likeness(brick, said):
    assert like(**said) == []


def test_the_same_number_comes_before_a_similar_name(brick):
    near = make.employer("Кірпіш Строй")

    found = register.like(name="Кирпиш Строй", phones="87015554433")

    assert [row for row, _why in found] == [brick, near]


def test_a_row_is_not_like_itself(brick):
    assert register.like(name="Кирпиш Строй", exclude=brick.pk) == []


# Putting together


def test_two_rows_become_one_with_all_that_hangs_on_them(lawyer, brick):
    other = make.employer(
        "Кирпичный завод", phones="87017778899", sector="кирпич", other_names="Ахмет"
    )
    case, intake = make.case(employer=other), make.intake(employer=other)
    earlier = make.employer("Старое имя")
    register.merge(earlier, into=other, by=lawyer)

    register.merge(other, into=brick, by=lawyer)

    brick.refresh_from_db(), other.refresh_from_db(), case.refresh_from_db()
    intake.refresh_from_db(), earlier.refresh_from_db()
    assert case.employer == intake.employer == brick
    assert brick.name == "ТОО «Кірпіш Строй»"
    assert brick.other_names.splitlines() == [
        "Завод Ахмета", "Kirpish", "Кирпичный завод", "Ахмет", "Старое имя",
    ]  # fmt: skip
    assert brick.phones.splitlines() == ["8 701 555 44 33", "87017778899"]
    assert (brick.number, brick.sector) == ("123456789012", "кирпич")
    assert (other.merged_into, earlier.merged_into, other.merged_by) == (brick, brick, lawyer)
    assert set(Employer.objects.standing()) == {brick}
    assert Employer.objects.matching("87017778899").first() in {brick, other}


def test_cases_that_one_does_not_see_go_over_too(lawyer, brick):
    other = make.employer("Кирпичный завод")
    hidden = make.case(lawyer=make.user("lawyer"), employer=other)

    register.merge(other, into=brick, by=lawyer)

    hidden.refresh_from_db()
    assert hidden.employer == brick


def test_who_put_them_together_stands_in_the_history(desk, lawyer, brick):
    other = make.employer("Кирпичный завод")
    case = make.case(employer=other)

    desk.post(f"{REGISTER}{other.pk}/merge/", {"into": brick.pk, "confirmed": "1"})

    for row in [other, brick, case]:
        assert changes_of(row)[0].who == lawyer, row
    acts = AccessEntry.objects.filter(action=Action.CHANGE).values_list("what_id", flat=True)
    assert set(acts) == {other.pk, brick.pk}


def test_a_row_is_not_put_together_with_itself_or_with_one_that_is_gone(lawyer, brick):
    other, third = make.employer("Второй"), make.employer("Третий")
    with pytest.raises(ValidationError):
        register.merge(brick, into=brick, by=lawyer)
    register.merge(other, into=brick, by=lawyer)

    for one, into in [(other, third), (third, other)]:
        with pytest.raises(ValidationError):
            register.merge(one, into=into, by=lawyer)


def test_names_that_would_not_fit_are_refused_and_nothing_moves(lawyer, brick):
    other = make.employer("Второй", other_names="\n".join(f"имя {n:04}" for n in range(110)))
    case = make.case(employer=other)

    with pytest.raises(ValidationError):
        register.merge(other, into=brick, by=lawyer)

    case.refresh_from_db()
    assert case.employer == other


# Taken apart again


def test_two_rows_that_were_two_after_all_have_again_what_each_had(lawyer, brick):
    other = make.employer(
        "Кирпичный завод", phones="87017778899", sector="кирпич", other_names="Ахмет"
    )
    earlier = make.employer("Старое имя")
    case, intake, first = (
        make.case(employer=other),
        make.intake(employer=other),
        make.case(employer=brick),
    )
    register.merge(earlier, into=other, by=lawyer)
    register.merge(other, into=brick, by=lawyer)
    brick.refresh_from_db()
    brick.other_names += "\nНовое прозвище"
    brick.save()
    since = make.case(employer=brick)
    assert [(merge.employer, merge.cases, merge.intakes) for merge in register.merges(brick)] == [
        (other, 1, 1)
    ]

    register.part(other, by=lawyer)

    for row in [brick, other, earlier, case, intake, first, since]:
        row.refresh_from_db()
    assert case.employer == intake.employer == other
    assert first.employer == since.employer == brick
    assert brick.other_names.splitlines() == ["Завод Ахмета", "Kirpish", "Новое прозвище"]
    assert (brick.phones, brick.sector, brick.number) == ("8 701 555 44 33", "", "123456789012")
    assert other.name == "Кирпичный завод" and other.phones == "87017778899"
    assert (earlier.merged_into, other.merged_into, other.merged_by) == (other, None, None)
    assert set(Employer.objects.matching("87017778899")) == {other}
    assert not register.merges(brick)
    register.part(earlier, by=lawyer)
    assert set(Employer.objects.standing()) == {brick, other, earlier}


def test_what_a_colleague_moved_since_is_left_where_it_is(lawyer, brick):
    other, third = make.employer("Второй"), make.employer("Третий")
    case, moved = make.case(employer=other), make.case(employer=other)
    register.merge(other, into=brick, by=lawyer)
    moved.employer = third
    moved.save()

    register.part(other, by=lawyer)

    case.refresh_from_db(), moved.refresh_from_db()
    assert (case.employer, moved.employer) == (other, third)


def test_only_the_last_merge_of_a_chain_is_taken_apart_and_only_once(lawyer, brick):
    first, second = make.employer("Первый"), make.employer("Второй")
    register.merge(first, into=second, by=lawyer)
    register.merge(second, into=brick, by=lawyer)
    first.refresh_from_db()

    with pytest.raises(ValidationError):
        register.part(first, by=lawyer)
    second.refresh_from_db()
    register.part(second, by=lawyer)
    with pytest.raises(ValidationError):
        register.part(second, by=lawyer)


def test_a_merge_is_taken_back_on_the_page_by_who_may_change_the_register(
    client, desk, lawyer, brick
):
    other = make.employer("Кирпичный завод")
    case = make.case(employer=other)
    desk.post(f"{REGISTER}{other.pk}/merge/", {"into": brick.pk, "confirmed": "1"})

    shown = desk.get(f"{REGISTER}{brick.pk}/change/").content.decode()
    asked = desk.get(f"{REGISTER}{other.pk}/part/").content.decode()
    case.refresh_from_db()
    assert f"{REGISTER}{other.pk}/part/" in shown
    assert "1 case or request goes back" in asked and case.employer == brick
    done = desk.post(f"{REGISTER}{other.pk}/part/")

    case.refresh_from_db()
    assert done["Location"] == f"{REGISTER}{other.pk}/change/" and case.employer == other
    assert changes_of(other)[0].who == lawyer
    assert desk.get(f"{REGISTER}{other.pk}/part/")["Location"] == REGISTER


@pytest.mark.parametrize(
    "change", [{"merged_at": None}, {"merged_by": None}, {"merged_into": "self"}]
)
def test_the_database_keeps_a_merge_whole(lawyer, brick, change):
    other = make.employer("Второй")
    whole = {"merged_into": brick, "merged_at": timezone.now(), "merged_by": lawyer}
    change = {name: other if value == "self" else value for name, value in change.items()}

    with pytest.raises(IntegrityError), transaction.atomic():
        Employer.objects.filter(pk=other.pk).update(**whole | change)


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_each_into_the_other_leave_one_standing():
    lawyers, rows = (
        [make.user("lawyer"), make.user("lawyer")],
        [make.employer("Один"), make.employer("Два")],
    )
    start, told = threading.Barrier(2), []

    def merge(one, into, by):
        try:
            start.wait()
            register.merge(one, into=into, by=by)
        except ValidationError as refusal:
            told.append(refusal)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=merge, args=(rows[0], rows[1], lawyers[0])),
        threading.Thread(target=merge, args=(rows[1], rows[0], lawyers[1])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(told) == 1
    assert Employer.objects.standing().count() == 1


# Counting


def test_complaints_are_cases_and_requests_that_wait(lawyer, brick):
    make.case(employer=brick)
    make.intake(employer=brick)
    declined = make.intake(employer=brick)
    triage.decline(declined, by=lawyer, reason="not_ours")

    assert register.complaints(brick) == 2
    row = register.with_complaints(Employer.objects.all()).get()
    assert (row.number_of_cases, row.number_waiting) == (1, 1)


# The pages


@pytest.mark.parametrize(
    "words", ["kirpish stroy", "ТОО Кирпиш", "Axmeta", "8-701-555-44-33", "123456789012"]
)
def test_the_register_is_searched_by_any_spelling_and_number(desk, lawyer, brick, words):
    make.employer("ТОО «Достык»")

    page = desk.post(f"{REGISTER}find/", {"words": words})

    assert [row for row, _number in page.context["found"]] == [brick]
    entry = AccessEntry.objects.get()
    assert (entry.action, entry.what, entry.rows) == (Action.SEARCH, "legalaid.employer", 1)


def test_the_search_stands_in_no_address(desk, brick):
    assert desk.get(f"{REGISTER}find/", {"words": "Кирпиш"}).status_code == 302
    shown = desk.get(REGISTER, {"q": "nothing"}).content.decode()
    assert "ТОО «Кірпіш Строй»" in shown


def test_a_second_row_is_made_only_by_who_has_seen_the_first(desk, brick):
    sent = {
        "name": "Kirpish Stroy",
        "other_names": "",
        "number": "",
        "phones": "",
        "place": "",
        "sector": "",
    }

    warned = desk.post(f"{REGISTER}add/", sent)
    assert warned.status_code == 200
    assert "ТОО «Кірпіш Строй»" in warned.content.decode()
    assert Employer.objects.count() == 1

    desk.post(f"{REGISTER}add/", sent | {"is_another": "on"})
    assert Employer.objects.count() == 2


def test_a_new_name_is_added_without_a_question(desk, brick):
    desk.post(f"{REGISTER}add/", {"name": "КХ «Достык»"})

    assert Employer.objects.count() == 2


def test_the_page_shows_my_cases_and_how_many_there_are_of_all(desk, lawyer, brick):
    mine = make.case(lawyer=lawyer, employer=brick)
    theirs = make.case(lawyer=make.user("lawyer"), employer=brick)
    make.case(lawyer=make.user("lawyer"), employer=brick)

    shown = desk.get(f"{REGISTER}{brick.pk}/change/").content.decode()

    assert mine.reference in shown
    assert theirs.reference not in shown
    assert "2 more cases that you may not open" in shown
    assert "3 complaints about this employer." in shown


def test_the_page_of_a_merged_row_leads_to_the_one_that_stays(desk, lawyer, brick):
    other = make.employer("Второй")
    register.merge(other, into=brick, by=lawyer)

    answer = desk.get(f"{REGISTER}{other.pk}/change/")

    assert answer["Location"] == f"{REGISTER}{brick.pk}/change/"
    assert desk.get(f"{REGISTER}{other.pk}/merge/").status_code == 302


def test_merging_shows_both_before_it_is_done(desk, brick):
    other = make.employer("Кирпичный завод", place="Шымкент")

    asked = desk.get(f"{REGISTER}{other.pk}/merge/")
    found = desk.post(f"{REGISTER}{other.pk}/merge/", {"words": "kirpish"})
    shown = desk.post(f"{REGISTER}{other.pk}/merge/", {"into": brick.pk}).content.decode()

    assert asked.status_code == 200
    assert [row for row, _number in found.context["found"]] == [brick]
    assert "Шымкент" in shown and "Сайрам" in shown
    assert not Employer.objects.exclude(merged_into=None).exists()


def test_the_most_complained_about_come_first(desk, brick):
    quiet, loud = make.employer("Тихий"), make.employer("Громкий")
    for number, employer in [(3, loud), (1, brick)]:
        for _case in range(number):
            make.case(employer=employer)

    assert list(desk.get(REGISTER).context["cl"].result_list) == [loud, brick, quiet]
    assert list(desk.get(REGISTER, {"which": "several"}).context["cl"].result_list) == [loud]
    assert list(desk.get(REGISTER, {"which": "newest"}).context["cl"].result_list) == [
        loud,
        quiet,
        brick,
    ]


def test_the_register_is_closed_to_operators(client, operator, brick):
    client.force_login(operator)

    assert client.post(f"{REGISTER}find/", {"words": "Кирпиш"}).status_code == 403
    assert client.get(f"{REGISTER}{brick.pk}/merge/").status_code in {302, 403}


def test_nobody_takes_a_row_that_is_gone(lawyer, brick):
    other = make.employer("Второй")
    register.merge(other, into=brick, by=lawyer)

    assert other not in Employer.objects.visible_to(lawyer)
    assert register.like(name="Второй") == [] or register.like(name="Второй")[0][0] == brick
