"""What one installation knows about itself."""

from django.db import models


class Site(models.Model):
    """One row: whether this is a demonstration, and the day that its clock shows."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    demonstration = models.BooleanField(default=False)
    clock_day = models.DateField(null=True, help_text="today, in a demonstration")

    class Meta:
        db_table = "site"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_site")]


class Stamp(models.Model):
    """How often what a token names has changed: cached pages carry the stamps they rest on."""

    token = models.CharField(max_length=255, primary_key=True)
    serial = models.BigIntegerField(default=0)

    class Meta:
        db_table = "page_stamps"


class KeptForm(models.Model):
    """What somebody sent after their session had ended, until they have signed in again."""

    token_hash = models.CharField(max_length=64, primary_key=True)
    path = models.TextField()
    fields = models.TextField(help_text="URL-encoded")
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "kept_forms"
