from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from sanasezim.importing import checking, columns, files, meanings, writing
from sanasezim.shared.models import ImportBatch

MOST_SHOWN = 200


class Command(BaseCommand):
    help = (
        "Bring in old calls or cases from a CSV or XLSX file: all of it, or nothing. "
        "Every bad row is said with its line and reason."
    )

    def add_arguments(self, parser):
        parser.add_argument("what", nargs="?", choices=list(columns.COLUMNS))
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="read and report, write nothing")
        parser.add_argument(
            "--create-missing", action="store_true",
            help="create the offices, projects, topics and services that the file names",
        )  # fmt: skip
        parser.add_argument(
            "--map", action="append", default=[], metavar="HEADING=COLUMN",
            help="what a heading means; remembered. HEADING= leaves the column out",
        )  # fmt: skip
        parser.add_argument("--codes", action="store_true", help="list every column and its codes")
        parser.add_argument("--undo", type=int, metavar="N", help="take import number N out again")

    def handle(self, what, file, dry_run, create_missing, map, codes, undo, **options):  # noqa: A002
        if codes:
            return self.list_codes()
        if undo is not None:
            return self.take_out(undo)
        if not what or not file:
            raise CommandError("Say what it is and which file: import_history calls FILE.")
        try:
            data = file.read_bytes()
            table = files.read(data)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        except files.NotATable as refusal:
            raise CommandError(str(refusal)) from None
        for pair in map:
            heading, _sign, column = pair.partition("=")
            if column and column not in {one.name for one in columns.COLUMNS[what]}:
                raise CommandError(f"There is no column {column}.")
            meanings.remember_heading(what, heading, column)
        checked = checking.check(
            table, what, create_missing=create_missing,
            headings=meanings.headings(what), meanings=meanings.words(what),
        )  # fmt: skip
        if checked.problems:
            self.say_problems(checked)
        self.say_rows(checked)
        if dry_run:
            self.stdout.write("Nothing was written: this was a dry run.")
            return
        if before := writing.known_batch(checked):
            self.stdout.write(
                f"These rows are in already: import {before.pk} of {before.done_at:%Y-%m-%d}. "
                "Nothing was written."
            )
            return
        with transaction.atomic():
            batch = ImportBatch.objects.create(what=what, file_name=file.name[:200])
            writing.bring_in(batch, checked, self.progress(len(checked.rows)))
        writing.analyse()
        self.stdout.write(f"{batch.rows} {what} are in. To take them out: --undo {batch.pk}")

    def say_problems(self, checked):
        for problem in checked.problems[:MOST_SHOWN]:
            self.stderr.write(str(problem))
        if checked.problems_in_all > MOST_SHOWN:
            self.stderr.write(f"… and {checked.problems_in_all - MOST_SHOWN} more.")
        raise CommandError(
            f"Nothing was written. Cells to put right: {checked.problems_in_all}. "
            "New offices, projects, topics and services: --create-missing."
        )

    def say_rows(self, checked):
        first, last = checking.period_of(checked.rows, checked.what) or ("", "")
        self.stdout.write(f"{len(checked.rows)} {checked.what}, from {first} to {last}.")
        for new in checked.proposed.values():
            self.stdout.write(f"New: {new.model._meta.model_name} {new.code} ({new.name}).")

    def progress(self, whole):
        def progress(number):
            self.stdout.write(f"{number} of {whole}", ending="\n" if number == whole else "\r")
            self.stdout.flush()

        return progress

    def take_out(self, number):
        batch = ImportBatch.objects.filter(pk=number).first()
        if batch is None:
            raise CommandError(f"There is no import {number}.")
        try:
            taken = writing.take_out(batch, None)
        except writing.Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Import {number} is out again: {taken} rows.")

    def list_codes(self):
        for what, all_columns in columns.COLUMNS.items():
            self.stdout.write(f"{what}:")
            for column in all_columns:
                codes = [code for code, _label in column.choices]
                if column.names:
                    codes = list(
                        column.names.objects.order_by("code").values_list("code", flat=True)
                    )
                several = " (several, with ; between)" if column.is_listed else ""
                self.stdout.write(f"  {column.name}{several}: {' '.join(codes) or '-'}")
