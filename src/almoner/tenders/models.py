"""Procurement procedures, from the published tender to the panel's scores."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from almoner.fields import ID_LENGTH, NumberField, at_least, key_field, number_at_least, one_of
from almoner.needs.models import Need
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


class TenderFile(models.Model):
    """What the platform keeps of a tender beyond the exchange format, from its first draft on.

    `content` is what was typed, so that half a draft can be kept; `rules.tender` reads it. Its
    `id` is that of the tender, whose own row exists from publication on.
    """

    id = key_field()
    purchaser = models.ForeignKey(Organisation, models.PROTECT, db_column="purchaser_uscc")
    content = models.JSONField(default=dict)
    version = models.BigIntegerField(default=1)
    saved_by = models.TextField()
    saved_at = models.DateTimeField()
    intention_published_on = models.DateField(null=True)
    intended = models.JSONField(default=dict, help_text="what the intention said when announced")
    submitted_at = models.DateTimeField(null=True)
    returned_reason = models.TextField(default="")
    tender = models.OneToOneField(Tender, models.PROTECT, null=True, related_name="file")
    unsealed_by = models.TextField(default="", help_text="login of the first of two openers")
    opened_by = models.TextField(default="", help_text="login of the second")
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.TextField(default="")
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_by")

    class Meta:
        db_table = "tender_files"


class RegisterKind(models.TextChoices):
    MARKET = "market", _("Market survey")
    USERS = "users", _("Users' consultation")


class RegisterEntry(models.Model):
    """Somebody who was asked before a tender: a body of the market, or a user by pseudonym."""

    file = models.ForeignKey(TenderFile, models.PROTECT, related_name="register")
    kind = models.CharField(max_length=10, choices=RegisterKind)
    respondent = models.TextField()
    asked_on = models.DateField()
    said = models.TextField()
    entered_by = models.TextField()

    class Meta:
        db_table = "tender_registers"
        constraints = [
            one_of("kind", RegisterKind, "tender_register_kind"),
            models.UniqueConstraint(
                fields=["file", "kind", "respondent"], name="tender_register_key"
            ),
        ]


class TenderNeed(models.Model):
    """A need that a tender answers."""

    file = models.ForeignKey(TenderFile, models.PROTECT, related_name="needs")
    need = models.ForeignKey(Need, models.PROTECT, related_name="tenders")

    class Meta:
        db_table = "tender_needs"
        constraints = [models.UniqueConstraint(fields=["file", "need"], name="tender_need_key")]


class BidFile(models.Model):
    """An offer as its bidder writes it; `id` is that of the bid, whose own row exists once sent."""

    id = key_field()
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="bid_files")
    provider = models.ForeignKey(Organisation, models.PROTECT, db_column="provider_uscc")
    content = models.JSONField(default=dict)
    version = models.BigIntegerField(default=1)
    saved_by = models.TextField()
    saved_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    bid = models.OneToOneField(Bid, models.PROTECT, null=True, related_name="file")

    class Meta:
        db_table = "bid_files"
        constraints = [
            models.UniqueConstraint(fields=["tender", "provider"], name="one_bid_a_provider")
        ]


class PanelDraw(models.Model):
    """How a tender's panel was drawn: whoever has the seed and the pool can draw it again."""

    tender = models.OneToOneField(
        Tender, models.PROTECT, primary_key=True, related_name="panel_draw"
    )
    seed = models.CharField(max_length=64, help_text="hash of the audit event that fixed the pool")
    event = models.BigIntegerField(help_text="number of that event")
    size = models.BigIntegerField()
    pool = models.JSONField(help_text="numbers of the experts who could be drawn")
    drawn_at = models.DateTimeField()

    class Meta:
        db_table = "panel_draws"


class PanelSeat(models.Model):
    """A member of a tender's panel, drawn by lot or named, with what the member declared.

    Outside the platform a member is known by the seat alone: P1, P2, ...
    """

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="panel")
    code = models.CharField(max_length=ID_LENGTH, help_text="P1, P2, ... in order of seating")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    expert = models.BooleanField()
    drawn_order = models.BigIntegerField(null=True, help_text="place in the draw; null if named")
    declared_at = models.DateTimeField(null=True)
    tied = models.BooleanField(default=False, help_text="a declared tie: the seat does not score")
    ties = models.JSONField(default=dict, help_text="bidder -> the tie that was declared")
    scores = models.JSONField(default=dict, help_text="bid -> criterion -> score as typed")
    remarks = models.JSONField(default=dict, help_text="bid -> advice to its bidder")
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "panel_seats"
        constraints = [
            models.UniqueConstraint(fields=["tender", "person"], name="panel_seat_key"),
            models.UniqueConstraint(fields=["tender", "code"], name="panel_seat_code"),
        ]
