"""Evaluations as work: who scores what, what a score may rest on, what waits for whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from almoner.accounts.models import Person
from almoner.accounts.queries import holders
from almoner.contracts.models import Contract, ContractTerm, Instalment
from almoner.delivery.models import MonthlyDelivery
from almoner.directory import models as directory
from almoner.evaluation.models import Consequence, Evaluation, EvaluationFile, RaterSeat
from almoner.files.models import Attachment
from almoner.files.queries import attached
from almoner.parties.models import Organisation, OrganisationKind, OrganisationLink
from almoner.parties.queries import is_kind
from almoner.rules.calendar import local_day
from almoner.rules.evaluation import SCORES
from almoner.rules.packs import china
from almoner.rules.roles import Actor, Permission
from almoner.rules.scoring import Leaf, Link, reply_until
from almoner.rules.workflow import EvaluationState
from almoner.tenders.labels_formulas import WORK
from almoner.web.format import hours as hours_in_words
from almoner.web.tasks import Task

P = Permission
MOST_TASKS = 100
FILES = "evaluations"
EVIDENCE = "evidence"


def state_of(evaluation: Evaluation) -> EvaluationState:
    """The state of an evaluation, from its dates; one from a package has no file."""
    if evaluation.reported_on is not None:
        followed = Consequence.objects.filter(evaluation=evaluation).exists()
        return EvaluationState.FOLLOWED if followed else EvaluationState.CONCLUDED
    file = EvaluationFile.objects.filter(evaluation=evaluation).first()
    scored = file is not None and file.scored_at is not None
    return EvaluationState.RATED if scored else EvaluationState.ASSIGNED


def evaluations_for(actor: Actor) -> "QuerySet[Evaluation]":
    """The evaluations that `actor` may read: those of his agency, contract or city."""
    rows = Evaluation.objects.select_related("contract__provider", "agency", "framework")
    rows = rows.order_by("-assigned_on", "id")
    bodies = actor.bodies(P.EVALUATION_READ)
    if bodies is None:
        return rows
    sides = Q(agency__in=bodies) | Q(commissioned_by_uscc__in=bodies)
    for side in ("purchaser", "provider", "supervisor"):
        sides |= Q(**{f"contract__{side}__in": bodies})
    return rows.filter(sides)


def evaluation_for(actor: Actor, evaluation_id: str) -> Evaluation | None:
    """One evaluation that `actor` may read."""
    return evaluations_for(actor).filter(pk=evaluation_id).first()


def contracts_to_judge(actor: Actor, day: date) -> "QuerySet[Contract]":
    """Contracts that have begun, of which `actor` may commission evaluations."""
    rows = Contract.objects.filter(starts_on__lte=day).select_related("provider", "framework")
    bodies = actor.bodies(P.EVALUATION_ASSIGN)
    if bodies is not None:
        rows = rows.filter(Q(supervisor__in=bodies) | Q(supervisor__isnull=True))
    return rows.order_by("id")


def agencies() -> list[Organisation]:
    """Every evaluation agency."""
    return list(Organisation.objects.filter(is_kind(OrganisationKind.EVALUATOR)).order_by("uscc"))


def raters_of(agency_uscc: str, day: date) -> list[Person]:
    """Who may score for an agency on a day."""
    return holders(P.EVALUATION_RATE, agency_uscc, day)


def links_between(agency_uscc: str, provider_uscc: str) -> list[Link]:
    """The recorded ties of two bodies, in either direction."""
    pair = [agency_uscc, provider_uscc]
    rows = OrganisationLink.objects.filter(organisation__in=pair, other__in=pair)
    return [Link(row.organisation_id, row.other_id, row.from_on, row.to_on) for row in rows]


@dataclass(frozen=True)
class Question:
    """An indicator that is scored: its names, its dimension and its weight as well."""

    leaf: Leaf
    name_zh: str | None
    name_en: str | None
    dimension: str
    weight: Decimal


def questions_of(framework_id: int) -> list[Question]:
    """The leaf indicators of a framework in the order of their codes."""
    rows = list(directory.Indicator.objects.filter(framework=framework_id).order_by("code"))
    parents = {row.parent_code for row in rows}
    return [
        Question(
            Leaf(
                row.code,
                Decimal(SCORES[0]) if row.min_score is None else row.min_score,
                Decimal(SCORES[1]) if row.max_score is None else row.max_score,
            ),
            row.name_zh,
            row.name_en,
            str(directory.Dimension(row.dimension).label),
            row.weight or Decimal(0),
        )
        for row in rows
        if row.code not in parents
    ]


@dataclass(frozen=True)
class Evidence:
    """Something that a score may rest on; `url` shows it."""

    reference: str
    label: str
    url: str


def evidence_of(evaluation: Evaluation) -> list[Evidence]:
    """Records of the contract in the period, its payments, and the files that were attached."""
    contract = evaluation.contract
    service = reverse("contract-service", args=[contract.id])
    return [
        *_records(evaluation, service),
        *_payments(contract),
        *(
            Evidence(f"file:{file.id}", file.name, _file_url(evaluation, file))
            for file in attached(FILES, evaluation.id, EVIDENCE)
        ),
    ]


def _records(evaluation: Evaluation, url: str) -> Iterable[Evidence]:
    months = MonthlyDelivery.objects.filter(
        term__contract=evaluation.contract_id,
        month__gte=f"{evaluation.period_from:%Y-%m}",
        month__lte=f"{evaluation.period_to:%Y-%m}",
    )
    sums = dict(months.values("term").annotate(all=Sum("minutes")).values_list("term", "all"))
    for term in ContractTerm.objects.filter(contract=evaluation.contract_id).order_by("code"):
        kind = WORK.get(term.type, term.type)
        done = hours_in_words(Decimal(sums.get(term.id, 0)) / 60)
        yield Evidence(f"term:{term.code}", f"{term.code} · {kind}: {done}", url)


def _payments(contract: Contract) -> Iterable[Evidence]:
    url = reverse("contract-payments", args=[contract.id])
    for row in Instalment.objects.filter(contract=contract).order_by("seq"):
        label = _("Instalment %(number)s") % {"number": row.seq}
        yield Evidence(f"instalment:{row.seq}", label, url)


def _file_url(evaluation: Evaluation, file: Attachment) -> str:
    return reverse("evaluation-evidence", kwargs={"ref": evaluation.id, "file": file.id})


def seat_of(evaluation: Evaluation, login: str) -> RaterSeat | None:
    """The sheet of one rater."""
    return evaluation.seats.filter(person__login=login).first()


def seats_of(evaluation: Evaluation) -> list[RaterSeat]:
    """All sheets, by rater. Show none of them to others before all are in."""
    return list(evaluation.seats.select_related("person").order_by("rater_id"))


def reply_days(day: date) -> int:
    """Working days that a provider has to reply."""
    return int(china().limit("evaluation_reply.working_days", day).value)


def reply_deadline(file: EvaluationFile) -> date | None:
    """The last day for the provider's reply; None while scores are missing."""
    if file.scored_at is None:
        return None
    scored = local_day(file.scored_at)
    return reply_until(scored, reply_days(scored)).day


def tasks_for(actor: Actor, at: datetime) -> list[Task]:
    """Sheets to hand in, scores to reply to, results to conclude, consequences to decide."""
    found: list[Task] = []
    for permission, what, rows in (
        (P.EVALUATION_RATE, gettext_lazy("Score an evaluation"), _to_score(actor)),
        (P.EVALUATION_REPLY, gettext_lazy("Reply to the scores"), _in_reply(actor, "reply")),
        (
            P.EVALUATION_CONCLUDE,
            gettext_lazy("Conclude the evaluation"),
            _in_reply(actor, "conclude"),
        ),
        (P.CONSEQUENCE_DECIDE, gettext_lazy("Decide what follows"), _without_consequence(actor)),
    ):
        if actor.may(permission):
            found += [Task(what, about, due, url) for about, due, url in rows]
    return found


_Row = tuple[str, date | None, str]


def _to_score(actor: Actor) -> Iterable[_Row]:
    seats = RaterSeat.objects.filter(person__login=actor.login, submitted_at__isnull=True)
    for seat in seats.select_related("evaluation").order_by("pk")[:MOST_TASKS]:
        about = f"{seat.evaluation_id} · {seat.evaluation.contract_id}"
        yield about, None, reverse("evaluation-score", args=[seat.evaluation_id])


def _in_reply(actor: Actor, step: str) -> Iterable[_Row]:
    waiting = EvaluationFile.objects.filter(
        scored_at__isnull=False, evaluation__reported_on__isnull=True
    )
    if step == "reply":
        waiting = waiting.filter(replied_at__isnull=True)
        scope = _scope(actor, P.EVALUATION_REPLY, "evaluation__contract__provider")
    else:
        scope = _scope(actor, P.EVALUATION_CONCLUDE, "evaluation__agency")
    rows = waiting.filter(scope).select_related("evaluation").order_by("scored_at")
    for file in rows[:MOST_TASKS]:
        due = reply_deadline(file)
        about = f"{file.evaluation_id} · {file.evaluation.contract_id}"
        yield about, due, reverse("evaluation", args=[file.evaluation_id])


def _without_consequence(actor: Actor) -> Iterable[_Row]:
    rows = Evaluation.objects.filter(
        _scope(actor, P.CONSEQUENCE_DECIDE, "contract__purchaser"),
        reported_on__isnull=False,
        consequences__isnull=True,
    )
    for row in rows.order_by("reported_on", "id")[:MOST_TASKS]:
        days = int(china().limit("E06.days", row.reported_on or date.min).value)
        due = date.fromordinal(row.reported_on.toordinal() + days) if row.reported_on else None
        yield f"{row.id} · {row.contract_id}", due, reverse("evaluation", args=[row.id])


def _scope(actor: Actor, permission: Permission, path: str) -> Q:
    bodies = actor.bodies(permission)
    return Q() if bodies is None else Q(**{f"{path}__in": bodies})


def found(actor: Actor, wanted: dict[str, Any]) -> "QuerySet[Evaluation]":
    """The evaluations that one may read, by words and by whether they are concluded."""
    rows = evaluations_for(actor)
    if text := (wanted.get("q") or "").strip():
        rows = rows.filter(Q(id__icontains=text) | Q(contract__id__icontains=text))
    if wanted.get("open") in {"yes", "no"}:
        rows = rows.filter(reported_on__isnull=wanted["open"] == "yes")
    return rows
