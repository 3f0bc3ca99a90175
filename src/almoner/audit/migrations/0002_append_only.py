"""The head of the chain, and triggers that refuse to change or remove what was recorded."""

from django.db import migrations

from almoner.audit import triggers


def protect(apps, schema_editor):
    apps.get_model("audit", "Head").objects.create(id=1, seq=0, hash="0" * 64)
    triggers.install(schema_editor.connection, "audit_events")


def release(apps, schema_editor):
    triggers.remove(schema_editor.connection, "audit_events")
    apps.get_model("audit", "Head").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(protect, release)]
