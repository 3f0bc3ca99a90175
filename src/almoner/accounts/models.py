"""People who sign in, and the roles that were granted to them."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from almoner.fields import in_order
from almoner.rules.roles import Role


class PersonManager(BaseUserManager["Person"]):
    """Finds people by login."""


class Person(AbstractBaseUser):
    """Somebody with an account. What they may do follows from their grants alone."""

    login = models.CharField(max_length=100, unique=True)
    name_zh = models.TextField()
    name_en = models.TextField()
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False)

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = PersonManager()

    class Meta:
        db_table = "people"


class Grant(models.Model):
    """A role that a person holds, for an organisation or for the whole city, from day to day."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=40)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, null=True)
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        db_table = "grants"
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in Role]), name="grant_role"
            ),
            in_order("from_on", "to_on", "grant_days"),
        ]
