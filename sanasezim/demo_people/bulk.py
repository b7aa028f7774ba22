"""Synthetic calls and cases for measuring, the same for the same seed.

They are made in portions, each from a number of its own, so that several processes make several at
once and it does not matter which makes which. Rows are written many at a time, past the functions that
take one: what the database guards (constraints, history, protected fields, search keys) is as always.
"""

import functools
import itertools
import multiprocessing
import os
import random
from concurrent.futures import ProcessPoolExecutor

from django.db import connections, transaction
from django.utils import timezone

from hotline.models import Call
from legalaid.models import (
    Case,
    CaseMember,
    CasePerson,
    Claim,
    Consent,
    ConsentText,
    Employer,
    Identity,
    Intake,
    Message,
    Note,
    Outcome,
    Person,
    Service,
    ServiceKind,
    Task,
)
from resources.models import Topic
from sanasezim.demo_people.crowd import PEOPLE, STORIES, noted, pick, said
from sanasezim.demo_people.plan import DAY, DAYS, story_of
from sanasezim.shared import references
from sanasezim.shared.models import Line, Office, Project, User
from sanasezim.shared.uzbek import to_cyrillic

CALLS_OF_A_PORTION, CASES_OF_A_PORTION = 1000, 250
# Requests without a case beside every hundred cases
WAITING, DECIDED = 4, 20
# People are numbered; whoever calls twice is the same number again.
PEOPLE_THERE_ARE = 1_000_000
PHONE = "+998 90 0{:02} {:02} {:02}"  # no number of Uzbekistan begins so
# "Example" in one of the languages, before a given name and perhaps another: Namunasherzodqulov
EXAMPLES = ["Namuna", "Misol", "Namoyish", "Sinov", "Demo", "Misal", "Ulgi", "Primer", "Test"]
SECOND_NAMES = ["", "qul", "murod", "nazar"]


def load_calls(number, seed=0, *, workers=None, progress=None):
    """Add so many calls."""
    _load(_calls, number, CALLS_OF_A_PORTION, seed, workers, progress)


def load_cases(number, seed=0, *, workers=None, progress=None):
    """Add so many cases with all that belongs to them, and a quarter as many requests without one."""
    _load(_cases, number, CASES_OF_A_PORTION, seed, workers, progress)


def _load(make, number, size, seed, workers, progress):
    """`progress` is told, after each portion, how many there are by now."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    begins = 2 * Intake.objects.count()  # beyond the references of an earlier load
    portions = [
        (Portion(seed, now, begins, first, number), min(size, number - first))
        for first in range(0, number, size)
    ]
    done = 0
    for made in _each(make, portions, min(workers or os.cpu_count(), len(portions))):
        done += made
        if progress:
            progress(done)


def _each(make, portions, workers):
    if workers < 2:
        yield from itertools.starmap(make, portions)
        return
    connections.close_all()  # one that two processes share is none
    forking = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(workers, mp_context=forking) as pool:
        yield from pool.map(make, *zip(*portions, strict=True))


class Portion:
    """Dice of its own, and the moments it fills: the first rows are of two years ago, the last of now."""

    def __init__(self, seed, now, begins, first, number):
        self.seed, self.now, self.begins, self.first, self.number = seed, now, begins, first, number
        self.chance = random.Random(f"portion {seed} {first}")  # noqa: S311

    def moment(self, place):
        days = DAYS * (1 - (self.first + place + self.chance.random()) / self.number)
        local = timezone.localtime(self.now - max(days, 0) * DAY)
        hour = int(pick(self.chance, PEOPLE["calls"]["hours"]))
        return min(local.replace(hour=hour, minute=self.chance.randint(0, 59)), self.now)

    def later(self, moment, most):
        """Up to so many days after."""
        return min(moment + self.chance.uniform(0.1, most) * DAY, self.now)

    def invented(self, number):
        return Invented(self.seed, number)


# People


class Invented:
    """A person: everything about them follows from their number."""

    def __init__(self, seed, number):
        number %= PEOPLE_THERE_ARE
        chance = random.Random(f"person {seed} {number}")  # noqa: S311
        self.sex = pick(chance, PEOPLE["sexes"])
        self.citizenship = pick(chance, PEOPLE["citizenships"])
        self.language = pick(chance, PEOPLE["languages"].get(self.citizenship, {"ru": 1}))
        self.birth_year = timezone.localdate().year - chance.randint(18, 60)
        country = PEOPLE["named_like"].get(self.citizenship, self.citizenship)
        given = _seldom(chance, PEOPLE["given"][country][self.sex])
        ending = "ova" if self.sex == "female" else "ov"
        self.own_name = f"{_seldom(chance, _stems(country))}{ending} {given}"
        if country != "UZ":  # the others stand in Cyrillic in people.json
            self.own_name = to_cyrillic(self.own_name)
        self.phone = PHONE.format(number // 10_000, number // 100 % 100, number % 100)

    def name(self, chance):
        """In one alphabet or the other."""
        return self.own_name if chance.random() < 0.5 else to_cyrillic(self.own_name)

    def row(self, **facts):
        return Person(
            sex=self.sex,
            citizenship=self.citizenship,
            language=self.language,
            birth_year=self.birth_year,
            minor="no",
            **facts,
        )


def _seldom(chance, names):
    """One of them: few are frequent and many are rare, as names are."""
    return names[int(len(names) * chance.random() ** 2)]


@functools.cache
def _stems(country):
    return [
        f"{example}{name.lower()}{second}"
        for name in PEOPLE["given"][country]["male"]
        for example in EXAMPLES
        for second in SECOND_NAMES
    ]


class House:
    """What the rows of a portion point at."""

    def __init__(self):
        self.topics = {topic.code: topic.pk for topic in Topic.objects.all()}
        self.offices = {office.code: office for office in Office.objects.all()}
        self.projects = list(Project.objects.all())
        self.line = Line.objects.filter(is_main=True).first()
        self.staff = {user.username: user for user in User.objects.all()}
        self.kinds = list(ServiceKind.objects.all())
        self.consents = {text.language: text for text in ConsentText.objects.all()}

    def project(self, day):
        return next(
            (one for one in self.projects if one.starts_on <= day <= (one.ends_on or day)), None
        )

    def connect(self, rows, codes):
        """Give each row the topics of these codes."""
        through = type(rows[0]).topics.through
        name = f"{rows[0]._meta.model_name}_id"
        through.objects.bulk_create(
            through(**{name: row.pk, "topic_id": self.topics[code]})
            for row, of_row in zip(rows, codes, strict=True)
            for code in of_row
        )


# Calls


@transaction.atomic
def _calls(portion, number):
    chance, facts, house = portion.chance, PEOPLE["calls"], House()
    rows, codes = [], []
    for place in range(number):
        at = portion.moment(place)
        kind = pick(chance, facts["kind"])
        row = Call(
            started_at=at,
            kind=kind,
            answered_by=house.staff["operator"],
            line=house.line,
            project=house.project(at.date()),
        )
        rows.append(row)
        codes.append(_about_something(row, portion, house) if kind == "data" else [])
    people = [row.person for row in rows if row.person]
    Person.objects.bulk_create(people)
    for row in rows:
        row.person = row.person  # its number is known now
    Call.objects.bulk_create(rows)
    house.connect(rows, codes)
    return number


def _about_something(call, portion, house):
    """Fill a call that was about something. Returns the codes of its topics."""
    chance, facts = portion.chance, PEOPLE["calls"]
    # A third of the people call more than once.
    caller = portion.invented(int(PEOPLE_THERE_ARE * chance.random() ** 1.5))
    call.relation, call.group = pick(chance, facts["relation"]), pick(chance, facts["group"])
    call.outcome = pick(chance, facts["outcome"])
    call.heard_from = pick(chance, facts["heard_from"])
    call.office = house.offices.get(pick(chance, facts["office"]))
    call.language = caller.language
    if chance.random() < 0.9:  # some never say
        call.sex, call.citizenship = caller.sex, caller.citizenship
        call.age = call.started_at.year - caller.birth_year
    call.caller_name = caller.name(chance) if chance.random() < 0.7 else ""
    call.phone = caller.phone if chance.random() < 0.8 else ""
    if chance.random() < 0.4:
        call.person = caller.row(is_caller=True, added_by=call.answered_by)
    is_of_leaving = call.group == "preparing_to_leave"
    topics = facts["topics_of_leaving" if is_of_leaving else "topics"]
    codes = list(dict.fromkeys(pick(chance, topics) for _n in range(chance.choice([1, 1, 1, 2]))))
    call.notes = noted(chance.choice(facts["notes"][codes[0]]))
    return codes


# Cases

PLOTS = [plot for plot in STORIES["plots"] if story_of(plot)["topics"]]
OPEN_FOR = 120  # days, for most; then they end
Decision = Intake.Decision


class Told:
    """One request of a portion, and what became of it. `decision` is "" while it waits."""

    def __init__(self, portion, house, place, decision):
        chance = portion.chance
        self.who = portion.invented((portion.first + place) * 7919)
        self.plot = chance.choice(PLOTS)
        self.story, self.decision = story_of(self.plot), decision
        self.received = portion.moment(place)
        if not decision:
            self.received = portion.now - chance.uniform(0, 14) * DAY
        self.decided = portion.later(self.received, 3)
        self.lawyer = house.staff[chance.choice(["lawyer", "lawyer2"])]
        self.closed = portion.later(self.decided, OPEN_FOR)
        self.is_open = self.closed == portion.now or chance.random() < 0.04
        self.is_anonymous = not self.is_accepted and chance.random() < 0.1

    @property
    def is_accepted(self):
        return self.decision == Decision.ACCEPTED

    @property
    def ends(self):
        return self.decided if self.is_open else self.closed

    def said(self, line):
        return said(STORIES["lines"][line], self.who.language)


@transaction.atomic
def _cases(portion, number):
    chance, house = portion.chance, House()
    decisions = [Decision.ACCEPTED] * number + [""] * (number * WAITING // 100)
    decisions += chance.choices(
        [Decision.ANSWERED, Decision.REFERRED, Decision.DECLINED, Decision.JUNK],
        k=number * DECIDED // 100,
    )
    told = [
        Told(portion, house, place % number, decision) for place, decision in enumerate(decisions)
    ]
    people = _people(told[:number], portion)
    employers = Employer.objects.bulk_create(
        Employer(name=f"ТОО «{_seldom(chance, _stems('UZ'))} {portion.first + n}»", place="Шымкент")
        for n in range(number // 25 + 1)
    )
    cases = _rows_of_cases(told[:number], people, employers, portion, house)
    intakes = _rows_of_intakes(told, people, cases, portion, house)
    _talk(told, intakes, cases, portion)
    _work(told[:number], people, cases, portion, house)
    return number


def _people(told, portion):
    people = Person.objects.bulk_create(one.who.row(added_by=one.lawyer) for one in told)
    Identity.objects.bulk_create(
        Identity(person=person, name=one.who.name(portion.chance), phones=one.who.phone)
        for person, one in zip(people, told, strict=True)
    )
    return people


def _rows_of_cases(told, people, employers, portion, house):
    chance = portion.chance
    cases = Case.objects.bulk_create(
        Case(
            reference=reference,
            lawyer=one.lawyer,
            employer=chance.choice(employers) if "wages" in one.story["topics"] else None,
            office=house.offices.get("shymkent"),
            project=house.project(one.decided.date()),
            opened_on=one.decided.date(),
            closed_on=None if one.is_open else one.closed.date(),
            exploitation=one.story.get("exploitation", ""),
            place_of_exploitation="here" if one.story.get("exploitation") else "",
            turn=chance.choice(Case.Turn.values),
            turn_since=one.ends,
            touched_at=one.ends,
        )
        for one, reference in zip(told, _references(Case, "C", portion, len(told)), strict=True)
    )
    CasePerson.objects.bulk_create(
        CasePerson(case=case, person=person) for case, person in zip(cases, people, strict=True)
    )
    colleagues = [house.staff["psychologist"], house.staff["social_worker"]]
    CaseMember.objects.bulk_create(
        CaseMember(case=case, user=chance.choice(colleagues))
        for case in cases
        if chance.random() < 0.3
    )
    house.connect(cases, [one.story["topics"] for one in told])
    return cases


def _rows_of_intakes(told, people, cases, portion, house):
    chance = portion.chance
    agreed = [one for one in told if not one.is_anonymous]
    consents = Consent.objects.bulk_create(
        Consent(
            text=house.consents.get(one.who.language, house.consents["ru"]),
            how=Consent.How.TICKED,
            given_at=one.received,
        )
        for one in agreed
    )
    consents = dict(zip(map(id, agreed), consents, strict=True))
    intakes = []
    for place, (one, reference) in enumerate(
        zip(told, _references(Intake, "R", portion, len(told)), strict=True)
    ):
        case = cases[place] if one.is_accepted else None
        intake = Intake(
            reference=reference,
            received_at=one.received,
            channel=chance.choice(Intake.Channel.values),
            office=house.offices.get("shymkent"),
            project=house.project(one.received.date()),
            relation=one.story.get("relation", "self"),
            person=people[place] if case else None,
            employer=case.employer if case else None,
            story=said(one.story["texts"], one.who.language),
            country="KZ",
            place="Шымкент",
            language=one.who.language,
            contact_by="none" if one.is_anonymous else "phone",
            consent=consents.get(id(one)),
            is_anonymous=one.is_anonymous,
            in_danger="yes" if chance.random() < 0.05 else "no",
            urgency=chance.choice([0, 0, 0, 20, 25, 50, 100]),
            unanswered_since=None if one.decision else one.received,
            case=case,
        )
        if not one.is_anonymous:
            intake.speaker_name, intake.contact = one.who.name(chance), one.who.phone
        if one.decision:
            intake.decision, intake.decided_at = one.decision, one.decided
            intake.decided_by = one.lawyer
        if one.decision == Decision.DECLINED:
            intake.decline_reason = chance.choice(Intake.Reason.values)
        intakes.append(intake)
    Intake.objects.bulk_create(intakes)
    house.connect(intakes, [one.story["topics"] for one in told])
    return intakes


def _talk(told, intakes, cases, portion):
    messages, notes = [], []
    for place, (one, intake) in enumerate(zip(told, intakes, strict=True)):
        if one.decision in ("", Decision.JUNK):
            continue
        answered = portion.later(one.decided, 2)
        lines = [("received" if one.is_accepted else "no", one.lawyer, answered)]
        if one.is_accepted:
            lines.append(("days", None, portion.later(answered, 5)))
            text = noted(portion.chance.choice(list(STORIES["notes"].values())))
            notes.append(
                Note(case=cases[place], text=text, written_by=one.lawyer, written_at=answered)
            )
        messages += [
            Message(
                intake=intake,
                text=one.said(line),
                language=one.who.language,
                written_by=by,
                written_at=at,
                read_at=at,
            )
            for line, by, at in lines
        ]
    Message.objects.bulk_create(messages)
    Note.objects.bulk_create(notes)


def _work(told, people, cases, portion, house):
    chance, today = portion.chance, timezone.localdate(portion.now)
    tasks, claims, outcomes, services = [], [], [], []
    for one, person, case in zip(told, people, cases, strict=True):
        day = case.opened_on
        task = Task(
            case=case,
            what=noted(chance.choice(list(STORIES["tasks"].values()))),
            due_on=today + chance.randint(-3, 20) * DAY if one.is_open else day + 9 * DAY,
            assigned_to=one.lawyer,
        )
        if not one.is_open:
            task.done_at, task.done_by = one.closed, one.lawyer
            kind = chance.choice(Outcome.Kind.values)
            outcomes.append(Outcome(case=case, kind=kind, reached_on=case.closed_on))
        tasks.append(task)
        if "wages" in one.story["topics"]:
            claims.append(Claim(case=case, person=person, owed=250_000, claimed_on=day))
        services.append(
            Service(case=case, kind=chance.choice(house.kinds), given_on=day, given_by=one.lawyer)
        )
    for rows in (tasks, claims, outcomes, services):
        if rows:
            type(rows[0]).objects.bulk_create(rows)


# References that differ, though nobody asks the database for each: every number has its own.

ALL_THERE_ARE = len(references.LETTERS) ** 6
APART = 61_803_399  # has no divisor in common with it, so that neighbours lie far apart


def _references(model, letter, portion, number):
    # Twice as many as there are cases: for requests beside them, and some that are taken.
    first = portion.begins + 2 * portion.first
    wanted = [_reference(letter, first + place) for place in range(number + 5)]
    taken = set(model.objects.filter(reference__in=wanted).values_list("reference", flat=True))
    return [reference for reference in wanted if reference not in taken][:number]


def _reference(letter, number):
    number, text = number * APART % ALL_THERE_ARE, ""
    for _place in range(6):
        number, place = divmod(number, len(references.LETTERS))
        text += references.LETTERS[place]
    return f"{letter}-{text[:3]}-{text[3:]}"
