import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from sanasezim.shared.content_stamp import watch
from sanasezim.shared.migrating import together


class Migration(migrations.Migration):

    replaces = [('events', '0001_initial'), ('events', '0002_initial'), ('events', '0003_content_stamp'), ('events', '0004_an_edition_from_draft_to_archive')]

    initial = True

    dependencies = [
        ('resources', '0001_library'),
        ('shared', '0002_content_stamp'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = together([
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('main', '18 December'), ('side', 'side event')], default='main', max_length=4, verbose_name='kind')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('slug', models.SlugField(blank=True, help_text='For a side event only: small Latin letters and hyphens.', max_length=60, validators=[django.core.validators.RegexValidator('[^0-9-]', 'The address needs at least one letter.')], verbose_name='address')),
                ('starts_on', models.DateField(verbose_name='first day')),
                ('ends_on', models.DateField(verbose_name='last day')),
                ('source_language', models.CharField(choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English')], default='ru', help_text='The other languages are translated from this one.', max_length=10, verbose_name='written in')),
                ('publish_at', models.DateTimeField(blank=True, help_text='Almaty time. Empty means a draft.', null=True, verbose_name='public from')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='sent for review at')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn at')),
                ('withdrawn_reason', models.CharField(blank=True, help_text='Readers see it, in the language the page is written in.', max_length=250, verbose_name='why it was withdrawn')),
                ('begun_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='events.event', verbose_name='begun as a copy of')),
                ('handouts', models.ManyToManyField(blank=True, related_name='events', to='resources.handout', verbose_name='paper copies handed out')),
                ('materials', models.ManyToManyField(blank=True, related_name='+', to='resources.publication', verbose_name='materials handed out')),
                ('partners', models.ManyToManyField(blank=True, related_name='+', to='shared.partner', verbose_name='partners of the day')),
                ('submitted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='sent for review by')),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
                'ordering': ['-starts_on', '-pk'],
                'permissions': [('publish_event', 'Can publish and withdraw events')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='event_ends_after_it_starts', violation_error_message='The last day cannot be before the first.'), models.CheckConstraint(condition=models.Q(('starts_on__year', models.F('year'))), name='event_year_is_that_of_its_first_day', violation_error_message='The first day must be in the year of the page.'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'main'), ('slug', '')), models.Q(('kind', 'side'), models.Q(('slug', ''), _negated=True)), _connector='OR'), name='event_address_by_its_kind', violation_error_message='A side event needs an address of its own.'), models.UniqueConstraint(fields=('year', 'slug'), name='event_address_once_a_year', violation_error_message='This year already has a page with this address.'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_reason', '')), models.Q(('withdrawn_at__isnull', False), models.Q(('withdrawn_reason', ''), _negated=True)), _connector='OR'), name='event_withdrawn_with_reason', violation_error_message='Say why it is withdrawn: readers will see it.')],
            },
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('whole', 'the whole page'), ('text', 'text'), ('programme', 'programme'), ('stories', 'stories'), ('photos', 'photos'), ('videos', 'videos'), ('press', 'press'), ('other', 'partners, booklets, figures')], default='whole', max_length=10, verbose_name='about')),
                ('language', models.CharField(blank=True, choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English')], max_length=10, verbose_name='language')),
                ('quote', models.CharField(blank=True, max_length=250, verbose_name='the words it is about')),
                ('text', models.TextField(max_length=2000, verbose_name='comment')),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='written at')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done at')),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='done by')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='events.event', verbose_name='event')),
            ],
            options={
                'verbose_name': 'comment',
                'verbose_name_plural': 'comments',
                'ordering': ['written_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('done_by', None)), models.Q(('done_at__isnull', False), ('done_by__isnull', False)), _connector='OR'), name='comment_done_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='EventText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English')], max_length=10, verbose_name='language')),
                ('source_hash', models.CharField(blank=True, editable=False, help_text='The hash of the text this translation was made from.', max_length=64, verbose_name='made from')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('theme', models.CharField(blank=True, max_length=200, verbose_name='theme of the year')),
                ('summary', models.CharField(blank=True, max_length=250, verbose_name='summary')),
                ('body', models.TextField(blank=True, help_text='Markdown. Quote a fact as [[its-code]].', verbose_name='text')),
                ('publish_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='this language is public from')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='events.event', verbose_name='event')),
            ],
            options={
                'verbose_name': 'event text',
                'verbose_name_plural': 'event texts',
                'constraints': [models.UniqueConstraint(fields=('event', 'language'), name='event_text_once_per_language', violation_error_message='This language is already there.')],
            },
        ),
        migrations.CreateModel(
            name='Number',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('advised', 'people advised'), ('copies', 'copies handed out'), ('calls', 'calls answered'), ('guests', 'people who came')], max_length=8, verbose_name='what')),
                ('value', models.PositiveIntegerField(verbose_name='how many')),
                ('source', models.CharField(blank=True, help_text='Who counted, and how.', max_length=200, verbose_name='source')),
                ('counted_at', models.DateTimeField(blank=True, null=True, verbose_name='counted in the records at')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='figures', to='events.event', verbose_name='event')),
            ],
            options={
                'verbose_name': 'figure of the day',
                'verbose_name_plural': 'figures of the day',
                'ordering': ['event', 'kind'],
                'constraints': [models.UniqueConstraint(fields=('event', 'kind'), name='number_once_per_event'), models.CheckConstraint(condition=models.Q(('counted_at__isnull', False), models.Q(('source', ''), _negated=True), _connector='OR'), name='number_from_records_or_with_source', violation_error_message='Say where the figure comes from.')],
            },
        ),
        migrations.CreateModel(
            name='Photo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(default=100, verbose_name='order')),
                ('consent', models.CharField(blank=True, choices=[('given', 'everybody who can be recognised agreed'), ('nobody', 'nobody can be recognised')], help_text='Until this is answered, readers do not see it. For a child, a parent agrees.', max_length=6, verbose_name='people on it')),
                ('credit', models.CharField(blank=True, max_length=120, verbose_name='made by')),
                ('original', models.FileField(upload_to='events/', verbose_name='original')),
                ('thumbnail', models.FileField(upload_to='events/', verbose_name='small')),
                ('medium', models.FileField(upload_to='events/', verbose_name='for reading')),
                ('large', models.FileField(upload_to='events/', verbose_name='for a large screen')),
                ('width', models.PositiveIntegerField(editable=False)),
                ('height', models.PositiveIntegerField(editable=False)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='events.event', verbose_name='event')),
            ],
            options={
                'verbose_name': 'photo',
                'verbose_name_plural': 'photos',
                'ordering': ['order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='PhotoText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English')], max_length=10, verbose_name='language')),
                ('source_hash', models.CharField(blank=True, editable=False, help_text='The hash of the text this translation was made from.', max_length=64, verbose_name='made from')),
                ('alt', models.CharField(help_text='For people who cannot see the photo, and where pictures are switched off.', max_length=250, verbose_name='what can be seen')),
                ('caption', models.CharField(blank=True, max_length=250, verbose_name='words under it')),
                ('photo', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='events.photo', verbose_name='photo')),
            ],
            options={
                'verbose_name': 'words of a photo',
                'verbose_name_plural': 'words of photos',
                'constraints': [models.UniqueConstraint(fields=('photo', 'language'), name='photo_text_once_per_language', violation_error_message='This language is already there.')],
            },
        ),
        migrations.CreateModel(
            name='PressItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=250, verbose_name='title of the article')),
                ('paper', models.CharField(max_length=150, verbose_name='paper')),
                ('issue', models.CharField(blank=True, max_length=60, verbose_name='issue')),
                ('published_on', models.DateField(blank=True, null=True, verbose_name='date')),
                ('author', models.CharField(blank=True, max_length=120, verbose_name='author')),
                ('link', models.URLField(blank=True, verbose_name='link')),
                ('language', models.CharField(choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English'), ('other', 'another one')], max_length=10, verbose_name='language')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='press', to='events.event', verbose_name='event')),
            ],
            options={
                'verbose_name': 'press item',
                'verbose_name_plural': 'press',
                'ordering': ['published_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ProgrammeItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('information', 'information and education'), ('help', 'help on the spot'), ('hotline', 'the hotline on this day'), ('other', 'something else')], default='information', max_length=12, verbose_name='kind')),
                ('subjects', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('legal', 'law'), ('social', 'social services'), ('medical', 'medical services'), ('school', 'schools')], max_length=8), blank=True, default=list, size=None, verbose_name='about')),
                ('day', models.DateField(verbose_name='day')),
                ('starts', models.TimeField(blank=True, null=True, verbose_name='from')),
                ('ends', models.TimeField(blank=True, null=True, verbose_name='until')),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English')], max_length=10), blank=True, default=list, size=None, verbose_name='languages spoken')),
                ('capacity', models.PositiveIntegerField(blank=True, null=True, verbose_name='places for how many people')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='programme', to='events.event', verbose_name='event')),
                ('office', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shared.office', verbose_name='office')),
            ],
            options={
                'verbose_name': 'programme item',
                'verbose_name_plural': 'programme',
                'ordering': ['day', models.OrderBy(models.F('starts'), nulls_first=True), 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends', None), models.Q(('ends__gt', models.F('starts')), ('starts__isnull', False)), _connector='OR'), name='programme_item_ends_after_it_starts', violation_error_message='The end must come after the beginning of the same day.')],
            },
        ),
        migrations.CreateModel(
            name='ProgrammeText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English')], max_length=10, verbose_name='language')),
                ('source_hash', models.CharField(blank=True, editable=False, help_text='The hash of the text this translation was made from.', max_length=64, verbose_name='made from')),
                ('title', models.CharField(max_length=150, verbose_name='what happens')),
                ('place', models.CharField(blank=True, help_text='Street and house, or how to find it. Leave it empty for an office.', max_length=200, verbose_name='place')),
                ('about', models.TextField(blank=True, max_length=1000, verbose_name='more about it')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='events.programmeitem', verbose_name='programme item')),
            ],
            options={
                'verbose_name': 'words of a programme item',
                'verbose_name_plural': 'words of programme items',
                'constraints': [models.UniqueConstraint(fields=('item', 'language'), name='item_text_once_per_language', violation_error_message='This language is already there.')],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('begun', 'begun'), ('copied', 'begun from an earlier year'), ('submitted', 'sent for review'), ('sent_back', 'given back to the writer'), ('scheduled', 'scheduled'), ('published', 'published'), ('languages', 'languages made public'), ('languages_hidden', 'languages taken away from readers'), ('cancelled', 'schedule cancelled'), ('withdrawn', 'withdrawn'), ('brought_back', 'brought back'), ('restored', 'an earlier version restored'), ('forgotten', 'a story or picture removed for good')], max_length=20, verbose_name='step')),
                ('taken_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('note', models.CharField(blank=True, max_length=250, verbose_name='note')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='events.event', verbose_name='event')),
                ('taken_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
            ],
            options={
                'verbose_name': 'step',
                'verbose_name_plural': 'steps',
                'ordering': ['-taken_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Story',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(default=100, verbose_name='order')),
                ('consent_on', models.DateField(blank=True, help_text='Until this day is filled in, readers do not see the story.', null=True, verbose_name='consent given on')),
                ('consent_how', models.CharField(blank=True, choices=[('written', 'in writing'), ('spoken', 'spoken, before a witness'), ('invented', "nobody's: the story is invented as an example")], max_length=8, verbose_name='how')),
                ('name_changed', models.BooleanField(default=True, verbose_name='the name is changed')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stories', to='events.event', verbose_name='event')),
            ],
            options={
                'verbose_name': 'story',
                'verbose_name_plural': 'stories',
                'ordering': ['order', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('consent_how', ''), ('consent_on', None)), models.Q(('consent_on__isnull', False), models.Q(('consent_how', ''), _negated=True)), _connector='OR'), name='story_consent_says_how', violation_error_message='Consent needs its day and how it was given.')],
            },
        ),
        migrations.CreateModel(
            name='StoryText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English')], max_length=10, verbose_name='language')),
                ('source_hash', models.CharField(blank=True, editable=False, help_text='The hash of the text this translation was made from.', max_length=64, verbose_name='made from')),
                ('title', models.CharField(max_length=150, verbose_name='title')),
                ('name', models.CharField(blank=True, help_text='A first name, changed if the person wishes.', max_length=120, verbose_name='who tells it')),
                ('body', models.TextField(help_text='Markdown.', verbose_name='story')),
                ('story', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='events.story', verbose_name='story')),
            ],
            options={
                'verbose_name': 'words of a story',
                'verbose_name_plural': 'words of stories',
                'constraints': [models.UniqueConstraint(fields=('story', 'language'), name='story_text_once_per_language', violation_error_message='This language is already there.')],
            },
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='version')),
                ('saved_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='saved at')),
                ('content', models.JSONField(verbose_name='content')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='events.event', verbose_name='event')),
                ('saved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='saved by')),
            ],
            options={
                'verbose_name': 'version of an event',
                'verbose_name_plural': 'versions of events',
                'ordering': ['event', '-number'],
                'constraints': [models.UniqueConstraint(fields=('event', 'number'), name='event_version_number_once')],
            },
        ),
        migrations.CreateModel(
            name='Video',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(default=100, verbose_name='order')),
                ('consent', models.CharField(blank=True, choices=[('given', 'everybody who can be recognised agreed'), ('nobody', 'nobody can be recognised')], help_text='Until this is answered, readers do not see it. For a child, a parent agrees.', max_length=6, verbose_name='people on it')),
                ('credit', models.CharField(blank=True, max_length=120, verbose_name='made by')),
                ('file', models.FileField(blank=True, upload_to='events/', verbose_name='file')),
                ('size', models.PositiveIntegerField(blank=True, editable=False, null=True, verbose_name='size in bytes')),
                ('seconds', models.PositiveIntegerField(blank=True, editable=False, null=True, verbose_name='length in seconds')),
                ('link', models.URLField(blank=True, verbose_name='link')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='videos', to='events.event', verbose_name='event')),
            ],
            options={
                'verbose_name': 'video',
                'verbose_name_plural': 'videos',
                'ordering': ['order', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('file', ''), models.Q(('link', ''), _negated=True)), models.Q(models.Q(('file', ''), _negated=True), ('link', '')), _connector='OR'), name='video_is_a_file_or_a_link', violation_error_message='Choose a file or write a link, one of the two.')],
            },
        ),
        migrations.CreateModel(
            name='VideoText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English')], max_length=10, verbose_name='language')),
                ('source_hash', models.CharField(blank=True, editable=False, help_text='The hash of the text this translation was made from.', max_length=64, verbose_name='made from')),
                ('title', models.CharField(max_length=150, verbose_name='title')),
                ('transcript', models.TextField(blank=True, help_text='For people who cannot hear or play it. Markdown.', verbose_name='what is said and shown')),
                ('video', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='events.video', verbose_name='video')),
            ],
            options={
                'verbose_name': 'words of a video',
                'verbose_name_plural': 'words of videos',
                'constraints': [models.UniqueConstraint(fields=('video', 'language'), name='video_text_once_per_language', violation_error_message='This language is already there.')],
            },
        ),
        watch(
            "events_event",
            "events_eventtext",
            "events_event_materials",
            "events_event_partners",
            "events_event_handouts",
            "events_number",
            "events_programmeitem",
            "events_programmetext",
            "events_story",
            "events_storytext",
            "events_photo",
            "events_phototext",
            "events_video",
            "events_videotext",
            "events_pressitem",
        ),
    ])
