"""How the portal is: for /readyz, the first page of the administrator and the weekly letter.

Numbers and yes or no, never a word about anybody.
"""

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Min
from django.utils import timezone

from legalaid import erased_list
from sanasezim.backups import making
from sanasezim.shared import jobs, key_proofs
from sanasezim.shared.models import AccountLetter, Job

QUEUE_WAITS_MOST = timedelta(minutes=10)
LETTERS_WAIT_MOST = timedelta(hours=1)
DISK_FREE_LEAST = 1_000_000_000  # bytes; and so much of the whole
DISK_FREE_LEAST_PART = 0.05


def what_stops_us():
    """Why this process must not answer, by what it is about: sentences for whoever runs the portal."""
    return {"keys": key_proofs.troubles(), "erased": erased_list.troubles()}


@dataclass
class State:
    """What goes on working for now, but must be looked at."""

    disk_free: int
    disk_part: float
    queue_waits: timedelta
    failing_jobs: int
    letters_wait: timedelta
    last_backup: dict | None
    backup_age: timedelta | None

    @property
    def disk(self):
        return self.disk_free > DISK_FREE_LEAST and self.disk_part > DISK_FREE_LEAST_PART

    @property
    def queue(self):
        return not self.failing_jobs and self.queue_waits < QUEUE_WAITS_MOST

    @property
    def letters(self):
        return self.letters_wait < LETTERS_WAIT_MOST

    @property
    def backup(self):
        return not making.is_too_old()

    @property
    def is_well(self):
        return self.disk and self.queue and self.letters and self.backup


def state():
    """How the portal is just now."""
    now = timezone.now()
    free, part = disk()
    due = Job.objects.due().aggregate(since=Min("next_at"))["since"]
    letter = AccountLetter.objects.filter(sent_at=None).aggregate(since=Min("made_at"))["since"]
    made = making.last()
    return State(
        disk_free=free,
        disk_part=part,
        queue_waits=now - due if due else timedelta(),
        failing_jobs=jobs.stuck().count(),
        letters_wait=now - letter if letter else timedelta(),
        last_backup=made,
        backup_age=now - made["made_at"] if made else None,
    )


def disk():
    """(bytes, part of the whole) that are free, where it is tightest of where we write."""
    places = {
        settings.MEDIA_ROOT,
        settings.SEALED_ROOT,
        settings.BACKUP_DIR or settings.SEALED_ROOT,
    }
    found = [shutil.disk_usage(_existing(Path(place))) for place in places]
    return min((usage.free, usage.free / usage.total) for usage in found)


def _existing(folder):
    while not folder.exists():
        folder = folder.parent
    return folder
