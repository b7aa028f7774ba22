from django.db import migrations

from sanasezim.shared.content_stamp import watch


class Migration(migrations.Migration):
    dependencies = [("resources", "0002_initial"), ("shared", "0002_content_stamp")]

    operations = [
        watch(
            "resources_topic",
            "resources_topictext",
            "resources_publication",
            "resources_publication_topics",
            "resources_edition",
            "resources_editionversion",
        ),
    ]
