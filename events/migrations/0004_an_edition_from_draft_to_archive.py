import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from sanasezim.shared.content_stamp import watch


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0003_content_stamp'),
        ('resources', '0001_library'),
        ('shared', '0002_content_stamp'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
            ],
            options={
                'verbose_name': 'comment',
                'verbose_name_plural': 'comments',
                'ordering': ['written_at', 'pk'],
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
            ],
            options={
                'verbose_name': 'figure of the day',
                'verbose_name_plural': 'figures of the day',
                'ordering': ['event', 'kind'],
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
            ],
            options={
                'verbose_name': 'words of a photo',
                'verbose_name_plural': 'words of photos',
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
            ],
            options={
                'verbose_name': 'programme item',
                'verbose_name_plural': 'programme',
                'ordering': ['day', models.OrderBy(models.F('starts'), nulls_first=True), 'pk'],
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
            ],
            options={
                'verbose_name': 'words of a programme item',
                'verbose_name_plural': 'words of programme items',
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('begun', 'begun'), ('copied', 'begun from an earlier year'), ('submitted', 'sent for review'), ('sent_back', 'given back to the writer'), ('scheduled', 'scheduled'), ('published', 'published'), ('languages', 'languages made public'), ('languages_hidden', 'languages taken away from readers'), ('cancelled', 'schedule cancelled'), ('withdrawn', 'withdrawn'), ('brought_back', 'brought back'), ('restored', 'an earlier version restored'), ('forgotten', 'a story or picture removed for good')], max_length=20, verbose_name='step')),
                ('taken_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('note', models.CharField(blank=True, max_length=250, verbose_name='note')),
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
            ],
            options={
                'verbose_name': 'story',
                'verbose_name_plural': 'stories',
                'ordering': ['order', 'pk'],
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
            ],
            options={
                'verbose_name': 'words of a story',
                'verbose_name_plural': 'words of stories',
            },
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='version')),
                ('saved_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='saved at')),
                ('content', models.JSONField(verbose_name='content')),
            ],
            options={
                'verbose_name': 'version of an event',
                'verbose_name_plural': 'versions of events',
                'ordering': ['event', '-number'],
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
            ],
            options={
                'verbose_name': 'video',
                'verbose_name_plural': 'videos',
                'ordering': ['order', 'pk'],
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
            ],
            options={
                'verbose_name': 'words of a video',
                'verbose_name_plural': 'words of videos',
            },
        ),
        migrations.AlterModelOptions(
            name='event',
            options={'ordering': ['-starts_on', '-pk'], 'permissions': [('publish_event', 'Can publish and withdraw events')], 'verbose_name': 'event', 'verbose_name_plural': 'events'},
        ),
        migrations.AddField(
            model_name='event',
            name='begun_from',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='events.event', verbose_name='begun as a copy of'),
        ),
        migrations.AddField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('main', '18 December'), ('side', 'side event')], default='main', max_length=4, verbose_name='kind'),
        ),
        migrations.AddField(
            model_name='event',
            name='partners',
            field=models.ManyToManyField(blank=True, related_name='+', to='shared.partner', verbose_name='partners of the day'),
        ),
        migrations.AddField(
            model_name='event',
            name='slug',
            field=models.SlugField(blank=True, help_text='For a side event only: small Latin letters and hyphens.', max_length=60, validators=[django.core.validators.RegexValidator('[^0-9-]', 'The address needs at least one letter.')], verbose_name='address'),
        ),
        migrations.AddField(
            model_name='event',
            name='source_language',
            field=models.CharField(choices=[('kk', 'Қазақша'), ('ru', 'Русский'), ('uz', 'Oʻzbekcha'), ('uz-cyrl', 'Ўзбекча'), ('ky', 'Кыргызча'), ('tg', 'Тоҷикӣ'), ('en', 'English')], default='ru', help_text='The other languages are translated from this one.', max_length=10, verbose_name='written in'),
        ),
        migrations.AddField(
            model_name='event',
            name='submitted_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='sent for review at'),
        ),
        migrations.AddField(
            model_name='event',
            name='submitted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='sent for review by'),
        ),
        migrations.AddField(
            model_name='event',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='withdrawn at'),
        ),
        migrations.AddField(
            model_name='event',
            name='withdrawn_reason',
            field=models.CharField(blank=True, help_text='Readers see it, in the language the page is written in.', max_length=250, verbose_name='why it was withdrawn'),
        ),
        migrations.AddField(
            model_name='eventtext',
            name='publish_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='this language is public from'),
        ),
        migrations.AddField(
            model_name='eventtext',
            name='source_hash',
            field=models.CharField(blank=True, editable=False, help_text='The hash of the text this translation was made from.', max_length=64, verbose_name='made from'),
        ),
        migrations.AddField(
            model_name='eventtext',
            name='theme',
            field=models.CharField(blank=True, max_length=200, verbose_name='theme of the year'),
        ),
        migrations.AlterField(
            model_name='event',
            name='year',
            field=models.PositiveSmallIntegerField(verbose_name='year'),
        ),
        migrations.AlterField(
            model_name='eventtext',
            name='body',
            field=models.TextField(blank=True, help_text='Markdown. Quote a fact as [[its-code]].', verbose_name='text'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('starts_on__year', models.F('year'))), name='event_year_is_that_of_its_first_day', violation_error_message='The first day must be in the year of the page.'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'main'), ('slug', '')), models.Q(('kind', 'side'), models.Q(('slug', ''), _negated=True)), _connector='OR'), name='event_address_by_its_kind', violation_error_message='A side event needs an address of its own.'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.UniqueConstraint(fields=('year', 'slug'), name='event_address_once_a_year', violation_error_message='This year already has a page with this address.'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_reason', '')), models.Q(('withdrawn_at__isnull', False), models.Q(('withdrawn_reason', ''), _negated=True)), _connector='OR'), name='event_withdrawn_with_reason', violation_error_message='Say why it is withdrawn: readers will see it.'),
        ),
        migrations.AddField(
            model_name='comment',
            name='done_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='done by'),
        ),
        migrations.AddField(
            model_name='comment',
            name='event',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='events.event', verbose_name='event'),
        ),
        migrations.AddField(
            model_name='comment',
            name='written_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by'),
        ),
        migrations.AddField(
            model_name='number',
            name='event',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='figures', to='events.event', verbose_name='event'),
        ),
        migrations.AddField(
            model_name='photo',
            name='event',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='events.event', verbose_name='event'),
        ),
        migrations.AddField(
            model_name='phototext',
            name='photo',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='events.photo', verbose_name='photo'),
        ),
        migrations.AddField(
            model_name='pressitem',
            name='event',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='press', to='events.event', verbose_name='event'),
        ),
        migrations.AddField(
            model_name='programmeitem',
            name='event',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='programme', to='events.event', verbose_name='event'),
        ),
        migrations.AddField(
            model_name='programmeitem',
            name='office',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shared.office', verbose_name='office'),
        ),
        migrations.AddField(
            model_name='programmetext',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='events.programmeitem', verbose_name='programme item'),
        ),
        migrations.AddField(
            model_name='step',
            name='event',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='events.event', verbose_name='event'),
        ),
        migrations.AddField(
            model_name='step',
            name='taken_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who'),
        ),
        migrations.AddField(
            model_name='story',
            name='event',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stories', to='events.event', verbose_name='event'),
        ),
        migrations.AddField(
            model_name='storytext',
            name='story',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='events.story', verbose_name='story'),
        ),
        migrations.AddField(
            model_name='version',
            name='event',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='events.event', verbose_name='event'),
        ),
        migrations.AddField(
            model_name='version',
            name='saved_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='saved by'),
        ),
        migrations.AddField(
            model_name='video',
            name='event',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='videos', to='events.event', verbose_name='event'),
        ),
        migrations.AddField(
            model_name='videotext',
            name='video',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='events.video', verbose_name='video'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('done_by', None)), models.Q(('done_at__isnull', False), ('done_by__isnull', False)), _connector='OR'), name='comment_done_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='number',
            constraint=models.UniqueConstraint(fields=('event', 'kind'), name='number_once_per_event'),
        ),
        migrations.AddConstraint(
            model_name='number',
            constraint=models.CheckConstraint(condition=models.Q(('counted_at__isnull', False), models.Q(('source', ''), _negated=True), _connector='OR'), name='number_from_records_or_with_source', violation_error_message='Say where the figure comes from.'),
        ),
        migrations.AddConstraint(
            model_name='phototext',
            constraint=models.UniqueConstraint(fields=('photo', 'language'), name='photo_text_once_per_language', violation_error_message='This language is already there.'),
        ),
        migrations.AddConstraint(
            model_name='programmeitem',
            constraint=models.CheckConstraint(condition=models.Q(('ends', None), models.Q(('ends__gt', models.F('starts')), ('starts__isnull', False)), _connector='OR'), name='programme_item_ends_after_it_starts', violation_error_message='The end must come after the beginning of the same day.'),
        ),
        migrations.AddConstraint(
            model_name='programmetext',
            constraint=models.UniqueConstraint(fields=('item', 'language'), name='item_text_once_per_language', violation_error_message='This language is already there.'),
        ),
        migrations.AddConstraint(
            model_name='story',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('consent_how', ''), ('consent_on', None)), models.Q(('consent_on__isnull', False), models.Q(('consent_how', ''), _negated=True)), _connector='OR'), name='story_consent_says_how', violation_error_message='Consent needs its day and how it was given.'),
        ),
        migrations.AddConstraint(
            model_name='storytext',
            constraint=models.UniqueConstraint(fields=('story', 'language'), name='story_text_once_per_language', violation_error_message='This language is already there.'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.UniqueConstraint(fields=('event', 'number'), name='event_version_number_once'),
        ),
        migrations.AddConstraint(
            model_name='video',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('file', ''), models.Q(('link', ''), _negated=True)), models.Q(models.Q(('file', ''), _negated=True), ('link', '')), _connector='OR'), name='video_is_a_file_or_a_link', violation_error_message='Choose a file or write a link, one of the two.'),
        ),
        migrations.AddConstraint(
            model_name='videotext',
            constraint=models.UniqueConstraint(fields=('video', 'language'), name='video_text_once_per_language', violation_error_message='This language is already there.'),
        ),
        watch(
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
        # What was public stays public, in every language it was written in.
        migrations.RunSQL(
            "UPDATE events_eventtext AS words SET publish_at = event.publish_at"
            " FROM events_event AS event WHERE event.id = words.event_id",
            migrations.RunSQL.noop,
        ),
    ]
