"""Steps 10 to 12 of the walk: the first payment, an evaluation, a complaint."""

from tests.journeys.walker import Walker

PAY_DAY = "2026-09-14"
JUDGE_DAY = "2026-10-12"


def pay_an_instalment(walk: Walker, contract: str) -> None:
    """Step 10: two users are heard, one accepts, another pays four days late and says why."""
    walk.set_day(PAY_DAY)
    at = f"desk/payments/{contract}/1"
    walk.be("clerk")
    for name in ("K0001", "K0002"):
        walk.go(f"{at}/hear/")
        walk.fill({"satisfied": walk.choices("satisfied")[0]})
        walk.fill({"who": name, "words": "She comes every week", "day": "2026-09-12"})
        walk.press("Record the opinion")
        walk.done("instalment.hear")
    walk.go(f"{at}/accept/")
    walk.fill({"condition_met": True})
    walk.picture("10-accept")
    walk.press("Accept")
    walk.done("instalment.accept")
    walk.be("finance")
    walk.go(f"{at}/pay/")
    walk.press("Pay")
    walk.refused()
    walk.fill({"cause": "paperwork"})
    walk.press("Pay")
    walk.done("instalment.pay")
    walk.picture("10-paid")
    walk.be_nobody()
    walk.go(f"contracts/{contract}/payments/")
    walk.picture("10-public")


def judge(walk: Walker, contract: str) -> str:
    """Step 11: two raters score by themselves, the provider replies, the lead concludes."""
    walk.set_day(JUDGE_DAY)
    walk.be("supervisor")
    choose_agency(walk, contract)
    walk.fill({"stage": "midterm", "period_from": "2026-09-01", "period_to": "2026-09-30"})
    walk.fill({"raters": walk.choices("raters")})
    walk.press("Assign an evaluation")
    walk.done("evaluation.assign")
    ref = walk.id_in_address()
    for rater in ("rater", "rater2"):
        _score(walk, rater, ref)
    walk.be("director")
    walk.go(f"desk/evaluations/{ref}/")
    walk.picture("11-scores")
    walk.press("Reply to the scores")
    walk.fill({"text": "We agree; the plan for October takes it up"})
    walk.press("Reply to the scores")
    walk.done("evaluation.reply")
    walk.be("lead")
    walk.go(f"desk/evaluations/{ref}/conclude/")
    walk.fill({"conclusion": "Bought by demand; sound process; too early for lasting gain"})
    walk.press("Conclude the evaluation")
    walk.done("evaluation.conclude")
    walk.be("signatory")
    walk.go(f"desk/evaluations/{ref}/follow/")
    walk.fill({"kind": "rectify"})
    walk.press("Decide what follows")
    walk.done("evaluation.follow")
    walk.be_nobody()
    walk.go(f"contracts/{contract}/evaluation/")
    walk.picture("11-public")
    return ref


def choose_agency(walk: Walker, contract: str) -> None:
    """The form of assigning, with the agency that the demonstration's two raters serve."""
    walk.go("desk/evaluations/assign/")
    for value in walk.choices("agency"):
        walk.go(f"desk/evaluations/assign/?contract={contract}&agency={value}")
        if len(walk.choices("raters")) >= 2:
            return
    raise AssertionError("no agency has two raters")


def _score(walk: Walker, rater: str, ref: str) -> None:
    walk.be(rater)
    walk.go(f"desk/evaluations/{ref}/score/1/")
    while "/score/" in walk.address and walk.names("score"):
        hint = walk.reads("hint")
        highest = "".join(one for one in hint.split()[-1] if one.isdigit() or one == ".").strip(".")
        walk.fill({"score": str(round(float(highest) * 0.85)), "reason": "Seen on the spot"})
        walk.fill({"evidence": walk.choices("evidence")[0]})
        walk.press_button("next")
    if rater == "rater":
        walk.picture("11-sheet")
    walk.press("Hand in your scores")
    walk.says("")


def complain(walk: Walker, contract: str) -> None:
    """Step 12: a resident complains, follows it by a code, and is answered in time."""
    walk.be_nobody()
    walk.go(f"ask/?contract={contract}")
    walk.fill({"from_kind": "resident", "text": "Nobody came on Tuesday, and nobody called"})
    walk.press("Send it")
    code = walk.reads("tracking")
    walk.picture("12-received")
    walk.go("ask/track/")
    walk.fill({"code": code})
    walk.press("Look it up")
    walk.picture("12-waiting")
    walk.be("supervisor")
    walk.go("desk/complaints/?state=open")
    walk.open_row(place=-1)
    walk.press("Answer the complaint")
    walk.fill(
        {
            "outcome": "upheld",
            "answer": "The worker was ill; from now on you are called the same day",
            "summary": "A visit fell out without notice",
        }
    )
    walk.press("Publish the answer")
    walk.be_nobody()
    walk.go("ask/track/")
    walk.fill({"code": code})
    walk.press("Look it up")
    walk.shows("you are called the same day")
    walk.picture("12-answered")
