"""Cases, what was done in them, and what is counted beside them: intakes, papers, outreach."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.utils import timezone

from hotline.models import Call, CallReferral
from legalaid.models import Case, Claim, Intake, Outcome, Referral, Service
from resources.models import DownloadCount, Handout
from sanasezim.shared.models import Outreach, ProjectTarget

NOT_APPEALS = [Intake.Decision.JUNK, Intake.Decision.DUPLICATE]
COLUMNS_OF_INTAKE = ["relation", "channel", "office_id", "minor", "person__sex", "person__minor"]


def narrow(rows, asked, within=""):
    """Rows of the project and the office that are asked for."""
    chosen = {"project": asked.project, "office": asked.office}
    return rows.filter(**{f"{within}{name}": thing for name, thing in chosen.items() if thing})


# Intakes


def intakes(asked):
    """Appeals that came by no call: neither junk nor sent twice, nor held for a look."""
    rows = Intake.objects.filter(
        Q(held_because="") | Q(decided_at__isnull=False),
        ~Exists(Call.objects.filter(intake=OuterRef("pk"))),
        received_at__gte=asked.since,
        received_at__lt=asked.until,
    )
    return narrow(rows.exclude(decision__in=NOT_APPEALS), asked).order_by()


def count_intakes(asked):
    """dimension → Counter of (key, who), as of calls."""
    found = {f"appeal_{name}": Counter() for name in ("relation", "channel", "office", "month")}
    if asked.line:  # they came by no line
        return found
    rows = intakes(asked).values_list(*COLUMNS_OF_INTAKE, "received_at")
    for relation, channel, office, minor, sex, person_minor, received_at in rows.iterator():
        who = "minor" if "yes" in (minor, person_minor) else sex or "not_stated"
        month = timezone.localdate(received_at).isoformat()[:7]
        for name, key in [
            ("relation", relation), ("channel", channel), ("office", office), ("month", month),
        ]:  # fmt: skip
            found[f"appeal_{name}"]["" if key is None else str(key), who] += 1
    return found


# Cases


def cases(asked):
    """Cases opened in the period."""
    rows = Case.objects.filter(opened_on__range=(asked.start, asked.end))
    return narrow(rows, asked).order_by()


def count_cases(asked):
    if asked.line:  # they came by no line
        return 0
    return cases(asked).count()


def cases_by(asked, answer):
    """Counter of key → how many of the cases have it, "" for those without any."""
    if asked.line:
        return Counter()
    rows = cases(asked).values_list(answer).annotate(number=Count("pk", distinct=True))
    return Counter({str(key or ""): number for key, number in rows})


def _of_cases(rows, asked):
    return narrow(rows, asked, within="case__").order_by()


def services(asked):
    """Services given in the period: kind → how many, and how many persons got it."""
    if asked.line:
        return {}
    rows = _of_cases(Service.objects.filter(given_on__range=(asked.start, asked.end)), asked)
    numbers = dict(rows.values_list("kind").annotate(Count("pk")))
    persons = {}
    to_one = rows.exclude(person=None).values_list("kind", "person")
    to_all = rows.filter(person=None).exclude(case__case_people__part="witness")
    for kind, person in {*to_one, *to_all.values_list("kind", "case__case_people__person")}:
        if person:
            persons[kind] = persons.get(kind, 0) + 1
    return {str(kind): (number, persons.get(kind, 0)) for kind, number in numbers.items()}


def outcomes_reached(asked):
    if asked.line:
        return Counter()
    rows = _of_cases(Outcome.objects.filter(reached_on__range=(asked.start, asked.end)), asked)
    return Counter(dict(rows.values_list("kind").annotate(Count("pk"))))


def referrals_out(asked):
    """Partners to whom somebody was referred, from a case or from a call: key → how often."""
    found = Counter()
    if not asked.line:
        sent = Referral.objects.filter(sent_at__gte=asked.since, sent_at__lt=asked.until)
        found.update(dict(_of_cases(sent, asked).values_list("partner").annotate(Count("pk"))))
    told = narrow(
        CallReferral.objects.filter(referred_at__gte=asked.since, referred_at__lt=asked.until),
        asked,
        within="call__",
    ).order_by()
    if asked.line:
        told = told.filter(call__line=asked.line)
    found.update(dict(told.values_list("partner").annotate(Count("pk"))))
    return Counter({str(partner): number for partner, number in found.items()})


def money(asked):
    """currency → (cases, claimed in the period, recovered in the period)."""
    if asked.line:
        return {}
    period = (asked.start, asked.end)
    claimed = _of_cases(Claim.objects.filter(claimed_on__range=period), asked)
    back = _of_cases(Claim.objects.filter(recovered_on__range=period), asked)
    found = {}
    for currency, number, owed in claimed.values_list("currency").annotate(
        Count("case", distinct=True), Sum("owed")
    ):
        found[currency] = [number, owed, Decimal(0)]
    for currency, recovered in back.values_list("currency").annotate(Sum("recovered")):
        found.setdefault(currency, [0, Decimal(0), Decimal(0)])[2] = recovered
    return found


def cases_with_claims(asked):
    if asked.line:
        return 0
    claims = Claim.objects.filter(claimed_on__range=(asked.start, asked.end))
    return _of_cases(claims, asked).aggregate(number=Count("case", distinct=True))["number"]


# What was taken along, and work outside of our rooms


def handouts(asked):
    if asked.line:
        return Counter()
    rows = narrow(Handout.objects.filter(handed_on__range=(asked.start, asked.end)), asked)
    return _summed(rows, "publication", "copies")


def downloads(asked):
    """Nothing where it is narrowed: nobody knows for which project a booklet is taken along."""
    if asked.is_narrowed:
        return Counter()
    rows = DownloadCount.objects.filter(day__range=(asked.start, asked.end))
    return _summed(rows, "edition__publication", "count")


def _summed(rows, by, what):
    found = rows.order_by().values_list(by).annotate(Sum(what))
    return Counter({str(key): number for key, number in found})


def outreach(asked):
    """kind → (how often, people, copies)."""
    if asked.line:
        return {}
    rows = narrow(Outreach.objects.filter(done_on__range=(asked.start, asked.end)), asked)
    found = rows.order_by().values_list("kind").annotate(Sum("times"), Sum("people"), Sum("copies"))
    return {kind: (times, people or 0, copies or 0) for kind, times, people, copies in found}


# What was promised to a donor

MEASURES = {
    ProjectTarget.Measure.CALLS: lambda counted: counted.number_of_calls,
    ProjectTarget.Measure.APPEALS: lambda counted: counted.number_of_appeals,
    ProjectTarget.Measure.PERSONS: lambda counted: counted.people.total,
    ProjectTarget.Measure.CASES: lambda counted: counted.number_of_cases,
    ProjectTarget.Measure.SERVICES: lambda counted: sum(
        number for number, _persons in services(counted.asked).values()
    ),
    ProjectTarget.Measure.COPIES: lambda counted: handouts(counted.asked).total(),
    # Downloads belong to no project: all of its time count.
    ProjectTarget.Measure.DOWNLOADS: lambda counted: downloads(
        replace(counted.asked, project=None)
    ).total(),
    **{
        measure: lambda counted, kind=kind: outreach(counted.asked).get(kind, (0,))[0]
        for measure, kind in [
            (ProjectTarget.Measure.MOBILE_CONSULTATIONS, Outreach.Kind.MOBILE_CONSULTATION),
            (ProjectTarget.Measure.INFORMATION_ACTIONS, Outreach.Kind.INFORMATION_ACTION),
            (ProjectTarget.Measure.PRESS, Outreach.Kind.PRESS),
        ]
    },
}


def targets(asked):
    """Those of the project, or of every project that ran in the period."""
    rows = ProjectTarget.objects.select_related("project")
    if asked.project:
        return rows.filter(project=asked.project)
    running = Q(project__ends_on=None) | Q(project__ends_on__gte=asked.start)
    return rows.filter(running, project__starts_on__lte=asked.end)


def reached(target, counted):
    """How many in the period, and how many since the project began until the period's end."""
    asked = replace(counted.asked, project=target.project)
    measure = MEASURES[target.measure]
    in_period = type(counted)(asked) if asked != counted.asked else counted
    start = min(target.project.starts_on, asked.start)
    so_far = in_period if start == asked.start else type(counted)(replace(asked, start=start))
    return measure(in_period), measure(so_far)
