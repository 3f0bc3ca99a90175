"""What residents and users asked for."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from almoner.fields import at_least, key_field, one_of
from almoner.parties.models import Area


class Channel(models.TextChoices):
    ONLINE = "online", _("Online")
    PAPER = "paper", _("On paper")
    ASSISTED = "assisted", _("With assistance")
    MEETING = "meeting", _("At a meeting")


class TargetGroup(models.TextChoices):
    EVERYBODY = "everybody", _("Everybody who lives here")
    OLDER = "older", _("Older people")
    YOUNG = "young", _("Children and young people")
    FAMILIES = "families", _("Families and carers")
    DISABILITIES = "disabilities", _("People with disabilities")
    HARDSHIP = "hardship", _("People in hardship")
    OTHERS = "others", _("Others")


class Need(models.Model):
    """One thing asked for in one area, and the answer to it."""

    id = key_field()
    area = models.ForeignKey(Area, models.PROTECT, db_column="area_code")
    service_item = models.TextField(null=True)
    channel = models.CharField(max_length=20, choices=Channel)
    raised_on = models.DateField()
    supporters = models.BigIntegerField(null=True)
    answered_on = models.DateField(null=True)
    answer = models.TextField(null=True)

    class Meta:
        db_table = "needs"
        constraints = [
            one_of("channel", Channel, "need_channel"),
            at_least("supporters", 0, "need_supporters"),
        ]


class NeedFile(models.Model):
    """The wording of a need. Nothing of it is public but `shown`, once somebody has looked at it.

    Needs that came in a package have none.
    """

    need = models.OneToOneField(
        Need, models.PROTECT, primary_key=True, db_column="id", related_name="file"
    )
    text = models.TextField()
    target_group = models.CharField(max_length=20, choices=TargetGroup)
    shown = models.TextField(default="", help_text="the wording that is public, empty if none")
    shown_at = models.DateTimeField(null=True)
    tracking_hash = models.CharField(max_length=64, null=True, unique=True)
    entered_by = models.TextField(default="", help_text="login; empty if sent online")

    class Meta:
        db_table = "need_files"
        constraints = [one_of("target_group", TargetGroup, "need_file_target_group")]


class NeedSupport(models.Model):
    """That one browser supported a need; neither who nor, without its cookie, which."""

    need = models.ForeignKey(Need, models.PROTECT, related_name="supports", db_index=False)
    browser_hash = models.CharField(max_length=64)

    class Meta:
        db_table = "need_supports"
        constraints = [
            models.UniqueConstraint(fields=["need", "browser_hash"], name="need_support_key"),
        ]
