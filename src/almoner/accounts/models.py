"""People who sign in, the roles that were granted to them, and who stands in for whom."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from almoner.fields import in_order, one_of
from almoner.rules.roles import Role


class Language(models.TextChoices):
    """What somebody is written to in, each under its own name."""

    ENGLISH = "en", "English"
    CHINESE = "zh-hans", "简体中文"


class PersonManager(BaseUserManager["Person"]):
    """Finds people by login."""


class Person(AbstractBaseUser):
    """Somebody with an account. What they may do follows from their grants alone."""

    login = models.CharField(max_length=100, unique=True)
    name_zh = models.TextField()
    name_en = models.TextField()
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, choices=Language, default=Language.ENGLISH)
    is_active = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False)

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = PersonManager()

    class Meta:
        db_table = "people"
        constraints = [one_of("language", Language, "person_language")]


class Grant(models.Model):
    """A role that a person holds, for an organisation or for the whole city, from day to day."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=40)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, null=True)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True, help_text="ended at once, whatever its days say")

    class Meta:
        db_table = "grants"
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in Role]), name="grant_role"
            ),
            in_order("from_on", "to_on", "grant_days"),
        ]


class Delegation(models.Model):
    """While `person` is away, `to` holds their roles too, both days included."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="delegations")
    to = models.ForeignKey(Person, models.PROTECT, related_name="stands_in")
    from_on = models.DateField()
    to_on = models.DateField()
    entered_by = models.TextField(help_text="login")
    revoked_at = models.DateTimeField(null=True, help_text="ended at once, whatever its days say")

    class Meta:
        db_table = "delegations"
        constraints = [
            in_order("from_on", "to_on", "delegation_days"),
            models.CheckConstraint(condition=~Q(person=F("to")), name="delegation_to_another"),
        ]


class Digest(models.Model):
    """One weekly list of tasks that was sent: nobody gets a second one for the same week."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    week = models.CharField(max_length=8, help_text="ISO week, such as 2026-W27")
    sent_at = models.DateTimeField()

    class Meta:
        db_table = "digests"
        constraints = [models.UniqueConstraint(fields=["person", "week"], name="digest_once")]
