import sys

from django.core.management.base import BaseCommand

from sanasezim.backups import BackupTrouble, making


class Command(BaseCommand):
    help = (
        "Write the whole portal into one sealed file: database, files, keys. It is read back before "
        "it gets its name. Runs as the owner of the tables."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help="the name of the backup; it must be free")

    def handle(self, *, file, **options):
        try:
            made = making.make(file)
        except BackupTrouble as trouble:
            sys.exit(f"{trouble}")
        self.stdout.write(
            f"Backup written and read back: {file} ({made['size'] / 1e6:.1f} MB, "
            f"{made['files']} files, {made['keys']} keys, {made['seconds']} seconds)."
        )
