import sys

from django.core.management.base import BaseCommand

from sanasezim.backups import BackupTrouble, restoring


class Command(BaseCommand):
    help = (
        "Bring back a backup: database, files, keys. Looked through to its end before anything is "
        "touched; who was erased since is erased again. Runs as the owner of the tables."
    )
    requires_system_checks = []  # of what is here now, nothing need be right

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help="the backup")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="the database is not empty: what is in it now goes for good",
        )

    def handle(self, *, file, replace, **options):
        try:
            number = restoring.restore(file, replace=replace, say=self.stdout.write)
        except BackupTrouble as trouble:
            sys.exit(f"{trouble}")
        self.stdout.write(
            f"Restored from {file}: the database, {number['files']} files, {number['keys']} keys. "
            f"Erased again: {number['erased']}."
        )
