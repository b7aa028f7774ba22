"""The letter of the week to the director: numbers of what came in and went out, and how the portal is."""

import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from hotline.models import Call
from legalaid.models import Case, Intake
from resources.models import DownloadCount, Handout
from sanasezim import watching
from sanasezim.shared import jobs
from sanasezim.shared.models import User

WEEK = datetime.timedelta(days=7)


def plan():
    """A letter for every director with a mail address, once in a week. Returns how many directors."""
    at = timezone.make_aware(datetime.datetime.combine(this_monday(), settings.REMIND_AT))
    tell.enqueue_all(list(directors().values_list("pk", flat=True)), at=at)
    return directors().count()


def directors():
    return User.objects.filter(is_active=True, groups__name="director").exclude(email="")


def this_monday():
    today = timezone.localdate()
    return today - datetime.timedelta(days=today.weekday())


@jobs.task
def tell(pk):
    user = directors().filter(pk=pk).first()
    if user is not None:
        letter(user, this_monday()).send()


def letter(user, monday):
    """About the seven days before a Monday."""
    first, last = monday - WEEK, monday - datetime.timedelta(days=1)
    with translation.override(user.language):
        days = {"first": date_format(first), "last": date_format(last)}
        address = settings.SITE_ORIGIN + reverse("admin:index")
        return EmailMessage(
            _("The week on the portal"),
            "\n".join(
                [
                    _("From %(first)s to %(last)s, in brackets the week before:") % days,
                    "",
                    *_numbers(first),
                    "",
                    *_how_it_is(watching.state()),
                    "",
                    _("Look at your first page:\n%(address)s") % {"address": address},
                ]
            ),
            to=[user.email],
            # One that is sent twice, because something was killed in between, is one.
            headers={
                "Message-ID": f"<week-{user.pk}-{monday}@{urlsplit(settings.SITE_ORIGIN).hostname}>"
            },
        )


def _numbers(first):
    for name, count in [
        (_("Calls"), lambda days: _at(Call, "started_at", days)),
        (_("Requests for help"), lambda days: _at(Intake, "received_at", days)),
        (_("Cases opened"), lambda days: _on(Case, "opened_on", days).count()),
        (_("Cases closed"), lambda days: _on(Case, "closed_on", days).count()),
        (_("Booklets downloaded"), lambda days: _sum(_on(DownloadCount, "day", days), "count")),
        (
            _("Paper copies handed out"),
            lambda days: _sum(_on(Handout, "handed_on", days), "copies"),
        ),
    ]:
        yield f"{name}: {count(_week(first))} ({count(_week(first - WEEK))})"
    waiting = Intake.objects.waiting().filter(held_because="").count()
    yield _("Requests that wait for a decision now: %(number)s") % {"number": waiting}
    yield _("Open cases now: %(number)s") % {"number": Case.objects.open().count()}


def _how_it_is(state):
    if state.last_backup is None:
        yield _("There is no backup yet.")
    else:
        age = timesince(state.last_backup["made_at"])
        yield _("The last good backup is %(age)s old.") % {"age": age}
    yield _("%(free)s of the disk are free.") % {"free": filesizeformat(state.disk_free)}
    if not state.is_well:
        yield _("Something is wrong: ask the administrator to look at the first page today.")


def _week(first):
    return first, first + WEEK


def _on(model, field, days):
    return model.objects.filter(**{f"{field}__gte": days[0], f"{field}__lt": days[1]})


def _at(model, field, days):
    begins = [timezone.make_aware(datetime.datetime.combine(day, datetime.time())) for day in days]
    return _on(model, field, begins).count()


def _sum(rows, field):
    return rows.aggregate(number=Sum(field))["number"] or 0
