"""The transition tables, and who may take which step: every role, every step, every state."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools.states import ELSEWHERE

from almoner.rules.refusal import Refused
from almoner.rules.roles import EVERYBODY, ROLE_PERMISSIONS, Actor, Held, Permission, Role
from almoner.rules.workflow import NEW, WORKFLOWS, Step, Workflow, enter, open_steps

BODY, OTHER = "91440101DEM0000001", "91440101DEM0000002"
STEPS = [(workflow, step) for workflow in WORKFLOWS for step in workflow.steps.values()]
APART = [(step, f"{step.thing}.{earlier}") for _w, step in STEPS for earlier in step.apart_from]
# Steps that residents take without an account go another way than `enter`.
SIGNED_IN = [(workflow, step) for workflow, step in STEPS if step.permission not in EVERYBODY]


def named(value: object) -> str:
    return value.kind if isinstance(value, Step) else str(getattr(value, "thing", value))


def someone(role: Role, body: str | None = None, instead_of: str = "") -> Actor:
    return Actor("li", (Held(role, body, instead_of),))


def holder(step: Step) -> Role:
    return next(role for role in Role if step.permission in ROLE_PERMISSIONS[role])


def refusal(step: Step, actor: Actor, **more: object) -> str:
    """The reason code with which the step is refused; empty where it is allowed."""
    given: dict[str, object] = {"state": step.sources[0], "body": BODY, **more}
    try:
        enter(step, actor=actor, **given)  # type: ignore[arg-type]
    except Refused as refused:
        return refused.code
    return ""


@pytest.mark.parametrize(("workflow", "step"), SIGNED_IN, ids=named)
def test_a_role_may_take_a_step_exactly_if_it_holds_its_permission(
    workflow: Workflow, step: Step
) -> None:
    for role, body in product(Role, (None, BODY)):
        allowed = step.permission in ROLE_PERMISSIONS[role]
        expected = "" if allowed else "not_permitted"
        assert refusal(step, someone(role, body)) == expected, role
        assert refusal(step, someone(role, body, instead_of="wang")) == expected, role
    assert refusal(step, Actor("li")) == "not_permitted"


@pytest.mark.parametrize(("workflow", "step"), SIGNED_IN, ids=named)
def test_another_bodys_role_is_worth_nothing(workflow: Workflow, step: Step) -> None:
    assert refusal(step, someone(holder(step), OTHER)) == "not_permitted"
    both = Actor("li", (Held(holder(step), OTHER), Held(holder(step), BODY)))
    assert refusal(step, both) == ""


@pytest.mark.parametrize(("workflow", "step"), SIGNED_IN, ids=named)
def test_a_step_is_taken_from_its_states_only(workflow: Workflow, step: Step) -> None:
    for state in (NEW, *workflow.states):
        expected = "" if state in step.sources else "wrong_state"
        assert refusal(step, someone(holder(step)), state=state) == expected, state


@pytest.mark.parametrize(("step", "earlier"), APART, ids=named)
def test_whoever_took_the_earlier_step_may_not_take_this_one(step: Step, earlier: str) -> None:
    role = holder(step)
    for own in (someone(role), someone(role, BODY)):
        assert refusal(step, own, deeds=[(earlier, "li")]) == "same_person"
        assert refusal(step, own, deeds=[(earlier, "wang")]) == ""
        assert refusal(step, own, deeds=[("other.deed", "li")]) == ""
    deputy = someone(role, BODY, instead_of="wang")
    assert refusal(step, deputy, deeds=[(earlier, "wang")]) == "same_person"
    assert refusal(step, deputy, deeds=[(earlier, "li")]) == "same_person"
    assert refusal(step, deputy, deeds=[(earlier, "zhao")]) == ""


def test_which_reason_comes_first() -> None:
    """Whoever may not take a step learns nothing of the state; the state comes before people."""
    step, earlier = APART[0]
    deeds = [(earlier, "li")]
    assert refusal(step, Actor("li"), state="elsewhere", deeds=deeds) == "not_permitted"
    assert refusal(step, someone(holder(step)), state="elsewhere", deeds=deeds) == "wrong_state"


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=named)
def test_tables_name_only_states_and_steps_that_are_there(workflow: Workflow) -> None:
    states = {NEW, *workflow.states}
    for name, step in workflow.steps.items():
        assert step.name == name and step.thing == workflow.thing
        assert step.sources and set(step.sources) <= states
        assert step.target in states
        assert set(step.apart_from) <= workflow.steps.keys() - {name}
        assert len(set(step.guards)) == len(step.guards)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=named)
def test_every_state_can_be_reached(workflow: Workflow) -> None:
    edges = {(source, step.target) for step in workflow.steps.values() for source in step.sources}
    edges |= {(source, target) for source, target, _cause in ELSEWHERE.get(workflow.thing, ())}
    reached = {NEW}
    while more := {target for source, target in edges if source in reached} - reached:
        reached |= more
    assert set(workflow.states) <= reached


def test_things_and_their_tables_are_told_apart() -> None:
    assert len({workflow.thing for workflow in WORKFLOWS}) == len(WORKFLOWS)
    assert len({workflow.table for workflow in WORKFLOWS}) == len(WORKFLOWS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tender.draft", "tender.publish"),
        ("contract.save", "contract.countersign"),
        ("instalment.accept", "instalment.pay"),
        ("evaluation.rate", "evaluation.conclude"),
        ("appropriation.propose", "appropriation.approve"),
        ("tender.unseal", "tender.open"),
        ("tender.score", "tender.decide"),
    ],
)
def test_whoever_decides_may_not_check_himself(one: str, other: str) -> None:
    assert (one, other) in {(earlier, step.kind) for step, earlier in APART}


def test_an_auditor_reads_and_an_administrator_sets_up_and_neither_takes_a_step() -> None:
    for role in (Role.AUDITOR, Role.ADMINISTRATOR):
        taken = {step.kind for _w, step in STEPS if step.permission in ROLE_PERMISSIONS[role]}
        assert taken == set()
    reading = {permission for permission in Permission if permission.endswith(".read")}
    assert ROLE_PERMISSIONS[Role.AUDITOR] <= reading


def test_every_step_can_be_taken_by_somebody() -> None:
    for _workflow, step in SIGNED_IN:
        assert any(step.permission in ROLE_PERMISSIONS[role] for role in Role), step.kind


ROLES = st.builds(
    Held,
    st.sampled_from(Role),
    st.sampled_from([None, BODY, OTHER]),
    st.sampled_from(["", "wang", "zhao"]),
)
DEEDS = st.lists(
    st.tuples(
        st.sampled_from([step.kind for _w, step in STEPS]), st.sampled_from(["li", "wang", "zhao"])
    ),
    max_size=6,
)


@given(st.sampled_from(SIGNED_IN), st.lists(ROLES, max_size=4), DEEDS, st.data())
def test_a_button_stands_exactly_where_the_step_can_be_taken(
    which: tuple[Workflow, Step],
    held: list[Held],
    deeds: list[tuple[str, str]],
    data: st.DataObject,
) -> None:
    workflow, step = which
    actor = Actor("li", tuple(held))
    state = data.draw(st.sampled_from([NEW, *workflow.states]))
    offered = open_steps(workflow, actor=actor, state=state, body=BODY, deeds=deeds)
    taken = refusal(step, actor, state=state, deeds=deeds) == ""
    assert (step in offered) == taken


@given(st.sampled_from(SIGNED_IN), st.lists(ROLES, max_size=4), DEEDS, ROLES)
def test_what_was_done_never_opens_a_step(
    which: tuple[Workflow, Step], held: list[Held], deeds: list[tuple[str, str]], more: Held
) -> None:
    _workflow, step = which
    actor = Actor("li", tuple(held))
    if refusal(step, actor, deeds=deeds) == "":
        assert refusal(step, actor) == ""
        assert refusal(step, actor, deeds=[*deeds, ("other.deed", "li")]) == ""
        later = Actor("li", (*held, more))
        assert refusal(step, later, deeds=deeds) == ""


@given(st.lists(ROLES, max_size=5), st.sampled_from(Permission))
def test_bodies_are_those_for_which_somebody_may(held: list[Held], permission: Permission) -> None:
    actor = Actor("li", tuple(held))
    bodies = actor.bodies(permission)
    for body in (BODY, OTHER):
        assert actor.may(permission, body) == (bodies is None or body in bodies)
    assert actor.may(permission) == (bodies is None or bool(bodies))
