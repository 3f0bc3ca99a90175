"""Steps 1 to 3 of the walk: the directory, what residents need, the money."""

from dataclasses import dataclass

from tests.journeys.walker import Walker

ITEM = "W0101"
FROM_ON = "2026-06-30"
STREET = "440103001"
WORDS = "My neighbours over eighty cannot carry their shopping up the stairs"
KINDS = (
    "outside_duty",
    "own_duty",
    "goods_or_works",
    "financing",
    "staff",
    "otherwise_barred",
)
TEST = {
    "duty": "optional",
    "market": "several",
    "measurability": "outcomes",
    "gain": "more",
}


def item(name_en: str, name_zh: str, content: str) -> dict[str, str]:
    """All fields of an item of the directory."""
    reasons = {f"{name}_reason": "Written down after the visit of May" for name in TEST}
    return {
        "code": ITEM,
        "name_en": name_en,
        "name_zh": name_zh,
        "kind": "public_service",
        "valid_from": FROM_ON,
        "content": content,
        "procedure": "Referral, visit, plan, weekly session, review after six months",
        "fee_basis": "Hours of qualified workers at the city's price an hour",
        "evaluation": "Two raters by the city's framework; change in users measured",
        **TEST,
        **reasons,
        **{f"declared_{kind}": "no" for kind in KINDS},
    }


def refuse_and_publish_an_item(walk: Walker) -> None:
    """Step 1: what may not be bought is refused, what may is published."""
    walk.be("supervisor")
    walk.go("desk/directory/new/")
    walk.fill(item("Report to the officer", "报到", "People report in person each week"))
    walk.press("Publish the item")
    walk.refused()
    walk.picture("01-refused-item")
    walk.fill(
        {
            "name_en": "Home support for older people",
            "name_zh": "高龄长者居家支援",
            "content": "Visits, accompaniment and mutual help among neighbours",
        }
    )
    walk.press("Publish the item")
    walk.shows(ITEM)
    walk.be_nobody()
    walk.go(f"directory/{ITEM}/")
    walk.sees("Home support for older people" if walk.language == "en" else "高龄长者居家支援")
    walk.picture("01-directory")


@dataclass(frozen=True)
class Needs:
    """The ids of the two needs, and the code by which the resident follows hers."""

    online: str
    paper: str
    code: str


def say_and_answer_needs(walk: Walker) -> Needs:
    """Step 2: a resident online, a clerk on paper; support; answers."""
    walk.be_nobody()
    walk.go("needs/new/")
    walk.fill({"area": STREET, "text": WORDS, "target_group": "older", "service_item": ITEM})
    walk.press("Send it")
    code = walk.reads("tracking")
    walk.picture("02-need-received")
    walk.be("clerk")
    walk.go("desk/needs/?state=unseen")
    walk.open_row()
    walk.shows(WORDS)
    online = walk.id_in_address()
    walk.press("Show the wording")
    walk.fill({"shown": WORDS})
    walk.press("Show it to everybody")
    walk.be_nobody()
    walk.go(f"needs/{online}/")
    walk.press("I need this too")
    walk.picture("02-need")
    walk.be("clerk")
    walk.go("desk/needs/new/")
    walk.fill(
        {
            "area": STREET,
            "text": "Forty signatures: somebody who looks after people living alone",
            "target_group": "older",
            "service_item": ITEM,
            "channel": "paper",
            "raised_on": "2026-06-29",
            "supporters": "40",
        }
    )
    walk.press("Record it")
    paper = walk.id_in_address()
    walk.go(f"desk/needs/{online}/")
    walk.press("Answer it")
    walk.fill({"answer": "A home support service will be put out to tender this summer"})
    walk.press("Publish the answer")
    walk.be_nobody()
    walk.go("needs/track/")
    walk.fill({"code": code})
    walk.press("Look it up")
    walk.shows("will be put out to tender this summer")
    return Needs(online, paper, code)


def appropriate_money(walk: Walker) -> str:
    """Step 3: one officer proposes with a sharing schedule, another approves; its number."""
    walk.be("finance")
    proposal = propose_money(walk)
    walk.offers_no("Approve it")
    walk.be("finance2")
    walk.go(f"desk/budget/proposals/{proposal}/")
    walk.press("Approve it")
    walk.done("appropriation.approve")
    walk.picture("03-approved")
    return proposal


def propose_money(walk: Walker) -> str:
    """A proposal by whoever is signed in, refused until its shares add up; its number."""
    walk.go("desk/budget/proposals/new/")
    uscc = walk.value("body")
    walk.fill(
        {
            "area": STREET,
            "service_item": ITEM,
            "first_year": "2026",
            "years": "1",
            "total": "2200000",
            "note": "Decision of the district, 2026",
            "payer_1": uscc,
            "level_1": "district",
            "source_1": "budget",
            "ratio_1": "60",
            "payer_2": uscc,
            "level_2": "city",
            "source_2": "special",
            "ratio_2": "30",
        }
    )
    walk.press("Propose the money")
    walk.refused()
    walk.fill({"ratio_2": "40"})
    walk.picture("03-proposal")
    walk.press("Propose the money")
    walk.done("appropriation.propose")
    return walk.id_in_address()
