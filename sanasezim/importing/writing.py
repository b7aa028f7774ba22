"""Checked rows → calls or cases, all in one transaction; and taking a whole import out again."""

import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, ProtectedError, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hotline.models import Call
from legalaid.models import (
    Case,
    CasePerson,
    Claim,
    Identity,
    Intake,
    Outcome,
    Person,
    PersonKey,
    Service,
    ServiceKind,
)
from resources.models import Topic
from sanasezim.importing.checking import of_person, period_of
from sanasezim.importing.words import key
from sanasezim.shared import access_log, references, search_keys
from sanasezim.shared.access_log import Action
from sanasezim.shared.copying import copy_in
from sanasezim.shared.languages import best
from sanasezim.shared.models import ImportBatch, ImportedRow, Office, Project, User

AT_ONCE = 2000
PERSON_KEY = "person key"
# In this order they can be taken out: nothing points at what is still there.
TAKEN_OUT = [Call, Claim, Outcome, Service, CasePerson, Case]


class Refused(Exception):
    """It cannot be done as a whole; the reason is for a person."""


def known_batch(checked):
    """The import that has brought in the same rows, or None."""
    return ImportBatch.objects.filter(
        digest=checked.digest, done_at__isnull=False, undone_at=None
    ).first()


@transaction.atomic
def bring_in(batch, checked, progress=None):
    """Write all these rows for a saved batch."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # nobody's page waits for it
    writer = (_Calls if checked.what == "calls" else _Cases)(batch, checked)
    for first in range(0, len(checked.rows), AT_ONCE):
        writer.write(checked.rows[first : first + AT_ONCE])
        if progress:
            progress(min(first + AT_ONCE, len(checked.rows)))
    batch.rows = batch.progress = len(checked.rows)
    batch.digest = checked.digest
    batch.first_day, batch.last_day = period_of(checked.rows, checked.what) or (None, None)
    batch.done_at = timezone.now()
    batch.save()
    access_log.record(
        Action.ADD, by=batch.added_by, what=batch, rows=batch.rows, digest=batch.digest
    )
    return batch


def before_the_portal():
    """Whose the old calls and cases are: an account that nobody can sign in to."""
    user, is_new = User.objects.get_or_create(
        username="before-the-portal",
        defaults={"is_active": False, "first_name": "Before", "last_name": "the portal"},
    )
    if is_new:
        user.set_unusable_password()
        user.save()
    return user


class _Writer:
    def __init__(self, batch, checked):
        self.batch = batch
        self.staff = before_the_portal()
        self.ids = {}
        for new in checked.proposed.values():
            _create(new, checked)
        for model in (Office, Project, Topic, ServiceKind):
            self.ids[model] = dict(model.objects.values_list("code", "pk"))

    def added(self, rows):
        if not rows:
            return
        copy_in(rows)
        table = connection.ops.quote_name(ImportedRow._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (batch_id, what, row_id) SELECT %s, %s, unnest(%s)",  # noqa: S608
                [self.batch.pk, rows[0]._meta.label_lower, [row.pk for row in rows]],
            )

    def connect(self, rows, ids):
        """The topics of each row: (its number, theirs)."""
        through = type(rows[0]).topics.through
        source = type(rows[0]).topics.field.m2m_field_name()
        copy_in(
            [
                through(**{f"{source}_id": row.pk, "topic_id": topic})
                for row, topics in zip(rows, ids, strict=True)
                for topic in topics
            ]
        )

    def people(self, keys, facts):
        """{key: Person}: those known by their key, and new ones made of `facts(key)`."""
        by_hash = {search_keys.key_of(PERSON_KEY, key(name)): name for name in keys}
        known = PersonKey.objects.filter(pk__in=by_hash).select_related("person")
        found = {by_hash[row.pk]: row.person for row in known}
        new = {name: facts(name) for name in by_hash.values() if name not in found}
        self.added(list(new.values()))
        copy_in(
            [
                PersonKey(key=hashed, person=new[name])
                for hashed, name in by_hash.items()
                if name in new
            ]
        )
        return found | new


class _Calls(_Writer):
    def write(self, rows):
        first_with = {}
        for row in rows:
            if "person_key" in row:
                first_with.setdefault(row["person_key"], row)
        people = self.people(first_with, lambda name: _caller(first_with[name]))
        calls = [self.call(row, people) for row in rows]
        self.added(calls)
        topics = self.ids[Topic]
        self.connect(calls, [[topics[code] for code in row.get("topics", [])] for row in rows])

    def call(self, row, people):
        age, is_about = row.get("age", (None, False))
        person = people.get(row.get("person_key"))
        return Call(
            started_at=row["started_at"],
            channel=row.get("channel", Call._meta.get_field("channel").default),
            answered_by_id=self.staff.pk,
            office_id=self.ids[Office].get(row.get("office")),
            project_id=self.ids[Project].get(row.get("project")),
            relation=row.get("relation", ""),
            group=row.get("caller_group", ""),
            person_id=person and person.pk,
            sex=row.get("sex", ""),
            age=age,
            age_is_about=is_about or row.get("age_is_about", False),
            minor=row.get("minor", ""),
            citizenship=row.get("citizenship", ""),
            direction=row.get("direction", ""),
            exploitation=row.get("exploitation", ""),
            forwarded_to=row.get("forwarded_to", []),
            referred_in=row.get("referred_in", []),
            referred_out=row.get("referred_out", []),
            outcome=row.get("outcome", ""),
            language=row.get("language", ""),
            heard_from=row.get("heard_from", ""),
            caller_name=row.get("caller_name", ""),
            phone=row.get("phone", ""),
            notes=row.get("notes", ""),
        )


class _Cases(_Writer):
    def write(self, rows):
        first_with = {}
        for row in rows:
            for place, name in enumerate(row.get("persons", [])):
                first_with.setdefault(name, (row, place))
        keyed = self.people(first_with, lambda name: _client(*first_with[name]))
        people = [
            [keyed[name] for name in row["persons"]] if "persons" in row else None for row in rows
        ]
        nameless = {
            place: _client(rows[place], 0) for place, some in enumerate(people) if some is None
        }
        self.added(list(nameless.values()))
        people = [[nameless[place]] if some is None else some for place, some in enumerate(people)]
        self.identities(rows, people)
        cases = [self.case(row) for row in rows]
        _refer(cases)
        self.added(cases)
        of_rows = list(zip(rows, cases, people, strict=True))
        self.added(
            [
                CasePerson(case=case, person=person)
                for _row, case, some in of_rows
                for person in some
            ]
        )
        topics, kinds = self.ids[Topic], self.ids[ServiceKind]
        self.connect(cases, [[topics[code] for code in row.get("topics", [])] for row in rows])
        self.added(
            [
                Service(
                    case=case,
                    kind_id=kinds[code],
                    given_on=row["opened_on"],
                    given_by_id=self.staff.pk,
                )
                for row, case, _people in of_rows
                for code in row.get("services", [])
            ]
        )
        self.added(
            [
                Outcome(case=case, kind=kind, reached_on=row.get("closed_on", row["opened_on"]))
                for row, case, _people in of_rows
                for kind in row.get("outcomes", [])
            ]
        )
        self.added([_claim(row, case) for row, case, _people in of_rows if "claim_owed" in row])

    def case(self, row):
        return Case(
            opened_on=row["opened_on"],
            closed_on=row.get("closed_on"),
            lawyer_id=self.staff.pk,
            office_id=self.ids[Office].get(row.get("office")),
            project_id=self.ids[Project].get(row.get("project")),
            exploitation=row.get("exploitation", ""),
            place_of_exploitation=row.get("place_of_exploitation", ""),
            referred_in=row.get("referred_in", []),
            turn_since=_noon(row["opened_on"]),
            touched_at=_noon(row.get("closed_on", row["opened_on"])),
        )

    def identities(self, rows, people):
        """Who they are, where the file says it: of the first person of a case."""
        wanted = {
            some[0].pk: Identity(
                person=some[0],
                name=row.get("name", ""),
                phones=row.get("phones", ""),
                documents=row.get("documents", ""),
            )
            for row, some in zip(rows, people, strict=True)
            if {"name", "phones", "documents"} & set(row)
        }
        there = set(Identity.objects.filter(person__in=wanted).values_list("person", flat=True))
        copy_in([identity for pk, identity in wanted.items() if pk not in there])


def _caller(row):
    return _person(
        row["started_at"].date(), row.get("sex"), row.get("age"), row.get("minor"),
        row.get("citizenship"), language=row.get("language", ""), is_caller=True,
    )  # fmt: skip


def _client(row, place):
    facts = [of_person(row, name, place) for name in ("sex", "age", "minor", "citizenship")]
    return _person(row["opened_on"], *facts)


def _person(day, sex, age, minor, citizenship, **facts):
    years, is_about = age or (None, False)
    return Person(
        sex=sex or "", age=years, age_on=day if age else None, age_is_about=is_about,
        minor=minor or "", citizenship=citizenship or "", **facts,
    )  # fmt: skip


def _claim(row, case):
    recovered = row.get("claim_recovered", 0)
    return Claim(
        case=case,
        owed=row["claim_owed"],
        recovered=recovered,
        currency=row.get("currency", "KZT"),
        claimed_on=row["opened_on"],
        recovered_on=row.get("closed_on", row["opened_on"]) if recovered else None,
    )


def _noon(day):
    return datetime.datetime.combine(day, datetime.time(12), timezone.get_default_timezone())


def _refer(cases):
    """References that nobody has yet."""
    free = set()
    while len(free) < len(cases):
        free |= {references.new_reference("C") for _more in range(len(cases) - len(free))}
        free.difference_update(
            Case.objects.filter(reference__in=free).values_list("reference", flat=True)
        )
    for case, reference in zip(cases, free, strict=True):
        case.reference = reference


def _create(new, checked):
    """An office, a project, a topic or a kind of service that the file names."""
    first_day, _last = period_of(checked.rows, checked.what) or (timezone.localdate(), None)
    facts = {
        Office: {"kind": Office.Kind.DISTRICT, "is_public": False},
        Project: {"name": new.name, "starts_on": first_day},
    }.get(new.model, {})
    row, _is_new = new.model.objects.get_or_create(code=new.code, defaults=facts)
    if hasattr(row, "texts") and best(row.texts.all()) is None:
        row.texts.create(
            language="ru", name=new.name[: row.texts.model._meta.get_field("name").max_length]
        )


# Out again


@transaction.atomic
def take_out(batch, by):
    """Remove every record this import made, and the people nobody else is about; how many records.

    Refused where somebody has gone on working with one of them.
    """
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if not batch.done_at or batch.undone_at:
        raise Refused(_("This import is not in."))
    taken = 0
    for model in TAKEN_OUT:
        taken += _remove(batch, model)
    _remove_people_in_nothing(batch)
    batch.imported_rows.all().delete()
    batch.undone_at, batch.undone_by, batch.digest = timezone.now(), by, ""
    batch.save()
    access_log.record(Action.ERASE, by=by, what=batch, rows=taken)
    return taken


def _remove(batch, model):
    rows = model.objects.filter(
        pk__in=batch.imported_rows.filter(what=model._meta.label_lower).values("row_id")
    )
    try:
        _deleted, of_model = rows.delete()
    except ProtectedError:
        raise Refused(_("Somebody has gone on working with these records. They stay in.")) from None
    return of_model.get(model._meta.label, 0)


def _remove_people_in_nothing(batch):
    """The people it made, and those of keys, whom no record names any more."""
    made = batch.imported_rows.filter(what=Person._meta.label_lower).values("row_id")
    people = Person.objects.filter(Q(pk__in=made) | Q(keys__isnull=False))
    for model in (Call, CasePerson, Service, Intake):
        people = people.exclude(Exists(model.objects.filter(person=OuterRef("pk"))))
    Person.objects.filter(pk__in=list(people.values_list("pk", flat=True))).delete()


def analyse():
    """Tell the planner at once that the tables have grown."""
    with connection.cursor() as cursor:
        for model in (Call, Case, Person):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
