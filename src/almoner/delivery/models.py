"""What was delivered, month by month, and what was asked beyond the contract."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from almoner.contracts.models import Contract, ContractTerm
from almoner.fields import ID_LENGTH, NumberField, at_least, key_field, number_at_least, one_of
from almoner.parties.models import Organisation, Worker


class RecordChannel(models.TextChoices):
    PHONE = "phone", _("Phone")
    WEB = "web", _("Web")
    IMPORT = "import", _("Import")


class Ruling(models.TextChoices):
    OPEN = "open", _("Not yet ruled")
    IN_SCOPE = "in_scope", _("Within the contract")
    PAID_VARIATION = "paid_variation", _("Paid variation")
    SWAPPED = "swapped", _("Swapped for other targets")
    REFUSED = "refused", _("Refused")
    IMPOSED = "imposed", _("Imposed")


class ServiceRecord(models.Model):
    """One piece of delivered work. `client_id` is a pseudonym; a name has no place here."""

    id = key_field()
    term = models.ForeignKey(ContractTerm, models.PROTECT, db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, db_column="worker_id", db_index=False)
    started_at = models.DateTimeField()
    minutes = models.BigIntegerField()
    participants = models.BigIntegerField(null=True)
    client_id = models.CharField(max_length=ID_LENGTH, null=True)
    entered_at = models.DateTimeField()
    channel = models.CharField(max_length=10, choices=RecordChannel, null=True)

    class Meta:
        db_table = "service_records"
        indexes = [
            models.Index(fields=["term", "started_at"], name="record_term_start"),
            models.Index(fields=["worker", "started_at"], name="record_worker_start"),
        ]
        constraints = [
            at_least("minutes", 1, "record_minutes"),
            at_least("participants", 0, "record_participants"),
            one_of("channel", RecordChannel, "record_channel"),
        ]


class MonthlyDelivery(models.Model):
    """The records of one term in one month (of Asia/Shanghai), added up.

    `participants` is empty where no record says; `clients` counts distinct pseudonyms;
    `largest_session` is the most participants of one record. The last two bound from below how
    many people stand behind the cell.
    """

    term = models.ForeignKey(ContractTerm, models.CASCADE, related_name="months", db_index=False)
    month = models.CharField(max_length=7)
    records = models.BigIntegerField()
    minutes = models.BigIntegerField()
    participants = models.BigIntegerField(null=True)
    clients = models.BigIntegerField()
    largest_session = models.BigIntegerField(null=True)

    class Meta:
        db_table = "monthly_delivery"
        constraints = [models.UniqueConstraint(fields=["term", "month"], name="monthly_key")]


class TaskRequest(models.Model):
    """Work asked of a provider outside its workload terms, and what was ruled."""

    id = key_field()
    contract = models.ForeignKey(
        Contract, models.PROTECT, db_column="contract_id", related_name="task_requests"
    )
    requested_by = models.ForeignKey(Organisation, models.PROTECT, db_column="requested_by_uscc")
    requested_on = models.DateField()
    summary = models.TextField(null=True)
    hours = NumberField(null=True)
    ruling = models.CharField(max_length=20, choices=Ruling)
    ruled_on = models.DateField(null=True)

    class Meta:
        db_table = "task_requests"
        constraints = [
            one_of("ruling", Ruling, "task_request_ruling"),
            number_at_least("hours", 0, "task_request_hours"),
        ]
