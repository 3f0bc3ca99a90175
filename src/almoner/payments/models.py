"""What acceptance leaves behind beside the instalments themselves."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from almoner.contracts.models import Instalment
from almoner.fields import ID_LENGTH, at_least, one_of
from almoner.rules.settlement import RESIDENT, Ground


class Satisfied(models.TextChoices):
    YES = "yes", _("Satisfied")
    PARTLY = "partly", _("Partly satisfied")
    NO = "no", _("Not satisfied")


class Grounds(models.TextChoices):
    NOT_DONE = Ground.NOT_DONE.value, _("Work was not done")
    BELOW_STANDARD = Ground.BELOW_STANDARD.value, _("Work was below the agreed standard")
    NO_RECORDS = Ground.NO_RECORDS.value, _("Work is not on record")
    OTHER = Ground.OTHER.value, _("Another ground in the work itself")
    EVALUATION_LATE = Ground.EVALUATION_LATE.value, _("The evaluation is late")


class Acceptance(models.Model):
    """How much of an instalment was accepted, in fen, and why not all of it.

    An instalment accepted on some day without a row here counts as accepted in full.
    """

    instalment = models.OneToOneField(Instalment, models.PROTECT, related_name="acceptance")
    accepted_fen = models.BigIntegerField()
    ground = models.CharField(max_length=20, choices=Grounds, null=True)
    reason = models.TextField(default="")
    by = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "acceptances"
        constraints = [
            at_least("accepted_fen", 1, "acceptance_amount"),
            one_of("ground", Grounds, "acceptance_ground"),
        ]

    @property
    def disputed_fen(self) -> int:
        """What was due and not accepted."""
        return self.instalment.amount_fen - self.accepted_fen


class UserOpinion(models.Model):
    """What a user says of the work before it is accepted: by pseudonym, or as "resident"."""

    instalment = models.ForeignKey(Instalment, models.PROTECT, related_name="opinions")
    who = models.CharField(max_length=ID_LENGTH)
    satisfied = models.CharField(max_length=10, choices=Satisfied)
    words = models.TextField(default="")
    day = models.DateField()
    by = models.TextField()

    class Meta:
        db_table = "user_opinions"
        constraints = [
            one_of("satisfied", Satisfied, "opinion_satisfied"),
            models.UniqueConstraint(
                fields=["instalment", "who"],
                condition=~Q(who=RESIDENT),
                name="one_opinion_a_pseudonym",
            ),
        ]
