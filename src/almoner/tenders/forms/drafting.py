"""Forms of drafting a tender. A draft keeps whatever is typed: its form refuses nothing."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from almoner.files.forms import FileField
from almoner.parties.models import Area, Organisation
from almoner.rules.money import yuan_to_fen
from almoner.rules.tender import LONG_TERM_CONDITIONS, NUMBER, Draft, Gap, framework_text
from almoner.rules.workflow import TenderState
from almoner.tenders.labels_drafting import CONDITIONS, FIELDS, GAPS, Text
from almoner.tenders.models import Method
from almoner.tenders.queries.drafting import Choices
from almoner.web.fields import DayField
from almoner.web.format import day, named, yuan
from almoner.web.workflow_labels import STATES

TARGETS: Mapping[str, Text] = {
    "all_residents": _("All residents"),
    "listed_groups": _("Listed groups"),
    "both": _("All residents and listed groups"),
}
TERM_FIELDS = ("code", "group", "type", "category", "formula")
CRITERION_FIELDS = ("code", "kind", "name", "weight")
SEVERAL = ("appropriations", "conditions", "needs")
PLAIN = (
    *("title_en", "title_zh", "specification", "target_group", "service_item", "area", "method"),
    *("starts_on", "ends_on", "bid_deadline", "ceiling", "staff", "panel_size", "framework"),
    "supervisor",
)
MOST_ROWS = 60
REASON = "reason-"
WORKERS = re.compile(r"(?<![\w.])[0-9]+(\.[0-9]+)? staff\b")


def typed_from(post: QueryDict) -> dict[str, Any]:
    """What was typed into the form of a draft, as the draft keeps it."""
    typed: dict[str, Any] = {name: _clean(post.get(name, "")) for name in PLAIN}
    typed |= {name: [_clean(one) for one in post.getlist(name)] for name in SEVERAL}
    typed["terms"] = _rows(post, "term", TERM_FIELDS)
    typed["criteria"] = _rows(post, "criterion", CRITERION_FIELDS)
    typed["reasons"] = {
        name.removeprefix(REASON): _clean(value)
        for name, value in post.items()
        if name.startswith(REASON) and str(value).strip()
    }
    return typed


def _rows(post: QueryDict, prefix: str, names: Iterable[str]) -> list[dict[str, str]]:
    columns = {name: post.getlist(f"{prefix}-{name}") for name in names}
    length = min((len(column) for column in columns.values()), default=0)
    return [
        {name: _clean(column[row]) for name, column in columns.items()}
        for row in range(min(length, MOST_ROWS))
    ]


def _clean(value: object) -> str:
    """Line ends as they are everywhere but in forms; no NUL, which PostgreSQL refuses."""
    return str(value).replace("\r\n", "\n").replace("\0", "")


def with_rows_changed(typed: dict[str, Any], do: str) -> dict[str, Any]:
    """The draft with a row added (`do` = add-terms) or removed (remove-terms-3).

    With `do` = staff every "14 staff" in the formulas takes the number of workers.
    """
    what, _bar, rest = do.partition("-")
    name, _bar, number = rest.partition("-")
    rows = typed.get(name)
    staff = str(typed.get("staff") or "").strip()
    if what == "staff" and NUMBER.fullmatch(staff):
        typed["terms"] = [
            {**row, "formula": WORKERS.sub(f"{staff} staff", row["formula"])}
            for row in typed["terms"]
        ]
    if what == "add" and name in ("terms", "criteria") and len(rows or []) < MOST_ROWS:
        fields = TERM_FIELDS if name == "terms" else CRITERION_FIELDS
        taken = {row["code"] for row in typed[name]}
        width = 2 if name == "terms" else 1
        free = next(
            f"{n:0{width}}" for n in range(1, MOST_ROWS + 2) if f"{n:0{width}}" not in taken
        )
        typed[name] = [*typed[name], {**dict.fromkeys(fields, ""), "code": free}]
    elif what == "remove" and number.isdecimal() and name in ("terms", "criteria"):
        typed[name] = [row for place, row in enumerate(typed[name]) if place != int(number)]
    return typed


def _select(name: str, choices: Iterable[Any], help: Any = "") -> forms.CharField:
    """A choice that keeps what it was given, whatever that is."""
    return forms.CharField(
        label=FIELDS[name],
        required=False,
        help_text=help,
        widget=forms.Select(choices=[("", _("Choose")), *choices]),
    )


class _Several(forms.MultipleChoiceField):
    def valid_value(self, value: str) -> bool:
        return True  # what was chosen once stays, also where it may be chosen no more


class DraftForm(forms.Form):
    """The parts of a draft that are single fields; its rows are drawn by the template."""

    use_required_attribute = False

    def __init__(self, typed: Mapping[str, Any], choices: Choices, draft: Draft) -> None:
        super().__init__({**typed}, label_suffix="", auto_id="f-%s")
        self._add_fields(choices)
        self.is_valid()
        for place, gap in draft.gaps.items():
            if place in self.fields and gap is not Gap.MISSING:
                self.add_error(place, f"{FIELDS[place]}: {GAPS[gap]}")

    def _add_fields(self, choices: Choices) -> None:
        self.fields["title_en"] = _line("title_en")
        self.fields["title_zh"] = _line("title_zh")
        self.fields["service_item"] = _select(
            "service_item", [(item.code, f"{item.code} {named(item)}") for item in choices.items]
        )
        self.fields["area"] = _select("area", place_choices(choices.places))
        self.fields["target_group"] = _select(
            "target_group",
            TARGETS.items(),
            _("Say in the specification who exactly is meant, and how they are found."),
        )
        self.fields["specification"] = forms.CharField(
            label=FIELDS["specification"],
            required=False,
            help_text=_(
                "What is to change for whom, where and when the service is offered, and what the "
                "provider finds there. The hours stand in the table below."
            ),
            widget=forms.Textarea(attrs={"rows": 10}),
        )
        self.fields["needs"] = _several(
            "needs",
            [(need.pk, need_text(need)) for need in choices.needs],
            _("What residents asked for and this tender answers."),
        )
        self._add_procedure()
        self._add_money(choices)

    def _add_procedure(self) -> None:
        self.fields["method"] = _select("method", Method.choices)
        self.fields["bid_deadline"] = _line(
            "bid_deadline", "datetime-local", help=_("Local time. A later bid is refused.")
        )
        self.fields["starts_on"] = _line("starts_on", "date")
        self.fields["ends_on"] = _line("ends_on", "date")
        self.fields["conditions"] = _several(
            "conditions",
            [(code, CONDITIONS[code]) for code in LONG_TERM_CONDITIONS],
            _("Tick what is true. Only if all four are may it run up to three years."),
        )
        self.fields["panel_size"] = _line("panel_size", inputmode="numeric")

    def _add_money(self, choices: Choices) -> None:
        self.fields["ceiling"] = _line("ceiling", inputmode="decimal")
        self.fields["staff"] = _line("staff", inputmode="decimal")
        self.fields["appropriations"] = _several(
            "appropriations",
            [
                (
                    one.appropriation.pk,
                    gettext("%(id)s, %(year)s, %(payer)s: %(left)s left")
                    % {
                        "id": one.appropriation.pk,
                        "year": one.appropriation.fiscal_year,
                        "payer": named(one.appropriation.payer),
                        "left": yuan(one.left_fen),
                    },
                )
                for one in choices.money
            ],
            _("Budget first, then purchase: what is left in these has to cover the ceiling."),
        )
        self.fields["framework"] = _select(
            "framework",
            [
                (framework_text(one.code, one.version), f"{one.name or one.code} {one.version}")
                for one in choices.frameworks
            ],
            _("How the service will be judged. It is pinned for the whole contract."),
        )
        self.fields["supervisor"] = _select("supervisor", named_choices(choices.supervisors))


def _line(name: str, kind: str = "text", *, help: Any = "", inputmode: str = "") -> Any:
    attrs = {"type": kind, **({"inputmode": inputmode} if inputmode else {})}
    return forms.CharField(
        label=FIELDS[name], required=False, help_text=help, widget=forms.TextInput(attrs=attrs)
    )


def _several(name: str, choices: list[Any], help: Any) -> Any:
    return _Several(
        label=FIELDS[name],
        required=False,
        help_text=help,
        choices=choices,
        widget=forms.CheckboxSelectMultiple,
    )


def need_text(need: Any) -> str:
    """One need as a choice."""
    supporters = need.supporters if need.supporters is not None else "?"
    return gettext("%(id)s of %(day)s, %(place)s, supported by %(n)s") % {
        "id": need.pk,
        "day": day(need.raised_on),
        "place": named(need.area),
        "n": supporters,
    }


def place_choices(places: Iterable[tuple[Area, list[Area]]]) -> list[Any]:
    """Places in groups: a district with its sub-districts."""
    return [
        (named(above), [(above.code, named(above)), *((one.code, named(one)) for one in below)])
        for above, below in places
    ]


def named_choices(bodies: Iterable[Organisation]) -> list[tuple[str, str]]:
    """Bodies by their names in the reader's language."""
    return sorted(((body.uscc, named(body)) for body in bodies), key=lambda one: one[1])


class BeginForm(forms.Form):
    """What a draft is made from."""

    def __init__(
        self,
        data: Any,
        purchasers: Iterable[Organisation],
        items: Iterable[Any],
        places: Iterable[tuple[Area, list[Area]]],
        initial: Mapping[str, Any],
    ) -> None:
        super().__init__(data, initial={**initial}, label_suffix="")
        self.fields["purchaser"] = forms.ChoiceField(
            label=_("Purchaser"), choices=named_choices(purchasers)
        )
        self.fields["service_item"] = forms.ChoiceField(
            label=FIELDS["service_item"],
            choices=[(item.code, f"{item.code} {named(item)}") for item in items],
            error_messages={"required": _("Choose what is bought")},
        )
        self.fields["area"] = forms.ChoiceField(
            label=FIELDS["area"],
            choices=place_choices(places),
            error_messages={"required": _("Choose a place")},
        )
        self.fields["ceiling"] = forms.CharField(
            label=_("Ceiling in yuan for one year"),
            help_text=_(
                "For each 100,000 yuan a year a worker is suggested, two thirds of them "
                "professionals: 2,000,000 gives 20, of whom 14."
            ),
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            error_messages={"required": _("Enter the most that may be paid")},
        )

    def clean_ceiling(self) -> int:
        """Fen."""
        try:
            fen = yuan_to_fen(str(self.cleaned_data["ceiling"]).replace(",", ""))
        except ValueError:
            fen = 0
        if fen <= 0:
            raise forms.ValidationError(_("Enter an amount in yuan, such as 2000000"))
        return fen


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea,
        max_length=2_000,
        error_messages={"required": _("Give a reason")},
    )


class DocumentForm(forms.Form):
    upload = FileField(label=_("Document"))


class EntryForm(forms.Form):
    """Somebody who was asked."""

    respondent = forms.CharField(
        label=_("Who was asked"),
        max_length=200,
        error_messages={"required": _("Say who was asked")},
    )
    asked_on = DayField(label=_("Asked on"))
    said = forms.CharField(
        label=_("What was said"),
        widget=forms.Textarea,
        max_length=5_000,
        error_messages={"required": _("Write down what was said")},
    )


class TenderFilters(forms.Form):
    """What is wanted of the list of tenders."""

    use_required_attribute = False
    q = forms.CharField(
        label=_("Words or number"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data, label_suffix="")
        states = [(state.value, STATES[f"tender.{state.value}"]) for state in TenderState]
        self.fields["state"].choices = [("", _("All")), *states]  # type: ignore[attr-defined]

    def value(self, name: str) -> str:
        """What was asked of a field, empty where nothing or nothing sensible was."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")
