from django.core.management.base import BaseCommand, CommandError

from sanasezim.shared import access_log, accounts, notices, second_factor
from sanasezim.shared.access_log import Action
from sanasezim.shared.models import User


class Command(BaseCommand):
    help = (
        "Remove an account's second factor, when nobody is left who could confirm it in the staff "
        "pages. The next sign-in sets up another. It is written down, and the person is told by mail."
    )

    def add_arguments(self, parser):
        parser.add_argument("name", help="the account's user name")

    def handle(self, name, **options):
        account = User.objects.filter(username=name).first()
        if account is None:
            raise CommandError(f"There is no account {name}.")
        second_factor.remove(account)
        accounts.end_sessions(account)
        access_log.record(Action.FACTOR, by=None, what=account)
        notices.account_news(account)
        self.stdout.write("Removed. The next sign-in sets up another.")
