from django.db import migrations, models


class Migration(migrations.Migration):
    """Whoever was away is on record too where a deputy wrote a line of the log."""

    dependencies = [
        ("delivery", "0003_session_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="instead_of",
            field=models.TextField(
                default="", help_text="login of the absent whose deputy wrote it"
            ),
        ),
    ]
