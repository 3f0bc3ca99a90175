"""How a contract was judged, what followed, and what changed in its users."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from almoner.contracts.models import Contract
from almoner.directory.models import Framework
from almoner.fields import ID_LENGTH, NumberField, at_least, in_order, key_field, one_of
from almoner.parties.models import Organisation


class Stage(models.TextChoices):
    MIDTERM = "midterm", _("Mid-term")
    ANNUAL = "annual", _("Annual")
    FINAL = "final", _("Final")


class ConsequenceKind(models.TextChoices):
    RENEW = "renew", _("Renewed")
    NOT_RENEW = "not_renew", _("Not renewed")
    PAYMENT_ADJUSTED = "payment_adjusted", _("Payment adjusted")
    RECTIFY = "rectify", _("Rectification ordered")
    REWARD = "reward", _("Reward")
    WARN = "warn", _("Warning")
    NO_ACTION = "no_action", _("No action")


class Wave(models.TextChoices):
    BASELINE = "baseline", _("Baseline")
    EXIT = "exit", _("Exit")
    FOLLOW_UP_6M = "follow_up_6m", _("Follow-up after 6 months")
    FOLLOW_UP_12M = "follow_up_12m", _("Follow-up after 12 months")


class Evaluation(models.Model):
    """One agency's evaluation of one contract over one period."""

    id = key_field()
    contract = models.ForeignKey(
        Contract, models.PROTECT, db_column="contract_id", related_name="evaluations"
    )
    agency = models.ForeignKey(Organisation, models.PROTECT, db_column="agency_uscc")
    commissioned_by_uscc = models.TextField(null=True)
    paid_by_uscc = models.TextField(null=True)
    framework = models.ForeignKey(Framework, models.PROTECT)
    stage = models.CharField(max_length=20, choices=Stage)
    period_from = models.DateField()
    period_to = models.DateField()
    assigned_on = models.DateField(null=True)
    reported_on = models.DateField(null=True)

    class Meta:
        db_table = "evaluations"
        constraints = [
            one_of("stage", Stage, "evaluation_stage"),
            in_order("period_from", "period_to", "evaluation_period"),
        ]


class Rating(models.Model):
    """One score by one rater on one leaf indicator."""

    evaluation = models.ForeignKey(
        Evaluation,
        models.PROTECT,
        db_column="evaluation_id",
        related_name="ratings",
        db_index=False,
    )
    rater_id = models.CharField(max_length=ID_LENGTH)
    indicator_id = models.CharField(max_length=ID_LENGTH)
    score = NumberField()
    evidence_count = models.BigIntegerField()

    class Meta:
        db_table = "ratings"
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "rater_id", "indicator_id"], name="rating_key"
            ),
            at_least("evidence_count", 0, "rating_evidence"),
        ]


class Consequence(models.Model):
    """What a result led to."""

    evaluation = models.ForeignKey(
        Evaluation, models.PROTECT, db_column="evaluation_id", related_name="consequences"
    )
    kind = models.CharField(max_length=20, choices=ConsequenceKind)
    decided_on = models.DateField()
    amount_fen = models.BigIntegerField(null=True)

    class Meta:
        db_table = "consequences"
        constraints = [one_of("kind", ConsequenceKind, "consequence_kind")]


class Outcome(models.Model):
    """One measurement of one user, by pseudonym."""

    contract = models.ForeignKey(
        Contract, models.PROTECT, db_column="contract_id", related_name="outcomes", db_index=False
    )
    client_id = models.CharField(max_length=ID_LENGTH)
    instrument = models.CharField(max_length=ID_LENGTH)
    wave = models.CharField(max_length=20, choices=Wave)
    measured_on = models.DateField()
    score = NumberField()

    class Meta:
        db_table = "outcomes"
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "client_id", "instrument", "wave"], name="outcome_key"
            ),
            one_of("wave", Wave, "outcome_wave"),
        ]


class EvaluationFile(models.Model):
    """How an evaluation went: when its scores were in, what the provider replied, how it ended."""

    evaluation = models.OneToOneField(Evaluation, models.PROTECT, related_name="file")
    assigned_by = models.TextField()
    scored_at = models.DateTimeField(null=True, help_text="when the last rater handed in")
    reply = models.TextField(default="")
    replied_at = models.DateTimeField(null=True)
    replied_by = models.TextField(default="")
    conclusion = models.TextField(default="")
    concluded_by = models.TextField(default="")

    class Meta:
        db_table = "evaluation_files"


class RaterSeat(models.Model):
    """A rater of an evaluation and the sheet of scores, unseen by others until handed in.

    `sheet` is indicator -> {"score": text, "reason": text, "evidence": [reference, ...]}; a
    reference names what the score rests on: a term's records, a payment, a survey, a file.
    """

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="seats")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    rater_id = models.CharField(max_length=ID_LENGTH)
    sheet = models.JSONField(default=dict)
    version = models.BigIntegerField(default=1)
    saved_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "rater_seats"
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "person"], name="rater_seat_person"),
            models.UniqueConstraint(fields=["evaluation", "rater_id"], name="rater_seat_key"),
        ]
