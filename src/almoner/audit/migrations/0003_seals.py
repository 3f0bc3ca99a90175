"""What may not be read yet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject_table", models.TextField()),
                ("subject_id", models.TextField()),
                ("group", models.TextField()),
            ],
            options={
                "db_table": "audit_seals",
                "indexes": [models.Index(fields=["group"], name="audit_seal_group")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject_table", "subject_id"), name="audit_seal_key"
                    )
                ],
            },
        ),
    ]
