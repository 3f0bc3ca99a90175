"""The forms about complaints: the complaint, its answer, filters."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from almoner.contracts.models import Contract
from almoner.needs.residents import PublicForm
from almoner.rules.complaints import ANSWERS
from almoner.rules.refusal import Refused
from almoner.tenders.models import Tender
from almoner.voice.models import Complainant, ComplaintOutcome
from almoner.voice.queries import ComplaintFilter, subject
from almoner.web.fields import Filters, choice, radio, words_field
from almoner.web.reasons import sentence

LONGEST = 4_000
STATES = (
    ("open", _("Waiting for an answer")),
    ("overdue", _("Overdue")),
    ("answered", _("Answered")),
    ("withdrawn", _("Withdrawn")),
)


class AskForm(PublicForm):
    """A complaint or a question, by anybody."""

    about = forms.CharField(
        label=_("Number of the contract or tender (optional)"),
        help_text=_("It stands on its page. Leave it empty if it is about something else."),
        required=False,
        max_length=200,
    )
    from_kind = radio(_("Who are you?"), Complainant.choices)
    text = words_field(
        _("What happened?"),
        _(
            "Say what, where and when. Only the supervising authority reads it; it is never "
            "published."
        ),
        longest=LONGEST,
        rows=7,
    )

    def __init__(self, data: Any, *, contract: str = "", tender: str = "") -> None:
        self.tender_first = bool(tender)
        super().__init__(data, initial={"about": contract or tender})

    def clean_about(self) -> Contract | Tender | None:
        """The contract or tender of the number."""
        ref = self.cleaned_data["about"]
        if not ref:
            return None
        found = subject(ref, tender_first=self.tender_first)
        if found is None:
            raise forms.ValidationError(sentence(Refused("complaint_subject_unknown")))
        return found


class AnswerForm(forms.Form):
    """The answer of the supervising authority."""

    use_required_attribute = False
    outcome = radio(
        _("Is the complaint upheld?"),
        [(one.value, one.label) for one in ComplaintOutcome if one.value in ANSWERS],
    )
    answer = words_field(
        _("Answer"),
        _("What was found, and what follows. Everybody can read it; name nobody."),
        longest=LONGEST,
    )
    summary = forms.CharField(
        label=_("Summary of the complaint (optional)"),
        help_text=_(
            "One or two sentences for everybody, in your words. Without them nothing of the "
            "complaint itself is public."
        ),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ComplaintFilters(Filters):
    state = choice(_("State"), STATES)
    about = forms.CharField(label=_("Contract or tender"), required=False, max_length=200)

    def wanted(self) -> ComplaintFilter:
        """The filter that was asked for."""
        return ComplaintFilter(self.value("state"), self.value("about").replace("\0", ""))
