import datetime
import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from sanasezim.reports import formats, tables, tally
from sanasezim.reports.asked import BANDS, Asked
from sanasezim.reports.suppression import suppress
from sanasezim.shared.languages import STAFF_LANGUAGES
from sanasezim.shared.models import Line, Office, Project


class Command(BaseCommand):
    help = "The activity report of a period, both of its days included, in the time of Almaty."

    def add_arguments(self, parser):
        parser.add_argument("--from", dest="start", type=_day, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--to", dest="end", type=_day, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--project", help="its code")
        parser.add_argument("--office", help="its code")
        parser.add_argument("--line", help="its phone number")
        parser.add_argument("--format", choices=["json", "csv", "xlsx"], default="json")
        parser.add_argument("--bands", default="", metavar="18,25,35",
                            help="the first years of the bands of ages")  # fmt: skip
        parser.add_argument(
            "--compare", action="store_true", help="with the same days a year before"
        )
        parser.add_argument("--tables", default="", metavar="ID,ID", help="only these tables")
        parser.add_argument("--language", choices=STAFF_LANGUAGES, default="ru")
        parser.add_argument("--safe", action="store_true",
                            help="hide small numbers, as in what leaves the house")  # fmt: skip
        parser.add_argument("--output", metavar="FILE", help="a file instead of standard output")

    def handle(self, *, start, end, language, output, **options):
        if end < start:
            raise CommandError("--to lies before --from.")
        asked = Asked(
            start,
            end,
            project=_one(Project, "code", options["project"]),
            office=_one(Office, "code", options["office"]),
            line=_one(Line, "phone", options["line"]),
            bands=_bands(options["bands"]),
        )
        ids = [code for code in options["tables"].split(",") if code]
        if unknown := [code for code in ids if code not in tables.BY_ID]:
            raise CommandError(f"No table is called {', '.join(unknown)}.")
        tally.refresh(asked.whole_months)
        with translation.override(language):
            report = tables.make(asked, ids, compared=options["compare"])
            if options["safe"]:
                suppress(report)
            made = self.written(report, options["format"])
        if output:
            with open(output, "wb") as file:
                file.write(made)
        elif options["format"] == "xlsx":
            self.stdout.buffer.write(made)
        else:
            self.stdout.write(made.decode())

    def written(self, report, how):
        if how == "json":
            return json.dumps(formats.as_json(report), ensure_ascii=False, indent=1).encode()
        return {"csv": formats.as_csv, "xlsx": formats.as_xlsx}[how](report)


def _day(text):
    return datetime.date.fromisoformat(text)


def _one(model, field, value):
    if not value:
        return None
    try:
        return model.objects.get(**{field: value})
    except model.DoesNotExist:
        name = model._meta.verbose_name
        raise CommandError(f"There is no {name} with {field} {value}.") from None


def _bands(text):
    try:
        return tuple(int(first) for first in text.split(",") if first.strip()) or BANDS
    except ValueError:
        raise CommandError("--bands takes whole numbers, as in 18,25,35.") from None
