from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from legalaid import erased_list, erasure


class Command(BaseCommand):
    help = (
        "After an older copy of the database was restored: erase again whoever was erased since. Until "
        "then the portal does not open. Runs as the owner of the tables; safe to run again."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--without-list",
            action="store_true",
            help="the list of what was erased is lost: begin a new one of what the database knows",
        )

    def handle(self, *, without_list, **options):
        with connection.cursor() as cursor:
            # The limits are for requests.
            cursor.execute("SET statement_timeout = '10min'")
        if without_list:
            self.stdout.write(f"Marks in the new list: {erased_list.copy()}.")
        elif erased_list.is_missing():
            raise CommandError(erased_list.troubles()[0])
        self.stdout.write(f"Erased again: {erasure.again()}.")
