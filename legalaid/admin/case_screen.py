"""What the case's page shows, gathered in few queries whatever the size of the case."""

import datetime
from collections import namedtuple
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import Permission
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, Max, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from legalaid import casework, deadlines, timeline
from legalaid.models import (
    Case,
    CaseMember,
    CasePerson,
    DeadlineRule,
    Holiday,
    LetterTemplateText,
    Message,
    ServiceKindText,
    UrgencyRule,
)
from resources.models import Topic
from sanasezim.shared import masks
from sanasezim.shared.content_stamp import kept
from sanasezim.shared.languages import OWN_NAMES, best
from sanasezim.shared.models import Office, Partner, Project, User

PEOPLE_ON_A_PAGE = 50
CONTACTS_SHOWN = 3
ROWS_SHOWN = 8  # of services, claims and outcomes beside the timeline, which has them all
# Working days that our turn may last before the page says so, and before it says so loudly
SLOW, LATE = 3, 5
# How fresh a colleague's sign of life has to be
OPEN_NOW = datetime.timedelta(seconds=90)


def cases(user):
    """The cases this person may see, each with what its page counts."""

    def number(rows, key):
        return Coalesce(
            Subquery(rows.order_by().values(key).annotate(n=Count("pk")).values("n")), 0
        )

    this = OuterRef("pk")
    topics = Case.topics.through.objects.filter(case=this)
    members = CaseMember.objects.filter(case=this)
    messages = Message.objects.filter(intake__case=this)
    newest = messages.order_by().values("intake__case").annotate(newest=Max("pk"))
    same_employer = Case.objects.filter(employer=OuterRef("employer")).exclude(pk=this)
    return (
        Case.objects.visible_to(user)
        .select_related("employer")
        .annotate(
            topic_ids=ArraySubquery(topics.values("topic_id")),
            member_ids=ArraySubquery(members.order_by("pk").values("user_id")),
            number_of_people=number(CasePerson.objects.filter(case=this), "case"),
            number_of_unread=number(messages.from_applicant().filter(read_at=None), "intake__case"),
            others_about_employer=number(same_employer, "employer"),
            newest_message=Coalesce(Subquery(newest.values("newest")), 0),
            days_off=ArraySubquery(Holiday.objects.filter(is_working=False).values("day")),
            days_worked=ArraySubquery(Holiday.objects.filter(is_working=True).values("day")),
            urgency_rules=ArraySubquery(
                UrgencyRule.objects.values(rule=JSONObject(code="code", name="name"))
            ),
        )
    )


def stamp_of_page(case):
    """Equal as long as nothing new happened in the case. Says nothing about what."""
    return f"{case.newest_message}-{case.touched_at.timestamp():.6f}"


# Names


ANY_LANGUAGE, FIRST = Value("ru"), Value(0)
_Word = namedtuple("_Word", "language text order")


@kept
def _names_of_the_house(language):
    """Names of topics, offices and partners as (number, name), by kind."""

    def named(rows):
        found = []
        for row in rows.prefetch_related("texts"):
            text = best(row.texts.all(), language)
            found.append((row.pk, text.name if text else row.code))
        return found

    return {
        "topics": named(Topic.objects.order_by("order")),
        "offices": named(Office.objects.all()),
        "partners": named(Partner.objects.all()),
    }


class Names:
    """Names of staff, letters, services and the rest, asked for together."""

    def __init__(self):
        self.house = _names_of_the_house(get_language())
        self.topics, self.offices = self.house["topics"], self.house["offices"]
        self._partners = dict(self.house["partners"])

    @cached_property
    def everybody(self):
        """Every account, by its number, each with whether it may work on cases and lead them."""

        def may(code):
            return Exists(
                Permission.objects.filter(
                    group__user=OuterRef("pk"),
                    content_type__app_label="legalaid",
                    codename=code,
                )
            )

        accounts = User.objects.annotate(works=may("view_case"), leads=may("add_case"))
        return {user.pk: user for user in accounts.defer("password")}

    def staff(self, pk):
        return self.everybody.get(pk)

    def of_staff(self, pk):
        user = self.staff(pk)
        return casework.name_of(user) if user else "–"

    def _who(self, *, leads):
        found = [
            user
            for user in self.everybody.values()
            if user.is_active and user.is_staff and (user.leads if leads else user.works)
        ]
        return sorted(found, key=casework.name_of)

    @cached_property
    def lawyers(self):
        return self._who(leads=True)

    @cached_property
    def colleagues(self):
        return self._who(leads=False)

    @cached_property
    def _words(self):
        """kind → number → its name; one query for the texts of four tables."""

        def words(rows, kind, key, text, language=ANY_LANGUAGE, order=FIRST):
            return (
                rows.order_by()
                .annotate(kind_of_word=Value(kind), in_language=language, in_order=order)
                .values_list("kind_of_word", key, "in_language", text, "in_order")
            )

        found = words(
            ServiceKindText.objects, "services", "kind_id", "name", F("language"), F("kind__order")
        ).union(
            words(
                LetterTemplateText.objects,
                *("letters", "letter_id", "title"),
                *(F("language"), F("letter__order")),
            ),
            words(DeadlineRule.objects.filter(is_used=True), "rules", "pk", "name"),
            words(Project.objects, "projects", "pk", "name"),
            all=True,
        )
        texts = {"services": {}, "letters": {}, "rules": {}, "projects": {}}
        for kind, pk, language, text, order in found:
            texts[kind].setdefault(pk, []).append(_Word(language, text, order))
        return {
            kind: sorted(
                ((pk, best(words)) for pk, words in rows.items()),
                key=lambda pair: (pair[1].order, pair[1].text),
            )
            for kind, rows in texts.items()
        }

    def _choices(self, kind):
        return [(pk, word.text) for pk, word in self._words[kind]]

    @property
    def services(self):
        return self._choices("services")

    @property
    def letters(self):
        return self._choices("letters")

    @property
    def rules(self):
        return self._choices("rules")

    @property
    def projects(self):
        return self._choices("projects")

    @cached_property
    def _services(self):
        return dict(self.services)

    def service(self, pk):
        return self._services.get(pk, "–")

    def partner(self, pk):
        return self._partners.get(pk, "–")

    def topic(self, pk):
        return dict(self.topics).get(pk, "–")

    def office(self, pk):
        return dict(self.offices).get(pk, "")

    def project(self, pk):
        return dict(self.projects).get(pk, "")


# The page


@dataclass
class Clock:
    """Whose turn it is and since when; how long we have let wait, in time of work."""

    turn: str
    label: str
    since: datetime.datetime
    runs: bool
    days: int = 0
    hours: int = 0

    @property
    def level(self):
        return "" if self.days < SLOW else "slow" if self.days < LATE else "late"


@dataclass
class Money:
    currency: str
    owed: Decimal
    recovered: Decimal

    @property
    def shown_owed(self):
        return timeline.money(self.owed, self.currency)

    @property
    def shown_recovered(self):
        return timeline.money(self.recovered, self.currency)

    @property
    def percent(self):
        return min(100, int(self.recovered * 100 / self.owed)) if self.owed else 0


class Screen:
    """One case as one person sees it. `case` comes from `cases(user)`."""

    def __init__(self, case, user, *, kind="", everything=False, people_page=1):
        self.case, self.user = case, user
        self.kind = kind if kind in timeline.KINDS else ""
        self.everything = everything
        self.people_page = people_page
        self.names = Names()
        self.number_of_people = case.number_of_people
        self.newest_message = case.newest_message
        self.topic_ids = case.topic_ids
        self.now = timezone.now()
        self.today = timezone.localdate()

    @property
    def stamp(self):
        return stamp_of_page(self.case)

    # Who

    @cached_property
    def lawyer(self):
        return self.names.staff(self.case.lawyer_id)

    @cached_property
    def team(self):
        return [self.names.staff(pk) for pk in self.case.member_ids]

    @cached_property
    def workers(self):
        return [self.lawyer, *(user for user in self.team if user.pk != self.lawyer.pk)]

    @property
    def offered_to(self):
        return self.names.staff(self.case.transfer_to_id)

    @cached_property
    def leads(self):
        return self.user.has_perm("legalaid.change_case") and casework.leads(self.case, self.user)

    @cached_property
    def works(self):
        return (
            self.user.has_perm("legalaid.change_case")
            and (self.leads or self.user.pk in self.case.member_ids)
            and not self.is_erased
        )

    @property
    def is_erased(self):
        return self.case.erased_at is not None

    @property
    def is_offered(self):
        return self.case.is_open and self.case.transfer_to_id == self.user.pk

    # Facts and safety

    @property
    def topics(self):
        return [self.names.topic(pk) for pk in self.topic_ids]

    @property
    def office(self):
        return self.names.office(self.case.office_id)

    @property
    def project(self):
        return self.names.project(self.case.project_id)

    @property
    def employer(self):
        return self.case.employer.shown("name") if self.case.employer else ""

    @property
    def complaints(self):
        """How many cases are about this employer, this one too and whoever may see them."""
        return self.case.others_about_employer + 1 if self.case.employer_id else 0

    @cached_property
    def stamp_of_facts(self):
        return casework.stamp_of_facts(self.case, self.topic_ids)

    @cached_property
    def clock(self):
        case = self.case
        runs = case.is_open and case.turn == Case.Turn.OURS
        clock = Clock(case.turn, case.get_turn_display(), case.turn_since, runs)
        if runs:
            days = deadlines.Calendar(frozenset(case.days_off), frozenset(case.days_worked))
            passed = days.working_time(case.turn_since, self.now)
            clock.days, clock.hours = deadlines.working_days_and_hours(passed)
        return clock

    @cached_property
    def flags(self):
        """Why it is urgent, as the rules of urgency call it."""
        codes = dict.fromkeys(code for intake in self.rows.intakes for code in intake.flags)
        # A rule that was taken away since has its name no longer, but still its reason.
        rules = {rule["code"]: UrgencyRule(**rule) for rule in self.case.urgency_rules}
        return [str(rules.get(code) or UrgencyRule(code=code)) for code in codes]

    @cached_property
    def contacts(self):
        """The appeals by whose words people are reached: those who wait first."""
        return sorted(
            self.applicants, key=lambda intake: (not intake.unanswered_since, -intake.urgency)
        )[:CONTACTS_SHOWN]

    @property
    def safety(self):
        """(intake, the name and the number of who speaks, masked) of each contact."""
        return [
            (
                intake,
                intake.shown("speaker_name", masks.initials),
                intake.shown("contact", masks.last_two),
            )
            for intake in self.contacts
        ]

    @property
    def further_contacts(self):
        return len(self.applicants) - len(self.contacts)

    # People

    @cached_property
    def applicants(self):
        return [intake for intake in self.rows.intakes if not intake.erased_at]

    @cached_property
    def waiting(self):
        waiting = [intake for intake in self.applicants if intake.unanswered_since]
        return sorted(waiting, key=lambda intake: intake.unanswered_since)

    def called(self, intake):
        """An applicant as a choice: enough to tell two apart, no more."""
        parts = [
            intake.reference,
            intake.shown("speaker_name", masks.initials),
            OWN_NAMES.get(intake.language, ""),
            _("waits for an answer") if intake.unanswered_since else "",
        ]
        return " · ".join(str(part) for part in parts if part)

    @cached_property
    def people(self):
        """The people of one page, each with who it is beside."""
        start = (self.people_page - 1) * PEOPLE_ON_A_PAGE
        rows = self.case.case_people.select_related("person__identity").order_by("pk")
        return list(rows[start : start + PEOPLE_ON_A_PAGE])

    @property
    def number_of_people_pages(self):
        return -(-self.number_of_people // PEOPLE_ON_A_PAGE) or 1

    def person_called(self, row):
        identity = getattr(row.person, "identity", None)
        name = identity.shown("name", masks.initials) if identity else ""
        return _("no. %(number)s") % {"number": row.person_id} + (f" {name}" if name else "")

    @property
    def people_shown(self):
        """(row, its masked name, the last digits of its phones, its appeals)."""
        appeals = {}
        for intake in self.rows.intakes:
            appeals.setdefault(intake.person_id, []).append(intake)
        for row in self.people:
            identity = getattr(row.person, "identity", None)
            yield (
                row,
                identity.shown("name", masks.initials) if identity else "",
                identity.shown("phones", masks.last_two) if identity else "",
                appeals.get(row.person_id, []),
            )

    # Work

    @cached_property
    def rows(self):
        return timeline.fetch(self.case)

    @cached_property
    def timeline(self):
        return timeline.of(self.case, self.user, self.rows, self.names, self.kind, self.everything)

    @property
    def open_tasks(self):
        return [task for task in self.rows.tasks if not task.done_at]

    @property
    def done_tasks(self):
        return [task for task in self.rows.tasks if task.done_at][::-1][:5]

    @cached_property
    def sums(self):
        sums = {}
        for claim in self.rows.claims:
            held = sums.setdefault(claim.currency, Money(claim.currency, Decimal(), Decimal()))
            held.owed += claim.owed
            held.recovered += claim.recovered
        return list(sums.values())

    @property
    def newest_claims(self):
        """(claim, owed, recovered) of the newest, the amounts as people write them."""
        return [
            (
                claim,
                timeline.money(claim.owed, claim.currency),
                timeline.money(claim.recovered, claim.currency),
            )
            for claim in self.rows.claims[::-1][:ROWS_SHOWN]
        ]

    @property
    def newest_services(self):
        rows = self.rows.services[::-1][:ROWS_SHOWN]
        return [(self.names.service(service.kind_id), service) for service in rows]

    @property
    def newest_outcomes(self):
        return self.rows.outcomes[::-1][:ROWS_SHOWN]
