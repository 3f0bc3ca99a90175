"""Triggers that refuse to change or remove what the sides of a contract said to each other."""

from django.db import migrations

from almoner.audit import triggers


def protect(apps, schema_editor):
    triggers.install(schema_editor.connection, "negotiation_entries")


def release(apps, schema_editor):
    triggers.remove(schema_editor.connection, "negotiation_entries")


class Migration(migrations.Migration):
    dependencies = [("contracts", "0004_offered_text")]
    operations = [migrations.RunPython(protect, release)]
