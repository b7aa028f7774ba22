from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sanasezim import demo_content


class Command(BaseCommand):
    help = "Load demonstration content, once, into an empty database. Demo mode only."

    def add_arguments(self, parser):
        parser.add_argument("--publications", type=int, default=0, metavar="N",
                            help="also N synthetic publications in seven languages, for measuring")  # fmt: skip
        parser.add_argument("--seed", type=int, default=0, help="the same seed makes the same")

    def handle(self, publications, seed, **options):
        if not settings.DEMO:
            raise CommandError("Demonstration content is for demo mode only (PORTAL_DEMO=1).")
        if demo_content.is_empty():
            demo_content.load()
            self.stdout.write(f"Demonstration content is loaded. Staff: {demo_content.ACCOUNTS}")
        elif not publications:
            self.stdout.write("The database is in use: demonstration content was not loaded.")
        if publications:
            demo_content.load_bulk(publications, seed)
            self.stdout.write(f"Synthetic publications: {publications}.")
