"""The one way into a step of a workflow, and its line in the record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from almoner.audit.operations import Act, record
from almoner.audit.queries import INSTEAD_OF, deeds
from almoner.rules.roles import Actor, Held
from almoner.rules.workflow import Step, Workflow, enter, open_steps


@dataclass(frozen=True)
class Taken:
    """A step that somebody may take, and takes."""

    workflow: Workflow
    step: Step
    actor: Actor
    held: Held
    subject_id: str

    def log(
        self,
        *,
        at: datetime,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        reason: str = "",
        also: Iterable[Act] = (),
    ) -> None:
        """Record the step, and `also` what it led to, within the caller's transaction."""
        act = Act(
            self.step.kind, self.workflow.table, self.subject_id, before or {}, after or {}, reason
        )
        record(actor=self.actor.login, role=acted_as(self.held), at=at, acts=[act, *also])


def acted_as(held: Held) -> str:
    """A role as the record names it: with whoever was away, where a deputy acts."""
    return f"{held.role}{INSTEAD_OF}{held.instead_of}" if held.instead_of else held.role.value


def take(
    workflow: Workflow, name: str, *, actor: Actor, state: str, body: str | None, subject_id: str
) -> Taken:
    """Let `actor` take the step `name` on behalf of `body` (its uscc), or raise Refused.

    Call it inside the transaction and after the thing was locked: `state` is what it is now.
    """
    step = workflow[name]
    done = deeds(workflow.table, subject_id) if step.apart_from else ()
    held = enter(step, actor=actor, state=state, body=body, deeds=done)
    return Taken(workflow, step, actor, held, subject_id)


def steps_for(
    workflow: Workflow, *, actor: Actor, state: str, body: str | None, subject_id: str
) -> frozenset[str]:
    """The names of the steps that `actor` may take now: what gets a button."""
    done = deeds(workflow.table, subject_id)
    found = open_steps(workflow, actor=actor, state=state, body=body, deeds=done)
    return frozenset(step.name for step in found)
