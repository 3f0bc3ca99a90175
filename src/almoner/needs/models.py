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
