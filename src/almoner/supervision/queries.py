"""What is asked of the kept findings."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, Q, QuerySet, When
from django.db.models.functions import Coalesce

from almoner.contracts.models import Contract
from almoner.findings.definition import Definition, definition
from almoner.needs.queries import scope
from almoner.parties.queries import Areas
from almoner.prepared import Prepared
from almoner.rules.roles import Actor, Permission
from almoner.rules.small_cells import fewest_told
from almoner.supervision.models import Run, StoredFinding

Rows = QuerySet[StoredFinding]
MONTHS = 36  # of the trend
SHOWN = 5  # on the page of a contract or a body
SIDES = 2  # of a range, each with a limit


@dataclass(frozen=True)
class FindingFilter:
    """What is wanted of the list; empty = all."""

    code: str = ""
    area: str = ""
    contract: str = ""
    provider: str = ""
    purchaser: str = ""


def current() -> Rows:
    """Whatever was found when it was last looked for."""
    return StoredFinding.objects.filter(gone_on=None)


def public() -> Rows:
    """Those of them that everybody may see one by one: none about a person."""
    return current().filter(about_persons=False)


def seen_by(actor: Actor) -> Q:
    """What somebody who supervises may see.

    Of contracts: what their bodies supervise, and what nobody is named to supervise. Of what is no
    contract yet: their places. Of the staff of providers: those that hold such a contract. The rest
    is for everybody, unless it is about persons.
    """
    bodies = actor.bodies(Permission.FINDING_READ)
    if bodies is None:
        return Q()
    contracts = Contract.objects.filter(Q(supervisor__in=bodies) | Q(supervisor=None))
    nowhere = Q(contract_id=None, area_code=None)
    return (
        Q(contract_id__in=contracts.values("id"))
        | Q(contract_id=None, area_code__in=scope(actor, Permission.FINDING_READ))
        | nowhere & Q(provider_uscc__in=contracts.values("provider"))
        | nowhere & Q(provider_uscc=None, about_persons=False)
    )


def wanted(rows: Rows, what: FindingFilter, areas: Areas) -> Rows:
    """Those that answer every part of the filter, gravest and oldest first."""
    condition = Q()
    if what.code:
        condition &= Q(code=what.code)
    if what.area:
        condition &= Q(area_code__in=areas.within(what.area))
    if what.contract:
        condition &= Q(contract_id=what.contract)
    if what.provider:
        condition &= Q(provider_uscc=what.provider)
    if what.purchaser:
        condition &= Q(purchaser_uscc=what.purchaser)
    return _gravest_first(rows.filter(condition))


def _gravest_first(rows: Rows) -> Rows:
    """The gravest and oldest first."""
    return rows.order_by("-severity", "first_found_on", "code", "id")


def _first_few(**of: str) -> Rows:
    return _gravest_first(public().filter(**of))[: SHOWN + 1]


_FIRST_FEW = {
    "contract": Prepared(lambda id: _first_few(contract_id=id)),
    "provider": Prepared(lambda uscc: _first_few(provider_uscc=uscc)),
    "purchaser": Prepared(lambda uscc: _first_few(purchaser_uscc=uscc)),
}


def some(part: str, key: str) -> tuple[list[StoredFinding], bool]:
    """The first few public findings of a `part` of FindingFilter, and whether there are more."""
    rows = _FIRST_FEW[part](key)
    return rows[:SHOWN], len(rows) > SHOWN


def finding(id: str, seen: Q | None = None) -> StoredFinding | None:
    """A kept finding among those `seen`, also one that is gone."""
    return StoredFinding.objects.filter(seen or Q(), id=id).select_related("run").first()


def last_run() -> Run | None:
    """The newest computation of the whole catalogue."""
    return Run.objects.filter(whole=True).order_by("-id").first()


def last_look() -> Run | None:
    """The newest computation of anything."""
    return Run.objects.order_by("-id").first()


@dataclass(frozen=True)
class Kind:
    """A finding of the catalogue with how many there are; `number` None where it is hidden."""

    definition: Definition
    number: int | None


def kinds(today: date) -> list[Kind]:
    """Every code that was found, by code.

    Findings about persons are counts, hidden where they are about few: several may be about one.
    """
    rater = Case(When(subject_table="evaluations", then="key"))
    person = Coalesce("worker_id", rater, "subject_id")
    counted = current().values("code", "about_persons").order_by("code")
    rows = counted.annotate(number=Count("id"), persons=Count(person, distinct=True))
    least = fewest_told(today)
    return [
        Kind(
            definition(row["code"]),
            None if row["about_persons"] and row["persons"] < least else row["number"],
        )
        for row in rows
    ]


@dataclass(frozen=True)
class District:
    """A district and how many public findings each stage has there; no code: no one place."""

    code: str
    numbers: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.numbers.values())


def by_district(rows: Rows, areas: Areas) -> list[District]:
    """Findings by the district of their place and by stage, most first; all are in the sum."""
    counted = rows.order_by().values("area_code", "code")
    numbers: dict[str, Counter[str]] = {}
    for row in counted.annotate(number=Count("id")):
        district = _district(row["area_code"] or "", areas)
        stage = definition(row["code"]).stage
        numbers.setdefault(district, Counter())[stage] += row["number"]
    found = [District(code, count) for code, count in numbers.items()]
    return sorted(found, key=lambda each: (-each.total, each.code))


def _district(code: str, areas: Areas) -> str:
    """The district above a place, or the place itself where there is none."""
    if code not in areas.by_code:
        return code
    return next((area.code for area in areas.path(code) if area.level == "district"), code)


def by_month(today: date) -> list[tuple[str, int]]:
    """How many public findings ask about something that happened in a month; YYYY-MM.

    From the first month that has any to that of today, but not more than the last `MONTHS`.
    """
    dated = public().filter(happened_on__lte=today).values_list("happened_on")
    numbers: Counter[int] = Counter()
    for day, number in dated.annotate(number=Count("id")):
        numbers[_months_to(day)] += number
    last = _months_to(today)
    first = max(min(numbers, default=last), last - MONTHS + 1)
    return [
        (f"{place // 12:04}-{place % 12 + 1:02}", numbers[place])
        for place in range(first, last + 1)
    ]


def _months_to(day: date) -> int:
    """The months that began before that of a day, since the year 0."""
    return day.year * 12 + day.month - 1


@dataclass(frozen=True)
class Values:
    """The values of a kind, and their limits: one, or two where both sides have one."""

    found: list[float]
    limits: list[float]


def values(rows: Iterable[StoredFinding]) -> Values:
    """The values of findings of a kind; no limits where they have more than two."""
    known = [(row.value, row.limit) for row in rows if row.value is not None]
    limits = sorted({limit for _, limit in known if limit is not None})
    return Values([value for value, _ in known], limits if len(limits) <= SIDES else [])


def ranked(rows: Rows, today: date) -> list[str]:
    """Ids by money at stake x severity x age in days, the most pressing first."""
    known = rows.values_list("id", "money_fen", "severity", "first_found_on")
    order = [
        (-(money or 0) * severity * age, -severity * age, id)
        for id, money, severity, since in known
        for age in ((today - since).days + 1,)
    ]
    return [id for _, _, id in sorted(order)]


def in_order(ids: Sequence[str]) -> list[StoredFinding]:
    """Kept findings in the order of their ids."""
    by_id = StoredFinding.objects.in_bulk(ids)
    return [by_id[id] for id in ids]
