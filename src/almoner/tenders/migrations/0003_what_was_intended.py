"""What an announced intention said, and why a draft came back from the signatory."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenders", "0002_working_files")]

    operations = [
        migrations.AddField(
            model_name="tenderfile",
            name="intended",
            field=models.JSONField(
                default=dict, help_text="what the intention said when announced"
            ),
        ),
        migrations.AddField(
            model_name="tenderfile",
            name="returned_reason",
            field=models.TextField(default=""),
        ),
    ]
