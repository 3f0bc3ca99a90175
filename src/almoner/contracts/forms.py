"""The forms of a contract: its draft, what the sides say about it, its end."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from almoner.contracts.models import EndKind, Side, TargetGroup
from almoner.contracts.text import DUTIES, PARTS, part_name
from almoner.rules.clauses import Clause, library
from almoner.rules.contract import Draft, Obligation, Part
from almoner.rules.money import fen_to_yuan, yuan_to_fen
from almoner.web.fields import DayField, reason_field

MOST_ROWS = 60
UNITS: Mapping[str, str | Promise] = {
    "count": _("number"),
    "day": _("days"),
    "hour": _("hours"),
    "minute": _("minutes"),
    "percent": _("per cent"),
    "working_day": _("working days"),
    "year": _("years"),
}


class YuanField(forms.CharField):
    """An amount in yuan, as fen; commas between digits are allowed, nothing is None."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "size": 14}))
        super().__init__(required=False, **options)

    def clean(self, value: Any) -> int | None:
        text = str(super().clean(value)).replace(",", "").replace("，", "").strip()
        if not text:
            return None
        fault = _("Enter an amount in yuan, such as 600000 or 94.03")
        if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,2})?", text, re.ASCII):
            raise forms.ValidationError(fault)
        return yuan_to_fen(text)

    def prepare_value(self, value: Any) -> Any:
        """Fen as yuan, without superfluous decimals."""
        if isinstance(value, int):
            return f"{fen_to_yuan(value):f}".removesuffix(".00")
        return value


@dataclass(frozen=True)
class ClauseFields:
    """One clause of the library with its box and its numbers."""

    clause: Clause
    box: BoundField
    numbers: Sequence[BoundField]
    duty: str | Promise
    text: Mapping[str, str]


class DraftForm(forms.Form):
    """A draft contract. Nothing is required: what is missing is told beside the form."""

    starts_on = DayField(required=False, label=_("First day"))
    ends_on = DayField(required=False, label=_("Last day"))
    staff = forms.DecimalField(
        label=_("Staff, in full-time workers"),
        required=False,
        min_value=Decimal("0.1"),
        max_digits=8,
        decimal_places=2,
        error_messages={"invalid": _("Enter a number, such as 20 or 14.5")},
    )
    target_group = forms.ChoiceField(label=_("Target group"), required=False)
    framework = forms.ChoiceField(
        label=_("Evaluation framework"),
        required=False,
        help_text=_("Its version holds until the last day. A change needs both sides."),
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        draft: Draft,
        frameworks: Sequence[tuple[str, str]],
        sources: Sequence[tuple[str, str]],
    ) -> None:
        """`frameworks` and `sources` (appropriations) are choices: a value and what it says."""
        super().__init__(data, initial=_initial(draft), auto_id="id_%s")
        self._draft = draft
        self._sources = sources
        self._set_choices("target_group", TargetGroup.choices)
        self._set_choices("framework", frameworks)
        for number in range(self._rows("instalment", len(draft.instalments))):
            self._add_instalment(number)
        for id, label in sources:
            self.fields[f"money_{id}"] = YuanField(label=label)
        for number in range(self._rows("obligation", len(draft.obligations))):
            self._add_obligation(number)
        for clause in library().clauses:
            self._add_clause(clause)

    def _set_choices(self, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose")), *choices]

    def _rows(self, name: str, known: int) -> int:
        """As many rows as were sent, or as there are and an empty one."""
        if not self.is_bound:
            return known + 1
        sent = [re.fullmatch(rf"{name}_([0-9]{{1,3}})_\w+", key) for key in self.data]
        return min(max((int(one[1]) + 1 for one in sent if one), default=0), MOST_ROWS)

    def _add_instalment(self, number: int) -> None:
        at = f"instalment_{number}"
        self.fields[f"{at}_amount"] = YuanField(label=_("Amount in yuan"))
        self.fields[f"{at}_due"] = DayField(required=False, label=_("Due on"))
        self.fields[f"{at}_en"] = _line(_("Condition, in English"))
        self.fields[f"{at}_zh"] = _line(_("Condition, in Chinese"))

    def _add_obligation(self, number: int) -> None:
        at = f"obligation_{number}"
        self.fields[f"{at}_side"] = forms.ChoiceField(
            label=_("Whose duty"), required=False, choices=[("", _("Choose")), *Side.choices]
        )
        self.fields[f"{at}_due"] = DayField(required=False, label=_("By (if there is a day)"))
        self.fields[f"{at}_en"] = _line(_("What, in English"))
        self.fields[f"{at}_zh"] = _line(_("What, in Chinese"))

    def _add_clause(self, clause: Clause) -> None:
        self.fields[f"clause_{clause.code}"] = forms.BooleanField(
            label=part_name(clause.code), required=False
        )
        for one in clause.parameters:
            self.fields[f"number_{clause.code}_{one.name}"] = forms.IntegerField(
                label=_("%(unit)s, %(least)s to %(most)s")
                % {"unit": UNITS[one.unit], "least": one.least, "most": one.most},
                required=False,
                error_messages={"invalid": _("Enter a whole number")},
            )

    @property
    def head(self) -> list[BoundField]:
        return [
            self[name] for name in ("starts_on", "ends_on", "staff", "target_group", "framework")
        ]

    @property
    def instalments(self) -> list[list[BoundField]]:
        return self._grouped("instalment")

    @property
    def obligations(self) -> list[list[BoundField]]:
        return self._grouped("obligation")

    def _grouped(self, name: str) -> list[list[BoundField]]:
        rows: dict[str, list[BoundField]] = {}
        for field in self.fields:
            if found := re.fullmatch(rf"{name}_([0-9]+)_\w+", field):
                rows.setdefault(found[1], []).append(self[field])
        return list(rows.values())

    @property
    def money(self) -> list[BoundField]:
        return [self[f"money_{id}"] for id, _label in self._sources]

    @property
    def clauses(self) -> Iterator[ClauseFields]:
        for clause in library().clauses:
            english, chinese = clause.filled(self._chosen(clause))
            yield ClauseFields(
                clause,
                self[f"clause_{clause.code}"],
                [self[f"number_{clause.code}_{one.name}"] for one in clause.parameters],
                DUTIES[clause.duty],
                {"name_en": english, "name_zh": chinese},
            )

    def _chosen(self, clause: Clause) -> dict[str, int]:
        saved = self._draft.clauses.get(clause.code, clause.defaults)
        return {name: value for name, value in saved.items() if value is not None}

    def draft(self) -> Draft:
        """What was typed, with what the tender fixed; after `is_valid`."""
        typed = self.cleaned_data
        framework = typed["framework"].split("|", 1) if typed["framework"] else None
        return replace(
            self._draft,
            starts_on=typed["starts_on"],
            ends_on=typed["ends_on"],
            staff=typed["staff"],
            target_group=typed["target_group"],
            framework=(framework[0], framework[1]) if framework else None,
            instalments=tuple(self._typed_instalments()),
            commitments={
                id: typed[f"money_{id}"] for id, _l in self._sources if typed[f"money_{id}"]
            },
            obligations=tuple(self._typed_obligations()),
            clauses={
                clause.code: {
                    one.name: typed[f"number_{clause.code}_{one.name}"] for one in clause.parameters
                }
                for clause in library().clauses
                if typed[f"clause_{clause.code}"]
            },
        )

    def _typed_instalments(self) -> Iterator[Part]:
        typed = self.cleaned_data
        for number in range(len(self.instalments)):
            at = f"instalment_{number}"
            part = Part(
                typed[f"{at}_amount"], typed[f"{at}_due"], typed[f"{at}_en"], typed[f"{at}_zh"]
            )
            if part != Part(None, None, "", ""):
                yield part

    def _typed_obligations(self) -> Iterator[Obligation]:
        typed = self.cleaned_data
        for number in range(len(self.obligations)):
            at = f"obligation_{number}"
            if typed[f"{at}_en"] or typed[f"{at}_zh"]:
                yield Obligation(
                    typed[f"{at}_side"],
                    typed[f"{at}_en"],
                    typed[f"{at}_zh"],
                    typed[f"{at}_due"],
                )


def _line(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=500)


def _initial(draft: Draft) -> dict[str, Any]:
    values: dict[str, Any] = {
        "starts_on": draft.starts_on,
        "ends_on": draft.ends_on,
        "staff": draft.staff,
        "target_group": draft.target_group,
        "framework": "|".join(draft.framework) if draft.framework else "",
    }
    for number, part in enumerate(draft.instalments):
        at = f"instalment_{number}"
        values |= {
            f"{at}_amount": part.amount_fen,
            f"{at}_due": part.due_on,
            f"{at}_en": part.condition_en,
            f"{at}_zh": part.condition_zh,
        }
    for id, fen in draft.commitments.items():
        values[f"money_{id}"] = fen
    for number, one in enumerate(draft.obligations):
        at = f"obligation_{number}"
        values |= {
            f"{at}_side": one.side,
            f"{at}_en": one.text_en,
            f"{at}_zh": one.text_zh,
            f"{at}_due": one.due_on,
        }
    for clause in library().clauses:
        chosen = draft.clauses.get(clause.code)
        values[f"clause_{clause.code}"] = chosen is not None
        for name, value in (chosen or clause.defaults).items():
            values[f"number_{clause.code}_{name}"] = value
    return values


class RemarksForm(forms.Form):
    """What one side says about the text, clause by clause."""

    ROWS = 3

    def __init__(self, data: QueryDict | None, *, needed: bool) -> None:
        super().__init__(data)
        self._needed = needed
        codes = [*PARTS, *(clause.code for clause in library().clauses)]
        choices = [(code, part_name(code)) for code in codes]
        for number in range(1, self.ROWS + 1):
            self.fields[f"clause_{number}"] = forms.ChoiceField(
                label=_("About"), required=False, choices=choices
            )
            self.fields[f"text_{number}"] = forms.CharField(
                label=_("Remark"),
                required=needed and number == 1,
                max_length=2_000,
                widget=forms.Textarea(attrs={"rows": 3}),
                error_messages={"required": _("Say what you would like to be changed")},
            )

    def remarks(self) -> list[tuple[str, str]]:
        """(part or clause, text) of each row that says something."""
        rows = range(1, self.ROWS + 1)
        typed = self.cleaned_data
        return [(typed[f"clause_{n}"], typed[f"text_{n}"]) for n in rows if typed[f"text_{n}"]]


class ReopenForm(forms.Form):
    reason = reason_field(hint=_("The provider reads it, and later everybody."), rows=3)


class TerminateForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Who ends it"),
        choices=[choice for choice in EndKind.choices if choice[0] != EndKind.COMPLETED],
    )
    reason = reason_field(hint=_("It will be public."), rows=3)


class SignForm(forms.Form):
    """Nothing to type: the fingerprint of the text that the page showed."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)


class ListFilters(forms.Form):
    """Which contracts the list shows."""

    q = forms.CharField(label=_("Words"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, data: QueryDict, states: Sequence[tuple[str, Any]]) -> None:
        super().__init__(data)
        field = self.fields["state"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("All")), *states]

    def value(self, name: str) -> str:
        """What was chosen; nothing where it makes no sense."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))
