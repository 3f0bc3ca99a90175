"""A draft contract as its clerk types it, and what it still lacks.

It is stored in plain JSON values, so that half a draft can be kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from almoner.rules.calendar import add_years, contract_years
from almoner.rules.clauses import SIDES, Library
from almoner.rules.money import share
from almoner.rules.tender import Term

PARTS = (30, 40, 30)
"""A contract year's money in percent: at its beginning, in its middle, after its end."""
LONG_TERM = "long_term"


@dataclass(frozen=True)
class Part:
    """One instalment: an amount in fen, when it is due, and on which condition."""

    amount_fen: int | None
    due_on: date | None
    condition_en: str
    condition_zh: str

    @property
    def whole(self) -> bool:
        """Whether nothing is left open."""
        return bool(self.amount_fen and self.due_on and self.condition_en and self.condition_zh)


@dataclass(frozen=True)
class Obligation:
    """What one side does beyond the clauses, perhaps by a day."""

    side: str
    text_en: str
    text_zh: str
    due_on: date | None = None

    @property
    def whole(self) -> bool:
        """Whether it says who does what, in both languages."""
        return bool(self.side and self.text_en and self.text_zh)


@dataclass(frozen=True)
class Draft:
    """What a clerk settles of a contract; None or empty where nothing was typed yet.

    `clauses` holds the chosen ones with their numbers, `commitments` fen by appropriation.
    """

    starts_on: date | None = None
    ends_on: date | None = None
    staff: Decimal | None = None
    target_group: str = ""
    framework: tuple[str, str] | None = None
    supervisor: str | None = None
    terms: tuple[Term, ...] = ()
    instalments: tuple[Part, ...] = ()
    commitments: Mapping[str, int | None] = field(default_factory=dict)
    obligations: tuple[Obligation, ...] = ()
    clauses: Mapping[str, Mapping[str, int | None]] = field(default_factory=dict)


def read(content: Mapping[str, Any]) -> Draft:
    """The draft in stored `content`; what is not there is empty."""
    framework, staff = content.get("framework"), content.get("staff")
    return Draft(
        starts_on=_day(content.get("starts_on")),
        ends_on=_day(content.get("ends_on")),
        staff=Decimal(staff) if staff else None,
        target_group=content.get("target_group") or "",
        framework=(framework[0], framework[1]) if framework else None,
        supervisor=content.get("supervisor"),
        terms=tuple(Term(**term) for term in content.get("terms", ())),
        instalments=tuple(
            Part(**{**part, "due_on": _day(part["due_on"])})
            for part in content.get("instalments", ())
        ),
        commitments=dict(content.get("commitments", {})),
        obligations=tuple(
            Obligation(**{**one, "due_on": _day(one["due_on"])})
            for one in content.get("obligations", ())
        ),
        clauses={code: dict(numbers) for code, numbers in content.get("clauses", {}).items()},
    )


def written(draft: Draft) -> dict[str, Any]:
    """The draft as it is stored; `read` gives it back."""
    return {
        "starts_on": iso(draft.starts_on),
        "ends_on": iso(draft.ends_on),
        "staff": str(draft.staff) if draft.staff is not None else None,
        "target_group": draft.target_group,
        "framework": list(draft.framework) if draft.framework else None,
        "supervisor": draft.supervisor,
        "terms": [vars(term) for term in draft.terms],
        "instalments": [{**vars(one), "due_on": iso(one.due_on)} for one in draft.instalments],
        "commitments": dict(draft.commitments),
        "obligations": [{**vars(one), "due_on": iso(one.due_on)} for one in draft.obligations],
        "clauses": {code: dict(numbers) for code, numbers in draft.clauses.items()},
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


_CONDITIONS = (
    (
        timedelta(30),
        "The staff is in place and the year's plan is published",
        "人员到位、年度服务计划已公布",
    ),
    (timedelta(30), "Half of the year's hours are delivered", "完成年度工时的一半"),
    (
        timedelta(30),
        "The year's hours are delivered and its evaluation is concluded",
        "完成年度工时且年度评估已有结论",
    ),
)


MOST_YEARS = 10


def usual_instalments(amount_fen: int, starts_on: date, ends_on: date) -> tuple[Part, ...]:
    """30, 40 and 30 percent of each contract year's share of the money, to the fen.

    Whole years share alike, a shorter last one by its days of 365; each part is due 30 days after
    the year's first day, its middle and its last day. There is no usual schedule for more than
    MOST_YEARS: a last day that far off is a slip of the pen.
    """
    if (ends_on - starts_on).days > 366 * MOST_YEARS:
        return ()
    years = contract_years(starts_on, ends_on)
    last_day = ends_on + timedelta(1)
    weights = [
        Fraction(1) if add_years(first, 1) <= last_day else Fraction((last - first).days + 1, 365)
        for first, last in years
    ]
    yearly = share(amount_fen, weights)
    found = []
    for (first, last), fen in zip(years, yearly, strict=True):
        days = (first, first + (last - first) / 2, last)
        for day, part, (after, english, chinese) in zip(
            days, share(fen, PARTS), _CONDITIONS, strict=True
        ):
            found.append(Part(part, day + after, english, chinese))
    return tuple(found)


def usual_commitments(amount_fen: int, left: Mapping[str, int]) -> dict[str, int | None]:
    """The amount over appropriations by what each has left; no proposal where none has any."""
    weights = [max(fen, 0) for fen in left.values()]
    if not any(weights):
        return dict.fromkeys(left)
    return dict(zip(left, share(amount_fen, weights), strict=True))


@dataclass(frozen=True)
class Check:
    """One thing that a contract must have, and whether it has it. `values` are its sentence's."""

    code: str
    ok: bool
    values: Mapping[str, Any] = field(default_factory=dict)


def checks(
    draft: Draft, *, amount_fen: int, library: Library, limits: Mapping[str, Fraction]
) -> list[Check]:
    """All that is asked of a contract before it may be offered and signed.

    `limits` are `years` (longest term without the clause on longer ones) and `long_years` (with
    it), as the rule pack has them. The amount is the price of the winning bid.
    """
    return [
        *_days(draft, limits),
        Check("staff", bool(draft.staff)),
        Check("target_group", bool(draft.target_group)),
        Check("framework", draft.framework is not None),
        Check("terms", bool(draft.terms)),
        *_money(draft, amount_fen),
        *(Check(f"obligations_{side}", _bound(draft, side)) for side in SIDES),
        Check("obligation_texts", all(one.whole for one in draft.obligations)),
        *_clauses(draft, library),
    ]


def missing(found: Iterable[Check]) -> list[Check]:
    """What is not there yet; a contract is complete where nothing is."""
    return [check for check in found if not check.ok]


def _days(draft: Draft, limits: Mapping[str, Fraction]) -> list[Check]:
    if not draft.starts_on or not draft.ends_on:
        return [Check("days", False)]
    if draft.ends_on < draft.starts_on:
        return [Check("days_in_order", False)]
    years = len(contract_years(draft.starts_on, draft.ends_on))
    long_years = int(limits["long_years"])
    needed = years > limits["years"]
    return [
        Check("days", True),
        Check("long_term", LONG_TERM in draft.clauses or not needed, {"years": years}),
        Check("too_long", years <= long_years, {"years": years, "most": long_years}),
    ]


def _money(draft: Draft, amount_fen: int) -> list[Check]:
    parts = [one.amount_fen or 0 for one in draft.instalments]
    due = [one.due_on for one in draft.instalments if one.due_on]
    committed = [fen or 0 for fen in draft.commitments.values()]
    return [
        Check("instalments", bool(parts) and all(one.whole for one in draft.instalments)),
        Check("instalment_order", due == sorted(due)),
        Check("instalment_sum", sum(parts) == amount_fen, _sums(sum(parts), amount_fen)),
        Check("commitment_sum", sum(committed) == amount_fen, _sums(sum(committed), amount_fen)),
    ]


def _sums(found_fen: int, amount_fen: int) -> dict[str, int]:
    return {"sum_fen": found_fen, "amount_fen": amount_fen, "gap_fen": amount_fen - found_fen}


def _bound(draft: Draft, side: str) -> bool:
    return any(one.side == side for one in draft.obligations)


def _clauses(draft: Draft, library: Library) -> list[Check]:
    found = []
    for clause in library.clauses:
        chosen = draft.clauses.get(clause.code)
        if chosen is None:
            if clause.required:
                found.append(Check("clause", False, {"clause": clause.code}))
            continue
        wrong = [one for one in clause.parameters if not one.allows(chosen.get(one.name))]
        values: dict[str, Any] = {"clause": clause.code}
        if wrong:
            values |= {"least": wrong[0].least, "most": wrong[0].most}
        found.append(Check("clause_number" if wrong else "clause", not wrong, values))
    return found
