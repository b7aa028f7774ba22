"""Work for later: rows in the database that `manage work` takes up.

    @task
    def remind(pk): ...

    remind.enqueue(user.pk)                # in the transaction that makes it necessary
    remind.enqueue(user.pk, at=half_past_eight)

A job runs in one transaction together with the mark that it is done. So what it does in the database
happens once, however often it is killed, and however many workers there are. What leaves the
database does not: a letter may go out just before the kill, so it is sent last, and under an id of
its own that a second one would carry, too.

Whoever fails is tried again after growing pauses, without an end; `stuck` names those. Named like the
tasks of Django 6, which may take the place of this.
"""

import datetime
import logging

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from sanasezim.shared.models import Job

logger = logging.getLogger(__name__)

# A job whose worker was killed is taken up again after this; one that runs longer stays locked.
TAKEN_FOR = datetime.timedelta(seconds=30)
FIRST_PAUSE = datetime.timedelta(seconds=30)
LONGEST_PAUSE = datetime.timedelta(minutes=15)
STUCK_AFTER = 10  # failures: more than an hour
DONE_KEPT = datetime.timedelta(days=7)

TASKS = {}


class Task:
    """A function of a record's number, or of nothing."""

    def __init__(self, function):
        self.function = function
        self.name = f"{function.__module__}.{function.__name__}"
        TASKS[self.name] = self

    def __call__(self, *of):
        return self.function(*of)

    def enqueue(self, of=0, *, at=None):
        self.enqueue_all([of], at=at)

    def enqueue_all(self, numbers, *, at=None):
        """A job for each of these records, from this moment on. What is there already stays one."""
        at = at or timezone.now()
        Job.objects.bulk_create(
            (Job(task=self.name, of=of, due_at=at, next_at=at) for of in numbers),
            batch_size=1000,
            ignore_conflicts=True,
        )

    @property
    def jobs(self):
        return Job.objects.filter(task=self.name)


task = Task


def run_one():
    """Do the job that has been due for longest. False if none is, or others were faster."""
    job = _take()
    if job is None:
        return False
    try:
        with transaction.atomic():
            # Waits: another worker that looked at the row, too, holds it for a moment.
            held = Job.objects.waiting().select_for_update().filter(pk=job.pk)
            if held.first():
                TASKS[job.task](*([job.of] if job.of else []))
                held.update(done_at=timezone.now(), trouble="")
    except Exception as error:
        logger.exception("The job %s failed.", job)
        _put_off(job, type(error).__name__)
    return True


def _take():
    """The job to do, its next try already written down: a kill leaves nothing to tidy up."""
    with transaction.atomic():
        due = Job.objects.due().select_for_update(skip_locked=True)
        job = due.order_by("next_at", "pk").first()
        if job is not None:
            job.next_at = timezone.now() + TAKEN_FOR
            job.save(update_fields=["next_at"])
        return job


def _put_off(job, trouble):
    pause = min(FIRST_PAUSE * 2 ** min(job.failures, 10), LONGEST_PAUSE)
    Job.objects.waiting().filter(pk=job.pk).update(
        failures=F("failures") + 1, next_at=timezone.now() + pause, trouble=trouble
    )


def stuck():
    """Jobs that have failed for more than an hour."""
    return Job.objects.waiting().filter(failures__gte=STUCK_AFTER)


def forget_old():
    """Remove the jobs that were done a week ago. Returns how many."""
    return Job.objects.filter(done_at__lt=timezone.now() - DONE_KEPT).delete()[0]
