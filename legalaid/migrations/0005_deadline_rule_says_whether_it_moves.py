from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("legalaid", "0004_employers_merge_and_intakes_name_one")]

    operations = [
        migrations.AddField(
            model_name="deadlinerule",
            name="moves_to_working_day",
            field=models.BooleanField(
                default=True,
                help_text="Not for a stay in the country: there a day off counts like any other.",
                verbose_name="ends on the next working day, if its last day is a day off",
            ),
        ),
    ]
