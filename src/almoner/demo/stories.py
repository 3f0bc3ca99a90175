"""What the demonstration city tells, and the findings that it must therefore give."""

import json
from dataclasses import asdict, dataclass
from datetime import date

from almoner.demo.agreements import LATE_BY
from almoner.demo.base import Row, Scale
from almoner.demo.cast import Cast
from almoner.demo.evaluation import Evaluation
from almoner.demo.money import parts
from almoner.demo.procurement import INFLATED_HOURS, Bids
from almoner.demo.voice import unanswered_due
from almoner.demo.world import APART, HARSH, Contract, World

Subject = tuple[str, str]  # table, id


@dataclass(frozen=True, order=True)
class Expected:
    """A finding that the catalogue must give. key = None where the rule has none."""

    code: str
    table: str
    id: str
    key: str | None = None


@dataclass(frozen=True)
class Story:
    """A story in both languages, and the rows in which it can be seen."""

    title_en: str
    title_zh: str
    text_en: str
    text_zh: str
    subjects: tuple[Subject, ...]


@dataclass(frozen=True)
class Manifest:
    """What was generated: rows by table, the stories, and every finding that must come out."""

    scale: Scale
    seed: int
    as_of: date
    counts: dict[str, int]
    findings: tuple[Expected, ...]
    stories: tuple[Story, ...]

    def to_json(self) -> str:
        """The manifest as a JSON text; the same for the same city."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, default=str) + "\n"


def inflated_bid(cast: Cast, bids: Bids) -> str:
    """The id of the bid whose hours cannot be worked."""
    tender = bids[cast.inflated.tender_id]
    return next(b.id for b in tender if b.direct_hours == INFLATED_HOURS)


def expected(
    world: World, cast: Cast, bids: Bids, made: list[Evaluation], complaints: list[Row]
) -> tuple[Expected, ...]:
    """Every finding that the stories give, sorted."""
    bid = inflated_bid(cast, bids)
    unanswered = next(c["id"] for c in complaints if c.get("contract_id") == cast.complaint.id)
    found = [
        Expected("O01", "contracts", cast.healthy_city.id),
        Expected("T05", "bids", bid),
        Expected("T06", "bids", bid),
        Expected("M01", "instalments", late_instalment(cast)),
        Expected("C02", "contracts", cast.late_notice.id),
        Expected("V03", "complaints", unanswered),
    ]
    if world.scale == "city":
        found += [
            Expected("E02", "evaluations", e.id)
            for e in made
            if e.agency == APART and e.reported is not None
        ]
        found.append(Expected("E03", "organisations", world.parties.agencies[HARSH].uscc))
    return tuple(sorted(found, key=lambda f: (f.code, f.table, f.id, f.key or "")))


def late_instalment(cast: Cast) -> str:
    """The composite id of the instalment that waited for its evaluation."""
    contract = cast.late_evaluation
    seq = next(p.seq for p in parts(contract, cast) if p.late)
    return f"{contract.id}/{seq}"


def stories(world: World, cast: Cast, bids: Bids) -> tuple[Story, ...]:
    """The stories of the documents, then what else can be noticed."""
    return (_large_provider(world), *_main(cast, bids), *_others(cast), *_agencies(world))


def _contract(contract: Contract) -> Subject:
    return "contracts", contract.id


def _large_provider(world: World) -> Story:
    provider = world.parties.providers[0]
    mine = [c for c in world.contracts if c.centre.provider == 0]
    centres = {c.centre.number for c in mine}
    districts = {c.centre.street.district for c in mine}
    agencies = {c.centre.agency for c in mine}
    return Story(
        "One provider, many evaluators",
        "一家机构，多家评估方",
        f"One provider runs {len(centres)} centres in {len(districts)} "
        f"district{'s' if len(districts) > 1 else ''} and answers to {len(agencies)} evaluation "
        "agencies.",
        f"一家机构在{len(districts)}个区运营{len(centres)}个中心，接受{len(agencies)}家评估机构的评估。",
        (("organisations", provider.uscc), *map(_contract, mine)),
    )


def _main(cast: Cast, bids: Bids) -> tuple[Story, ...]:
    bid = inflated_bid(cast, bids)
    return (
        Story(
            "Two months lost to “healthy city”",
            "“健康城市”占用两个月",
            "In September and October 2025 the centre's staff were sent on the “healthy city” "
            "campaign; their service records fell to a third and nobody paid for the extra work.",
            "2025年9月至10月，中心人员被派去做“健康城市”工作，服务记录降至约三分之一，额外工作无人付费。",
            (_contract(cast.healthy_city),),
        ),
        Story(
            "Hours that nobody can work",
            "无法完成的工时",
            "A losing bidder promised 23,957 direct hours with 14 staff, 12.64 % above what was "
            "asked: 1,711.2 hours a worker.",
            "一家落选机构以14名人员承诺23,957小时直接服务，超出要求12.64%，人均1,711.2小时。",
            (("bids", bid), ("tenders", cast.inflated.tender_id)),
        ),
        Story(
            "Paid late because the evaluation was late",
            "评估迟延导致付款迟延",
            "The mid-term report came in May instead of February, so the instalment due at the end "
            "of its month was paid weeks late.",
            "中期评估报告五月才提交，第二期款项因此迟付数周。",
            (("instalments", late_instalment(cast)), _contract(cast.late_evaluation)),
        ),
    )


def _others(cast: Cast) -> tuple[Story, ...]:
    due = unanswered_due()
    return (
        Story(
            "A contract published late",
            "合同公告迟延",
            f"The contract was published {LATE_BY} working days after it was signed; two are "
            "allowed.",
            f"合同签订后{LATE_BY}个工作日才公告，规定为2个工作日。",
            (_contract(cast.late_notice),),
        ),
        Story(
            "A complaint without an answer",
            "无人答复的投诉",
            f"A user's complaint was due to be answered by {due} and still waits.",
            f"一位服务对象的投诉应于{due}前答复，至今未答。",
            (_contract(cast.complaint),),
        ),
        Story(
            "Extra work that was paid",
            "付费的额外任务",
            "Work outside the contract was asked for, ruled a paid variation and added to the "
            "price with the provider's consent.",
            "合同外任务被裁定为付费变更，经机构同意计入合同金额。",
            (_contract(cast.variation),),
        ),
    )


def _agencies(world: World) -> tuple[Story, ...]:
    if world.scale != "city":
        return ()
    apart, harsh = world.parties.agencies[APART], world.parties.agencies[HARSH]
    return (
        Story(
            "An agency that cannot be compared",
            "无法比较的评估机构",
            "Six agencies share centres and can be compared; the seventh scores alone.",
            "六家评估机构有共同评估的中心，可以比较；第七家独自评分，无法比较。",
            (("organisations", apart.uscc),),
        ),
        Story(
            "An agency that marks harder",
            "评分偏严的评估机构",
            "One agency gives about six points of 100 less than the others for the same work.",
            "一家评估机构对同样的工作比其他机构约低六分。",
            (("organisations", harsh.uscc),),
        ),
    )
