"""Makes the PDFs of the demonstration from the portal's own print pages."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from resources.models import EditionVersion

CHROMIUM = "/usr/bin/chromium"


class Command(BaseCommand):
    help = "Print every live edition of the running portal to sanasezim/demo/publications/ as PDF."

    def add_arguments(self, parser):
        parser.add_argument("origin", help="where the portal runs, such as http://127.0.0.1:8000")

    def handle(self, origin, **options):
        try:
            from playwright.sync_api import sync_playwright
        except ImportError as missing:
            raise CommandError("Needs requirements-dev.txt and Chromium.") from missing
        folder = Path(settings.BASE_DIR) / "sanasezim" / "demo" / "publications"
        live = EditionVersion.objects.live().values_list("edition__publication__slug", "language")
        addresses = list(live)
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(java_script_enabled=False)
            for slug, language in addresses:
                page.goto(f"{origin}/{language}/library/{slug}/print/")
                page.pdf(
                    path=folder / slug / f"{language}.pdf", format="A4", prefer_css_page_size=True
                )
            browser.close()
        self.stdout.write(f"PDFs made: {len(addresses)}.")
