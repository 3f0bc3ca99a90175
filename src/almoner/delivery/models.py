"""What was delivered, month by month, and what was asked beyond the contract."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from almoner.contracts.models import ChangeKind, Contract, ContractTerm
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


class WhyNot(models.TextChoices):
    ACCEPTABLE = "acceptable", _("For an acceptable reason")
    NOT_ACCEPTABLE = "not_acceptable", _("For no acceptable reason")
    LOGISTICS = "logistics", _("Logistics (room, transport, weather)")


class WorkerAccount(models.Model):
    """Which social worker (a pseudonym) a person is when logging."""

    person = models.OneToOneField("accounts.Person", models.PROTECT, related_name="+")
    worker = models.OneToOneField(Worker, models.PROTECT, related_name="+")

    class Meta:
        db_table = "worker_accounts"


class ImportBatch(models.Model):
    """A month of sessions from a spreadsheet: previewed, applied once, undone once."""

    id = key_field()
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="+")
    file_name = models.TextField()
    file_sha256 = models.CharField(max_length=64)
    rows = models.JSONField(help_text="the rows as read, cell texts by column")
    uploaded_by = models.TextField()
    uploaded_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "import_batches"


class Session(models.Model):
    """One line of the log, never overwritten: a wrong one is superseded by another.

    What happened and was not superseded or undone is a service record of the same id.
    """

    id = key_field()
    term = models.ForeignKey(ContractTerm, models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    started_at = models.DateTimeField()
    happened = models.BooleanField()
    why_not = models.CharField(max_length=20, choices=WhyNot, null=True)
    why_note = models.TextField(default="")
    attended = models.BooleanField(null=True, help_text="whether the client came; null: a group")
    late_minutes = models.BigIntegerField(null=True)
    minutes = models.BigIntegerField(null=True)
    participants = models.BigIntegerField(null=True)
    client_id = models.CharField(max_length=ID_LENGTH, null=True)
    channel = models.CharField(max_length=10, choices=RecordChannel)
    entered_at = models.DateTimeField()
    entered_by = models.TextField()
    instead_of = models.TextField(default="", help_text="login of the absent whose deputy wrote it")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.TextField(default="")
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="superseded_by"
    )
    reason = models.TextField(default="", help_text="why the earlier line was wrong")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, related_name="sessions")
    undone = models.BooleanField(default=False, help_text="its import was undone")

    class Meta:
        db_table = "sessions_log"
        indexes = [
            models.Index(fields=["worker", "started_at"], name="session_worker"),
            models.Index(fields=["term", "confirmed_at"], name="session_term"),
        ]
        constraints = [
            one_of("why_not", WhyNot, "session_why_not"),
            at_least("minutes", 1, "session_minutes"),
            at_least("participants", 0, "session_participants"),
            at_least("late_minutes", 0, "session_late"),
            one_of("channel", RecordChannel, "session_channel"),
        ]


class TaskFile(models.Model):
    """What stands behind a request for a task: the rule's answer, and who overrode it."""

    task = models.OneToOneField(TaskRequest, models.PROTECT, related_name="file")
    kind = models.TextField(help_text="what kind of work, in the terms of rules.scope")
    asked_by = models.TextField(default="", help_text="login; empty where the provider reported it")
    clause = models.TextField(help_text="the code of the rule or clause that the answer rests on")
    override_by = models.TextField(default="")
    override_reason = models.TextField(default="")

    class Meta:
        db_table = "task_files"


class ChangeProposal(models.Model):
    """A change of a contract that one side proposed and the other answers; agreed it is a change.

    `content` holds the amount to add (fen, text) or the new versions of terms with their day.
    """

    id = key_field()
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="proposals")
    task = models.ForeignKey(TaskRequest, models.PROTECT, null=True, related_name="proposals")
    kind = models.CharField(max_length=20, choices=ChangeKind)
    content = models.JSONField(default=dict)
    reason = models.TextField()
    proposed_by = models.TextField()
    proposed_at = models.DateTimeField()
    answered_by = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)
    agreed = models.BooleanField(null=True)
    seq = models.BigIntegerField(null=True, help_text="of the contract change it became")

    class Meta:
        db_table = "change_proposals"
        constraints = [one_of("kind", ChangeKind, "change_proposal_kind")]
