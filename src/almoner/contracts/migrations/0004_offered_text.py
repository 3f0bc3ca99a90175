from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0003_instalment")]

    operations = [
        migrations.AddField(
            model_name="contractfile", name="text", field=models.TextField(default="")
        ),
    ]
