"""Everybody who takes part, where they are, and what workers are paid."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from almoner.fields import at_least, in_order, key_field, one_of


class AreaLevel(models.TextChoices):
    CITY = "city", _("City")
    DISTRICT = "district", _("District")
    STREET = "street", _("Sub-district or town")


class OrganisationKind(models.TextChoices):
    PURCHASER = "purchaser", _("Purchaser")
    FINANCE = "finance", _("Finance")
    SUPERVISOR = "supervisor", _("Supervisor")
    PROVIDER = "provider", _("Provider")
    EVALUATOR = "evaluator", _("Evaluation agency")
    REGISTRAR = "registrar", _("Registrar")


class OrganisationStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    REVOKED = "revoked", _("Revoked")
    DISSOLVED = "dissolved", _("Dissolved")


class LinkKind(models.TextChoices):
    CONTROLS = "controls", _("Controls")
    FOUNDER = "founder", _("Founder")
    BOARD_MEMBER = "board_member", _("Board member")
    FORMER_OFFICIAL = "former_official", _("Former official")
    RELATIVE = "relative", _("Relative")


class Licence(models.TextChoices):
    NONE = "none", _("No licence")
    ASSISTANT = "assistant", _("Assistant social worker")
    SOCIAL_WORKER = "social_worker", _("Social worker")
    SENIOR = "senior", _("Senior social worker")


class Education(models.TextChoices):
    BELOW_BACHELOR = "below_bachelor", _("Below bachelor")
    BACHELOR = "bachelor", _("Bachelor")
    MASTER = "master_or_above", _("Master or above")


class Area(models.Model):
    """An administrative division; a street is a sub-district or town."""

    code = key_field()
    name_zh = models.TextField()
    name_en = models.TextField(null=True)
    level = models.CharField(max_length=20, choices=AreaLevel)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, db_column="parent_code", related_name="children"
    )
    population = models.BigIntegerField(null=True)
    population_source = models.TextField(null=True)

    class Meta:
        db_table = "areas"
        constraints = [
            one_of("level", AreaLevel, "area_level"),
            at_least("population", 0, "area_population"),
        ]


class Organisation(models.Model):
    """A body that buys, pays, supervises, provides, evaluates or registers."""

    uscc = key_field()
    name_zh = models.TextField()
    name_en = models.TextField(null=True)
    kinds = models.TextField(help_text="one or more kinds joined by |")
    area = models.ForeignKey(Area, models.PROTECT, null=True, db_column="area_code")
    registered_on = models.DateField(null=True)
    supervising_uscc = models.TextField(null=True)
    status = models.CharField(max_length=20, choices=OrganisationStatus)

    class Meta:
        db_table = "organisations"
        constraints = [one_of("status", OrganisationStatus, "organisation_status")]


class OrganisationLink(models.Model):
    """A tie between two organisations that makes independence doubtful; it has no direction."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, db_column="uscc", related_name="links"
    )
    other = models.ForeignKey(
        Organisation, models.PROTECT, db_column="other_uscc", related_name="links_to"
    )
    kind = models.CharField(max_length=20, choices=LinkKind)
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)
    note = models.TextField(null=True)

    class Meta:
        db_table = "organisation_links"
        constraints = [
            one_of("kind", LinkKind, "organisation_link_kind"),
            in_order("from_on", "to_on", "organisation_link_days"),
        ]


class Worker(models.Model):
    """A social worker's employment; the id is a pseudonym."""

    id = key_field()
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, db_column="uscc", related_name="workers"
    )
    licence = models.CharField(max_length=20, choices=Licence)
    education = models.CharField(max_length=20, choices=Education, null=True)
    relevant_major = models.BooleanField(null=True)
    retired_rehire = models.BooleanField(null=True)
    employed_from = models.DateField()
    employed_to = models.DateField(null=True)

    class Meta:
        db_table = "workers"
        constraints = [
            one_of("licence", Licence, "worker_licence"),
            one_of("education", Education, "worker_education"),
            in_order("employed_from", "employed_to", "worker_days"),
        ]


class WageFloor(models.Model):
    """Starting pay of new recruits to public institutions, per month in fen."""

    area = models.ForeignKey(Area, models.PROTECT, db_column="area_code")
    year = models.BigIntegerField()
    gross_wage_fen = models.BigIntegerField()

    class Meta:
        db_table = "wage_floors"
        constraints = [
            models.UniqueConstraint(fields=["area", "year"], name="wage_floor_key"),
            at_least("gross_wage_fen", 0, "wage_floor_amount"),
        ]


class Payroll(models.Model):
    """What one worker was paid in one month, and which cover was paid for."""

    worker = models.ForeignKey(Worker, models.PROTECT, db_column="worker_id", db_index=False)
    month = models.CharField(max_length=7)
    gross_wage_fen = models.BigIntegerField()
    pension = models.BooleanField()
    medical = models.BooleanField()
    unemployment = models.BooleanField()
    work_injury = models.BooleanField()
    maternity = models.BooleanField()
    housing_fund = models.BooleanField()
    accident_cover = models.BooleanField()

    class Meta:
        db_table = "payroll"
        constraints = [
            models.UniqueConstraint(fields=["worker", "month"], name="payroll_key"),
            at_least("gross_wage_fen", 0, "payroll_amount"),
        ]
