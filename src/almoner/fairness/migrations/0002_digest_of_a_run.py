from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fairness", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="fairrun",
            name="digest",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
    ]
