from django.core.management.base import BaseCommand
from django.db import transaction

from resources import search


class Command(BaseCommand):
    help = (
        "Make the search index of the library anew. Once a night is enough to find facts, topics and"
        " words for one thing as they are now, whoever changed them."
    )

    @transaction.atomic
    def handle(self, **options):
        self.stdout.write(f"Versions in the index: {search.reindex()}.")
