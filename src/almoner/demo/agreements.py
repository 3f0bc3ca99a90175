"""Contracts, their changes, and work asked for outside their terms."""

from collections.abc import Iterator
from datetime import date, timedelta

from almoner.demo.base import AS_OF, YUAN, Row, on_or_after, rng, working_days_later
from almoner.demo.cast import MONTHS_LOST, Cast
from almoner.demo.evaluation import framework_id
from almoner.demo.procurement import Bids, winner
from almoner.demo.world import ITEM, Contract, World

VARIATION_FEN = 60_000 * YUAN  # 3 % of CNY 2m, and 1 % of three years
VARIATION_HOURS = 640
IMPOSED_HOURS = (1_180, 1_060)
LATE_BY = 9  # working days from signing to publication, where two are allowed


def published_on(contract: Contract, cast: Cast) -> date:
    """The day on which the contract was published."""
    if contract is cast.late_notice:
        return working_days_later(contract.when.signed, LATE_BY)
    return contract.when.contract_published


def contract_rows(world: World, bids: Bids, cast: Cast) -> Iterator[Row]:
    """The rows of CONTRACTS."""
    for c in world.contracts:
        yield {
            "id": c.id,
            "tender_id": c.tender_id,
            "bid_id": winner(bids[c.tender_id]).id,
            "purchaser_uscc": world.purchaser(c).uscc,
            "provider_uscc": world.provider(c).uscc,
            "supervisor_uscc": world.parties.civil[c.centre.street.district].uscc,
            "area_code": c.centre.street.code,
            "service_item": ITEM,
            "signed_on": c.when.signed,
            "published_on": published_on(c, cast),
            "filed_on": max(c.when.filed, published_on(c, cast)),
            "starts_on": c.starts_on,
            "ends_on": c.ends_on,
            "ended_on": c.ends_on if c.completed else None,
            "end_kind": "completed" if c.completed else None,
            "amount_fen": c.amount_fen,
            "staff": str(c.centre.staff),
            "framework_id": framework_id(c.centre.agency),
            "framework_version": c.version,
            "target_group": c.target_group,
        }


def change_rows(world: World, cast: Cast) -> Iterator[Row]:
    """The rows of CONTRACT_CHANGES: few, all agreed by the provider."""
    for c in world.contracts:
        chance = rng(world.seed, "change", c.id)
        made = on_or_after(c.starts_on + timedelta(chance.randrange(60, 240)))
        change = {
            "contract_id": c.id,
            "seq": 1,
            "made_on": made,
            "proposed_by_uscc": world.purchaser(c).uscc,
            "agreed_by_provider": True,
        }
        if c is cast.variation:
            yield change | {
                "kind": "amount",
                "made_on": variation_day(c),
                "amount_delta_fen": VARIATION_FEN,
                "detail": f"防灾宣传入户，{VARIATION_HOURS}小时 / door to door",
                "reason": "合同外任务，经批准付费 / work outside the contract, approved and paid",
            }
        elif chance.random() < 0.12:
            kind, detail, reason = chance.choice(CHANGES)
            yield change | {"kind": kind, "detail": detail, "reason": reason}


CHANGES = (
    (
        "target_group",
        "增加独居长者 / older people who live alone added",
        "需求调查结果 / found in the needs survey",
    ),
    (
        "workload",
        "部分兴趣小组改为专业小组，总时数不变 / some interest groups became professional groups",
        "居民意见 / asked for by residents",
    ),
    (
        "staff",
        "一名专业人员更换，总人数不变 / one named professional replaced",
        "人员离职 / a worker left",
    ),
)


def variation_day(contract: Contract) -> date:
    """The day on which the paid variation was agreed."""
    return on_or_after(contract.year_start(contract.years - 1) + timedelta(130))


def task_rows(world: World, cast: Cast) -> Iterator[Row]:
    """The rows of TASK_REQUESTS: one in three contracts was asked for something."""
    serial = 0
    for c in world.contracts:
        for row in _tasks(world, c, cast):
            serial += 1
            yield row | {
                "id": f"Q-{serial:04d}",
                "contract_id": c.id,
                "requested_by_uscc": world.purchaser(c).uscc,
            }


def _tasks(world: World, c: Contract, cast: Cast) -> Iterator[Row]:
    if c is cast.healthy_city:
        for first, hours in zip(MONTHS_LOST, IMPOSED_HOURS, strict=True):
            asked = on_or_after(first)
            yield {
                "requested_on": asked,
                "summary": "“健康城市”入户宣传与巡查 / “healthy city” leaflets and rounds",
                "hours": str(hours),
                "ruling": "imposed",
                "ruled_on": working_days_later(asked, 2),
            }
        return
    if c is cast.variation:
        asked = variation_day(c) - timedelta(20)
        yield {
            "requested_on": asked,
            "summary": "防灾宣传入户 / disaster prevention, door to door",
            "hours": str(VARIATION_HOURS),
            "ruling": "paid_variation",
            "ruled_on": variation_day(c),
        }
        return
    chance = rng(world.seed, "task", c.id)
    if chance.random() < 0.33:
        asked = on_or_after(c.starts_on + timedelta(chance.randrange(20, 350)))
        summary, ruling = chance.choice(TASKS)
        yield {
            "requested_on": asked,
            "summary": summary,
            "hours": str(chance.randrange(4, 90)),
            "ruling": ruling,
            "ruled_on": min(working_days_later(asked, chance.randrange(1, 5)), AS_OF),
        }


TASKS = (
    ("协助居民活动秩序 / help at a residents' event", "in_scope"),
    ("派发政策传单 / hand out leaflets", "refused"),
    ("节日慰问走访 / festival visits", "swapped"),
    ("协助数据核查 / help with checking lists", "refused"),
    ("垃圾分类宣传站 / stand on sorting waste", "swapped"),
)
