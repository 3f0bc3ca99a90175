"""The guiding directory of what may be purchased, and the frameworks that judge it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from almoner.fields import ID_LENGTH, NumberField, in_order, key_field, number_at_least, one_of


class ItemKind(models.TextChoices):
    PUBLIC_SERVICE = "public_service", _("Public service")
    AUXILIARY = "auxiliary", _("Auxiliary service for government")


class Dimension(models.TextChoices):
    DECISION = "decision", _("Decision")
    PROCESS = "process", _("Process")
    OUTPUT = "output", _("Output")
    BENEFIT = "benefit", _("Benefit")


class Measures(models.TextChoices):
    INPUT = "input", _("Input")
    ACTIVITY = "activity", _("Activity")
    OUTPUT = "output", _("Output")
    QUALITY = "quality", _("Quality")
    OUTCOME = "outcome", _("Outcome")
    SATISFACTION = "satisfaction", _("Satisfaction")


class ServiceItem(models.Model):
    """A service that may be purchased. Tenders may name a code that is not here."""

    code = key_field()
    parent_code = models.TextField(null=True)
    name_zh = models.TextField()
    name_en = models.TextField(null=True)
    kind = models.CharField(max_length=20, choices=ItemKind)
    content = models.TextField(null=True)
    procedure = models.TextField(null=True)
    fee_basis = models.TextField(null=True)
    evaluation = models.TextField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "service_items"
        constraints = [
            one_of("kind", ItemKind, "service_item_kind"),
            in_order("valid_from", "valid_to", "service_item_days"),
        ]


class ItemFile(models.Model):
    """What the platform keeps of an item beyond the exchange format: why it is bought.

    Items that came in a package have none until they are revised.
    """

    item = models.OneToOneField(
        ServiceItem, models.PROTECT, primary_key=True, db_column="code", related_name="file"
    )
    version = models.BigIntegerField(default=1)
    held_from = models.DateField(help_text="first day of this version")
    saved_by = models.TextField()
    test = models.JSONField(default=dict, help_text="make-or-buy test: question -> choice, reason")

    class Meta:
        db_table = "service_item_files"


class PastVersion(models.Model):
    """What an item said before it was revised."""

    item = models.ForeignKey(
        ServiceItem, models.PROTECT, db_column="code", related_name="past", db_index=False
    )
    number = models.BigIntegerField()
    held_from = models.DateField()
    replaced_on = models.DateField()
    said = models.JSONField(help_text="the columns of the item that may be revised")
    test = models.JSONField(default=dict)

    class Meta:
        db_table = "service_item_versions"
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="service_item_version_key"),
        ]


class Framework(models.Model):
    """One version of an evaluation framework."""

    code = models.CharField(max_length=ID_LENGTH, db_column="framework_code")
    version = models.CharField(max_length=ID_LENGTH)
    issuer_uscc = models.TextField(null=True)
    name = models.TextField(null=True)
    valid_from = models.DateField(null=True)

    class Meta:
        db_table = "frameworks"
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="framework_key"),
        ]


class Indicator(models.Model):
    """One indicator of a framework version; a leaf is one that no other names as parent."""

    framework = models.ForeignKey(
        Framework, models.PROTECT, related_name="indicators", db_index=False
    )
    code = models.CharField(max_length=ID_LENGTH)
    parent_code = models.TextField(null=True)
    name_zh = models.TextField(null=True)
    name_en = models.TextField(null=True)
    dimension = models.CharField(max_length=20, choices=Dimension)
    measures = models.CharField(max_length=20, choices=Measures, null=True)
    weight = NumberField()
    min_score = NumberField(null=True)
    max_score = NumberField(null=True)
    common_id = models.TextField(null=True)

    class Meta:
        db_table = "indicators"
        constraints = [
            models.UniqueConstraint(fields=["framework", "code"], name="indicator_key"),
            one_of("dimension", Dimension, "indicator_dimension"),
            one_of("measures", Measures, "indicator_measures"),
            number_at_least("weight", 0, "indicator_weight"),
        ]
