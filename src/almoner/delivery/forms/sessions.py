"""The form of a session, as it is filled in on a phone, and the filters of the log."""

import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from almoner.contracts.labels import term_name
from almoner.contracts.models import ContractTerm
from almoner.delivery.models import Session, WhyNot
from almoner.rules.calendar import SHANGHAI
from almoner.rules.sessions import MOST_MINUTES, Entry, SessionState, shape_faults
from almoner.web.fields import DayField
from almoner.web.format import name_of
from almoner.web.reasons import sentence

CLIENT, GROUP, NOT, WITHDRAWN = "client", "group", "not", "withdrawn"
OUTCOMES: Mapping[str, str | Promise] = {
    CLIENT: _("The client came"),
    GROUP: _("A group met"),
    NOT: _("It did not happen"),
}
STATES: Mapping[SessionState, str | Promise] = {
    SessionState.WAITING: _("To be confirmed"),
    SessionState.CONFIRMED: _("Confirmed"),
    SessionState.SUPERSEDED: _("Replaced"),
    SessionState.UNDONE: _("Import undone"),
}
_TOKEN = re.compile("R-[0-9A-F]{16}")
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
USUAL_MINUTES = 60
AT_HAND = 4
"""How many of the terms last used stand ready for a tap; the others are folded away."""


def new_token(now: datetime) -> str:
    """The id of the line that a form will make: later ones sort later, which keeps indexes warm."""
    return f"R-{int(now.timestamp()):08X}{secrets.token_hex(4).upper()}"


def _whole(label: Any, help_text: Any = "", most: int = MOST_MINUTES) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 0, "max": most}),
        error_messages={"invalid": _("Enter a whole number, such as 60.")},
    )


class SessionForm(forms.Form):
    """One session. What the choice of what happened makes meaningless is not read."""

    use_required_attribute = False

    token = forms.RegexField(_TOKEN, widget=forms.HiddenInput)
    term = forms.TypedChoiceField(
        label=_("What was it?"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what it was."),
            "invalid_choice": _("Choose what it was: this term does not run any more."),
        },
    )
    day = DayField(label=_("Day"))
    time = forms.TimeField(
        label=_("Began at"),
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={
            "required": _("Enter when it began"),
            "invalid": _("Enter a time as hour:minute, such as 14:30"),
        },
    )
    outcome = forms.ChoiceField(
        label=_("Did it happen?"),
        choices=list(OUTCOMES.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether it happened.")},
    )
    minutes = _whole(_("Minutes"), _("How long it lasted."))
    client_id = forms.CharField(
        label=_("Client's code"),
        help_text=_("From your centre's own list, such as K0012-3. Never a name or a number."),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "list": "clients"}
        ),
    )
    participants = _whole(
        _("People who took part"), _("With a single client: leave it empty, or count the family.")
    )
    late_minutes = _whole(_("Began late by (minutes)"), _("Empty if it began on time."))
    why_not = forms.ChoiceField(
        label=_("Why not?"),
        help_text=_("Logistics is counted apart: it is nobody's fault among client and provider."),
        choices=WhyNot.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    why_note = forms.CharField(
        label=_("In a few words"),
        help_text=_("What stood in the way. No names, no phone numbers."),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    sure = forms.BooleanField(
        label=_("I have checked it: it is right"),
        required=False,
    )

    def __init__(self, data: Any, terms: Iterable[ContractTerm], **options: Any) -> None:
        super().__init__(data, label_suffix="", **options)
        self.terms = list(terms)
        field = self.fields["term"]
        field.choices = [(term.id, _tap(term)) for term in self.terms]  # type: ignore[attr-defined]

    def taps(self) -> dict[str, Any]:
        """The terms in two: those at hand, and the others, open where one of them is chosen."""
        radios = list(self["term"])
        others = radios[AT_HAND:]
        chosen = any(radio.data["selected"] for radio in others)
        return {"at_hand": radios[:AT_HAND], "others": others, "open": chosen}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if {"day", "time", "outcome"} <= set(given):
            self.entry = entry_of(given)
            for fault in shape_faults(self.entry):
                if not self.has_error(fault.field):
                    self.add_error(fault.field, sentence(fault))
        return given


class CorrectionForm(SessionForm):
    """Another line in the place of a wrong one, with the reason."""

    reason = forms.CharField(
        label=_("What was wrong with the earlier line?"),
        help_text=_("Both lines stay readable, with this reason between them."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": _("Say what was wrong with the earlier line. Both stay readable.")
        },
    )

    def __init__(self, data: Any, terms: Iterable[ContractTerm], **options: Any) -> None:
        super().__init__(data, terms, **options)
        more = (WITHDRAWN, _("It should not be in the log: entered by mistake, or twice"))
        field = self.fields["outcome"]
        field.choices = [*OUTCOMES.items(), more]  # type: ignore[attr-defined]


def entry_of(given: Mapping[str, Any]) -> Entry:
    """What a valid form says; fields that its outcome makes meaningless are left out."""
    outcome = given["outcome"]
    happened, single = outcome in (CLIENT, GROUP), outcome in (CLIENT, NOT)
    client = (given.get("client_id") or "").upper() or None
    why_not = (given.get("why_not") or None) if outcome == NOT else None
    return Entry(
        started_at=datetime.combine(given["day"], given["time"], SHANGHAI),
        happened=happened,
        attended=attended(outcome, why_not),
        minutes=given.get("minutes") if happened else None,
        participants=given.get("participants") if happened else None,
        late_minutes=given.get("late_minutes") if happened else None,
        client_id=client if single else None,
        why_not=why_not,
        why_note=given.get("why_note") or "" if outcome == NOT else "",
        withdrawn=outcome == WITHDRAWN,
    )


def attended(outcome: str, why_not: str | None) -> bool | None:
    """Whether the client came; None for a group, and where logistics stood in the way."""
    if outcome == CLIENT:
        return True
    return False if outcome == NOT and why_not != WhyNot.LOGISTICS else None


def said_by(line: Session) -> dict[str, Any]:
    """A line of the log as values of its form."""
    here = line.started_at.astimezone(SHANGHAI)
    single = line.attended and line.participants == 1
    return {
        "term": line.term_id,
        "day": here.date(),
        "time": here.time(),
        "outcome": outcome_of(line),
        "minutes": line.minutes,
        "client_id": line.client_id,
        "participants": None if single else line.participants,
        "late_minutes": line.late_minutes,
        "why_not": line.why_not,
        "why_note": line.why_note,
    }


def outcome_of(line: Session) -> str:
    """Which of the outcomes a line says."""
    if line.happened:
        return CLIENT if line.attended else GROUP
    return NOT if line.why_not else WITHDRAWN


def just_now(now: datetime, minutes: int | None) -> dict[str, Any]:
    """Day and start of a session that has just ended, to five minutes; never before midnight."""
    began = now - timedelta(minutes=minutes or USUAL_MINUTES)
    began = began.replace(minute=began.minute // 5 * 5, second=0, microsecond=0)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    began = max(began, midnight)
    return {"day": began.date(), "time": began.time()}


def _tap(term: ContractTerm) -> str:
    where = f"{name_of(term.contract.area)} · {term.contract_id}"
    text = '{}<br><span class="small muted">{}</span>'
    return format_html(text, term_name(term), where)


def term_choices(terms: Iterable[ContractTerm]) -> list[tuple[int, str]]:
    """Terms by name; the contract stands beside it where there are several."""
    there = list(terms)
    several = len({term.contract_id for term in there}) > 1
    return [
        (term.id, term_name(term) + (f" · {term.contract_id}" if several else "")) for term in there
    ]


class LogFilters(forms.Form):
    """Filters of the log, read from the address; a field at fault counts as empty."""

    use_required_attribute = False

    month = forms.RegexField(
        _MONTH,
        label=_("Month"),
        required=False,
        widget=forms.TextInput(attrs={"type": "month", "placeholder": "2026-06"}),
        error_messages={"invalid": _("Enter a month as year-month, such as 2026-06.")},
    )
    worker = forms.CharField(label=_("Worker"), required=False, max_length=200)
    term = forms.ChoiceField(label=_("Workload term"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *STATES.items()]
    )

    def __init__(self, data: Any, terms: Iterable[ContractTerm], with_worker: bool) -> None:
        super().__init__(data, label_suffix="")
        choices = [("", _("All")), *term_choices(terms)]
        self.fields["term"].choices = choices  # type: ignore[attr-defined]
        if not with_worker:
            del self.fields["worker"]

    def wanted(self) -> dict[str, str]:
        """What was asked of the log."""
        self.is_valid()
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


class LinkForm(forms.Form):
    """Which person is which worker."""

    person = forms.TypedChoiceField(
        label=_("Person"),
        coerce=int,
        error_messages={"required": _("Choose a person who is a social worker of the provider.")},
    )
    worker = forms.ChoiceField(
        label=_("Worker"),
        help_text=_("The pseudonym under which the register of staff knows this person."),
        error_messages={"required": _("There is no such worker. Choose one from the list.")},
    )

    def __init__(
        self, data: Any, people: Iterable[tuple[int, str]], workers: Iterable[tuple[str, str]]
    ) -> None:
        super().__init__(data, label_suffix="")
        self.fields["person"].choices = [("", "—"), *people]  # type: ignore[attr-defined]
        self.fields["worker"].choices = [("", "—"), *workers]  # type: ignore[attr-defined]


class ConfirmForm(forms.Form):
    """The lines that were ticked, or all that the page showed."""

    def chosen(self) -> list[str]:
        """The ids to confirm, each once and in the order of the page."""
        name = "all" if "everything" in self.data else "line"
        values = self.data.getlist(name)  # type: ignore[attr-defined]
        return list(dict.fromkeys(value for value in values if "\0" not in value))
