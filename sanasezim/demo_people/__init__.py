"""Demonstration people: two years of calls, requests and cases, invented from the first to the last.

`plan.py` says what happened, as data; `telling.py` lets it happen, each step of each story in the order
of time, through the functions that staff and visitors use. What they did is done now, so `past.py` dates
it afterwards. The texts stand in demo/people.json and demo/cases.json.

In proportion to what is published: citizenship, sex and age of those in cases after IOM's mapping of
stranded migrants, exploitation after the persons helped in 2024, a sixth of the speakers third parties,
callers' sex after the hotline's 3,023 calls. Not its 87 % who prepare to leave: today the line is rung
by people who work here.
"""

from django.db import transaction

from sanasezim.demo_people import line
from sanasezim.demo_people.plan import plan
from sanasezim.demo_people.telling import Teller


@transaction.atomic
def load(seed=0, now=None, with_files=True):
    """Let the plan happen. Returns (reference, secret code, language, how it stands) of the requests."""
    teller = Teller(plan(seed, now), with_files)
    teller.tell()
    line.load()
    return list(teller.codes())
