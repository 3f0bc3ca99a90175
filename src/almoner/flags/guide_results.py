"""From the rows that the guide's indicators noted to their results."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from statistics import median
from typing import Any

from almoner.flags.fences import beyond, quantile
from almoner.flags.settings import Settings
from almoner.flags.tally import Finding

Rows = list[tuple[Any, ...]]


class GuideResults:
    """Compares the rows.

    `unmet` tells of indicators that the file as a whole lacks fields for, `unlike` what the rows
    that cannot be compared with the others would need, and how many these are; both by code.
    """

    def __init__(
        self, rows: defaultdict[str, Rows], settings: Settings, currency: str | None
    ) -> None:
        self.rows = rows
        self.settings = settings
        self.currency = currency
        self.unmet: dict[str, str] = {}
        self.unlike: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def findings(self) -> Iterator[Finding]:
        """The results of every indicator of the guide that is counted."""
        finishers: dict[str, Callable[[Rows], Iterator[Finding]]] = {
            "R001": self._planning,
            "R002": self._threshold,
            "R017": self._unit_prices,
            "R019": self._bidders,
            "R021": self._criteria,
            "R040": self._share_of_buyer,
            "R050": self._market_share,
            "R051": self._concentration,
            "R064": self._modifications,
            "R068": self._payments,
            "R073": self._completion,
        }
        for code, finish in finishers.items():
            if code in self.settings.codes and (rows := self.rows[code]):
                yield from _of_one_value(finish(rows), min if code == "R019" else max)

    def _planning(self, rows: Rows) -> Iterator[Finding]:
        """R001: no document of planning, in a file in which others have some."""
        if not any(documents for _, documents in rows):
            self.unmet["R001"] = "planning.documents.documentType, which no process has"
            return
        for ocid, documents in rows:
            if not documents:
                yield "R001", "OCID", ocid, 1.0, None

    def _threshold(self, rows: Rows) -> Iterator[Finding]:
        """R002: below the threshold by at most the margin; the value is the share of it."""
        threshold = self.settings.limit("R002", "threshold")
        if threshold is None or threshold <= 0:
            self.unmet["R002"] = "the setting threshold of R002, an amount"
            return
        # Decimal limits are not exact in floating point: 13 x (1 - 0.1) is a little more than 11.7.
        least = round(threshold * (1 - self.settings.number("R002", "margin")), 6)
        amounts = Counter(currency for _, _, currency in rows)
        usual = self.currency or min(amounts, key=lambda one: (-amounts[one], one))
        for ocid, amount, currency in rows:
            if currency != usual:
                self.unlike["R002"][f"tender.value in {usual}"] += 1
            elif least <= amount < threshold:
                evidence = {"amount": amount, "currency": currency, "limit": threshold}
                yield "R002", "OCID", ocid, amount / threshold, evidence

    def _unit_prices(self, rows: Rows) -> Iterator[Finding]:
        """R017: beyond a fence of the prices of its kind; the value is in medians of these."""
        kinds: defaultdict[tuple[str, ...], Rows] = defaultdict(list)
        for row in rows:
            kinds[row[1]].append(row)
        least = self.settings.number("R017", "minimum_items")
        for kind, items in kinds.items():
            prices = sorted(price for _, _, price, _ in items)
            if len(prices) < least:
                continue
            low, high = quantile(prices, 0.25), quantile(prices, 0.75)
            lower, upper = beyond(low, high - low, -1.5), beyond(high, high - low, 1.5)
            usual = median(prices)
            for ocid, _, price, item in items:
                if price < lower or price > upper:
                    evidence = {"item": item, "class": kind[1], "unit": kind[2], "price": price}
                    evidence |= {"currency": kind[3], "fences": [lower, upper], "median": usual}
                    yield "R017", "OCID", ocid, price / usual, evidence

    def _bidders(self, rows: Rows) -> Iterator[Finding]:
        """R019: an entity's average for a class is at most the lower fence of all entities'."""
        numbers: defaultdict[str, defaultdict[str, list[int]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for one, entity, number in rows:
            numbers[one][entity].append(number)
        least = self.settings.number("R019", "minimum_contracting_processes")
        entities = self.settings.number("R019", "minimum_entities")
        for one, by_entity in sorted(numbers.items()):
            averages = {
                entity: sum(counts) / len(counts)
                for entity, counts in by_entity.items()
                if len(counts) >= least
            }
            if len(averages) < entities:
                continue
            ordered = sorted(averages.values())
            low, high = quantile(ordered, 0.25), quantile(ordered, 0.75)
            fence = beyond(low, high - low, -1.5)
            for entity, average in averages.items():
                if average <= fence and average < low:
                    evidence = {"class": one, "processes": len(by_entity[entity]), "limit": fence}
                    evidence["average"] = average
                    yield "R019", "ProcuringEntity", entity, average, evidence

    def _criteria(self, rows: Rows) -> Iterator[Finding]:
        """R021: a buyer's share of tenders judged by more than price is at least the fence."""
        tenders: Counter[str] = Counter(buyer for buyer, _ in rows)
        judged: Counter[str] = Counter(buyer for buyer, discretionary in rows if discretionary)
        least = self.settings.number("R021", "minimum_contracting_processes")
        shares = {buyer: judged[buyer] / n for buyer, n in tenders.items() if n >= least}
        if not shares:
            return
        fence, usual = self.settings.limit("R021", "threshold"), 0.0
        if fence is None:
            ordered = sorted(shares.values())
            low, high = quantile(ordered, 0.25), quantile(ordered, 0.75)
            # Where all do alike none stands out.
            fence, usual = beyond(high, high - low, 1.5), ordered[0]
        for buyer, share in shares.items():
            if share >= fence and share > usual:
                evidence = {"discretionary": judged[buyer], "tenders": tenders[buyer]}
                yield "R021", "Buyer", buyer, share, {**evidence, "limit": fence}

    def _share_of_buyer(self, rows: Rows) -> Iterator[Finding]:
        """R040: a supplier's share of a buyer's awards is at least the threshold."""
        awards = Counter(buyer for buyer, _ in {(buyer, (ocid, n)) for buyer, _, ocid, n in rows})
        won = Counter((supplier, buyer) for buyer, supplier, _, _ in rows)
        threshold = self.settings.number("R040", "threshold")
        least = self.settings.number("R040", "minimum_awards")
        for (supplier, buyer), count in won.items():
            share = count / awards[buyer]
            if awards[buyer] >= least and share >= threshold:
                evidence = {"buyer": buyer, "won": count, "awards": awards[buyer]}
                evidence |= {"share": share, "limit": threshold}
                yield "R040", "Tenderer", supplier, share, evidence

    def _markets(self, code: str, rows: Rows) -> Iterator[tuple[str, dict[str, float]]]:
        """Each market with enough suppliers, and the share of each of these in it."""
        amounts: defaultdict[tuple[str, str], defaultdict[str, list[float]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for one, currency, supplier, amount in rows:
            amounts[one, currency][supplier].append(amount)
        least = self.settings.number(code, "minimum_suppliers")
        for (one, currency), by_supplier in sorted(amounts.items()):
            if len(by_supplier) >= least:
                sums = {supplier: math.fsum(paid) for supplier, paid in by_supplier.items()}
                whole = math.fsum(sums.values())
                yield f"{one} {currency}", {key: paid / whole for key, paid in sums.items()}

    def _market_share(self, rows: Rows) -> Iterator[Finding]:
        """R050: a supplier's share of a market, by value, is at least the threshold."""
        threshold = self.settings.number("R050", "threshold")
        for market, shares in self._markets("R050", rows):
            for supplier, share in shares.items():
                if share >= threshold:
                    evidence = {"market": market, "share": share, "limit": threshold}
                    yield "R050", "Tenderer", supplier, share, evidence

    def _concentration(self, rows: Rows) -> Iterator[Finding]:
        """R051: the sum of squared shares (Herfindahl and Hirschman) is at least the threshold."""
        threshold = self.settings.number("R051", "threshold")
        for market, shares in self._markets("R051", rows):
            index = math.fsum(share * share for share in shares.values())
            if index >= threshold:
                evidence = {"suppliers": len(shares), "limit": threshold}
                yield "R051", "Market", market, index, evidence

    def _modifications(self, rows: Rows) -> Iterator[Finding]:
        """R064: how many amendments a process's contracts have, in a file that tells of some."""
        if not any(published for _, _, published in rows):
            self.unmet["R064"] = "contracts.amendments, which no contract has"
        for ocid, amended, _ in rows:
            if amended:
                number = float(sum(contract["amendments"] for contract in amended))
                yield "R064", "OCID", ocid, number, {"contracts": amended}

    def _payments(self, rows: Rows) -> Iterator[Finding]:
        """R068: what was paid on a contract, as a share of its value."""
        for ocid, ratio, evidence in rows:
            yield "R068", "OCID", ocid, ratio, evidence

    def _completion(self, rows: Rows) -> Iterator[Finding]:
        """R073: how many ended contracts lack such a document, in a file in which some have it."""
        if not any(told for _, _, told in rows):
            self.unmet["R073"] = "contracts.implementation.documents, which no ended contract has"
            return
        lacking = Counter(ocid for ocid, _, told in rows if not told)
        for ocid, contract, told in rows:
            if not told:
                yield "R073", "OCID", ocid, float(lacking[ocid]), {"contract": contract}


def _of_one_value(
    found: Iterable[Finding], worst: Callable[[float, float], float]
) -> list[Finding]:
    """The findings of an indicator, each with the worst value of its process or organization."""
    findings, values = list(found), dict[str, float]()
    for _, _, key, value, _ in findings:
        values[key] = worst(value, values.get(key, value))
    return [(code, of, key, values[key], shown) for code, of, key, _, shown in findings]
