"""Forms of tasks outside the contract and of the changes that they lead to."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from almoner.contracts.models import Commitment, Contract, ContractTerm
from almoner.parties.models import Organisation
from almoner.rules.scope import Asked
from almoner.tenders.labels_formulas import WORK
from almoner.web.fields import DayField, reason_field
from almoner.web.format import name_of

KINDS: Mapping[str, str | Promise] = {
    **WORK,
    Asked.OTHER_SERVICE: _("Another social service"),
    Asked.ADMINISTRATIVE: _("Administrative work: leaflets, inspections, statistics, campaigns"),
    Asked.ENFORCEMENT: _("Law enforcement: reporting in, warnings, checks on people"),
}
MOST_HOURS = 100_000


class ContractChoice(forms.Form):
    """For which contract."""

    contract = forms.ChoiceField(
        label=_("Contract"), error_messages={"required": _("Choose a contract")}
    )

    def __init__(self, data: Any, contracts: Iterable[Contract]) -> None:
        super().__init__(data)
        chosen = [(one.id, f"{one.id} · {name_of(one.provider)}") for one in contracts]
        self.fields["contract"].choices = chosen  # type: ignore[attr-defined]


class AskForm(forms.Form):
    """A task that somebody asks for."""

    requested_by = forms.ChoiceField(
        label=_("Who asks"),
        help_text=_("The office that wants the task done."),
        error_messages={"required": _("Choose who asks")},
    )
    kind = forms.ChoiceField(
        label=_("What kind of work"),
        choices=list(KINDS.items()),
        error_messages={"required": _("Choose a kind of work")},
    )
    summary = forms.CharField(
        label=_("What is to be done"),
        help_text=_("It will be public. Name no users."),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what is to be done")},
    )
    hours = forms.DecimalField(
        label=_("Hours that it takes"),
        min_value=Decimal("0.25"),
        max_value=MOST_HOURS,
        decimal_places=2,
        max_digits=10,
        error_messages={"required": _("Enter the hours"), "invalid": _("Enter a number of hours")},
    )

    def __init__(self, data: Any, askers: Iterable[Organisation]) -> None:
        super().__init__(data)
        self.fields["requested_by"].choices = [  # type: ignore[attr-defined]
            (body.uscc, name_of(body)) for body in askers
        ]


class VariationForm(forms.Form):
    """Money for a task."""

    amount = forms.DecimalField(
        label=_("Amount in yuan"),
        decimal_places=2,
        max_digits=14,
        min_value=Decimal("0.01"),
        error_messages={"required": _("Enter an amount"), "invalid": _("Enter an amount in yuan")},
    )
    appropriation = forms.ChoiceField(
        label=_("Out of which money"), error_messages={"required": _("Choose an appropriation")}
    )
    due_on = DayField(label=_("To be paid by"))
    reason = reason_field(_("Why, for the public"), rows=3)

    def __init__(self, data: Any, commitments: Iterable[Commitment]) -> None:
        super().__init__(data)
        self.fields["appropriation"].choices = [  # type: ignore[attr-defined]
            (one.appropriation_id, f"{one.appropriation_id} · {one.appropriation.fiscal_year}")
            for one in commitments
        ]


class SwapForm(forms.Form):
    """Targets that are dropped for a task."""

    term = forms.ChoiceField(
        label=_("Which term gives up the hours"), error_messages={"required": _("Choose a term")}
    )
    from_on = DayField(
        label=_("From which day"),
        help_text=_("What was done before is judged by the old term."),
    )
    reason = reason_field(_("Why, for the public"), rows=3)

    def __init__(self, data: Any, terms: Iterable[ContractTerm]) -> None:
        super().__init__(data)
        self.fields["term"].choices = [  # type: ignore[attr-defined]
            (term.code, f"{term.code} · {WORK.get(term.type, term.type)} · {term.formula}")
            for term in terms
        ]


class ReasonForm(forms.Form):
    """A reason, alone."""

    reason = reason_field(rows=3)


class RequestFilters(forms.Form):
    """Which requests a list shows."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    ruling = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, data: Any, rulings: Iterable[tuple[str, str | Promise]]) -> None:
        super().__init__(data)
        every = [("", _("Any")), *rulings]
        self.fields["ruling"].choices = every  # type: ignore[attr-defined]
