from django.core.management.base import BaseCommand

from sanasezim import starting_content


class Command(BaseCommand):
    help = "Load the topics, facts and standing pages that a new portal starts with."

    def handle(self, **options):
        loaded = starting_content.load()
        self.stdout.write(f"Loaded: {', '.join(loaded)}." if loaded else "All are there already.")
