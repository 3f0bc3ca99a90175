"""Instalments: what fell due, was accepted and was paid."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from almoner.contracts.models import Contract
from almoner.fields import at_least, one_of


class DelayCause(models.TextChoices):
    EVALUATION = "evaluation", _("The evaluation was late")
    BUDGET = "budget", _("Budget")
    PAPERWORK = "paperwork", _("Paperwork")
    DISPUTE = "dispute", _("Dispute")
    OTHER = "other", _("Other")


class Instalment(models.Model):
    """One part of a contract's money, in fen."""

    contract = models.ForeignKey(
        Contract,
        models.PROTECT,
        db_column="contract_id",
        related_name="instalments",
        db_index=False,
    )
    seq = models.BigIntegerField()
    amount_fen = models.BigIntegerField()
    condition = models.TextField(null=True)
    due_on = models.DateField()
    accepted_on = models.DateField(null=True)
    paid_on = models.DateField(null=True)
    paid_fen = models.BigIntegerField(null=True)
    delay_cause = models.CharField(max_length=20, choices=DelayCause, null=True)

    class Meta:
        db_table = "instalments"
        constraints = [
            models.UniqueConstraint(fields=["contract", "seq"], name="instalment_key"),
            at_least("amount_fen", 0, "instalment_amount"),
            at_least("paid_fen", 0, "instalment_paid"),
            one_of("delay_cause", DelayCause, "instalment_delay_cause"),
        ]
