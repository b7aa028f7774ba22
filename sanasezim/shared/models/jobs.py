"""What waits for the worker, `manage work`."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class JobQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(done_at=None)

    def due(self):
        return self.waiting().filter(next_at__lte=timezone.now())


class Job(models.Model):
    """One piece of work: the name of a task and the number of a record, never anybody's data.

    The same task for the same record at the same moment is one job, also when it is done already.
    """

    task = models.CharField(max_length=100)
    of = models.BigIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=100, blank=True)
    done_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "job"
        verbose_name_plural = "jobs"
        default_permissions = ()
        indexes = [
            models.Index(fields=["next_at"], condition=Q(done_at=None), name="job_waiting"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["task", "of", "due_at"], name="job_once_at_a_moment")
        ]

    def __str__(self):
        return f"{self.task} {self.of}"
