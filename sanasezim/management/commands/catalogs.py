from django.core.management.base import BaseCommand

from sanasezim import catalogs


class Command(BaseCommand):
    help = "Make Uzbek Cyrillic from Uzbek Latin and compile every catalog that changed."
    requires_system_checks = []

    def handle(self, **options):
        for path in catalogs.build():
            self.stdout.write(str(path.relative_to(catalogs.LOCALE)))
