"""The schedule of instalments is part of a contract: its model moves here, its table stays."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0002_working_files'),
        ('payments', '0001_initial'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='Instalment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('seq', models.BigIntegerField()),
                        ('amount_fen', models.BigIntegerField()),
                        ('condition', models.TextField(null=True)),
                        ('due_on', models.DateField()),
                        ('accepted_on', models.DateField(null=True)),
                        ('paid_on', models.DateField(null=True)),
                        ('paid_fen', models.BigIntegerField(null=True)),
                        ('delay_cause', models.CharField(choices=[('evaluation', 'The evaluation was late'), ('budget', 'Budget'), ('paperwork', 'Paperwork'), ('dispute', 'Dispute'), ('other', 'Other')], max_length=20, null=True)),
                        ('contract', models.ForeignKey(db_column='contract_id', db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='instalments', to='contracts.contract')),
                    ],
                    options={
                        'db_table': 'instalments',
                    },
                ),
                migrations.AddConstraint(
                    model_name='instalment',
                    constraint=models.UniqueConstraint(fields=('contract', 'seq'), name='instalment_key'),
                ),
                migrations.AddConstraint(
                    model_name='instalment',
                    constraint=models.CheckConstraint(condition=models.Q(('amount_fen__gte', 0)), name='instalment_amount'),
                ),
                migrations.AddConstraint(
                    model_name='instalment',
                    constraint=models.CheckConstraint(condition=models.Q(('paid_fen__gte', 0)), name='instalment_paid'),
                ),
                migrations.AddConstraint(
                    model_name='instalment',
                    constraint=models.CheckConstraint(condition=models.Q(('delay_cause__in', ['evaluation', 'budget', 'paperwork', 'dispute', 'other'])), name='instalment_delay_cause'),
                ),
            ],
        ),
    ]
