"""What the pages of instalments say."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from almoner.payments.queries import Settled
from almoner.rules.settlement import FEWEST_OPINIONS, RESIDENT, Check, Verdict, days_late
from almoner.rules.workflow import InstalmentState
from almoner.web.format import day, yuan

TAGS = {Verdict.MET: "ok", Verdict.OPEN: "bad", Verdict.NOTE: "info"}


def verdict(check: Check) -> tuple[str, str]:
    """The tag of a check: its class and its word."""
    words = {
        Verdict.MET: _("Met"),
        Verdict.OPEN: _("Still open"),
        Verdict.NOTE: _("Note"),
    }
    return TAGS[check.verdict], words[check.verdict]


def sentence(check: Check) -> str:
    """What was checked, in words."""
    on, n = day(check.day) if check.day else "", {"n": check.days, "needed": FEWEST_OPINIONS}
    sentences = {
        "overdue": lambda: ngettext(
            "Due on %(on)s: %(n)s day late so far.",
            "Due on %(on)s: %(n)s days late so far.",
            check.days,
        ),
        "due_today": lambda: _("Due today."),
        "due_later": lambda: ngettext(
            "Due on %(on)s, in %(n)s day.", "Due on %(on)s, in %(n)s days.", check.days
        ),
        "condition": lambda: _("Condition: %(text)s. Whoever accepts confirms that it is met."),
        "no_condition": lambda: _("The contract names no condition for this instalment."),
        "evaluation_reported": lambda: _("The latest evaluation was reported on %(on)s."),
        "evaluation_open": lambda: _(
            "The evaluation has not been reported yet. That is no ground to wait: a late "
            "evaluation never holds back money that nobody disputes."
        ),
        "no_evaluation": lambda: _(
            "No evaluation was assigned. That is no ground to wait: money that nobody disputes is "
            "accepted and paid."
        ),
        "opinions": lambda: ngettext(
            "%(n)s user was heard; at least %(needed)s are needed.",
            "%(n)s users were heard; at least %(needed)s are needed.",
            check.days,
        ),
        "disputed": lambda: _("%(sum)s is disputed and stays visible as such."),
        "undisputed": lambda: _("Nothing is disputed: %(sum)s can go its way."),
    }
    values = {**n, "on": on, "text": check.text.rstrip("。."), "sum": yuan(check.fen)}
    return sentences[check.code]() % values


def lateness(one: Settled) -> str:
    """How late a payment is or was; empty where it is in time."""
    if one.state is InstalmentState.LAPSED:
        return ""
    row = one.instalment
    late = days_late(row.due_on, row.paid_on or one.claim.today)
    if not late:
        return ""
    if one.state is InstalmentState.PAID:
        return ngettext("Paid %(n)s day late", "Paid %(n)s days late", late) % {"n": late}
    return ngettext("%(n)s day late so far", "%(n)s days late so far", late) % {"n": late}


def who(pseudonym: str) -> str:
    """Who was heard."""
    return _("A resident") if pseudonym == RESIDENT else pseudonym
