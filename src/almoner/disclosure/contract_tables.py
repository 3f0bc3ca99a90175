"""The rows of the contract page's tables, written in Python: templates take four times as long."""

from collections.abc import Iterable, Sequence

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


def row(heading: str, *cells: str) -> str:
    """A row of a table: a heading, which is escaped unless it is a SafeString, and cells."""
    return f'<tr><th scope="row">{escape(heading)}</th>{"".join(cells)}</tr>\n'


def number(figure: str) -> str:
    """A cell with a figure, which is HTML as `templatetags` make it."""
    return f'<td class="n">{figure}</td>'


def hours(work: Work, hidden: str) -> str:
    """Hours as HTML, or the sign for what may not be told."""
    return hidden if work.minutes is None else figure(work.hours)


def mark() -> SafeString:
    """The sign for what may not be told."""
    hidden = escape(_("hidden"))
    return mark_safe(f'<abbr title="{hidden}">※</abbr>')  # noqa: S308


def month_rows(service: YearOfService) -> str:
    """Month, direct hours delivered, direct hours promised."""
    hidden, promised = mark(), number(figure(service.monthly))
    return "".join(
        [
            row(month(line.month), number(hours(line.total, hidden)), promised)
            for line in service.lines
        ]
    )


def term_rows(terms: Sequence[TermYear]) -> str:
    """Kind of work, hours promised, hours delivered, progress."""
    hidden = mark()
    return "".join(
        [
            row(
                term.name,
                number(figure(term.promised)),
                number(hours(term.work, hidden)),
                f"<td>{_progress(term)}</td>",
            )
            for term in terms
        ]
    )


def _progress(term: TermYear) -> str:
    if term.share is None:
        return ""
    low, note = "", ""
    if term.behind:
        low, note = " lo", ' <span class="small">' + _("behind") + "</span>"
    return (
        f'<span class="whole"><svg class="bar{low}" aria-hidden="true">'
        f'<rect width="{term.bar}%" height="100%"/></svg>'
        f" {escape(plain.percent(term.share))}</span>{note}"
    )


def group_rows(groups: Sequence[Group]) -> str:
    """Indicator group, weight, score, pieces of evidence."""
    return "".join(
        [
            row(
                group.name,
                number(figure(group.weight)),
                number(score(group.score)),
                number(str(group.evidence)),
            )
            for group in groups
        ]
    )


def payment_rows(payments: Sequence[Payment], labels: Sequence[str]) -> str:
    """Instalment, condition, amount, due, paid, status.

    `labels` are the headings of their columns but the first, for phones, where a row is a card.
    """
    condition, amount, due, paid, status = [f'data-l="{label}"' for label in labels]
    return "".join(
        [
            row(
                str(one.seq),
                f"<td {condition}>{escape(known(one.condition))}</td>",
                f'<td class="n" {amount}>{yuan(one.amount_fen)}</td>',
                f"<td {due}>{day(one.due_on)}</td>",
                f"<td {paid}>{day(one.paid_on) if one.paid_on else '–'}</td>",
                f"<td {status}>{_status(one)}</td>",
            )
            for one in payments
        ]
    )


def _status(one: Payment) -> str:
    notes = [one.cause] if one.cause else []
    if one.unpaid_fen:
        sums = {"part": plain.yuan(one.paid_fen), "rest": plain.yuan(one.unpaid_fen)}
        notes.append(_("%(part)s paid, %(rest)s of the instalment not") % sums)
    small = "".join([f' <span class="small">{escape(note)}</span>' for note in notes])
    return f'<span><span class="tag {one.tag}">{escape(one.status)}</span>{small}</span>'
