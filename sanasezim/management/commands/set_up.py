from django.core.management.base import BaseCommand

from sanasezim.set_up import alone_in_the_database, set_up


class Command(BaseCommand):
    help = (
        "Make the database ready for this version of the portal: tables, roles of the staff, "
        "rights of the role that serves. Runs as the owner; safe to run again."
    )
    requires_system_checks = []  # migrate runs them

    def handle(self, **options):
        with alone_in_the_database():
            set_up()
        self.stdout.write("The database is ready.")
