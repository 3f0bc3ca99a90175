"""Public notices, as they were issued."""

from collections.abc import Iterator
from datetime import date, timedelta

from almoner.demo.agreements import published_on
from almoner.demo.base import AS_OF, Row, at, on_or_after, rng
from almoner.demo.cast import Cast
from almoner.demo.world import World


def notice_rows(world: World, tenders: list[Row], complaints: list[Row], cast: Cast) -> list[Row]:
    """The rows of NOTICES, in order of time."""
    found = [*_of_tenders(tenders), *_of_contracts(world, cast), *_of_answers(complaints)]
    found = [(k, s, d) for k, s, d in found if d <= AS_OF]
    rows: list[Row] = [
        {"kind": kind, "subject_id": subject, "published_at": at(day, 9, 0)}
        for kind, subject, day in found
    ]
    return sorted(rows, key=lambda r: (r["published_at"], r["kind"], r["subject_id"]))


Notice = tuple[str, str, date]


def _of_tenders(tenders: list[Row]) -> Iterator[Notice]:
    for tender in tenders:
        yield "intention", tender["id"], tender["intention_published_on"]
        yield "tender", tender["id"], tender["published_at"].date()
        if tender.get("award_published_on"):
            yield "award", tender["id"], tender["award_published_on"]


def _of_contracts(world: World, cast: Cast) -> Iterator[Notice]:
    for contract in world.contracts:
        yield "contract", contract.id, published_on(contract, cast)
        if contract.completed:
            chance = rng(world.seed, "acceptance", contract.id)
            accepted = on_or_after(contract.ends_on + timedelta(chance.randrange(8, 22)))
            yield "acceptance_result", contract.id, accepted


def _of_answers(complaints: list[Row]) -> Iterator[Notice]:
    for complaint in complaints:
        if complaint.get("answered_on") and complaint.get("tender_id"):
            yield "complaint_decision", complaint["id"], complaint["answered_on"]
