"""Which requests from the portal are held for a look. Nobody is refused: whoever is held has a
reference and a code like everybody else; staff see them apart from the queue.

A whole dormitory may sit behind one address, so the address alone says little. What people do not
do says more: answer faster than one reads, fill in what nobody sees.
"""

import ipaddress

from django.conf import settings

from legalaid.models import Intake
from sanasezim.shared import limits, network

HOUR = 3600
PER_ADDRESS, OF_ALL, FILES = "intakes", "intakes of all", "papers"


def why_held(request, *, seconds, trap):
    """A value of Intake.Held, or "". Counts this request: call it once for each that is new.

    `seconds` is how long the form was open; `trap` what stands in the field that nobody sees.
    """
    number = limits.count(PER_ADDRESS, place_of(request), HOUR)
    of_all = limits.count(OF_ALL, "", HOUR)
    # In a flood one request of an address is believed, and no more.
    most = settings.INTAKES_PER_HOUR if of_all <= settings.INTAKES_PER_HOUR_OF_ALL else 1
    if trap:
        return Intake.Held.TRAP
    if seconds < settings.INTAKE_FASTEST_SECONDS:
        return Intake.Held.TOO_FAST
    return Intake.Held.TOO_MANY if number > most else ""


def may_send_file(request):
    """Whether one more file of this address is looked at: looking costs more than everything else."""
    if limits.count_of(PER_ADDRESS, place_of(request)) > settings.INTAKES_PER_HOUR_MOST:
        return False
    return limits.count(FILES, place_of(request), HOUR) <= settings.PAPERS_PER_HOUR


def place_of(request):
    """The address that counts: of IPv6 the network, for a household has billions of addresses there."""
    address = network.client_address(request)
    if ":" in address:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return address
