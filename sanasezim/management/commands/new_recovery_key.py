from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from sanasezim.backups import recovery_key


class Command(BaseCommand):
    help = "Make the pair of keys of all backups. The half that opens them is shown once, for the safe."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--into", metavar="FILE", help="write the half for the safe into this file, not here"
        )

    def handle(self, *, into, **options):
        public, secret = recovery_key.new()
        if into:
            try:
                Path(into).touch(mode=0o600, exist_ok=False)
            except FileExistsError:
                raise CommandError(f"{into} is there already.") from None
            except OSError as error:
                raise CommandError(f"{into} cannot be written: {error.strerror}.") from None
            Path(into).write_text(f"{secret}\n")
        self.stdout.write(f"BACKUP_KEY={public}")
        self.stderr.write(
            "The line above goes into portal.env. The other half opens every backup: put it on paper "
            "into two safes, and keep it nowhere on this machine.\n" + (into or secret)
        )
