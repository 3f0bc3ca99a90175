"""Budgets, what they are committed to, and what was paid when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from almoner.demo.agreements import VARIATION_FEN, variation_day
from almoner.demo.base import AS_OF, YUAN, Row, add_months, month_end, on_or_before, rng
from almoner.demo.cast import Cast
from almoner.demo.evaluation import LATE_REPORT
from almoner.demo.world import ITEM, Contract, World
from almoner.rules.money import share

# Who pays, in percent: the city's budget, the district's, and a special fund.
SOURCES: tuple[tuple[Literal["city", "district"], str, int], ...] = (
    ("city", "budget", 50),
    ("district", "budget", 40),
    ("city", "special", 10),
)
RESERVE = 50_000 * YUAN  # budgets are voted in round figures with something left
MIDTERM = 1


@dataclass(frozen=True)
class Instalment:
    """A part of the price. months = from the start of its contract year to the month it is due."""

    percent: int
    months: int
    condition: str


# Money follows four conditions a year; the last waits for the year's evaluation.
YEARLY = (
    Instalment(40, 1, "合同公告，开展计划已确认 / contract published, plan of work confirmed"),
    Instalment(30, 8, "中期评估已验收 / mid-term evaluation accepted"),
    Instalment(20, 10, "九个月工作量已验收 / nine months' workload accepted"),
    Instalment(10, 14, "年度评估已验收 / yearly evaluation accepted"),
)


@dataclass(frozen=True)
class Part:
    """One row of INSTALMENTS before it is known what was paid."""

    seq: int
    amount_fen: int
    condition: str
    due_on: date
    late: bool = False


def parts(contract: Contract, cast: Cast) -> list[Part]:
    """The instalments of a contract, that of a paid variation last; they sum to all agreed."""
    found: list[Part] = []
    yearly = share(contract.amount_fen, [1] * contract.years)
    for year, amount in enumerate(yearly):
        for i, fen in enumerate(share(amount, [x.percent for x in YEARLY])):
            due = month_end(add_months(contract.year_start(year), YEARLY[i].months))
            late = contract is cast.late_evaluation and year == contract.years - 1 and i == MIDTERM
            found.append(Part(len(found) + 1, fen, YEARLY[i].condition, due, late))
    if contract is cast.variation:
        due = month_end(variation_day(contract) + timedelta(60))
        condition = "合同变更工作已完成 / work of the change done"
        found.append(Part(len(found) + 1, VARIATION_FEN, condition, due))
    return found


def instalment_rows(world: World, cast: Cast) -> Iterator[Row]:
    """The rows of INSTALMENTS: accepted, then paid, on working days up to the due date."""
    for contract in world.contracts:
        for part in parts(contract, cast):
            chance = rng(world.seed, "paid", contract.id, part.seq)
            row: Row = {
                "contract_id": contract.id,
                "seq": part.seq,
                "amount_fen": part.amount_fen,
                "condition": part.condition,
                "due_on": part.due_on,
            }
            paid = on_or_before(part.due_on - timedelta(chance.randrange(0, 16)))
            if part.late:
                paid = on_or_before(LATE_REPORT + timedelta(16))
                row["delay_cause"] = "evaluation"
            if paid <= AS_OF:
                row["paid_on"] = paid
                row["accepted_on"] = on_or_before(paid - timedelta(chance.randrange(1, 9)))
                row["paid_fen"] = part.amount_fen
            yield row


def budgets(world: World, cast: Cast) -> tuple[list[Row], list[Row]]:
    """The rows of APPROPRIATIONS and of COMMITMENTS.

    Every instalment is committed in the fiscal year in which it falls due, from three sources; an
    appropriation is what its commitments sum to, rounded up, and a reserve.
    """
    committed: dict[tuple[str, str], int] = {}
    for contract in world.contracts:
        for part in parts(contract, cast):
            shares = share(part.amount_fen, [percent for *_, percent in SOURCES])
            for (level, source, _), fen in zip(SOURCES, shares, strict=True):
                key = (contract.id, _id(part.due_on.year, contract, level, source))
                committed[key] = committed.get(key, 0) + fen
    commitments: list[Row] = [
        {"contract_id": c, "appropriation_id": a, "amount_fen": fen}
        for (c, a), fen in committed.items()
    ]
    totals: dict[str, int] = {}
    for (_, appropriation), fen in committed.items():
        totals[appropriation] = totals.get(appropriation, 0) + fen
    step = 100_000 * YUAN
    appropriations = [
        _appropriation(world, id_) | {"amount_fen": -(-fen // step) * step + RESERVE}
        for id_, fen in sorted(totals.items())
    ]
    return appropriations + _donations(world), commitments


def _id(year: int, contract: Contract, level: str, source: str) -> str:
    return f"A-{year}-{contract.centre.street.district}-{level}-{source}"


def _appropriation(world: World, id_: str) -> Row:
    _, year, district, level, source = id_.split("-")
    payer = world.parties.city_finance if level == "city" else world.parties.finance[district]
    return {
        "id": id_,
        "fiscal_year": int(year),
        "payer_uscc": payer.uscc,
        "level": level,
        "source": source,
        "service_item": ITEM,
        "area_code": district,
    }


def _donations(world: World) -> list[Row]:
    """A gift for each district, on file and not yet committed."""
    return [
        {
            "id": f"A-{AS_OF.year}-{district}-donation",
            "fiscal_year": AS_OF.year,
            "payer_uscc": world.parties.civil[district].uscc,
            "level": "district",
            "source": "donation",
            "area_code": district,
            "amount_fen": rng(world.seed, "donation", district).randrange(50, 400) * 1_000 * YUAN,
        }
        for district in world.places.districts
    ]
