from django.db import migrations

from sanasezim.shared.content_stamp import watch


class Migration(migrations.Migration):
    dependencies = [("shared", "0001_initial")]

    operations = [
        migrations.RunSQL(
            [
                "CREATE TABLE content_stamp (number bigint NOT NULL)",
                "INSERT INTO content_stamp VALUES (1)",
                "CREATE FUNCTION raise_content_stamp() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN UPDATE content_stamp SET number = number + 1; RETURN NULL; END $$",
            ],
            ["DROP FUNCTION raise_content_stamp()", "DROP TABLE content_stamp"],
        ),
        watch(
            "shared_page",
            "shared_pagetext",
            "shared_fact",
            "shared_facttext",
            "shared_office",
            "shared_officetext",
            "shared_partner",
            "shared_partnertext",
            "shared_line",
            "shared_linetext",
            "shared_linehours",
        ),
    ]
