"""Steps 4 to 6 of the walk: the tender, the bids, the award."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.journeys.upstream import ITEM, STREET, Needs
from tests.journeys.walker import Walker

OPENING_DAY = "2026-07-23"
PROPOSAL = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PANEL = ("panel", "panel2", "panel3", "panel4", "panel5", "panel6", "panel7")


def draft_a_tender(walk: Walker, needs: Needs, money: str) -> str:
    """Step 4: the clerk drafts with live checks and two registers; the signatory publishes."""
    walk.be("clerk")
    walk.go("desk/tenders/new/")
    walk.fill({"service_item": ITEM, "area": STREET, "ceiling": "2000000"})
    walk.press("Begin with the template")
    walk.done("tender.draft")
    tender = walk.id_in_address(-2)
    _check_before_saving(walk)
    walk.fill(
        {
            "specification": "Weekly visits to people over eighty who live alone, found by their "
            "neighbours and by the office; loneliness is measured at the start and the end.",
            "needs": [needs.online, needs.paper],
            "appropriations": [
                one for one in walk.choices("appropriations") if one.startswith(money)
            ],
            "reason-N02": "Residents asked for it in June; the intention is announced today",
        }
    )
    walk.picture("04-draft")
    walk.press("Save and go on to the steps")
    walk.press("Send it to the signatory")
    walk.refused()
    for kind, people in {
        "market": ("Body A", "Body B", "Body C"),
        "users": ("A user of the day centre",),
    }.items():
        for name in people:
            walk.go(f"desk/tenders/{tender}/register/{kind}/new/")
            walk.fill({"respondent": name, "asked_on": "2026-06-29", "said": "It can be done"})
            walk.press("Enter")
    walk.go(f"desk/tenders/{tender}/")
    walk.press("Announce the intention")
    walk.done("tender.intend")
    walk.press("Send it to the signatory")
    walk.done("tender.submit")
    walk.offers_no("Publish the tender")
    walk.be("signatory")
    walk.go(f"desk/tenders/{tender}/")
    walk.press("Publish the tender")
    walk.done("tender.publish")
    walk.be_nobody()
    walk.go(f"tenders/{tender}/")
    walk.shows("21,268.8", needs.online)
    walk.picture("04-tender")
    return tender


def _check_before_saving(walk: Walker) -> None:
    """Hours that nobody can work show, and go again."""
    formula = walk.value("term-formula")
    walk.fill({"term-formula": "80 case/staff * 5 session/case * 6 hour/session * 14 staff"})
    walk.computed("Compute and check", "checks", "3,679.2")
    walk.fill({"term-formula": formula})
    walk.computed("Compute and check", "sum-direct", "21,268.8")


@dataclass(frozen=True)
class Offer:
    price: str
    hours: str


OFFERS = {
    "director": Offer("1900000", "21268.8"),
    "director2": Offer("1950000", "21268.8"),
    "director3": Offer("1800000", "21300"),
}


def bid(
    walk: Walker, tender: str, folder: Path, only: Iterable[str] = tuple(OFFERS)
) -> dict[str, str]:
    """Step 5: three providers bid under seal; hours that cannot be worked are refused."""
    ids = {}
    for director in only:
        ids[director] = draft_a_bid(walk, tender, director, folder, hours="23957")
        if director == "director":
            walk.press("Submit the bid")
            walk.refused()
            walk.shows("1,711.2")
            walk.picture("05-refused-hours")
        walk.go(f"desk/tenders/{tender}/bid/")
        walk.fill({"direct_hours": OFFERS[director].hours})
        walk.press("Save the draft of the bid")
        walk.press("Submit the bid")
        walk.done("bid.submit")
    walk.picture("05-bid")
    return ids


def draft_a_bid(
    walk: Walker, tender: str, director: str, folder: Path, hours: str | None = None
) -> str:
    """A saved draft of a director's offer, with a proposal and one worker; its number."""
    proposal = folder / "proposal.pdf"
    proposal.write_bytes(PROPOSAL)
    offer = OFFERS[director]
    walk.be(director)
    walk.go(f"desk/tenders/{tender}/bid/")
    facts = {"price": offer.price, "direct_hours": hours or offer.hours, "staff": "14"}
    walk.fill({**facts, "proposal": str(proposal)})
    walk.fill({walk.names("share-")[0]: "1"})
    walk.press("Save the draft of the bid")
    walk.done("bid.save")
    return walk.id_in_address()


def nothing_is_seen_before_the_opening(walk: Walker, tender: str, bids: dict[str, str]) -> None:
    """Nobody but the bidder sees anything: not the clerk, not the auditor, not the public."""
    for who, path in (
        ("clerk", f"desk/tenders/{tender}/"),
        ("auditor", f"desk/tenders/{tender}/"),
        ("auditor", "audit/"),
    ):
        walk.be(who)
        walk.go(path)
        walk.hides(*bids.values(), "1,900,000", "1,800,000")
    walk.be_nobody()
    for path in (f"tenders/{tender}/", "tenders/", "notices/"):
        walk.go(path)
        walk.hides(*bids.values(), "1,900,000", "1,800,000")


def open_score_and_award(
    walk: Walker, tender: str, bids: dict[str, str], day: str = OPENING_DAY
) -> None:
    """Step 6: two people open, five judge, the award is computed, decided and announced."""
    walk.be("clerk")
    walk.go(f"desk/tenders/{tender}/panel/")
    walk.press("Draw the panel")
    walk.done("tender.appoint")
    walk.set_day(day)
    walk.be("clerk")
    walk.go(f"desk/tenders/{tender}/")
    walk.press("Begin the opening")
    walk.done("tender.unseal")
    walk.offers_no("Open the bids")
    walk.be("signatory")
    walk.go(f"desk/tenders/{tender}/")
    walk.press("Open the bids")
    walk.done("tender.open")
    walk.picture("06-opened")
    for member in PANEL:
        _judge(walk, member, tender)
    walk.be("signatory")
    walk.go(f"desk/tenders/{tender}/")
    walk.picture("06-award")
    walk.press("Decide the award")
    walk.done("tender.decide")
    walk.be("clerk")
    walk.go(f"desk/tenders/{tender}/")
    walk.press("Announce the award")
    walk.done("tender.announce")
    walk.be("director2")
    walk.go(f"desk/bids/{bids['director2']}/debrief/")
    walk.picture("06-debrief")
    walk.be_nobody()
    walk.go(f"tenders/{tender}/")
    walk.shows("1,900,000")
    walk.picture("06-public-award")


def _judge(walk: Walker, member: str, tender: str) -> None:
    """A member who was drawn declares no ties and scores; the first bidder best."""
    walk.be(member)
    walk.go("desk/panels/")
    if not walk.has_link(tender):
        return
    walk.follow(tender)
    walk.fill(dict.fromkeys(walk.names("tie-"), "no"))
    walk.press("Declare your ties")
    walk.done("tender.declare")
    scores = enumerate(walk.names("score-"))
    walk.fill({name: "90" if place % 3 == 0 else "70" for place, name in scores})
    walk.press("Submit your scores")
    walk.done("tender.score")
