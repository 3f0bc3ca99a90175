"""What users say and how they fare: survey waves, outcomes, complaints."""

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta

from almoner.demo.base import (
    AS_OF,
    Rng,
    Row,
    add_months,
    on_or_after,
    rng,
    weighted,
    working_days_later,
)
from almoner.demo.cast import Cast
from almoner.demo.delivery import CASES, case_id
from almoner.demo.world import Contract, World

QUESTIONS = ("overall", "respect", "helped", "again")
INSTRUMENTS = ("GAS", "WHO-5")
ANSWER_DAYS = 15  # working days to answer a complaint
SCORE_RANGE = {"GAS": (28, 42, 12), "WHO-5": (32, 56, 14)}  # baseline from, to; usual gain
UNANSWERED_RECEIVED = date(2026, 5, 7)


def waves(world: World) -> list[tuple[Row, Contract]]:
    """The rows of SURVEY_WAVES with their contracts: one a contract year, drawn by the system."""
    found = []
    for contract in world.contracts:
        for year in range(contract.years):
            chance = rng(world.seed, "wave", contract.id, year)
            drawn_on = on_or_after(add_months(contract.year_start(year), 9))
            id_ = f"V{contract.id[1:]}-{year + 1}"
            row = {
                "id": id_,
                "contract_id": contract.id,
                "drawn_by": "system",
                "frame_size": chance.randrange(380, 1_600),
                "frame_sha256": hashlib.sha256(f"frame of {id_}".encode()).hexdigest(),
                "seed": f"{drawn_on:%Y%m%d}-{chance.randrange(10**6):06d}",
                "drawn_on": drawn_on,
                "drawn": chance.randrange(60, 90),
            }
            found.append((row, contract))
    return found


def response_rows(world: World, waves: list[tuple[Row, Contract]]) -> Iterator[Row]:
    """The rows of SURVEY_RESPONSES: two in three to nine in ten of those drawn answer."""
    for wave, contract in waves:
        chance = rng(world.seed, "responses", wave["id"])
        mood = rng(world.seed, "quality", contract.centre.street.code).gauss(4.2, 0.2)
        answered = chance.randrange(wave["drawn"] * 66 // 100 + 1, wave["drawn"] * 9 // 10)
        for n in sorted(chance.sample(range(1, wave["drawn"] + 1), answered)):
            own = chance.gauss(mood, 0.6)
            mode = weighted(chance, {"self": 78, "assisted": 18, "proxy": 4})
            for question in QUESTIONS:
                score = min(max(round(own + chance.uniform(-0.8, 0.8)), 1), 5)
                yield {
                    "wave_id": wave["id"],
                    "respondent_id": f"P{n:03d}",
                    "question": question,
                    "score": str(score),
                    "mode": mode,
                }


def outcome_rows(world: World) -> Iterator[Row]:
    """The rows of OUTCOMES: most cases measured at the start, fewer at the end and later."""
    for contract in world.contracts:
        chance = rng(world.seed, "outcomes", contract.id)
        for year in range(contract.years):
            for place in range(contract.centre.staff):
                for case in range(CASES):
                    if chance.random() < 0.82:
                        yield from _case(chance, contract, year, place, case)


def _case(chance: Rng, contract: Contract, year: int, place: int, case: int) -> Iterator[Row]:
    instrument = chance.choice(INSTRUMENTS)
    lowest, highest, gain = SCORE_RANGE[instrument]
    start = chance.uniform(lowest, highest)
    end = start + chance.gauss(gain, 8)
    began = add_months(contract.year_start(year), case // 2 * 3) + timedelta(
        chance.randrange(4, 14)
    )
    closed = began + timedelta(chance.randrange(60, 76))
    kept = ("baseline", began, start, 1.0), ("exit", closed, end, 0.72)
    later = (
        ("follow_up_6m", add_months(closed, 6), end - chance.uniform(-2, 4), 0.38),
        ("follow_up_12m", add_months(closed, 12), end - chance.uniform(-2, 6), 0.22),
    )
    for wave, day, score, likely in (*kept, *later):
        day = on_or_after(day)
        if chance.random() < likely and day <= min(AS_OF, contract.ends_on):
            yield {
                "contract_id": contract.id,
                "client_id": case_id(contract, year, place, case),
                "instrument": instrument,
                "wave": wave,
                "measured_on": day,
                "score": str(round(min(max(score, 0), 100))),
            }


def complaint_rows(world: World, cast: Cast) -> Iterator[Row]:
    """The rows of COMPLAINTS: about contracts by users and others, about awards by bidders."""
    found: list[Row] = []
    for contract in world.contracts:
        chance = rng(world.seed, "complaint", contract.id)
        if contract is cast.complaint:
            found.append(
                {
                    "contract_id": contract.id,
                    "from_kind": "user",
                    "received_on": UNANSWERED_RECEIVED,
                    "due_on": unanswered_due(),
                }
            )
            continue
        if chance.random() < 0.5:
            received = on_or_after(contract.starts_on + timedelta(chance.randrange(20, 300)))
            kinds = {"user": 50, "resident": 30, "anonymous": 12, "worker": 5, "media": 3}
            found.append({"contract_id": contract.id} | _answered(chance, received, kinds))
        if chance.random() < 0.08:
            received = working_days_later(contract.when.award_published, chance.randrange(1, 6))
            found.append(
                {"tender_id": contract.tender_id} | _answered(chance, received, {"provider": 1})
            )
    found.sort(key=lambda row: (row["received_on"], row.get("contract_id") or row["tender_id"]))
    for n, row in enumerate(found, start=1):
        yield {"id": f"S-{n:04d}"} | row


def unanswered_due() -> date:
    """The day by which the complaint that nobody answered was due."""
    return working_days_later(UNANSWERED_RECEIVED, ANSWER_DAYS)


def _answered(chance: Rng, received: date, kinds: dict[str, int]) -> Row:
    answered = working_days_later(received, chance.randrange(2, ANSWER_DAYS))
    row: Row = {
        "from_kind": weighted(chance, kinds),
        "received_on": received,
        "due_on": working_days_later(received, ANSWER_DAYS),
    }
    if answered <= AS_OF:
        row["answered_on"] = answered
        row["outcome"] = weighted(
            chance, {"not_upheld": 40, "partly_upheld": 32, "upheld": 24, "withdrawn": 4}
        )
    return row
