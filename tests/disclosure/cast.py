"""People, places and one contract for the tests of the portal. Everything is invented.

`stage()` makes the common ground; each other function adds one fact with sensible defaults, which
keyword arguments override. Ids are short on purpose: C-1, T-1, E-1.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from almoner.budget.models import Appropriation
from almoner.contracts.models import Commitment, Contract, ContractTerm, Instalment
from almoner.delivery.models import MonthlyDelivery
from almoner.directory.models import Framework, Indicator, ServiceItem
from almoner.evaluation.models import Evaluation, Rating
from almoner.parties.models import Area, Organisation
from almoner.tenders.models import Bid, Tender

TODAY = date(2026, 7, 1)
YUAN = 100
ITEM = "A0301"
SHANGHAI = timedelta(hours=8)


@dataclass(frozen=True)
class Stage:
    """What every story needs: three levels of places, five bodies, an item and a framework."""

    city: Area
    district: Area
    street: Area
    purchaser: Organisation
    provider: Organisation
    rival: Organisation
    agency: Organisation
    finance: Organisation
    item: ServiceItem
    framework: Framework


def at(day: str, hour: int = 9) -> datetime:
    """An hour of a day in Shanghai, as an instant in UTC."""
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00").replace(tzinfo=UTC) - SHANGHAI


def area(code: str, level: str, parent: Area | None, name_zh: str, name_en: str | None) -> Area:
    return Area.objects.create(
        code=code, level=level, parent=parent, name_zh=name_zh, name_en=name_en, population=30_000
    )


def organisation(uscc: str, kinds: str, name_zh: str, name_en: str | None, where: Area) -> Any:
    return Organisation.objects.create(
        uscc=uscc, kinds=kinds, name_zh=name_zh, name_en=name_en, area=where, status="active"
    )


def stage() -> Stage:
    """The common ground of a test, in the database."""
    city = area("4401", "city", None, "广州市", "Guangzhou")
    district = area("440106", "district", city, "天河区", "Tianhe District")
    street = area("440106001", "street", district, "五山街道", "Wushan Sub-district")
    framework = Framework.objects.create(
        code="F", version="2025", name="Core framework", valid_from=date(2025, 1, 1)
    )
    for code, parent, dimension, weight in (
        ("G1", None, "output", "0"),
        ("G2", None, "benefit", "0"),
        ("1.1", "G1", "output", "40"),
        ("1.2", "G1", "output", "20"),
        ("2.1", "G2", "benefit", "40"),
    ):
        Indicator.objects.create(
            framework=framework,
            code=code,
            parent_code=parent,
            name_zh=f"指标{code}",
            name_en=f"Indicator {code}",
            dimension=dimension,
            weight=Decimal(weight),
            min_score=Decimal(0),
            max_score=Decimal(10),
        )
    return Stage(
        city=city,
        district=district,
        street=street,
        purchaser=organisation(
            "11440106PURCHASER1", "purchaser", "五山街道办事处", "Wushan Office", street
        ),
        provider=organisation(
            "52440106PROVIDER01", "provider", "明心社会工作服务中心", "Mingxin Centre", district
        ),
        rival=organisation("52440106PROVIDER02", "provider", "同行社工", "Tongxing", district),
        agency=organisation("52440106EVALUATOR1", "evaluator", "评估中心", "Pinggu Agency", city),
        finance=organisation("11440106FINANCE001", "finance", "财政局", "Finance Bureau", district),
        item=ServiceItem.objects.create(
            code=ITEM,
            name_zh="家庭综合服务",
            name_en="Family services",
            kind="public_service",
            valid_from=date(2020, 1, 1),
        ),
        framework=framework,
    )


def tender(on: Stage, id: str = "T-1", **facts: Any) -> Tender:
    """An open tender, opened on 2025-11-25 at 9:00 in Shanghai unless told otherwise."""
    defaults: dict[str, Any] = {
        "purchaser": on.purchaser,
        "service_item": on.item.code,
        "area": on.street,
        "method": "open",
        "intention_published_on": date(2025, 9, 1),
        "published_at": at("2025-10-20"),
        "bid_deadline": at("2025-11-25"),
        "opened_at": at("2025-11-25"),
        "award_decided_on": date(2025, 11, 28),
        "award_published_on": date(2025, 12, 1),
        "ceiling_fen": 6_000_000 * YUAN,
        "required_direct_hours": Decimal("21268.8"),
    }
    return Tender.objects.create(id=id, **{**defaults, **facts})


def bid(on: Stage, to: Tender, id: str = "B-1", **facts: Any) -> Bid:
    defaults: dict[str, Any] = {
        "provider": on.provider,
        "submitted_at": at("2025-11-20"),
        "status": "valid",
        "price_fen": 5_900_000 * YUAN,
    }
    return Bid.objects.create(id=id, tender=to, **{**defaults, **facts})


def contract(on: Stage, id: str = "C-1", **facts: Any) -> Contract:
    """Three years from 2026-01-01 for CNY 5.9m, unless told otherwise."""
    defaults: dict[str, Any] = {
        "purchaser": on.purchaser,
        "provider": on.provider,
        "area": on.street,
        "service_item": on.item.code,
        "signed_on": date(2025, 12, 10),
        "published_on": date(2025, 12, 11),
        "filed_on": date(2025, 12, 12),
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2028, 12, 31),
        "amount_fen": 5_900_000 * YUAN,
        "staff": Decimal(20),
        "framework": on.framework,
        "target_group": "all_residents",
    }
    return Contract.objects.create(id=id, **{**defaults, **facts})


def term(of: Contract, code: str = "case", hours: str | None = "3360", **facts: Any) -> Any:
    """A direct term of case work unless told otherwise; hours None is unknown."""
    defaults = {"group": "direct", "type": "case_work", "formula": f"{hours or 'X'} hour"}
    return ContractTerm.objects.create(
        contract=of,
        code=code,
        hours=None if hours is None else Decimal(hours),
        **{**defaults, **facts},
    )


def month(of: ContractTerm, name: str, hours: int, people: int | None = 20) -> MonthlyDelivery:
    """A month of a term; `people` is how many stand behind it (None: nobody wrote it down)."""
    return MonthlyDelivery.objects.create(
        term=of,
        month=name,
        records=max(hours // 2, 1),
        minutes=hours * 60,
        participants=people,
        clients=0,
        largest_session=people,
    )


def instalment(of: Contract, seq: int, due_on: date, **facts: Any) -> Instalment:
    """CNY 1m due on a day; unpaid unless told otherwise."""
    return Instalment.objects.create(
        contract=of, seq=seq, due_on=due_on, **{"amount_fen": 1_000_000 * YUAN, **facts}
    )


def commitment(on: Stage, of: Contract, amount_fen: int, id: str = "A-1") -> Commitment:
    """Money of the district's budget of 2026 behind a contract."""
    appropriation = Appropriation.objects.create(
        id=id,
        fiscal_year=2026,
        payer=on.finance,
        level="district",
        source="budget",
        service_item=on.item.code,
        area=on.district,
        amount_fen=amount_fen,
    )
    return Commitment.objects.create(
        contract=of, appropriation=appropriation, amount_fen=amount_fen
    )


def evaluation(
    on: Stage,
    of: Contract,
    id: str = "E-1",
    scores: dict[str, str] | None = None,
    raters: tuple[str, ...] = ("R-1", "R-2"),
    **facts: Any,
) -> Evaluation:
    """A mid-term evaluation reported on 2026-06-20; each rater gives the same `scores` of 10."""
    defaults: dict[str, Any] = {
        "agency": on.agency,
        "commissioned_by_uscc": on.purchaser.uscc,
        "paid_by_uscc": on.finance.uscc,
        "framework": on.framework,
        "stage": "midterm",
        "period_from": date(2026, 1, 1),
        "period_to": date(2026, 5, 31),
        "assigned_on": date(2026, 6, 1),
        "reported_on": date(2026, 6, 20),
    }
    made = Evaluation.objects.create(id=id, contract=of, **{**defaults, **facts})
    for rater in raters:
        for code, score in (scores or {"1.1": "9", "1.2": "8", "2.1": "8.5"}).items():
            Rating.objects.create(
                evaluation=made,
                rater_id=rater,
                indicator_id=code,
                score=Decimal(score),
                evidence_count=3,
            )
    return made
