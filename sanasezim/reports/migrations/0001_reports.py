import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from sanasezim.shared.content_stamp import watch
from sanasezim.shared.migrating import together

# A tally of a month holds until a call of it, or a topic of one, is written, changed or removed.
TRIGGERS = """
CREATE FUNCTION mark_stale_months() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO reports_stalemonth (month)
            SELECT DISTINCT date_trunc('month', started_at AT TIME ZONE 'Asia/Almaty')::date
            FROM old_rows;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO reports_stalemonth (month)
            SELECT DISTINCT date_trunc('month', started_at AT TIME ZONE 'Asia/Almaty')::date
            FROM new_rows;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION mark_stale_months_of_topics() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reports_stalemonth (month)
        SELECT DISTINCT date_trunc('month', started_at AT TIME ZONE 'Asia/Almaty')::date
        FROM hotline_call WHERE id IN (SELECT call_id FROM written);
    RETURN NULL;
END $$;
CREATE TRIGGER stale_on_insert AFTER INSERT ON hotline_call REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION mark_stale_months();
CREATE TRIGGER stale_on_update AFTER UPDATE ON hotline_call
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION mark_stale_months();
CREATE TRIGGER stale_on_delete AFTER DELETE ON hotline_call REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION mark_stale_months();
CREATE TRIGGER stale_on_insert AFTER INSERT ON hotline_call_topics REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION mark_stale_months_of_topics();
CREATE TRIGGER stale_on_delete AFTER DELETE ON hotline_call_topics REFERENCING OLD TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION mark_stale_months_of_topics();
"""
NO_TRIGGERS = """
DROP TRIGGER stale_on_insert ON hotline_call;
DROP TRIGGER stale_on_update ON hotline_call;
DROP TRIGGER stale_on_delete ON hotline_call;
DROP TRIGGER stale_on_insert ON hotline_call_topics;
DROP TRIGGER stale_on_delete ON hotline_call_topics;
DROP FUNCTION mark_stale_months();
DROP FUNCTION mark_stale_months_of_topics();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('shared', '0006_project_targets_and_outreach'),
        ('hotline', '0002_calls_hold_all_that_is_counted'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = together([
        migrations.CreateModel(
            name='CallTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('project_id', models.BigIntegerField(null=True)),
                ('office_id', models.BigIntegerField(null=True)),
                ('line_id', models.BigIntegerField(null=True)),
                ('dimension', models.CharField(max_length=20)),
                ('key', models.CharField(max_length=40)),
                ('who', models.CharField(max_length=10)),
                ('number', models.IntegerField()),
            ],
            options={
                'verbose_name': 'tally of calls',
                'verbose_name_plural': 'tallies of calls',
                'default_permissions': (),
                'indexes': [models.Index(fields=['month'], name='call_tally_month')],
            },
        ),
        migrations.CreateModel(
            name='FrozenReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tables', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None, verbose_name='tables')),
                ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None, verbose_name='columns')),
                ('bands', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=list, size=None, verbose_name='ages')),
                ('name', models.CharField(max_length=200, verbose_name='where it was published')),
                ('start', models.DateField(verbose_name='from')),
                ('end', models.DateField(verbose_name='to')),
                ('content', models.JSONField(help_text='As formats.as_json gives them, in full.', verbose_name='figures')),
                ('digest', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('frozen_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='frozen at')),
                ('frozen_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='frozen by')),
                ('line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shared.line', verbose_name='line')),
                ('office', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shared.office', verbose_name='office')),
                ('project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shared.project', verbose_name='project')),
            ],
            options={
                'verbose_name': 'published report',
                'verbose_name_plural': 'published reports',
                'ordering': ['-frozen_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Explanation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=40)),
                ('key', models.CharField(blank=True, help_text='Of the row; empty for the total.', max_length=100)),
                ('words', models.CharField(max_length=300, verbose_name='why it differs')),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('frozen', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='explanations', to='reports.frozenreport')),
            ],
            options={
                'verbose_name': 'explanation of a difference',
                'verbose_name_plural': 'explanations of differences',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='OpenFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('table', models.CharField(max_length=40, verbose_name='table')),
                ('rows', models.JSONField(help_text='[key, number], null where it is too small to be shown.', verbose_name='figures')),
                ('total', models.PositiveIntegerField(null=True, verbose_name='in all')),
                ('released_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='released at')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='taken back at')),
                ('released_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='released by')),
            ],
            options={
                'verbose_name': 'open figure',
                'verbose_name_plural': 'open figures',
                'ordering': ['-year', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='PersonTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('project_id', models.BigIntegerField(null=True)),
                ('office_id', models.BigIntegerField(null=True)),
                ('line_id', models.BigIntegerField(null=True)),
                ('person_id', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('mask', models.IntegerField(help_text='The bits of people.py.')),
                ('citizenship', models.CharField(max_length=12)),
                ('age', models.IntegerField(null=True)),
            ],
            options={
                'verbose_name': 'tally of persons',
                'verbose_name_plural': 'tallies of persons',
                'default_permissions': (),
                'indexes': [models.Index(fields=['month'], name='person_tally_month')],
            },
        ),
        migrations.CreateModel(
            name='ReportExport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tables', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None, verbose_name='tables')),
                ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None, verbose_name='columns')),
                ('bands', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=list, size=None, verbose_name='ages')),
                ('start', models.DateField(verbose_name='from')),
                ('end', models.DateField(verbose_name='to')),
                ('how', models.CharField(max_length=10, verbose_name='format')),
                ('is_full', models.BooleanField(default=False, verbose_name='with small numbers, too')),
                ('why', models.CharField(choices=[('donor', 'for a donor'), ('state', 'for a state body'), ('partner', 'for a partner'), ('press', 'for the press or the public'), ('research', 'for research'), ('own', 'for our own work')], max_length=10, verbose_name='why it leaves')),
                ('lines', models.PositiveIntegerField(verbose_name='how many lines')),
                ('digest', models.CharField(max_length=64, verbose_name='SHA-256 of what left')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shared.line', verbose_name='line')),
                ('office', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shared.office', verbose_name='office')),
                ('project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shared.project', verbose_name='project')),
            ],
            options={
                'verbose_name': 'report that left',
                'verbose_name_plural': 'reports that left',
                'ordering': ['-pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='SavedReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tables', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None, verbose_name='tables')),
                ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None, verbose_name='columns')),
                ('bands', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=list, size=None, verbose_name='ages')),
                ('name', models.CharField(max_length=120, unique=True, verbose_name='name')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='made at')),
                ('line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shared.line', verbose_name='line')),
                ('made_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ('office', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shared.office', verbose_name='office')),
                ('project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shared.project', verbose_name='project')),
            ],
            options={
                'verbose_name': 'saved report',
                'verbose_name_plural': 'saved reports',
                'ordering': ['name'],
                'permissions': [('see_full_figures', 'Can see and take out small numbers, too')],
            },
        ),
        migrations.CreateModel(
            name='SavedReportText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('ru', 'Русский'), ('kk', 'Қазақша'), ('en', 'English')], max_length=10, verbose_name='language')),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='title')),
                ('introduction', models.TextField(blank=True, max_length=4000, verbose_name='introduction')),
                ('headings', models.JSONField(blank=True, default=dict, help_text="Table's id → how the donor calls it.", verbose_name='headings')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='reports.savedreport')),
            ],
            options={
                'verbose_name': 'wording of a report',
                'verbose_name_plural': 'wordings of a report',
            },
        ),
        migrations.CreateModel(
            name='StaleMonth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
            ],
            options={
                'verbose_name': 'month to tally again',
                'verbose_name_plural': 'months to tally again',
                'default_permissions': (),
                'indexes': [models.Index(fields=['month'], name='stale_month')],
            },
        ),
        migrations.AddConstraint(
            model_name='frozenreport',
            constraint=models.CheckConstraint(condition=models.Q(('end__gte', models.F('start'))), name='frozen_report_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='openfigure',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('year', 'table'), name='open_figure_once_per_year'),
        ),
        migrations.AddConstraint(
            model_name='savedreporttext',
            constraint=models.UniqueConstraint(fields=('report', 'language'), name='saved_report_text_once_per_language'),
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        watch("reports_openfigure"),
    ])
