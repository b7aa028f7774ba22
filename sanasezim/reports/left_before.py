"""Reports that left before, laid beside the one that is to leave: what they tell together.

A month that left and its quarter tell of the two months between; one office and all tell of the
others. So a number of the new report is hidden like a small one where it differs from one that was
told before, or from several together, by a small number.
"""

from collections import Counter

from django.db.models import Q

from sanasezim.reports import tables
from sanasezim.reports.asked import Asked
from sanasezim.reports.models import ReportExport
from sanasezim.reports.suppression import NOT_ABOUT_PEOPLE, numbers_of, suppress

MOST = 12  # so many different ones are looked at, the newest
NARROWED_BY = ("project", "office", "line")
# Persons of two months are not the persons of both: only these may be added up.
ADD_UP = {tables.Unit.CALLS, tables.Unit.APPEALS, tables.Unit.CASES}


def beside(asked, ids):
    """The reports that left with some of the same days, people and tables, but not the same."""
    found = ReportExport.objects.filter(
        start__lte=asked.end, end__gte=asked.start,
        tables__overlap=[code for code in ids if code not in NOT_ABOUT_PEOPLE],
    )  # fmt: skip
    for name in NARROWED_BY:
        if value := getattr(asked, name):
            found = found.filter(Q(**{name: None}) | Q(**{name: value}))
    scopes = {}
    for left in found.select_related(*NARROWED_BY, "by"):
        scope = _scope(left)
        if scope != _scope(asked) and len(scopes) < MOST:
            scopes.setdefault(scope, left)
    return list(scopes.values())


def told(asked, ids):
    """What these told: for each, and for those that do not overlap together, name → number."""
    found = []
    for left in beside(asked, ids):
        if _is_within(left, asked) or _is_within(asked, left):
            found.append((left, _told_by(left, ids)))
    apart, together = [], Counter()
    inside = [pair for pair in found if _is_within(pair[0], asked)]
    for left, numbers in sorted(inside, key=lambda pair: (pair[0].end, pair[0].start)):
        if all(_are_apart(left, other) for other in apart):
            apart.append(left)
            together.update(numbers)
    every = [numbers for _left, numbers in found]
    if len(apart) > 1:
        parts = [numbers for left, numbers in found if left in apart]
        known = set.intersection(*map(set, parts))
        every.append({name: together[name] for name in known if _adds_up(name)})
    return every


def _told_by(left, ids):
    asked = Asked(left.start, left.end, left.project, left.office, left.line, tuple(left.bands))
    wanted = [code for code in left.tables if code in ids and code in tables.BY_ID]
    report = tables.make(asked, wanted)
    return numbers_of(report if left.is_full else suppress(report))


def _adds_up(name):
    first = name[0]
    return first in ADD_UP or first in tables.BY_ID and tables.BY_ID[first].unit in ADD_UP


def _scope(asked):
    return asked.start, asked.end, *(getattr(asked, name) for name in NARROWED_BY)


def _is_within(part, whole):
    """Whether all that one counts the other counts, too."""
    return (
        whole.start <= part.start
        and part.end <= whole.end
        and all(getattr(whole, name) in (None, getattr(part, name)) for name in NARROWED_BY)
    )


def _are_apart(one, other):
    return (
        one.end < other.start
        or other.end < one.start
        or any(
            None not in (getattr(one, name), getattr(other, name))
            and getattr(one, name) != getattr(other, name)
            for name in NARROWED_BY
        )
    )
