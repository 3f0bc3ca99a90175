"""Step 7 of the walk: the contract is drafted, negotiated, signed by both sides and published."""

from tests.journeys.walker import Walker

WISH = "Please let the first instalment fall due on 10 September: wages are paid from day one"

READ_FIRST = ("contract.offer", "contract.sign", "contract.countersign")
"""Steps whose page shows the text once more before the button that takes them."""


def conclude_a_contract(walk: Walker, tender: str) -> str:
    """From the winning bid to a published contract; its number."""
    walk.be("clerk")
    walk.go(f"desk/tenders/{tender}/contract/")
    walk.press("Draft the contract")
    walk.done("contract.draft")
    contract = walk.id_in_address(-2)
    walk.picture("07-draft")
    walk.press("Save the draft contract")
    step(walk, "clerk", contract, "Send it to the provider", "contract.offer")
    walk.be("director")
    walk.go(f"desk/contracts/{contract}/")
    walk.press("Propose changes")
    walk.fill({"text_1": WISH})
    walk.press("Propose changes")
    walk.done("contract.propose")
    walk.be("clerk")
    walk.go(f"desk/contracts/{contract}/draft/")
    walk.fill({"instalment_0_due": "2026-09-10"})
    walk.press("Save the draft contract")
    step(walk, "clerk", contract, "Send it to the provider", "contract.offer")
    step(walk, "director", contract, "Agree to the text", "contract.settle")
    step(walk, "director", contract, "Sign for the provider", "contract.sign")
    walk.picture("07-signed")
    step(walk, "signatory", contract, "Sign for the purchaser", "contract.countersign")
    step(walk, "clerk", contract, "Publish the contract", "contract.publish")
    walk.be_nobody()
    walk.go(f"contracts/{contract}/")
    walk.picture("07-public-contract")
    walk.go(f"contracts/{contract}/text/")
    walk.shows(WISH)
    walk.picture("07-public-text")
    return contract


def step(walk: Walker, who: str, contract: str, button: str, taken: str) -> None:
    """Somebody presses a button of the contract's page, twice where the text is read first."""
    walk.be(who)
    walk.go(f"desk/contracts/{contract}/")
    walk.press(button)
    if taken in READ_FIRST:
        walk.press(button)
    walk.done(taken)
