"""Asking on the portal to be called back: a form that is not sent yet, and the sending of it.

The same answers of the same form are one callback, however often they arrive. Whoever sends them is
answered the same, whether it is new, came twice, or is held for a look.
"""

import json
import time
import uuid

from hotline import ringing_back
from legalaid import slips
from sanasezim.shared import keys

PURPOSE = "callback"


def new_slip():
    return slips.seal(PURPOSE, number=uuid.uuid4().hex, began=time.time())


def slip_of(request):
    """What the form carried; None if it is none of ours."""
    return slips.of(request, PURPOSE)


def same_slip(slip):
    """The same form once more: what it asks for is still the same callback."""
    return slips.seal(PURPOSE, number=slip["number"], began=slip["began"])


def send(request, form, slip):
    """The callback of this form: made now, or when it came before."""
    token = _token(slip, form)
    if first := ringing_back.asked_before(token):
        return first
    callback = form.callback()
    callback.form_token = token
    callback.held_because = ringing_back.why_held(
        request,
        phone=callback.phone,
        seconds=time.time() - slip["began"],
        trap=form.cleaned_data["website"],
    )
    return ringing_back.take_in(callback)


def _token(slip, form):
    answers = {name: value for name, value in form.cleaned_data.items() if name != "website"}
    told = json.dumps([slip["number"], answers], sort_keys=True)
    return uuid.UUID(bytes=keys.code_of(keys.PEPPER, "callback token", told)[:16])
