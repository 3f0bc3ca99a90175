"""What may happen to a thing, from which state, by whom: one transition table a thing.

Buttons, permission tests and `docs/states/` come from these tables. What dates can tell (closed,
due, overdue) is no state: it is derived where it is shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from almoner.rules.refusal import Refused
from almoner.rules.roles import Actor, Held
from almoner.rules.roles import Permission as P

NEW = ""  # the state of what is not there yet


@dataclass(frozen=True)
class Step:
    """One thing that may be done: from any of `sources` to `target`.

    An empty `target` leaves the state as it is. Whoever did a step named in `apart_from` to the
    same thing may not do this one. `guards` are the reason codes that may refuse it.
    """

    thing: str
    name: str
    sources: tuple[str, ...]
    target: str
    permission: P
    apart_from: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """What the audit record calls it."""
        return f"{self.thing}.{self.name}"


@dataclass(frozen=True)
class Workflow:
    """All that may happen to one thing; `table` is where the audit record finds it."""

    thing: str
    table: str
    states: type[StrEnum]
    steps: Mapping[str, Step]

    def __getitem__(self, name: str) -> Step:
        return self.steps[name]


def _workflow(
    thing: str,
    table: str,
    states: type[StrEnum],
    *rows: tuple[str, str | tuple[str, ...], str, P]
    | tuple[str, str | tuple[str, ...], str, P, tuple[str, ...]]
    | tuple[str, str | tuple[str, ...], str, P, tuple[str, ...], tuple[str, ...]],
) -> Workflow:
    steps = {}
    for name, sources, target, permission, *rest in rows:
        apart, guards = (*rest, (), ())[:2]
        several = (sources,) if isinstance(sources, str) else sources
        steps[name] = Step(thing, name, several, target, permission, apart, guards)
    return Workflow(thing, table, states, MappingProxyType(steps))


class AppropriationState(StrEnum):
    PROPOSED = "proposed"
    RETURNED = "returned"
    APPROVED = "approved"


A = AppropriationState
APPROPRIATION = _workflow(
    "appropriation",
    "appropriations",
    AppropriationState,
    ("propose", (NEW, A.RETURNED), A.PROPOSED, P.BUDGET_PROPOSE, (), ("shares_do_not_add_up",)),
    ("return", A.PROPOSED, A.RETURNED, P.BUDGET_APPROVE, ("propose",)),
    ("approve", A.PROPOSED, A.APPROVED, P.BUDGET_APPROVE, ("propose",)),
)


class TenderState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    OPENED = "opened"
    DECIDED = "decided"
    AWARDED = "awarded"
    CANCELLED = "cancelled"


T = TenderState
_UNREADY = ("tender_incomplete", "check_failed", "tender_reason_missing")
_RUNNING = (T.PUBLISHED, T.OPENED, T.DECIDED)
TENDER = _workflow(
    "tender",
    "tenders",
    TenderState,
    ("draft", NEW, T.DRAFT, P.TENDER_DRAFT, (), ("draft_too_long", "tendered_again")),
    ("save", T.DRAFT, "", P.TENDER_DRAFT, (), ("edited_meanwhile", "draft_too_long")),
    ("intend", T.DRAFT, "", P.TENDER_DRAFT, (), ("intention_announced", "tender_incomplete")),
    ("submit", T.DRAFT, T.SUBMITTED, P.TENDER_DRAFT, (), _UNREADY),
    ("return", T.SUBMITTED, T.DRAFT, P.TENDER_PUBLISH, ("save", "submit"), ("reason_missing",)),
    ("publish", T.SUBMITTED, T.PUBLISHED, P.TENDER_PUBLISH, ("draft", "save", "submit"), _UNREADY),
    (
        "appoint",
        T.PUBLISHED,
        "",
        P.TENDER_DRAFT,
        (),
        ("panel_drawn_already", "panel_too_small", "too_few_experts", "pool_too_small"),
    ),
    ("unseal", T.PUBLISHED, "", P.TENDER_OPEN, (), ("before_deadline", "unsealed_already")),
    (
        "open",
        T.PUBLISHED,
        T.OPENED,
        P.TENDER_OPEN,
        ("unseal",),
        ("before_deadline", "not_unsealed", "panel_missing"),
    ),
    ("declare", T.OPENED, "", P.PANEL_SCORE, (), ("not_on_panel", "tied", "sheet_submitted")),
    (
        "score",
        T.OPENED,
        "",
        P.PANEL_SCORE,
        (),
        ("not_on_panel", "ties_not_declared", "tied", "sheet_submitted", "sheet_incomplete"),
    ),
    (
        "decide",
        T.OPENED,
        T.DECIDED,
        P.AWARD_DECIDE,
        ("score",),
        ("too_few_bids", "panel_too_small", "scores_missing"),
    ),
    ("announce", T.DECIDED, T.AWARDED, P.TENDER_DRAFT, ("decide",)),
    ("cancel", _RUNNING, T.CANCELLED, P.TENDER_PUBLISH, (), ("reason_missing",)),
)


class BidState(StrEnum):
    DRAFT = "draft"
    SEALED = "sealed"
    WITHDRAWN = "withdrawn"
    VALID = "valid"
    DISQUALIFIED = "disqualified"


B = BidState
BID = _workflow(
    "bid",
    "bids",
    BidState,
    ("save", (NEW, B.DRAFT, B.WITHDRAWN), "", P.BID_MAKE, (), ("edited_meanwhile",)),
    (
        "submit",
        (B.DRAFT, B.WITHDRAWN),
        B.SEALED,
        P.BID_MAKE,
        (),
        ("edited_meanwhile", "late_bid", "tender_closed", "above_ceiling", "infeasible_hours"),
    ),
    ("withdraw", B.SEALED, B.WITHDRAWN, P.BID_MAKE, (), ("late_bid", "tender_closed")),
    (
        "disqualify",
        B.VALID,
        B.DISQUALIFIED,
        P.TENDER_DRAFT,
        (),
        ("reason_missing", "scoring_began"),
    ),
)


class ContractState(StrEnum):
    DRAFT = "draft"
    OFFERED = "offered"
    SETTLED = "settled"
    SIGNED = "signed"
    CONCLUDED = "concluded"
    PUBLISHED = "published"
    ENDED = "ended"


C = ContractState
CONTRACT = _workflow(
    "contract",
    "contracts",
    ContractState,
    ("draft", NEW, C.DRAFT, P.CONTRACT_DRAFT, (), ("not_awarded",)),
    ("save", C.DRAFT, "", P.CONTRACT_DRAFT, (), ("edited_meanwhile",)),
    ("offer", C.DRAFT, C.OFFERED, P.CONTRACT_DRAFT, (), ("incomplete",)),
    ("propose", C.OFFERED, C.DRAFT, P.CONTRACT_NEGOTIATE),
    ("settle", C.OFFERED, C.SETTLED, P.CONTRACT_NEGOTIATE, (), ("content_changed",)),
    (
        "reopen",
        (C.OFFERED, C.SETTLED, C.SIGNED),
        C.DRAFT,
        P.CONTRACT_DRAFT,
        (),
        ("reason_missing",),
    ),
    ("sign", C.SETTLED, C.SIGNED, P.CONTRACT_SIGN_PROVIDER, (), ("content_changed",)),
    (
        "countersign",
        C.SIGNED,
        C.CONCLUDED,
        P.CONTRACT_SIGN_PURCHASER,
        ("draft", "save", "offer"),
        ("content_changed", "over_committed"),
    ),
    ("publish", C.CONCLUDED, C.PUBLISHED, P.CONTRACT_DRAFT, ("countersign",)),
    ("complete", C.PUBLISHED, C.ENDED, P.CONTRACT_DRAFT, (), ("not_over_yet",)),
    ("terminate", C.PUBLISHED, C.ENDED, P.CONTRACT_SIGN_PURCHASER, (), ("reason_missing",)),
)


class ChangeState(StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    REFUSED = "refused"


H = ChangeState
CHANGE = _workflow(
    "change",
    "contract_changes",
    ChangeState,
    ("propose", NEW, H.PROPOSED, P.TASK_ASK, (), ("above_ten_percent", "over_committed")),
    ("agree", H.PROPOSED, H.AGREED, P.TASK_AGREE, ("propose",)),
    ("refuse", H.PROPOSED, H.REFUSED, P.TASK_AGREE, ("propose",)),
)


class TaskState(StrEnum):
    OPEN = "open"
    IN_SCOPE = "in_scope"
    PAID_VARIATION = "paid_variation"
    SWAPPED = "swapped"
    REFUSED = "refused"
    IMPOSED = "imposed"


K = TaskState
TASK_REQUEST = _workflow(
    "task_request",
    "task_requests",
    TaskState,
    ("ask", NEW, K.OPEN, P.TASK_ASK),
    ("cover", NEW, K.IN_SCOPE, P.TASK_ASK),
    ("forbid", NEW, K.REFUSED, P.TASK_ASK),
    ("report", NEW, K.OPEN, P.TASK_AGREE),
    ("vary", K.OPEN, K.PAID_VARIATION, P.TASK_AGREE, ("ask",)),
    ("swap", K.OPEN, K.SWAPPED, P.TASK_AGREE, ("ask",)),
    ("drop", K.OPEN, K.REFUSED, P.TASK_ASK),
    ("override", (K.OPEN, K.REFUSED), K.IMPOSED, P.TASK_OVERRIDE, ("ask",), ("forbidden_task",)),
)


class InstalmentState(StrEnum):
    SCHEDULED = "scheduled"
    ACCEPTED = "accepted"
    PAID = "paid"
    LAPSED = "lapsed"


N = InstalmentState
_PAYING = ("paid_meanwhile", "above_accepted", "delay_cause_missing")
INSTALMENT = _workflow(
    "instalment",
    "instalments",
    InstalmentState,
    ("hear", N.SCHEDULED, "", P.PAYMENT_ACCEPT),
    (
        "accept",
        N.SCHEDULED,
        N.ACCEPTED,
        P.PAYMENT_ACCEPT,
        (),
        ("too_few_opinions", "above_amount_due", "reason_missing"),
    ),
    ("explain", (N.SCHEDULED, N.ACCEPTED), "", P.PAYMENT_ACCEPT),
    ("pay_part", N.ACCEPTED, "", P.PAYMENT_PAY, ("accept", "hear"), _PAYING),
    ("pay", N.ACCEPTED, N.PAID, P.PAYMENT_PAY, ("accept", "hear"), _PAYING),
)


class EvaluationState(StrEnum):
    ASSIGNED = "assigned"
    RATED = "rated"
    CONCLUDED = "concluded"
    FOLLOWED = "followed"


E = EvaluationState
EVALUATION = _workflow(
    "evaluation",
    "evaluations",
    EvaluationState,
    ("assign", NEW, E.ASSIGNED, P.EVALUATION_ASSIGN, (), ("tied_agency", "framework_missing")),
    ("score", E.ASSIGNED, "", P.EVALUATION_RATE, (), ("edited_meanwhile",)),
    ("rate", E.ASSIGNED, "", P.EVALUATION_RATE, (), ("sheet_incomplete", "sheet_submitted")),
    ("rate_last", E.ASSIGNED, E.RATED, P.EVALUATION_RATE, (), ("sheet_incomplete",)),
    ("reply", E.RATED, "", P.EVALUATION_REPLY, (), ("reply_late",)),
    (
        "conclude",
        E.RATED,
        E.CONCLUDED,
        P.EVALUATION_CONCLUDE,
        ("score", "rate", "rate_last"),
        ("reply_period_open",),
    ),
    ("follow", (E.CONCLUDED, E.FOLLOWED), E.FOLLOWED, P.CONSEQUENCE_DECIDE, ("conclude",)),
)


class ComplaintState(StrEnum):
    RECEIVED = "received"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


M = ComplaintState
COMPLAINT = _workflow(
    "complaint",
    "complaints",
    ComplaintState,
    ("raise", NEW, M.RECEIVED, P.PORTAL_WRITE),
    ("answer", M.RECEIVED, M.ANSWERED, P.COMPLAINT_ANSWER, (), ("own_complaint",)),
    ("withdraw", M.RECEIVED, M.WITHDRAWN, P.PORTAL_WRITE),
)

WORKFLOWS = (
    APPROPRIATION,
    TENDER,
    BID,
    CONTRACT,
    CHANGE,
    TASK_REQUEST,
    INSTALMENT,
    EVALUATION,
    COMPLAINT,
)


def enter(
    step: Step, *, actor: Actor, state: str, body: str | None, deeds: Iterable[tuple[str, str]] = ()
) -> Held:
    """The role by which `actor` may take `step`, or Refused with the reason.

    `state` is the one the thing is in, `body` the uscc on whose behalf the step is taken, `deeds`
    the (kind, login) of all that was done to the thing, as the audit record has them.
    """
    held = actor.acting(step.permission, body)
    if held is None:
        raise Refused("not_permitted", permission=step.permission.value)
    if state not in step.sources:
        raise Refused("wrong_state", thing=step.thing, step=step.name, state=state)
    apart = {f"{step.thing}.{name}" for name in step.apart_from}
    same = {actor.login, held.instead_of}
    for kind, login in deeds:
        if kind in apart and login in same:
            raise Refused("same_person", thing=step.thing, step=step.name, earlier=kind)
    return held


def open_steps(
    workflow: Workflow,
    *,
    actor: Actor,
    state: str,
    body: str | None,
    deeds: Iterable[tuple[str, str]],
) -> list[Step]:
    """The steps that `actor` may take now, guards aside: what gets a button."""
    done = list(deeds)
    found = []
    for step in workflow.steps.values():
        try:
            enter(step, actor=actor, state=state, body=body, deeds=done)
        except Refused:
            continue
        found.append(step)
    return found
