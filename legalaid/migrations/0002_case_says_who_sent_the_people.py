import django.contrib.postgres.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from sanasezim.shared.history import AddTrigger


class Migration(migrations.Migration):
    dependencies = [
        ("legalaid", "0001_legal_aid"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="case",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="case",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="case",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="case",
            name="referred_in",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("police", "police"),
                        ("embassy", "embassy or consulate"),
                        ("ngo", "another organisation (NGO)"),
                        ("international_organisation", "international organisation"),
                        ("self", "nobody, they came themselves"),
                        ("hotline", "hotline"),
                        ("state_service", "state service"),
                        ("other", "somebody else"),
                    ],
                    max_length=30,
                ),
                blank=True,
                default=list,
                size=None,
                verbose_name="sent to us by",
            ),
        ),
        migrations.AddField(
            model_name="caseevent",
            name="referred_in",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("police", "police"),
                        ("embassy", "embassy or consulate"),
                        ("ngo", "another organisation (NGO)"),
                        ("international_organisation", "international organisation"),
                        ("self", "nobody, they came themselves"),
                        ("hotline", "hotline"),
                        ("state_service", "state service"),
                        ("other", "somebody else"),
                    ],
                    max_length=30,
                ),
                blank=True,
                default=list,
                size=None,
                verbose_name="sent to us by",
            ),
        ),
        AddTrigger(
            model_name="case",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "legalaid_caseevent" ("closed_on", "dispose_on", "employer_id", "erased_at", "exploitation", "hold_reason", "id", "is_held", "lawyer_id", "office_id", "opened_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_of_exploitation", "project_id", "reference", "referred_in", "seal", "touched_at", "transfer_to_id", "turn", "turn_since") VALUES (NEW."closed_on", NEW."dispose_on", NEW."employer_id", NEW."erased_at", NEW."exploitation", NEW."hold_reason", NEW."id", NEW."is_held", NEW."lawyer_id", NEW."office_id", NEW."opened_on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place_of_exploitation", NEW."project_id", NEW."reference", NEW."referred_in", NEW."seal", NEW."touched_at", NEW."transfer_to_id", NEW."turn", NEW."turn_since"); RETURN NULL;',
                    hash="057e581a561ffe4fd40ea2b6cb3edc447eaefb8a",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_6eaa0",
                    table="legalaid_case",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="case",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "legalaid_caseevent" ("closed_on", "dispose_on", "employer_id", "erased_at", "exploitation", "hold_reason", "id", "is_held", "lawyer_id", "office_id", "opened_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_of_exploitation", "project_id", "reference", "referred_in", "seal", "touched_at", "transfer_to_id", "turn", "turn_since") VALUES (NEW."closed_on", NEW."dispose_on", NEW."employer_id", NEW."erased_at", NEW."exploitation", NEW."hold_reason", NEW."id", NEW."is_held", NEW."lawyer_id", NEW."office_id", NEW."opened_on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place_of_exploitation", NEW."project_id", NEW."reference", NEW."referred_in", NEW."seal", NEW."touched_at", NEW."transfer_to_id", NEW."turn", NEW."turn_since"); RETURN NULL;',
                    hash="ca4dced965a474388c30d1374573714b22953aa8",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_37cf1",
                    table="legalaid_case",
                    when="AFTER",
                ),
            ),
        ),
        AddTrigger(
            model_name="case",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "legalaid_caseevent" ("closed_on", "dispose_on", "employer_id", "erased_at", "exploitation", "hold_reason", "id", "is_held", "lawyer_id", "office_id", "opened_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_of_exploitation", "project_id", "reference", "referred_in", "seal", "touched_at", "transfer_to_id", "turn", "turn_since") VALUES (OLD."closed_on", OLD."dispose_on", OLD."employer_id", OLD."erased_at", OLD."exploitation", OLD."hold_reason", OLD."id", OLD."is_held", OLD."lawyer_id", OLD."office_id", OLD."opened_on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."place_of_exploitation", OLD."project_id", OLD."reference", OLD."referred_in", OLD."seal", OLD."touched_at", OLD."transfer_to_id", OLD."turn", OLD."turn_since"); RETURN NULL;',
                    hash="04ced89eaf785e59a7886e1947c42f6588e5c442",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_7beda",
                    table="legalaid_case",
                    when="AFTER",
                ),
            ),
        ),
    ]
