from django.core.management.base import BaseCommand
from django.db import transaction

from resources import search


class Command(BaseCommand):
    help = "Make the search index of the library anew."

    @transaction.atomic
    def handle(self, **options):
        self.stdout.write(f"Versions in the index: {search.reindex()}.")
