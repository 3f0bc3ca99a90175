"""The forms of the budget: filters, a proposal, a reason."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from almoner.budget.models import BudgetLevel, Source
from almoner.budget.operations import Line, Proposal
from almoner.budget.queries import AppropriationFilter
from almoner.parties.models import Organisation
from almoner.rules.money import percent_text, ratio_of, tranches
from almoner.rules.refusal import Refused
from almoner.rules.workflow import AppropriationState
from almoner.web.fields import UNKNOWN_CHOICE, Choices, YuanField, choice
from almoner.web.format import named
from almoner.web.workflow_labels import STATES

LINES = 3
MOST_LINES = 12
MOST_YEARS = 3
"""A service contract runs three years at most, and money is appropriated for no longer."""


class RatioField(forms.CharField):
    """A share typed as 50, 33.3 % or 1/3; its value is the text, checked."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text:
            try:
                ratio_of(text)
            except ValueError:
                raise forms.ValidationError(
                    _("Enter a share in percent or as a fraction, such as 50, 33.3 % or 1/3")
                ) from None
        return text


def names(bodies: Iterable[Organisation]) -> list[tuple[str, str]]:
    """Bodies by their names in the reader's language."""
    return sorted(((body.uscc, named(body)) for body in bodies), key=lambda one: one[1])


class AppropriationFilterForm(forms.Form):
    """Filters of the list of appropriations."""

    def __init__(
        self, data: Mapping[str, Any], *, years: Sequence[int], payers: Choices, places: Choices
    ) -> None:
        super().__init__(data)
        self.fields["year"] = choice(_("Fiscal year"), [(str(year), str(year)) for year in years])
        self.fields["level"] = choice(_("Level"), BudgetLevel.choices)
        self.fields["source"] = choice(_("Source"), Source.choices)
        self.fields["payer"] = choice(_("Who pays"), payers)
        self.fields["place"] = choice(_("Place"), places)
        self.fields["words"] = forms.CharField(
            label=_("Number or service"),
            required=False,
            max_length=100,
            widget=forms.TextInput(attrs={"type": "search"}),
        )

    def wanted(self) -> AppropriationFilter:
        """What was asked for; filters with faults count as empty."""
        self.is_valid()
        given = self.cleaned_data
        year = given.get("year")
        return AppropriationFilter(
            year=int(year) if year else None,
            **{
                name: given.get(name) or ""
                for name in ("level", "source", "payer", "place", "words")
            },
        )


class ProposalFilterForm(forms.Form):
    """Filters of the list of proposals."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        states = [(state.value, STATES[f"appropriation.{state}"]) for state in AppropriationState]
        self.fields["state"] = choice(_("State"), states)


@dataclass(frozen=True)
class Options:
    """What may be chosen in a proposal, as (value, name)."""

    bodies: Sequence[tuple[str, str]]
    places: Choices
    items: Choices
    payers: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    this_year: int


class ProposalForm(forms.Form):
    """Money to be appropriated, and the lines of its sharing schedule.

    There are as many lines as were sent; Compute adds an empty one where all are filled.
    """

    def __init__(self, data: Any, options: Options, initial: Mapping[str, Any] = {}) -> None:  # noqa: B006
        super().__init__(data, initial=dict(initial))
        self.fields["body"] = choice(_("Proposed by"), options.bodies, _("Choose"), required=True)
        if len(options.bodies) == 1:
            self.fields["body"].widget = forms.HiddenInput()
            self.initial.setdefault("body", options.bodies[0][0])
        self.fields["area"] = choice(_("Place"), options.places, _("Choose"), required=True)
        self.fields["area"].help_text = _("The money may be spent here and in what lies below.")
        self.fields["service_item"] = choice(_("Service"), options.items, _("Any service"))
        self.fields["first_year"] = forms.IntegerField(
            label=_("First fiscal year"),
            min_value=2000,
            max_value=2100,
            initial=options.this_year,
            error_messages={"required": _("Enter a year"), "invalid": _("Enter a year")},
        )
        self.fields["years"] = forms.TypedChoiceField(
            label=_("Number of years"),
            help_text=_("The total is divided into equal yearly amounts."),
            choices=[(number, str(number)) for number in range(1, MOST_YEARS + 1)],
            coerce=int,
            error_messages={"invalid_choice": UNKNOWN_CHOICE},
        )
        self.fields["total"] = YuanField(label=_("Total in yuan, all years together"))
        self.fields["note"] = forms.CharField(
            label=_("Basis"),
            help_text=_("The document or decision on which this money rests."),
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        self.lines = _number_of_lines(data if data is not None else self.initial)
        self.payer_names = {uscc: name for _kind, group in options.payers for uscc, name in group}
        for number in range(1, self.lines + 1):
            self._add_line(number, options.payers)

    def _add_line(self, number: int, payers: Choices) -> None:
        self.fields[f"payer_{number}"] = choice(_("Who pays"), payers, _("Nobody"))
        self.fields[f"level_{number}"] = choice(_("Level"), BudgetLevel.choices, _("Choose"))
        self.fields[f"source_{number}"] = choice(_("Source"), Source.choices, _("Choose"))
        self.fields[f"ratio_{number}"] = RatioField(
            label=_("Share"),
            required=False,
            max_length=24,
            widget=forms.TextInput(
                attrs={"placeholder": "50 / 33.3 % / 1/3", "autocomplete": "off"}
            ),
        )

    def line_fields(self) -> Iterator[tuple[int, list[forms.BoundField]]]:
        """The four fields of each line, with its number from 1."""
        for number in range(1, self.lines + 1):
            yield (
                number,
                [self[f"{name}_{number}"] for name in ("payer", "level", "source", "ratio")],
            )

    def head_fields(self) -> list[forms.BoundField]:
        """The visible fields that belong to no line."""
        heads = ("body", "area", "service_item", "first_year", "years", "total", "note")
        return [self[name] for name in heads if not self[name].is_hidden]

    def clean(self) -> dict[str, Any]:
        """Each line is filled in wholly or not at all, and there is one at least."""
        given = self.cleaned_data
        filled = 0
        for number in range(1, self.lines + 1):
            parts = {name: given.get(f"{name}_{number}") for name in vars(Line("", "", "", ""))}
            faulty = [name for name in parts if f"{name}_{number}" in self.errors]
            if not any(parts.values()) and not faulty:
                continue
            filled += 1
            for name, value in parts.items():
                if not value and name not in faulty:
                    self.add_error(
                        f"{name}_{number}",
                        gettext("Complete line %(n)s, or empty it") % {"n": number},
                    )
        if not filled:
            self.add_error("payer_1", gettext("Say who pays: fill in one line at least"))
        return given

    def filled_lines(self) -> list[Line]:
        """The lines of a form that has no faults."""
        given = self.cleaned_data
        lines = [
            Line(*(given[f"{name}_{number}"] for name in ("payer", "level", "source", "ratio")))
            for number in range(1, self.lines + 1)
        ]
        return [line for line in lines if line.payer]

    def proposal(self) -> Proposal:
        """What a form without faults proposes."""
        given = self.cleaned_data
        return Proposal(
            body=given["body"],
            first_year=given["first_year"],
            years=given["years"],
            service_item=given["service_item"] or None,
            area=given["area"],
            total_fen=given["total"],
            lines=tuple(self.filled_lines()),
            note=given["note"],
        )


def initial_of(proposal: Proposal) -> dict[str, Any]:
    """What a form shows of a proposal that was returned."""
    shown: dict[str, Any] = {
        "body": proposal.body,
        "area": proposal.area,
        "service_item": proposal.service_item or "",
        "first_year": proposal.first_year,
        "years": proposal.years,
        "total": proposal.total_fen,
        "note": proposal.note,
    }
    for number, line in enumerate(proposal.lines, start=1):
        shown |= {f"{name}_{number}": value for name, value in vars(line).items()}
    return shown


def _number_of_lines(given: Mapping[str, Any]) -> int:
    filled = [number for number in range(1, MOST_LINES + 1) if given.get(f"payer_{number}")]
    there = [number for number in range(1, MOST_LINES + 1) if f"payer_{number}" in given]
    last = max([LINES, *there])
    all_filled = len(filled) == last and "compute" in given
    return min(last + all_filled, MOST_LINES)


@dataclass(frozen=True)
class Split:
    """Who pays how much in which year, in fen; `problem` says what is missing before that."""

    years: Sequence[int] = ()
    rows: Sequence[tuple[str, Sequence[int], int]] = ()
    totals: Sequence[int] = ()
    total: int = 0
    problem: str = ""


def split_of(form: ProposalForm) -> Split:
    """What a form, however incomplete, comes to."""
    if not form.is_bound:
        return Split(problem=gettext("Enter the total and the shares to see who pays how much."))
    form.is_valid()
    given = form.cleaned_data
    numbers = [n for n in range(1, form.lines + 1) if given.get(f"ratio_{n}")]
    if not given.get("total") or not numbers or not given.get("first_year"):
        return Split(problem=gettext("Enter the total and the shares to see who pays how much."))
    names = form.payer_names
    labels = [
        f"{n} · {names[given[f'payer_{n}']]}" if given.get(f"payer_{n}") else str(n)
        for n in numbers
    ]
    ratios = [ratio_of(given[f"ratio_{n}"]) for n in numbers]
    return split(given["total"], given["first_year"], given["years"], labels, ratios)


def split(
    total_fen: int, first_year: int, years: int, labels: Sequence[str], ratios: Sequence[Fraction]
) -> Split:
    """The table of a sharing schedule over its years, or what keeps it from being one."""
    try:
        parts = tranches(total_fen, years, ratios)
    except Refused as refused:
        missing = gettext("The shares add up to %(sum)s %%, not to 100 %%.") % refused.values
        return Split(problem=missing)
    columns = list(zip(*parts, strict=True))
    return Split(
        years=range(first_year, first_year + years),
        rows=[
            (f"{label} · {percent_text(ratio)} %", column, sum(column))
            for label, ratio, column in zip(labels, ratios, columns, strict=True)
        ],
        totals=[sum(year) for year in parts],
        total=total_fen,
    )


class ReturnForm(forms.Form):
    """Why a proposal is returned."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("What has to be different, so that whoever proposed it can put it right."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Give a reason")},
    )
