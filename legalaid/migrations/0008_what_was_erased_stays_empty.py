from django.db import migrations

# Somebody may be writing at the moment of the erasing: FOR KEY SHARE waits for its end and sees it.
GUARDS = """
CREATE FUNCTION refuse_in_erased_intake() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ended timestamptz;
BEGIN
    SELECT erased_at INTO ended FROM legalaid_intake WHERE id = NEW.intake_id FOR KEY SHARE;
    IF ended IS NOT NULL THEN
        RAISE EXCEPTION 'this intake was erased' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION refuse_in_erased_case() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ended timestamptz;
BEGIN
    SELECT erased_at INTO ended FROM legalaid_case WHERE id = NEW.case_id FOR KEY SHARE;
    IF ended IS NOT NULL THEN
        RAISE EXCEPTION 'this case was erased' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
"""
UNGUARDED = """
DROP FUNCTION refuse_in_erased_intake();
DROP FUNCTION refuse_in_erased_case();
"""

# table → the parents that it may point at
PARTS = {
    "legalaid_message": ["intake"],
    "legalaid_document": ["intake", "case"],
    "legalaid_note": ["case"],
    "legalaid_task": ["case"],
    "legalaid_service": ["case"],
    "legalaid_referral": ["case"],
}

STAYS_EMPTY = """
ALTER TABLE legalaid_intake ADD CONSTRAINT intake_erased_is_empty CHECK (
    erased_at IS NULL
    OR octet_length(story) + octet_length(place) + octet_length(speaker_name) + octet_length(contact)
       + octet_length(contact_when) + octet_length(code_digest) = 0
       AND decided_at IS NOT NULL
);
ALTER TABLE legalaid_case ADD CONSTRAINT case_erased_is_closed_and_empty CHECK (
    erased_at IS NULL OR closed_on IS NOT NULL AND octet_length(hold_reason) = 0
);
"""
MAY_BE_FILLED = """
ALTER TABLE legalaid_intake DROP CONSTRAINT intake_erased_is_empty;
ALTER TABLE legalaid_case DROP CONSTRAINT case_erased_is_closed_and_empty;
"""


def guards():
    for table, parents in PARTS.items():
        for parent in parents:
            name = f"nothing_into_erased_{parent}"
            yield migrations.RunSQL(
                f"CREATE TRIGGER {name} BEFORE INSERT ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION refuse_in_erased_{parent}()",
                f"DROP TRIGGER {name} ON {table}",
            )


class Migration(migrations.Migration):
    dependencies = [
        ("legalaid", "0007_disposal_in_two_steps"),
    ]

    operations = [
        migrations.RunSQL(GUARDS, UNGUARDED),
        *guards(),
        migrations.RunSQL(STAYS_EMPTY, MAY_BE_FILLED),
    ]
