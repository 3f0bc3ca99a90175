"""What users and residents say: satisfaction surveys and complaints."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from almoner.contracts.models import Contract
from almoner.fields import ID_LENGTH, NumberField, at_least, key_field, one_of
from almoner.tenders.models import Tender


class DrawnBy(models.TextChoices):
    SYSTEM = "system", _("The system")
    PROVIDER = "provider", _("The provider")
    PURCHASER = "purchaser", _("The purchaser")
    EVALUATOR = "evaluator", _("The evaluator")


class AnswerMode(models.TextChoices):
    SELF = "self", _("By oneself")
    ASSISTED = "assisted", _("With assistance")
    PROXY = "proxy", _("By proxy")


class Complainant(models.TextChoices):
    USER = "user", _("User")
    RESIDENT = "resident", _("Resident")
    PROVIDER = "provider", _("Provider")
    WORKER = "worker", _("Worker")
    MEDIA = "media", _("Media")
    ANONYMOUS = "anonymous", _("Anonymous")


class ComplaintOutcome(models.TextChoices):
    UPHELD = "upheld", _("Upheld")
    PARTLY_UPHELD = "partly_upheld", _("Partly upheld")
    NOT_UPHELD = "not_upheld", _("Not upheld")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class SurveyWave(models.Model):
    """One drawn sample of users."""

    id = key_field()
    contract = models.ForeignKey(
        Contract, models.PROTECT, db_column="contract_id", related_name="survey_waves"
    )
    drawn_by = models.CharField(max_length=20, choices=DrawnBy)
    frame_size = models.BigIntegerField()
    frame_sha256 = models.TextField(null=True)
    seed = models.TextField(null=True)
    drawn_on = models.DateField()
    drawn = models.BigIntegerField(null=True)

    class Meta:
        db_table = "survey_waves"
        constraints = [
            one_of("drawn_by", DrawnBy, "survey_wave_drawn_by"),
            at_least("frame_size", 0, "survey_wave_frame"),
            at_least("drawn", 0, "survey_wave_drawn"),
        ]


class SurveyResponse(models.Model):
    """One answer, 1 to 5, of one respondent (a pseudonym) to one question."""

    wave = models.ForeignKey(
        SurveyWave, models.PROTECT, db_column="wave_id", related_name="responses", db_index=False
    )
    respondent_id = models.CharField(max_length=ID_LENGTH)
    question = models.CharField(max_length=ID_LENGTH)
    score = NumberField()
    mode = models.CharField(max_length=20, choices=AnswerMode, null=True)

    class Meta:
        db_table = "survey_responses"
        constraints = [
            models.UniqueConstraint(
                fields=["wave", "respondent_id", "question"], name="survey_response_key"
            ),
            one_of("mode", AnswerMode, "survey_response_mode"),
        ]


class Complaint(models.Model):
    """A complaint, its clock and its answer."""

    id = key_field()
    contract = models.ForeignKey(
        Contract, models.PROTECT, null=True, db_column="contract_id", related_name="complaints"
    )
    tender = models.ForeignKey(Tender, models.PROTECT, null=True, db_column="tender_id")
    from_kind = models.CharField(max_length=20, choices=Complainant)
    received_on = models.DateField()
    due_on = models.DateField()
    answered_on = models.DateField(null=True)
    outcome = models.CharField(max_length=20, choices=ComplaintOutcome, null=True)

    class Meta:
        db_table = "complaints"
        constraints = [
            one_of("from_kind", Complainant, "complaint_from"),
            one_of("outcome", ComplaintOutcome, "complaint_outcome"),
        ]


class ComplaintFile(models.Model):
    """The wording of a complaint, which is never public, and that of the answer, which is.

    Complaints that came in a package have none until they are answered.
    """

    complaint = models.OneToOneField(
        Complaint, models.PROTECT, primary_key=True, db_column="id", related_name="file"
    )
    text = models.TextField(default="")
    tracking_hash = models.CharField(max_length=64, null=True, unique=True)
    answer = models.TextField(default="")
    summary = models.TextField(default="", help_text="what is public about the complaint itself")

    class Meta:
        db_table = "complaint_files"
