"""What gunicorn serves."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanasezim.settings")

try:
    application = get_wsgi_application()
except ImproperlyConfigured as refusal:
    print(f"The portal cannot start. {refusal}", file=sys.stderr)
    # gunicorn's code for an application that does not load: it stops and does not try again.
    sys.exit(4)
