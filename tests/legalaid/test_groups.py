"""Group cases: a list of people from a sheet, read line by line, nobody twice, nothing lost."""

import threading
import time
import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from legalaid import groups
from legalaid.models import Case, CasePerson, Claim, Identity, Person
from sanasezim.shared.access_log import Action
from sanasezim.shared.models import AccessEntry
from tests import make

pytestmark = pytest.mark.django_db


def page(case):
    return f"/staff/legalaid/person/group/{case.pk}/"


def one(text):
    (line,) = groups.read(text)
    return line


def add(case, by, text, *, token=None, **more):
    lines = groups.read(text)
    groups.propose(lines, case=case, user=by)
    for line in lines:
        line.choice = more.get("choice", line.choice)
    return groups.add(case, by=by, lines=lines, currency="KZT", token=token or uuid.uuid4())


# Reading


def test_a_line_is_read_into_its_columns():
    line = one("Ахмедов Шерзод; +998 90 123 45 67; Узбекистан; 1991; 150 000")

    assert (line.name, line.phone, line.citizenship) == ("Ахмедов Шерзод", "+998 90 123 45 67", "UZ")
    assert (line.birth_year, line.owed, line.currency, line.errors) == (1991, Decimal(150000), "", [])


def test_a_sheet_has_tabs_between_and_the_name_alone_is_enough():
    assert one("Karimov Ali\t\tKG").citizenship == "KG"
    assert one("Karimov Ali").is_right


def test_a_head_line_says_the_order_of_the_columns():
    lines = groups.read("№\tФИО\tСумма долга\tТелефон\tГод рождения\n1\tАли Каримов\t5000\t87011234567\t1990")

    (line,) = lines
    assert (line.number, line.name, line.owed, line.phone, line.birth_year) == (
        2, "Али Каримов", Decimal(5000), "87011234567", 1990,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("УЗБЕКИСТАН", "UZ"), ("узб.", "UZ"), ("ўзбек", "UZ"), ("Oʻzbekiston", "UZ"), ("uz", "UZ"),
        ("Кыргызстан", "KG"), ("киргиз", "KG"), ("қырғыз", "KG"), ("Qirgʻiziston", "KG"),
        ("таджик", "TJ"), ("Тоҷикистон", "TJ"), ("тәжік", "TJ"), ("Түрікменстан", "TM"),
        ("казах", "KZ"), ("Қазақстан", "KZ"), ("РФ", "RU"), ("русский", "RU"), ("без гражданства", "stateless"),
    ],
)  # fmt: skip
def test_a_citizenship_is_known_in_each_language(cell, code):
    assert one(f"Али Каримов;;{cell}").citizenship == code


@pytest.mark.parametrize(
    ("cell", "amount", "currency"),
    [
        ("150000", "150000", ""), ("150 000", "150000", ""), ("150.000", "150000", ""),
        ("1 250 000,50", "1250000.50", ""), ("1200 USD", "1200", "USD"), ("$300", "300", "USD"),
        ("80 000 тг", "80000", "KZT"), ("80 000 тенге.", "80000", "KZT"), ("25 000 сом", "25000", "KGS"),
        ("3 000 000 soʻm", "3000000", "UZS"), ("3000000 сум", "3000000", "UZS"),
        ("1500 сомони", "1500", "TJS"), ("40 000 руб", "40000", "RUB"),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_write_it(cell, amount, currency):
    line = one(f"Али Каримов;;;;{cell}")

    assert (line.owed, line.currency, line.errors) == (Decimal(amount), currency, [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("; 87011234567", "name is missing"),
        ("12345; 87011234567", "no name"),
        ("Али Каримов; позже", "no phone number"),
        ("Али Каримов; 1234", "no phone number"),
        ("Али Каримов;; Атлантида", "no citizenship"),
        ("Али Каримов;;; 85", "year of birth"),
        ("Али Каримов;;; 2099", "year of birth"),
        ("Али Каримов;;;; много", "amount of money"),
        ("Али Каримов;;;; -5000", "amount of money"),
        ("Али Каримов;;;; 9999999999999", "amount of money"),
        ("Али Каримов;;;;5000;что-то ещё", "columns"),
    ],
)
def test_what_cannot_be_read_says_why_and_stays(text, words):
    with translation.override("en"):
        (line,) = groups.read(text)
        said = " ".join(str(error) for error in line.errors)

    assert words in said
    assert line.text == text


def test_errors_have_the_number_of_the_line_in_the_box():
    lines = groups.read("Али Каримов\n\n  \nНурлан;;;abc\nЗарина Саидова")

    assert [(line.number, line.is_right) for line in lines] == [(1, True), (4, False), (5, True)]


def test_the_same_person_twice_in_a_list_is_an_error():
    lines = groups.read("Али Каримов;87011234567\nВали Саидов\nКаримов\nAli Karimov;+7 701 123 45 67")

    assert [line.is_right for line in lines] == [True, True, True, False]
    assert "1" in lines[3].errors[0]


def test_brothers_with_one_phone_are_two_people():
    lines = groups.read("Али Каримов;87011234567\nВали Каримов;87011234567\nАли Каримов;87017654321")

    assert all(line.is_right for line in lines)


# Whom we know


@pytest.mark.parametrize(
    ("text", "is_meant"),
    [
        ("Ahmedov Sherzod; 998901234567", True),
        ("Шерзод Ахмедов;;;1991", True),
        ("Шерзод Ахмедов", False),
        ("Ахмедов Шерзод; 998901234567;;1985", False),
        ("Вали Саидов; 998901234567", False),
    ],
)
def test_whom_we_know_is_proposed_and_chosen_only_if_it_is_sure(lawyer, text, is_meant):
    person = make.person(birth_year=1991, added_by=lawyer)
    case = make.case(lawyer=lawyer)
    lines = groups.read(text)

    groups.propose(lines, case=case, user=lawyer)

    assert [proposal.person for proposal in lines[0].proposed] == [person]
    assert lines[0].choice == (str(person.pk) if is_meant else groups.NEW)


def test_somebody_one_may_not_see_is_not_proposed(lawyer):
    make.case(lawyer=make.user("lawyer"), people=[make.person()])
    lines = groups.read("Ахмедов Шерзод; +998 90 123 45 67")

    groups.propose(lines, case=make.case(lawyer=lawyer), user=lawyer)

    assert lines[0].proposed == []


# Keeping


def test_each_person_has_their_own_claim(lawyer):
    case = make.case(lawyer=lawyer)

    kept = add(case, lawyer, "Али Каримов;87011234567;UZ;1990;150 000\nВали Саидов;;KG;;200 USD\nЗарина Саидова")

    assert (kept.new, kept.known, kept.claims) == (3, 0, 2)
    claims = {
        claim.person.identity.name: (claim.owed, claim.currency, claim.kind)
        for claim in case.claims.all()
    }
    assert claims == {
        "Али Каримов": (Decimal(150000), "KZT", "wages"),
        "Вали Саидов": (Decimal(200), "USD", "wages"),
    }
    person = Identity.objects.matching("Karimov 8 701 123 45 67").get().person
    assert (person.citizenship, person.birth_year, person.added_by) == ("UZ", 1990, lawyer)


def test_the_person_we_know_is_not_doubled(lawyer):
    person = make.person(added_by=lawyer)
    case = make.case(lawyer=lawyer)

    kept = add(case, lawyer, "Ahmedov Sherzod; 998901234567;;;5000")

    assert (kept.new, kept.known, kept.claims) == (0, 1, 1)
    assert case.people.get() == person
    assert Person.objects.count() == 1


def test_the_same_list_again_adds_nobody_and_no_claim(lawyer):
    case, text = make.case(lawyer=lawyer), "Али Каримов;87011234567;;;5000\nВали Саидов;87011234568"
    add(case, lawyer, text)

    kept = add(case, lawyer, text)

    assert (kept.new, kept.known, kept.claims) == (0, 2, 0)
    assert (case.people.count(), case.claims.count()) == (2, 1)


def test_a_list_sent_twice_is_saved_once(lawyer):
    case, token = make.case(lawyer=lawyer), uuid.uuid4()
    add(case, lawyer, "Али Каримов", token=token)

    with pytest.raises(ValidationError, match="already|уже"):
        add(case, lawyer, "Али Каримов", token=token, choice=groups.NEW)

    assert case.people.count() == 1


def test_what_is_refused_leaves_nothing_behind(lawyer):
    case, token = make.case(lawyer=lawyer), uuid.uuid4()
    with pytest.raises(ValidationError):
        add(case, make.user("lawyer"), "Али Каримов", token=token)

    assert not Person.objects.exists()
    assert add(case, lawyer, "Али Каримов", token=token).new == 1


def test_a_left_out_line_is_not_kept(lawyer):
    case = make.case(lawyer=lawyer)

    assert add(case, lawyer, "Али Каримов;;;;5000", choice=groups.LEFT_OUT).new == 0
    assert not case.people.exists()


@pytest.mark.parametrize("choice", ["theirs", "nobody"])
def test_nobody_chooses_a_person_they_may_not_see(lawyer, choice):
    theirs = make.person()
    make.case(lawyer=make.user("lawyer"), people=[theirs])
    number = {"theirs": str(theirs.pk), "nobody": "987654"}[choice]

    with pytest.raises(ValidationError):
        add(make.case(lawyer=lawyer), lawyer, "Али Каримов", choice=number)

    assert CasePerson.objects.filter(person=theirs).count() == 1


def test_nobody_joins_a_closed_case(lawyer):
    case = make.case(lawyer=lawyer)
    case.outcomes.create(kind="advised")
    Case.objects.filter(pk=case.pk).update(closed_on=timezone.localdate())

    with pytest.raises(ValidationError, match="closed|закрыт"):
        add(case, lawyer, "Али Каримов")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_one_list_at_once_one_is_told():
    lawyer = make.user("lawyer")
    case, token, told = make.case(lawyer=lawyer), uuid.uuid4(), []
    start = threading.Barrier(2)

    def send():
        try:
            start.wait()
            add(case, lawyer, "Али Каримов;;;;5000", token=token, choice=groups.NEW)
        except ValidationError as refusal:
            told.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(told) == 1
    assert (case.people.count(), Claim.objects.count()) == (1, 1)


def list_of(number):
    return "\n".join(
        f"Работник{chr(1072 + i % 26)} Фамилия{chr(1072 + i // 26)};8701{i:07};UZ;{1960 + i % 40};{1000 * (i + 1)}"
        for i in range(number)
    )


def test_six_hundred_people_are_kept_in_seconds_and_a_few_queries(lawyer):
    case = make.case(lawyer=lawyer)

    started = time.monotonic()
    with CaptureQueriesContext(connection) as asked:
        kept = add(case, lawyer, list_of(groups.MOST_PEOPLE))
    took = time.monotonic() - started

    assert (kept.new, kept.claims) == (600, 600)
    assert len(asked) < 60
    assert took < 10
    with CaptureQueriesContext(connection) as asked:
        found = groups.members(case)
    assert len(found) == 600
    assert len(asked) <= 3
    assert groups.sums(found) == [("KZT", Decimal(600 * 601 * 500), 0)]
    with pytest.raises(ValidationError, match="600"):
        add(case, lawyer, "Ещё Один")


# The pages


@pytest.fixture
def desk(client, lawyer):
    lawyer.language = "en"
    lawyer.save()
    client.force_login(lawyer)
    return client


def send(client, case, lines, button, **more):
    sent = {"lines": lines, "part": "client", "kind": "wages", "currency": "KZT", "token": uuid.uuid4()}
    return client.post(page(case), sent | {button: "1"} | more)


def test_the_list_is_looked_at_before_anything_is_saved(desk, lawyer):
    case = make.case(lawyer=lawyer)
    desk.get(page(case))

    looked = send(desk, case, "Али Каримов;;;;5000\nНурлан;;;abc", "look")

    assert "1 line cannot be read" in looked.content.decode()
    assert 'value="2"' in looked.content.decode()
    assert not Person.objects.exists()


def test_the_right_lines_are_saved_and_the_others_stay_in_the_box(desk, lawyer):
    case = make.case(lawyer=lawyer)

    saved = send(desk, case, "Али Каримов;;;;5000\nНурлан;;;abc\nЗарина", "save")

    assert saved.context["form"]["lines"].value() == "Нурлан;;;abc"
    assert [line.text for line in saved.context["wrong"]] == ["Нурлан;;;abc"]
    assert case.people.count() == 2
    done = send(desk, case, "Нурлан;;;1999", "save", token=saved.context["form"]["token"].value())
    assert done["Location"] == page(case)
    assert case.people.count() == 3


def test_one_chooses_line_by_line_who_is_meant(desk, lawyer):
    known = make.person(added_by=lawyer)
    case = make.case(lawyer=lawyer)
    text = "Ахмедов Шерзод;998901234567\nВали Саидов;998901234567\nКто Ещё"

    looked = send(desk, case, text, "look")
    assert [line.choice for line in looked.context["right"]] == [str(known.pk), "new", "new"]
    send(desk, case, text, "save", **{"who-1": "new", "who-2": str(known.pk), "who-3": str(known.pk)})

    names = set(Identity.objects.filter(person__cases=case).values_list("person", flat=True))
    assert known.pk in names
    assert case.people.count() == 3  # nobody was proposed for the third line, so it is new
    assert Person.objects.count() == 3


def test_rows_of_the_grid_are_lines_too(desk, lawyer):
    case = make.case(lawyer=lawyer)

    more = send(desk, case, "", "more", rows="8", **{"name-0": "Али; Каримов", "owed-0": "500"})
    assert more.context["grid"].number == 16
    looked = send(desk, case, "Зарина", "look", rows="8", **{"name-0": "Али; Каримов", "owed-0": "500"})

    assert [(line.name, line.owed) for line in looked.context["right"]] == [
        ("Зарина", None), ("Али, Каримов", 500),
    ]  # fmt: skip


def test_the_group_shows_everybody_masked_with_what_they_are_owed(desk, lawyer):
    case = make.case(lawyer=lawyer)
    add(case, lawyer, "Канарейкин Тест;87015550142;UZ;1990;150000")

    shown = desk.get(page(case)).content.decode()

    assert "К. Т." in shown
    assert "Канарейкин" not in shown
    assert "5550142" not in shown
    assert "150,000 KZT" in shown


def test_every_act_of_the_group_leaves_a_row(desk, lawyer):
    case = make.case(lawyer=lawyer)
    desk.get(page(case))
    send(desk, case, "Али Каримов\nЗарина", "save")

    rows = AccessEntry.objects.order_by("pk").values_list("action", "what", "within_id", "rows")
    assert list(rows) == [
        (Action.VIEW, "legalaid.person", case.pk, None),
        (Action.SEARCH, "legalaid.person", case.pk, 0),
        (Action.ADD, "legalaid.person", case.pk, 2),
    ]


def test_a_group_is_closed_to_whoever_does_not_see_the_case(desk, lawyer):
    theirs = make.case(lawyer=make.user("lawyer"))

    assert desk.get(page(theirs)).status_code == 302
    assert send(desk, theirs, "Али Каримов", "save").status_code == 302
    assert not theirs.people.exists()


def test_who_is_only_offered_a_case_may_look_and_add_nobody(client, lawyer):
    offered = make.user("lawyer")
    case = make.case(lawyer=lawyer, transfer_to=offered)
    client.force_login(offered)

    assert client.get(page(case)).status_code == 200
    assert send(client, case, "Али Каримов", "save").status_code == 403
