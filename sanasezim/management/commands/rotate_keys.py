from django.core.management.base import BaseCommand, CommandError

from sanasezim.set_up import alone_in_the_database
from sanasezim.shared import key_proofs, key_rotation, keys


class Command(BaseCommand):
    help = (
        "Make the next data key and bring everything that is protected under it, while the portal "
        "serves. Once a year, and when somebody leaves who could read the keys. Runs as the owner."
    )
    requires_system_checks = []  # one of them refuses wrong keys, in the same words

    def add_arguments(self, parser):
        which = parser.add_mutually_exclusive_group()
        which.add_argument(
            "--make", action="store_true", help="only make the keys of a new portal, before set_up"
        )
        which.add_argument(
            "--retire",
            type=int,
            metavar="N",
            help="take data key N out of use, if nothing needs it",
        )

    def handle(self, make, retire, **options):
        try:
            with alone_in_the_database():
                if make:
                    self.make()
                elif retire is not None:
                    key_rotation.retire(retire, self.stdout.write)
                else:
                    key_rotation.rotate(self.stdout.write)
        except keys.KeyTrouble as trouble:
            raise CommandError(str(trouble)) from trouble

    def make(self):
        made = keys.make_missing(known=key_proofs.recorded())
        self.stdout.write(f"Made: {', '.join(made)}." if made else "All are there already.")
