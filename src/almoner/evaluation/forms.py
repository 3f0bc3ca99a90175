"""Forms of an evaluation: assigning, scoring, replying, concluding, deciding what follows."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from almoner.accounts.models import Person
from almoner.contracts.models import Contract
from almoner.evaluation.models import ConsequenceKind, Stage
from almoner.evaluation.queries_work import Evidence, Question
from almoner.files.forms import FileField
from almoner.parties.models import Organisation
from almoner.rules.scoring import Gap, gaps
from almoner.web.fields import DayField, words_field
from almoner.web.format import name_of


def _choose(form: forms.Form, field: str, choices: Iterable[tuple[Any, str]]) -> None:
    form.fields[field].choices = list(choices)  # type: ignore[attr-defined]


class ChooseForm(forms.Form):
    """Which contract is judged, and by which agency."""

    contract = forms.ChoiceField(
        label=_("Contract"), error_messages={"required": _("Choose a contract")}
    )
    agency = forms.ChoiceField(
        label=_("Evaluation agency"), error_messages={"required": _("Choose an agency")}
    )

    def __init__(
        self, data: Any, contracts: Iterable[Contract], agencies: Iterable[Organisation]
    ) -> None:
        super().__init__(data)
        _choose(self, "contract", ((c.id, f"{c.id} · {name_of(c.provider)}") for c in contracts))
        _choose(self, "agency", ((a.uscc, name_of(a) or a.uscc) for a in agencies))


class AssignForm(forms.Form):
    """The stage, its period and who scores."""

    stage = forms.ChoiceField(label=_("Stage"), choices=Stage.choices)
    period_from = DayField(label=_("First day judged"))
    period_to = DayField(label=_("Last day judged"))
    raters = forms.TypedMultipleChoiceField(
        label=_("Raters"),
        help_text=_("At least two. Each scores without seeing the others."),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least two raters")},
    )

    def __init__(self, data: Any, raters: Sequence[Person]) -> None:
        super().__init__(data)
        _choose(self, "raters", ((one.pk, name_of(one) or one.login) for one in raters))


class ScoreForm(forms.Form):
    """One score. Everything is kept; what is missing is said, not refused."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    score = forms.CharField(
        label=_("Score"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("What you saw, and why it is worth this score. The provider will read it."),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    evidence = forms.MultipleChoiceField(
        label=_("Evidence"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, initial: dict[str, Any], evidence: Sequence[Evidence]) -> None:
        super().__init__(data, initial=initial)
        _choose(self, "evidence", ((one.reference, one.label) for one in evidence))


GAPS = {
    Gap.SCORE: _("a number as score"),
    Gap.RANGE: _("a score within the range"),
    Gap.REASON: _("a reason"),
    Gap.EVIDENCE: _("a piece of evidence"),
}


def gaps_in_words(question: Question, entry: dict[str, Any]) -> list[str]:
    """What a score still lacks."""
    return [str(GAPS[gap]) for gap in gaps(question.leaf, entry)]


class EvidenceForm(forms.Form):
    """A file that scores may rest on."""

    file = FileField(label=_("File"))


class ReplyForm(forms.Form):
    """What the provider says to its scores."""

    text = words_field(
        _("Your reply"),
        _("It will be public with the result."),
        missing=_("Write your reply"),
    )


class ConcludeForm(forms.Form):
    """What the lead concludes."""

    conclusion = words_field(
        _("Conclusion"),
        _(
            "Answer four questions: was it bought by demand, was the process sound, is the quality "
            "better than before, is there a lasting gain?"
        ),
        missing=_("Write the conclusion"),
    )


class FollowForm(forms.Form):
    """What follows from a result."""

    kind = forms.ChoiceField(label=_("What follows"), choices=ConsequenceKind.choices)
    amount = forms.DecimalField(
        label=_("Amount in yuan, where money changes"),
        help_text=_("With a minus where less is paid."),
        required=False,
        max_digits=15,
        decimal_places=2,
        max_value=Decimal(10**12),
        min_value=Decimal(-(10**12)),
        error_messages={"invalid": _("Enter an amount in yuan")},
    )


class Filters(forms.Form):
    """Which evaluations a list shows."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    open = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("Any")), ("yes", _("Not concluded")), ("no", _("Concluded"))],
    )
