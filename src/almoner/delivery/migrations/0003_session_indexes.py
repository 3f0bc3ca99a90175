import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The indexes by worker and start, and by term, serve the foreign keys too."""

    dependencies = [
        ("contracts", "0003_instalment"),
        ("delivery", "0002_working_files"),
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="session",
            name="term",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contracts.contractterm",
            ),
        ),
        migrations.AlterField(
            model_name="session",
            name="worker",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.worker",
            ),
        ),
    ]
