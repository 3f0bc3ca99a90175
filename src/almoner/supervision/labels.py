"""What findings, their stages and their rows are called on pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from almoner.findings.definition import Definition, definition
from almoner.findings.sentence import because, people
from almoner.rules.packs import Limit, china
from almoner.rules.small_cells import fewest_told
from almoner.supervision.models import StoredFinding
from almoner.supervision.operations import read
from almoner.web.format import in_chinese
from almoner.web.unit_labels import UNITS

STAGES: Mapping[str, str | Promise] = {
    "preparation": _("Preparation"),
    "tendering": _("Tendering"),
    "contracting": _("Contracting"),
    "delivery": _("Delivery"),
    "tasks": _("Tasks outside the contract"),
    "workforce": _("Staff of providers"),
    "payment": _("Payment"),
    "evaluation": _("Evaluation"),
    "voice": _("Voice of users"),
    "impact": _("Outcomes and market"),
    "notices": _("Notices"),
}
ASKED: Mapping[str, str | Promise] = {
    "purchaser": _("the purchaser"),
    "provider": _("the provider"),
    "finance": _("the finance office"),
    "supervisor": _("the supervising office"),
    "evaluator": _("the evaluation agency"),
}
TABLES: Mapping[str, str | Promise] = {
    "appropriations": _("appropriation"),
    "areas": _("place"),
    "bids": _("bid"),
    "bid_staff": _("promised worker"),
    "commitments": _("commitment"),
    "complaints": _("complaint"),
    "consequences": _("consequence"),
    "contracts": _("contract"),
    "contract_changes": _("contract change"),
    "contract_terms": _("workload term"),
    "evaluations": _("evaluation"),
    "frameworks": _("framework"),
    "indicators": _("indicator"),
    "instalments": _("instalment"),
    "notices": _("notice"),
    "organisation_links": _("tie between bodies"),
    "organisations": _("body"),
    "outcomes": _("outcome measurement"),
    "payroll": _("payroll line"),
    "ratings": _("rating"),
    "service_items": _("directory item"),
    "service_records": _("service record"),
    "survey_responses": _("survey answer"),
    "survey_waves": _("survey"),
    "task_requests": _("task request"),
    "tender_criteria": _("award criterion"),
    "tenders": _("tender"),
    "wage_floors": _("wage floor"),
    "workers": _("worker"),
}
# Rows of these tables tell of persons: the public is told their number only.
OF_PERSONS = frozenset(
    {
        *("bid_staff", "outcomes", "payroll", "ratings"),
        *("service_records", "survey_responses", "workers"),
    }
)
_PAGES = {"contracts": "contract", "tenders": "tender", "areas": "place"}


def table(name: str) -> str:
    """A table of the exchange format: its name in English, what it holds in Chinese."""
    return str(TABLES.get(name, name)) if in_chinese() else name.upper()


def title(entry: Definition) -> str:
    """What a kind of finding is called, in the reader's language."""
    return entry.title_zh if in_chinese() else entry.title


def rule(entry: Definition) -> str:
    """The definition, in the reader's language."""
    return entry.rule_zh if in_chinese() else entry.rule


def choice(entry: Definition) -> str:
    """What was chosen where the definition leaves something open."""
    return entry.choice_zh if in_chinese() else entry.choice


def basis(entry: Definition) -> str:
    """What the definition rests on, as the catalogue names it."""
    return entry.basis_zh if in_chinese() else entry.basis


def sentence(kept: StoredFinding, *, private: bool) -> str:
    """Why it was found, with its figures, in the reader's language.

    Only `private` readers are told figures about a few people.
    """
    entry, found = definition(kept.code), read(kept)
    if not private and is_about_few(kept):
        hidden = _("The figures are hidden, because they are about fewer than %(least)s people.")
        return str(hidden) % {"least": fewest_told(kept.found_on)}
    return because(entry, found, "zh" if in_chinese() else "en")


def is_about_few(kept: StoredFinding) -> bool:
    """Whether its sentence would tell a number of people that is small."""
    numbers = people(definition(kept.code), read(kept))
    return any(0 < number < fewest_told(kept.found_on) for number in numbers)


def limits(entry: Definition, on: date) -> list[tuple[Limit, str]]:
    """The limits of a kind in force on a day, each with what its unit is called."""
    pack = china()
    found = [pack.limit(f"{entry.code}.{name}", on) for name in entry.limits]
    return [(limit, str(UNITS[limit.unit])) for limit in found]


@dataclass(frozen=True)
class Row:
    """A row that a finding was computed from; without an id it stands for `number` rows.

    Without a number it does not say how many.
    """

    label: str | Promise
    id: str
    url: str | None
    number: int | None = 1


def rows(kept: StoredFinding, *, private: bool) -> list[Row]:
    """The rows behind a finding; those about persons one by one only for `private` readers.

    How many of these there are would tell a number that its sentence hides.
    """
    shown: list[Row] = []
    hidden: dict[str, int] = {}
    for table, id in kept.rows:
        if table in OF_PERSONS and not private:
            hidden[table] = hidden.get(table, 0) + 1
        else:
            shown.append(Row(TABLES.get(table, table), id, _address(table, id)))
    few = is_about_few(kept)
    return shown + [
        Row(TABLES[table], "", None, None if few else number) for table, number in hidden.items()
    ]


def subject(kept: StoredFinding, *, private: bool) -> Row:
    """What a finding is about: its own page where there is one, else the contract's or tender's."""
    if kept.contract_id and (kept.subject_table in OF_PERSONS and not private):
        return Row(
            TABLES["contracts"], kept.contract_id, reverse("contract", args=[kept.contract_id])
        )
    url = _address(kept.subject_table, kept.subject_id)
    if url is None and kept.contract_id and kept.subject_table != "bids":
        url = reverse("contract", args=[kept.contract_id])
    elif url is None and kept.tender_id:
        url = reverse("tender", args=[kept.tender_id])
    elif url is None and kept.provider_uscc:
        url = reverse("provider", args=[kept.provider_uscc])
    elif url is None and definition(kept.code).asks == "evaluator":
        url = reverse("evaluation-agencies")
    label = TABLES.get(kept.subject_table, kept.subject_table)
    return Row(label, kept.subject_id, url)


def _address(table: str, id: str) -> str | None:
    name = _PAGES.get(table)
    return reverse(name, args=[id]) if name else None


def state(kept: StoredFinding) -> str:
    """Whether it still stands."""
    return str(_("No longer found") if kept.gone_on else _("Waits for an answer"))
