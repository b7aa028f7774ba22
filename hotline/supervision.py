"""Looking after the line: today at a glance, a month beside the year before, calls drawn by lot.

Nothing here is counted by colleague: a number says how the line does, never how somebody does.
"""

import datetime
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import ExtractHour
from django.utils import timezone
from django.utils.translation import gettext as _

from hotline.models import Call, Callback, HandOver, QualityNote, Shift
from hotline.rota import midnight
from resources.models import Topic

DAY = datetime.timedelta(days=1)
# A topic rises when it came up so much more often than in an ordinary week before.
TIMES_MORE, AT_LEAST_MORE = 1.5, 3
WEEKS_BEFORE = 4
SAMPLE, SAMPLE_DAYS, MOST_SAMPLE = 5, 7, 20
ROWS_SHOWN = 12


# Today


@dataclass
class Rising:
    topic: str
    now: int  # calls in the last seven days
    before: float  # in an ordinary week of the four before


@dataclass
class Board:
    at: datetime.datetime
    calls: int = 0
    about_something: int = 0
    in_danger: int = 0
    by_hour: list = field(default_factory=list)  # (hour, calls)
    most_in_an_hour: int = 1
    due: int = 0
    overdue: int = 0
    unsafe: int = 0
    later: int = 0
    held: int = 0
    handed_over: int = 0
    on_shift: list = field(default_factory=list)
    rising: list = field(default_factory=list)


def board(now=None):
    now = now or timezone.now()
    today = Call.objects.filter(
        started_at__gte=midnight(timezone.localdate(now)), started_at__lte=now
    )
    hours = dict(
        today.order_by()
        .annotate(hour=ExtractHour("started_at"))
        .values_list("hour")
        .annotate(number=Count("pk"))
    )
    first, last = min(hours, default=0), max(hours, default=-1)
    waiting = Callback.objects.waiting()
    numbers = today.aggregate(
        calls=Count("pk"),
        about_something=Count("pk", filter=Q(kind=Call.Kind.DATA)),
        in_danger=Count("pk", filter=Q(in_danger="yes")),
    )
    return Board(
        at=now,
        **numbers,
        by_hour=[(hour, hours.get(hour, 0)) for hour in range(first, last + 1)],
        most_in_an_hour=max(hours.values(), default=1),
        due=Callback.objects.due(now).count(),
        overdue=waiting.overdue(now).count(),
        unsafe=waiting.count() - waiting.safe(now).count(),
        later=waiting.safe(now).filter(ring_from__gt=now).count(),
        held=Callback.objects.open().exclude(held_because="").count(),
        handed_over=HandOver.objects.waiting().count(),
        on_shift=list(Shift.objects.at(now).select_related("who", "line")),
        rising=rising(now),
    )


def rising(now):
    """Topics that came up more often in the last seven days than in an ordinary week before."""
    week = 7 * DAY
    latest = _topics(now - week, now)
    earlier = _topics(now - (1 + WEEKS_BEFORE) * week, now - week)
    found = [
        Rising(topic, number, earlier.get(topic, 0) / WEEKS_BEFORE)
        for topic, number in latest.items()
    ]
    found = [
        each
        for each in found
        if each.now >= each.before * TIMES_MORE and each.now - each.before >= AT_LEAST_MORE
    ]
    found.sort(key=lambda each: each.before - each.now)
    names = _names_of_topics()
    for each in found:
        each.topic = names[each.topic]
    return found[:5]


def _topics(begins, ends):
    """Number of a topic → calls about it."""
    of_calls = Call.topics.through.objects.filter(
        call__started_at__gt=begins, call__started_at__lte=ends
    )
    return dict(of_calls.order_by().values_list("topic").annotate(number=Count("pk")))


def _names_of_topics():
    topics = Topic.objects.prefetch_related("texts")
    return {topic.pk: topic.text.name if topic.text else topic.code for topic in topics}


# A month


@dataclass
class Row:
    label: str
    now: int
    before: int

    @property
    def difference(self):
        return self.now - self.before


@dataclass
class Table:
    title: str
    rows: list
    several: bool = False  # a call may stand in several rows


# What is compared, by the field it stands in
COMPARED = ["kind", "outcome", "language", "relation", "citizenship", "heard_from"]


def month(first):
    """(calls, calls a year before, Tables) of the month that begins with this day."""
    spans = [_month_of(first), _month_of(first.replace(year=first.year - 1))]
    calls = [Call.objects.filter(started_at__gte=b, started_at__lt=e).order_by() for b, e in spans]
    tables = [_table(name, *calls) for name in COMPARED]
    names = _names_of_topics()
    now, before = (_topics(begins - _MOMENT, ends - _MOMENT) for begins, ends in spans)
    tables.insert(1, Table(str(Topic._meta.verbose_name_plural), _rows(now, before, names), True))
    return calls[0].count(), calls[1].count(), tables


_MOMENT = datetime.timedelta(microseconds=1)


def _month_of(first):
    following = (first.replace(day=28) + 4 * DAY).replace(day=1)
    return midnight(first), midnight(following)


def _table(name, now, before):
    own = Call._meta.get_field(name)
    names = dict(own.flatchoices) | {"": _("not stated")}
    if name != "kind":
        now, before = (rows.filter(kind=Call.Kind.DATA) for rows in (now, before))
    counted = [dict(rows.values_list(name).annotate(number=Count("pk"))) for rows in (now, before)]
    return Table(str(own.verbose_name), _rows(*counted, names))


def _rows(now, before, names):
    """The most frequent, and all others as one row: so the rows add up."""
    rows = [
        Row(str(names.get(value, value)), now.get(value, 0), before.get(value, 0))
        for value in {*now, *before}
    ]
    rows.sort(key=lambda row: (-row.now - row.before, row.label))
    if len(rows) > ROWS_SHOWN:
        others = rows[ROWS_SHOWN - 1 :]
        rows[ROWS_SHOWN - 1 :] = [
            Row(_("all others"), sum(r.now for r in others), sum(r.before for r in others))
        ]
    return rows


# Calls drawn by lot


@transaction.atomic
def draw(*, by, number=SAMPLE, now=None):
    """Draw calls of the last days to be looked at once more: by lot, none twice, none of one's own."""
    now = now or timezone.now()
    lately = Call.objects.filter(
        started_at__gt=now - SAMPLE_DAYS * DAY, started_at__lte=now, kind=Call.Kind.DATA
    ).exclude(answered_by=by)
    drawn = lately.filter(quality_note=None).order_by("?")[: min(number, MOST_SAMPLE)]
    return QualityNote.objects.bulk_create([QualityNote(call=call) for call in drawn])


@transaction.atomic
def judge(quality_note, *, by, now=None):
    """Save what was found. Nobody looks at a call of their own."""
    if quality_note.call.answered_by_id == by.pk:
        raise ValidationError(_("This is a call of your own. A colleague looks at it."))
    quality_note.looked_at, quality_note.looked_by = now or timezone.now(), by
    quality_note.full_clean()
    quality_note.save()
    return quality_note
