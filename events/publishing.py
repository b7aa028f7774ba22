"""How the page of an event becomes public."""

from django.utils import timezone

from sanasezim.shared.models import PlannedMoment


def plan(event):
    """Let every process look again when the moment of the event has come."""
    if event.publish_at and event.publish_at > timezone.now():
        PlannedMoment.objects.get_or_create(at=event.publish_at)
