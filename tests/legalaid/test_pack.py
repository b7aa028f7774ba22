"""A case on paper, and the pack for somebody outside: what each reader may know, and that it is written down."""

import datetime
import hashlib
import io
import re
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from legalaid import pack
from legalaid.models import CasePerson, Claim, Identity, PackRequest, Person
from legalaid.pack import PRESETS, Order
from sanasezim.shared import accounts, confirmed
from sanasezim.shared.access_log import Action
from sanasezim.shared.models import AccessEntry, Authenticator
from tests import make

pytestmark = pytest.mark.django_db

NAME, PHONE, ADDRESS, PASSPORT = (
    "Канарейкин Тихон",
    "+77015550177",
    "улица Канареек, 7",
    "AC7654321",
)
OTHER, WITNESS, RELATIVE = "Синицын Другой", "Воробьёв Свидетель", "Галкина Родственница"
STORY, MESSAGE, NOTE, REMARK, TASK = (
    *("Хозяин не платил два месяца", "Когда придут деньги", "Тайная заметка коллегам"),
    *("Тайная ремарка услуги", "Тайное поручение"),
)
EMPLOYER, TITLE, SHELTER = "ТОО «Тайный Кірпіш»", "Паспорт, первая страница", "Тайный приют"
PLACE, REGION, OFFICE = "Тайное село Карабулак", "Тайный район Куве", "Тайный пункт Сарыагаш"

DAY = datetime.date(2026, 3, 17)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def lawyer():
    return make.user("lawyer", language="en", first_name="Айгүл", last_name="Сатпаева")


@pytest.fixture
def world(lawyer):
    """A case in which every text is known and every kind of row is there."""
    person = make.person(
        **{"name": NAME, "phones": PHONE, "address": ADDRESS, "documents": PASSPORT},
        **{"birth_year": 1995, "sex": "male", "citizenship": "UZ", "home_region": REGION},
    )
    other, witness, relative = (make.person(name=name) for name in [OTHER, WITNESS, RELATIVE])
    case = make.case(
        lawyer=lawyer,
        people=[person, other],
        opened_on=DAY,
        employer=make.employer(EMPLOYER),
        office=make.office(code="taynyy-punkt"),
    )
    CasePerson.objects.create(case=case, person=witness, part="witness")
    CasePerson.objects.create(case=case, person=relative, part="family")
    case.topics.add(make.topic(en="Unpaid wages", ru="Зарплата"))
    intake = make.taken(
        case,
        person=person,
        story=STORY,
        speaker_name=NAME,
        contact=PHONE,
        place=PLACE,
        country="KZ",
    )
    theirs = make.taken(case, person=other, story="История другого", speaker_name=OTHER)
    make.message(intake, MESSAGE)
    make.message(theirs, "Слова другого")
    make.note(case, text=NOTE)
    make.task(case, what=TASK)
    make.service(case, person=person, given_on=DAY, remark=REMARK)
    make.service(case, kind=make.service_kind("court", en="Court", ru="Суд"), given_on=DAY)
    make.claim(case, person=person, owed=250_000, claimed_on=DAY)
    make.claim(case, person=other, owed=111_111, recovered=50_000, recovered_on=DAY, claimed_on=DAY)
    make.outcome(case, "claim_filed", reached_on=DAY)
    make.outcome(case, "returned_home", reached_on=DAY, person=person)
    make.referral(case, person=person, partner=make.taking_partner(SHELTER), their_turn=False)
    files = [
        make.document(case, title=TITLE),
        make.document(intake, title="Письмо клиента"),
        make.document(theirs, title="Файл другого"),
    ]
    return {"case": case, "person": person, "other": other, "files": files, "intake": intake}


def order(preset, **more):
    return Order(PRESETS[preset], language="en", **more)


def page(case, wanted, **more):
    return pack.page_of(pack.build(case, wanted, **more))


def leaks(text, *secrets):
    return [secret for secret in secrets if secret in text]


INTERNAL = [NOTE, REMARK, TASK, SHELTER]
OTHERS = [OTHER, "История другого", "Слова другого", "Файл другого", WITNESS, RELATIVE, "111 111"]


# What each reader may know


def test_a_court_reads_who_the_clients_are_and_nothing_internal(world):
    case, files = world["case"], world["files"]

    text = page(case, order("court", exhibits=[files[0]], with_story=True, with_messages=True))

    for said in [
        *[
            NAME,
            PHONE,
            ADDRESS,
            PASSPORT,
            OTHER,
            case.reference,
            EMPLOYER,
            "1995",
            "Айгүл Сатпаева",
        ],
        *[STORY, MESSAGE, TITLE, "Unpaid wages", "Court", "claim filed", "March 17, 2026"],
    ]:
        assert said in text.replace("&#x27;", "'"), said
    assert re.search(r"250.000.KZT", text)
    assert re.search(r"361.111.KZT", text), "owed in all"
    assert not leaks(text, *INTERNAL, WITNESS, RELATIVE)


def test_a_court_reads_no_story_unless_it_is_chosen(world):
    assert not leaks(page(world["case"], order("court")), STORY, MESSAGE)


def test_of_one_client_a_court_reads_nothing_of_the_others(world):
    text = page(
        world["case"],
        order("court", person=world["person"], with_story=True, with_messages=True),
    )

    assert NAME in text
    assert not leaks(text, *OTHERS, *INTERNAL)
    assert not re.search(r"111.111", text)


def test_a_consulate_reads_who_one_person_is_and_nothing_against_an_employer(world):
    wanted = order(
        "consulate", person=world["person"], exhibits=[world["files"][0]], with_story=True
    )

    text = page(world["case"], wanted)

    for said in [NAME, PASSPORT, TITLE, "returned home", "Uzbekistan", "1995"]:
        assert said in text, said
    assert not leaks(
        text, EMPLOYER, STORY, MESSAGE, "Unpaid wages", "Court", "claim", "Claim", "KZT", *INTERNAL
    )
    assert not leaks(text, *OTHERS)


def test_a_donor_reads_of_a_client_and_of_nobody(world):
    case = world["case"]

    text = page(case, order("donor", exhibits=world["files"], with_story=True, with_messages=True))

    for said in ["The client asked for help", "March 2026", "Unpaid wages", "Kazakhstan", "KZT"]:
        assert said in text, said
    assert re.search(r"361.111.KZT", text)
    assert not leaks(
        text,
        *[NAME, PHONE, ADDRESS, PASSPORT, STORY, MESSAGE, TITLE, EMPLOYER, case.reference],
        *[PLACE, REGION, OFFICE, "Айгүл", "К. Т.", "1995", "March 17", "•••", "Письмо"],
        *INTERNAL,
        *OTHERS,
    )
    assert world["intake"].reference not in text


def test_no_pack_holds_the_initials_or_numbers_of_who_is_left_out(world):
    for preset in PRESETS:
        person = world["person"] if preset == "consulate" else None
        text = page(world["case"], order(preset, person=person))
        assert not leaks(text, "В. С.", "Г. Р.", NOTE, REMARK, TASK)


def test_a_pack_is_in_its_own_language(world):
    text = page(world["case"], Order(PRESETS["donor"], language="ru"))

    assert 'lang="ru"' in text
    assert "март 2026" in text.lower()
    assert "Зарплата" in text


@pytest.mark.parametrize("preset", PRESETS)
def test_what_a_preset_does_not_allow_is_refused(world, preset):
    case, files = world["case"], world["files"]
    theirs, someone = files[2], world["person"]
    elsewhere = make.document(make.case())

    for wanted in [
        order(preset, person=make.person()),
        order(preset, person=someone, exhibits=[theirs]),
        order(preset, person=someone, exhibits=[elsewhere]),
    ]:
        with pytest.raises(ValidationError):
            pack.check(case, wanted)
    fits = order(preset, person=someone, exhibits=[files[0]] if preset != "donor" else [])
    pack.check(case, fits)
    if preset == "consulate":
        with pytest.raises(ValidationError, match="whom this pack is about"):
            pack.check(case, order(preset))
    if preset == "donor":
        with pytest.raises(ValidationError, match="may not be in this pack"):
            pack.check(case, order(preset, exhibits=[files[0]]))


def test_a_witness_is_nobody_a_pack_is_about(world):
    witness = world["case"].case_people.get(part="witness").person

    with pytest.raises(ValidationError, match="not a client"):
        pack.check(world["case"], order("court", person=witness))


def test_too_many_or_too_large_exhibits_are_refused(world, monkeypatch):
    wanted = order("court", exhibits=world["files"][:2])
    monkeypatch.setattr(pack, "MOST_EXHIBITS", 1)
    with pytest.raises(ValidationError, match="Make two packs"):
        pack.check(world["case"], wanted)
    monkeypatch.undo()
    monkeypatch.setattr(pack, "MOST_BYTES", 10)
    with pytest.raises(ValidationError, match="Make two packs"):
        pack.check(world["case"], wanted)


# The archive


def opened(made):
    content = b"".join(made)
    made.close()
    assert len(content) == made.size
    assert hashlib.sha256(content).hexdigest() == made.sha256
    return zipfile.ZipFile(io.BytesIO(content))


def test_the_archive_holds_a_page_and_the_exhibits_in_their_order(world):
    case, files = world["case"], world["files"]

    made, _pack = pack.archive(case, order("court", exhibits=[files[1], files[0]]))
    packed = opened(made)

    folder = f"{case.reference}-court"
    assert made.name == f"{folder}.zip"
    assert packed.namelist() == [
        *[f"{folder}/exhibit-001.jpg", f"{folder}/exhibit-002.jpg"],
        f"{folder}/chronology.html",
    ]
    assert packed.testzip() is None
    copies = [b"".join(document.copy) for document in [files[1], files[0]]]
    assert [packed.read(name) for name in packed.namelist()[:2]] == copies
    text = packed.read(f"{folder}/chronology.html").decode()
    for copy in copies:
        assert hashlib.sha256(copy).hexdigest() in text
    assert text.index("Письмо клиента") < text.rindex(TITLE)


def test_originals_go_to_a_court_byte_for_byte(world):
    document = world["files"][0]

    made, _pack = pack.archive(
        world["case"], order("court", exhibits=[document], with_originals=True)
    )

    packed = opened(made)
    assert packed.read(packed.namelist()[0]) == b"".join(document.original)


def test_no_name_in_an_archive_is_a_persons(world):
    case = world["case"]
    for preset in PRESETS:
        wanted = order(preset, person=world["person"], exhibits=world["files"][:2])
        if preset == "donor":
            wanted.exhibits = []
        made, _pack = pack.archive(case, wanted)
        names = " ".join([made.name, *opened(made).namelist()])
        assert not leaks(names, "Канарей", "Паспорт", "Письмо")
        assert (case.reference in names) == (preset != "donor")


def test_the_page_stands_alone_and_runs_nothing(world):
    make.Case.objects.filter(pk=world["case"].pk).update(closed_on=None)
    world["files"][0].title = "<script>alert(1)</script>"

    text = page(world["case"], order("court", exhibits=world["files"][:1]))

    assert "<script" not in text
    assert "<link" not in text
    assert not re.search(r'(?:src|href)="(?!exhibit-)', text)
    assert not re.search(r"url\(|@import", text)


def test_the_archive_waits_encrypted(world, settings, tmp_path, monkeypatch):
    settings.FILE_UPLOAD_TEMP_DIR = folder = tmp_path / "temporary"
    folder.mkdir()
    written = []
    add = pack.Spool.add

    def add_and_look(self, piece):
        add(self, piece)
        self.file.flush()
        self.file.seek(0)
        written.append(self.file.read())
        self.file.seek(0, 2)

    monkeypatch.setattr(pack.Spool, "add", add_and_look)
    made, _pack = pack.archive(world["case"], order("court", exhibits=world["files"][:1]))

    assert list(folder.iterdir()) == []
    assert not any(b"exhibit-001" in each or b"PK\x03\x04" in each for each in written)
    made.close()


# The pages of staff


@pytest.fixture
def signed_in(client, lawyer):
    make.sign_in(client, lawyer)
    return client


def address(name, case):
    return reverse(f"admin:legalaid_case_{name}", args=[case.pk])


def form(world, preset="court", **more):
    return {"preset": preset, "language": "en", "why": "document", "person": ""} | more


def test_a_pack_is_chosen_looked_at_and_taken_out(signed_in, world, lawyer):
    case, files = world["case"], world["files"]
    chosen = form(
        world,
        exhibit=[files[0].pk, files[1].pk],
        **{f"place-{files[0].pk}": 2, f"place-{files[1].pk}": 1},
    )

    empty = signed_in.get(address("pack", case)).content.decode()
    shown = signed_in.post(address("pack", case), chosen | {"preview": "1"}).content.decode()
    taken = signed_in.post(address("pack", case), chosen | {"take": "1"})

    assert NAME not in empty
    assert NAME in shown
    assert shown.index("Письмо клиента") < shown.rindex(TITLE)
    content = b"".join(taken.streaming_content)
    assert taken["Content-Type"] == "application/zip"
    assert taken["Content-Disposition"] == f'attachment; filename="{case.reference}-court.zip"'
    assert taken["Cache-Control"] == "no-store"
    looks = AccessEntry.objects.filter(within="legalaid.case", within_id=case.pk)
    reveal = looks.get(action=Action.REVEAL)
    assert (reveal.why, reveal.rows) == ("document", 2)
    export = looks.get(action=Action.EXPORT)
    assert (export.who, export.why, export.rows) == (lawyer, "document", 4)
    assert export.digest == hashlib.sha256(content).hexdigest()
    assert set(looks.filter(action=Action.DOWNLOAD).values_list("what_id", "why")) == {
        *[(files[0].pk, "document"), (files[1].pk, "document")]
    }


def test_a_pack_asks_again_who_takes_it(client, world, lawyer):
    client.force_login(lawyer)

    for button in ["preview", "take"]:
        asked = client.post(address("pack", world["case"]), form(world) | {button: "1"})
        assert "again-password" in asked.content.decode()
        assert NAME not in asked.content.decode()
    assert not AccessEntry.objects.filter(action__in=[Action.EXPORT, Action.REVEAL]).exists()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"why": ""}, "required"),
        ({"preset": "neighbour"}, "valid choice"),
        ({"preset": "consulate"}, "whom this pack is about"),
        ({"person": "987654"}, "valid choice"),
    ],
)
def test_a_choice_that_is_not_right_takes_nothing_out(signed_in, world, changes, why):
    answer = signed_in.post(address("pack", world["case"]), form(world) | changes | {"take": "1"})

    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not AccessEntry.objects.filter(action=Action.EXPORT).exists()


def test_a_preview_may_be_chosen_differently_and_keeps_what_was_chosen(signed_in, world):
    chosen = form(world, exhibit=[world["files"][1].pk], change="1", with_story="on")

    shown = signed_in.post(address("pack", world["case"]), chosen).content.decode()

    assert "errornote" not in shown
    ticked = re.findall(r'name="exhibit" value="(\d+)"[^>]*checked', shown)
    assert ticked == [str(world["files"][1].pk)]


@pytest.mark.parametrize(
    "role", ["lawyer", "specialist", "operator", "coordinator", "administrator"]
)
def test_nobody_else_prints_or_packs(client, world, role):
    case = world["case"]
    make.sign_in(client, make.user(role, language="en"))

    for name in ["pack", "print"]:
        for ask in [client.get, client.post]:
            sent = form(world) | {"take": "1", "identity": "full"} if ask == client.post else {}
            answer = ask(address(name, case), sent)
            assert answer.status_code in {302, 403}
            assert not answer.streaming
            assert not leaks(answer.content.decode(), NAME, case.reference, STORY)
    assert client.post(address("pack_decide", case), {"request": 1}).status_code in {302, 403}
    assert not AccessEntry.objects.filter(within_id=case.pk, within="legalaid.case").exists()


def test_whom_a_case_is_offered_takes_nothing_along(client, world):
    colleague = make.user("lawyer", language="en")
    world["case"].transfer_to = colleague
    world["case"].save()
    make.sign_in(client, colleague)

    for name in ["pack", "print"]:
        assert client.get(address(name, world["case"])).status_code == 403
        assert client.post(address(name, world["case"]), form(world)).status_code == 403


# Six hundred people, and a second person


@pytest.fixture
def crowd(lawyer):
    """A case of six hundred people, each with a claim."""
    case = make.case(lawyer=lawyer)
    people = Person.objects.bulk_create(Person(sex="male", citizenship="UZ") for _n in range(600))
    Identity.objects.bulk_create(
        Identity(person=person, name=f"Толпаев {number}", phones=f"+7701{number:07}")
        for number, person in enumerate(people)
    )
    CasePerson.objects.bulk_create(CasePerson(case=case, person=person) for person in people)
    Claim.objects.bulk_create(
        Claim(case=case, person=person, owed=100_000, claimed_on=DAY) for person in people
    )
    return case


def wanted(case):
    return {"preset": "court", "language": "en", "why": "document", "person": ""}


def test_six_hundred_people_leave_only_when_a_second_colleague_allows_it(
    client, signed_in, crowd, lawyer, director
):
    page = address("pack", crowd)
    chosen = wanted(crowd)

    shown = signed_in.post(page, chosen | {"preview": "1"}).content.decode()
    assert "second colleague" in shown
    assert "Т. " in shown
    assert "Толпаев" not in shown
    refused = signed_in.post(page, chosen | {"take": "1"})
    assert refused.status_code == 422
    assert "600 people" in refused.content.decode()
    signed_in.post(page, chosen | {"ask": "1"})
    signed_in.post(page, chosen | {"ask": "1"})
    asked = PackRequest.objects.get()
    assert (asked.number_of_people, asked.asked_by, asked.why) == (600, lawyer, "document")
    yes = {"request": asked.pk, "answer": "yes"}
    assert signed_in.post(address("pack_decide", crowd), yes).status_code == 403

    make.sign_in(client, director)
    assert client.post(address("pack_decide", crowd), yes).status_code == 302
    make.sign_in(client, lawyer)
    taken = client.post(page, chosen | {"take": "1"})

    packed = zipfile.ZipFile(io.BytesIO(b"".join(taken.streaming_content)))
    text = packed.read(packed.namelist()[-1]).decode()
    assert text.count("Толпаев") == 600
    assert re.search(r"60.000.000.KZT", text)
    assert "(600 times)" in text
    assert AccessEntry.objects.get(action=Action.EXPORT).rows == 600
    assert client.post(page, chosen | {"take": "1"}).status_code == 422, "it was for once"


def test_what_was_not_allowed_or_long_ago_allows_nothing(crowd, lawyer, director):
    of_all = order("court")
    asked = pack.ask_for(crowd, of_all, by=lawyer, why="document")
    pack.decide(asked, by=director, is_approved=False)
    assert not pack.use_up(crowd, of_all, by=lawyer)
    with pytest.raises(ValidationError, match="decided already"):
        pack.decide(asked, by=director, is_approved=True)

    again = pack.ask_for(crowd, of_all, by=lawyer, why="document")
    pack.decide(again, by=director, is_approved=True)
    assert pack.allowing(crowd, of_all, by=lawyer).exists()
    assert not pack.allowing(crowd, of_all, by=director).exists()
    PackRequest.objects.filter(pk=again.pk).update(
        decided_at=timezone.now() - datetime.timedelta(days=2)
    )
    assert not pack.use_up(crowd, of_all, by=lawyer)


def test_the_database_lets_nobody_allow_their_own(crowd, lawyer):
    asked = pack.ask_for(crowd, order("court"), by=lawyer, why="document")

    with pytest.raises(ValidationError, match="Somebody else"):
        pack.decide(asked, by=lawyer, is_approved=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        PackRequest.objects.update(decided_by=lawyer, decided_at=timezone.now(), is_approved=True)


def test_a_donor_reads_of_six_hundred_in_a_few_lines(crowd, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        text = page(crowd, order("donor"))

    assert "600" in text
    assert not leaks(text, "Толпаев", crowd.reference)
    assert len(text) < 20_000


# On paper, for ourselves


def test_a_print_is_masked_and_without_notes_until_it_is_asked_for(signed_in, world):
    case = world["case"]

    text = signed_in.get(address("print", case)).content.decode()

    assert "К. Т." in text
    assert "•••77" in text
    assert STORY in text
    assert TASK in text
    assert not leaks(text, NAME, PHONE, PASSPORT, NOTE)
    entry = AccessEntry.objects.get(action=Action.PRINT)
    assert (entry.within_id, entry.why, entry.rows) == (case.pk, "", None)


def test_a_print_in_full_needs_a_reason(signed_in, world):
    case = world["case"]

    without = signed_in.post(address("print", case), {"identity": "full", "why": ""})
    in_full = signed_in.post(
        address("print", case), {"identity": "full", "why": "document", "notes": "1"}
    ).content.decode()

    assert without.status_code == 422
    assert NAME not in without.content.decode()
    assert NAME in in_full
    assert NOTE in in_full
    assert AccessEntry.objects.filter(action=Action.PRINT, why="document", rows=4).count() == 1


def test_a_print_in_full_asks_for_the_code_again(client, world, lawyer, settings):
    Authenticator.objects.create(user=lawyer, name="", confirmed=True)
    settings.SECOND_FACTOR_REQUIRED = True
    client.force_login(lawyer)
    session = client.session
    session[accounts.BY_FACTOR] = True
    session.save()
    sent = {"identity": "full", "why": "document"}

    asked = client.post(address("print", world["case"]), sent).content.decode()

    assert "again-code" in asked
    assert NAME not in asked
    confirmed.confirm(session)
    session.save()
    assert NAME in client.post(address("print", world["case"]), sent).content.decode()


def test_another_colleagues_private_note_is_on_no_paper(signed_in, world):
    make.note(world["case"], by=make.user("lawyer"), text="Чужая личная заметка", is_private=True)

    text = signed_in.post(address("print", world["case"]), {"notes": "1"}).content.decode()

    assert NOTE in text
    assert "Чужая личная" not in text


def test_six_hundred_people_are_printed_masked_only(signed_in, crowd):
    masked = signed_in.get(address("print", crowd)).content.decode()
    refused = signed_in.post(address("print", crowd), {"identity": "full", "why": "document"})

    assert masked.count("<tr>") > 600
    assert "Толпаев" not in masked
    assert refused.status_code == 422
    assert "Толпаев" not in refused.content.decode()
