"""What gunicorn serves."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from sanasezim.whole_body import refuse_half_a_body

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanasezim.settings")

try:
    application = refuse_half_a_body(get_wsgi_application())
except ImproperlyConfigured as refusal:
    print(f"The portal cannot start. {refusal}", file=sys.stderr)
    # gunicorn's code for an application that does not load: it stops and does not try again.
    sys.exit(4)
