"""The queue that everybody may write to."""

import django
from django.core.management import call_command

django.setup()
call_command("migrate", verbosity=0)
call_command("loaddata", "emailtemplate.json", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)

from helpdesk.models import Queue  # noqa: E402

Queue.objects.get_or_create(
    slug="help", defaults={"title": "Help", "allow_public_submission": True}
)
