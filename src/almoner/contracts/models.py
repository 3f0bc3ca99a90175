"""Contracts, what they promise, how they changed, and which money stands behind them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from almoner.budget.models import Appropriation
from almoner.directory.models import Framework
from almoner.fields import (
    ID_LENGTH,
    NumberField,
    at_least,
    in_order,
    key_field,
    number_at_least,
    one_of,
)
from almoner.parties.models import Area, Organisation
from almoner.tenders.models import Bid, Tender


class EndKind(models.TextChoices):
    COMPLETED = "completed", _("Completed")
    BY_PURCHASER = "terminated_by_purchaser", _("Terminated by the purchaser")
    BY_PROVIDER = "terminated_by_provider", _("Terminated by the provider")
    BY_BOTH = "terminated_by_both", _("Terminated by agreement")


class TargetGroup(models.TextChoices):
    ALL = "all_residents", _("All residents")
    LISTED = "listed_groups", _("Listed groups")
    BOTH = "both", _("All residents and listed groups")


class TermGroup(models.TextChoices):
    DIRECT = "direct", _("Direct service")
    INDIRECT = "indirect", _("Indirect work")


class ChangeKind(models.TextChoices):
    AMOUNT = "amount", _("Amount")
    TERM = "term", _("Term")
    FRAMEWORK = "framework", _("Evaluation framework")
    TARGET_GROUP = "target_group", _("Target group")
    WORKLOAD = "workload", _("Workload")
    STAFF = "staff", _("Staff")


class Contract(models.Model):
    """A contract between a purchaser and a provider; `amount_fen` is for the whole contract."""

    id = key_field()
    tender = models.ForeignKey(
        Tender, models.PROTECT, null=True, db_column="tender_id", related_name="contracts"
    )
    bid = models.ForeignKey(Bid, models.PROTECT, null=True, db_column="bid_id")
    purchaser = models.ForeignKey(
        Organisation, models.PROTECT, db_column="purchaser_uscc", related_name="purchases"
    )
    provider = models.ForeignKey(
        Organisation, models.PROTECT, db_column="provider_uscc", related_name="contracts"
    )
    supervisor = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        db_column="supervisor_uscc",
        related_name="supervised_contracts",
    )
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_code", related_name="contracts")
    service_item = models.TextField()
    signed_on = models.DateField()
    published_on = models.DateField(null=True)
    filed_on = models.DateField(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    ended_on = models.DateField(null=True)
    end_kind = models.CharField(max_length=30, choices=EndKind, null=True)
    amount_fen = models.BigIntegerField()
    staff = NumberField(null=True)
    framework = models.ForeignKey(Framework, models.PROTECT, null=True)
    target_group = models.CharField(max_length=20, choices=TargetGroup, null=True)

    class Meta:
        db_table = "contracts"
        constraints = [
            in_order("starts_on", "ends_on", "contract_days"),
            one_of("end_kind", EndKind, "contract_end_kind"),
            one_of("target_group", TargetGroup, "contract_target_group"),
            at_least("amount_fen", 0, "contract_amount"),
            number_at_least("staff", 0, "contract_staff"),
        ]


class ContractTerm(models.Model):
    """A workload term; `hours` is its formula's value for one contract year."""

    contract = models.ForeignKey(
        Contract, models.PROTECT, db_column="contract_id", related_name="terms", db_index=False
    )
    code = models.CharField(max_length=ID_LENGTH)
    group = models.CharField(max_length=20, choices=TermGroup)
    type = models.TextField()
    category = models.TextField(null=True)
    formula = models.TextField()
    hours = NumberField(null=True)

    class Meta:
        db_table = "contract_terms"
        constraints = [
            models.UniqueConstraint(fields=["contract", "code"], name="contract_term_key"),
            one_of("group", TermGroup, "contract_term_group"),
            number_at_least("hours", 0, "contract_term_hours"),
        ]


class ContractChange(models.Model):
    """A change of a contract, agreed by the provider or not."""

    contract = models.ForeignKey(
        Contract, models.PROTECT, db_column="contract_id", related_name="changes", db_index=False
    )
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=20, choices=ChangeKind)
    made_on = models.DateField()
    proposed_by_uscc = models.TextField(null=True)
    agreed_by_provider = models.BooleanField()
    amount_delta_fen = models.BigIntegerField(null=True)
    detail = models.TextField(null=True)
    reason = models.TextField(null=True)

    class Meta:
        db_table = "contract_changes"
        constraints = [
            models.UniqueConstraint(fields=["contract", "seq"], name="contract_change_key"),
            one_of("kind", ChangeKind, "contract_change_kind"),
        ]


class Commitment(models.Model):
    """How much of an appropriation pays for a contract, in fen."""

    contract = models.ForeignKey(
        Contract,
        models.PROTECT,
        db_column="contract_id",
        related_name="commitments",
        db_index=False,
    )
    appropriation = models.ForeignKey(Appropriation, models.PROTECT, db_column="appropriation_id")
    amount_fen = models.BigIntegerField()

    class Meta:
        db_table = "commitments"
        constraints = [
            models.UniqueConstraint(fields=["contract", "appropriation"], name="commitment_key"),
            at_least("amount_fen", 0, "commitment_amount"),
        ]


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


class ContractFile(models.Model):
    """What the platform keeps of a contract from its first draft on; `id` is the contract's.

    `content` is what was typed (`rules.contract` reads it), `text` the canonical document as it
    was last offered (`rules.contract_text`): what is signed. The contract's own row exists once
    both sides have signed the same text.
    """

    id = key_field()
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="contract_files")
    bid = models.ForeignKey(Bid, models.PROTECT, related_name="contract_files")
    purchaser = models.ForeignKey(
        Organisation, models.PROTECT, db_column="purchaser_uscc", related_name="+"
    )
    provider = models.ForeignKey(
        Organisation, models.PROTECT, db_column="provider_uscc", related_name="+"
    )
    content = models.JSONField(default=dict)
    text = models.TextField(default="")
    version = models.BigIntegerField(default=1)
    saved_by = models.TextField()
    saved_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    contract = models.OneToOneField(Contract, models.PROTECT, null=True, related_name="file")

    class Meta:
        db_table = "contract_files"
        constraints = [models.UniqueConstraint(fields=["bid"], name="one_contract_a_bid")]


class Side(models.TextChoices):
    PURCHASER = "purchaser", _("Purchaser")
    PROVIDER = "provider", _("Provider")


class NegotiationEntry(models.Model):
    """One remark of one side about a draft contract; rows are only ever added."""

    file = models.ForeignKey(ContractFile, models.PROTECT, related_name="negotiation")
    side = models.CharField(max_length=10, choices=Side)
    login = models.TextField()
    said_at = models.DateTimeField()
    clause = models.TextField(default="", help_text="which part it is about; empty: the whole")
    text = models.TextField()

    class Meta:
        db_table = "negotiation_entries"
        constraints = [one_of("side", Side, "negotiation_side")]


class Signature(models.Model):
    """One side's signature under a content: who, when, and the content's SHA-256."""

    file = models.ForeignKey(ContractFile, models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=10, choices=Side)
    login = models.TextField()
    role = models.TextField()
    signed_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    void = models.BooleanField(default=False, help_text="the text was changed afterwards")

    class Meta:
        db_table = "signatures"
        constraints = [
            one_of("side", Side, "signature_side"),
            models.UniqueConstraint(
                fields=["file", "side"], condition=Q(void=False), name="one_signature_a_side"
            ),
        ]
