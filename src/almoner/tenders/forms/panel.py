"""The forms of a panel: naming members, declaring ties, scoring."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from almoner.accounts.models import Person
from almoner.tenders.models import Bid, Criterion
from almoner.tenders.queries.panel import score_of
from almoner.web.format import named

NO, YES = "no", "yes"


class AppointForm(forms.Form):
    """Whom of its own people the purchaser seats; all others are drawn."""

    named = forms.MultipleChoiceField(
        label=_("Members named by the purchaser"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, own: Sequence[Person], most: int, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        field = self.fields["named"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(person.pk), named(person)) for person in own]
        field.help_text = _("At most %(most)s. Choose nobody to have every member drawn.") % {
            "most": most
        }
        if not own:
            del self.fields["named"]

    @property
    def chosen(self) -> list[int]:
        return [int(number) for number in self.cleaned_data.get("named", [])]


class TiesForm(forms.Form):
    """For each bidder: no tie, or which."""

    def __init__(self, *args: Any, bids: Sequence[Bid], **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        self.bids = bids
        for number, bid in enumerate(bids):
            self.fields[f"tie-{number}"] = forms.ChoiceField(
                label=named(bid.provider),
                choices=[(NO, _("No tie")), (YES, _("There is a tie"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("Say whether there is a tie to this bidder.")},
            )
            self.fields[f"note-{number}"] = forms.CharField(
                label=_("Which tie to %(bidder)s") % {"bidder": named(bid.provider)},
                required=False,
                max_length=2_000,
            )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        for number in range(len(self.bids)):
            if said.get(f"tie-{number}") == YES and not said.get(f"note-{number}"):
                self.add_error(f"note-{number}", _("Say which tie it is."))
        return said

    @property
    def rows(self) -> list[tuple[Bid, forms.BoundField, forms.BoundField]]:
        """Each bidder with both fields."""
        return [(bid, self[f"tie-{n}"], self[f"note-{n}"]) for n, bid in enumerate(self.bids)]

    @property
    def ties(self) -> dict[str, str]:
        """The ties of a valid form, by bidder."""
        said = self.cleaned_data
        return {
            bid.provider_id: said[f"note-{number}"]
            for number, bid in enumerate(self.bids)
            if said[f"tie-{number}"] == YES
        }


class ScoreForm(forms.Form):
    """A sheet: a score for each bid and criterion, and advice for each bidder."""

    def __init__(
        self, *args: Any, bids: Sequence[Bid], criteria: Sequence[Criterion], **options: Any
    ) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        self.bids, self.criteria = bids, criteria
        for b, bid in enumerate(bids):
            for c, criterion in enumerate(criteria):
                self.fields[f"score-{b}-{c}"] = forms.CharField(
                    label=_("%(criterion)s: %(bidder)s")
                    % {
                        "criterion": criterion.name or criterion.code,
                        "bidder": named(bid.provider),
                    },
                    required=False,
                    max_length=6,
                    widget=forms.TextInput(
                        attrs={"inputmode": "decimal", "autocomplete": "off", "class": "short"}
                    ),
                )
            self.fields[f"remark-{b}"] = forms.CharField(
                label=_("Advice for %(bidder)s") % {"bidder": named(bid.provider)},
                help_text=_("The bidder reads it after the award, without your name."),
                required=False,
                max_length=4_000,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        for name, value in list(said.items()):
            if name.startswith("score-") and value and score_of(value) is None:
                self.add_error(name, _("Enter a number from 0 to 100, two decimals at most."))
        return said

    @property
    def sheets(self) -> list[tuple[Bid, list[forms.BoundField], forms.BoundField]]:
        """Each bid with its fields, a criterion each, and that of the advice."""
        return [
            (bid, [self[f"score-{b}-{c}"] for c in range(len(self.criteria))], self[f"remark-{b}"])
            for b, bid in enumerate(self.bids)
        ]

    @property
    def scores(self) -> dict[str, dict[str, str]]:
        said = self.cleaned_data
        return {
            bid.pk: {
                criterion.code: said[f"score-{b}-{c}"] for c, criterion in enumerate(self.criteria)
            }
            for b, bid in enumerate(self.bids)
        }

    @property
    def remarks(self) -> dict[str, str]:
        return {bid.pk: self.cleaned_data[f"remark-{b}"] for b, bid in enumerate(self.bids)}

    @staticmethod
    def initial_of(
        bids: Sequence[Bid],
        criteria: Sequence[Criterion],
        scores: Mapping[str, Mapping[str, str]],
        remarks: Mapping[str, str],
    ) -> dict[str, str]:
        """The fields of a form that shows a draft."""
        shown = {f"remark-{b}": remarks.get(bid.pk, "") for b, bid in enumerate(bids)}
        for b, bid in enumerate(bids):
            for c, criterion in enumerate(criteria):
                shown[f"score-{b}-{c}"] = scores.get(bid.pk, {}).get(criterion.code, "")
        return shown
