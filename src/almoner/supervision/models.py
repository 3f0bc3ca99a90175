"""Runs of the findings catalogue, and what they found."""

from django.db import models

from almoner.fields import ID_LENGTH, at_least


class Run(models.Model):
    """One computation of the catalogue, whole or of what an event touched.

    `computed` are codes; `uncomputed` gives, by code, the tables for want of which it was not.
    """

    at = models.DateTimeField()
    as_of = models.DateField()
    whole = models.BooleanField()
    engine = models.TextField()
    computed = models.JSONField()
    uncomputed = models.JSONField()
    found = models.BigIntegerField()

    class Meta:
        db_table = "finding_runs"


class StoredFinding(models.Model):
    """A finding as it was last computed; kept with its last day once it is found no more.

    `id` is a digest of code, table, id and key. `rows` and `words` are those of
    `findings.run.Finding`. `contract_id` to `worker_id` say whom it concerns, where that is known;
    `money_fen` is what is at stake, `happened_on` the day of what is asked about. There are no
    foreign keys: a finding outlives its row.
    """

    id = models.CharField(max_length=32, primary_key=True)
    code = models.CharField(max_length=3)
    subject_table = models.TextField()
    subject_id = models.TextField()
    key = models.TextField(null=True)
    value = models.FloatField(null=True)
    limit = models.FloatField(null=True)
    rows = models.JSONField()
    words = models.JSONField()
    variant = models.TextField(null=True)
    about_persons = models.BooleanField()
    severity = models.SmallIntegerField()
    contract_id = models.CharField(max_length=ID_LENGTH, null=True)
    tender_id = models.CharField(max_length=ID_LENGTH, null=True)
    provider_uscc = models.CharField(max_length=ID_LENGTH, null=True)
    purchaser_uscc = models.CharField(max_length=ID_LENGTH, null=True)
    area_code = models.CharField(max_length=ID_LENGTH, null=True)
    worker_id = models.CharField(max_length=ID_LENGTH, null=True)
    money_fen = models.BigIntegerField(null=True)
    happened_on = models.DateField(null=True)
    first_found_on = models.DateField()
    due_on = models.DateField()
    found_on = models.DateField(help_text="the last day for which it was found")
    gone_on = models.DateField(null=True, help_text="the first day for which it was not")
    run = models.ForeignKey(Run, models.PROTECT, related_name="+")

    class Meta:
        db_table = "findings"
        indexes = [
            models.Index(fields=["contract_id", "code"], name="finding_contract"),
            models.Index(fields=["provider_uscc", "code"], name="finding_provider"),
            models.Index(fields=["purchaser_uscc", "code"], name="finding_purchaser"),
            models.Index(fields=["worker_id", "code"], name="finding_worker"),
            models.Index(fields=["code", "gone_on"], name="finding_code"),
        ]
        constraints = [at_least("severity", 1, "finding_severity")]


class Watched(models.Model):
    """How far in the audit trail the record has been watched: one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)

    class Meta:
        db_table = "findings_watched"
