"""The line of the demonstration: times for calling back, callbacks of every kind, two weeks of shifts."""

import datetime

from django.utils import timezone

from hotline import ringing_back, rota
from hotline.models import Callback, CallbackSlot, Shift
from sanasezim.shared.models import Line, User

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
WORKING, SATURDAY = [0, 1, 2, 3, 4], [5]
SLOTS = [(WORKING, 10, 13, 6), (WORKING, 14, 18, 8), (SATURDAY, 10, 14, 4)]
PHONE = "+99890000{:04}"  # no number of Uzbekistan begins so
Result, Outcome = ringing_back.Result, ringing_back.Outcome
# (asked so many hours ago, fields, tries, how it ended without a call)
CALLBACKS = [
    (30, {"language": "uz", "may_say_who": "no", "urgency": 1}, [Result.NO_ANSWER], None),
    (27, {"language": "tg", "source": "call", "remark": "Спросить, отдали ли паспорт."}, [], None),
    (5, {"language": "uz", "safe_hours": [17, 18, 19, 20, 21]}, [Result.SOMEBODY_ELSE], None),
    (4, {"language": "ru", "urgency": 2, "source": "operator"}, [], None),
    (3, {"language": "ky", "safe_days": [5, 6]}, [], None),
    (2, {"language": "kk", "may_say_who": "yes"}, [Result.BUSY], None),
    (1, {"language": "uz-cyrl", "safe_hours": list(range(7, 12))}, [], None),
    (1, {"language": "ru", "held_because": "too_fast"}, [], None),
    (76, {"language": "uz"}, [Result.NO_ANSWER, Result.NO_ANSWER, Result.NO_ANSWER], None),
    (100, {"language": "ru", "may_say_who": "yes"}, [Result.REACHED], None),
    (124, {"language": "tg"}, [Result.BUSY, Result.REACHED], None),
    (150, {"language": "kk"}, [], Outcome.NOT_NEEDED),
]
NOTES = {
    Result.NO_ANSWER: "Гудки, никто не берёт.",
    Result.BUSY: "Занято.",
    Result.SOMEBODY_ELSE: "Ответил мужчина. Мы сказали, что ошиблись номером.",
}


def load(now=None):
    now = now or timezone.now()
    operator = User.objects.get(username="operator")
    for weekdays, begins, ends, capacity in SLOTS:
        CallbackSlot.objects.create(
            weekdays=weekdays,
            begins=datetime.time(begins),
            ends=datetime.time(ends),
            capacity=capacity,
            valid_from=timezone.localdate(now).replace(month=1, day=1),
        )
    for number, (hours, fields, results, end) in enumerate(CALLBACKS):
        asked = now - hours * HOUR
        callback = Callback(
            **{"source": "web", "phone": PHONE.format(number), "asked_at": asked} | fields
        )
        ringing_back.take_in(callback, now=asked)
        for place, result in enumerate(results):
            _try(callback, result, operator, asked + (1 + 3 * place) * HOUR)
        if end:
            ringing_back.end(callback, by=operator, outcome=end, now=asked + HOUR)
    _shifts(operator, now)


def _try(callback, result, operator, at):
    Callback.objects.filter(pk=callback.pk).update(claimed_by=operator, claimed_at=at)
    ringing_back.write_down(
        callback, by=operator, result=result, note=NOTES.get(result, ""), now=at
    )


def _shifts(operator, now):
    """This week and the next: mornings of one colleague, afternoons of another, and a gap on Friday."""
    line = Line.objects.filter(is_main=True).first()
    director = User.objects.get(username="director")
    monday = rota.midnight(rota.monday_of(timezone.localdate(now)))
    for day in [week * 7 + day for week in range(2) for day in WORKING]:
        begins = monday + day * DAY
        Shift.objects.create(
            who=operator, line=line, starts_at=begins + 9 * HOUR, ends_at=begins + 14 * HOUR
        )
        if day % 7 != 4:
            Shift.objects.create(
                who=director, line=line, starts_at=begins + 14 * HOUR, ends_at=begins + 18 * HOUR
            )
    last = Shift.objects.filter(starts_at__lte=now).order_by("-starts_at").first()
    if last:
        rota.hand_over(last, note="Обратный звонок 3: звонить только вечером.", now=now - HOUR)
