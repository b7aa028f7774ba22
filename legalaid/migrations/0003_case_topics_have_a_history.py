import django.db.models.deletion
import pgtrigger.compiler
from django.db import migrations, models

from sanasezim.shared.history import AddTrigger


class Migration(migrations.Migration):
    dependencies = [
        ("legalaid", "0002_case_says_who_sent_the_people"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("resources", "0001_library"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseTopic",
            fields=[],
            options={
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("legalaid.case_topics",),
        ),
        migrations.CreateModel(
            name="CaseTopicEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        db_tablespace="",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="legalaid.case",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        db_constraint=False,
                        db_tablespace="",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="resources.topic",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="legalaid.casetopic",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        AddTrigger(
            model_name="casetopic",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "legalaid_casetopicevent" ("case_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "topic_id") VALUES (NEW."case_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."topic_id"); RETURN NULL;',
                    hash="220a47db4afa0ceb5a568e04035929579c483448",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_659ec",
                    table="legalaid_case_topics",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="casetopic",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "legalaid_casetopicevent" ("case_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "topic_id") VALUES (NEW."case_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."topic_id"); RETURN NULL;',
                    hash="d3ec0a52be0fbdf2e4cde96b7e0bab966592f05b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_8e61b",
                    table="legalaid_case_topics",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="casetopic",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "legalaid_casetopicevent" ("case_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "topic_id") VALUES (OLD."case_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."topic_id"); RETURN NULL;',
                    hash="5e8053d23620462e94e1bcb0c3818612f5053126",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_c9cb2",
                    table="legalaid_case_topics",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="casetopicevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="6ec68f4d2b12d29842f3d679b7d243b9edb7eec1",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_6d652",
                    table="legalaid_casetopicevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
