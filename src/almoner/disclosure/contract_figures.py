"""What can be said of a contract on a day: its state, its pace, its payments. No database here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from django.utils.translation import ngettext

from almoner.rules.calendar import contract_years
from almoner.rules.money import round_half_away
from almoner.rules.packs import china
from almoner.web.language import gettext as _


@dataclass(frozen=True)
class ContractYear:
    """One year of a contract: its number from 1, of how many, its first and last day."""

    number: int
    of: int
    first: date
    last: date

    @property
    def months(self) -> int:
        """Its length in months, a part of a month counting as one."""
        after = self.last + timedelta(days=1)
        whole = 12 * (after.year - self.first.year) + after.month - self.first.month
        return whole + (after.day > self.first.day)


@lru_cache(maxsize=4096)
def years_of(starts_on: date, ends_on: date) -> tuple[ContractYear, ...]:
    """The years of a contract as agreed; the last may be shorter."""
    spans = contract_years(starts_on, ends_on)
    return tuple(
        ContractYear(number, len(spans), first, last)
        for number, (first, last) in enumerate(spans, start=1)
    )


def year_on(years: Sequence[ContractYear], day: date) -> ContractYear:
    """The contract year of a day; the first one before the contract, the last one after it."""
    return next((year for year in years if day <= year.last), years[-1])


def months_in(years: Sequence[ContractYear], year: ContractYear) -> tuple[str, str]:
    """The first month (YYYY-MM) that counts in a contract year, and the first that no longer does.

    A month counts whole in the last year to begin by its end. Work before the contract counts in
    its first year and work after it in its last.
    """
    since = "0000-00" if year.number == 1 else f"{year.first:%Y-%m}"
    return since, "9999-99" if year.number == year.of else f"{years[year.number].first:%Y-%m}"


def months_until(first: date, last: date) -> list[str]:
    """Every month from that of `first` to that of `last`, as YYYY-MM."""
    numbers = range(12 * first.year + first.month - 1, 12 * last.year + last.month)
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in numbers]


def elapsed(year: ContractYear, today: date, actual_end: date) -> Fraction:
    """The share of a contract year's days that are over, today included, from 0 to 1.

    After the actual end of the contract no more days pass.
    """
    days = (min(today, actual_end, year.last) - year.first).days + 1
    return Fraction(max(days, 0), (year.last - year.first).days + 1)


@lru_cache(maxsize=64)
def slowest(on: date) -> Fraction:
    """The share of an even pace below which delivery counts as behind, as in finding D01."""
    return china().limit("D01.ratio", on).value


def is_behind(minutes: int, by_now: Fraction, on: date) -> bool:
    """Whether too little was delivered of the hours that an even pace would have brought."""
    return Fraction(minutes, 60) < slowest(on) * by_now


def price_per_hour(amount_fen: int, direct_hours: Fraction, years: int) -> int | None:
    """Whole fen an hour of direct service: the whole amount by the hours of all contract years."""
    hours = direct_hours * years
    return round_half_away(amount_fen / hours) if hours else None


class PaymentState(StrEnum):
    PAID_ON_TIME = "paid_on_time"
    PAID_LATE = "paid_late"
    OVERDUE = "overdue"
    NOT_YET_DUE = "not_yet_due"
    LAPSED = "lapsed"


PAYMENT_TAGS = {
    PaymentState.PAID_ON_TIME: "ok",
    PaymentState.PAID_LATE: "warn",
    PaymentState.OVERDUE: "bad",
    PaymentState.NOT_YET_DUE: "info",
    PaymentState.LAPSED: "",
}


@dataclass(frozen=True)
class Payment:
    """An instalment on a day. `days_late`: calendar days; `unpaid_fen`: what a payment lacked."""

    seq: int
    amount_fen: int
    condition: str | None
    due_on: date
    accepted_on: date | None
    paid_on: date | None
    paid_fen: int | None
    cause: str | None
    state: PaymentState
    days_late: int
    unpaid_fen: int

    @property
    def tag(self) -> str:
        return PAYMENT_TAGS[self.state]

    @property
    def status(self) -> str:
        """The state in words."""
        days = {"n": self.days_late}
        if self.state is PaymentState.PAID_LATE:
            return ngettext("Paid %(n)s day late", "Paid %(n)s days late", self.days_late) % days
        if self.state is PaymentState.OVERDUE:
            return ngettext("Overdue by %(n)s day", "Overdue by %(n)s days", self.days_late) % days
        if self.state is PaymentState.LAPSED:
            return _("Lapsed: the contract ended before")
        return _("On time") if self.state is PaymentState.PAID_ON_TIME else _("Not yet due")


def lateness(due_on: date, paid_on: date | None, today: date) -> tuple[PaymentState, int]:
    """The state of an instalment and its calendar days late: paid late, or unpaid past its day."""
    days = ((paid_on or today) - due_on).days
    if days > 0:
        return (PaymentState.PAID_LATE if paid_on else PaymentState.OVERDUE), days
    return (PaymentState.PAID_ON_TIME if paid_on else PaymentState.NOT_YET_DUE), 0


@dataclass(frozen=True)
class Paid:
    """All payments of a contract, and their sums in fen."""

    payments: tuple[Payment, ...]
    paid_fen: int
    late: int
    overdue: int

    @classmethod
    def of(cls, payments: Iterable[Payment]) -> "Paid":
        rows = tuple(payments)
        return cls(
            payments=rows,
            paid_fen=sum(row.paid_fen or 0 for row in rows),
            late=sum(row.state is PaymentState.PAID_LATE for row in rows),
            overdue=sum(row.state is PaymentState.OVERDUE for row in rows),
        )


def share(part: int | Fraction, whole: int | Fraction) -> Fraction | None:
    """part / whole; None where there is no whole."""
    return Fraction(part) / whole if whole else None


@dataclass(frozen=True)
class Range:
    """Lowest and highest of how many others."""

    lowest: int
    highest: int
    count: int


FEWEST_SIMILAR = 3


def range_of(prices: Sequence[float]) -> Range | None:
    """From the lowest to the highest price in whole fen; None where fewer than three are known."""
    if len(prices) < FEWEST_SIMILAR:
        return None
    lowest, highest = (round_half_away(Fraction(price)) for price in (min(prices), max(prices)))
    return Range(lowest, highest, len(prices))
