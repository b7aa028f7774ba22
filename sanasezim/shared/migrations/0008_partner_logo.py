from django.db import migrations, models

from sanasezim.shared.migrating import together


class Migration(migrations.Migration):

    dependencies = [
        ('shared', '0007_imports_of_old_records'),
    ]

    operations = together([
        migrations.AddField(
            model_name='partner',
            name='logo',
            field=models.FileField(blank=True, editable=False, upload_to='events/', verbose_name='logo'),
        ),
        migrations.AddField(
            model_name='partner',
            name='logo_height',
            field=models.PositiveSmallIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='partner',
            name='logo_width',
            field=models.PositiveSmallIntegerField(blank=True, editable=False, null=True),
        ),
    ])
