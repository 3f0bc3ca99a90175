"""One published tender with everybody who has a part in it, up to the award.

The deadline is 17:00 on 25 November 2025 in Shanghai. Three providers, each with fourteen workers;
seven experts; a purchaser with two clerks and a signatory.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.disclosure.cast import Stage, at, organisation, stage

from almoner.accounts.models import Person
from almoner.accounts.operations import add_person, grant_role
from almoner.accounts.queries import actor_on
from almoner.audit.models import Event
from almoner.parties.models import Worker
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Role
from almoner.tenders.models import BidFile, Criterion, Tender, TenderFile
from almoner.tenders.operations import award, bids, opening, panel
from almoner.tenders.queries.award import Award
from almoner.tenders.queries.panel import opened_bids, scoring, seats_of

DEADLINE = at("2025-11-25", 17)
DURING = at("2025-11-20")
AFTER = DEADLINE + timedelta(hours=1)
DAY = date(2025, 11, 20)
TENDER = "T-1"
CEILING_FEN = 600_000_000
INSTANT = timedelta(microseconds=1)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
CONTENT = {
    "title_en": "Family centre of Wushan",
    "title_zh": "五山家庭综合服务中心",
    "specification": "A family service centre.",
    "target_group": "all_residents",
    "service_item": "A0301",
    "area": "440106001",
    "method": "open",
    "starts_on": "2026-01-01",
    "ends_on": "2026-12-31",
    "bid_deadline": "2025-11-25T17:00",
    "ceiling": "6000000",
    "staff": "14",
    "panel_size": "5",
    "framework": "F|2025",
    "appropriations": ["A-1"],
    "terms": [
        {"code": "1", "group": "direct", "type": "case_work", "category": "", "formula": "9 hour"}
    ],
    "criteria": [
        {"code": "price", "name": "Price", "kind": "price", "weight": "20"},
        {"code": "quality", "name": "Quality", "kind": "quality", "weight": "50"},
        {"code": "outcome", "name": "Outcome", "kind": "outcome", "weight": "30"},
    ],
}


@dataclass
class Cast:
    on: Stage
    file: TenderFile
    tender: Tender
    people: dict[str, Person] = field(default_factory=dict)

    def actor(self, login: str, day: date = DAY) -> Actor:
        return actor_on(self.people[login], day)

    def add(self, login: str, role: Role, body: str | None) -> Person:
        person = add_person(
            actor="t", at=DURING, login=login, name_zh=f"甲{login}", name_en=login, password=None
        )
        grant_role(
            actor="t",
            at=DURING,
            person=person,
            role=role,
            organisation_uscc=body,
            from_on=date(2025, 1, 1),
        )
        self.people[login] = person
        return person


BIDDERS = ("a", "b", "c")
PRICES = {"a": 590_000_000, "b": 500_000_000, "c": 550_000_000}


def cast() -> Cast:
    """Everybody, and the tender as it is on the day of its publication."""
    on = stage()
    organisation("52440106PROVIDER03", "provider", "和谐社工", "Hexie", on.district)
    tender = Tender.objects.create(
        id=TENDER,
        purchaser=on.purchaser,
        service_item=on.item.code,
        area=on.street,
        method=CONTENT["method"],
        intention_published_on=date(2025, 9, 1),
        published_at=at("2025-10-20"),
        bid_deadline=DEADLINE,
        ceiling_fen=CEILING_FEN,
        required_direct_hours=Decimal("21268.8"),
        required_staff=Decimal(14),
    )
    for one in CONTENT["criteria"]:
        criterion: Any = dict(one)  # type: ignore[call-overload]
        Criterion.objects.create(
            tender=tender,
            code=criterion["code"],
            name=criterion["name"],
            kind=criterion["kind"],
            weight=Decimal(criterion["weight"]),
        )
    file = TenderFile.objects.create(
        id=TENDER,
        purchaser=on.purchaser,
        content=dict(CONTENT),
        saved_by="clerk",
        saved_at=DURING,
        submitted_at=DURING,
        tender=tender,
    )
    made = Cast(on, file, tender)
    office = on.purchaser.uscc
    for login in ("clerk", "clerk2"):
        made.add(login, Role.PURCHASER_CLERK, office)
    made.add("signatory", Role.PURCHASER_SIGNATORY, office)
    made.add("auditor", Role.AUDITOR, None)
    made.add("administrator", Role.ADMINISTRATOR, None)
    for number, login in enumerate(BIDDERS, start=1):
        uscc = f"52440106PROVIDER0{number}"
        made.add(login, Role.PROVIDER_DIRECTOR, uscc)
        for n in range(14):
            Worker.objects.create(
                id=f"W-{login}-{n:02}",
                organisation_id=uscc,
                licence="social_worker",
                employed_from=date(2020, 1, 1),
            )
    for number in range(1, 8):
        made.add(f"expert{number}", Role.PANEL_MEMBER, None)
    return made


def uscc(login: str) -> str:
    return f"52440106PROVIDER0{BIDDERS.index(login) + 1}"


def offer(login: str, **changes: Any) -> dict[str, Any]:
    """What a bidder offers: just what is asked for, with two workers named."""
    return {
        "price_fen": PRICES[login],
        "direct_hours": "21268.8",
        "staff": "14",
        "workers": {f"W-{login}-00": "1", f"W-{login}-01": "0.5"},
        **changes,
    }


def proposal() -> Any:
    return SimpleUploadedFile("proposal.pdf", PDF, content_type="application/pdf")


def save(
    on: Cast, login: str, when: datetime = DURING, version: int = 0, **changes: Any
) -> BidFile:
    return bids.save_bid(
        actor=on.actor(login),
        at=when,
        tender_id=TENDER,
        provider=uscc(login),
        version=version,
        content=offer(login, **changes),
        proposal=proposal(),
    )


def submit(on: Cast, login: str, when: datetime = DURING, **changes: Any) -> BidFile:
    file = save(on, login, when, **changes)
    bids.submit(actor=on.actor(login), at=when, bid_id=file.pk, version=1)
    file.refresh_from_db()
    return file


def drawn_panel(on: Cast) -> None:
    panel.appoint(actor=on.actor("clerk"), at=DURING, tender_id=TENDER)


def opened(on: Cast, bidders: tuple[str, ...] = BIDDERS) -> None:
    """Bids made, the panel drawn, the bids opened."""
    for login in bidders:
        submit(on, login)
    drawn_panel(on)
    opening.unseal(actor=on.actor("clerk"), at=AFTER, tender_id=TENDER)
    opening.open_bids(actor=on.actor("signatory"), at=AFTER, tender_id=TENDER)
    on.tender.refresh_from_db()
    on.file.refresh_from_db()


def members(on: Cast) -> list[str]:
    """The logins of those who score."""
    return [seat.person.login for seat in scoring(seats_of(TENDER))]


def sheet(scores: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The same score on both criteria for each bidder."""
    by_provider = {bid.provider_id: bid.pk for bid in opened_bids(TENDER)}
    return {
        by_provider[uscc(login)]: {"quality": score, "outcome": score}
        for login, score in scores.items()
        if uscc(login) in by_provider
    }


SCORES = {"a": "90", "b": "60", "c": "70"}


def declare(on: Cast, login: str, ties: Mapping[str, str] | None = None) -> None:
    panel.declare(actor=on.actor(login), at=AFTER, tender_id=TENDER, ties=ties or {})


def score(on: Cast, login: str, scores: Mapping[str, str] = SCORES, **remarks: str) -> None:
    panel.submit_scores(
        actor=on.actor(login), at=AFTER, tender_id=TENDER, scores=sheet(scores), remarks=remarks
    )


def scored(on: Cast, scores: Mapping[str, str] = SCORES) -> None:
    """Declared and scored by all five, all alike, once the bids are open."""
    for login in members(on):
        declare(on, login)
        score(on, login, scores)


def decide(on: Cast, login: str = "signatory") -> Award:
    return award.decide(actor=on.actor(login), at=AFTER, tender_id=TENDER)


def announce(on: Cast, login: str = "clerk") -> None:
    award.announce(actor=on.actor(login), at=AFTER, tender_id=TENDER)
    on.tender.refresh_from_db()


def opened_cast() -> Cast:
    """Everybody, and three bids that are open."""
    made = cast()
    opened(made)
    return made


def scored_cast() -> Cast:
    """The same, with all scores in."""
    made = opened_cast()
    scored(made)
    return made


def refused(do: Callable[[], object]) -> Refused:
    """The refusal, which leaves no event behind."""
    before = Event.objects.count()
    with pytest.raises(Refused) as refusal:
        do()
    assert Event.objects.count() == before
    return refusal.value
