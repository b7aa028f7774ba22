"""The letter of the day: how much waits for a colleague, and where to look. Nothing of anybody.

The night plans one for each, the worker sends it in the morning. What belongs to somebody who has
left falls to the lawyer of the case, then to whoever answers for all of them.
"""

import datetime
from dataclasses import dataclass
from urllib.parse import urlsplit

import pgtrigger
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from legalaid import casework
from legalaid.deadlines import ONE_DAY, kazakhstan
from legalaid.models import Case, DisposalBatch, DisposalItem, Intake, Task
from sanasezim.shared import jobs
from sanasezim.shared.models import User

# A list to check or approve is spoken of when it has waited for so long.
DISPOSALS_AFTER = datetime.timedelta(days=7)


@dataclass
class Waiting:
    """How much waits for somebody."""

    tasks: int = 0
    unanswered: int = 0
    stale: int = 0
    wishes: int = 0
    disposals: int = 0

    def __bool__(self):
        return any(vars(self).values())


def plan():
    """A letter for everybody with a mail address, later this morning. Returns how many.

    What could not be sent yesterday is not sent today as well.
    """
    today = timezone.localdate()
    at = timezone.make_aware(datetime.datetime.combine(today, settings.REMIND_AT))
    remind.jobs.waiting().filter(due_at__lt=at).update(done_at=timezone.now())
    colleagues = User.objects.filter(is_active=True, is_staff=True).exclude(email="")
    numbers = list(colleagues.values_list("pk", flat=True))
    remind.enqueue_all(numbers, at=at)
    return len(numbers)


@jobs.task
def remind(pk):
    """Send somebody the letter of the day, if anything waits."""
    user = User.objects.filter(pk=pk, is_active=True).exclude(email="").first()
    if user is None:
        return
    today, days = timezone.localdate(), kazakhstan()
    tasks = tasks_of(user).due_by(today)
    if (
        not days.is_working(today)
        and not tasks.filter(Q(due_on=today) | Q(remind_on=today)).exists()
    ):
        return
    waiting = what_waits(user, today, days)
    if waiting:
        # The reminder is no change of the task: its history says nothing of it.
        with pgtrigger.ignore():
            Task.objects.filter(pk__in=tasks.values("pk")).update(reminded_at=timezone.now())
        letter(user, waiting, today).send()


def what_waits(user, today, days):
    """The Waiting of a colleague. `days` is the Calendar."""
    waiting = Waiting()
    if user.has_perm("legalaid.view_case"):
        waiting.tasks = tasks_of(user).due_by(today).count()
        waiting.unanswered = unanswered_of(user, today, days).count()
        before = timezone.now() - casework.STALE_AFTER
        stale = Case.objects.open().filter(_falls_to(user, "lawyer"), touched_at__lt=before)
        waiting.stale = stale.count()
    if user.has_perm("legalaid.approve_disposal"):
        wishes = DisposalItem.objects.waiting().filter(
            batch__kind=DisposalBatch.Kind.WISHED, batch__approved_by=None
        )
        waiting.wishes = wishes.exclude(batch__checked_by=user).count()
        lists = DisposalBatch.objects.filter(
            approved_by=None, found_at__lt=timezone.now() - DISPOSALS_AFTER
        )
        waiting.disposals = lists.exclude(checked_by=user).count()
    return waiting


def tasks_of(user):
    tasks = Task.objects.open().filter(case__closed_on=None)
    return tasks.filter(_falls_to(user, "assigned_to", "case__lawyer"))


def unanswered_of(user, today, days):
    """Requests that have waited for two working days: of the queue, of one's cases, of one's answers."""
    mine = Q(case__isnull=False) & _falls_to(user, "case__lawyer")
    mine |= Q(case=None, decided_at__isnull=False) & _falls_to(user, "decided_by")
    if user.has_perm("legalaid.add_case"):
        mine |= Q(decided_at=None)
    until = _begins(_working_days_before(today, settings.REMIND_UNANSWERED_DAYS, days) + ONE_DAY)
    return Intake.objects.filter(mine, unanswered_since__lt=until, erased_at=None)


def _falls_to(user, *fields):
    """Rows of which the first in these fields who is still here is this colleague."""
    theirs, nobody = Q(pk__in=[]), Q()
    for field in fields:
        theirs |= nobody & Q(**{field: user})
        nobody &= Q(**{f"{field}__is_active": False})
    return theirs | nobody if user.has_perm("legalaid.view_every_case") else theirs


def _working_days_before(day, number, days):
    """The last day after which so many working days have passed by the end of `day`."""
    while number:
        number -= days.is_working(day)
        day -= ONE_DAY
    return day


def _begins(day):
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


# The letter


def letter(user, waiting, day):
    with translation.override(user.language):
        address = settings.SITE_ORIGIN + reverse("admin:index")
        return EmailMessage(
            _("Your day on the portal"),
            "\n".join(
                [
                    *lines(waiting),
                    "",
                    _("Look at your first page:\n%(address)s") % {"address": address},
                ]
            ),
            to=[user.email],
            # One that is sent twice, because something was killed in between, is one.
            headers={
                "Message-ID": f"<day-{user.pk}-{day}@{urlsplit(settings.SITE_ORIGIN).hostname}>"
            },
        )


def lines(waiting):
    """One line for each kind of thing that waits, in the language that is active."""
    said = [
        (waiting.tasks, ngettext("%(n)s task is due.", "%(n)s tasks are due.", waiting.tasks)),
        (
            waiting.unanswered,
            ngettext(
                "%(n)s request has waited for two working days.",
                "%(n)s requests have waited for two working days.",
                waiting.unanswered,
            ),
        ),
        (
            waiting.stale,
            ngettext(
                "%(n)s case has not been worked on for two weeks.",
                "%(n)s cases have not been worked on for two weeks.",
                waiting.stale,
            ),
        ),
        (
            waiting.wishes,
            ngettext(
                "%(n)s person asks us to erase what we keep.",
                "%(n)s people ask us to erase what we keep.",
                waiting.wishes,
            ),
        ),
        (
            waiting.disposals,
            ngettext(
                "%(n)s list of what has had its time waits to be checked or approved.",
                "%(n)s lists of what has had its time wait to be checked or approved.",
                waiting.disposals,
            ),
        ),
    ]
    return [text % {"n": number} for number, text in said if number]
