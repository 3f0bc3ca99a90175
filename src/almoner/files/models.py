"""Files attached to what is done."""

from django.db import models

from almoner.fields import ID_LENGTH, at_least, key_field


class Attachment(models.Model):
    """One file. Its id is random and is also its name on disk; what it holds never changes."""

    id = key_field()
    subject_table = models.CharField(max_length=ID_LENGTH)
    subject_id = models.CharField(max_length=ID_LENGTH)
    purpose = models.CharField(max_length=40)
    name = models.TextField(help_text="as its sender called it, made safe")
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.TextField(help_text="login; empty for somebody without an account")
    uploaded_at = models.DateTimeField()

    class Meta:
        db_table = "attachments"
        indexes = [models.Index(fields=["subject_table", "subject_id"], name="attachment_subject")]
        constraints = [at_least("size", 1, "attachment_size")]
