"""Compiled OCDS releases of made-up purchases of services, for the benchmark of red flags."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

SEED = 20261122
OCID, DRAWN = "ocds-almoner-", 100_000
BUYERS, NATIONWIDE, LOCAL = 2_000, 400, 40_000
METHODS = {
    "open": "Open tender",
    "selective": "Invited tender",
    "limited": "Competitive negotiation",
    "direct": "Single source",
}
SERVICES = {
    "85311100": "Welfare services for the elderly",
    "85311200": "Welfare services for the disabled",
    "85311300": "Welfare services for children and young people",
    "85312000": "Social work services without accommodation",
    "80490000": "Operation of an educational centre",
    "79998000": "Coaching services",
    "98133000": "Services furnished by social membership organisations",
    "92331210": "Animation services for children",
}
BID_STATUSES = ("valid",) * 16 + ("disqualified",) * 3 + ("withdrawn",)
PROSE = (
    "The provider assesses each resident, agrees on a plan, delivers it in the community, keeps a "
    "record of every visit and reports on quality and safeguarding each quarter. "
)


def write(path: Path, number: int) -> Path:
    """Write that many releases, one a line and about 4 kB each, unless the file is there."""
    if not path.exists():
        made = path.with_suffix(".new")
        with made.open("w", encoding="utf-8") as file:
            file.writelines(islice(_lines(), number))
        made.rename(path)
    return path


def _lines() -> Iterator[str]:
    """The same at every run: drawn from a fixed seed, then those over and over with new ids."""
    draw = random.Random(SEED)
    drawn = [
        json.dumps(_release(draw, f"{OCID}{number:08}"), separators=(",", ":")) + "\n"
        for number in range(DRAWN)
    ]
    for round_ in count():
        for line in drawn:
            yield line.replace(OCID, f"{OCID}{round_}-")


def _release(draw: random.Random, ocid: str) -> dict[str, Any]:
    start = datetime(2019, 1, 1, 9, tzinfo=UTC) + timedelta(hours=draw.randrange(50_000))
    end = start + timedelta(days=draw.choice((7, 10, 14, 15, 21, 30, 45)))
    method = draw.choices(tuple(METHODS), (55, 20, 15, 10))[0]
    estimate = round(draw.lognormvariate(12, 1), 2)
    buyer = _organization("GOV", draw.randrange(BUYERS), "Bureau of Civil Affairs")
    service = draw.choice(tuple(SERVICES.items()))
    bids = _bids(draw, ocid, end, estimate, 1 if method == "direct" else draw.randint(0, 7))
    tender = {
        "id": f"{ocid}-tender",
        "title": service[1],
        "description": PROSE * 2,
        "status": "cancelled" if draw.random() < 0.03 else "complete",
        "procuringEntity": buyer,
        "procurementMethod": method,
        "procurementMethodDetails": METHODS[method],
        "mainProcurementCategory": "services",
        "awardCriteria": draw.choice(("priceOnly", "ratedCriteria")),
        "value": _money(estimate),
        "tenderPeriod": {"startDate": _instant(start), "endDate": _instant(end)},
        "numberOfTenderers": len(bids),
        "items": [_item(service, 100, None)],
    }
    awards, contracts = _outcome(draw, ocid, end, bids, service)
    tenderers = [tenderer for bid in bids for tenderer in bid["tenderers"]]
    return {
        "ocid": ocid,
        "id": f"{ocid}-compiled",
        "date": _instant(end + timedelta(days=90)),
        "tag": ["compiled"],
        "initiationType": "tender",
        "language": "en",
        "parties": [_party(buyer, "buyer"), *(_party(one, "tenderer") for one in tenderers)],
        "buyer": buyer,
        "planning": {"budget": {"amount": _money(estimate), "description": "Plan of the year"}},
        "tender": tender,
        "bids": {"details": bids},
        "awards": awards,
        "contracts": contracts,
    }


def _bids(
    draw: random.Random, ocid: str, end: datetime, estimate: float, count: int
) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{ocid}-bid-{number}",
            "date": _instant(end - timedelta(minutes=draw.randrange(-60, 5_000))),
            "status": draw.choice(BID_STATUSES),
            "tenderers": [_tenderer(draw) for _ in range(draw.choices((1, 2), (98, 2))[0])],
            "value": _money(round(estimate * draw.uniform(0.8, 1.1), draw.choice((2, 2, 2, -3)))),
        }
        for number in range(count)
    ]


def _outcome(
    draw: random.Random,
    ocid: str,
    end: datetime,
    bids: list[dict[str, Any]],
    service: tuple[str, str],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The award to the lowest valid bid, and the contract upon it."""
    valid = [bid for bid in bids if bid["status"] == "valid"]
    if not valid:
        return [], []
    best = min(valid, key=lambda bid: bid["value"]["amount"])
    price, hours = best["value"], draw.randint(200, 4_000)
    award = {
        "id": f"{ocid}-award",
        "title": "Award",
        "date": _instant(end + timedelta(days=draw.randint(1, 60))),
        "status": draw.choices(("active", "cancelled", "pending"), (94, 3, 3))[0],
        "value": price,
        "suppliers": best["tenderers"],
        "relatedBid": best["id"],
        "items": [_item(service, hours, round(price["amount"] / hours, 2))],
    }
    signed = end + timedelta(days=draw.randint(20, 120))
    contract = {
        "id": f"{ocid}-contract",
        "awardID": award["id"],
        "status": "active",
        "dateSigned": _instant(signed),
        "value": _money(round(price["amount"] * draw.choice((1, 1, 1, 1.15)), 2)),
        "period": {
            "startDate": _instant(signed + timedelta(days=14)),
            "endDate": _instant(signed + timedelta(days=379)),
        },
        "implementation": {
            "transactions": [
                {
                    "id": f"{ocid}-payment-{quarter}",
                    "date": _instant(signed + timedelta(days=90 * quarter)),
                    "value": _money(round(price["amount"] / 4, 2)),
                }
                for quarter in range(draw.randint(0, 4))
            ]
        },
    }
    return [award], [contract]


def _tenderer(draw: random.Random) -> dict[str, str]:
    """An association: often one that bids everywhere, else one of the many local ones."""
    range_of = (0, NATIONWIDE) if draw.random() < 0.4 else (NATIONWIDE, LOCAL)
    return _organization("NGO", draw.randrange(*range_of), "Community Service Association")


def _organization(scheme: str, number: int, name: str) -> dict[str, str]:
    return {"id": f"XX-{scheme}-{number:06}", "name": f"{name} {number:06}"}


def _party(organization: dict[str, str], role: str) -> dict[str, Any]:
    scheme, _, number = organization["id"].rpartition("-")
    return {
        **organization,
        "identifier": {"scheme": scheme, "id": number, "legalName": organization["name"]},
        "address": {"region": "Region", "countryName": "XX"},
        "roles": [role],
    }


def _item(service: tuple[str, str], quantity: int, price: float | None) -> dict[str, Any]:
    code, title = service
    unit = {"name": "service hour"} | ({} if price is None else {"value": _money(price)})
    return {
        "id": "1",
        "description": title,
        "classification": {"scheme": "CPV", "id": code, "description": title},
        "quantity": quantity,
        "unit": unit,
    }


def _money(amount: float) -> dict[str, Any]:
    return {"amount": amount, "currency": "USD"}


def _instant(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
