"""An evaluation, from its assignment to what follows."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.disclosure import cast
from tests.once import once_a_module, own_copy

from almoner.accounts.models import Person
from almoner.accounts.operations import add_person, grant_role
from almoner.accounts.queries import actor_on
from almoner.audit.models import Event
from almoner.evaluation import operations
from almoner.evaluation import queries_work as queries
from almoner.evaluation.models import Consequence, Evaluation, Rating
from almoner.parties.models import OrganisationLink
from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Role
from almoner.rules.workflow import EvaluationState

pytestmark = pytest.mark.django_db
TODAY = date(2026, 7, 1)
NOW = cast.at("2026-07-01", 10)
LEAVES = ("1.1", "1.2", "2.1")


class Walk:
    """A contract under a supervisor, an agency with a lead and two raters, and the two sides."""

    def __init__(self) -> None:
        self.on = cast.stage()
        bureau = cast.organisation(
            "11440106CIVIL00001", "supervisor", "民政局", "Civil Affairs", self.on.district
        )
        self.contract = cast.contract(self.on, supervisor=bureau)
        cast.month(cast.term(self.contract, "T1"), "2026-03", 210)
        cast.instalment(self.contract, 1, date(2026, 3, 31))
        agency, provider = self.on.agency.uscc, self.on.provider.uscc
        self.supervisor = self.person("supervisor", Role.SUPERVISOR, bureau.uscc)
        self.lead = self.person("lead", Role.EVALUATION_LEAD, agency)
        self.rater = self.person("rater", Role.RATER, agency)
        self.rater2 = self.person("rater2", Role.RATER, agency)
        self.director = self.person("director", Role.PROVIDER_DIRECTOR, provider)
        self.signatory = self.person("signatory", Role.PURCHASER_SIGNATORY, self.on.purchaser.uscc)

    def person(self, login: str, role: Role, body: str) -> Actor:
        made = add_person(
            actor="t", at=NOW, login=login, name_zh="某", name_en=login, password=None
        )
        grant_role(actor="t", at=NOW, person=made, role=role, organisation_uscc=body, from_on=TODAY)
        return actor_on(made, TODAY)

    def assignment(self, **facts: Any) -> operations.Assignment:
        raters = Person.objects.filter(login__in=["rater", "rater2"]).values_list("pk", flat=True)
        defaults: dict[str, Any] = {
            "contract_id": "C-1",
            "agency": self.on.agency.uscc,
            "stage": "midterm",
            "period_from": date(2026, 1, 1),
            "period_to": date(2026, 6, 30),
            "raters": list(raters),
        }
        return operations.Assignment(**{**defaults, **facts})

    def assigned(self, **facts: Any) -> Evaluation:
        assignment = self.assignment(**facts)
        return operations.assign(actor=self.supervisor, at=NOW, assignment=assignment)

    def score(self, who: Actor, made: Evaluation, score: str = "8", **entry: Any) -> None:
        for code in LEAVES:
            seat = queries.seat_of(made, who.login)
            assert seat is not None
            operations.save_score(
                actor=who,
                at=NOW,
                evaluation_id=made.id,
                version=seat.version,
                indicator=code,
                entry={"score": score, "reason": "Seen", "evidence": ["term:T1"], **entry},
            )

    def hand_in(self, who: Actor, made: Evaluation) -> bool:
        self.score(who, made)
        return operations.hand_in(actor=who, at=NOW, evaluation_id=made.id)

    def rated(self) -> Evaluation:
        made = self.assigned()
        assert [self.hand_in(self.rater, made), self.hand_in(self.rater2, made)] == [False, True]
        return made

    def concluded(self) -> Evaluation:
        made = self.rated()
        operations.reply(actor=self.director, at=NOW, evaluation_id=made.id, text="We agree")
        operations.conclude(actor=self.lead, at=NOW, evaluation_id=made.id, conclusion="Good")
        made.refresh_from_db()
        return made


copies = once_a_module(Walk)
on = own_copy()


def refusal(code: str) -> "pytest.RaisesExc[Refused]":
    return pytest.RaisesExc(Refused, check=lambda refused: refused.code == code)


def test_an_evaluation_uses_the_framework_that_the_contract_pins(on: Walk) -> None:
    made = on.assigned()
    assert made.framework == on.contract.framework
    assert (made.commissioned_by_uscc, made.assigned_on) == ("11440106CIVIL00001", TODAY)
    assert [seat.rater_id for seat in queries.seats_of(made)] == ["R1", "R2"]
    assert queries.state_of(made) is EvaluationState.ASSIGNED


@pytest.mark.parametrize(("to_on", "fine"), [(TODAY, False), (date(2026, 6, 30), True)])
def test_an_agency_tied_to_the_provider_is_refused(on: Walk, to_on: date, fine: bool) -> None:
    OrganisationLink.objects.create(
        organisation=on.on.provider, other=on.on.agency, kind="board_member", to_on=to_on
    )
    if fine:
        on.assigned()
        return
    with refusal("tied_agency"):
        on.assigned()
    assert not Evaluation.objects.exists()


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"raters": []}, "too_few_raters"),
        ({"raters": [999_999, 999_998]}, "too_few_raters"),
        ({"period_from": date(2025, 12, 31)}, "period_outside"),
        ({"period_to": date(2029, 1, 1)}, "period_outside"),
        ({"period_to": date(2025, 12, 31)}, "period_outside"),
    ],
)
def test_an_assignment_that_does_not_fit(on: Walk, facts: dict[str, Any], code: str) -> None:
    with refusal(code):
        on.assigned(**facts)


def test_a_contract_without_framework_cannot_be_judged(on: Walk) -> None:
    on.contract.framework = None
    on.contract.save()
    with refusal("framework_missing"):
        on.assigned()


@pytest.mark.parametrize("who", ["lead", "rater", "director", "signatory"])
def test_only_the_supervisor_assigns(on: Walk, who: str) -> None:
    with refusal("not_permitted"):
        operations.assign(actor=getattr(on, who), at=NOW, assignment=on.assignment())


def test_half_a_score_is_kept_and_a_stale_sheet_is_told(on: Walk) -> None:
    made = on.assigned()
    operations.save_score(
        actor=on.rater, at=NOW, evaluation_id=made.id, version=1, indicator="1.1",
        entry={"score": "much", "reason": "", "evidence": ["term:T1", "term:none"]},
    )  # fmt: skip
    seat = queries.seat_of(made, "rater")
    assert seat is not None and seat.version == 2
    assert seat.sheet["1.1"] == {"score": "much", "reason": "", "evidence": ["term:T1"]}
    with refusal("edited_meanwhile"):
        operations.save_score(
            actor=on.rater, at=NOW, evaluation_id=made.id, version=1, indicator="1.1", entry={}
        )


@pytest.mark.parametrize(
    "entry", [{"score": "10.1"}, {"score": ""}, {"reason": " "}, {"evidence": []}]
)
def test_an_incomplete_sheet_is_not_handed_in(on: Walk, entry: dict[str, Any]) -> None:
    made = on.assigned()
    on.score(on.rater, made, **entry)
    with refusal("sheet_incomplete"):
        operations.hand_in(actor=on.rater, at=NOW, evaluation_id=made.id)


def test_scores_cannot_be_changed_once_handed_in(on: Walk) -> None:
    made = on.assigned()
    on.hand_in(on.rater, made)
    with refusal("sheet_submitted"):
        on.score(on.rater, made)
    with refusal("sheet_submitted"):
        operations.hand_in(actor=on.rater, at=NOW, evaluation_id=made.id)


def test_the_record_does_not_tell_scores_before_they_are_in(on: Walk) -> None:
    on.score(on.rater, on.assigned(), score="7.77")
    assert not [event for event in Event.objects.all() if "7.77" in event.after]


def test_nothing_is_public_before_the_conclusion(on: Walk) -> None:
    made = on.rated()
    assert not Rating.objects.exists() and made.reported_on is None
    assert queries.state_of(made) is EvaluationState.RATED


@pytest.mark.parametrize(
    ("day", "fine"), [("2026-07-15", False), ("2026-07-16", True)]
)  # ten working days after Wednesday 1 July 2026
def test_without_a_reply_the_result_waits_for_its_last_day(on: Walk, day: str, fine: bool) -> None:
    made = on.rated()

    def conclude() -> None:
        operations.conclude(
            actor=on.lead, at=cast.at(day), evaluation_id=made.id, conclusion="Good"
        )

    if fine:
        conclude()
        assert Rating.objects.count() == 6
    else:
        with refusal("reply_period_open"):
            conclude()


@pytest.mark.parametrize(("day", "fine"), [("2026-07-15", True), ("2026-07-16", False)])
def test_a_reply_comes_in_time(on: Walk, day: str, fine: bool) -> None:
    made = on.rated()

    def reply() -> None:
        at = cast.at(day, 23)
        operations.reply(actor=on.director, at=at, evaluation_id=made.id, text="We agree")

    if fine:
        reply()
        with refusal("replied_already"):
            reply()
    else:
        with refusal("reply_late"):
            reply()


def test_the_result_stands_with_all_its_ratings(on: Walk) -> None:
    made = on.concluded()
    assert made.reported_on == TODAY
    rows = Rating.objects.order_by("rater_id", "indicator_id")
    assert [(r.rater_id, r.indicator_id, r.evidence_count) for r in rows] == [
        (rater, code, 1) for rater in ("R1", "R2") for code in LEAVES
    ]
    with refusal("wrong_state"):
        operations.conclude(actor=on.lead, at=NOW, evaluation_id=made.id, conclusion="Again")


def test_whoever_scored_does_not_conclude(on: Walk) -> None:
    made = on.rated()
    both = Actor("rater", (*on.rater.held, *on.lead.held))
    with refusal("same_person"):
        operations.conclude(actor=both, at=NOW, evaluation_id=made.id, conclusion="Mine")


def test_a_result_gets_a_consequence_with_a_date(on: Walk) -> None:
    made = on.concluded()
    with refusal("not_permitted"):
        operations.follow(
            actor=on.supervisor, at=NOW, evaluation_id=made.id, kind="renew", amount_fen=None
        )
    operations.follow(
        actor=on.signatory, at=NOW, evaluation_id=made.id, kind="rectify", amount_fen=None
    )
    assert Consequence.objects.get().decided_on == TODAY
    assert queries.state_of(made) is EvaluationState.FOLLOWED


def test_no_consequence_before_the_result(on: Walk) -> None:
    made = on.rated()
    with refusal("wrong_state"):
        operations.follow(
            actor=on.signatory, at=NOW, evaluation_id=made.id, kind="renew", amount_fen=None
        )


def test_a_file_can_be_evidence(on: Walk, settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path
    made = on.assigned()
    file = SimpleUploadedFile("a.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
    operations.attach_evidence(actor=on.rater, at=NOW, evaluation_id=made.id, upload=file)
    references = [one.reference.partition(":")[0] for one in queries.evidence_of(made)]
    assert references == ["term", "instalment", "file"]
    with refusal("no_seat"):
        extra = on.person("rater3", Role.RATER, on.on.agency.uscc)
        operations.attach_evidence(actor=extra, at=NOW, evaluation_id=made.id, upload=file)


def test_what_waits_for_whom(on: Walk) -> None:
    def waiting(made: Evaluation) -> dict[str, list[date | None]]:
        people = ("rater", "rater2", "director", "lead", "signatory", "supervisor")
        found = {who: queries.tasks_for(getattr(on, who), NOW) for who in people}
        return {who: [task.due_on for task in tasks] for who, tasks in found.items() if tasks}

    made = on.assigned()
    assert waiting(made) == {"rater": [None], "rater2": [None]}
    on.hand_in(on.rater, made)
    assert waiting(made) == {"rater2": [None]}
    on.hand_in(on.rater2, made)
    last = date(2026, 7, 15)
    assert waiting(made) == {"director": [last], "lead": [last]}
    operations.reply(actor=on.director, at=NOW, evaluation_id=made.id, text="Fine")
    operations.conclude(actor=on.lead, at=NOW, evaluation_id=made.id, conclusion="Good")
    assert waiting(made) == {"signatory": [date(2026, 9, 29)]}
