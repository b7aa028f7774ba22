"""The times in which we ring back: which come next, which have room, which fit somebody's safe hours.

Of a day's rules the newest hold: those with the latest first day replace all that began earlier. So
a campaign week has its own times, and a rule without room closes a holiday.
"""

import datetime
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from hotline.models import Callback, CallbackSlot

DAYS_AHEAD = 14
# Less than this is too short to be promised.
SHORTEST = datetime.timedelta(minutes=30)
HOUR = datetime.timedelta(hours=1)


@dataclass(frozen=True)
class Slot:
    begins: datetime.datetime
    ends: datetime.datetime
    capacity: int


@dataclass(frozen=True)
class Promise:
    """When we ring: between two moments of a slot."""

    slot: Slot
    begins: datetime.datetime
    ends: datetime.datetime


def coming(now, rules=None):
    """The slots that are not over yet, in their order, whether they have room or not."""
    rules = list(CallbackSlot.objects.all()) if rules is None else rules
    today = timezone.localdate(now)
    # Yesterday's too: one of 20:00 to 02:00 goes on at night.
    days = (today + datetime.timedelta(days=offset) for offset in range(-1, DAYS_AHEAD + 1))
    found = [slot for day in days for slot in _on(day, rules) if slot.ends > now]
    return sorted(found, key=lambda slot: slot.begins)


def _on(day, rules):
    holding = [rule for rule in rules if rule.holds_on(day)]
    newest = max((rule.valid_from for rule in holding), default=None)
    zone = timezone.get_default_timezone()
    for rule in holding:
        if rule.valid_from == newest and rule.capacity:
            end = day if rule.ends > rule.begins else day + datetime.timedelta(days=1)
            yield Slot(
                datetime.datetime.combine(day, rule.begins, zone),
                datetime.datetime.combine(end, rule.ends, zone),
                rule.capacity,
            )


def fitting(callback, now, slots):
    """The Promises that could be made to somebody with these safe hours, the earliest first."""
    for slot in slots:
        for begins, ends in _safe_stretches(callback, max(slot.begins, now), slot.ends):
            if ends - begins >= SHORTEST:
                yield Promise(slot, begins, ends)
                break  # the first stretch of a slot is enough


def _safe_stretches(callback, begins, ends):
    """(from, to) of each unbroken stretch of safe time between two moments."""
    since, at = None, begins
    while at < ends:
        if callback.is_safe_at(at):
            since = since or at
        elif since:
            yield since, at
            since = None
        at = timezone.localtime(at).replace(minute=0, second=0, microsecond=0) + HOUR
    if since:
        yield since, ends


def first_with_room(callback, now):
    """The earliest Promise with room; None if there is none. Whoever is held takes nobody's place.

    Two people at once would both see the last place: call it in a transaction, which waits here.
    """
    slots = coming(now, list(CallbackSlot.objects.select_for_update()))
    beginnings = [slot.begins for slot in slots]
    taken = dict(
        Callback.objects.filter(slot_at__in=beginnings, held_because="")
        .order_by()
        .values_list("slot_at")
        .annotate(number=Count("pk"))
    )
    return next(
        (
            promise
            for promise in fitting(callback, now, slots)
            if taken.get(promise.slot.begins, 0) < promise.slot.capacity
        ),
        None,
    )


def fits_any(callback, now=None):
    """Whether we ring at all at an hour that is safe for them. Yes where no times are set yet."""
    now = now or timezone.now()
    slots = coming(now)
    return not slots or next(fitting(callback, now, slots), None) is not None
