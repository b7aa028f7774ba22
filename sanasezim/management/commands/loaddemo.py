import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sanasezim import demo_content
from sanasezim.demo_people import bulk
from sanasezim.reports import tally

PROGRESS_AT = 10_000


class Command(BaseCommand):
    help = "Load demonstration content, once, into an empty database. Demo mode only."

    def add_arguments(self, parser):
        parser.add_argument("--publications", type=int, default=0, metavar="N",
                            help="also N synthetic publications in seven languages, for measuring")  # fmt: skip
        parser.add_argument("--cases", type=int, default=0, metavar="N",
                            help="also N synthetic cases, with a quarter as many other requests")  # fmt: skip
        parser.add_argument("--calls", type=int, default=0, metavar="N",
                            help="also N synthetic calls")  # fmt: skip
        parser.add_argument("--seed", type=int, default=0, help="the same seed makes the same")

    def handle(self, publications, cases, calls, seed, **options):
        if not settings.DEMO:
            raise CommandError("Demonstration content is for demo mode only (PORTAL_DEMO=1).")
        if demo_content.is_empty():
            demo_content.load(seed=seed)
            self.stdout.write(f"Demonstration content is loaded. Staff: {demo_content.ACCOUNTS}")
        elif not (publications or cases or calls):
            self.stdout.write("The database is in use: demonstration content was not loaded.")
        if publications:
            demo_content.load_bulk(publications, seed)
            self.stdout.write(f"Synthetic publications: {publications}.")
        if cases:
            bulk.load_cases(cases, seed, progress=self.progress("cases", cases))
        if calls:
            bulk.load_calls(calls, seed, progress=self.progress("calls", calls))
            tally.refresh_all()

    def progress(self, what, all_of_them):
        """Says now and then how many there are, and how long the last of them took."""
        said = {"number": 0, "at": time.monotonic()}

        def progress(number):
            if number - said["number"] < PROGRESS_AT and number < all_of_them:
                return
            seconds = time.monotonic() - said["at"]
            each = seconds / (number - said["number"]) * PROGRESS_AT
            self.stdout.write(f"Synthetic {what}: {number}, {each:.1f} s for each {PROGRESS_AT}.")
            self.stdout.flush()
            said.update(number=number, at=time.monotonic())

        return progress
