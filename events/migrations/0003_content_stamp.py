from django.db import migrations

from sanasezim.shared.content_stamp import watch


class Migration(migrations.Migration):
    dependencies = [("events", "0002_initial"), ("shared", "0002_content_stamp")]

    operations = [watch("events_event", "events_eventtext", "events_event_materials")]
