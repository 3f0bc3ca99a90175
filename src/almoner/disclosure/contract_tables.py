"""The rows of the contract page's tables, written in Python: templates take four times as long."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from django.utils.safestring import SafeString, mark_safe

from almoner.disclosure.contract_figures import Payment
from almoner.disclosure.contract_results import Group
from almoner.disclosure.contract_service import TermYear, Work, YearOfService
from almoner.web import format as plain
from almoner.web.html import escaped as escape
from almoner.web.language import gettext as _
from almoner.web.templatetags.almoner import day, figure, known, month, score, yuan

_NUMBERS = ' class="n"'


class Number(str):
    """The heading of a column of numbers."""


def table(
    label: str,
    columns: Iterable[str],
    rows: str,
    *,
    caption: str = "",
    foot: str = "",
    kind: str = "",
) -> str:
    """A table that scrolls on its own where the screen is narrow. All that is given is HTML."""
    heads = "".join(
        f'<th scope="col"{_NUMBERS if isinstance(one, Number) else ""}>{one}</th>'
        for one in columns
    )
    return (
        f'<div class="scroll" tabindex="0" role="group" {label}><table{kind}>{caption}'
        f"<thead><tr>{heads}</tr></thead><tbody>\n{rows}</tbody>{foot}</table></div>"
    )


def row(heading: str, cells: Iterable[str]) -> str:
    """A row of a table. What is no SafeString is escaped."""
    return f'<tr><th scope="row">{escape(heading)}</th>{"".join(cells)}</tr>\n'


def number(text: str, label: str = "") -> str:
    return f'<td class="n"{_label(label)}>{escape(text)}</td>'


def _text(text: str, label: str = "") -> str:
    return f"<td{_label(label)}>{escape(text)}</td>"


def _label(label: str) -> str:
    """The heading of a cell's column, for tables that become cards on a phone."""
    return f' data-l="{escape(label)}"' if label else ""


def _safe(rows: Iterable[str]) -> SafeString:
    return mark_safe("".join(rows))  # noqa: S308 - every text in the rows passed escape


def hours(work: Work, hidden: str) -> str:
    return hidden if work.minutes is None else figure(work.hours)


def mark() -> SafeString:
    """The sign for what may not be told."""
    return mark_safe(f'<abbr title="{escape(_("hidden"))}">※</abbr>')  # noqa: S308


def month_rows(service: YearOfService) -> SafeString:
    """Month, direct hours delivered, direct hours promised."""
    hidden, promised = mark(), figure(service.monthly)
    return _safe(
        row(month(line.month), [number(hours(line.total, hidden)), number(promised)])
        for line in service.lines
    )


def term_rows(terms: Sequence[TermYear]) -> SafeString:
    """Kind of work, hours promised, hours delivered, progress."""
    hidden, behind = mark(), _("behind")
    return _safe(
        row(
            term.name,
            [
                number(figure(term.promised)),
                number(hours(term.work, hidden)),
                _text(_progress(term, term.share, behind)),
            ],
        )
        for term in terms
    )


def _progress(term: TermYear, share: Fraction | None, behind: str) -> str:
    if share is None:
        return ""
    low, note = (
        (" lo", f' <span class="small">{escape(behind)}</span>') if term.behind else ("", "")
    )
    return mark_safe(  # noqa: S308 - numbers, and a note that passed escape
        f'<svg class="bar{low}" aria-hidden="true"><rect width="{term.bar}%" height="100%"/></svg>'
        f" {escape(plain.percent(share))}{note}"
    )


def group_rows(groups: Sequence[Group]) -> SafeString:
    """Indicator group, weight, score, pieces of evidence."""
    return _safe(
        row(
            group.name,
            [
                number(figure(group.weight)),
                number(score(group.score)),
                number(str(group.evidence)),
            ],
        )
        for group in groups
    )


def payment_rows(payments: Sequence[Payment]) -> SafeString:
    """Instalment, condition, amount, due, paid, status."""
    labels = [_("Condition"), _("Amount"), _("Due"), _("Paid"), _("Status")]
    return _safe(
        row(
            str(one.seq),
            [
                _text(known(one.condition), labels[0]),
                number(yuan(one.amount_fen), labels[1]),
                _text(day(one.due_on), labels[2]),
                _text(day(one.paid_on) if one.paid_on else "–", labels[3]),
                _text(_status(one), labels[4]),
            ],
        )
        for one in payments
    )


def _status(one: Payment) -> str:
    notes = [one.cause] if one.cause else []
    if one.unpaid_fen:
        sums = {"part": plain.yuan(one.paid_fen), "rest": plain.yuan(one.unpaid_fen)}
        notes.append(_("%(part)s paid, %(rest)s of the instalment not") % sums)
    small = "".join(f' <span class="small">{escape(note)}</span>' for note in notes)
    tag = f'<span class="tag {one.tag}">{escape(one.status)}</span>'
    return mark_safe(f"<span>{tag}{small}</span>")  # noqa: S308 - every text passed escape
