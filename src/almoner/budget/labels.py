"""What the pages of the budget say: places, payers, years, moves of money."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from almoner.budget.accounts import COMMITTED, available
from almoner.budget.models import (
    Appropriation,
    AppropriationFile,
    BudgetLevel,
    EntryKind,
    LedgerEntry,
    Source,
)
from almoner.budget.queries import Flow
from almoner.parties.models import Organisation, OrganisationKind
from almoner.parties.queries import Areas
from almoner.web.format import named


def place(row: Appropriation | AppropriationFile) -> str:
    """Where the money may be spent."""
    return named(row.area) if row.area else _("The whole city")


def places(tree: Areas, codes: Iterable[str]) -> list[tuple[str, str]]:
    """Places to choose from, each below the one that it lies in."""
    return [(code, " – ".join(named(area) for area in tree.path(code)[-2:])) for code in codes]


def payers(bodies: Iterable[Organisation]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Bodies that may carry a share, in groups: finance, supervisors, purchasers."""
    groups: dict[str, list[tuple[str, str]]] = {}
    order = (OrganisationKind.FINANCE, OrganisationKind.SUPERVISOR, OrganisationKind.PURCHASER)
    for body in bodies:
        kinds = body.kinds.split("|")
        kind = next(kind for kind in order if kind in kinds)
        groups.setdefault(kind, []).append((body.uscc, named(body)))
    return [
        (str(kind.label), sorted(groups[kind], key=lambda one: one[1]))
        for kind in order
        if kind in groups
    ]


def years(file: AppropriationFile) -> str:
    """The fiscal years of a proposal."""
    last = file.first_year + file.years - 1
    return str(last) if file.years == 1 else f"{file.first_year}–{last}"


def line(of: Mapping[str, str], names: Mapping[str, Organisation]) -> str:
    """A line of a sharing schedule in words."""
    payer = named(names.get(of["payer"]))
    return f"{payer} · {BudgetLevel(of['level']).label} · {Source(of['source']).label}"


def sums(flows: Sequence[Flow]) -> dict[str, Any]:
    """The totals of a list, and whether the ledger says what the appropriations say."""
    total: dict[str, Any] = {
        name: sum(getattr(flow, name) for flow in flows)
        for name in ("appropriated", "committed", "accepted", "paid", "left")
    }
    total["differing"] = [flow.appropriation.id for flow in flows if not flow.agrees]
    return total


@dataclass(frozen=True)
class Move:
    """One entry of the ledger, seen from an appropriation: in is positive, out negative."""

    on: date | None
    what: str
    contract: str
    fen: int

    @classmethod
    def of(cls, entry: LedgerEntry, appropriation_id: str) -> "Move":
        """The entry as the page of its appropriation shows it."""
        came = entry.debit == available(appropriation_id)
        other = entry.credit if came else entry.debit
        return cls(
            on=entry.posted_on,
            what=str(EntryKind(entry.kind).label),
            contract=other.removeprefix(COMMITTED) if other.startswith(COMMITTED) else "",
            fen=entry.amount_fen if came else -entry.amount_fen,
        )
