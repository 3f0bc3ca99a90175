"""The checks beside the form of a tender: what a law forbids, and what is merely unwise.

The codes are those of the findings catalogue where it has one, with the same definitions and
limits, so that what is noticed in data from elsewhere is noticed here before it happens:

- P01 the item is in the directory on the day · P02 the money chosen covers the ceiling
- P04 market respondents · P05 users consulted (both for public services only)
- P06 the same item, place and days bought twice · P07 empty texts of the item
- T02 days to bid, T04 weight of the price (both for open tenders only) · T03 weight of outcomes
- T05 direct hours a worker against what can be worked · C03 length of the contract
- C07 weight of output and benefit in the evaluation framework · N02 days since the intention
- `weights` of the criteria add up to 100 · `panel.members` and `panel.odd`

A check that does not apply is left out. What rests on an article of law or of a ministry's measures
is law; the rest (P06, P07, T03, T05, which rest on studies) and N02, from which the measure itself
exempts what could not be foreseen and is urgent, is advice: a published reason is enough.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from almoner.rules.calendar import add_years, local_day
from almoner.rules.capacity import capacity_per_worker, hours_per_worker
from almoner.rules.money import Exact, exact
from almoner.rules.packs import Limit, Pack
from almoner.rules.tender import LONG_TERM_CONDITIONS, Draft, sum_of

LAW = True
ADVICE = False
WHOLE = 100


@dataclass(frozen=True)
class Item:
    """The directory's entry that a draft names."""

    public_service: bool
    valid_from: date
    valid_to: date | None
    empty_texts: int


@dataclass(frozen=True)
class Facts:
    """What the record knows about what a draft names, at the instant of the check.

    `left_fen`: left in the appropriations chosen; None while none is. `bought`: contracts and
    running tenders of the same item and place that share a day. `output_benefit`: percent of the
    framework's leaf weights; None without a framework or indicators.
    """

    at: datetime
    item: Item | None
    left_fen: int | None
    respondents: int
    users: int
    bought: int
    population: int | None
    intention_on: date | None
    output_benefit: Fraction | None


@dataclass(frozen=True)
class Check:
    """One check. `ok` None: it cannot be told yet. `limits` are one, or from and to.

    `source` is the entry of the rule pack; None where there is no number in any pack.
    """

    code: str
    law: bool
    ok: bool | None
    value: Fraction | None = None
    limits: tuple[Fraction, ...] = ()
    unit: str = "count"
    source: Limit | None = None


def checks(draft: Draft, facts: Facts, pack: Pack) -> list[Check]:
    """Every check that applies to the draft, in the order of the purchase."""
    bench = _Bench(draft, facts, pack)
    return [*bench.before(), *bench.procedure(), *bench.outcome()]


def failed_laws(found: Sequence[Check]) -> list[Check]:
    """What stops publication."""
    return [check for check in found if check.law and check.ok is False]


def reasons_missing(found: Sequence[Check], draft: Draft) -> list[Check]:
    """Advice that was not taken and for which no reason is given."""
    return [c for c in found if not c.law and c.ok is False and not draft.reasons.get(c.code)]


@dataclass(frozen=True)
class _Bench:
    draft: Draft
    facts: Facts
    pack: Pack

    @property
    def today(self) -> date:
        return local_day(self.facts.at)

    def before(self) -> Iterator[Check]:
        """Directory, money, consultation."""
        item, facts = self.facts.item, self.facts
        known = bool(self.draft.service_item)
        listed = item is not None and item.valid_from <= self.today <= (item.valid_to or date.max)
        yield Check("P01", LAW, listed if known else None, unit="flag")
        if item and item.public_service:
            empty = Fraction(item.empty_texts)
            yield Check("P07", ADVICE, not empty, empty, (Fraction(0),))
        left, ceiling = facts.left_fen, self.draft.ceiling_fen
        covered = left >= ceiling if left is not None and ceiling is not None else None
        yield Check("P02", LAW, covered, _number(left), _one(ceiling), unit="fen")
        if item is None or item.public_service:
            yield self._at_least("P04.respondents", facts.respondents, of="P04")
            yield self._at_least("P05.users", facts.users, of="P05")
        if item and self.draft.area and self.draft.starts_on and self.draft.ends_on:
            yield Check("P06", ADVICE, not facts.bought, Fraction(facts.bought), (Fraction(0),))
        yield self._intention()

    def procedure(self) -> Iterator[Check]:
        """Bidding, criteria, panel."""
        draft = self.draft
        if draft.method in ("open", ""):
            yield self._bidding_days()
        weights = sum((c.weight for c in draft.criteria), start=0)
        share = self._share("price")
        if draft.method in ("open", ""):
            low, high = self._limit("T04.low"), self._limit("T04.high")
            within = low.value <= share <= high.value if share is not None else None
            limits = (low.value, high.value)
            yield Check("T04", LAW, within, share, limits, "percent", low)
        added = _number(weights) if draft.criteria else None
        yield Check(
            "weights", LAW, None if added is None else added == WHOLE, added, (Fraction(WHOLE),)
        )
        outcome = self._share("outcome")
        positive = None if outcome is None else outcome > 0
        yield Check("T03", ADVICE, positive, outcome, unit="percent")
        yield self._at_least("panel.members", draft.panel_size, of="panel.members")
        odd = None if draft.panel_size is None else draft.panel_size % 2 == 1
        yield Check("panel.odd", LAW, odd, unit="flag", source=self._limit("panel.odd"))

    def outcome(self) -> Iterator[Check]:
        """What the contract will ask of people, for how long, and how it will be judged."""
        draft = self.draft
        direct = sum_of(draft.terms, self.facts.population, "direct") if draft.terms else None
        each = None
        if direct is not None and direct.hours is not None and draft.staff:
            each = hours_per_worker(direct.hours, draft.staff)
        most = capacity_per_worker(dict(self.pack.limits("T05", self.today)))
        worked = None if each is None else each <= most
        source = self._limit("T05.working_days")
        yield Check("T05", ADVICE, worked, each, (most,), "hour", source)
        yield self._length()
        if draft.framework is not None and self.facts.output_benefit is not None:
            yield self._at_least("C07.percent", self.facts.output_benefit, of="C07", unit="percent")

    def _bidding_days(self) -> Check:
        limit, end = self._limit("T02.days"), self.draft.bid_deadline
        days = None if end is None else _days(end - self.facts.at)
        ok = None if days is None else days >= limit.value
        return Check("T02", LAW, ok, days, (limit.value,), "day", limit)

    def _intention(self) -> Check:
        limit, announced = self._limit("N02.days"), self.facts.intention_on
        days = None if announced is None else Fraction((self.today - announced).days)
        ok = days is not None and days >= limit.value
        return Check("N02", ADVICE, ok, days, (limit.value,), "day", limit)

    def _length(self) -> Check:
        """Up to a year, or as far as the four conditions carry; `limits` is the years allowed."""
        begins, ends = self.draft.starts_on, self.draft.ends_on
        met = len(self.draft.conditions) == len(LONG_TERM_CONDITIONS)
        limit = self._limit("C03.years" if met else "contract.years")
        if begins is None or ends is None:
            return Check("C03", LAW, None, None, (limit.value,), "year", limit)
        # No year comes after 9999: what ends near it is judged as if it ended in time to count.
        ends = min(ends, date(date.max.year - 2, 12, 31))
        years = _years(min(begins, ends), ends + timedelta(days=1))
        return Check("C03", LAW, years <= limit.value, years, (limit.value,), "year", limit)

    def _share(self, kind: str) -> Fraction | None:
        """Percent of all points that criteria of a kind have."""
        points = sum((exact(c.weight) for c in self.draft.criteria), start=Fraction(0))
        of_kind = sum(
            (exact(c.weight) for c in self.draft.criteria if c.kind == kind), start=Fraction(0)
        )
        return WHOLE * of_kind / points if points else None

    def _at_least(self, name: str, value: Exact | None, *, of: str, unit: str = "count") -> Check:
        limit, number = self._limit(name), _number(value)
        ok = None if number is None else number >= limit.value
        return Check(of, LAW, ok, number, (limit.value,), unit, limit)

    def _limit(self, name: str) -> Limit:
        return self.pack.limit(name, self.today)


def _number(value: Exact | None) -> Fraction | None:
    return None if value is None else exact(value)


def _one(value: int | None) -> tuple[Fraction, ...]:
    return () if value is None else (Fraction(value),)


def _years(begins: date, after: date) -> Fraction:
    """Years from one day up to, not including, another: whole ones, and a share of the next."""
    whole = after.year - begins.year
    if add_years(begins, whole) > after:
        whole -= 1
    first, following = add_years(begins, whole), add_years(begins, whole + 1)
    return whole + Fraction((after - first).days, (following - first).days)


def _days(span: timedelta) -> Fraction:
    """Days of 24 hours, exact."""
    return Fraction(span // timedelta(microseconds=1), 24 * 60 * 60 * 10**6)
