"""What is erased is gone from every table, history, index and file; what is counted stays; nothing comes back."""

import datetime
import itertools
import os
import re
import threading

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth
from django.test import TestCase
from django.utils import timezone

from hotline.models import Call, Callback, CallReferral, HandOver, QualityNote
from legalaid import erased_list, erasure, taking_in
from legalaid.models import (
    Case,
    CasePerson,
    Claim,
    Consent,
    ConsentText,
    Document,
    Employer,
    ErasedRow,
    Identity,
    Intake,
    Message,
    Note,
    OpenCase,
    Outcome,
    Person,
    PersonKey,
    Referral,
    Service,
    Task,
)
from sanasezim.set_up import set_up
from sanasezim.shared import access_chain
from sanasezim.shared.access_log import Action
from sanasezim.shared.models import AccessEntry
from sanasezim.shared.protected import ProtectedRow, ProtectedTextField
from sanasezim.shared.sealed_files import SealedFileField
from sanasezim.shared.search_keys import SearchKeysField
from tests import make
from tests.test_silence import stored_rows

pytestmark = pytest.mark.django_db
IN_TRANSACTIONS_OF_ITS_OWN = pytest.mark.django_db(transaction=True)

NAME, PHONE, STORY = "Канарейкина Тамара", "+77015550199", "Стёртая история канарейки"


_numbers = itertools.count(1)


def erase(row, **more):
    """With what happens on commit, also in a test that never commits."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        return erasure.erase(row, **more)


def consent():
    text, _new = ConsentText.objects.get_or_create(version=1, language="ru", body="Согласие")
    return Consent.objects.create(text=text, how="ticked")


def papers(**of):
    document = Document(
        kind="photo", title=f"Паспорт, {NAME}", original_size=9, original_sha256="0" * 64,
        copy_size=4, **of,
    )  # fmt: skip
    document.original.write(f"{NAME} original".encode())
    document.copy.write(f"{NAME} copy".encode())
    document.save()
    return document


def full_intake(person=None, **fields):
    made = Intake(
        **{"channel": "online", "story": STORY, "speaker_name": NAME, "contact": PHONE}
        | {"place": "улица Канареек", "contact_when": "вечером, Канарейкина", "person": person}
        | {"contact_by": "phone", "relation": "self", "country": "KZ", "language": "uz"}
        | fields
    )
    made, _code = taking_in.take_in(made, topics=[make.topic(f"topic-{next(_numbers)}")])
    made.consent, made.is_anonymous = consent(), False
    made.speaker_name, made.contact = NAME, PHONE
    made.save()
    make.message(made, f"{NAME} ждёт ответа")
    papers(intake=made)
    return made


@pytest.fixture
def everything(lawyer):
    """A closed case of one person in which every text is a canary, with its intake and its call."""
    person = make.person(
        name=NAME, phones=PHONE, address="улица Канареек", documents="AC1234567",
        sex="female", birth_year=1999, citizenship="UZ", language="uz", is_caller=True,
    )  # fmt: skip
    intake = full_intake(person, project=make.project(), office=make.office())
    case = make.case(
        lawyer=lawyer, people=[person], team=[make.user("specialist")], employer=make.employer(),
        exploitation="forced_labour", place_of_exploitation="here", opened_on="2020-01-10",
        office=intake.office, project=intake.project,
    )  # fmt: skip
    case.topics.set(intake.topics.all())
    Intake.objects.filter(pk=intake.pk).update(
        decided_at=timezone.now(), decided_by=lawyer, decision="accepted", case=case
    )
    call = make.call(
        caller_name=NAME, phone=PHONE, notes=STORY, person=person, outcome="intake", intake=intake
    )
    papers(case=case)
    make.note(case, text=f"{NAME}: позвонить")
    make.task(case, what=f"Запрос для {NAME}")
    make.service(case, person=person, remark=f"{NAME} получила совет")
    make.claim(case, person=person, owed=300_000, recovered=120_000, recovered_on="2020-05-01")
    make.outcome(case, "wages_paid", person=person, reached_on="2020-05-01")
    Referral.objects.create(
        case=case, person=person, partner=make.partner(), what_for=f"приют для {NAME}",
        shared=f"{NAME}, {PHONE}", consent_on="2020-02-01", consent_how="spoken", sent_by=lawyer,
        token_hash="f" * 64, expires_at=timezone.now(), result=f"{NAME} в приюте",
        answer="accepted", answered_at=timezone.now(),
    )  # fmt: skip
    OpenCase.objects.create(case=case, user=lawyer)
    case.hold_reason, case.is_held = f"{NAME} судится", True
    case.save()
    # What changed or was struck out lives on in the history.
    identity = person.identity
    identity.name = f"{NAME} (прежняя)"
    identity.save()
    make.service(case, kind=make.service_kind("court"), remark=f"{NAME}, ошибка").delete()
    taken_out = make.person(name="Другой", phones="+77030000000")
    CasePerson.objects.create(case=case, person=taken_out).delete()
    case.closed_on, case.is_held, case.hold_reason = "2020-06-01", False, ""
    case.save()
    return {
        **{"case": case, "intake": intake, "person": person, "call": call},
        **{"taken out": taken_out, "lawyer": lawyer},
    }


def secrets():
    """Every stored cipher text, search key, code and file name there is now, as a dump shows it."""
    return secrets_of(
        *(
            model._base_manager.all()
            for model in apps.get_models()
            if model._meta.app_label in settings.APPS_ABOUT_PEOPLE
        )
    )


def secrets_of(*querysets):
    found = set()
    for rows in querysets:
        for field in rows.model._meta.concrete_fields:
            values = list(filter(None, rows.values_list(field.attname, flat=True)))
            if isinstance(field, ProtectedTextField) or field.attname in (
                "code_digest",
                "code_salt",
            ):
                found |= {bytes(value).hex() for value in values}
            elif isinstance(field, SearchKeysField):
                found |= {str(key) for keys in values for key in keys}
            elif isinstance(field, SealedFileField) or field.attname in (
                "token_hash",
                "form_token",
            ):
                found |= {str(value) for value in values}
    return found


def who_it_is(person):
    return secrets_of(
        Identity.objects.filter(person=person),
        Identity.pgh_event_model.objects.filter(person_id=person.pk),
    )


def left_in_tables(of):
    dump = "\n".join(stored_rows())
    return [secret for secret in of if secret in dump]


def files():
    return sorted(os.listdir(settings.SEALED_ROOT))


def facts():
    """What reports count, from every side."""
    case_facts = ["opened_on", "closed_on", "exploitation", "place_of_exploitation", "office"]
    person_facts = ["sex", "birth_year", "citizenship", "language", "is_caller", "minor"]
    intake_facts = ["channel", "decision", "decline_reason", "office", "project", "relation"]
    intake_facts += ["country", "language", "in_danger", "minor", "is_anonymous", "urgency"]

    by_month = Intake.objects.annotate(month=TruncMonth("received_at"))

    def counted(rows, *fields):
        return sorted(map(str, rows.order_by().values(*fields).annotate(n=Count("pk"))))

    return {
        "intakes": counted(by_month, "month", *intake_facts),
        "topics of intakes": counted(Intake.objects, "topics"),
        "cases": counted(Case.objects, *case_facts, "project", "lawyer", "employer"),
        "topics of cases": counted(Case.objects, "topics"),
        "people": counted(Person.objects, *person_facts),
        "people of cases": counted(CasePerson.objects, "part", "person__sex", "case__project"),
        "services": counted(Service.objects, "kind", "given_on", "person__citizenship"),
        "outcomes": counted(Outcome.objects, "kind", "reached_on", "person__sex"),
        "money": list(
            Claim.objects.order_by()
            .values("kind", "currency", "recovered_on")
            .annotate(Sum("owed"), Sum("recovered"))
        ),
        "referrals": counted(Referral.objects, "partner", "answer", "consent_how"),
        "calls": counted(Call.objects, "kind", "outcome", "language", "person__sex"),
        "consents": counted(Consent.objects, "how", "text"),
    }


# What goes


def test_of_a_case_nothing_that_somebody_said_is_left_anywhere(everything):
    living = make.person(name="Живая", phones="+77020000000")
    before = secrets() - who_it_is(living) - who_it_is(everything["taken out"])
    before -= secrets_of(Employer.objects.all(), Employer.pgh_event_model.objects.all())
    assert len(before) > 30
    assert sorted(left_in_tables(before)) == sorted(before)
    assert len(files()) == 4

    erase(everything["case"])

    assert left_in_tables(before) == []
    assert files() == []
    assert living.identity.name == "Живая"


def test_nothing_is_found_any_more(everything, client, director):
    client.force_login(director)
    erase(everything["case"])

    for words in [NAME, "Канарейкина", PHONE, "AC1234567", "5550199"]:
        assert client.post("/staff/find/", {"words": words}).context["found"] == [], words
    assert not Identity.objects.matching(NAME).exists()
    assert not Intake.objects.matching(PHONE).exists()
    assert not Call.objects.matching(NAME).exists()


def test_every_part_has_its_end(everything):
    case, intake = everything["case"], everything["intake"]

    erase(case)

    for model in [Message, Document, Note, Task, OpenCase]:
        assert not model.objects.exists(), model
    for model in [Message, Document, Note, Task, Case, Intake, Service, Referral, Claim, Outcome,
                  CasePerson, Consent]:  # fmt: skip
        events = model.pgh_event_model.objects.filter(pgh_obj_id__isnull=False)
        assert not events.exists(), model
    case.refresh_from_db()
    intake.refresh_from_db()
    referral = Referral.objects.get()
    assert case.erased_at and intake.erased_at
    assert case.lawyer == everything["lawyer"]
    assert bytes(intake.code_digest) == bytes(intake.code_salt) == b""
    assert intake.form_token is None
    assert not taking_in.is_code_of(intake, "123456789012")
    assert (referral.what_for, referral.shared, referral.result) == ("", "", "")
    assert referral.token_hash == f"erased {referral.pk}"
    assert Service.objects.get().remark == ""
    assert not Identity.objects.filter(person=everything["person"]).exists()


def test_reports_count_the_same_before_and_after(everything):
    full_intake(decision="junk", decided_at=timezone.now(), decided_by=everything["lawyer"])
    before = facts()

    erase(everything["case"])
    for intake in Intake.objects.filter(erased_at=None):
        erase(intake)

    assert facts() == before
    assert not Intake.objects.filter(erased_at=None).exists()


def test_a_call_and_a_person_alone_are_erased_as_well():
    person = make.person(name=NAME, phones=PHONE)
    call = make.call(caller_name=NAME, phone=PHONE, notes=STORY, person=person)
    before, counted = secrets(), facts()

    erase(call)

    assert left_in_tables(before) == []
    assert facts() == counted
    assert not Identity.objects.exists()

    alone = make.person(name=NAME)
    erase(alone)
    assert not Identity.objects.exists()
    assert not Person.pgh_event_model.objects.exists()


def test_what_is_erased_leaves_a_line_in_the_record_of_looks_with_numbers_only(
    everything, director
):
    rows = erase(everything["case"], by=director)

    entry = AccessEntry.objects.get(action=Action.ERASE)
    assert (entry.who, entry.what, entry.what_id) == (
        director,
        "legalaid.case",
        everything["case"].pk,
    )
    assert entry.rows == rows > 30


def test_erasing_twice_is_erasing_once(everything):
    assert erase(everything["case"]) > 0
    marks = erased_list.marks()

    assert erase(everything["case"]) == 0
    assert erase(everything["intake"]) == 0
    assert erase(everything["call"]) == 0

    assert AccessEntry.objects.filter(action=Action.ERASE).count() == 1
    assert erased_list.marks() == marks


def test_the_repeats_of_an_intake_go_with_its_case(everything):
    again = full_intake(decision="duplicate", decided_at=timezone.now(),
                        decided_by=everything["lawyer"], same_as=everything["intake"])  # fmt: skip

    erase(everything["case"])

    again.refresh_from_db()
    assert again.erased_at
    assert again.story == ""


# Who stays


def test_somebody_whom_another_record_is_about_keeps_their_name(everything, lawyer):
    person = everything["person"]
    goes_on = make.case(lawyer=lawyer, people=[person])

    erase(everything["case"])
    assert person.identity.name.startswith(NAME)
    assert Person.pgh_event_model.objects.filter(pgh_obj_id=person.pk).exists()

    erase(goes_on)
    assert not Identity.objects.filter(person=person).exists()


@pytest.mark.parametrize("what", ["intake", "call", "recent call without words"])
def test_a_living_intake_or_call_keeps_a_name_too(everything, what):
    if what == "intake":
        other = make.intake(person=everything["person"])
    else:
        words = {"caller_name": "", "phone": ""} if "without" in what else {}
        other = make.call(person=everything["person"], **words)

    erase(everything["case"])
    assert Identity.objects.filter(person=everything["person"]).exists()

    if "without" in what:
        Call.objects.filter(pk=other.pk).update(started_at=timezone.now() - datetime.timedelta(366))
        assert erasure.held([everything["person"].pk]) == set()
    else:
        erase(other)
        assert not Identity.objects.filter(person=everything["person"]).exists()


def test_the_register_of_employers_stays(everything):
    erase(everything["case"])

    assert everything["case"].employer.name == "ТОО «Кірпіш»"


def test_an_undecided_intake_leaves_the_queue(director):
    intake = full_intake()

    erase(intake, by=director)

    intake.refresh_from_db()
    assert (intake.decision, intake.decline_reason) == ("declined", "not_wished")
    assert intake.decided_by == director
    assert not Intake.objects.waiting().exists()


# Nothing into what was erased


def test_nothing_is_added_to_what_was_erased(everything):
    case, intake, lawyer = everything["case"], everything["intake"], everything["lawyer"]
    erase(case)

    for add in [
        lambda: make.message(intake),
        lambda: papers(intake=intake),
        lambda: papers(case=case),
        lambda: make.note(case, by=lawyer),
        lambda: make.task(case, by=lawyer),
        lambda: make.service(case),
    ]:
        with pytest.raises(IntegrityError, match="was erased"), transaction.atomic():
            add()


def test_what_was_erased_stays_empty_and_closed(everything):
    case, intake = everything["case"], everything["intake"]
    erase(case)
    intake.refresh_from_db()
    case.refresh_from_db()

    intake.story = "Снова"
    with pytest.raises(IntegrityError, match="intake_erased_is_empty"), transaction.atomic():
        intake.save()
    case.closed_on = None
    with pytest.raises(IntegrityError, match="case_erased_is_closed"), transaction.atomic():
        case.save()


@IN_TRANSACTIONS_OF_ITS_OWN
def test_a_message_that_is_being_written_meanwhile_does_not_slip_in(lawyer):
    intake = full_intake()
    writing, erased = threading.Event(), threading.Event()
    refused = []

    def write():
        writing.wait(20)
        try:
            make.message(intake, "ещё одно")
        except IntegrityError as refusal:
            refused.append(refusal)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    with transaction.atomic():
        erasure.erase(intake, by=lawyer)
        writing.set()
        erased.wait(0.5)  # it stands waiting at the door
    writer.join()

    assert len(refused) == 1
    assert not Message.objects.exists()


@IN_TRANSACTIONS_OF_ITS_OWN
def test_two_records_of_one_person_that_end_at_once_leave_no_name():
    person = make.person(name=NAME)
    records = [make.intake(person=person), make.call(person=person)]
    start = threading.Barrier(2)

    def end(record):
        start.wait()
        erasure.erase(record)
        connection.close()

    threads = [threading.Thread(target=end, args=[record]) for record in records]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not Identity.objects.exists()


@IN_TRANSACTIONS_OF_ITS_OWN
def test_what_could_not_be_erased_is_whole(everything, monkeypatch):
    before = secrets()
    monkeypatch.setattr(erasure.access_log, "record", lambda *_args, **_more: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        erasure.erase(everything["case"])

    assert secrets() == before
    assert len(files()) == 4
    assert erased_list.marks() == set()


def test_the_role_that_serves_erases_nothing(everything, serving_role):
    with connection.cursor() as cursor:
        serving_role(cursor)

    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        erasure.erase(everything["case"])


# What nobody thought of


def test_every_row_of_a_case_an_intake_and_a_person_has_its_end():
    """Whoever adds a model that hangs on one of these says here what becomes of it."""
    has_its_end = {
        Case: {*erasure.PARTS_OF_CASE, Intake},
        Intake: {*erasure.PARTS_OF_INTAKE, Intake, Call},
        Person: {
            *(Identity, PersonKey, Case, CasePerson, Intake),
            *(Service, Claim, Referral, Outcome, Call),
        },
        # Of a call go its callbacks' numbers and what was found of it; what was given on has no words.
        Call: {Call, Callback, QualityNote, HandOver, CallReferral},
        Message: set(),
        Document: set(),
    }
    for model in apps.get_models():
        if hasattr(model, "pgh_tracked_model"):
            continue
        for field in (*model._meta.fields, *model._meta.many_to_many):
            if field.related_model in has_its_end:
                assert model in has_its_end[field.related_model], (model, field)


def test_every_protected_row_about_people_is_erased_or_has_a_reason():
    kept = {"legalaid.Employer"}  # the register is shared by all cases
    kept |= {"hotline.CallDraft", "hotline.Ringing"}  # gone by themselves within days
    erased = {*erasure.LIVING, *erasure.ALL_PARTS}
    for model in apps.get_models():
        if issubclass(model, ProtectedRow) and model._meta.app_label in settings.APPS_ABOUT_PEOPLE:
            assert model in erased or model._meta.label in kept, model


# The wish


def test_a_wish_is_written_down_once_and_can_be_taken_back():
    intake = make.intake()

    erasure.wish(intake)
    intake.refresh_from_db()
    first = intake.erasure_wished_at
    erasure.wish(intake)
    intake.refresh_from_db()
    assert first and intake.erasure_wished_at == first

    erasure.take_back_wish(intake)
    intake.refresh_from_db()
    assert intake.erasure_wished_at is None


# The list outside, and a backup that was restored


def tables_about_people():
    return sorted(
        {
            model._meta.db_table
            for model in apps.get_models(include_auto_created=True)
            if model._meta.app_label in settings.APPS_ABOUT_PEOPLE
        }
    )


def back_up():
    """Every row about people, and their files."""
    with connection.cursor() as cursor:
        for table in tables_about_people():
            cursor.execute(f"CREATE TABLE backup_{table} AS TABLE {table}")
    return {name: (settings.SEALED_ROOT / name).read_bytes() for name in files()}


def restore(kept_files):
    """All of it as it was, as pg_restore does it: without the triggers of our own."""
    tables = tables_about_people()
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        with transaction.atomic():
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for table in tables:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608
            for table in tables:
                cursor.execute(f"INSERT INTO {table} TABLE backup_{table}")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    for name, content in kept_files.items():
        (settings.SEALED_ROOT / name).write_bytes(content)


@pytest.fixture
def backup():
    yield back_up
    with connection.cursor() as cursor:
        for table in tables_about_people():
            cursor.execute(f"DROP TABLE IF EXISTS backup_{table}")


def test_the_list_has_a_mark_for_every_row_and_says_nothing_else(everything):
    seals = [str(row.seal) for model in [Case, Intake, Identity, Message, Document, Note, Task]
             for row in model.objects.all()]  # fmt: skip

    erase(everything["case"])

    lines = settings.ERASED_LIST.read_text().splitlines()
    today = timezone.localdate()
    assert all(re.fullmatch(rf"[0-9a-f]{{64}} {today}", line) for line in lines)
    assert erased_list.marks() == set(ErasedRow.objects.values_list("mark", flat=True))
    assert len(lines) == len(set(lines)) >= 11
    assert not [seal for seal in seals if seal in settings.ERASED_LIST.read_text()]
    assert settings.ERASED_LIST.stat().st_mode & 0o777 == 0o600


def test_a_line_that_was_cut_off_spoils_no_other(everything):
    settings.ERASED_LIST.write_text("0123")

    erase(everything["case"])

    assert erased_list.marks() == set(ErasedRow.objects.values_list("mark", flat=True))
    assert erased_list.troubles() == []


def test_what_a_kill_left_out_of_the_list_is_made_up_for():
    ErasedRow.objects.create(mark="a" * 64)
    erased_list.append(["b" * 64])
    ErasedRow.objects.create(mark="b" * 64)

    assert erased_list.copy() == 1
    assert erased_list.copy() == 0
    assert erased_list.marks() == {"a" * 64, "b" * 64}


def test_the_portal_is_not_ready_without_the_list(client):
    assert client.get("/readyz").status_code == 200
    ErasedRow.objects.create(mark="a" * 64)

    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["erased"]) == (503, False)
    with pytest.raises(CommandError, match="is missing"):
        call_command("erase_again")

    call_command("erase_again", "--without-list")
    assert client.get("/readyz").status_code == 200
    assert erased_list.marks() == {"a" * 64}


@IN_TRANSACTIONS_OF_ITS_OWN
@pytest.mark.parametrize("way", ["the command", "the next set-up"])
def test_who_was_erased_is_erased_again_after_an_older_backup_was_restored(
    everything, backup, client, way
):
    living = make.person(name="Живая", phones="+77020000000")
    going_on = full_intake(living, reference="R-AAA-222")
    before = secrets() - who_it_is(living) - who_it_is(everything["taken out"])
    before -= secrets_of(Employer.objects.all(), Employer.pgh_event_model.objects.all())
    before -= secrets_of(*of_the_intake(going_on))
    copied = backup()
    erasure.erase(everything["case"])
    counted = facts()
    marks = erased_list.marks()

    restore(copied)

    assert Identity.objects.get(person=everything["person"]).name.startswith(NAME)
    assert len(left_in_tables(before)) > 30
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["erased"]) == (503, False)

    if way == "the command":
        call_command("erase_again")
    else:
        set_up()

    with connection.cursor() as cursor:
        for table in tables_about_people():
            cursor.execute(f"DROP TABLE backup_{table}")
    assert left_in_tables(before) == []
    assert len(files()) == 2  # those of the intake that goes on
    assert facts() == counted
    assert client.get("/readyz").status_code == 200
    assert erased_list.marks() == marks
    going_on.refresh_from_db()
    assert (going_on.story, living.identity.name) == (STORY, "Живая")
    assert erasure.again() == 0


def of_the_intake(intake):
    return [
        rows.filter(**{field: intake.pk})
        for model, field in [(Intake, "pk"), (Message, "intake"), (Document, "intake")]
        for rows in [model.objects.all()]
    ] + [
        model.pgh_event_model.objects.filter(**{field: intake.pk})
        for model, field in [(Intake, "id"), (Message, "intake_id"), (Document, "intake_id")]
    ]


@IN_TRANSACTIONS_OF_ITS_OWN
def test_it_is_not_ready_before_the_last_is_erased_again(everything, backup, client, monkeypatch):
    other = full_intake()
    copied = backup()
    erasure.erase(everything["case"])
    erasure.erase(other)
    restore(copied)
    really_erase, times = erasure.ERASERS[Intake], []

    def killed(*arguments):
        times.append(1)
        raise SystemExit

    monkeypatch.setitem(erasure.ERASERS, Intake, killed)
    with pytest.raises(SystemExit):
        erasure.again()
    assert times
    assert client.get("/readyz").status_code == 503

    monkeypatch.setitem(erasure.ERASERS, Intake, really_erase)
    assert erasure.again() == 1
    assert client.get("/readyz").status_code == 200
    assert not Intake.objects.filter(erased_at=None).exists()


@IN_TRANSACTIONS_OF_ITS_OWN
def test_what_had_moved_meanwhile_is_found_by_its_own_mark(backup, lawyer):
    """In the backup the case was open, the person in another intake, a paper elsewhere."""
    person = make.person(name=NAME)
    intake, elsewhere = full_intake(person), make.intake(person=person)
    case = make.case(lawyer=lawyer, people=[person])
    paper = papers(intake=elsewhere)
    copied = backup()
    elsewhere.person = None
    elsewhere.save()
    paper.intake, paper.case = None, case
    paper.save()
    make.outcome(case, "advised")
    Case.objects.filter(pk=case.pk).update(closed_on=timezone.localdate())
    case.refresh_from_db()
    erasure.erase(case)
    erasure.erase(intake, by=lawyer)
    assert not Identity.objects.exists()

    restore(copied)
    erasure.again()

    case.refresh_from_db()
    elsewhere.refresh_from_db()
    assert case.erased_at and case.closed_on
    assert case.outcomes.get().kind == "withdrawn"
    assert elsewhere.erased_at is None
    assert elsewhere.story
    assert not Identity.objects.exists()
    assert not Document.objects.exists()
    assert files() == []


@IN_TRANSACTIONS_OF_ITS_OWN
def test_the_record_of_looks_stays_whole(everything):
    make.look(everything["lawyer"], everything["case"])
    erasure.erase(everything["case"], by=everything["lawyer"])

    assert access_chain.troubles() == []
