from django.core.management.base import BaseCommand, CommandError

from sanasezim import nightly
from sanasezim.shared import access_chain


class Command(BaseCommand):
    help = (
        "Check the chain of the record of looks: names each row that was changed, removed or slipped in. "
        "Prints the last link of the newest day, to be kept away from this machine."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--digest",
            help='what was printed earlier, as "2026-11-24 17 5f2c…": that link must still be there',
        )

    def handle(self, *, digest, **options):
        troubles = access_chain.troubles(kept_since=nightly.kept_since())
        if digest:
            troubles += access_chain.troubles_with(digest)
        for trouble in troubles:
            self.stderr.write(trouble)
        if troubles:
            raise CommandError(f"The record of looks is not whole: {len(troubles)} troubles.")
        last = access_chain.last_link()
        self.stdout.write("The record of looks is whole.")
        if last:
            self.stdout.write(str(last))
