import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

from sanasezim.shared.content_stamp import watch
from sanasezim.shared.migrating import together


class Migration(migrations.Migration):

    replaces = [('resources', '0001_initial'), ('resources', '0002_initial'), ('resources', '0003_content_stamp'), ('resources', '0004_search'), ('resources', '0005_search_entry_says_its_places'), ('resources', '0006_search_indexes_sorted_at_once'), ('resources', '0007_edition_knows_the_hash_of_its_text')]

    initial = True

    dependencies = [
        ('shared', '0001_initial'),
        ('shared', '0002_content_stamp'),
        ('shared', '__first__'),
    ]

    operations = together([
        TrigramExtension(),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9-]*\\Z', 'Use small Latin letters, digits and hyphens only.')], verbose_name='code')),
                ('icon', models.CharField(blank=True, max_length=40, verbose_name='picture')),
                ('order', models.PositiveSmallIntegerField(default=100, verbose_name='order')),
            ],
            options={
                'verbose_name': 'topic',
                'verbose_name_plural': 'topics',
                'ordering': ['order', 'code'],
            },
        ),
        migrations.CreateModel(
            name='TopicText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English')], max_length=10, verbose_name='language')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('question', models.CharField(blank=True, max_length=120, verbose_name="in a person's own words")),
                ('topic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='resources.topic', verbose_name='topic')),
            ],
            options={
                'verbose_name': 'topic text',
                'verbose_name_plural': 'topic texts',
                'constraints': [models.UniqueConstraint(fields=('topic', 'language'), name='topic_text_once_per_language', violation_error_message='This language is already there.')],
            },
        ),
        migrations.CreateModel(
            name='LibraryFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('pdf', 'PDF'), ('jpg', 'JPEG'), ('png', 'PNG'), ('mp3', 'MP3'), ('opus', 'Opus')], max_length=5, verbose_name='format')),
                ('content', models.FileField(upload_to='library/', verbose_name='file')),
                ('size', models.PositiveIntegerField(verbose_name='size in bytes')),
                ('sha256', models.CharField(db_index=True, max_length=64)),
                ('pages', models.PositiveIntegerField(blank=True, null=True, verbose_name='pages')),
                ('seconds', models.PositiveIntegerField(blank=True, null=True, verbose_name='length in seconds')),
                ('text', models.TextField(blank=True, verbose_name='text inside')),
                ('cover', models.FileField(blank=True, upload_to='covers/', verbose_name='cover')),
                ('cover_width', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('cover_height', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('thumbnail', models.FileField(blank=True, upload_to='covers/', verbose_name='small cover')),
                ('uploaded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='uploaded at')),
                ('uploaded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by')),
            ],
            options={
                'verbose_name': 'library file',
                'verbose_name_plural': 'library files',
            },
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='address')),
                ('code', models.CharField(help_text='Printed on paper and said on the phone, such as K-12.', max_length=8, unique=True, validators=[django.core.validators.RegexValidator('^K-[0-9]{2,4}\\Z', 'Write the code like K-12.')], verbose_name='sayable code')),
                ('kind', models.CharField(choices=[('booklet', 'Booklet'), ('info_sheet', 'Information sheet'), ('stand', 'Stand'), ('poster', 'Poster'), ('audio', 'Recording')], default='booklet', max_length=12, verbose_name='kind')),
                ('citizenships', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('UZ', 'Uzbekistan'), ('KG', 'Kyrgyzstan'), ('TJ', 'Tajikistan'), ('TM', 'Turkmenistan'), ('KZ', 'Kazakhstan'), ('RU', 'Russia'), ('stateless', 'No citizenship')], max_length=10), blank=True, default=list, help_text='Nothing chosen means everybody.', size=None, verbose_name='for citizens of')),
                ('stages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('before', 'Before leaving'), ('here', 'In Kazakhstan'), ('home', 'Going home')], max_length=10), blank=True, default=list, help_text='Nothing chosen means every stage.', size=None, verbose_name='stage')),
                ('audiences', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('migrant', 'Migrant worker'), ('employer', 'Employer'), ('family', 'Family'), ('official', 'Official')], max_length=10), blank=True, default=list, size=None, verbose_name='audience')),
                ('source_language', models.CharField(choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English')], default='ru', help_text='The other languages are translated from this one.', max_length=10, verbose_name='written in')),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='added at')),
                ('replaced_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='resources.publication', verbose_name='replaced by')),
                ('topics', models.ManyToManyField(blank=True, related_name='publications', to='resources.topic', verbose_name='topics')),
            ],
            options={
                'verbose_name': 'publication',
                'verbose_name_plural': 'publications',
                'ordering': ['code'],
                'indexes': [models.Index(fields=['-added_at', 'id'], name='resources_p_added_a_1e92b9_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('replaced_by', None), models.Q(('replaced_by', models.F('id')), _negated=True), _connector='OR'), name='publication_not_replaced_by_itself', violation_error_message='A publication cannot replace itself.')],
            },
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English')], max_length=10, verbose_name='language')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('summary', models.CharField(blank=True, help_text='One sentence: what the reader will be able to do.', max_length=250, verbose_name='summary')),
                ('body', models.TextField(blank=True, help_text='Markdown. Quote a fact as [[its-code]]; [[hotline]] is our own number.', verbose_name='text')),
                ('law_as_of', models.DateField(blank=True, null=True, verbose_name='law as of')),
                ('reviewed_on', models.DateField(blank=True, null=True, verbose_name='checked by the lawyer on')),
                ('reviewed_by', models.CharField(blank=True, max_length=120, verbose_name='name of the lawyer')),
                ('review_due', models.DateField(blank=True, null=True, verbose_name='check again by')),
                ('source_hash', models.CharField(blank=True, editable=False, help_text='The hash of the text this translation was made from.', max_length=64, verbose_name='made from')),
                ('submitted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='sent for review at')),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='withdrawn at')),
                ('withdrawn_reason', models.CharField(blank=True, editable=False, max_length=250, verbose_name='why it was withdrawn')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='changed at')),
                ('submitted_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='sent for review by')),
                ('audio', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='resources.libraryfile', verbose_name='recording')),
                ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='resources.libraryfile', verbose_name='file')),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='resources.publication', verbose_name='publication')),
                ('content_hash', models.GeneratedField(db_persist=True, expression=models.Func('title', 'summary', 'body', arg_joiner=' || chr(31) || ', template="encode(sha256(decode(replace(%(expressions)s, '\\', '\\\\'), 'escape')), 'hex')"), output_field=models.CharField(max_length=64))),
            ],
            options={
                'verbose_name': 'edition',
                'verbose_name_plural': 'editions',
                'ordering': ['publication', 'language'],
                'permissions': [('publish_edition', 'Can publish and withdraw editions')],
                'constraints': [models.UniqueConstraint(fields=('publication', 'language'), name='edition_once_per_language', violation_error_message='This publication already has an edition in this language.'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_reason', '')), models.Q(('withdrawn_at__isnull', False), models.Q(('withdrawn_reason', ''), _negated=True)), _connector='OR'), name='edition_withdrawn_with_reason', violation_error_message='Say why it is withdrawn: readers will see it.')],
            },
        ),
        migrations.CreateModel(
            name='EditionVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English')], max_length=10, verbose_name='language')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('summary', models.CharField(blank=True, help_text='One sentence: what the reader will be able to do.', max_length=250, verbose_name='summary')),
                ('body', models.TextField(blank=True, help_text='Markdown. Quote a fact as [[its-code]]; [[hotline]] is our own number.', verbose_name='text')),
                ('law_as_of', models.DateField(blank=True, null=True, verbose_name='law as of')),
                ('reviewed_on', models.DateField(blank=True, null=True, verbose_name='checked by the lawyer on')),
                ('reviewed_by', models.CharField(blank=True, max_length=120, verbose_name='name of the lawyer')),
                ('number', models.PositiveSmallIntegerField(verbose_name='version')),
                ('change_note', models.CharField(blank=True, max_length=250, verbose_name='what changed')),
                ('publish_at', models.DateTimeField(verbose_name='public from')),
                ('superseded_at', models.DateTimeField(blank=True, null=True, verbose_name='public until')),
                ('content_hash', models.CharField(editable=False, max_length=64)),
                ('html', models.TextField(editable=False, help_text='Sanitised HTML; facts are still [[codes]].')),
                ('contents', models.JSONField(default=list, editable=False, help_text='Headings: a list of [level, anchor, text].')),
                ('reading_minutes', models.PositiveSmallIntegerField(default=1, editable=False)),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='resources.edition', verbose_name='edition')),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
                ('audio', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='resources.libraryfile', verbose_name='recording')),
                ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='resources.libraryfile', verbose_name='file')),
            ],
            options={
                'verbose_name': 'version',
                'verbose_name_plural': 'versions',
                'ordering': ['edition', '-number'],
                'indexes': [models.Index(fields=['-publish_at'], name='resources_e_publish_e572e7_idx')],
                'constraints': [models.UniqueConstraint(fields=('edition', 'number'), name='version_number_once'), models.UniqueConstraint(condition=models.Q(('superseded_at', None)), fields=('edition',), name='version_newest_is_one'), models.CheckConstraint(condition=models.Q(('superseded_at', None), ('superseded_at__gte', models.F('publish_at')), _connector='OR'), name='version_superseded_after_publishing')],
            },
        ),
        migrations.CreateModel(
            name='DownloadCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('what', models.CharField(choices=[('file', 'file'), ('audio', 'recording'), ('share', 'page to forward')], max_length=5, verbose_name='what')),
                ('count', models.PositiveIntegerField(default=0, verbose_name='how many')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='downloads', to='resources.edition', verbose_name='edition')),
            ],
            options={
                'verbose_name': 'downloads of a day',
                'verbose_name_plural': 'downloads by day',
                'ordering': ['-day'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'day', 'what'), name='download_count_once_per_day')],
            },
        ),
        migrations.CreateModel(
            name='Handout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English')], max_length=10, verbose_name='language')),
                ('copies', models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(1)], verbose_name='copies')),
                ('handed_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='handed out on')),
                ('place', models.CharField(blank=True, max_length=120, verbose_name='place')),
                ('office', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shared.office', verbose_name='office')),
                ('project', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shared.project', verbose_name='project')),
                ('recorded_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by')),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handouts', to='resources.publication', verbose_name='publication')),
            ],
            options={
                'verbose_name': 'handout',
                'verbose_name_plural': 'handouts',
                'ordering': ['-handed_on', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('copies__gte', 1)), name='handout_of_one_copy_or_more', violation_error_message='At least one copy must be handed out.'), models.CheckConstraint(condition=models.Q(('office__isnull', False), models.Q(('place', ''), _negated=True), _connector='OR'), name='handout_has_office_or_place', violation_error_message='Say where: choose an office or write a place.')],
            },
        ),
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('vector', django.contrib.postgres.search.SearchVectorField(help_text='Each word as t:word, by the PLACES of resources/search.py.')),
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='search_entry', to='resources.editionversion')),
            ],
            options={
                'verbose_name': 'search entry',
                'verbose_name_plural': 'search entries',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['vector'], name='search_entry_vector')],
            },
        ),
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('word', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('shown', models.CharField(help_text='The word as somebody wrote it.', max_length=60)),
                ('entries', models.PositiveIntegerField(default=1, help_text='How many versions contain it.')),
            ],
            options={
                'verbose_name': 'search word',
                'verbose_name_plural': 'search words',
                'indexes': [models.Index(django.contrib.postgres.indexes.OpClass('word', name='text_pattern_ops'), name='search_word_prefix'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('word', name='gin_trgm_ops'), fastupdate=False, name='search_word_trigrams')],
            },
        ),
        watch(
            "resources_topic",
            "resources_topictext",
            "resources_publication",
            "resources_publication_topics",
            "resources_edition",
            "resources_editionversion",
        ),
    ])
