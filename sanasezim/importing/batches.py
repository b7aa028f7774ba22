"""An import from the staff page: the file waits sealed, the worker reads it and brings it in."""

import contextlib
import json
from collections import Counter
from dataclasses import asdict

from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from sanasezim.importing import checking, files, meanings, writing
from sanasezim.shared.jobs import task
from sanasezim.shared.models import ImportBatch

MOST_SHOWN = 1000
PREVIEWED = 8


def take_in(upload, what, create_missing, by):
    """A new batch of this file, on its way to being read."""
    batch = ImportBatch(
        what=what,
        file_name=upload.name[:200],
        create_missing=create_missing,
        added_by=by,
    )
    batch.file.write(upload)
    batch.save()
    read_batch.enqueue(batch.pk)
    return batch


def read_again(batch):
    """After something was explained."""
    batch.checked_at, batch.findings, batch.progress = None, "", 0
    batch.save()
    read_batch.enqueue(batch.pk)


def want(batch):
    """Bring it in: the worker does."""
    batch.is_wanted, batch.progress = True, 0
    batch.save()
    write_batch.enqueue(batch.pk)


def drop(batch):
    """A file that is not brought in leaves nothing behind."""
    file = batch.file
    batch.delete()
    transaction.on_commit(file.delete)


@task
def read_batch(pk):
    batch = ImportBatch.objects.filter(pk=pk, done_at=None).first()
    if batch is None or not batch.file:
        return
    with translation.override(batch.added_by.language), _progress(batch) as progress:
        try:
            table = files.read(b"".join(batch.file.chunks()))
        except files.NotATable as refusal:
            findings = {"refusal": str(refusal)}
        else:
            checked = _check(batch, table, progress)
            batch.rows = len(table.rows)
            batch.first_day, batch.last_day = checking.period_of(checked.rows, batch.what) or (
                None,
                None,
            )
            findings = _findings(table, checked)
    batch.findings = json.dumps(findings, ensure_ascii=False)
    batch.checked_at = timezone.now()
    batch.save(update_fields=["findings", "rows", "first_day", "last_day", "checked_at"])


@task
def write_batch(pk):
    batch = ImportBatch.objects.filter(pk=pk, done_at=None, is_wanted=True).first()
    if batch is None or not batch.file:
        return
    table = files.read(b"".join(batch.file.chunks()))
    with _progress(batch) as progress:
        checked = _check(batch, table)
        if checked.problems or writing.known_batch(checked):
            # Something has changed since it was read: it is read again, and says what.
            batch.is_wanted = False
            read_again(batch)
            return
        writing.bring_in(batch, checked, progress)
    transaction.on_commit(batch.file.delete)
    batch.file, batch.findings = "", ""
    batch.save(update_fields=["file", "findings"])
    writing.analyse()


def _check(batch, table, progress=None):
    return checking.check(
        table,
        batch.what,
        create_missing=batch.create_missing,
        headings=meanings.headings(batch.what),
        meanings=meanings.words(batch.what),
        progress=progress,
    )


def _findings(table, checked):
    before = writing.known_batch(checked) if checked.rows and not checked.problems else None
    words = Counter(
        (problem.column, problem.heading, problem.value, problem.suggestion)
        for problem in checked.problems
        if problem.column
    )
    return {
        "headings": [heading for heading, name in checked.columns if name is None and heading],
        "words": [[*word, times] for word, times in words.most_common(200)],
        "problems": [asdict(problem) for problem in checked.problems[:MOST_SHOWN]],
        "problems_in_all": checked.problems_in_all,
        "proposed": [
            [
                str(new.model._meta.verbose_name),
                new.code,
                new.name,
                new.rows,
            ]
            for new in checked.proposed.values()
        ],
        "preview": [table.headings, *[cells for _line, cells in table.rows[:PREVIEWED]]],
        "years": sorted(_years(checked).items()),
        "before": before and before.pk,
    }


def _years(checked):
    name = "started_at" if checked.what == "calls" else "opened_on"
    return Counter(row[name].year for row in checked.rows)


@contextlib.contextmanager
def _progress(batch):
    """Tells others how far it is, though the job's own transaction is not over."""
    aside = connection.copy()

    def progress(number):
        with aside.cursor() as cursor:
            cursor.execute(
                f"UPDATE {ImportBatch._meta.db_table} SET progress = %s WHERE id = %s",  # noqa: S608
                [number, batch.pk],
            )

    try:
        yield progress
    finally:
        aside.close()


def state_of(batch):
    """Where it stands, in words."""
    if batch.undone_at:
        return _("taken out again")
    if batch.done_at:
        return _("brought in")
    if batch.is_wanted:
        return _("being brought in")
    if not batch.checked_at:
        return _("being read")
    findings = json.loads(batch.findings or "{}")
    if findings.get("refusal") or findings.get("problems"):
        return _("to put right")
    return _("ready")
