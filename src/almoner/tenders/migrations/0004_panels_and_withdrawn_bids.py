"""Bids that were withdrawn, how a panel was drawn, what its members declared and advised."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenders", "0003_what_was_intended")]
    operations = [
        migrations.CreateModel(
            name="PanelDraw",
            fields=[
                (
                    "tender",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="panel_draw",
                        serialize=False,
                        to="tenders.tender",
                    ),
                ),
                (
                    "seed",
                    models.CharField(
                        help_text="hash of the audit event that fixed the pool", max_length=64
                    ),
                ),
                ("event", models.BigIntegerField(help_text="number of that event")),
                ("size", models.BigIntegerField()),
                ("pool", models.JSONField(help_text="numbers of the experts who could be drawn")),
                ("drawn_at", models.DateTimeField()),
            ],
            options={"db_table": "panel_draws"},
        ),
        migrations.AddField("bidfile", "withdrawn_at", models.DateTimeField(null=True)),
        migrations.RemoveField("panelseat", "tie_note"),
        migrations.AddField(
            "panelseat",
            "code",
            models.CharField(
                default="P", help_text="P1, P2, ... in order of seating", max_length=200
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "panelseat",
            "remarks",
            models.JSONField(default=dict, help_text="bid -> advice to its bidder"),
        ),
        migrations.AddField(
            "panelseat",
            "ties",
            models.JSONField(default=dict, help_text="bidder -> the tie that was declared"),
        ),
        migrations.AlterField(
            "panelseat",
            "scores",
            models.JSONField(default=dict, help_text="bid -> criterion -> score as typed"),
        ),
        migrations.AddConstraint(
            "panelseat",
            models.UniqueConstraint(fields=("tender", "code"), name="panel_seat_code"),
        ),
    ]
