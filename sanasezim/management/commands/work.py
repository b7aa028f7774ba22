import os
import signal
import threading

from django.core.management.base import BaseCommand

from sanasezim import work


class Command(BaseCommand):
    help = (
        "The worker: letters, reminders, erasing, whatever is put off until later. Runs as the owner "
        "of the tables until it is stopped; a second one may run beside it."
    )

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="do what is due, then end")
        parser.add_argument(
            "--nights",
            action="store_true",
            help="also do what is done at night, where no timer starts `nightly`",
        )
        parser.add_argument(
            "--beside", type=int, metavar="PID", help="end with the process that started this one"
        )

    def handle(self, *, once, nights, beside, **options):
        if once:
            work.once()
            return
        stop = threading.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: stop.set())

        def ends():
            return stop.is_set() or beside is not None and os.getppid() != beside

        self.stdout.write("The worker is ready.")
        self.stdout.flush()
        work.until(ends, stop.wait, nights=nights)
