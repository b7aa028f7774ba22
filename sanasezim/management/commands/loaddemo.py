from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sanasezim import demo_content


class Command(BaseCommand):
    help = "Load demonstration content, once, into an empty database. Demo mode only."

    def handle(self, **options):
        if not settings.DEMO:
            raise CommandError("Demonstration content is for demo mode only (PORTAL_DEMO=1).")
        if not demo_content.is_empty():
            self.stdout.write("The database is in use: demonstration content was not loaded.")
            return
        demo_content.load()
        self.stdout.write(f"Demonstration content is loaded. Staff accounts: {demo_content.ACCOUNTS}")
