"""The forms of instalments: filters, an opinion, an acceptance, a cause, a payment."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from almoner.contracts.models import DelayCause
from almoner.payments.models import Grounds, Satisfied
from almoner.payments.operations import Opinion
from almoner.payments.queries import InstalmentFilter
from almoner.rules.settlement import RESIDENT, Ground
from almoner.web.fields import UNKNOWN_CHOICE, Choices, DayField, YuanField, choice

STATES = [
    ("overdue", _("Overdue")),
    ("accept", _("To be accepted")),
    ("pay", _("To be paid")),
    ("paid", _("Paid")),
    ("lapsed", _("Lapsed with the contract")),
    ("all", _("All")),
]


class InstalmentFilterForm(forms.Form):
    """Filters of the list of instalments."""

    def __init__(self, data: Mapping[str, Any], *, purchasers: Choices) -> None:
        super().__init__(data)
        self.fields["state"] = choice(_("State"), STATES, _("Not yet paid"))
        self.fields["due_from"] = DayField(label=_("Due from"), required=False)
        self.fields["due_to"] = DayField(label=_("Due until"), required=False)
        self.fields["purchaser"] = choice(_("Purchaser"), purchasers)
        self.fields["words"] = forms.CharField(
            label=_("Contract, provider or service"),
            required=False,
            max_length=100,
            widget=forms.TextInput(attrs={"type": "search"}),
        )

    def wanted(self) -> InstalmentFilter:
        """What was asked for; filters with faults count as empty."""
        self.is_valid()
        given = self.cleaned_data
        return InstalmentFilter(
            state=given.get("state") or "",
            due_from=given.get("due_from"),
            due_to=given.get("due_to"),
            purchaser=given.get("purchaser") or "",
            words=given.get("words") or "",
        )


class OpinionForm(forms.Form):
    """What a user says of the work."""

    who = forms.CharField(
        label=_("Pseudonym"),
        help_text=_("The user's number with the provider, never a name. Empty: a resident."),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    satisfied = forms.ChoiceField(
        label=_("With the work of this instalment the user is"),
        choices=Satisfied.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one"), "invalid_choice": UNKNOWN_CHOICE},
    )
    words = forms.CharField(
        label=_("In their words"),
        help_text=_("As said, without names or anything that tells who it is."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    day = DayField(label=_("Heard on"))

    def opinion(self) -> Opinion:
        """What a form without faults holds."""
        given = self.cleaned_data
        return Opinion(
            who=given["who"] or RESIDENT,
            satisfied=Satisfied(given["satisfied"]),
            words=given["words"],
            day=given["day"],
        )


class AcceptForm(forms.Form):
    """How much is accepted, and why not all."""

    amount = YuanField(label=_("Accepted amount in yuan"), positive=False)
    condition_met = forms.BooleanField(
        label=_("I checked the work: for this amount the condition is met."),
        error_messages={"required": _("Check the work and its condition first, then tick this")},
    )
    ground = choice(_("Ground for less"), Grounds.choices, _("None: all of it is accepted"))
    reason = forms.CharField(
        label=_("Reason in words"),
        help_text=_("Only where less is accepted than is due."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def ground_given(self) -> Ground | None:
        """The ground that was chosen."""
        given = self.cleaned_data["ground"]
        return Ground(given) if given else None


class CauseForm(forms.Form):
    """Why a payment is late."""

    cause = choice(_("Cause of the delay"), DelayCause.choices, _("Choose"), required=True)


class PayForm(forms.Form):
    """How much is paid, and why so late."""

    amount = YuanField(
        label=_("Paid amount in yuan"),
        help_text=_("A part may be paid; the rest stays open until it is paid too."),
        positive=False,
    )
    before = forms.IntegerField(widget=forms.HiddenInput, initial=0, required=False)
    cause = choice(_("Cause of the delay"), DelayCause.choices, _("Not late"))

    def __init__(self, data: Any, *, late: bool, initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial=dict(initial))
        if not late:
            del self.fields["cause"]

    def cause_given(self) -> DelayCause | None:
        """The cause that was chosen."""
        given = self.cleaned_data.get("cause")
        return DelayCause(given) if given else None
