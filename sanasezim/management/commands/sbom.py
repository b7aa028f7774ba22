import json

from django.core.management.base import BaseCommand

from sanasezim import supply


class Command(BaseCommand):
    help = "Print every package the portal runs on, as CycloneDX JSON or as a table."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--table", action="store_true", help="a table for people: version, licence, what for"
        )

    def handle(self, *, table, **options):
        self.stdout.write(supply.table() if table else json.dumps(supply.bill(), indent=2))
