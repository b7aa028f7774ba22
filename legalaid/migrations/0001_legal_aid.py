import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import sanasezim.shared.protected
import sanasezim.shared.sealed_files
import sanasezim.shared.search_keys
from sanasezim.shared.history import AddTrigger
from sanasezim.shared.migrating import together

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

    replaces = [('legalaid', '0001_intakes_cases_and_people'), ('legalaid', '0004_employers_merge_and_intakes_name_one'), ('legalaid', '0005_deadline_rule_says_whether_it_moves'), ('legalaid', '0006_intake_erasure_wished'), ('legalaid', '0007_disposal_in_two_steps'), ('legalaid', '0008_what_was_erased_stays_empty'), ('legalaid', '0009_referral_link_answers_and_pack_needs_two'), ('legalaid', '0010_lists_have_their_order')]

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('resources', '0001_library'),
        ('shared', '0005_job'),
    ]

    operations = together([
        migrations.CreateModel(
            name='Employer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=200, sealed_as='legalaid.employer.name', verbose_name='name')),
                ('other_names', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', help_text='One a line: spellings, earlier names, what workers call it.', max_length=1000, sealed_as='legalaid.employer.other_names', verbose_name='other names')),
                ('number', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', help_text='Twelve digits, if they are known.', max_length=40, sealed_as='legalaid.employer.number', verbose_name='BIN or IIN')),
                ('phones', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', help_text='One a line.', max_length=400, sealed_as='legalaid.employer.phones', verbose_name='phone numbers')),
                ('place', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=400, sealed_as='legalaid.employer.place', verbose_name='place')),
                ('sector', models.CharField(blank=True, max_length=80, verbose_name='kind of work')),
                ('added_at', models.DateTimeField(auto_now_add=True, verbose_name='added at')),
                ('search_keys', sanasezim.shared.search_keys.SearchKeysField(documents=['number'], names=['name', 'other_names'], phones=['phones'])),
                ('merged_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='merged at')),
                ('merged_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='merged by')),
                ('merged_into', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_rows', to='legalaid.employer', verbose_name='is the same as')),
            ],
            options={
                'verbose_name': 'employer',
                'verbose_name_plural': 'employers',
                'ordering': ['pk'],
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['search_keys'], name='employer_search_keys')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('merged_at', None), ('merged_by', None), ('merged_into', None)), models.Q(('merged_at__isnull', False), ('merged_by__isnull', False), ('merged_into__isnull', False)), _connector='OR'), name='employer_merged_by_somebody'), models.CheckConstraint(condition=models.Q(('merged_into', None), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='employer_is_not_merged_into_itself', violation_error_message='This is the same row.')],
            },
        ),
        migrations.CreateModel(
            name='EmployerEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('seal', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('name', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=200, sealed_as='legalaid.employer.name', verbose_name='name')),
                ('other_names', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', help_text='One a line: spellings, earlier names, what workers call it.', max_length=1000, sealed_as='legalaid.employer.other_names', verbose_name='other names')),
                ('number', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', help_text='Twelve digits, if they are known.', max_length=40, sealed_as='legalaid.employer.number', verbose_name='BIN or IIN')),
                ('phones', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', help_text='One a line.', max_length=400, sealed_as='legalaid.employer.phones', verbose_name='phone numbers')),
                ('place', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=400, sealed_as='legalaid.employer.place', verbose_name='place')),
                ('sector', models.CharField(blank=True, max_length=80, verbose_name='kind of work')),
                ('added_at', models.DateTimeField(auto_now_add=True, verbose_name='added at')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='legalaid.employer')),
                ('merged_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='merged at')),
                ('merged_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='merged by')),
                ('merged_into', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.employer', verbose_name='is the same as')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sex', models.CharField(blank=True, choices=[('male', 'man'), ('female', 'woman'), ('other', 'other')], max_length=10, verbose_name='sex')),
                ('birth_year', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1900)], verbose_name='year of birth')),
                ('age', models.PositiveSmallIntegerField(blank=True, help_text='As it was said. Leave empty if you know the year of birth.', null=True, validators=[django.core.validators.MaxValueValidator(110)], verbose_name='age')),
                ('age_on', models.DateField(blank=True, null=True, verbose_name='age was said on')),
                ('age_is_about', models.BooleanField(default=False, verbose_name='the age is approximate')),
                ('minor', models.CharField(blank=True, choices=[('yes', 'yes'), ('no', 'no')], max_length=3, verbose_name='under 18')),
                ('citizenship', models.CharField(blank=True, choices=[('UZ', 'Uzbekistan'), ('KG', 'Kyrgyzstan'), ('TJ', 'Tajikistan'), ('TM', 'Turkmenistan'), ('KZ', 'Kazakhstan'), ('RU', 'Russia'), ('AF', 'Afghanistan'), ('AM', 'Armenia'), ('AZ', 'Azerbaijan'), ('BY', 'Belarus'), ('CN', 'China'), ('GE', 'Georgia'), ('IN', 'India'), ('IR', 'Iran'), ('MD', 'Moldova'), ('MN', 'Mongolia'), ('PK', 'Pakistan'), ('TR', 'Türkiye'), ('UA', 'Ukraine'), ('AE', 'United Arab Emirates'), ('CY', 'Cyprus'), ('DE', 'Germany'), ('KR', 'South Korea'), ('PT', 'Portugal'), ('PL', 'Poland'), ('stateless', 'no citizenship'), ('undetermined', 'citizenship not determined')], max_length=12, verbose_name='citizenship')),
                ('home_region', models.CharField(blank=True, max_length=80, verbose_name='home region')),
                ('language', models.CharField(blank=True, choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English'), ('other', 'another language')], max_length=10, verbose_name='language')),
                ('is_caller', models.BooleanField(default=False, editable=False, help_text='Operators find callers, and nobody else.', verbose_name='has called the hotline')),
                ('added_at', models.DateTimeField(auto_now_add=True, verbose_name='added at')),
                ('added_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='added by')),
            ],
            options={
                'verbose_name': 'person',
                'verbose_name_plural': 'people',
                'constraints': [models.CheckConstraint(condition=models.Q(('birth_year', None), ('age', None), _connector='OR'), name='person_age_once', violation_error_message='Give the year of birth or the age, not both.'), models.CheckConstraint(condition=models.Q(models.Q(('age', None), ('age_on', None)), models.Q(('age__isnull', False), ('age_on__isnull', False)), _connector='OR'), name='person_age_with_its_day', violation_error_message='An age needs the day on which it was said.')],
            },
        ),
        migrations.CreateModel(
            name='PersonEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('sex', models.CharField(blank=True, choices=[('male', 'man'), ('female', 'woman'), ('other', 'other')], max_length=10, verbose_name='sex')),
                ('birth_year', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1900)], verbose_name='year of birth')),
                ('age', models.PositiveSmallIntegerField(blank=True, help_text='As it was said. Leave empty if you know the year of birth.', null=True, validators=[django.core.validators.MaxValueValidator(110)], verbose_name='age')),
                ('age_on', models.DateField(blank=True, null=True, verbose_name='age was said on')),
                ('age_is_about', models.BooleanField(default=False, verbose_name='the age is approximate')),
                ('minor', models.CharField(blank=True, choices=[('yes', 'yes'), ('no', 'no')], max_length=3, verbose_name='under 18')),
                ('citizenship', models.CharField(blank=True, choices=[('UZ', 'Uzbekistan'), ('KG', 'Kyrgyzstan'), ('TJ', 'Tajikistan'), ('TM', 'Turkmenistan'), ('KZ', 'Kazakhstan'), ('RU', 'Russia'), ('AF', 'Afghanistan'), ('AM', 'Armenia'), ('AZ', 'Azerbaijan'), ('BY', 'Belarus'), ('CN', 'China'), ('GE', 'Georgia'), ('IN', 'India'), ('IR', 'Iran'), ('MD', 'Moldova'), ('MN', 'Mongolia'), ('PK', 'Pakistan'), ('TR', 'Türkiye'), ('UA', 'Ukraine'), ('AE', 'United Arab Emirates'), ('CY', 'Cyprus'), ('DE', 'Germany'), ('KR', 'South Korea'), ('PT', 'Portugal'), ('PL', 'Poland'), ('stateless', 'no citizenship'), ('undetermined', 'citizenship not determined')], max_length=12, verbose_name='citizenship')),
                ('home_region', models.CharField(blank=True, max_length=80, verbose_name='home region')),
                ('language', models.CharField(blank=True, choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English'), ('other', 'another language')], max_length=10, verbose_name='language')),
                ('is_caller', models.BooleanField(default=False, editable=False, help_text='Operators find callers, and nobody else.', verbose_name='has called the hotline')),
                ('added_at', models.DateTimeField(auto_now_add=True, verbose_name='added at')),
                ('added_by', models.ForeignKey(db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='added by')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='legalaid.person')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Identity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=200, sealed_as='legalaid.identity.name', verbose_name='full name')),
                ('other_names', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', help_text='One a line.', max_length=400, sealed_as='legalaid.identity.other_names', verbose_name='other names and spellings')),
                ('phones', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', help_text='One a line.', max_length=400, sealed_as='legalaid.identity.phones', verbose_name='phone numbers')),
                ('messengers', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=400, sealed_as='legalaid.identity.messengers', verbose_name='messengers')),
                ('address', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=400, sealed_as='legalaid.identity.address', verbose_name='address')),
                ('documents', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', help_text='Only if a step needs them. One a line.', max_length=400, sealed_as='legalaid.identity.documents', verbose_name='document numbers')),
                ('search_keys', sanasezim.shared.search_keys.SearchKeysField(documents=['documents'], names=['name', 'other_names'], phones=['phones'])),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='identity', to='legalaid.person', verbose_name='person')),
            ],
            options={
                'verbose_name': 'identity',
                'verbose_name_plural': 'identities',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['search_keys'], name='identity_search_keys')],
            },
        ),
        migrations.CreateModel(
            name='IdentityEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('seal', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('name', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=200, sealed_as='legalaid.identity.name', verbose_name='full name')),
                ('other_names', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', help_text='One a line.', max_length=400, sealed_as='legalaid.identity.other_names', verbose_name='other names and spellings')),
                ('phones', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', help_text='One a line.', max_length=400, sealed_as='legalaid.identity.phones', verbose_name='phone numbers')),
                ('messengers', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=400, sealed_as='legalaid.identity.messengers', verbose_name='messengers')),
                ('address', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=400, sealed_as='legalaid.identity.address', verbose_name='address')),
                ('documents', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', help_text='Only if a step needs them. One a line.', max_length=400, sealed_as='legalaid.identity.documents', verbose_name='document numbers')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='legalaid.identity')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.person', verbose_name='person')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ConsentText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField(verbose_name='version')),
                ('language', models.CharField(choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English')], max_length=10, verbose_name='language')),
                ('body', models.TextField(verbose_name='text')),
                ('valid_from', models.DateField(default=django.utils.timezone.localdate, verbose_name='valid from')),
            ],
            options={
                'verbose_name': 'consent text',
                'verbose_name_plural': 'consent texts',
                'ordering': ['-version', 'language'],
                'constraints': [models.UniqueConstraint(fields=('version', 'language'), name='consent_text_once_per_language', violation_error_message='This version exists in this language already.'), models.CheckConstraint(condition=models.Q(('language__in', ['kk', 'ru', 'uz', 'uz-cyrl', 'ky', 'tg', 'en'])), name='consent_text_in_one_of_our_languages')],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('how', models.CharField(choices=[('ticked', 'ticked on the portal'), ('spoken', 'said, after it was read out'), ('signed', 'signed on paper')], max_length=10, verbose_name='how')),
                ('given_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='given at')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='taken back at')),
                ('text', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='legalaid.consenttext')),
            ],
            options={
                'verbose_name': 'consent',
                'verbose_name_plural': 'consents',
                'constraints': [models.CheckConstraint(condition=models.Q(('withdrawn_at', None), ('withdrawn_at__gte', models.F('given_at')), _connector='OR'), name='consent_withdrawn_after_given')],
            },
        ),
        migrations.CreateModel(
            name='ConsentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('how', models.CharField(choices=[('ticked', 'ticked on the portal'), ('spoken', 'said, after it was read out'), ('signed', 'signed on paper')], max_length=10, verbose_name='how')),
                ('given_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='given at')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='taken back at')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='legalaid.consent')),
                ('text', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.consenttext')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DisposalBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('junk', 'junk intakes'), ('declined', 'declined and answered intakes'), ('cases', 'closed cases'), ('calls', 'calls without a case'), ('people', 'people without any record'), ('wished', 'erasure that a person asked for')], max_length=10, verbose_name='what')),
                ('found_at', models.DateTimeField(auto_now_add=True, verbose_name='found at')),
                ('approved_at', models.DateTimeField(blank=True, null=True, verbose_name='approved at')),
                ('erased_at', models.DateTimeField(blank=True, null=True, verbose_name='erased at')),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by')),
                ('checked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='checked by')),
            ],
            options={
                'verbose_name': 'disposal',
                'verbose_name_plural': 'disposals',
                'ordering': ['-found_at'],
                'permissions': [('approve_disposal', 'Can check and approve a disposal')],
                'constraints': [models.CheckConstraint(condition=models.Q(('approved_by', None), models.Q(('checked_by__isnull', False), models.Q(('approved_by', models.F('checked_by')), _negated=True)), _connector='OR'), name='disposal_approved_by_a_second_person', violation_error_message='Somebody else must approve it.'), models.CheckConstraint(condition=models.Q(('erased_at', None), ('approved_by__isnull', False), _connector='OR'), name='disposal_erased_after_approval'), models.UniqueConstraint(condition=models.Q(('checked_by', None)), fields=('kind',), name='disposal_unchecked_once_per_kind')],
            },
        ),
        migrations.CreateModel(
            name='DisposalBatchEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('junk', 'junk intakes'), ('declined', 'declined and answered intakes'), ('cases', 'closed cases'), ('calls', 'calls without a case'), ('people', 'people without any record'), ('wished', 'erasure that a person asked for')], max_length=10, verbose_name='what')),
                ('found_at', models.DateTimeField(auto_now_add=True, verbose_name='found at')),
                ('approved_at', models.DateTimeField(blank=True, null=True, verbose_name='approved at')),
                ('erased_at', models.DateTimeField(blank=True, null=True, verbose_name='erased at')),
                ('approved_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by')),
                ('checked_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='checked by')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='legalaid.disposalbatch')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DisposalItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=40)),
                ('what_id', models.BigIntegerField()),
                ('erased_at', models.DateTimeField(blank=True, null=True)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='legalaid.disposalbatch')),
                ('left_out_at', models.DateTimeField(blank=True, null=True)),
                ('left_out_because', models.CharField(blank=True, choices=[('needed', 'a court, an authority or a claim still needs it'), ('asked', 'the person asks us to keep it'), ('unsure', 'it has to be looked at first'), ('not_due', 'meanwhile held, opened again or written to')], max_length=10, verbose_name='why it is left out')),
            ],
            options={
                'verbose_name': 'record to dispose of',
                'verbose_name_plural': 'records to dispose of',
                'indexes': [models.Index(fields=['what', 'what_id'], name='disposal_item_by_record')],
                'constraints': [models.UniqueConstraint(fields=('batch', 'what', 'what_id'), name='disposal_item_once_per_batch'), models.CheckConstraint(condition=models.Q(models.Q(('left_out_at', None), ('left_out_because', '')), models.Q(('left_out_at__isnull', False), models.Q(('left_out_because', ''), _negated=True)), _connector='OR'), name='disposal_item_left_out_for_a_reason', violation_error_message='Say why it is left out.'), models.CheckConstraint(condition=models.Q(('erased_at', None), ('left_out_at', None), _connector='OR'), name='disposal_item_erased_or_left_out')],
                'default_permissions': (),
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ErasedRow',
            fields=[
                ('mark', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('erased_on', models.DateField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'mark of an erased row',
                'verbose_name_plural': 'marks of erased rows',
            },
        ),
        migrations.CreateModel(
            name='UrgencyRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9-]*\\Z', 'Use small Latin letters, digits and hyphens only.')], verbose_name='code')),
                ('name', models.CharField(blank=True, help_text="As the queue shows it. The portal's own rules have one in each language.", max_length=80, verbose_name='name')),
                ('weight', models.PositiveSmallIntegerField(default=10, help_text='The queue shows the greatest sum first.', verbose_name='weight')),
                ('words', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, help_text='One a line or between commas, in any language; beginnings are enough. Several words in one, as “забра паспорт”, must stand near each other.', size=None, verbose_name='one of these words in the story')),
                ('in_danger', models.BooleanField(default=False, verbose_name='in danger now')),
                ('minor', models.BooleanField(default=False, verbose_name='a child is concerned')),
                ('is_used', models.BooleanField(default=True, verbose_name='in use')),
                ('topics', models.ManyToManyField(blank=True, related_name='+', to='resources.topic', verbose_name='one of these topics')),
            ],
            options={
                'verbose_name': 'rule of urgency',
                'verbose_name_plural': 'rules of urgency',
                'ordering': ['-weight', 'code'],
            },
        ),
        migrations.CreateModel(
            name='LetterTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9-]*\\Z', 'Use small Latin letters, digits and hyphens only.')], verbose_name='code')),
                ('order', models.PositiveSmallIntegerField(default=100, verbose_name='order')),
            ],
            options={
                'verbose_name': 'letter',
                'verbose_name_plural': 'letters',
                'ordering': ['order', 'code'],
            },
        ),
        migrations.CreateModel(
            name='LetterTemplateText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English')], max_length=10, verbose_name='language')),
                ('title', models.CharField(max_length=80, verbose_name='title')),
                ('body', models.TextField(verbose_name='text')),
                ('letter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='legalaid.lettertemplate')),
            ],
            options={
                'verbose_name': 'text of a letter',
                'verbose_name_plural': 'texts of a letter',
                'constraints': [models.UniqueConstraint(fields=('letter', 'language'), name='letter_text_once_per_language', violation_error_message='This language is already there.')],
            },
        ),
        migrations.CreateModel(
            name='SavedList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(editable=False, max_length=40)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('query', models.CharField(editable=False, max_length=500)),
                ('is_shared', models.BooleanField(default=False, verbose_name='for every colleague')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_lists', to=settings.AUTH_USER_MODEL, verbose_name='whose')),
            ],
            options={
                'verbose_name': 'saved list',
                'verbose_name_plural': 'saved lists',
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('owner', 'model', 'name'), name='saved_list_once_per_name', violation_error_message='You have a list of this name already.')],
            },
        ),
        migrations.CreateModel(
            name='ServiceKind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9-]*\\Z', 'Use small Latin letters, digits and hyphens only.')], verbose_name='code')),
                ('order', models.PositiveSmallIntegerField(default=100, verbose_name='order')),
            ],
            options={
                'verbose_name': 'kind of service',
                'verbose_name_plural': 'kinds of services',
                'ordering': ['order', 'code'],
            },
        ),
        migrations.CreateModel(
            name='ServiceKindText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English')], max_length=10, verbose_name='language')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='legalaid.servicekind')),
            ],
            options={
                'verbose_name': 'name of a service',
                'verbose_name_plural': 'names of a service',
                'constraints': [models.UniqueConstraint(fields=('kind', 'language'), name='kind_text_once_per_language', violation_error_message='This language is already there.')],
            },
        ),
        migrations.CreateModel(
            name='Holiday',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True, verbose_name='day')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('is_working', models.BooleanField(default=False, verbose_name='a Saturday or Sunday that is worked instead')),
            ],
            options={
                'verbose_name': 'holiday',
                'verbose_name_plural': 'holidays',
                'ordering': ['day'],
            },
        ),
        migrations.CreateModel(
            name='DeadlineRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9-]*\\Z', 'Use small Latin letters, digits and hyphens only.')], verbose_name='code')),
                ('name', models.CharField(max_length=200, verbose_name='what has to be done')),
                ('event', models.CharField(max_length=200, verbose_name='counted from')),
                ('length', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1)], verbose_name='how long')),
                ('unit', models.CharField(choices=[('days', 'days'), ('working_days', 'working days'), ('months', 'months'), ('years', 'years')], max_length=15, verbose_name='unit')),
                ('days_before', models.PositiveSmallIntegerField(default=7, help_text='The pre-deadline.', verbose_name='remind so many days before')),
                ('law', models.CharField(blank=True, max_length=200, verbose_name='law')),
                ('checked_on', models.DateField(blank=True, null=True, verbose_name='checked by the lawyer on')),
                ('is_used', models.BooleanField(default=True, verbose_name='in use')),
                ('topics', models.ManyToManyField(blank=True, related_name='+', to='resources.topic', verbose_name='topics')),
                ('moves_to_working_day', models.BooleanField(default=True, help_text='Not for a stay in the country: there a day off counts like any other.', verbose_name='ends on the next working day, if its last day is a day off')),
            ],
            options={
                'verbose_name': 'deadline rule',
                'verbose_name_plural': 'deadline rules',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='ReferralDesk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English')], max_length=10), blank=True, default=list, size=None, verbose_name='languages spoken there')),
                ('email', models.EmailField(blank=True, help_text='What is sent there says that something is new. It names nobody.', max_length=254, verbose_name='mail address')),
                ('how', models.CharField(blank=True, help_text='A number, hours, whom to ask for.', max_length=250, verbose_name='how to reach them')),
                ('partner', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='desk', to='shared.partner')),
                ('services', models.ManyToManyField(blank=True, related_name='+', to='legalaid.servicekind', verbose_name='takes people for')),
            ],
            options={
                'verbose_name': 'what a partner takes',
                'verbose_name_plural': 'what partners take',
            },
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('reference', models.CharField(max_length=20, unique=True, validators=[django.core.validators.RegexValidator('^[A-Z]-[ACDEFGHJKMNPQRTWXY34679]{3}-[ACDEFGHJKMNPQRTWXY34679]{3}$', 'A reference looks like R-A7K-3FM.')], verbose_name='reference')),
                ('opened_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='opened on')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='closed on')),
                ('exploitation', models.CharField(blank=True, choices=[('forced_labour', 'forced labour'), ('sexual', 'sexual exploitation'), ('debt_bondage', 'debt bondage'), ('mixed', 'labour and sexual'), ('begging', 'begging'), ('forced_crime', 'forced crime'), ('none', 'none')], max_length=20, verbose_name='exploitation')),
                ('place_of_exploitation', models.CharField(blank=True, choices=[('here', 'a foreigner in Kazakhstan'), ('abroad', 'a citizen abroad'), ('inside_own_country', 'a citizen inside the country')], max_length=20, verbose_name='where the exploitation was')),
                ('turn', models.CharField(choices=[('ours', 'ours'), ('client', "the client's"), ('others', "an authority's or partner's")], default='ours', max_length=10, verbose_name='whose turn it is')),
                ('turn_since', models.DateTimeField(default=django.utils.timezone.now, verbose_name='since')),
                ('touched_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='last worked on')),
                ('is_held', models.BooleanField(default=False, help_text='The nightly disposal leaves it alone.', verbose_name='kept beyond its term')),
                ('hold_reason', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=400, sealed_as='legalaid.case.hold_reason', verbose_name='why it is kept')),
                ('dispose_on', models.DateField(blank=True, null=True, verbose_name='may be erased from')),
                ('erased_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='erased at')),
                ('lawyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='led_cases', to=settings.AUTH_USER_MODEL, verbose_name='lawyer')),
                ('office', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shared.office', verbose_name='office')),
                ('project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shared.project', verbose_name='project')),
                ('topics', models.ManyToManyField(blank=True, related_name='cases', to='resources.topic', verbose_name='topics')),
                ('transfer_to', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='offered_cases', to=settings.AUTH_USER_MODEL, verbose_name='offered to')),
                ('employer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='legalaid.employer', verbose_name='employer')),
            ],
            options={
                'verbose_name': 'case',
                'verbose_name_plural': 'cases',
                'ordering': ['-opened_on', '-pk'],
                'permissions': [('view_every_case', 'Can view every case')],
                'indexes': [models.Index(fields=['-opened_on', '-id'], name='case_newest'), models.Index(condition=models.Q(('closed_on', None)), fields=['-opened_on', '-id'], name='case_open_newest'), models.Index(condition=models.Q(('closed_on', None)), fields=['turn', 'turn_since', 'id'], name='case_open_by_turn'), models.Index(condition=models.Q(('closed_on', None)), fields=['touched_at', 'id'], name='case_open_untouched'), models.Index(condition=models.Q(('closed_on__isnull', False)), fields=['-closed_on', '-id'], name='case_closed_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('closed_on', None), ('closed_on__gte', models.F('opened_on')), _connector='OR'), name='case_closed_after_it_was_opened', violation_error_message='A case cannot be closed before it was opened.'), models.CheckConstraint(condition=models.Q(('transfer_to', None), models.Q(('transfer_to', models.F('lawyer')), _negated=True), _connector='OR'), name='case_is_not_offered_to_its_lawyer', violation_error_message='The case is with this colleague already.')],
            },
        ),
        migrations.CreateModel(
            name='CaseEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('seal', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('reference', models.CharField(max_length=20, validators=[django.core.validators.RegexValidator('^[A-Z]-[ACDEFGHJKMNPQRTWXY34679]{3}-[ACDEFGHJKMNPQRTWXY34679]{3}$', 'A reference looks like R-A7K-3FM.')], verbose_name='reference')),
                ('opened_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='opened on')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='closed on')),
                ('exploitation', models.CharField(blank=True, choices=[('forced_labour', 'forced labour'), ('sexual', 'sexual exploitation'), ('debt_bondage', 'debt bondage'), ('mixed', 'labour and sexual'), ('begging', 'begging'), ('forced_crime', 'forced crime'), ('none', 'none')], max_length=20, verbose_name='exploitation')),
                ('place_of_exploitation', models.CharField(blank=True, choices=[('here', 'a foreigner in Kazakhstan'), ('abroad', 'a citizen abroad'), ('inside_own_country', 'a citizen inside the country')], max_length=20, verbose_name='where the exploitation was')),
                ('turn', models.CharField(choices=[('ours', 'ours'), ('client', "the client's"), ('others', "an authority's or partner's")], default='ours', max_length=10, verbose_name='whose turn it is')),
                ('turn_since', models.DateTimeField(default=django.utils.timezone.now, verbose_name='since')),
                ('touched_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='last worked on')),
                ('is_held', models.BooleanField(default=False, help_text='The nightly disposal leaves it alone.', verbose_name='kept beyond its term')),
                ('hold_reason', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=400, sealed_as='legalaid.case.hold_reason', verbose_name='why it is kept')),
                ('dispose_on', models.DateField(blank=True, null=True, verbose_name='may be erased from')),
                ('erased_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='erased at')),
                ('lawyer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='lawyer')),
                ('office', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='shared.office', verbose_name='office')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='legalaid.case')),
                ('project', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='shared.project', verbose_name='project')),
                ('transfer_to', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='offered to')),
                ('employer', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.employer', verbose_name='employer')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CasePerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('client', 'client'), ('family', 'family member'), ('witness', 'witness')], default='client', max_length=10, verbose_name='part in the case')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='case_people', to='legalaid.case')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='case_people', to='legalaid.person', verbose_name='person')),
            ],
            options={
                'verbose_name': 'person in a case',
                'verbose_name_plural': 'people in a case',
                'constraints': [models.UniqueConstraint(fields=('case', 'person'), name='case_has_a_person_once', violation_error_message='This person is in the case already.')],
            },
        ),
        migrations.CreateModel(
            name='CasePersonEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('part', models.CharField(choices=[('client', 'client'), ('family', 'family member'), ('witness', 'witness')], default='client', max_length=10, verbose_name='part in the case')),
                ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.case')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='legalaid.caseperson')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.person', verbose_name='person')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CaseMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='legalaid.case')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='staff member')),
            ],
            options={
                'verbose_name': 'team member',
                'verbose_name_plural': 'team members',
                'constraints': [models.UniqueConstraint(fields=('case', 'user'), name='case_has_a_member_once', violation_error_message='This colleague is on the team already.')],
            },
        ),
        migrations.CreateModel(
            name='CaseMemberEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.case')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='legalaid.casemember')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='staff member')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Intake',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('reference', models.CharField(max_length=20, unique=True, validators=[django.core.validators.RegexValidator('^[A-Z]-[ACDEFGHJKMNPQRTWXY34679]{3}-[ACDEFGHJKMNPQRTWXY34679]{3}$', 'A reference looks like R-A7K-3FM.')], verbose_name='reference')),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='received at')),
                ('channel', models.CharField(choices=[('phone', 'hotline'), ('visit', 'visit to the office'), ('district_centre', 'district centre'), ('outreach', 'outreach'), ('online', 'portal'), ('partner', 'partner')], max_length=20, verbose_name='channel')),
                ('relation', models.CharField(blank=True, choices=[('self', 'the person themselves'), ('relative', 'a relative'), ('friend', 'a friend'), ('employer', 'an employer'), ('law_enforcement', 'police or another authority'), ('partner_ngo', 'a partner organisation'), ('other', 'somebody else')], max_length=20, verbose_name='who speaks')),
                ('story', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=20000, sealed_as='legalaid.intake.story', verbose_name='what happened')),
                ('country', models.CharField(blank=True, choices=[('UZ', 'Uzbekistan'), ('KG', 'Kyrgyzstan'), ('TJ', 'Tajikistan'), ('TM', 'Turkmenistan'), ('KZ', 'Kazakhstan'), ('RU', 'Russia'), ('AF', 'Afghanistan'), ('AM', 'Armenia'), ('AZ', 'Azerbaijan'), ('BY', 'Belarus'), ('CN', 'China'), ('GE', 'Georgia'), ('IN', 'India'), ('IR', 'Iran'), ('MD', 'Moldova'), ('MN', 'Mongolia'), ('PK', 'Pakistan'), ('TR', 'Türkiye'), ('UA', 'Ukraine'), ('AE', 'United Arab Emirates'), ('CY', 'Cyprus'), ('DE', 'Germany'), ('KR', 'South Korea'), ('PT', 'Portugal'), ('PL', 'Poland')], max_length=2, verbose_name='country')),
                ('place', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=400, sealed_as='legalaid.intake.place', verbose_name='where it is')),
                ('language', models.CharField(blank=True, choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English'), ('other', 'another language')], max_length=10, verbose_name='language')),
                ('speaker_name', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=200, sealed_as='legalaid.intake.speaker_name', verbose_name='name of who speaks')),
                ('contact_by', models.CharField(blank=True, choices=[('phone', 'phone'), ('whatsapp', 'WhatsApp'), ('telegram', 'Telegram'), ('none', 'nothing: they come back with the code')], max_length=10, verbose_name='reach them by')),
                ('contact', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=200, sealed_as='legalaid.intake.contact', verbose_name='number or name there')),
                ('contact_when', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=200, sealed_as='legalaid.intake.contact_when', verbose_name='when it is safe')),
                ('may_say_who', models.CharField(blank=True, choices=[('yes', 'yes'), ('no', 'no')], max_length=3, verbose_name='may we say who we are')),
                ('others_answer', models.CharField(blank=True, choices=[('yes', 'yes'), ('no', 'no')], max_length=3, verbose_name='somebody else may answer this phone')),
                ('in_danger', models.CharField(blank=True, choices=[('yes', 'yes'), ('no', 'no')], max_length=3, verbose_name='in danger now')),
                ('minor', models.CharField(blank=True, choices=[('yes', 'yes'), ('no', 'no')], max_length=3, verbose_name='a child is concerned')),
                ('flags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, editable=False, help_text='Codes of the rules of urgency that apply.', size=None, verbose_name='urgent because')),
                ('urgency', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='urgency')),
                ('search_keys', sanasezim.shared.search_keys.SearchKeysField(names=['speaker_name'], phones=['contact'])),
                ('is_anonymous', models.BooleanField(default=False, editable=False, verbose_name='anonymous, no personal data')),
                ('code_salt', models.BinaryField(default=bytes)),
                ('code_digest', models.BinaryField(default=bytes)),
                ('code_was_spoken', models.BooleanField(default=False, editable=False, help_text='It must be changed when it is first used.', verbose_name='the code was read out')),
                ('form_token', models.UUIDField(editable=False, null=True, unique=True)),
                ('held_because', models.CharField(blank=True, choices=[('too_fast', 'sent faster than a person types'), ('too_many', 'many from one network'), ('trap', 'filled in what people do not see')], editable=False, max_length=20, verbose_name='held for a look because')),
                ('unanswered_since', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='waits for our answer since')),
                ('erased_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='erased at')),
                ('decided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='decided at')),
                ('decision', models.CharField(blank=True, choices=[('accepted', 'accepted as a case'), ('answered', 'answered'), ('referred', 'referred to a partner'), ('declined', 'declined'), ('duplicate', 'came twice'), ('junk', 'junk')], editable=False, max_length=20, verbose_name='decision')),
                ('decline_reason', models.CharField(blank=True, choices=[('not_ours', 'not our kind of problem'), ('no_ground', 'the law gives no ground'), ('conflict', 'conflict of interest'), ('elsewhere', 'somebody else already helps'), ('no_contact', 'could not be reached'), ('not_wished', 'no longer wished')], editable=False, max_length=20, verbose_name='why declined')),
                ('case', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='intakes', to='legalaid.case', verbose_name='case')),
                ('consent', models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='intake', to='legalaid.consent', verbose_name='consent')),
                ('decided_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('entered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('office', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shared.office', verbose_name='office')),
                ('project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shared.project', verbose_name='project')),
                ('same_as', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='repeats', to='legalaid.intake', verbose_name='came before as')),
                ('topics', models.ManyToManyField(blank=True, related_name='intakes', to='resources.topic', verbose_name='topics')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='intakes', to='legalaid.person', verbose_name='person')),
                ('employer', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='intakes', to='legalaid.employer', verbose_name='against whom')),
                ('erasure_wished_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='asked us to erase it at')),
            ],
            options={
                'verbose_name': 'intake',
                'verbose_name_plural': 'intakes',
                'ordering': ['received_at', 'pk'],
                'indexes': [models.Index(condition=models.Q(('decided_at', None)), fields=['-urgency', 'received_at'], name='intake_queue'), models.Index(condition=models.Q(('unanswered_since__isnull', False)), fields=['unanswered_since'], name='intake_unanswered'), django.contrib.postgres.indexes.GinIndex(fields=['search_keys'], name='intake_search_keys'), models.Index(condition=models.Q(('decided_at__isnull', False)), fields=['-decided_at', '-id'], name='intake_decided')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('decision', '')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('decision', ''), _negated=True)), _connector='OR'), name='intake_decided_by_somebody', violation_error_message='A decision needs its moment and its person.'), models.CheckConstraint(condition=models.Q(('consent__isnull', False), ('is_anonymous', True), _connector='OR'), name='intake_agreed_or_anonymous', violation_error_message='An intake needs a consent, or is anonymous.'), models.CheckConstraint(condition=models.Q(models.Q(('decision', 'declined'), models.Q(('decline_reason', ''), _negated=True)), models.Q(models.Q(('decision', 'declined'), _negated=True), ('decline_reason', '')), _connector='OR'), name='intake_declined_for_a_reason', violation_error_message='Say why it is declined.'), models.CheckConstraint(condition=models.Q(models.Q(('decision', 'duplicate'), ('same_as__isnull', False)), models.Q(models.Q(('decision', 'duplicate'), _negated=True), ('same_as', None)), _connector='OR'), name='intake_duplicate_of_another', violation_error_message='Say which intake it repeats.'), models.CheckConstraint(condition=models.Q(models.Q(('case__isnull', False), ('decision', 'accepted')), models.Q(models.Q(('decision', 'accepted'), _negated=True), ('case', None)), _connector='OR'), name='intake_accepted_has_a_case', violation_error_message='An accepted intake has a case, and no other has one.')],
            },
        ),
        migrations.CreateModel(
            name='IntakeEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('seal', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('reference', models.CharField(max_length=20, validators=[django.core.validators.RegexValidator('^[A-Z]-[ACDEFGHJKMNPQRTWXY34679]{3}-[ACDEFGHJKMNPQRTWXY34679]{3}$', 'A reference looks like R-A7K-3FM.')], verbose_name='reference')),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='received at')),
                ('channel', models.CharField(choices=[('phone', 'hotline'), ('visit', 'visit to the office'), ('district_centre', 'district centre'), ('outreach', 'outreach'), ('online', 'portal'), ('partner', 'partner')], max_length=20, verbose_name='channel')),
                ('relation', models.CharField(blank=True, choices=[('self', 'the person themselves'), ('relative', 'a relative'), ('friend', 'a friend'), ('employer', 'an employer'), ('law_enforcement', 'police or another authority'), ('partner_ngo', 'a partner organisation'), ('other', 'somebody else')], max_length=20, verbose_name='who speaks')),
                ('story', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=20000, sealed_as='legalaid.intake.story', verbose_name='what happened')),
                ('country', models.CharField(blank=True, choices=[('UZ', 'Uzbekistan'), ('KG', 'Kyrgyzstan'), ('TJ', 'Tajikistan'), ('TM', 'Turkmenistan'), ('KZ', 'Kazakhstan'), ('RU', 'Russia'), ('AF', 'Afghanistan'), ('AM', 'Armenia'), ('AZ', 'Azerbaijan'), ('BY', 'Belarus'), ('CN', 'China'), ('GE', 'Georgia'), ('IN', 'India'), ('IR', 'Iran'), ('MD', 'Moldova'), ('MN', 'Mongolia'), ('PK', 'Pakistan'), ('TR', 'Türkiye'), ('UA', 'Ukraine'), ('AE', 'United Arab Emirates'), ('CY', 'Cyprus'), ('DE', 'Germany'), ('KR', 'South Korea'), ('PT', 'Portugal'), ('PL', 'Poland')], max_length=2, verbose_name='country')),
                ('place', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=400, sealed_as='legalaid.intake.place', verbose_name='where it is')),
                ('language', models.CharField(blank=True, choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English'), ('other', 'another language')], max_length=10, verbose_name='language')),
                ('speaker_name', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=200, sealed_as='legalaid.intake.speaker_name', verbose_name='name of who speaks')),
                ('contact_by', models.CharField(blank=True, choices=[('phone', 'phone'), ('whatsapp', 'WhatsApp'), ('telegram', 'Telegram'), ('none', 'nothing: they come back with the code')], max_length=10, verbose_name='reach them by')),
                ('contact', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=200, sealed_as='legalaid.intake.contact', verbose_name='number or name there')),
                ('contact_when', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=200, sealed_as='legalaid.intake.contact_when', verbose_name='when it is safe')),
                ('may_say_who', models.CharField(blank=True, choices=[('yes', 'yes'), ('no', 'no')], max_length=3, verbose_name='may we say who we are')),
                ('others_answer', models.CharField(blank=True, choices=[('yes', 'yes'), ('no', 'no')], max_length=3, verbose_name='somebody else may answer this phone')),
                ('in_danger', models.CharField(blank=True, choices=[('yes', 'yes'), ('no', 'no')], max_length=3, verbose_name='in danger now')),
                ('minor', models.CharField(blank=True, choices=[('yes', 'yes'), ('no', 'no')], max_length=3, verbose_name='a child is concerned')),
                ('flags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, editable=False, help_text='Codes of the rules of urgency that apply.', size=None, verbose_name='urgent because')),
                ('urgency', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='urgency')),
                ('is_anonymous', models.BooleanField(default=False, editable=False, verbose_name='anonymous, no personal data')),
                ('code_was_spoken', models.BooleanField(default=False, editable=False, help_text='It must be changed when it is first used.', verbose_name='the code was read out')),
                ('held_because', models.CharField(blank=True, choices=[('too_fast', 'sent faster than a person types'), ('too_many', 'many from one network'), ('trap', 'filled in what people do not see')], editable=False, max_length=20, verbose_name='held for a look because')),
                ('unanswered_since', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='waits for our answer since')),
                ('erased_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='erased at')),
                ('decided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='decided at')),
                ('decision', models.CharField(blank=True, choices=[('accepted', 'accepted as a case'), ('answered', 'answered'), ('referred', 'referred to a partner'), ('declined', 'declined'), ('duplicate', 'came twice'), ('junk', 'junk')], editable=False, max_length=20, verbose_name='decision')),
                ('decline_reason', models.CharField(blank=True, choices=[('not_ours', 'not our kind of problem'), ('no_ground', 'the law gives no ground'), ('conflict', 'conflict of interest'), ('elsewhere', 'somebody else already helps'), ('no_contact', 'could not be reached'), ('not_wished', 'no longer wished')], editable=False, max_length=20, verbose_name='why declined')),
                ('case', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.case', verbose_name='case')),
                ('consent', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.consent', verbose_name='consent')),
                ('decided_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('entered_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='entered by')),
                ('office', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='shared.office', verbose_name='office')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='legalaid.intake')),
                ('project', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='shared.project', verbose_name='project')),
                ('same_as', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.intake', verbose_name='came before as')),
                ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.person', verbose_name='person')),
                ('employer', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.employer', verbose_name='against whom')),
                ('erasure_wished_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='asked us to erase it at')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PackRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('preset', models.CharField(max_length=20, verbose_name='for whom')),
                ('number_of_people', models.PositiveIntegerField(verbose_name='how many people')),
                ('why', models.CharField(choices=[('contact', 'to reach the person'), ('document', 'to write a document'), ('referral', 'to refer to a partner'), ('same_person', 'to see whether it is the same person'), ('safety', 'to protect the person now'), ('supervision', 'to check the work'), ('request', 'the person asked for it')], max_length=20, verbose_name='why')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='asked at')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('is_approved', models.BooleanField(default=False, verbose_name='approved')),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='used at')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pack_requests', to='legalaid.case')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
            ],
            options={
                'verbose_name': 'request for a pack',
                'verbose_name_plural': 'requests for packs',
                'ordering': ['-asked_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('is_approved', False)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('decided_by', models.F('asked_by')), _negated=True)), _connector='OR'), name='pack_request_decided_by_another', violation_error_message='Somebody else has to decide this.'), models.CheckConstraint(condition=models.Q(('used_at', None), ('is_approved', True), _connector='OR'), name='pack_request_used_once_approved')],
            },
        ),
        migrations.CreateModel(
            name='PackRequestEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('preset', models.CharField(max_length=20, verbose_name='for whom')),
                ('number_of_people', models.PositiveIntegerField(verbose_name='how many people')),
                ('why', models.CharField(choices=[('contact', 'to reach the person'), ('document', 'to write a document'), ('referral', 'to refer to a partner'), ('same_person', 'to see whether it is the same person'), ('safety', 'to protect the person now'), ('supervision', 'to check the work'), ('request', 'the person asked for it')], max_length=20, verbose_name='why')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='asked at')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('is_approved', models.BooleanField(default=False, verbose_name='approved')),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='used at')),
                ('asked_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.case')),
                ('decided_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='legalaid.packrequest')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('text', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=10000, sealed_as='legalaid.message.text', verbose_name='message')),
                ('language', models.CharField(blank=True, choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English')], max_length=10, verbose_name='language')),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='written at')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='read at')),
                ('intake', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='legalaid.intake')),
                ('written_by', models.ForeignKey(blank=True, help_text='Nobody: the person who asked for help wrote it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
            ],
            options={
                'verbose_name': 'message',
                'verbose_name_plural': 'messages',
                'ordering': ['written_at', 'pk'],
                'indexes': [models.Index(condition=models.Q(('read_at', None), ('written_by', None)), fields=['intake', 'written_at'], name='message_unread')],
            },
        ),
        migrations.CreateModel(
            name='MessageEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('seal', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('text', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=10000, sealed_as='legalaid.message.text', verbose_name='message')),
                ('language', models.CharField(blank=True, choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English')], max_length=10, verbose_name='language')),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='written at')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='read at')),
                ('intake', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.intake')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='legalaid.message')),
                ('written_by', models.ForeignKey(blank=True, db_constraint=False, help_text='Nobody: the person who asked for help wrote it.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('photo', 'photo'), ('pdf', 'PDF'), ('sound', 'voice message')], max_length=10, verbose_name='kind')),
                ('title', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=200, sealed_as='legalaid.document.title', verbose_name='what it is')),
                ('original', sanasezim.shared.sealed_files.SealedFileField(sealed_as='legalaid.document.original')),
                ('original_size', models.PositiveIntegerField(editable=False)),
                ('original_sha256', models.CharField(editable=False, max_length=64)),
                ('copy', sanasezim.shared.sealed_files.SealedFileField(sealed_as='legalaid.document.copy')),
                ('copy_size', models.PositiveIntegerField(editable=False, verbose_name='size in bytes')),
                ('pages', models.PositiveIntegerField(blank=True, editable=False, null=True, verbose_name='pages')),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='added at')),
                ('is_for_applicant', models.BooleanField(default=False, verbose_name='the person may open it on the portal')),
                ('added_by', models.ForeignKey(blank=True, editable=False, help_text='Nobody: it came from the person who asked for help.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='added by')),
                ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='legalaid.case')),
                ('intake', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='legalaid.intake')),
            ],
            options={
                'verbose_name': 'document',
                'verbose_name_plural': 'documents',
                'ordering': ['added_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('intake__isnull', False), ('case__isnull', False), _connector='OR'), name='document_belongs_somewhere')],
            },
        ),
        migrations.CreateModel(
            name='DocumentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('seal', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('kind', models.CharField(choices=[('photo', 'photo'), ('pdf', 'PDF'), ('sound', 'voice message')], max_length=10, verbose_name='kind')),
                ('title', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=200, sealed_as='legalaid.document.title', verbose_name='what it is')),
                ('original', sanasezim.shared.sealed_files.SealedFileField(sealed_as='legalaid.document.original')),
                ('original_size', models.PositiveIntegerField(editable=False)),
                ('original_sha256', models.CharField(editable=False, max_length=64)),
                ('copy', sanasezim.shared.sealed_files.SealedFileField(sealed_as='legalaid.document.copy')),
                ('copy_size', models.PositiveIntegerField(editable=False, verbose_name='size in bytes')),
                ('pages', models.PositiveIntegerField(blank=True, editable=False, null=True, verbose_name='pages')),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='added at')),
                ('is_for_applicant', models.BooleanField(default=False, verbose_name='the person may open it on the portal')),
                ('added_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, help_text='Nobody: it came from the person who asked for help.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='added by')),
                ('case', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.case')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='legalaid.document')),
                ('intake', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.intake')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('text', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=10000, sealed_as='legalaid.note.text', verbose_name='note')),
                ('is_private', models.BooleanField(default=False, verbose_name='only for me')),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='written at')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='legalaid.case')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
            ],
            options={
                'verbose_name': 'note',
                'verbose_name_plural': 'notes',
                'ordering': ['written_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='NoteEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('seal', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('text', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=10000, sealed_as='legalaid.note.text', verbose_name='note')),
                ('is_private', models.BooleanField(default=False, verbose_name='only for me')),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='written at')),
                ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.case')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='legalaid.note')),
                ('written_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OpenCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='open_by', to='legalaid.case')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'open case',
                'verbose_name_plural': 'open cases',
                'constraints': [models.UniqueConstraint(fields=('case', 'user'), name='open_case_once_per_user')],
            },
        ),
        migrations.CreateModel(
            name='Service',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('given_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='given on')),
                ('remark', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=1000, sealed_as='legalaid.service.remark', verbose_name='remark')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='services', to='legalaid.case')),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='given by')),
                ('person', models.ForeignKey(blank=True, help_text='Nobody chosen means everybody in the case.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='services', to='legalaid.person', verbose_name='to whom')),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='legalaid.servicekind', verbose_name='what')),
            ],
            options={
                'verbose_name': 'service',
                'verbose_name_plural': 'services',
                'ordering': ['given_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ServiceEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('seal', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('given_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='given on')),
                ('remark', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=1000, sealed_as='legalaid.service.remark', verbose_name='remark')),
                ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.case')),
                ('given_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='given by')),
                ('person', models.ForeignKey(blank=True, db_constraint=False, help_text='Nobody chosen means everybody in the case.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.person', verbose_name='to whom')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='legalaid.service')),
                ('kind', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.servicekind', verbose_name='what')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('what', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=300, sealed_as='legalaid.task.what', verbose_name='what to do')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due on')),
                ('remind_on', models.DateField(blank=True, null=True, verbose_name='remind on')),
                ('event_on', models.DateField(blank=True, null=True, verbose_name='day of the event')),
                ('added_at', models.DateTimeField(auto_now_add=True, verbose_name='added at')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done at')),
                ('reminded_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('assigned_to', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to=settings.AUTH_USER_MODEL, verbose_name='who does it')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='legalaid.case')),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rule', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='legalaid.deadlinerule', verbose_name='rule')),
            ],
            options={
                'verbose_name': 'task',
                'verbose_name_plural': 'tasks',
                'ordering': [models.OrderBy(models.F('due_on'), nulls_last=True), 'pk'],
                'indexes': [models.Index(condition=models.Q(('done_at', None)), fields=['due_on'], name='task_open_by_day')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('done_by', None)), models.Q(('done_at__isnull', False), ('done_by__isnull', False)), _connector='OR'), name='task_done_by_somebody'), models.CheckConstraint(condition=models.Q(('rule', None), models.Q(('due_on__isnull', False), ('event_on__isnull', False)), _connector='OR'), name='task_of_a_rule_has_its_day')],
            },
        ),
        migrations.CreateModel(
            name='TaskEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('seal', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('what', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=300, sealed_as='legalaid.task.what', verbose_name='what to do')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due on')),
                ('remind_on', models.DateField(blank=True, null=True, verbose_name='remind on')),
                ('event_on', models.DateField(blank=True, null=True, verbose_name='day of the event')),
                ('added_at', models.DateTimeField(auto_now_add=True, verbose_name='added at')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done at')),
                ('reminded_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('assigned_to', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who does it')),
                ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.case')),
                ('done_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='legalaid.task')),
                ('rule', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.deadlinerule', verbose_name='rule')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('wages', 'wages'), ('damage', 'compensation for harm'), ('deposit', 'money or things taken away'), ('other', 'other')], default='wages', max_length=10, verbose_name='for what')),
                ('owed', models.DecimalField(decimal_places=2, max_digits=14, validators=[django.core.validators.MinValueValidator(0)], verbose_name='owed')),
                ('recovered', models.DecimalField(decimal_places=2, default=0, max_digits=14, validators=[django.core.validators.MinValueValidator(0)], verbose_name='recovered')),
                ('currency', models.CharField(choices=[('KZT', 'KZT'), ('UZS', 'UZS'), ('KGS', 'KGS'), ('TJS', 'TJS'), ('RUB', 'RUB'), ('USD', 'USD')], default='KZT', max_length=3, verbose_name='currency')),
                ('claimed_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='claimed on')),
                ('recovered_on', models.DateField(blank=True, null=True, verbose_name='recovered on')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='legalaid.case')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='legalaid.person', verbose_name='whose')),
            ],
            options={
                'verbose_name': 'claim',
                'verbose_name_plural': 'claims',
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('owed__gte', 0), ('recovered__gte', 0)), name='claim_amounts_are_not_negative'), models.CheckConstraint(condition=models.Q(('recovered', 0), ('recovered_on__isnull', False), _connector='OR'), name='claim_recovered_on_a_day', violation_error_message='Say on which day the money came.')],
            },
        ),
        migrations.CreateModel(
            name='ClaimEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('wages', 'wages'), ('damage', 'compensation for harm'), ('deposit', 'money or things taken away'), ('other', 'other')], default='wages', max_length=10, verbose_name='for what')),
                ('owed', models.DecimalField(decimal_places=2, max_digits=14, validators=[django.core.validators.MinValueValidator(0)], verbose_name='owed')),
                ('recovered', models.DecimalField(decimal_places=2, default=0, max_digits=14, validators=[django.core.validators.MinValueValidator(0)], verbose_name='recovered')),
                ('currency', models.CharField(choices=[('KZT', 'KZT'), ('UZS', 'UZS'), ('KGS', 'KGS'), ('TJS', 'TJS'), ('RUB', 'RUB'), ('USD', 'USD')], default='KZT', max_length=3, verbose_name='currency')),
                ('claimed_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='claimed on')),
                ('recovered_on', models.DateField(blank=True, null=True, verbose_name='recovered on')),
                ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.case')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='legalaid.claim')),
                ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.person', verbose_name='whose')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Referral',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('what_for', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=1000, sealed_as='legalaid.referral.what_for', verbose_name='what we ask for')),
                ('shared', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=2000, sealed_as='legalaid.referral.shared', verbose_name='what we tell the partner')),
                ('consent_on', models.DateField(verbose_name='the person agreed on')),
                ('consent_how', models.CharField(choices=[('spoken', 'said so'), ('signed', 'on paper'), ('message', 'by message')], max_length=10, verbose_name='how they agreed')),
                ('sent_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='sent at')),
                ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('expires_at', models.DateTimeField(verbose_name='the link works until')),
                ('answer', models.CharField(blank=True, choices=[('accepted', 'accepted'), ('declined', 'declined')], max_length=10, verbose_name='answer')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered at')),
                ('result', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=2000, sealed_as='legalaid.referral.result', verbose_name='what came of it')),
                ('reported_at', models.DateTimeField(blank=True, null=True, verbose_name='reported at')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to='legalaid.case')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shared.partner', verbose_name='partner')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='legalaid.person', verbose_name='who')),
                ('sent_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='sent by')),
                ('answer_words', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=1000, sealed_as='legalaid.referral.answer_words', verbose_name="the partner's words")),
                ('consent_withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='the person took it back at')),
                ('language', models.CharField(choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English')], default='ru', max_length=10, verbose_name='the partner reads')),
                ('link_number', models.PositiveSmallIntegerField(default=1, editable=False)),
                ('mailed_at', models.DateTimeField(blank=True, null=True, verbose_name='mail was sent at')),
                ('opened_at', models.DateTimeField(blank=True, null=True, verbose_name='read by the partner at')),
                ('reached', models.CharField(blank=True, choices=[('helped', 'they were helped'), ('partly', 'they were helped in part'), ('not_come', 'they did not come'), ('not_possible', 'help was not possible')], max_length=15, verbose_name='result')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='the link was revoked at')),
            ],
            options={
                'verbose_name': 'referral',
                'verbose_name_plural': 'referrals',
                'ordering': ['sent_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at', None)), models.Q(models.Q(('answer', ''), _negated=True), ('answered_at__isnull', False)), _connector='OR'), name='referral_answer_has_its_moment'), models.CheckConstraint(condition=models.Q(models.Q(('reached', ''), ('reported_at', None)), models.Q(('answer', 'accepted'), ('reported_at__isnull', False)), _connector='OR'), name='referral_result_has_its_moment', violation_error_message='Only who has accepted can say what came of it.')],
            },
        ),
        migrations.CreateModel(
            name='ReferralEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('seal', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('what_for', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=1000, sealed_as='legalaid.referral.what_for', verbose_name='what we ask for')),
                ('shared', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=2000, sealed_as='legalaid.referral.shared', verbose_name='what we tell the partner')),
                ('consent_on', models.DateField(verbose_name='the person agreed on')),
                ('consent_how', models.CharField(choices=[('spoken', 'said so'), ('signed', 'on paper'), ('message', 'by message')], max_length=10, verbose_name='how they agreed')),
                ('sent_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='sent at')),
                ('token_hash', models.CharField(editable=False, max_length=64)),
                ('expires_at', models.DateTimeField(verbose_name='the link works until')),
                ('answer', models.CharField(blank=True, choices=[('accepted', 'accepted'), ('declined', 'declined')], max_length=10, verbose_name='answer')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered at')),
                ('result', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=2000, sealed_as='legalaid.referral.result', verbose_name='what came of it')),
                ('reported_at', models.DateTimeField(blank=True, null=True, verbose_name='reported at')),
                ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.case')),
                ('partner', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='shared.partner', verbose_name='partner')),
                ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.person', verbose_name='who')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='legalaid.referral')),
                ('sent_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='sent by')),
                ('answer_words', sanasezim.shared.protected.ProtectedTextField(blank=True, default='', max_length=1000, sealed_as='legalaid.referral.answer_words', verbose_name="the partner's words")),
                ('consent_withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='the person took it back at')),
                ('language', models.CharField(choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English')], default='ru', max_length=10, verbose_name='the partner reads')),
                ('link_number', models.PositiveSmallIntegerField(default=1, editable=False)),
                ('mailed_at', models.DateTimeField(blank=True, null=True, verbose_name='mail was sent at')),
                ('opened_at', models.DateTimeField(blank=True, null=True, verbose_name='read by the partner at')),
                ('reached', models.CharField(blank=True, choices=[('helped', 'they were helped'), ('partly', 'they were helped in part'), ('not_come', 'they did not come'), ('not_possible', 'help was not possible')], max_length=15, verbose_name='result')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='the link was revoked at')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Outcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('advised', 'advice given'), ('claim_filed', 'claim filed'), ('wages_paid', 'wages paid'), ('papers_restored', 'papers restored'), ('stay_settled', 'lawful stay settled'), ('returned_home', 'returned home'), ('sheltered', 'placed in a shelter or hostel'), ('child_documented', 'a child got its documents'), ('criminal_case', 'criminal case opened'), ('referred', 'referred to a partner'), ('not_confirmed', 'not confirmed'), ('withdrawn', 'the person did not want to go on'), ('lost_contact', 'contact was lost')], max_length=20, verbose_name='what')),
                ('reached_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='reached on')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outcomes', to='legalaid.case')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='legalaid.person', verbose_name='for whom')),
            ],
            options={
                'verbose_name': 'outcome',
                'verbose_name_plural': 'outcomes',
                'ordering': ['reached_on', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('case', 'kind', 'person'), name='outcome_once_per_person', violation_error_message='This outcome is written down already.'), models.UniqueConstraint(condition=models.Q(('person', None)), fields=('case', 'kind'), name='outcome_once_for_all', violation_error_message='This outcome is written down already.')],
            },
        ),
        migrations.CreateModel(
            name='OutcomeEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('advised', 'advice given'), ('claim_filed', 'claim filed'), ('wages_paid', 'wages paid'), ('papers_restored', 'papers restored'), ('stay_settled', 'lawful stay settled'), ('returned_home', 'returned home'), ('sheltered', 'placed in a shelter or hostel'), ('child_documented', 'a child got its documents'), ('criminal_case', 'criminal case opened'), ('referred', 'referred to a partner'), ('not_confirmed', 'not confirmed'), ('withdrawn', 'the person did not want to go on'), ('lost_contact', 'contact was lost')], max_length=20, verbose_name='what')),
                ('reached_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='reached on')),
                ('case', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.case')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='legalaid.outcome')),
                ('person', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='legalaid.person', verbose_name='for whom')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='case',
            name='people',
            field=models.ManyToManyField(related_name='cases', through='legalaid.CasePerson', to='legalaid.person', verbose_name='people'),
        ),
        AddTrigger(
            model_name='employer',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_employerevent" ("added_at", "id", "merged_at", "merged_by_id", "merged_into_id", "name", "number", "other_names", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phones", "place", "seal", "sector") VALUES (NEW."added_at", NEW."id", NEW."merged_at", NEW."merged_by_id", NEW."merged_into_id", NEW."name", NEW."number", NEW."other_names", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phones", NEW."place", NEW."seal", NEW."sector"); RETURN NULL;', hash='fb5679c1346b2f74f3d50e6783b8a406b2343f1d', operation='INSERT', pgid='pgtrigger_insert_insert_d7ca5', table='legalaid_employer', when='AFTER')),
        ),
        AddTrigger(
            model_name='employer',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."added_at" IS DISTINCT FROM (NEW."added_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."merged_at" IS DISTINCT FROM (NEW."merged_at") OR OLD."merged_by_id" IS DISTINCT FROM (NEW."merged_by_id") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."other_names" IS DISTINCT FROM (NEW."other_names") OR OLD."phones" IS DISTINCT FROM (NEW."phones") OR OLD."place" IS DISTINCT FROM (NEW."place") OR OLD."seal" IS DISTINCT FROM (NEW."seal") OR OLD."sector" IS DISTINCT FROM (NEW."sector"))', func='INSERT INTO "legalaid_employerevent" ("added_at", "id", "merged_at", "merged_by_id", "merged_into_id", "name", "number", "other_names", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phones", "place", "seal", "sector") VALUES (NEW."added_at", NEW."id", NEW."merged_at", NEW."merged_by_id", NEW."merged_into_id", NEW."name", NEW."number", NEW."other_names", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phones", NEW."place", NEW."seal", NEW."sector"); RETURN NULL;', hash='f2f97c841567c26a25842cdf54635d12bf354724', operation='UPDATE', pgid='pgtrigger_update_update_653bc', table='legalaid_employer', when='AFTER')),
        ),
        AddTrigger(
            model_name='employer',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_employerevent" ("added_at", "id", "merged_at", "merged_by_id", "merged_into_id", "name", "number", "other_names", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phones", "place", "seal", "sector") VALUES (OLD."added_at", OLD."id", OLD."merged_at", OLD."merged_by_id", OLD."merged_into_id", OLD."name", OLD."number", OLD."other_names", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phones", OLD."place", OLD."seal", OLD."sector"); RETURN NULL;', hash='668ec7597fb617481b9657336daee1106bf43aa4', operation='DELETE', pgid='pgtrigger_delete_delete_e89b2', table='legalaid_employer', when='AFTER')),
        ),
        AddTrigger(
            model_name='employerevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d9e939a5c2c60b345f27a3aefe3c489c54cdcece', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_72b28', table='legalaid_employerevent', when='BEFORE')),
        ),
        AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_personevent" ("added_at", "added_by_id", "age", "age_is_about", "age_on", "birth_year", "citizenship", "home_region", "id", "is_caller", "language", "minor", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sex") VALUES (NEW."added_at", NEW."added_by_id", NEW."age", NEW."age_is_about", NEW."age_on", NEW."birth_year", NEW."citizenship", NEW."home_region", NEW."id", NEW."is_caller", NEW."language", NEW."minor", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."sex"); RETURN NULL;', hash='6f97c8b5b7a4e2c10676b43a8dfefef7109fba00', operation='INSERT', pgid='pgtrigger_insert_insert_b3c13', table='legalaid_person', when='AFTER')),
        ),
        AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "legalaid_personevent" ("added_at", "added_by_id", "age", "age_is_about", "age_on", "birth_year", "citizenship", "home_region", "id", "is_caller", "language", "minor", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sex") VALUES (NEW."added_at", NEW."added_by_id", NEW."age", NEW."age_is_about", NEW."age_on", NEW."birth_year", NEW."citizenship", NEW."home_region", NEW."id", NEW."is_caller", NEW."language", NEW."minor", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."sex"); RETURN NULL;', hash='3125c626868b1b26b392455eff1a8fad84efe542', operation='UPDATE', pgid='pgtrigger_update_update_fa15b', table='legalaid_person', when='AFTER')),
        ),
        AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_personevent" ("added_at", "added_by_id", "age", "age_is_about", "age_on", "birth_year", "citizenship", "home_region", "id", "is_caller", "language", "minor", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sex") VALUES (OLD."added_at", OLD."added_by_id", OLD."age", OLD."age_is_about", OLD."age_on", OLD."birth_year", OLD."citizenship", OLD."home_region", OLD."id", OLD."is_caller", OLD."language", OLD."minor", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."sex"); RETURN NULL;', hash='c652b9f2e4d551703d3fa438d1f209bd43d9b37b', operation='DELETE', pgid='pgtrigger_delete_delete_7da56', table='legalaid_person', when='AFTER')),
        ),
        AddTrigger(
            model_name='personevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='621e26053db2a0c4369b613aaf72927a8901d5bf', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ad4d9', table='legalaid_personevent', when='BEFORE')),
        ),
        AddTrigger(
            model_name='identity',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_identityevent" ("address", "documents", "id", "messengers", "name", "other_names", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phones", "seal") VALUES (NEW."address", NEW."documents", NEW."id", NEW."messengers", NEW."name", NEW."other_names", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phones", NEW."seal"); RETURN NULL;', hash='70c4c1892ce7b0655ff90b00e6bd04c1ee02da83', operation='INSERT', pgid='pgtrigger_insert_insert_a9603', table='legalaid_identity', when='AFTER')),
        ),
        AddTrigger(
            model_name='identity',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."documents" IS DISTINCT FROM (NEW."documents") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."messengers" IS DISTINCT FROM (NEW."messengers") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."other_names" IS DISTINCT FROM (NEW."other_names") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."phones" IS DISTINCT FROM (NEW."phones") OR OLD."seal" IS DISTINCT FROM (NEW."seal"))', func='INSERT INTO "legalaid_identityevent" ("address", "documents", "id", "messengers", "name", "other_names", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phones", "seal") VALUES (NEW."address", NEW."documents", NEW."id", NEW."messengers", NEW."name", NEW."other_names", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phones", NEW."seal"); RETURN NULL;', hash='1b0d29da2bea343a42e140fc78877e2cd14b9edc', operation='UPDATE', pgid='pgtrigger_update_update_b0763', table='legalaid_identity', when='AFTER')),
        ),
        AddTrigger(
            model_name='identity',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_identityevent" ("address", "documents", "id", "messengers", "name", "other_names", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phones", "seal") VALUES (OLD."address", OLD."documents", OLD."id", OLD."messengers", OLD."name", OLD."other_names", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phones", OLD."seal"); RETURN NULL;', hash='6509d6a4d087bc9b012bd6711dd33d814061229e', operation='DELETE', pgid='pgtrigger_delete_delete_2e180', table='legalaid_identity', when='AFTER')),
        ),
        AddTrigger(
            model_name='identityevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='bdca002886f41f58f8e6b091f2b8c2d20ff02fb3', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ceeff', table='legalaid_identityevent', when='BEFORE')),
        ),
        AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='close_with_an_outcome', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."closed_on" IS NOT NULL AND OLD."closed_on" IS NULL)', func="IF NOT EXISTS (SELECT FROM legalaid_outcome WHERE case_id = NEW.id) THEN RAISE EXCEPTION 'a case is closed with an outcome' USING ERRCODE = '23514'; END IF; RETURN NEW;", hash='17187247ea60e44b9ce68fcce4104ad929a439ce', operation='UPDATE', pgid='pgtrigger_close_with_an_outcome_22702', table='legalaid_case', when='BEFORE')),
        ),
        AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_caseevent" ("closed_on", "dispose_on", "employer_id", "erased_at", "exploitation", "hold_reason", "id", "is_held", "lawyer_id", "office_id", "opened_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_of_exploitation", "project_id", "reference", "seal", "touched_at", "transfer_to_id", "turn", "turn_since") VALUES (NEW."closed_on", NEW."dispose_on", NEW."employer_id", NEW."erased_at", NEW."exploitation", NEW."hold_reason", NEW."id", NEW."is_held", NEW."lawyer_id", NEW."office_id", NEW."opened_on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place_of_exploitation", NEW."project_id", NEW."reference", NEW."seal", NEW."touched_at", NEW."transfer_to_id", NEW."turn", NEW."turn_since"); RETURN NULL;', hash='2c199abbdfe436d9093d3c9ca9676f1becbf778b', operation='INSERT', pgid='pgtrigger_insert_insert_6eaa0', table='legalaid_case', when='AFTER')),
        ),
        AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "legalaid_caseevent" ("closed_on", "dispose_on", "employer_id", "erased_at", "exploitation", "hold_reason", "id", "is_held", "lawyer_id", "office_id", "opened_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_of_exploitation", "project_id", "reference", "seal", "touched_at", "transfer_to_id", "turn", "turn_since") VALUES (NEW."closed_on", NEW."dispose_on", NEW."employer_id", NEW."erased_at", NEW."exploitation", NEW."hold_reason", NEW."id", NEW."is_held", NEW."lawyer_id", NEW."office_id", NEW."opened_on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place_of_exploitation", NEW."project_id", NEW."reference", NEW."seal", NEW."touched_at", NEW."transfer_to_id", NEW."turn", NEW."turn_since"); RETURN NULL;', hash='86320befb7d5995752d7d40cfc571fd3f8c25b17', operation='UPDATE', pgid='pgtrigger_update_update_37cf1', table='legalaid_case', when='AFTER')),
        ),
        AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_caseevent" ("closed_on", "dispose_on", "employer_id", "erased_at", "exploitation", "hold_reason", "id", "is_held", "lawyer_id", "office_id", "opened_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_of_exploitation", "project_id", "reference", "seal", "touched_at", "transfer_to_id", "turn", "turn_since") VALUES (OLD."closed_on", OLD."dispose_on", OLD."employer_id", OLD."erased_at", OLD."exploitation", OLD."hold_reason", OLD."id", OLD."is_held", OLD."lawyer_id", OLD."office_id", OLD."opened_on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."place_of_exploitation", OLD."project_id", OLD."reference", OLD."seal", OLD."touched_at", OLD."transfer_to_id", OLD."turn", OLD."turn_since"); RETURN NULL;', hash='369e083cbd3568affe4a6f93947e872ef7dbb7ba', operation='DELETE', pgid='pgtrigger_delete_delete_7beda', table='legalaid_case', when='AFTER')),
        ),
        AddTrigger(
            model_name='caseevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='35f1a94234fdd1242d2b0ac8dd5082535a846f4d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_97da9', table='legalaid_caseevent', when='BEFORE')),
        ),
        AddTrigger(
            model_name='caseperson',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_casepersonevent" ("case_id", "id", "part", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."case_id", NEW."id", NEW."part", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='e3be3f3a5b896381746931884b7d1ce99a098cf0', operation='INSERT', pgid='pgtrigger_insert_insert_7664b', table='legalaid_caseperson', when='AFTER')),
        ),
        AddTrigger(
            model_name='caseperson',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "legalaid_casepersonevent" ("case_id", "id", "part", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."case_id", NEW."id", NEW."part", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='d967edec59eb844e8a61a83a7a66fc8484d597bd', operation='UPDATE', pgid='pgtrigger_update_update_9b1d6', table='legalaid_caseperson', when='AFTER')),
        ),
        AddTrigger(
            model_name='caseperson',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_casepersonevent" ("case_id", "id", "part", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."case_id", OLD."id", OLD."part", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='9d60a33106588c8829cee23c0e574a5293081ed7', operation='DELETE', pgid='pgtrigger_delete_delete_4d06d', table='legalaid_caseperson', when='AFTER')),
        ),
        AddTrigger(
            model_name='casepersonevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7ce808b3c2aee4c33c996a34309c7d883d8e621f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_68e04', table='legalaid_casepersonevent', when='BEFORE')),
        ),
        AddTrigger(
            model_name='casemember',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_casememberevent" ("case_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (NEW."case_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."user_id"); RETURN NULL;', hash='db566877af2cfc916d4b15566ec62f648b1bafaf', operation='INSERT', pgid='pgtrigger_insert_insert_57c6f', table='legalaid_casemember', when='AFTER')),
        ),
        AddTrigger(
            model_name='casemember',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "legalaid_casememberevent" ("case_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (NEW."case_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."user_id"); RETURN NULL;', hash='1a6a4fe7d82a261ca00908c6e7f8d8716ed28e65', operation='UPDATE', pgid='pgtrigger_update_update_011a6', table='legalaid_casemember', when='AFTER')),
        ),
        AddTrigger(
            model_name='casemember',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_casememberevent" ("case_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (OLD."case_id", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."user_id"); RETURN NULL;', hash='7839765e161329ec2a49dfe35a2b6ccf16b35c05', operation='DELETE', pgid='pgtrigger_delete_delete_825b1', table='legalaid_casemember', when='AFTER')),
        ),
        AddTrigger(
            model_name='casememberevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b433242120d8a07ecc6ccd874ff3deff4d5a7ef3', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_46539', table='legalaid_casememberevent', when='BEFORE')),
        ),
        AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_consentevent" ("given_at", "how", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text_id", "withdrawn_at") VALUES (NEW."given_at", NEW."how", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."text_id", NEW."withdrawn_at"); RETURN NULL;', hash='a3d3efab3e2913c9807a31b312ad79b1b191ceec', operation='INSERT', pgid='pgtrigger_insert_insert_377cd', table='legalaid_consent', when='AFTER')),
        ),
        AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "legalaid_consentevent" ("given_at", "how", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text_id", "withdrawn_at") VALUES (NEW."given_at", NEW."how", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."text_id", NEW."withdrawn_at"); RETURN NULL;', hash='27856c368960a0b97cd4f11f56ce75cf1ddfc0e6', operation='UPDATE', pgid='pgtrigger_update_update_41226', table='legalaid_consent', when='AFTER')),
        ),
        AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_consentevent" ("given_at", "how", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text_id", "withdrawn_at") VALUES (OLD."given_at", OLD."how", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."text_id", OLD."withdrawn_at"); RETURN NULL;', hash='7876d3511846168916948a1b44f940e4c6f51658', operation='DELETE', pgid='pgtrigger_delete_delete_044d9', table='legalaid_consent', when='AFTER')),
        ),
        AddTrigger(
            model_name='consentevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='79cb7a42591cd2d7db54beab6d588c5f1d263091', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f84d6', table='legalaid_consentevent', when='BEFORE')),
        ),
        AddTrigger(
            model_name='intake',
            trigger=pgtrigger.compiler.Trigger(name='decide_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN ((NEW."decision" IS DISTINCT FROM \'accepted\' AND OLD."decision" = \'accepted\') OR (NOT (OLD."decision" = \'\') AND NOT (NEW."decision" = \'\') AND (OLD."decision" IS DISTINCT FROM (NEW."decision") OR OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id"))))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='c20b639d2a9015b2e75ed2981810a680312ca7f1', operation='UPDATE', pgid='pgtrigger_decide_once_2afca', table='legalaid_intake', when='BEFORE')),
        ),
        AddTrigger(
            model_name='intake',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_intakeevent" ("case_id", "channel", "code_was_spoken", "consent_id", "contact", "contact_by", "contact_when", "country", "decided_at", "decided_by_id", "decision", "decline_reason", "employer_id", "entered_by_id", "erased_at", "erasure_wished_at", "flags", "held_because", "id", "in_danger", "is_anonymous", "language", "may_say_who", "minor", "office_id", "others_answer", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "project_id", "received_at", "reference", "relation", "same_as_id", "seal", "speaker_name", "story", "unanswered_since", "urgency") VALUES (NEW."case_id", NEW."channel", NEW."code_was_spoken", NEW."consent_id", NEW."contact", NEW."contact_by", NEW."contact_when", NEW."country", NEW."decided_at", NEW."decided_by_id", NEW."decision", NEW."decline_reason", NEW."employer_id", NEW."entered_by_id", NEW."erased_at", NEW."erasure_wished_at", NEW."flags", NEW."held_because", NEW."id", NEW."in_danger", NEW."is_anonymous", NEW."language", NEW."may_say_who", NEW."minor", NEW."office_id", NEW."others_answer", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place", NEW."project_id", NEW."received_at", NEW."reference", NEW."relation", NEW."same_as_id", NEW."seal", NEW."speaker_name", NEW."story", NEW."unanswered_since", NEW."urgency"); RETURN NULL;', hash='979d5756a3cb700905d665fbff9b742cbf214565', operation='INSERT', pgid='pgtrigger_insert_insert_608b8', table='legalaid_intake', when='AFTER')),
        ),
        AddTrigger(
            model_name='intake',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."code_was_spoken" IS DISTINCT FROM (NEW."code_was_spoken") OR OLD."consent_id" IS DISTINCT FROM (NEW."consent_id") OR OLD."contact" IS DISTINCT FROM (NEW."contact") OR OLD."contact_by" IS DISTINCT FROM (NEW."contact_by") OR OLD."contact_when" IS DISTINCT FROM (NEW."contact_when") OR OLD."country" IS DISTINCT FROM (NEW."country") OR OLD."decided_at" IS DISTINCT FROM (NEW."decided_at") OR OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."decision" IS DISTINCT FROM (NEW."decision") OR OLD."decline_reason" IS DISTINCT FROM (NEW."decline_reason") OR OLD."employer_id" IS DISTINCT FROM (NEW."employer_id") OR OLD."entered_by_id" IS DISTINCT FROM (NEW."entered_by_id") OR OLD."erased_at" IS DISTINCT FROM (NEW."erased_at") OR OLD."erasure_wished_at" IS DISTINCT FROM (NEW."erasure_wished_at") OR OLD."flags" IS DISTINCT FROM (NEW."flags") OR OLD."held_because" IS DISTINCT FROM (NEW."held_because") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."in_danger" IS DISTINCT FROM (NEW."in_danger") OR OLD."is_anonymous" IS DISTINCT FROM (NEW."is_anonymous") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."may_say_who" IS DISTINCT FROM (NEW."may_say_who") OR OLD."minor" IS DISTINCT FROM (NEW."minor") OR OLD."office_id" IS DISTINCT FROM (NEW."office_id") OR OLD."others_answer" IS DISTINCT FROM (NEW."others_answer") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."place" IS DISTINCT FROM (NEW."place") OR OLD."project_id" IS DISTINCT FROM (NEW."project_id") OR OLD."received_at" IS DISTINCT FROM (NEW."received_at") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."relation" IS DISTINCT FROM (NEW."relation") OR OLD."same_as_id" IS DISTINCT FROM (NEW."same_as_id") OR OLD."seal" IS DISTINCT FROM (NEW."seal") OR OLD."speaker_name" IS DISTINCT FROM (NEW."speaker_name") OR OLD."story" IS DISTINCT FROM (NEW."story") OR OLD."unanswered_since" IS DISTINCT FROM (NEW."unanswered_since") OR OLD."urgency" IS DISTINCT FROM (NEW."urgency"))', func='INSERT INTO "legalaid_intakeevent" ("case_id", "channel", "code_was_spoken", "consent_id", "contact", "contact_by", "contact_when", "country", "decided_at", "decided_by_id", "decision", "decline_reason", "employer_id", "entered_by_id", "erased_at", "erasure_wished_at", "flags", "held_because", "id", "in_danger", "is_anonymous", "language", "may_say_who", "minor", "office_id", "others_answer", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "project_id", "received_at", "reference", "relation", "same_as_id", "seal", "speaker_name", "story", "unanswered_since", "urgency") VALUES (NEW."case_id", NEW."channel", NEW."code_was_spoken", NEW."consent_id", NEW."contact", NEW."contact_by", NEW."contact_when", NEW."country", NEW."decided_at", NEW."decided_by_id", NEW."decision", NEW."decline_reason", NEW."employer_id", NEW."entered_by_id", NEW."erased_at", NEW."erasure_wished_at", NEW."flags", NEW."held_because", NEW."id", NEW."in_danger", NEW."is_anonymous", NEW."language", NEW."may_say_who", NEW."minor", NEW."office_id", NEW."others_answer", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place", NEW."project_id", NEW."received_at", NEW."reference", NEW."relation", NEW."same_as_id", NEW."seal", NEW."speaker_name", NEW."story", NEW."unanswered_since", NEW."urgency"); RETURN NULL;', hash='7d25109f5ef2c5f833e1025a3c3e97906cd62214', operation='UPDATE', pgid='pgtrigger_update_update_4bd57', table='legalaid_intake', when='AFTER')),
        ),
        AddTrigger(
            model_name='intake',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_intakeevent" ("case_id", "channel", "code_was_spoken", "consent_id", "contact", "contact_by", "contact_when", "country", "decided_at", "decided_by_id", "decision", "decline_reason", "employer_id", "entered_by_id", "erased_at", "erasure_wished_at", "flags", "held_because", "id", "in_danger", "is_anonymous", "language", "may_say_who", "minor", "office_id", "others_answer", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "project_id", "received_at", "reference", "relation", "same_as_id", "seal", "speaker_name", "story", "unanswered_since", "urgency") VALUES (OLD."case_id", OLD."channel", OLD."code_was_spoken", OLD."consent_id", OLD."contact", OLD."contact_by", OLD."contact_when", OLD."country", OLD."decided_at", OLD."decided_by_id", OLD."decision", OLD."decline_reason", OLD."employer_id", OLD."entered_by_id", OLD."erased_at", OLD."erasure_wished_at", OLD."flags", OLD."held_because", OLD."id", OLD."in_danger", OLD."is_anonymous", OLD."language", OLD."may_say_who", OLD."minor", OLD."office_id", OLD."others_answer", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."place", OLD."project_id", OLD."received_at", OLD."reference", OLD."relation", OLD."same_as_id", OLD."seal", OLD."speaker_name", OLD."story", OLD."unanswered_since", OLD."urgency"); RETURN NULL;', hash='2a76a680fd61675e146a3e029f7ea6ebfad30589', operation='DELETE', pgid='pgtrigger_delete_delete_c4c34', table='legalaid_intake', when='AFTER')),
        ),
        AddTrigger(
            model_name='intakeevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4a913212228d08cd1881313d69e0147f8e6babc4', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_8d663', table='legalaid_intakeevent', when='BEFORE')),
        ),
        AddTrigger(
            model_name='packrequest',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_packrequestevent" ("asked_at", "asked_by_id", "case_id", "decided_at", "decided_by_id", "id", "is_approved", "number_of_people", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preset", "used_at", "why") VALUES (NEW."asked_at", NEW."asked_by_id", NEW."case_id", NEW."decided_at", NEW."decided_by_id", NEW."id", NEW."is_approved", NEW."number_of_people", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."preset", NEW."used_at", NEW."why"); RETURN NULL;', hash='02ca51060ce2984f20d0ee33577e5cfedf80fc98', operation='INSERT', pgid='pgtrigger_insert_insert_5de0c', table='legalaid_packrequest', when='AFTER')),
        ),
        AddTrigger(
            model_name='packrequest',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "legalaid_packrequestevent" ("asked_at", "asked_by_id", "case_id", "decided_at", "decided_by_id", "id", "is_approved", "number_of_people", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preset", "used_at", "why") VALUES (NEW."asked_at", NEW."asked_by_id", NEW."case_id", NEW."decided_at", NEW."decided_by_id", NEW."id", NEW."is_approved", NEW."number_of_people", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."preset", NEW."used_at", NEW."why"); RETURN NULL;', hash='9ffba63b38349281b57f72c6817e9402ffec35d1', operation='UPDATE', pgid='pgtrigger_update_update_35b2c', table='legalaid_packrequest', when='AFTER')),
        ),
        AddTrigger(
            model_name='packrequest',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_packrequestevent" ("asked_at", "asked_by_id", "case_id", "decided_at", "decided_by_id", "id", "is_approved", "number_of_people", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preset", "used_at", "why") VALUES (OLD."asked_at", OLD."asked_by_id", OLD."case_id", OLD."decided_at", OLD."decided_by_id", OLD."id", OLD."is_approved", OLD."number_of_people", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."preset", OLD."used_at", OLD."why"); RETURN NULL;', hash='f252095b1c6e41d8f82aba8ed25ca06843ce1442', operation='DELETE', pgid='pgtrigger_delete_delete_87737', table='legalaid_packrequest', when='AFTER')),
        ),
        AddTrigger(
            model_name='packrequestevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='016a059a47787a692bed02644bcc9dd619a7d648', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_fc633', table='legalaid_packrequestevent', when='BEFORE')),
        ),
        AddTrigger(
            model_name='disposalbatch',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_disposalbatchevent" ("approved_at", "approved_by_id", "checked_by_id", "erased_at", "found_at", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."approved_at", NEW."approved_by_id", NEW."checked_by_id", NEW."erased_at", NEW."found_at", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='18da48bebc4ba577c46dda242f79f9eab583d89e', operation='INSERT', pgid='pgtrigger_insert_insert_dee24', table='legalaid_disposalbatch', when='AFTER')),
        ),
        AddTrigger(
            model_name='disposalbatch',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "legalaid_disposalbatchevent" ("approved_at", "approved_by_id", "checked_by_id", "erased_at", "found_at", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."approved_at", NEW."approved_by_id", NEW."checked_by_id", NEW."erased_at", NEW."found_at", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='b3c02a1ef72135fd817f11032f812390ce1f68a8', operation='UPDATE', pgid='pgtrigger_update_update_f342a', table='legalaid_disposalbatch', when='AFTER')),
        ),
        AddTrigger(
            model_name='disposalbatch',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_disposalbatchevent" ("approved_at", "approved_by_id", "checked_by_id", "erased_at", "found_at", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."approved_at", OLD."approved_by_id", OLD."checked_by_id", OLD."erased_at", OLD."found_at", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='469abf02a9cff96b5e8c53949bc272bfe7673676', operation='DELETE', pgid='pgtrigger_delete_delete_3b169', table='legalaid_disposalbatch', when='AFTER')),
        ),
        AddTrigger(
            model_name='disposalbatchevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='aa7f4ef35aa7b3919cba9984a3971172370cdfd6', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0edbf', table='legalaid_disposalbatchevent', when='BEFORE')),
        ),
        AddTrigger(
            model_name='message',
            trigger=pgtrigger.compiler.Trigger(name='written_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."intake_id" IS DISTINCT FROM (NEW."intake_id") OR OLD."seal" IS DISTINCT FROM (NEW."seal") OR OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."written_at" IS DISTINCT FROM (NEW."written_at") OR OLD."written_by_id" IS DISTINCT FROM (NEW."written_by_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='02e304605a4b4b92062b43bd7ddbc3d3225810b3', operation='UPDATE', pgid='pgtrigger_written_once_e181b', table='legalaid_message', when='BEFORE')),
        ),
        AddTrigger(
            model_name='message',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_messageevent" ("id", "intake_id", "language", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "read_at", "seal", "text", "written_at", "written_by_id") VALUES (NEW."id", NEW."intake_id", NEW."language", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."read_at", NEW."seal", NEW."text", NEW."written_at", NEW."written_by_id"); RETURN NULL;', hash='1c412489954a8dacb80958e45098021527b1b7c8', operation='INSERT', pgid='pgtrigger_insert_insert_165e1', table='legalaid_message', when='AFTER')),
        ),
        AddTrigger(
            model_name='message',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "legalaid_messageevent" ("id", "intake_id", "language", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "read_at", "seal", "text", "written_at", "written_by_id") VALUES (NEW."id", NEW."intake_id", NEW."language", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."read_at", NEW."seal", NEW."text", NEW."written_at", NEW."written_by_id"); RETURN NULL;', hash='bd37f3e4eb5005256e14c32fb8c8d9bcdd23359a', operation='UPDATE', pgid='pgtrigger_update_update_6e9b9', table='legalaid_message', when='AFTER')),
        ),
        AddTrigger(
            model_name='message',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_messageevent" ("id", "intake_id", "language", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "read_at", "seal", "text", "written_at", "written_by_id") VALUES (OLD."id", OLD."intake_id", OLD."language", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."read_at", OLD."seal", OLD."text", OLD."written_at", OLD."written_by_id"); RETURN NULL;', hash='1eb6ae22de645af1589c879339bbc6ac9d88d63c', operation='DELETE', pgid='pgtrigger_delete_delete_a69d5', table='legalaid_message', when='AFTER')),
        ),
        AddTrigger(
            model_name='messageevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='57f85eec8881b315a7f5d25df93da0f9f9db0f34', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_26028', table='legalaid_messageevent', when='BEFORE')),
        ),
        AddTrigger(
            model_name='document',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_documentevent" ("added_at", "added_by_id", "case_id", "copy", "copy_size", "id", "intake_id", "is_for_applicant", "kind", "original", "original_sha256", "original_size", "pages", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "seal", "title") VALUES (NEW."added_at", NEW."added_by_id", NEW."case_id", NEW."copy", NEW."copy_size", NEW."id", NEW."intake_id", NEW."is_for_applicant", NEW."kind", NEW."original", NEW."original_sha256", NEW."original_size", NEW."pages", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."seal", NEW."title"); RETURN NULL;', hash='ac45e9bd88fde382a531430941a7e99613607f54', operation='INSERT', pgid='pgtrigger_insert_insert_90935', table='legalaid_document', when='AFTER')),
        ),
        AddTrigger(
            model_name='document',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "legalaid_documentevent" ("added_at", "added_by_id", "case_id", "copy", "copy_size", "id", "intake_id", "is_for_applicant", "kind", "original", "original_sha256", "original_size", "pages", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "seal", "title") VALUES (NEW."added_at", NEW."added_by_id", NEW."case_id", NEW."copy", NEW."copy_size", NEW."id", NEW."intake_id", NEW."is_for_applicant", NEW."kind", NEW."original", NEW."original_sha256", NEW."original_size", NEW."pages", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."seal", NEW."title"); RETURN NULL;', hash='8227046dacdbfd7f5ab333b867c9584b7a62f212', operation='UPDATE', pgid='pgtrigger_update_update_37cd7', table='legalaid_document', when='AFTER')),
        ),
        AddTrigger(
            model_name='document',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_documentevent" ("added_at", "added_by_id", "case_id", "copy", "copy_size", "id", "intake_id", "is_for_applicant", "kind", "original", "original_sha256", "original_size", "pages", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "seal", "title") VALUES (OLD."added_at", OLD."added_by_id", OLD."case_id", OLD."copy", OLD."copy_size", OLD."id", OLD."intake_id", OLD."is_for_applicant", OLD."kind", OLD."original", OLD."original_sha256", OLD."original_size", OLD."pages", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."seal", OLD."title"); RETURN NULL;', hash='4647c15d2f126126364f709186d36e1bf1e41117', operation='DELETE', pgid='pgtrigger_delete_delete_42734', table='legalaid_document', when='AFTER')),
        ),
        AddTrigger(
            model_name='documentevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5075d6a7177efeeb2589c3e46a19fa69fd2ffadf', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c5f43', table='legalaid_documentevent', when='BEFORE')),
        ),
        AddTrigger(
            model_name='note',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_noteevent" ("case_id", "id", "is_private", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "seal", "text", "written_at", "written_by_id") VALUES (NEW."case_id", NEW."id", NEW."is_private", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."seal", NEW."text", NEW."written_at", NEW."written_by_id"); RETURN NULL;', hash='f58dbcda0819b73986415dea305a876602c33430', operation='INSERT', pgid='pgtrigger_insert_insert_3631d', table='legalaid_note', when='AFTER')),
        ),
        AddTrigger(
            model_name='note',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "legalaid_noteevent" ("case_id", "id", "is_private", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "seal", "text", "written_at", "written_by_id") VALUES (NEW."case_id", NEW."id", NEW."is_private", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."seal", NEW."text", NEW."written_at", NEW."written_by_id"); RETURN NULL;', hash='87d9bb0b71ab03bd5b2d3506958594ffc1a117e2', operation='UPDATE', pgid='pgtrigger_update_update_e0808', table='legalaid_note', when='AFTER')),
        ),
        AddTrigger(
            model_name='note',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_noteevent" ("case_id", "id", "is_private", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "seal", "text", "written_at", "written_by_id") VALUES (OLD."case_id", OLD."id", OLD."is_private", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."seal", OLD."text", OLD."written_at", OLD."written_by_id"); RETURN NULL;', hash='8fe670fc4189aa9597148bb6d3ab7e968c81edba', operation='DELETE', pgid='pgtrigger_delete_delete_664d8', table='legalaid_note', when='AFTER')),
        ),
        AddTrigger(
            model_name='noteevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='546ed1e64fa61a6eba3cfeaebc2e8963fe2597d1', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6f793', table='legalaid_noteevent', when='BEFORE')),
        ),
        AddTrigger(
            model_name='service',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_serviceevent" ("case_id", "given_by_id", "given_on", "id", "kind_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "remark", "seal") VALUES (NEW."case_id", NEW."given_by_id", NEW."given_on", NEW."id", NEW."kind_id", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."remark", NEW."seal"); RETURN NULL;', hash='d4b052aada5e1308b05e091c049820c6bc3e6496', operation='INSERT', pgid='pgtrigger_insert_insert_94fba', table='legalaid_service', when='AFTER')),
        ),
        AddTrigger(
            model_name='service',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "legalaid_serviceevent" ("case_id", "given_by_id", "given_on", "id", "kind_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "remark", "seal") VALUES (NEW."case_id", NEW."given_by_id", NEW."given_on", NEW."id", NEW."kind_id", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."remark", NEW."seal"); RETURN NULL;', hash='2240748b5f712fb8d120605affa55dda0b787eff', operation='UPDATE', pgid='pgtrigger_update_update_b1ba0', table='legalaid_service', when='AFTER')),
        ),
        AddTrigger(
            model_name='service',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_serviceevent" ("case_id", "given_by_id", "given_on", "id", "kind_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "remark", "seal") VALUES (OLD."case_id", OLD."given_by_id", OLD."given_on", OLD."id", OLD."kind_id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."remark", OLD."seal"); RETURN NULL;', hash='412abcef725c9c9f6b9fee7c5a5c81e1c0380860', operation='DELETE', pgid='pgtrigger_delete_delete_de84c', table='legalaid_service', when='AFTER')),
        ),
        AddTrigger(
            model_name='serviceevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ff0098f0ed26d5de34222bb1225366bcdd82d7e6', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_dc2e0', table='legalaid_serviceevent', when='BEFORE')),
        ),
        AddTrigger(
            model_name='task',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_taskevent" ("added_at", "assigned_to_id", "case_id", "done_at", "done_by_id", "due_on", "event_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "remind_on", "reminded_at", "rule_id", "seal", "what") VALUES (NEW."added_at", NEW."assigned_to_id", NEW."case_id", NEW."done_at", NEW."done_by_id", NEW."due_on", NEW."event_on", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."remind_on", NEW."reminded_at", NEW."rule_id", NEW."seal", NEW."what"); RETURN NULL;', hash='c34ae7949858144ed6e227925a3454073de54eb6', operation='INSERT', pgid='pgtrigger_insert_insert_f0e9f', table='legalaid_task', when='AFTER')),
        ),
        AddTrigger(
            model_name='task',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "legalaid_taskevent" ("added_at", "assigned_to_id", "case_id", "done_at", "done_by_id", "due_on", "event_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "remind_on", "reminded_at", "rule_id", "seal", "what") VALUES (NEW."added_at", NEW."assigned_to_id", NEW."case_id", NEW."done_at", NEW."done_by_id", NEW."due_on", NEW."event_on", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."remind_on", NEW."reminded_at", NEW."rule_id", NEW."seal", NEW."what"); RETURN NULL;', hash='80cafaf952d6a1677c4c38c7acb1f1e2f51e8406', operation='UPDATE', pgid='pgtrigger_update_update_62898', table='legalaid_task', when='AFTER')),
        ),
        AddTrigger(
            model_name='task',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_taskevent" ("added_at", "assigned_to_id", "case_id", "done_at", "done_by_id", "due_on", "event_on", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "remind_on", "reminded_at", "rule_id", "seal", "what") VALUES (OLD."added_at", OLD."assigned_to_id", OLD."case_id", OLD."done_at", OLD."done_by_id", OLD."due_on", OLD."event_on", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."remind_on", OLD."reminded_at", OLD."rule_id", OLD."seal", OLD."what"); RETURN NULL;', hash='efd400d966e960220905a5c2e707e2796e89cc2a', operation='DELETE', pgid='pgtrigger_delete_delete_6b851', table='legalaid_task', when='AFTER')),
        ),
        AddTrigger(
            model_name='taskevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='86366fe1b25bc243b7df1cf92109ef39759ec1cc', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_67616', table='legalaid_taskevent', when='BEFORE')),
        ),
        AddTrigger(
            model_name='claim',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_claimevent" ("case_id", "claimed_on", "currency", "id", "kind", "owed", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recovered", "recovered_on") VALUES (NEW."case_id", NEW."claimed_on", NEW."currency", NEW."id", NEW."kind", NEW."owed", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."recovered", NEW."recovered_on"); RETURN NULL;', hash='2f6516603464a113d880b795cf9361e34a3c215f', operation='INSERT', pgid='pgtrigger_insert_insert_ccf73', table='legalaid_claim', when='AFTER')),
        ),
        AddTrigger(
            model_name='claim',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "legalaid_claimevent" ("case_id", "claimed_on", "currency", "id", "kind", "owed", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recovered", "recovered_on") VALUES (NEW."case_id", NEW."claimed_on", NEW."currency", NEW."id", NEW."kind", NEW."owed", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."recovered", NEW."recovered_on"); RETURN NULL;', hash='7bce3b6b97dc4344b5f673866f1ef470cc751e67', operation='UPDATE', pgid='pgtrigger_update_update_7bf85', table='legalaid_claim', when='AFTER')),
        ),
        AddTrigger(
            model_name='claim',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_claimevent" ("case_id", "claimed_on", "currency", "id", "kind", "owed", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recovered", "recovered_on") VALUES (OLD."case_id", OLD."claimed_on", OLD."currency", OLD."id", OLD."kind", OLD."owed", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recovered", OLD."recovered_on"); RETURN NULL;', hash='4e1faa0c7656967a5cc948a29c171f2a83cfe494', operation='DELETE', pgid='pgtrigger_delete_delete_58465', table='legalaid_claim', when='AFTER')),
        ),
        AddTrigger(
            model_name='claimevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='cd277e2981f2083eddc2fcb0c409b2e233dfa236', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0f2fb', table='legalaid_claimevent', when='BEFORE')),
        ),
        AddTrigger(
            model_name='referral',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_referralevent" ("answer", "answer_words", "answered_at", "case_id", "consent_how", "consent_on", "consent_withdrawn_at", "expires_at", "id", "language", "link_number", "mailed_at", "opened_at", "partner_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reached", "reported_at", "result", "revoked_at", "seal", "sent_at", "sent_by_id", "shared", "token_hash", "what_for") VALUES (NEW."answer", NEW."answer_words", NEW."answered_at", NEW."case_id", NEW."consent_how", NEW."consent_on", NEW."consent_withdrawn_at", NEW."expires_at", NEW."id", NEW."language", NEW."link_number", NEW."mailed_at", NEW."opened_at", NEW."partner_id", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reached", NEW."reported_at", NEW."result", NEW."revoked_at", NEW."seal", NEW."sent_at", NEW."sent_by_id", NEW."shared", NEW."token_hash", NEW."what_for"); RETURN NULL;', hash='69dda8d1ce1d0a024c6122127bd2d1d41383a928', operation='INSERT', pgid='pgtrigger_insert_insert_09253', table='legalaid_referral', when='AFTER')),
        ),
        AddTrigger(
            model_name='referral',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "legalaid_referralevent" ("answer", "answer_words", "answered_at", "case_id", "consent_how", "consent_on", "consent_withdrawn_at", "expires_at", "id", "language", "link_number", "mailed_at", "opened_at", "partner_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reached", "reported_at", "result", "revoked_at", "seal", "sent_at", "sent_by_id", "shared", "token_hash", "what_for") VALUES (NEW."answer", NEW."answer_words", NEW."answered_at", NEW."case_id", NEW."consent_how", NEW."consent_on", NEW."consent_withdrawn_at", NEW."expires_at", NEW."id", NEW."language", NEW."link_number", NEW."mailed_at", NEW."opened_at", NEW."partner_id", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reached", NEW."reported_at", NEW."result", NEW."revoked_at", NEW."seal", NEW."sent_at", NEW."sent_by_id", NEW."shared", NEW."token_hash", NEW."what_for"); RETURN NULL;', hash='2d80d1bcb887297ede1a4918aa601e7216184292', operation='UPDATE', pgid='pgtrigger_update_update_bfe91', table='legalaid_referral', when='AFTER')),
        ),
        AddTrigger(
            model_name='referral',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_referralevent" ("answer", "answer_words", "answered_at", "case_id", "consent_how", "consent_on", "consent_withdrawn_at", "expires_at", "id", "language", "link_number", "mailed_at", "opened_at", "partner_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reached", "reported_at", "result", "revoked_at", "seal", "sent_at", "sent_by_id", "shared", "token_hash", "what_for") VALUES (OLD."answer", OLD."answer_words", OLD."answered_at", OLD."case_id", OLD."consent_how", OLD."consent_on", OLD."consent_withdrawn_at", OLD."expires_at", OLD."id", OLD."language", OLD."link_number", OLD."mailed_at", OLD."opened_at", OLD."partner_id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reached", OLD."reported_at", OLD."result", OLD."revoked_at", OLD."seal", OLD."sent_at", OLD."sent_by_id", OLD."shared", OLD."token_hash", OLD."what_for"); RETURN NULL;', hash='c6b6c6bd91f5debd22c11abfb5d252ece34773d7', operation='DELETE', pgid='pgtrigger_delete_delete_7b08b', table='legalaid_referral', when='AFTER')),
        ),
        AddTrigger(
            model_name='referralevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='33db0a25f00bcf41c5757e6d23611680be0fa032', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_80512', table='legalaid_referralevent', when='BEFORE')),
        ),
        AddTrigger(
            model_name='outcome',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_outcomeevent" ("case_id", "id", "kind", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reached_on") VALUES (NEW."case_id", NEW."id", NEW."kind", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reached_on"); RETURN NULL;', hash='efcebd5a974492c7d06e1aeffdf77103c5db618d', operation='INSERT', pgid='pgtrigger_insert_insert_83487', table='legalaid_outcome', when='AFTER')),
        ),
        AddTrigger(
            model_name='outcome',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "legalaid_outcomeevent" ("case_id", "id", "kind", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reached_on") VALUES (NEW."case_id", NEW."id", NEW."kind", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reached_on"); RETURN NULL;', hash='a2adcccb48bf32ef1a1a6a2512dab6f65fcc3b1b', operation='UPDATE', pgid='pgtrigger_update_update_21088', table='legalaid_outcome', when='AFTER')),
        ),
        AddTrigger(
            model_name='outcome',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "legalaid_outcomeevent" ("case_id", "id", "kind", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reached_on") VALUES (OLD."case_id", OLD."id", OLD."kind", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reached_on"); RETURN NULL;', hash='b6a10d17fd442b3af272594d1074312006afa500', operation='DELETE', pgid='pgtrigger_delete_delete_09e6f', table='legalaid_outcome', when='AFTER')),
        ),
        AddTrigger(
            model_name='outcomeevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ca2dba05226c0d483b64385770cd8d69780aaa2a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b5a3f', table='legalaid_outcomeevent', when='BEFORE')),
        ),
        migrations.RunSQL(GUARDS, UNGUARDED),
        *guards(),
        migrations.RunSQL(STAYS_EMPTY, MAY_BE_FILLED),
    ])
