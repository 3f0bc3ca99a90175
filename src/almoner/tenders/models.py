"""Procurement procedures, from the published tender to the panel's scores."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from almoner.fields import ID_LENGTH, NumberField, at_least, key_field, number_at_least, one_of
from almoner.parties.models import Area, Organisation, Worker


class Method(models.TextChoices):
    OPEN = "open", _("Open tender")
    INVITED = "invited", _("Invited tender")
    NEGOTIATION = "negotiation", _("Competitive negotiation")
    CONSULTATION = "consultation", _("Competitive consultation")
    INQUIRY = "inquiry", _("Inquiry")
    SINGLE_SOURCE = "single_source", _("Single source")
    FRAMEWORK = "framework", _("Framework agreement")


class CriterionKind(models.TextChoices):
    PRICE = "price", _("Price")
    WORKLOAD = "workload", _("Workload")
    STAFFING = "staffing", _("Staffing")
    EXPERIENCE = "experience", _("Experience")
    QUALITY = "quality", _("Quality")
    OUTCOME = "outcome", _("Outcome")


class BidStatus(models.TextChoices):
    VALID = "valid", _("Valid")
    DISQUALIFIED = "disqualified", _("Disqualified")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LATE = "late", _("Late")


class Tender(models.Model):
    """One procurement procedure (lot)."""

    id = key_field()
    purchaser = models.ForeignKey(Organisation, models.PROTECT, db_column="purchaser_uscc")
    service_item = models.TextField()
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_code")
    method = models.CharField(max_length=20, choices=Method)
    intention_published_on = models.DateField(null=True)
    demand_survey_respondents = models.BigIntegerField(null=True)
    users_consulted = models.BigIntegerField(null=True)
    published_at = models.DateTimeField()
    bid_deadline = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    award_decided_on = models.DateField(null=True)
    award_published_on = models.DateField(null=True)
    ceiling_fen = models.BigIntegerField(null=True)
    required_direct_hours = NumberField(null=True)
    required_staff = NumberField(null=True)

    class Meta:
        db_table = "tenders"
        constraints = [
            one_of("method", Method, "tender_method"),
            at_least("demand_survey_respondents", 0, "tender_survey"),
            at_least("users_consulted", 0, "tender_consulted"),
            at_least("ceiling_fen", 0, "tender_ceiling"),
            number_at_least("required_direct_hours", 0, "tender_hours"),
            number_at_least("required_staff", 0, "tender_staff"),
        ]


class Criterion(models.Model):
    """A published award criterion; the weights of a tender sum to 100."""

    tender = models.ForeignKey(
        Tender, models.PROTECT, db_column="tender_id", related_name="criteria", db_index=False
    )
    code = models.CharField(max_length=ID_LENGTH)
    name = models.TextField(null=True)
    kind = models.CharField(max_length=20, choices=CriterionKind)
    weight = NumberField()

    class Meta:
        db_table = "tender_criteria"
        constraints = [
            models.UniqueConstraint(fields=["tender", "code"], name="criterion_key"),
            one_of("kind", CriterionKind, "criterion_kind"),
            number_at_least("weight", 0, "criterion_weight"),
        ]


class Bid(models.Model):
    """An offer; nobody but its bidder sees anything of it before the opening."""

    id = key_field()
    tender = models.ForeignKey(Tender, models.PROTECT, db_column="tender_id", related_name="bids")
    provider = models.ForeignKey(Organisation, models.PROTECT, db_column="provider_uscc")
    submitted_at = models.DateTimeField()
    status = models.CharField(max_length=20, choices=BidStatus)
    reason = models.TextField(null=True)
    price_fen = models.BigIntegerField()
    direct_hours = NumberField(null=True)
    staff = NumberField(null=True)

    class Meta:
        db_table = "bids"
        constraints = [
            one_of("status", BidStatus, "bid_status"),
            at_least("price_fen", 0, "bid_price"),
            number_at_least("direct_hours", 0, "bid_hours"),
            number_at_least("staff", 0, "bid_staff_number"),
        ]


class BidStaff(models.Model):
    """A worker named in a bid, as a share of full time."""

    bid = models.ForeignKey(
        Bid, models.PROTECT, db_column="bid_id", related_name="named_staff", db_index=False
    )
    worker = models.ForeignKey(Worker, models.PROTECT, db_column="worker_id")
    fte = NumberField()

    class Meta:
        db_table = "bid_staff"
        constraints = [
            models.UniqueConstraint(fields=["bid", "worker"], name="bid_staff_key"),
            number_at_least("fte", 0, "bid_staff_fte"),
        ]


class BidScore(models.Model):
    """One panellist's score, 0 to 100, of one bid on one criterion."""

    bid = models.ForeignKey(
        Bid, models.PROTECT, db_column="bid_id", related_name="scores", db_index=False
    )
    panellist_id = models.CharField(max_length=ID_LENGTH)
    criterion_id = models.CharField(max_length=ID_LENGTH)
    score = NumberField()

    class Meta:
        db_table = "bid_scores"
        constraints = [
            models.UniqueConstraint(
                fields=["bid", "panellist_id", "criterion_id"], name="bid_score_key"
            ),
        ]
