"""An award that waits for its contract, and the people who make one. Everything is invented."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tests.disclosure.cast import YUAN, Stage, at, bid, stage, tender

from almoner.accounts.models import Person
from almoner.accounts.operations import add_person, grant_role
from almoner.budget.models import Appropriation
from almoner.budget.operations import appropriation, post
from almoner.contracts.models import ContractFile
from almoner.contracts.operations import drafting, signing
from almoner.contracts.queries.files import fingerprint
from almoner.rules.roles import Actor, Held, Role
from almoner.tenders.models import Bid, BidScore, Criterion, Tender, TenderFile

PRICE = 6_000_000 * YUAN
NOW = at("2025-12-10")
AWARDED = date(2025, 12, 1)
CONTENT: dict[str, Any] = {
    "title_en": "Family services in Wushan",
    "title_zh": "五山街道家庭综合服务",
    "specification": "Help for families near where they live. 就近帮助家庭。",
    "target_group": "both",
    "service_item": "A0301",
    "area": "440106001",
    "method": "open",
    "starts_on": "2026-01-01",
    "ends_on": "2028-12-31",
    "bid_deadline": "2025-11-25T09:00",
    "ceiling": "6100000",
    "staff": "20",
    "panel_size": "5",
    "appropriations": ["A-1", "A-2"],
    "framework": "F|2025",
    "conditions": ["fixed_content", "continuous", "secured_funds", "stable_price"],
    "terms": [
        {
            "code": "case",
            "group": "direct",
            "type": "case_work",
            "category": "",
            "formula": "8 case/worker * 5 session/case * 6 hour/session * 14 worker",
        },
        {
            "code": "enquiry",
            "group": "indirect",
            "type": "case_enquiry",
            "category": "",
            "formula": "X hour",
        },
    ],
    "criteria": [
        {"code": "price", "name": "Price", "kind": "price", "weight": "10"},
        {"code": "outcome", "name": "Outcome", "kind": "outcome", "weight": "90"},
    ],
}


@dataclass(frozen=True)
class Award:
    """A stage with an announced award, its winning bid, and the money that is there."""

    on: Stage
    tender: Tender
    bid: Bid
    budgets: tuple[Appropriation, ...]


def award(left_fen: int = PRICE, **facts: Any) -> Award:
    """Two bids, of which the dearer one won; CNY 6m in two budgets unless told otherwise."""
    on = stage()
    made = tender(on, award_published_on=AWARDED, **facts)
    TenderFile.objects.create(
        id=made.pk,
        purchaser=on.purchaser,
        content=CONTENT,
        saved_by="clerk",
        saved_at=at("2025-10-01"),
        submitted_at=at("2025-10-02"),
        tender=made,
    )
    for code, kind, weight in (("price", "price", 10), ("outcome", "outcome", 90)):
        Criterion.objects.create(tender=made, code=code, kind=kind, weight=Decimal(weight))
    won = bid(on, made, price_fen=PRICE, staff=Decimal(20))
    lost = bid(on, made, "B-2", provider=on.rival, price_fen=PRICE - 100_000 * YUAN)
    third = bid(on, made, "B-3", provider=on.agency, price_fen=PRICE)
    for one, points in ((won, 90), (lost, 60), (third, 50)):
        for criterion in ("price", "outcome"):
            for panellist in ("P-1", "P-2", "P-3", "P-4", "P-5"):
                BidScore.objects.create(
                    bid=one,
                    panellist_id=panellist,
                    criterion_id=criterion,
                    score=Decimal(points),
                )
    parts = (left_fen // 2, left_fen - left_fen // 2)
    budgets = tuple(
        Appropriation.objects.create(
            id=f"A-{number}",
            fiscal_year=2025 + number,
            payer=on.finance,
            level="district",
            source="budget",
            area=on.district,
            amount_fen=fen,
        )
        for number, fen in enumerate(parts, start=1)
    )
    post((appropriation(row) for row in budgets), at("2025-01-02"))
    return Award(on, made, won, budgets)


PURCHASER, PROVIDER, RIVAL = (
    "11440106PURCHASER1",
    "52440106PROVIDER01",
    "52440106PROVIDER02",
)


def actor(login: str, *roles: Role, body: str | None) -> Actor:
    return Actor(login, tuple(Held(role, body) for role in roles))


CLERK = actor("clerk", Role.PURCHASER_CLERK, body=PURCHASER)
CLERK2 = actor("clerk2", Role.PURCHASER_CLERK, body=PURCHASER)
SIGNATORY = actor("signatory", Role.PURCHASER_SIGNATORY, body=PURCHASER)
SIGNATORY2 = actor("signatory2", Role.PURCHASER_SIGNATORY, body=PURCHASER)
DIRECTOR = actor("director", Role.PROVIDER_DIRECTOR, body=PROVIDER)
DIRECTOR2 = actor("director2", Role.PROVIDER_DIRECTOR, body=RIVAL)
AUDITOR = actor("auditor", Role.AUDITOR, body=None)


def drafted(of: Award) -> ContractFile:
    """A draft of the award's contract."""
    return drafting.draft(actor=CLERK, at=NOW, tender_id=of.tender.pk)


def now(file: ContractFile) -> ContractFile:
    """The file as it is in the database."""
    return ContractFile.objects.get(pk=file.pk)


def settled(of: Award) -> ContractFile:
    """Drafted, offered, and agreed to by the provider."""
    file = drafted(of)
    shown = drafting.offer(actor=CLERK, at=NOW, contract_id=file.pk)
    drafting.settle(actor=DIRECTOR, at=NOW, contract_id=file.pk, sha256=shown)
    return now(file)


def signed(of: Award) -> ContractFile:
    """The same, and signed by the provider."""
    file = settled(of)
    signing.sign(actor=DIRECTOR, at=NOW, contract_id=file.pk, sha256=fingerprint(file))
    return now(file)


def concluded(of: Award, when: datetime = NOW) -> ContractFile:
    """The same, and signed by the purchaser."""
    file = signed(of)
    signing.countersign(actor=SIGNATORY, at=when, contract_id=file.pk, sha256=fingerprint(file))
    return now(file)


def person(login: str, role: Role, body: str | None) -> Person:
    """Somebody who signs in."""
    found = Person.objects.filter(login=login).first()
    if found is None:
        found = add_person(
            actor="t", at=NOW, login=login, name_zh=f"某{login}", name_en=login, password=None
        )
    grant_role(
        actor="t",
        at=NOW,
        person=found,
        role=role,
        organisation_uscc=body,
        from_on=date(2020, 1, 1),
    )
    return found
