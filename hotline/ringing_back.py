"""The steps of calling back. Each function is one step: all of it happens, or none.

Somebody is promised a time (`take_in`), a colleague takes them in hand (`take_next`), writes down what
came of ringing (`write_down`), and after three tries, or when they spoke, it ends.
"""

import datetime
import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hotline import slots, taking
from hotline.models import Callback, CallbackAttempt, CallDraft
from legalaid import holding
from sanasezim.shared import limits
from sanasezim.shared.search_keys import keys_of_phones

Held, Outcome, Result = Callback.Held, Callback.Outcome, CallbackAttempt.Result

TRIES = 3
# After what came of a try, when to try again
AGAIN_AFTER = {
    Result.NO_ANSWER: datetime.timedelta(hours=2),
    Result.BUSY: datetime.timedelta(minutes=20),
    Result.SOMEBODY_ELSE: datetime.timedelta(hours=3),
    Result.NOT_SAFE: datetime.timedelta(hours=4),
}
AGAIN_WITHIN = datetime.timedelta(hours=3)  # from then until it is late
PURPOSE, OF_ALL = "callbacks", "callbacks of all"


# Asking


@transaction.atomic
def take_in(callback, *, now=None):
    """Promise a time and save. The same form twice is one callback: the first one is returned."""
    now = now or timezone.now()
    callback.full_clean(exclude=["form_token"])
    if promise := slots.first_with_room(callback, now):
        callback.slot_at = promise.slot.begins
        callback.promised_from, callback.promised_by = promise.begins, promise.ends
        callback.ring_from, callback.ring_by = promise.begins, promise.ends
    else:
        # No times are set, or all are full: whoever is free rings, and nothing exact was promised.
        callback.ring_from = callback.next_safe(now) or now
        callback.ring_by = callback.ring_from + settings.CALLBACK_WITHIN
    if callback.urgency == Callback.Urgency.URGENT:
        callback.ring_from = callback.next_safe(now) or now
    try:
        with transaction.atomic():
            callback.save()
    except IntegrityError:
        first = Callback.objects.filter(form_token=callback.form_token).first()
        if callback.form_token is None or first is None:
            raise
        return first
    return callback


def asked_before(token):
    """The callback of this form, if it came before."""
    return Callback.objects.filter(form_token=token).first()


def why_held(request, *, phone, seconds, trap):
    """A value of Callback.Held, or "". Counts this request: call it once for each that is new.

    Nobody is refused: whoever is held gets the same answer as everybody, and a colleague looks.
    """
    place = holding.place_of(request)
    number = limits.count(PURPOSE, place, holding.HOUR)
    of_all = limits.count(OF_ALL, "", holding.HOUR)
    most = settings.CALLBACKS_PER_HOUR if of_all <= settings.CALLBACKS_PER_HOUR_OF_ALL else 1
    if trap:
        return Held.TRAP
    if seconds < settings.CALLBACK_FASTEST_SECONDS:
        return Held.TOO_FAST
    same = of_number(phone).open().count()
    return Held.TOO_MANY if number > most or same >= settings.CALLBACKS_OF_NUMBER else ""


def of_number(phone):
    """Every callback of this number, however it was written."""
    keys = keys_of_phones(phone)
    return (
        Callback.objects.filter(search_keys__overlap=sorted(keys))
        if keys
        else (Callback.objects.none())
    )


@transaction.atomic
def release(callback):
    """It was a real person: into the queue, with the promise they were given."""
    callback = _locked(callback)
    if not callback.held_because:
        raise ValidationError(_("It is in the queue already."))
    callback.held_because = ""
    callback.save(update_fields=["held_because"])
    return callback


@transaction.atomic
def changed(callback, *, now=None):
    """Save what a colleague mended. With other safe hours it is rung at another time."""
    now = now or timezone.now()
    callback.full_clean()
    first = max(callback.ring_from, now)
    safe = callback.next_safe(first) or first
    if not callback.is_safe_at(callback.ring_from) or safe > first:
        callback.ring_from, callback.ring_by = safe, safe + AGAIN_WITHIN
    callback.save()
    return callback


# Ringing


@transaction.atomic
def take_next(*, by, now=None):
    """Take the callback that is due first; None where nobody is due. Two colleagues never get the same."""
    now = now or timezone.now()
    first = Callback.objects.due(now).select_for_update(skip_locked=True, of=["self"]).first()
    return first and _claim(first, by, now)


@transaction.atomic
def take(callback, *, by, now=None):
    """Take this one in hand."""
    now = now or timezone.now()
    callback = _open(callback)
    if callback.in_hand(now) not in (None, by):
        raise ValidationError(_("A colleague has it in hand."))
    if not callback.is_safe_at(now):
        raise ValidationError(_("The phone must not ring now. Look at the safe hours."))
    return _claim(callback, by, now)


def _claim(callback, by, now):
    callback.claimed_by, callback.claimed_at = by, now
    callback.save(update_fields=["claimed_by", "claimed_at"])
    return callback


@transaction.atomic
def put_back(callback, *, by):
    """Not now: it waits for a colleague again."""
    callback = _in_my_hands(callback, by)
    _draft_of(callback, by).delete()
    callback.claimed_by = callback.claimed_at = None
    callback.save(update_fields=["claimed_by", "claimed_at"])
    return callback


def call_token(callback):
    """The token of the call that comes of the next try: the same however often it is asked for."""
    return uuid.uuid5(callback.seal, f"call {callback.attempts.count()}")


def begin_call(callback, *, by):
    """An unfinished call with what is known of them, for when they answer. The same one each time."""
    if found := _draft_of(callback, by).first():
        return found
    known = ["phone", "caller_name", "language", "may_say_who"]
    answers = [(name, value) for name in known if (value := getattr(callback, name))]
    return taking.keep_draft(by, call_token(callback), answers)


def _draft_of(callback, by):
    return CallDraft.objects.filter(user=by, token=call_token(callback))


@transaction.atomic
def write_down(callback, *, by, result, note="", again_at=None, now=None):
    """What came of ringing. Ends it when they spoke, and after the last try. `again_at`: as they wish."""
    now = now or timezone.now()
    callback = _in_my_hands(callback, by)
    attempt = CallbackAttempt(callback=callback, made_by=by, made_at=now, result=result, note=note)
    if result == Result.REACHED:
        attempt.call_token = call_token(callback)
    else:
        _draft_of(callback, by).delete()
    attempt.full_clean()
    attempt.save()
    callback.claimed_by = callback.claimed_at = None
    if result == Result.REACHED:
        _end(callback, by, Outcome.REACHED, now)
    elif callback.attempts.count() >= TRIES:
        _end(callback, by, Outcome.NOT_REACHED, now)
    else:
        wished = again_at if again_at and again_at > now else now + AGAIN_AFTER[result]
        callback.ring_from = callback.next_safe(wished) or wished
        callback.ring_by = callback.ring_from + AGAIN_WITHIN
    callback.save()
    return callback


@transaction.atomic
def end(callback, *, by, outcome, now=None):
    """It ends without a call: not needed, a wrong number, asked twice, junk."""
    callback = _open(callback)
    if callback.in_hand(now) not in (None, by):
        raise ValidationError(_("A colleague has it in hand."))
    if outcome in (Outcome.REACHED, Outcome.NOT_REACHED):
        raise ValidationError(_("Write down the tries: how it ended follows from them."))
    callback.claimed_by = callback.claimed_at = None
    _end(callback, by, outcome, now or timezone.now())
    callback.full_clean()
    callback.save()
    return callback


def _end(callback, by, outcome, now):
    callback.ended_at, callback.ended_by, callback.outcome = now, by, outcome


def _open(callback):
    callback = _locked(callback)
    if not callback.is_open:
        raise ValidationError(_("This callback has ended already."))
    return callback


def _in_my_hands(callback, by):
    callback = _open(callback)
    if callback.claimed_by_id != by.pk:
        raise ValidationError(_("It is not in your hands. Take it first."))
    return callback


def _locked(callback):
    return Callback.objects.select_for_update(of=["self"]).get(pk=callback.pk)
