"""The draft that a clerk starts from: Table 1 of document S3, and usual award criteria."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from almoner.rules.money import fen_to_yuan
from almoner.rules.tender import suggested_staff

# code, group, type, name, formula; {staff} is the number of professionals.
TABLE_ONE = (
    (
        *("01", "direct", "case_work", "专业个案 / Professional case work"),
        "8 case/staff * 5 session/case * 6 hour/session * {staff} staff",
    ),
    (
        *("02", "direct", "group_work", "兴趣小组 / Interest group"),
        "42 session/staff * 5 hour/session * {staff} staff",
    ),
    (
        *("03", "direct", "group_work", "专业小组 / Professional group"),
        "42 session/staff * 9 hour/session * {staff} staff",
    ),
    (
        *("04", "direct", "community_work", "调研报告 / Survey report"),
        "4 hour/report/staff * {staff} staff * 48 report",
    ),
    (
        *("05", "direct", "home_visit", "家庭探访 / Home visit"),
        "2 hour/household/staff * 240 household * {staff} staff",
    ),
    (
        *("06", "direct", "community_work", "社区活动 / Community activity"),
        "0.4 hour/week/staff * 48 week * {staff} staff",
    ),
    (
        *("07", "indirect", "training", "专业培训 / Professional training"),
        "72 hour/staff * {staff} staff",
    ),
    ("08", "indirect", "case_enquiry", "个案咨询 / Case enquiries", "X hour"),
    (
        *("09", "indirect", "volunteer", "志愿服务 / Volunteers"),
        "0.005 * population person * 1 hour/person",
    ),
)
CRITERIA = (
    ("1", "price", "价格 / Price", "20"),
    ("2", "quality", "服务方案 / Service plan", "30"),
    ("3", "outcome", "服务成效 / Outcomes for users", "25"),
    ("4", "staffing", "人员配备 / Staff", "15"),
    ("5", "experience", "以往业绩 / Verified past work", "10"),
)
PANEL = "5"
DAYS_TO_BID = 22
DAYS_TO_SIGN = 40


def table_one(staff: int) -> list[dict[str, str]]:
    """The workload lines of Table 1 for so many professionals."""
    return [
        {
            "code": code,
            "group": group,
            "type": kind,
            "category": name,
            "formula": formula.format(staff=staff),
        }
        for code, group, kind, name, formula in TABLE_ONE
    ]


def criteria() -> list[dict[str, str]]:
    """Award criteria that add up to 100, with price and outcomes among them."""
    return [
        {"code": code, "kind": kind, "name": name, "weight": weight}
        for code, kind, name, weight in CRITERIA
    ]


def prefilled(
    *,
    today: date,
    ceiling_fen: int,
    item: Mapping[str, str],
    area: Mapping[str, str],
) -> dict[str, Any]:
    """The content of a new draft for one contract year; `item`, `area`: code, name_en, name_zh.

    Bids are due at 17:00 a little more than the shortest time from now, and the contract begins on
    the first day of the month after the time that an award takes.
    """
    deadline = today + timedelta(days=DAYS_TO_BID)
    signed = deadline + timedelta(days=DAYS_TO_SIGN)
    starts = date(signed.year + signed.month // 12, signed.month % 12 + 1, 1)
    _staff, professionals = suggested_staff(ceiling_fen)
    workers = max(professionals, 1)
    return {
        "title_en": f"{item['name_en'] or item['name_zh']}, {area['name_en'] or area['name_zh']}",
        "title_zh": f"{area['name_zh']}{item['name_zh']}",
        "specification": "",
        "target_group": "both",
        "service_item": item["code"],
        "area": area["code"],
        "method": "open",
        "starts_on": starts.isoformat(),
        "ends_on": (date(starts.year + 1, starts.month, 1) - timedelta(days=1)).isoformat(),
        "bid_deadline": f"{deadline.isoformat()}T17:00",
        "ceiling": f"{fen_to_yuan(ceiling_fen):f}".removesuffix(".00"),
        "staff": str(workers),
        "terms": table_one(workers),
        "criteria": criteria(),
        "panel_size": PANEL,
        "appropriations": [],
        "framework": "",
        "supervisor": "",
        "conditions": [],
        "needs": [],
        "reasons": {},
    }
