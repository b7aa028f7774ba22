"""Letting a plan happen, through the functions that staff and visitors use."""

import io
import uuid

import pgtrigger
from django.core.files import File
from django.utils import timezone
from PIL import Image, ImageDraw

from hotline.models import Call
from legalaid import (
    asking,
    casework,
    coming_back,
    groups,
    papers,
    referrals,
    register,
    taking_in,
    triage,
)
from legalaid.models import (
    Case,
    Claim,
    DeadlineRule,
    Employer,
    Identity,
    Intake,
    Person,
    Referral,
    Service,
    ServiceKind,
)
from resources.models import Topic
from sanasezim.demo_people.crowd import STORIES, noted, said
from sanasezim.demo_people.past import Past
from sanasezim.demo_people.plan import DAY, OF_THEM
from sanasezim.shared.models import Line, Office, Partner, Project, User


class Teller:
    """Takes the steps of a plan, one method for each verb."""

    def __init__(self, plan, with_files):
        self.plan, self.with_files = plan, with_files
        self.past = Past()
        self.staff = {user.username: user for user in User.objects.all()}
        self.topics = {topic.code: topic for topic in Topic.objects.all()}
        self.offices = {office.code: office for office in Office.objects.all()}
        self.partners = {partner.code: partner for partner in Partner.objects.all()}
        self.projects = list(Project.objects.all())
        self.kinds = {kind.code: kind for kind in ServiceKind.objects.all()}
        self.rules = {rule.code: rule for rule in DeadlineRule.objects.all()}
        self.consents = {}
        self.intakes, self.codes_of, self.cases, self.people, self.last = {}, {}, {}, {}, {}

    def tell(self):
        begins = min(step.at for step in self.plan.steps[:1])
        with self.past.at(begins, by=self.staff["director"]):
            self.employers = {
                code: Employer.objects.create(**row) for code, row in STORIES["employers"].items()
            }
        for step in self.plan.steps:
            self.step = step
            self.appeal = self.plan.appeals[step.appeal]
            by = self.by(step)
            with self.past.at(step.at, by):
                getattr(self, step.verb)(by, *step.words)
        self.merge()
        self.write_calls()
        self.past.settle()

    def merge(self):
        """Two rows of the register turned out to be one firm."""
        with self.past.at(self.plan.steps[-1].at - 40 * DAY, by=self.staff["lawyer"]):
            register.merge(
                self.employers["kurylys_2"], into=self.employers["kurylys"], by=self.staff["lawyer"]
            )

    def by(self, step):
        """Whose step it is; None for what people and partners do themselves."""
        appeal = self.plan.appeals[step.appeal]
        if step.verb == "take_in":
            return {
                "phone": self.staff["operator"],
                "visit": self.staff[appeal.lawyer],
                "partner": self.staff[appeal.lawyer],
                "district_centre": self.staff["social_worker"],
                "outreach": self.staff["social_worker"],
            }.get(appeal.channel)
        if step.verb in OF_THEM:
            return None
        if step.verb in ("junk", "duplicate"):
            return self.staff["psychologist"]
        case = self.cases.get(step.appeal)
        # Always the same objects: what they may is asked of the database once.
        return self.staff[case.lawyer.username if case else appeal.lawyer]

    @property
    def intake(self):
        return self.intakes[self.step.appeal]

    @property
    def case(self):
        return self.cases[self.step.appeal]

    @property
    def day(self):
        return timezone.localdate(self.step.at)

    @property
    def today(self):
        return timezone.localdate()

    def other_lawyer(self, user):
        return self.staff["lawyer2" if user.username == "lawyer" else "lawyer"]

    def project(self, day):
        return next(
            (one for one in self.projects if one.starts_on <= day <= (one.ends_on or day)), None
        )

    # From the first word to the decision

    def take_in(self, by):
        appeal, how = self.appeal, "ticked"
        if appeal.channel != "online":
            how = "signed" if appeal.channel in ("visit", "district_centre") else "spoken"
        contact = appeal.speaker.phone
        if appeal.contact_by == "telegram":
            contact = f"@demo_{contact[-2:]}{self.step.appeal}"
        intake = Intake(
            channel=appeal.channel,
            office=self.office(appeal.channel),
            project=self.project(self.day),
            entered_by=by,
            relation=appeal.relation,
            person=self.person(by) if appeal.channel == "phone" else None,
            story=said(appeal.story["texts"], appeal.language),
            country="KZ",
            place=appeal.place,
            language=appeal.language,
            speaker_name=appeal.speaker.name,
            contact_by=appeal.contact_by,
            contact="" if appeal.contact_by == "none" else contact,
            contact_when=appeal.when,
            may_say_who="no" if appeal.story.get("exploitation") else "yes",
            others_answer="yes" if self.step.appeal % 5 == 0 else "no",
            in_danger=appeal.in_danger,
            minor=appeal.minor,
            held_because=appeal.held_because,
        )
        text = None if appeal.is_anonymous else self.consent_text(appeal.language)
        intake, code = taking_in.take_in(
            intake,
            topics=[self.topics[code] for code in appeal.story["topics"]],
            consent_text=text,
            consent_how=how,
            spoken=appeal.channel == "phone",
        )
        self.intakes[self.step.appeal], self.codes_of[self.step.appeal] = intake, code
        if appeal.employer:
            triage.link_employer(intake, employer=self.employers[appeal.employer])

    def consent_text(self, language):
        if language not in self.consents:
            self.consents[language] = asking.consent_text(language)
        return self.consents[language]

    def office(self, channel):
        here = {"district_centre": "saryagash", "outreach": "sairam"}
        return self.offices.get(here.get(channel, "shymkent"))

    def person(self, by):
        """The row of the person it is about, made when staff first need it."""
        key = id(self.appeal.person)
        if key not in self.people:
            self.people[key] = self.add_person(self.appeal.person, by)
        return self.people[key]

    def add_person(self, somebody, by):
        person = Person.objects.create(
            **facts_of(somebody, self.day), is_caller=by.username == "operator", added_by=by
        )
        Identity.objects.create(person=person, name=somebody.name, phones=somebody.phone)
        return person

    def accept(self, by):
        triage.link_person(self.intake, person=self.person(by))
        case = triage.accept(self.intake, by=by, lawyer=by, looked_for_conflict=True)
        with pgtrigger.ignore("legalaid.Case:update_update"):
            Case.objects.filter(pk=case.pk).update(opened_on=self.day)
        self.intake.case = self.cases[self.step.appeal] = case

    def join(self, by):
        triage.link_person(self.intake, person=self.person(by))
        self.intake.case = self.cases[self.appeal.of]
        triage.join(self.intake, by=by, case=self.intake.case)

    def answered(self, by):
        text = said(STORIES["lines"]["booklet"], self.appeal.language, self.appeal.story["booklet"])
        triage.answer(self.intake, by=by, text=text, language=self.appeal.language)

    def referred(self, by):
        text = said(STORIES["lines"]["elsewhere"], self.appeal.language)
        triage.refer(self.intake, by=by, text=text, language=self.appeal.language)

    def declined(self, by, reason):
        text = said(STORIES["lines"]["no"], self.appeal.language)
        triage.decline(self.intake, by=by, reason=reason, text=text, language=self.appeal.language)

    def duplicate(self, by):
        triage.mark_duplicate(self.intake, by=by, of=self.intakes[self.appeal.of])

    def junk(self, by):
        triage.junk(Intake.objects.filter(pk=self.intake.pk), by=by)

    def wish(self, by):
        coming_back.wish_erasure(self.intake)

    # Talk

    def say(self, by, line, turn=""):
        casework.act(
            self.case,
            by=by,
            message=said(STORIES["lines"][line], self.appeal.language),
            language=self.appeal.language,
            to=[self.intake],
            turn=turn,
        )

    def hear(self, by, line):
        text = said(STORIES["lines"][line], self.appeal.language)
        coming_back.write(self.intake, text, self.appeal.language, uuid.uuid4())

    def note(self, by, *words):
        who = self.staff.get(words[0], by)
        key = next(word for word in words if word in STORIES["notes"])
        text = noted(STORIES["notes"][key])
        casework.act(
            self.case,
            by=who,
            note=text,
            is_private="private" in words,
            no_reply_needed=key == "talked",
        )

    def turn(self, by, turn):
        casework.act(self.case, by=by, turn=turn)

    # Work

    def facts(self, by):
        story = self.appeal.story
        place = story.get("place", "here")
        if self.appeal.person.citizenship == "KZ" and place == "here":
            place = "inside_own_country"
        casework.change_facts(
            self.case,
            by=by,
            seen=casework.stamp_of_facts(Case.objects.get(pk=self.case.pk)),
            topics=[self.topics[code] for code in story["topics"]],
            exploitation=story["exploitation"],
            place_of_exploitation=place,
        )

    def task(self, by, what, due, who=""):
        is_done = due == "done"
        day = self.day + 3 * DAY if is_done else self.today + int(due) * DAY
        task = casework.add_task(
            self.case,
            by=by,
            what=noted(STORIES["tasks"][what]),
            due_on=day,
            assigned_to=self.staff[who] if who else None,
        )
        if is_done:
            casework.finish(task, by=by)

    def deadline(self, by, due):
        is_done = due == "done"
        day = self.day + 4 * DAY if is_done else self.today + int(due) * DAY
        rule = self.rule()
        task = casework.add_deadline(
            self.case, by=by, rule=rule, event_on=day - _length(rule) * DAY
        )
        if is_done:
            casework.finish(task, by=by, repeated_day=task.due_on)

    def rule(self):
        codes = STORIES["rules"]
        return self.rules[
            next(codes[topic] for topic in [*self.appeal.story["topics"], ""] if topic in codes)
        ]

    def service(self, by, code):
        row = Service(case=self.case, kind=self.kinds[code], given_on=self.day, given_by=by)
        casework.write_down(row, by=by)

    def claim(self, by, owed):
        row = Claim(case=self.case, person=self.person(by), owed=owed, claimed_on=self.day)
        self.last[self.step.appeal] = casework.write_down(row, by=by)

    def recover(self, by, amount):
        row = self.last[self.step.appeal]
        row.recovered, row.recovered_on = amount, self.day
        casework.write_down(row, by=by)

    def refer(self, by, partner):
        words = STORIES["referral"]
        self.last["referral", self.step.appeal] = referrals.refer(
            self.case,
            by=by,
            person=self.person(by),
            partner=self.partners[partner],
            what_for=noted(words["what_for"]),
            shared=noted(words["shared"]),
            consent_on=self.day,
            consent_how="spoken",
            remind=False,  # the day of reminding would be counted from now
        )

    def partner_answers(self, by, answer):
        referrals.answer(self.last["referral", self.step.appeal], answer=answer)

    def partner_reports(self, by):
        referrals.report(
            self.last["referral", self.step.appeal],
            reached=Referral.Reached.HELPED,
            result=noted(STORIES["referral"]["result"]),
        )

    def workers(self, by, number):
        """A list of all of them, as it is pasted from a sheet."""
        lines = [
            f"{one.name}; {one.phone}; {one.citizenship}; {one.birth_year or ''}; {180_000 + 5_000 * n}"
            for n, one in enumerate(self.appeal.colleagues)
        ]
        groups.add(
            self.case,
            by=by,
            lines=groups.read("\n".join(lines)),
            currency="KZT",
            token=uuid.uuid4(),
        )
        self.case.claims.update(claimed_on=self.day)
        people = list(self.case.people.exclude(pk=self.person(by).pk).order_by("pk"))
        for person, somebody in zip(people, self.appeal.colleagues, strict=True):
            for name, value in facts_of(somebody, self.day).items():
                setattr(person, name, value)
        facts = ["sex", "language", "minor", "home_region", "age", "age_on", "age_is_about"]
        Person.objects.bulk_update(people, facts)

    def file(self, by, name):
        if not self.with_files:
            return
        upload = paper(name)
        if name == "photo":
            papers.take_in_file(upload, intake=self.intake)
        else:
            papers.take_in_file(upload, case=self.case, by=by)

    # Whose it is, and the end

    def team(self, by, colleague):
        casework.put_on_team(self.case, by=by, colleague=self.staff[colleague])

    def offer(self, by):
        why = noted(STORIES["notes"]["full"])
        casework.offer(self.case, by=by, to=self.other_lawyer(by), why=why)

    def decline_offer(self, by):
        why = noted(STORIES["notes"]["no_time"])
        casework.decline_offer(self.case, by=self.other_lawyer(by), why=why)

    def take_over(self, by):
        self.now_with(casework.take_over(self.case, by=self.other_lawyer(by), keep_colleague=True))

    def assign(self, by):
        to = self.other_lawyer(by)
        self.now_with(casework.assign(self.case, by=self.staff["director"], to=to))

    def now_with(self, case):
        self.cases[self.step.appeal] = case

    def close(self, by, *outcomes):
        casework.close(self.case, by=by, closed_on=self.day, outcomes=outcomes, finish_tasks=True)

    def reopen(self, by, why):
        casework.reopen(self.case, by=by, why=noted(STORIES["notes"][why]))

    def hold(self, by):
        case = Case.objects.get(pk=self.case.pk)
        case.is_held, case.hold_reason = True, noted(STORIES["notes"]["hold"])
        case.save(update_fields=["is_held", "hold_reason"])

    # The hotline

    def facts_of_call(self, row, people):
        """What was said of the person concerned; of the others nobody asked."""
        person = self.person_of_call(row, people)
        if person is None:
            return {}
        age = person.age_at(timezone.localdate(row["at"]))
        return {"sex": person.sex, "citizenship": person.citizenship, "age": age}

    def write_calls(self):
        operator, line = self.staff["operator"], Line.objects.filter(is_main=True).first()
        with self.past.at(self.plan.calls[0]["at"], by=operator):
            people = self.people_of_calls(operator)
            calls = Call.objects.bulk_create(
                Call(
                    **self.facts_of_call(row, people),
                    started_at=row["at"],
                    kind=row["kind"],
                    answered_by=operator,
                    line=line,
                    office=self.offices.get(row["office"]) if row["office"] else None,
                    project=self.project(timezone.localdate(row["at"])),
                    relation=row["relation"],
                    group=row["group"],
                    person=self.person_of_call(row, people),
                    caller_name=row["name"],
                    phone=row["phone"],
                    notes=row["notes"],
                    language=row["language"],
                    heard_from=row["heard_from"],
                    outcome=row["outcome"],
                    intake=self.intakes[row["appeal"]] if row["appeal"] is not None else None,
                )
                for row in self.plan.calls
            )
            Call.topics.through.objects.bulk_create(
                Call.topics.through(call=call, topic=self.topics[code])
                for call, row in zip(calls, self.plan.calls, strict=True)
                for code in row["topics"]
            )

    def people_of_calls(self, operator):
        """id of a Somebody → the row of a caller. Who gave a name or a number has an identity."""
        first = {}
        for row in self.plan.calls:
            if row["person"]:
                first.setdefault(id(row["person"]), row)
        people = Person.objects.bulk_create(
            Person(
                **facts_of(row["person"], timezone.localdate(row["at"])),
                is_caller=True,
                added_by=operator,
            )
            for row in first.values()
        )
        for person, row in zip(people, first.values(), strict=True):
            self.past.also(person.added_at, row["at"])
        Identity.objects.bulk_create(
            Identity(person=person, name=row["name"], phones=row["phone"])
            for person, row in zip(people, first.values(), strict=True)
            if row["name"] or row["phone"]
        )
        return dict(zip(first, people, strict=True))

    def person_of_call(self, row, people):
        if row["appeal"] is not None:
            return self.intakes[row["appeal"]].person
        return people.get(id(row["person"]))

    def codes(self):
        """For whoever wants to see the page of somebody who asked."""
        for number, code in self.codes_of.items():
            intake = Intake.objects.select_related("case").get(pk=self.intakes[number].pk)
            how = intake.get_decision_display() if intake.decision else "waits"
            if intake.case:
                how = f"{intake.case}, {'open' if intake.case.is_open else 'closed'}"
            yield intake.reference, code, intake.language, str(how)


def facts_of(somebody, day):
    """The facts of a Person that statistics need."""
    facts = {name: getattr(somebody, name) for name in ["sex", "citizenship", "language", "minor"]}
    if somebody.age is not None:
        facts |= {"age": somebody.age, "age_on": day, "age_is_about": True}
    return facts | {"birth_year": somebody.birth_year, "home_region": somebody.region}


def _length(rule):
    """About how many days the rule gives."""
    days = {"days": 1, "working_days": 7 / 5, "months": 30.4, "years": 365.25}[rule.unit]
    return int(rule.length * days)


def paper(name):
    """A small picture or PDF that says what it is."""
    picture = Image.new("RGB", (420, 594), "#fbf7ee")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((20, 20, 400, 574), outline="#8a5a2b", width=3)
    pen.text((60, 60), f"DEMONSTRATION\n\n{name}", fill="#333333", font_size=32)
    for line in range(230, 540, 26):
        pen.line((60, line, 360, line), fill="#bbbbbb", width=2)
    kind = "JPEG" if name == "photo" else "PDF"
    kept = io.BytesIO()
    picture.save(kept, kind)
    return File(kept, name=f"demo-{name}.{'jpg' if kind == 'JPEG' else 'pdf'}")
