"""The append-only record. Rows name their subjects as text: nothing they mention can undo them."""

from django.db import models


class Event(models.Model):
    """One thing that somebody did. `hash` covers every other column and the hash before it."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.TextField()
    role = models.TextField()
    kind = models.TextField()
    subject_table = models.TextField()
    subject_id = models.TextField()
    before = models.TextField(help_text="JSON, or empty")
    after = models.TextField(help_text="JSON, or empty")
    reason = models.TextField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_events"
        indexes = [models.Index(fields=["subject_table", "subject_id"], name="audit_subject")]


class Head(models.Model):
    """The last link of the chain: one row, locked by whoever adds the next."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_head"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="audit_one_head")]


class Seal(models.Model):
    """A subject whose events nobody may read yet; the row goes when it may be read.

    `group` is what is opened together, such as all bids of a tender.
    """

    subject_table = models.TextField()
    subject_id = models.TextField()
    group = models.TextField()

    class Meta:
        db_table = "audit_seals"
        indexes = [models.Index(fields=["group"], name="audit_seal_group")]
        constraints = [
            models.UniqueConstraint(fields=["subject_table", "subject_id"], name="audit_seal_key")
        ]
