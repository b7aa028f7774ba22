from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from sanasezim import nightly


class Command(BaseCommand):
    help = "What is done once a night. Runs as the owner of the tables; safe to run again."

    def handle(self, **options):
        with connection.cursor() as cursor:
            # The limit is for requests: the whole library is indexed here.
            cursor.execute("SET statement_timeout = '10min'")
        if failed := nightly.run():
            raise CommandError(f"These steps failed: {', '.join(failed)}. The log says where.")
