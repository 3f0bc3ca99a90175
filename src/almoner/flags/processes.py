"""Cardinal's indicators, as far as they can be told from one contracting process by itself.

The definitions follow Cardinal's documentation (Open Contracting Partnership); docs/flags.md lists
them, and where the answers differ from Cardinal's. Each check returns what it lacked, or None.
"""

from collections.abc import Callable, Iterable

from almoner.flags.guide import Guide
from almoner.flags.process import (
    NO_ACTIVE,
    NO_AWARDS,
    NO_BIDS,
    NO_CLASSES,
    NO_END,
    NO_INSTANTS,
    NO_OFFERS,
    NO_PAIR,
    NO_PRICES,
    NO_TENDER,
    NO_VALID,
    Offer,
    Process,
    count_tenderers,
    difference,
    ids,
    instant,
    is_after,
    shown,
)
from almoner.flags.release import Bid, Release
from almoner.flags.settings import Settings
from almoner.flags.tally import Evidence, Tally

NO_METHOD = "tender.procurementMethod among those counted"
NO_COMPARISON = "a method by which prices are compared"
SETTLED_EVERY, TOGETHER = 10_000, 32
Check = Callable[[Process], str | None]


class Processes:
    """Counts one process after the other into a tally."""

    def __init__(self, settings: Settings, evidence: bool) -> None:
        self.settings = settings
        self.evidence = evidence
        self.tally = Tally()
        self.waiting: list[Process] = []
        checks: dict[tuple[str, ...], Check] = {
            ("R003",): self._short_period,
            ("R018",): self._single_bid,
            ("R024", "R058"): self._difference,
            ("R025",): self._unsuccessful,
            ("R028",): self._identical_prices,
            ("R030",): self._late_bid,
            ("R035",): self._others_disqualified,
            ("R036",): self._lowest_disqualified,
            ("R038",): self._disqualified,
            ("R048",): self._heterogeneous,
        }
        self.checks = [
            (wanted[0], check)
            for codes, check in checks.items()
            if (wanted := [code for code in codes if code in settings.codes])
        ]
        if settings.full:
            self.checks += Guide(settings, self.tally).checks
        self.period, self.days = settings.number("R003", "threshold"), settings.days
        self.period_methods = settings.methods("R003")
        self.single_methods = settings.methods("R018")
        self.least_others = max(settings.number("R035", "threshold"), 1)
        self.digits = int(settings.number("R048", "digits"))

    def add(self, release: Release) -> None:
        """Count a release, the only one of its process."""
        tally, ocid, tender = self.tally, release.ocid, release.tender or NO_TENDER
        if ocid is None:
            tally.left_out["no ocid"] += 1
            return
        details = tender.procurement_method_details
        if tender.status == "cancelled":
            tally.left_out["the tender was cancelled"] += 1
            return
        if details in self.settings.excluded:
            tally.left_out["a procurement method that the settings exclude"] += 1
            return
        tally.processes += 1
        compared = self._prices_compared(details)
        self.waiting.append(Process(release, ocid, compared, tally.currencies))
        if len(self.waiting) == TOGETHER:
            self._check()
        if not tally.processes % SETTLED_EVERY:
            tally.settle()

    def finish(self) -> Tally:
        """The tally, when every release has been added."""
        self._check()
        self.tally.settle()
        return self.tally

    def _check(self) -> None:
        """One indicator after the other for the processes that wait, not all for each in turn: a
        third quicker, for the code and the data of the moment then fit the processor's cache.
        """
        for code, check in self.checks:
            self.tally.missing[code].update([check(process) for process in self.waiting])
        self.waiting.clear()

    def _prices_compared(self, details: str | None) -> bool:
        if self.settings.compared:
            return details in self.settings.compared
        return details not in self.settings.not_compared

    def _found(self, code: str, ocid: str, value: float, shown: Evidence | None) -> None:
        self.tally.findings.append((code, "OCID", ocid, value, shown))

    def _found_tenderers(
        self, code: str, process: Process, tenderers: Iterable[str], value: float
    ) -> None:
        shown = {"ocid": process.ocid} if self.evidence else None
        for tenderer in tenderers:
            self.tally.findings.append((code, "Tenderer", tenderer, value, shown))

    def _short_period(self, process: Process) -> str | None:
        """R003: fewer whole days than the threshold from the start to the end of tendering."""
        tender = process.tender
        if self.period_methods and tender.procurement_method not in self.period_methods:
            return NO_METHOD
        period = tender.tender_period
        if period is None or period.start_date is None or period.end_date is None:
            return "tender.tenderPeriod.startDate and endDate"
        start, end = instant(period.start_date), instant(period.end_date)
        if start is None or end is None:
            return "tender.tenderPeriod.startDate and endDate with time and time zone"
        span = end - start
        days = span.days if span.days >= 0 else -(-span).days
        threshold = self.days.get(tender.procurement_method_details or "", self.period)
        if days < threshold:
            evidence: Evidence | None = None
            if self.evidence:
                evidence = {"start": period.start_date, "end": period.end_date, "days": days}
                evidence["limit"] = threshold
            self._found("R003", process.ocid, 1.0, evidence)
        return None

    def _single_bid(self, process: Process) -> str | None:
        """R018: one tenderer; counted from the bids where numberOfTenderers is not given.

        A consortium is one tenderer; a bid without the ids of its tenderers counts as one more.
        """
        tender, offers = process.tender, process.offers
        if self.single_methods and tender.procurement_method not in self.single_methods:
            return NO_METHOD
        given = tender.number_of_tenderers
        if given is None and not offers:
            return "tender.numberOfTenderers, or bids that were submitted"
        number = count_tenderers(offers) if given is None else given
        if number == 1:
            evidence = self._bids(offers)
            if evidence is not None and given is not None:
                evidence["numberOfTenderers"] = number
            self._found("R018", process.ocid, 1.0, evidence)
        return None

    def _difference(self, process: Process) -> str | None:
        """R024 and R058: the lowest losing bid above the winning one, as a share of the latter.

        Only among valid bids of one tenderer each, for a lot of the award where lots are given, and
        where the lowest bid won; in each currency by itself.
        """
        if not process.compared:
            return NO_COMPARISON
        if process.winner is None:
            return process.no_winner
        reason: str | None = NO_PAIR
        if len(process.offers) < 2:
            return reason
        lots = process.active[0].related_lots
        lowest: dict[tuple[str | None, bool], tuple[float, Offer]] = {}
        for offer in process.offers:
            status, tenderer, amount, currency, bid = offer
            if status != "valid" or tenderer is None or amount is None:
                continue
            if lots and bid.related_lots and not set(lots) & set(bid.related_lots):
                continue
            key = currency, tenderer == process.winner
            if key not in lowest or amount < lowest[key][0]:
                lowest[key] = amount, offer
        for (currency, won), winning in lowest.items():
            if won and (losing := lowest.get((currency, False))) is not None:
                reason = self._compare(process.ocid, winning, losing)
        return reason

    def _compare(
        self, ocid: str, winning: tuple[float, Offer], losing: tuple[float, Offer]
    ) -> str | None:
        won, (_, winner, _, currency, bid) = winning
        lost, (_, runner_up, _, _, other) = losing
        share = difference(won, lost)
        if isinstance(share, str):
            return share
        evidence = {"winning": shown(bid), "losing": shown(other)} if self.evidence else None
        self.tally.differences[str(currency)].append(
            (ocid, share, str(winner), str(runner_up), evidence)
        )
        return None

    def _unsuccessful(self, process: Process) -> str | None:
        """R025: who of those with a valid bid of their own won; each once in a process."""
        if process.winner is None:
            return process.no_winner
        valid = {tenderer for status, tenderer, *_ in process.offers if status == "valid"}
        valid.discard(None)
        entered = self.tally.entered
        entered.waiting += valid  # type: ignore[arg-type]
        if process.winner in valid:
            entered.some[process.winner] += 1
        if self.evidence:
            for tenderer in valid - {process.winner}:
                entered.which[str(tenderer)].append({"ocid": process.ocid})
        return None if valid else NO_VALID

    def _identical_prices(self, process: Process) -> str | None:
        """R028: different tenderers with the same price, for the same lots."""
        if not process.compared:
            return NO_COMPARISON
        amounts = {offer[2] for offer in process.offers}
        if amounts <= {None}:
            return NO_PRICES
        if len(amounts) == len(process.offers):
            return None
        prices: dict[tuple[object, ...], list[Offer]] = {}
        for offer in process.offers:
            _, _, amount, currency, bid = offer
            if amount is not None and ids(bid):
                prices.setdefault((amount, currency, bid.related_lots), []).append(offer)
        same = [offers for offers in prices.values() if len({ids(bid) for *_, bid in offers}) > 1]
        if same:
            flagged = [offer for offers in same for offer in offers]
            self._found("R028", process.ocid, 1.0, self._bids(flagged))
            tenderers = frozenset[str]().union(*(ids(bid) for *_, bid in flagged))
            self._found_tenderers("R028", process, tenderers, 1.0)
        return None

    def _late_bid(self, process: Process) -> str | None:
        """R030: a valid bid of a winner after the end of the tender period, as instants."""
        period = process.tender.tender_period
        if period is None or (end := period.end_date) is None:
            return NO_END
        if process.release.awards is None or process.bids is None:
            return NO_AWARDS if process.release.awards is None else NO_BIDS
        reason: str | None = NO_INSTANTS
        for offer in process.offers:
            status, tenderer, _, _, bid = offer
            if status != "valid" or (tenderer is not None and tenderer not in process.suppliers):
                continue
            won = ids(bid) & process.suppliers
            if not won or bid.date is None or (late := is_after(bid.date, end)) is None:
                continue
            reason = None
            if late:
                evidence = {"end": end, "bid": shown(bid)} if self.evidence else None
                self._found("R030", process.ocid, 1.0, evidence)
                self._found_tenderers("R030", process, won, 1.0)
        return reason

    def _others_disqualified(self, process: Process) -> str | None:
        """R035: the winner's bids alone are valid; the value is how many others were ruled out."""
        if process.undecided is not None:
            return process.undecided
        if not process.offers:
            return NO_OFFERS
        if not process.disqualified or len(process.suppliers) != 1:
            return None
        valid: set[str] = set()
        out: set[str] = set()
        for status, _, _, _, bid in process.offers:
            if status == "valid":
                valid |= ids(bid)
            elif status == "disqualified":
                out |= ids(bid)
        others = out - valid
        if valid == process.suppliers and len(others) >= self.least_others:
            self._found("R035", process.ocid, float(len(others)), self._bids(process.offers))
            self._found_tenderers("R035", process, valid, 0.0)
        return None

    def _lowest_disqualified(self, process: Process) -> str | None:
        """R036: the first of the lowest bids is disqualified while another is valid; by lot."""
        if not process.compared:
            return NO_COMPARISON
        if not process.active:
            return NO_ACTIVE
        if not process.disqualified:
            return None if process.offers else NO_OFFERS
        groups: dict[tuple[str, object], list[tuple[float, Offer]]] = {}
        for offer in process.offers:
            _, _, amount, currency, bid = offer
            if amount is not None:
                groups.setdefault((str(currency), bid.related_lots), []).append((amount, offer))
        for (currency, _), offers in groups.items():
            lowest = min(offers, key=_amount)[1]
            valid = [offer for _, offer in offers if offer[0] == "valid"]
            if lowest[0] == "disqualified" and valid:
                evidence = self._bids([lowest, *valid])
                flag = "R036", "OCID", process.ocid, 1.0, evidence
                self.tally.lowest[currency].append(flag)
        return None if groups else NO_PRICES

    def _disqualified(self, process: Process) -> str | None:
        """R038: disqualified among submitted bids, for each buyer, procuring entity, tenderer."""
        offers = process.offers
        if not offers:
            return NO_OFFERS
        submitted = self.tally.submitted
        tenderers = submitted["Tenderer"].waiting
        for _, tenderer, _, _, bid in offers:
            if tenderer is not None:
                tenderers.append(tenderer)
            else:
                tenderers += _each_id(bid)
        buyer, entity = process.release.buyer, process.tender.procuring_entity
        if buyer is not None and buyer.id is not None:
            submitted["Buyer"].enter(buyer.id, len(offers))
        if entity is not None and entity.id is not None:
            submitted["ProcuringEntity"].enter(entity.id, len(offers))
        if process.disqualified:
            out = [bid for status, _, _, _, bid in offers if status == "disqualified"]
            for bid in out:
                for tenderer in _each_id(bid):
                    self._note_disqualified("Tenderer", tenderer, process, [bid])
            if buyer is not None and buyer.id is not None:
                self._note_disqualified("Buyer", buyer.id, process, out)
            if entity is not None and entity.id is not None:
                self._note_disqualified("ProcuringEntity", entity.id, process, out)
        return None

    def _note_disqualified(self, group: str, one: str, process: Process, bids: list[Bid]) -> None:
        bidding = self.tally.submitted[group]
        bidding.some[one] += len(bids)
        if self.evidence:
            bidding.which[one] += ({"ocid": process.ocid, **shown(bid)} for bid in bids)

    def _heterogeneous(self, process: Process) -> str | None:
        """R048: the classes of what each supplier alone was awarded."""
        seen: set[str] = set()
        for award in process.active:
            if not award.items or not award.suppliers or len(award.suppliers) != 1:
                continue
            supplier = award.suppliers[0].id
            for item in award.items:
                what = item.classification
                if supplier is not None and what is not None and what.id is not None:
                    self.tally.classes_waiting.append((supplier, what.id[: self.digits]))
                    seen.add(supplier)
        self.tally.supplied_waiting += seen
        return None if seen else NO_CLASSES

    def _bids(self, offers: Iterable[Offer]) -> Evidence | None:
        return {"bids": [shown(bid) for *_, bid in offers]} if self.evidence else None


def _each_id(bid: Bid) -> list[str]:
    return [one.id for one in bid.tenderers or () if one.id is not None]


def _amount(priced: tuple[float, Offer]) -> float:
    return priced[0]
