"""Every step of the tables has an address of its name, which asks for exactly its permission."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from almoner.rules.roles import Permission
from almoner.rules.workflow import WORKFLOWS, Step

STEPS = {step.kind: step for workflow in WORKFLOWS for step in workflow.steps.values()}
# What is decided by a rule, or follows from another step, is posted to that step's address.
ELSEWHERE = {
    "evaluation.rate_last": "evaluation-rate",
    "instalment.pay_part": "instalment-pay",
    "task_request.cover": "task-request-ask",
    "task_request.forbid": "task-request-ask",
    "task_request.vary": "change-agree",
    "task_request.swap": "change-agree",
}


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern)
        else:
            yield pattern


VIEWS: dict[str, list[URLPattern]] = {}
for found in patterns(get_resolver()):
    VIEWS.setdefault(str(found.name), []).append(found)


def address(step: Step) -> str:
    return ELSEWHERE.get(step.kind, step.kind.replace(".", "-").replace("_", "-"))


@pytest.mark.parametrize("kind", sorted(STEPS))
def test_a_steps_address_asks_for_its_permission(kind: str) -> None:
    views = VIEWS.get(address(STEPS[kind]), [])
    assert {getattr(view.callback, "permission", None) for view in views} == {
        STEPS[kind].permission
    }


def test_what_is_posted_elsewhere_is_a_step_without_an_address_of_its_own() -> None:
    own = {kind.replace(".", "-").replace("_", "-") for kind in ELSEWHERE}
    assert STEPS.keys() >= ELSEWHERE.keys() and not own & VIEWS.keys()


def test_every_permission_is_asked_for_somewhere() -> None:
    asked = {
        getattr(view.callback, "permission", None) for views in VIEWS.values() for view in views
    }
    assert set(Permission) - asked == set()
