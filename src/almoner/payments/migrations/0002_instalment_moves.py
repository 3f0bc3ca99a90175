"""See contracts/migrations/0003_instalment.py."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0001_initial'),
        ('contracts', '0003_instalment'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel(name='Instalment')],
        ),
    ]
