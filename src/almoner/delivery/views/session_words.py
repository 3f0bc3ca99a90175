"""A line of the log in words."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from almoner.contracts.labels import term_name
from almoner.delivery.forms.sessions import CLIENT, GROUP, NOT, OUTCOMES, STATES, outcome_of
from almoner.delivery.models import Session
from almoner.delivery.queries.sessions import state_of
from almoner.rules.sessions import SessionState
from almoner.web.format import moment
from almoner.web.sheets import Column

TAGS = {
    SessionState.WAITING: "info",
    SessionState.CONFIRMED: "ok",
    SessionState.SUPERSEDED: "warn",
    SessionState.UNDONE: "warn",
}
WITHDRAWN_TEXT = gettext_lazy("Withdrawn: should not be in the log")


@dataclass(frozen=True)
class ShownLine:
    """What a page says of one line."""

    line: Session
    state: SessionState
    what: str
    outcome: str

    @property
    def state_text(self) -> str:
        return str(STATES[self.state])

    @property
    def tag(self) -> str:
        return TAGS[self.state]

    @property
    def url(self) -> str:
        return reverse("session", args=[self.line.id])


def shown_line(line: Session) -> ShownLine:
    """A line with its state and its facts in the reader's language."""
    return ShownLine(line, state_of(line), term_name(line.term), outcome_text(line))


def outcome_text(line: Session) -> str:
    """What came of a session: "90 minutes, 12 people", "Did not happen: logistics"."""
    outcome = outcome_of(line)
    if outcome in (CLIENT, GROUP):
        return "; ".join(_happened(line))
    if outcome == NOT:
        why = line.get_why_not_display()
        text = f"{OUTCOMES[NOT]}: {why}"
        return f"{text} ({line.client_id})" if line.client_id else text
    return str(WITHDRAWN_TEXT)


def _happened(line: Session) -> list[str]:
    minutes, people = line.minutes or 0, line.participants or 0
    parts = [ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}]
    if line.client_id:
        parts.append(_("client %(code)s") % {"code": line.client_id})
    if not line.client_id or people > 1:
        parts.append(ngettext("%(n)d person", "%(n)d people", people) % {"n": people})
    if line.late_minutes:
        late = line.late_minutes
        parts.append(ngettext("%(n)d minute late", "%(n)d minutes late", late) % {"n": late})
    return parts


def _state_html(line: Session) -> str:
    state = state_of(line)
    return format_html('<span class="tag {}">{}</span>', TAGS[state], STATES[state])


def _link(line: Session) -> str:
    return format_html('<a href="{}">{}</a>', reverse("session", args=[line.id]), line.id)


OWN_COLUMNS = (
    Column(gettext_lazy("Session"), lambda line: line.id, _link),
    Column(gettext_lazy("Began at"), lambda line: line.started_at, lambda x: moment(x.started_at)),
    Column(gettext_lazy("Contract"), lambda line: line.term.contract_id),
    Column(gettext_lazy("Workload term"), lambda line: term_name(line.term)),
    Column(gettext_lazy("What came of it"), outcome_text),
    Column(gettext_lazy("State"), lambda line: STATES[state_of(line)], _state_html),
)
COLUMNS = (
    *OWN_COLUMNS[:2],
    Column(gettext_lazy("Worker"), lambda x: x.worker_id),
    *OWN_COLUMNS[2:],
)
