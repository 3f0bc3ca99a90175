"""The one row that describes this installation."""

from django.db import migrations


def create(apps, schema_editor):
    apps.get_model("web", "Site").objects.create(id=1)


def remove(apps, schema_editor):
    apps.get_model("web", "Site").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("web", "0001_initial")]
    operations = [migrations.RunPython(create, remove)]
