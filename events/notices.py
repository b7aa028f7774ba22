"""Letters about a page. They say that something waits and where, and nothing of anybody."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from events.models import Event
from sanasezim.shared import jobs
from sanasezim.shared.models import User


@jobs.task
def review_waits(pk):
    """Tell everybody who may publish, except whoever sent it, if it still waits."""
    event = Event.objects.exclude(submitted_at=None).filter(pk=pk).first()
    if event is None:
        return
    colleagues = User.objects.with_perm("events.publish_event", include_superusers=False)
    for user in colleagues.exclude(email="").exclude(pk=event.submitted_by_id):
        _letter(user, event).send()


def _letter(user, event):
    address = settings.SITE_ORIGIN + reverse("admin:events_event_change", args=[event.pk])
    with translation.override(user.language):
        return EmailMessage(
            _("A page of 18 December waits for review"),
            _("A colleague has sent you a page to look at:\n%(address)s") % {"address": address},
            to=[user.email],
            # One that is sent twice, because something was killed in between, is one.
            headers={
                "Message-ID": f"<review-{event.pk}-{event.submitted_at:%Y%m%d%H%M%S}-{user.pk}"
                f"@{urlsplit(settings.SITE_ORIGIN).hostname}>"
            },
        )
