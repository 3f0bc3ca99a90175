"""Public notices actually issued."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from almoner.fields import one_of


class NoticeKind(models.TextChoices):
    INTENTION = "intention", _("Procurement intention")
    PREQUALIFICATION = "prequalification", _("Prequalification")
    TENDER = "tender", _("Tender notice")
    NEGOTIATION = "negotiation", _("Negotiation notice")
    AWARD = "award", _("Award notice")
    CORRECTION = "correction", _("Correction")
    TERMINATION = "termination", _("Termination")
    CONTRACT = "contract", _("Contract notice")
    ACCEPTANCE_RESULT = "acceptance_result", _("Acceptance result")
    SINGLE_SOURCE = "single_source", _("Single-source notice")
    COMPLAINT_DECISION = "complaint_decision", _("Complaint decision")
    INSPECTION_DECISION = "inspection_decision", _("Inspection decision")
    AGENCY_ASSESSMENT = "agency_assessment", _("Agency assessment")


class Notice(models.Model):
    """A notice; `subject_id` is the id of a tender, contract, complaint or evaluation."""

    kind = models.CharField(max_length=30, choices=NoticeKind)
    subject_id = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        db_table = "notices"
        indexes = [models.Index(fields=["subject_id"], name="notice_subject")]
        constraints = [one_of("kind", NoticeKind, "notice_kind")]
