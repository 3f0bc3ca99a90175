"""The search index of the public portal."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EntryKind(models.TextChoices):
    CONTRACT = "contract", _("Contract")
    PLACE = "place", _("Place")
    PROVIDER = "provider", _("Provider")
    PURCHASER = "purchaser", _("Purchaser")
    EVALUATOR = "evaluator", _("Evaluation agency")


class SearchEntry(models.Model):
    """A page that can be found."""

    kind = models.CharField(max_length=20, choices=EntryKind)
    ref = models.CharField(max_length=200)
    title_zh = models.TextField()
    title_en = models.TextField()

    class Meta:
        db_table = "search_entries"
        constraints = [models.UniqueConstraint(fields=["kind", "ref"], name="search_entry_key")]


class SearchToken(models.Model):
    """One word or Chinese character pair of a page."""

    token = models.CharField(max_length=64)
    entry = models.ForeignKey(SearchEntry, models.CASCADE, related_name="tokens")

    class Meta:
        db_table = "search_tokens"
        indexes = [models.Index(fields=["token", "entry"], name="search_token")]
