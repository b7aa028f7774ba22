"""What gunicorn serves."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from sanasezim import patience
from sanasezim.utf8 import Utf8Request
from sanasezim.whole_body import refuse_half_a_body

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanasezim.settings")

# gunicorn's code for an application that does not load: it stops and does not try again.
DOES_NOT_LOAD = 4


def refuse_what_does_not_fit():
    """Stop, with a sentence, if the keys are not those of the database, or if it was restored and people
    who were erased are back in it. Once, before the workers."""
    from django.db import DatabaseError

    from legalaid import erased_list
    from sanasezim.shared import key_proofs

    try:
        troubles = key_proofs.troubles() or erased_list.troubles()
    except DatabaseError:
        return  # it may come later; until then /readyz says that we are not ready
    if troubles:
        print(f"The portal cannot start. {troubles[0]}", file=sys.stderr)
        sys.exit(DOES_NOT_LOAD)


patience.begin()
try:
    portal = get_wsgi_application()
    portal.request_class = Utf8Request
    application = refuse_half_a_body(portal)
except ImproperlyConfigured as refusal:
    print(f"The portal cannot start. {refusal}", file=sys.stderr)
    sys.exit(DOES_NOT_LOAD)
