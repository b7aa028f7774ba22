"""Figures as they were published, and why those of today are others."""

import datetime
import hashlib
import json
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hotline.models import Call
from legalaid.models import Case
from sanasezim.reports import formats, tables, work
from sanasezim.reports.asked import Asked, quarter_of
from sanasezim.reports.models import FrozenReport


def freeze(asked, ids, columns, *, name, by):
    content = formats.as_json(tables.make(asked, ids, compared="year_before" in columns))
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return FrozenReport.objects.create(
        name=name, start=asked.start, end=asked.end, project=asked.project, office=asked.office,
        line=asked.line, tables=list(ids), columns=list(columns), bands=list(asked.bands),
        content=content, digest=digest, frozen_by=by,
    )  # fmt: skip


def asked_of(frozen):
    return Asked(
        frozen.start, frozen.end, frozen.project, frozen.office, frozen.line, tuple(frozen.bands)
    )


@dataclass
class Difference:
    """One figure that was published, and what is counted today."""

    table: str
    title: str
    key: str  # of the row; "" is the total
    label: str
    was: int
    now: int
    words: str = ""  # why, as a colleague wrote it

    @property
    def by(self):
        return self.now - self.was


def differences(frozen):
    """Every published figure that is another one today."""
    today = formats.as_json(tables.make(asked_of(frozen), frozen.tables))
    today = {table["id"]: table for table in today["tables"]}
    words = {(each.table, each.key): each.words for each in frozen.explanations.all()}
    found = []
    for then in frozen.content["tables"]:
        now = today.get(then["id"])
        if now is None:
            continue
        for key, label, was, counted in _figures(then, now):
            if was != counted:
                found.append(
                    Difference(
                        then["id"], now["title"], key, label, was, counted,
                        words.get((then["id"], key), ""),
                    )
                )  # fmt: skip
    return found


def _figures(then, now):
    """(key, label, was, now) of the total and of each row of either."""
    yield "", _("total"), then["total"] or 0, now["total"] or 0
    was = {row["key"]: row for row in then["rows"]}
    counted = {row["key"]: row for row in now["rows"]}
    for key in was | counted:
        row = counted.get(key) or was[key]
        yield (
            key,
            row["label"],
            was[key]["count"] if key in was else 0,
            counted[key]["count"] if key in counted else 0,
        )


def changes_since(frozen):
    """What the record itself says of why: sentences about what was written since."""
    asked, since = asked_of(frozen), frozen.frozen_at
    calls = work.narrow(
        Call.objects.filter(started_at__gte=asked.since, started_at__lt=asked.until), asked
    )
    if asked.line:
        calls = calls.filter(line=asked.line)
    late = calls.filter(entered_at__gt=since)
    if number := late.count():
        yield ngettext(
            "%(number)d call of this time was written down later.",
            "%(number)d calls of this time were written down later.",
            number,
        ) % {"number": number}
    changed = Call.pgh_event_model.objects.filter(
        pgh_label="update",
        pgh_created_at__gt=since,
        pgh_obj__in=calls.filter(entered_at__lte=since),
    )
    if number := changed.values("pgh_obj_id").distinct().count():
        yield ngettext(
            "%(number)d call of this time was changed later.",
            "%(number)d calls of this time were changed later.",
            number,
        ) % {"number": number}
    if asked.line:
        return
    cases = work.narrow(Case.objects.filter(opened_on__range=(asked.start, asked.end)), asked)
    events = Case.pgh_event_model.objects.filter(pgh_created_at__gt=since, pgh_obj__in=cases)
    if number := events.filter(pgh_label="insert").count():
        yield ngettext(
            "%(number)d case of this time was entered later.",
            "%(number)d cases of this time were entered later.",
            number,
        ) % {"number": number}
    if number := events.filter(pgh_label="update").values("pgh_obj_id").distinct().count():
        yield ngettext(
            "%(number)d case of this time was changed later.",
            "%(number)d cases of this time were changed later.",
            number,
        ) % {"number": number}


def periods():
    """(how it is called, its days) of the periods a donor asks for most."""
    today = timezone.localdate()
    this, last = quarter_of(today), quarter_of(quarter_of(today)[0] - datetime.timedelta(days=1))
    year = today.year
    for label, (start, end) in [
        (_("last quarter"), last),
        (_("this quarter"), this),
        (_("last year"), (datetime.date(year - 1, 1, 1), datetime.date(year - 1, 12, 31))),
        (_("this year"), (datetime.date(year, 1, 1), datetime.date(year, 12, 31))),
    ]:
        yield label, {"start": start.isoformat(), "end": end.isoformat()}
