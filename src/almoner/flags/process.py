"""One contracting process, with what several indicators ask of it worked out once."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from almoner.flags.release import LEAST, Award, Bid, Release, Tender
from almoner.flags.tally import Evidence

NO_TENDER = Tender()
NOT_SUBMITTED = frozenset({None, "invited", "withdrawn"})
FINAL = frozenset({None, "active", "cancelled", "unsuccessful"})

# What a process may lack for an indicator.
NO_AWARDS, NO_BIDS = "awards", "bids.details"
NO_ACTIVE, NOT_ALONE = "an active award", "one active award alone"
NOT_FINAL = "awards that are all final"
NO_OFFERS, NO_VALID = "bids that were submitted", "valid bids of one tenderer each"
NO_PRICES = "bids with an amount and a currency"
NO_PAIR = "a valid bid of the winner and one of another tenderer, with amounts"
NO_CLASSES = "active awards to one supplier with classified items"
NO_END = "tender.tenderPeriod.endDate"
NO_INSTANTS = "a winner's bid and the end of tendering, with time and time zone"

# A bid that was submitted: its status; the id of its tenderer, None where that is a consortium or
# not known; its amount and currency, None where either is not known; and the bid itself. A plain
# tuple: there is one for every bid of the file.
Offer = tuple[str | None, str | None, float | None, str | None, Bid]


class Process:
    """A release that is counted."""

    def __init__(
        self, release: Release, ocid: str, compared: bool, currencies: Counter[str]
    ) -> None:
        self.release = release
        self.ocid = ocid
        self.compared = compared
        self.tender = release.tender or NO_TENDER
        self.bids = release.bids.details if release.bids is not None else None
        self.offers: list[Offer] = []
        self.disqualified = False
        if self.bids:
            self._gather(self.bids, currencies)
        self.active: list[Award] = []
        self.suppliers: set[str] = set()
        self.winner: str | None = None
        # Why it is not settled who won, and why there is no winner to compare bids with.
        self.undecided: str | None = None
        self.no_winner = NO_AWARDS
        self._judge(release.awards)

    def _gather(self, bids: tuple[Bid, ...], currencies: Counter[str]) -> None:
        for bid in bids:
            status = bid.status
            if status in NOT_SUBMITTED:
                continue
            if status == "disqualified":
                self.disqualified = True
            tenderers, value = bid.tenderers, bid.value
            tenderer = tenderers[0].id if tenderers and len(tenderers) == 1 else None
            if value is None or value.amount is None or value.currency is None:
                self.offers.append((status, tenderer, None, None, bid))
            else:
                currencies[value.currency] += 1
                self.offers.append((status, tenderer, value.amount, value.currency, bid))

    def _judge(self, awards: tuple[Award, ...] | None) -> None:
        if awards is None:
            self.undecided = NO_AWARDS
            return
        for award in awards:
            if award.status == "active":
                self.active.append(award)
                for supplier in award.suppliers or ():
                    if supplier.id is not None:
                        self.suppliers.add(supplier.id)
            elif award.status not in FINAL:
                self.undecided = NOT_FINAL
        if self.bids is None:
            self.undecided = self.undecided or NO_BIDS
        if self.undecided is not None:
            self.no_winner = self.undecided
        elif len(self.active) != 1:
            self.no_winner = NOT_ALONE
        elif not (suppliers := self.active[0].suppliers) or len(suppliers) != 1:
            self.no_winner = "one supplier alone in awards.suppliers"
        else:
            self.winner = suppliers[0].id
            self.no_winner = "awards.suppliers.id"


def instant(text: str) -> datetime | None:
    """The instant of a date with time and time zone (RFC 3339), else None."""
    if len(text) < 20 or text[4] != "-" or text[7] != "-" or text[13] != ":":
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def is_after(late: str, end: str) -> bool | None:
    """Whether one instant is after another; None where either is no instant."""
    if len(late) == len(end) == 20 and late[-1] == end[-1] == "Z" and late <= end:
        # Both in the same zone and form: the order of the text is that of the instants.
        return False
    moment, limit = instant(late), instant(end)
    return None if moment is None or limit is None else moment > limit


def difference(won: float, lost: float) -> float | str:
    """How far the lowest losing bid is above the winning one, as a share of it; or why not."""
    if won < LEAST:
        return "a winning amount above 0"
    if lost < won:
        return "the lowest bid as the winner"
    return (lost - won) / won


def ids(bid: Bid) -> frozenset[str]:
    """The tenderers of a bid: several where it is a consortium's."""
    return frozenset([one.id for one in bid.tenderers or () if one.id is not None])


def count_tenderers(offers: Iterable[Offer]) -> int:
    """How many tenderers submitted bids: a consortium is one, a bid without ids one more."""
    each = [ids(bid) for *_, bid in offers]
    return len(set(filter(None, each))) + sum(not one for one in each)


def shown(bid: Bid) -> Evidence:
    """A bid as evidence: which one it is, of whom, for how much."""
    value = bid.value
    facts = {
        "bid": bid.id,
        "status": bid.status,
        "date": bid.date,
        "tenderers": sorted(ids(bid)),
        "amount": value.amount if value is not None else None,
        "currency": value.currency if value is not None else None,
        "lots": list(bid.related_lots) if bid.related_lots else None,
    }
    return {name: fact for name, fact in facts.items() if fact is not None}
