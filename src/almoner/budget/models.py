"""Budgeted money and where it went."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from almoner.fields import ID_LENGTH, at_least, key_field, one_of
from almoner.parties.models import Area, Organisation


class BudgetLevel(models.TextChoices):
    CENTRAL = "central", _("Central")
    PROVINCE = "province", _("Province")
    CITY = "city", _("City")
    DISTRICT = "district", _("District")
    STREET = "street", _("Sub-district")


class Source(models.TextChoices):
    BUDGET = "budget", _("Budget")
    SPECIAL = "special", _("Special fund")
    EXTRA_BUDGET = "extra_budget", _("Extra-budgetary fund")
    DONATION = "donation", _("Donation")


class EntryKind(models.TextChoices):
    APPROPRIATE = "appropriate", _("Appropriated")
    COMMIT = "commit", _("Committed")
    ACCEPT = "accept", _("Accepted")
    PAY = "pay", _("Paid")
    RELEASE = "release", _("Released")


class Appropriation(models.Model):
    """Money budgeted by one payer for one fiscal year, in fen."""

    id = key_field()
    fiscal_year = models.BigIntegerField()
    payer = models.ForeignKey(Organisation, models.PROTECT, db_column="payer_uscc")
    level = models.CharField(max_length=20, choices=BudgetLevel)
    source = models.CharField(max_length=20, choices=Source)
    service_item = models.TextField(null=True)
    area = models.ForeignKey(Area, models.PROTECT, null=True, db_column="area_code")
    amount_fen = models.BigIntegerField()

    class Meta:
        db_table = "appropriations"
        constraints = [
            one_of("level", BudgetLevel, "appropriation_level"),
            one_of("source", Source, "appropriation_source"),
            at_least("amount_fen", 0, "appropriation_amount"),
        ]


class AppropriationFile(models.Model):
    """A proposal to appropriate money, from first to last: one row a year and line comes of it.

    `lines` is the sharing schedule: payer (uscc), level, source and ratio ("1/2") of each line.
    `total_fen` is that of all years.
    """

    id = key_field()
    body = models.ForeignKey(
        Organisation,
        models.PROTECT,
        db_column="body_uscc",
        related_name="+",
        help_text="the finance body that proposes and approves",
    )
    first_year = models.BigIntegerField()
    years = models.BigIntegerField()
    service_item = models.TextField(null=True)
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_code", related_name="+")
    total_fen = models.BigIntegerField()
    lines = models.JSONField()
    note = models.TextField(default="")
    proposed_by = models.TextField()
    proposed_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True)
    return_reason = models.TextField(default="")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "appropriation_files"
        constraints = [
            at_least("total_fen", 1, "appropriation_file_total"),
            at_least("years", 1, "appropriation_file_years"),
            models.CheckConstraint(
                condition=Q(returned_at=None) | Q(approved_at=None),
                name="appropriation_returned_or_approved",
            ),
        ]


class LedgerEntry(models.Model):
    """One move of money, in fen, from one account to another; rows are only ever added.

    Because each row debits and credits the same amount, the ledger balances by construction.
    `reference` is the fact that it was posted for, such as instalments/C-1/2.
    """

    posted_on = models.DateField(null=True)
    kind = models.CharField(max_length=20, choices=EntryKind)
    debit = models.CharField(max_length=2 * ID_LENGTH)
    credit = models.CharField(max_length=2 * ID_LENGTH)
    amount_fen = models.BigIntegerField()
    reference = models.CharField(max_length=2 * ID_LENGTH)

    class Meta:
        db_table = "ledger_entries"
        indexes = [
            models.Index(fields=["debit"], name="ledger_debit"),
            models.Index(fields=["credit"], name="ledger_credit"),
            models.Index(fields=["reference"], name="ledger_reference"),
        ]
        constraints = [
            one_of("kind", EntryKind, "ledger_kind"),
            at_least("amount_fen", 1, "ledger_amount"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="ledger_two_accounts"),
        ]
