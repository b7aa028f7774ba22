"""Yearly numbers that everybody may see: chosen by the director, without small ones.

What is kept are keys and numbers; their words come from the catalogs, so one release serves all
languages. Whatever is released was protected as one system, all tables together.
"""

import csv
import datetime
import io

from django.db import transaction
from django.utils import timezone

from sanasezim.reports import left_before, tables
from sanasezim.reports.asked import Asked
from sanasezim.reports.models import OpenFigure
from sanasezim.reports.suppression import suppress
from sanasezim.shared import access_log
from sanasezim.shared.access_log import Action
from sanasezim.shared.content_stamp import kept

# What may be open: without the columns of men and women, and nothing by office or project
OFFERED = [
    *["calls_by_month", "calls_by_topic", "calls_by_heard_from", "appeals_by_channel"],
    *["persons_by_sex_and_minor", "persons_by_age", "persons_by_kind", "persons_by_citizenship"],
    *["persons_by_place", "persons_by_referral_channel", "cases_by_outcome", "outreach"],
]


def draft(year):
    """The report of a year as it would be released."""
    asked = Asked(datetime.date(year, 1, 1), datetime.date(year, 12, 31))
    made = tables.make(asked, OFFERED)
    for table in made.tables:
        table.has_who, table.total_who = False, {}
        for row in table.rows:
            row.who = {}
    return suppress(made, left_before.told(asked, OFFERED))


def years():
    this = timezone.localdate().year
    return list(range(this, this - 15, -1))


@transaction.atomic
def release(year, ids, *, by, request):
    """Show these tables of the year to everybody, and no others any more."""
    now = timezone.now()
    OpenFigure.objects.public().filter(year=year).update(withdrawn_at=now)
    made = [table for table in draft(year).tables if table.id in ids]
    for table in made:
        figure = OpenFigure.objects.create(
            year=year, table=table.id, total=table.total, released_by=by,
            rows=[[row.key, row.count] for row in table.rows],
        )  # fmt: skip
        access_log.record(Action.EXPORT, by=by, request=request, what=figure, rows=len(table.rows))
    return len(made)


@kept
def released():
    """year → OpenFigures, the newest year first."""
    found = {}
    for figure in OpenFigure.objects.public().order_by("-year", "pk"):
        found.setdefault(figure.year, []).append(figure)
    return found


def as_table(figure):
    """The Table of an open figure, in the language of now."""
    definition = tables.BY_ID[figure.table]
    year = Asked(datetime.date(figure.year, 1, 1), datetime.date(figure.year, 12, 31))
    labels = label_of(definition, year)
    rows = [
        tables.Row(
            key,
            str(labels.get(key, key)),
            count,
            None if count is None or figure.total is None else tables.share(count, figure.total),
        )
        for key, count in figure.rows
    ]
    return tables.Table(
        definition.id, str(definition.title), definition.unit, definition.several_answers, rows,
        figure.total, has_order=definition.has_order,
    )  # fmt: skip


def label_of(definition, year):
    """key → label of every row the table may have."""
    labels = {tables.NOT_STATED: tables._("not stated")}
    if isinstance(definition, tables.Special):
        return labels | {str(code): label for code, label in tables.Outreach.Kind.choices}
    if definition.id == "calls_by_topic":
        topics = tables.Topic.objects.values_list("pk", flat=True)
        return labels | dict(definition.labels(set(topics), year).values())
    return labels | definition.labels(set(), year)


def as_csv():
    """All that is open, one line a number."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["year", "table", "unit", "several_answers", "key", "count", "released_on"])
    for figures in released().values():
        for figure in figures:
            definition = tables.BY_ID[figure.table]
            day = timezone.localdate(figure.released_at)
            several = "yes" if definition.several_answers else "no"
            for key, count in [*figure.rows, ["total", figure.total]]:
                told = "" if count is None else count
                writer.writerow(
                    [figure.year, figure.table, definition.unit, several, key, told, day]
                )
    return file.getvalue().encode()
