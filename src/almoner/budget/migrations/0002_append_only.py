"""Triggers that refuse to change or remove ledger entries."""

from django.db import migrations

from almoner.audit import triggers


def protect(apps, schema_editor):
    triggers.install(schema_editor.connection, "ledger_entries")


def release(apps, schema_editor):
    triggers.remove(schema_editor.connection, "ledger_entries")


class Migration(migrations.Migration):
    dependencies = [("budget", "0001_initial")]
    operations = [migrations.RunPython(protect, release)]
