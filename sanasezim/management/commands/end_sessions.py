from django.core.management.base import BaseCommand, CommandError

from sanasezim.shared import access_log, accounts
from sanasezim.shared.access_log import Action
from sanasezim.shared.models import User


class Command(BaseCommand):
    help = "End every session of the staff, or those of one account. The next click leads to the sign-in."

    def add_arguments(self, parser):
        parser.add_argument("--user", metavar="NAME", help="only this account's sessions")

    def handle(self, user, **options):
        account = None
        if user is not None:
            account = User.objects.filter(username=user).first()
            if account is None:
                raise CommandError(f"There is no account {user}.")
        access_log.record(Action.ACCOUNT, by=None, what=account or User)
        self.stdout.write(f"Sessions ended: {accounts.end_sessions(account)}.")
