"""Indicators of the Open Contracting guide to red flags (2024) that fit services.

The guide names what to look for and in which fields; where it leaves a limit open, the one chosen
stands in the catalogue as the default of a setting, and docs/flags.md says so. A check notes the
facts of one process, or returns what it lacked; `almoner.flags.guide_results` compares them.
"""

import math
from collections.abc import Callable, Iterator

from almoner.flags.columns import NOT_SUBMITTED
from almoner.flags.release import (
    LEAST,
    Bids,
    Contract,
    Document,
    FullAward,
    FullItem,
    FullRelease,
    FullTender,
    Reference,
    Value,
)
from almoner.flags.settings import Settings
from almoner.flags.tally import Tally

# Of the codelist awardCriteria: what else stands there says nothing of how a tender is judged.
BY_PRICE = frozenset({"priceOnly", "costOnly", "lowestCost", "singleBidOnly"})
DISCRETIONARY = frozenset({"qualityOnly", "ratedCriteria", "bestProposal", "bestValueToGovernment"})
COMPLETION = frozenset({"completionCertificate", "physicalProgressReport", "finalAudit"})
COMPETITIVE = frozenset({"open", "selective"})


class Guide:
    """Notes what the guide's indicators need of each process, in the rows of a tally."""

    def __init__(self, settings: Settings, tally: Tally) -> None:
        self.rows = tally.rows
        self.digits = {
            code: int(settings.number(code, "digits")) for code in ("R019", "R050", "R051")
        }
        checks: dict[str, Callable[[FullRelease], str | None]] = {
            "R001": self._planning,
            "R002": self._value,
            "R017": self._unit_prices,
            "R019": self._bidders,
            "R021": self._criteria,
            "R040": self._share_of_buyer,
            "R050": self._market,
            "R051": self._market_as_well,
            "R064": self._modifications,
            "R068": self._payments,
            "R073": self._completion,
        }
        self.missing = tally.missing
        self.checks = {code: check for code, check in checks.items() if code in settings.codes}

    def note(self, release: FullRelease) -> None:
        """Note the facts of a process."""
        for code, check in self.checks.items():
            if (lacked := check(release)) is not None:
                self.missing[code][lacked] += 1

    def _planning(self, release: FullRelease) -> str | None:
        """R001: how many documents of planning are published."""
        documents = release.planning.documents if release.planning is not None else None
        typed = [one for one in documents or () if one.document_type is not None]
        self.rows["R001"].append((release.ocid, len(typed)))
        return None

    def _value(self, release: FullRelease) -> str | None:
        """R002: the value of the tender, to be held against the threshold of the settings."""
        if (money := known(_tender(release).value)) is None:
            return "tender.value.amount and currency"
        self.rows["R002"].append((release.ocid, *money))
        return None

    def _unit_prices(self, release: FullRelease) -> str | None:
        """R017: the price of a unit of each item awarded, by class, unit and currency."""
        found = None
        for award in active(release):
            for item in award.items or ():
                unit, what = item.unit, item.classification
                if unit is None or what is None or what.id is None:
                    continue
                if (money := known(unit.value)) is not None and money[0] > 0:
                    kind = what.scheme or "", what.id, unit.name or "", money[1]
                    self.rows["R017"].append((release.ocid, kind, money[0], item.id))
                    found = True
        return None if found else "awards.items.unit.value and classification.id"

    def _bidders(self, release: FullRelease) -> str | None:
        """R019: how many tenderers a competitive process of an entity for a class of items had."""
        tender = _tender(release)
        if tender.procurement_method not in COMPETITIVE:
            return "an open or selective procurement method"
        entity = _id(tender.procuring_entity) or _id(release.buyer)
        number = tender.number_of_tenderers
        if number is None:
            number = _count_tenderers(release.bids)
        classes = set(_classes(tender.items, self.digits["R019"]))
        if entity is None or number is None or not classes:
            return "tender.procuringEntity.id, items.classification.id and numberOfTenderers"
        for one in classes:
            self.rows["R019"].append((one, entity, number))
        return None

    def _criteria(self, release: FullRelease) -> str | None:
        """R021: whether a buyer's tender is judged by more than its price."""
        criteria = _tender(release).award_criteria
        known = criteria in BY_PRICE or criteria in DISCRETIONARY
        if not known or release.buyer is None or release.buyer.id is None:
            return "tender.awardCriteria of the codelist, and buyer.id"
        self.rows["R021"].append((release.buyer.id, criteria in DISCRETIONARY))
        return None

    def _share_of_buyer(self, release: FullRelease) -> str | None:
        """R040: which suppliers a buyer's awards went to; each supplier of a consortium counts."""
        if release.buyer is None or release.buyer.id is None:
            return "buyer.id"
        noted = False
        for place, award in enumerate(active(release)):
            for supplier in _suppliers(award):
                self.rows["R040"].append((release.buyer.id, supplier, release.ocid, place))
                noted = True
        return None if noted else "active awards with suppliers.id"

    def _market(self, release: FullRelease) -> str | None:
        """R050: what was awarded to whom in each market, a class of items in one currency."""
        return self._awarded("R050", release)

    def _market_as_well(self, release: FullRelease) -> str | None:
        return self._awarded("R051", release)

    def _awarded(self, code: str, release: FullRelease) -> str | None:
        """An award of items of several classes, or to a consortium, is divided equally."""
        noted = False
        for award in active(release):
            money, suppliers = known(award.value), _suppliers(award)
            items = award.items or _tender(release).items
            classes = sorted(set(_classes(items, self.digits[code])))
            if money is None or money[0] <= 0 or not suppliers or not classes:
                continue
            noted = True
            part = money[0] / len(suppliers) / len(classes)
            for one in classes:
                for supplier in suppliers:
                    self.rows[code].append((one, money[1], supplier, part))
        return None if noted else "active awards with suppliers, a value and classified items"

    def _modifications(self, release: FullRelease) -> str | None:
        """R064: the amendments of each contract, and whether any are published, be it none."""
        if not release.contracts:
            return "contracts"
        published = any(contract.amendments is not None for contract in release.contracts)
        amended = [
            {"contract": contract.id, "amendments": len(contract.amendments)}
            for contract in release.contracts
            if contract.amendments
        ]
        self.rows["R064"].append((release.ocid, amended, published))
        return None

    def _payments(self, release: FullRelease) -> str | None:
        """R068: contracts on which more was paid than they are worth."""
        found = False
        for contract in release.contracts or ():
            value, paid = known(contract.value), _paid(contract)
            if value is None or value[0] <= 0 or paid is None:
                continue
            found = True
            # To the cent: sums of decimal amounts are not exact in floating point.
            if round(paid - value[0], 2) > 0:
                evidence = {"contract": contract.id, "paid": paid, "value": value[0]}
                self.rows["R068"].append((release.ocid, paid / value[0], evidence))
        return None if found else "contracts.value and transactions or finalValue in its currency"

    def _completion(self, release: FullRelease) -> str | None:
        """R073: ended contracts without a document that tells what was done."""
        ended = [one for one in release.contracts or () if one.status == "terminated"]
        if not ended:
            return "contracts.status terminated"
        for contract in ended:
            kinds = {one.document_type for one in _documents(contract)}
            self.rows["R073"].append((release.ocid, contract.id, bool(kinds & COMPLETION)))
        return None


def active(release: FullRelease) -> Iterator[FullAward]:
    """The awards in force."""
    return (award for award in release.awards or () if award.status == "active")


def known(value: Value | None) -> tuple[float, str] | None:
    """An amount with its currency, None where either is not known."""
    if value is None or value.amount is None or value.currency is None:
        return None
    return value.amount if abs(value.amount) >= LEAST else 0.0, value.currency


def _tender(release: FullRelease) -> FullTender:
    return release.tender or FullTender()


def _id(organization: Reference | None) -> str | None:
    return organization.id if organization is not None else None


def _suppliers(award: FullAward) -> list[str]:
    return sorted({one.id for one in award.suppliers or () if one.id is not None})


def _classes(items: tuple[FullItem, ...] | None, digits: int) -> Iterator[str]:
    for item in items or ():
        if item.classification is not None and item.classification.id is not None:
            yield item.classification.id[:digits]


def _count_tenderers(bids: Bids | None) -> int | None:
    """How many submitted bids, counted as in R018; None where nobody did."""
    submitted = [
        frozenset([one.id for one in bid.tenderers or () if one.id is not None])
        for bid in (bids and bids.details) or ()
        if bid.status is not None and bid.status not in NOT_SUBMITTED
    ]
    known = set(filter(None, submitted))
    return len(known) + submitted.count(frozenset()) if submitted else None


def _documents(contract: Contract) -> tuple[Document, ...]:
    implementation = contract.implementation
    return (implementation.documents if implementation is not None else None) or ()


def _paid(contract: Contract) -> float | None:
    """The final value of a contract, else the sum of its transactions, in its own currency."""
    implementation, value = contract.implementation, known(contract.value)
    if implementation is None or value is None:
        return None
    final = known(implementation.final_value)
    if final is not None and final[1] == value[1]:
        return final[0]
    payments = [known(one.value) for one in implementation.transactions or ()]
    if not payments or any(one is None or one[1] != value[1] for one in payments):
        return None
    return math.fsum(one[0] for one in payments if one is not None)
