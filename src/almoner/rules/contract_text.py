"""The text of a contract: what both sides sign.

The *document* is all that they agree on, in both languages, as canonical JSON (keys sorted, no
spaces, UTF-8); what is signed is its SHA-256.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from almoner.rules.clauses import Clause, Library
from almoner.rules.contract import Draft, iso, written
from almoner.rules.money import rounded_ratio
from almoner.rules.workload import WorkloadError, evaluate

Document = dict[str, Any]


def hours_of(formula: str, population: int | None) -> Decimal | None:
    """A term's hours for one contract year, to four decimals; None while an unknown has no value.

    A formula that cannot be read has no value either: the tender's own checks name its fault.
    """
    try:
        value = evaluate(formula, {} if population is None else {"population": population}).hours
    except WorkloadError:
        return None
    if value is None or value < 0:
        return None
    return Decimal(rounded_ratio(value.numerator * 10_000, value.denominator)).scaleb(-4)


Both = Mapping[str, str]
"""A text in both languages, as `name_en` and `name_zh`."""


@dataclass(frozen=True)
class Facts:
    """What a contract says that is not the clerk's to settle."""

    contract_id: str
    tender_id: str
    bid_id: str
    title: Both
    specification: str
    service_item: str
    item: Both
    area_code: str
    area: Both
    population: int | None
    purchaser_uscc: str
    purchaser: Both
    provider_uscc: str
    provider: Both
    framework: Both
    payers: Mapping[str, Both]
    amount_fen: int


def document(draft: Draft, facts: Facts, library: Library) -> Document:
    """All that the sides agree on. The same draft and facts give the same document."""
    chosen = [clause for clause in library.clauses if clause.code in draft.clauses]
    return {
        **{name: value for name, value in vars(facts).items() if name not in _NOT_AGREED},
        **{
            name: value
            for name, value in written(draft).items()
            if name not in ("terms", "instalments", "commitments", "obligations", "clauses")
        },
        "framework_name": facts.framework,
        "terms": [
            {**vars(term), "hours": _text(hours_of(term.formula, facts.population))}
            for term in draft.terms
        ],
        "instalments": [
            {
                "seq": seq,
                "amount_fen": one.amount_fen,
                "due_on": iso(one.due_on),
                "condition": {"name_en": one.condition_en, "name_zh": one.condition_zh},
            }
            for seq, one in enumerate(draft.instalments, start=1)
        ],
        "commitments": [
            {"appropriation": id, "amount_fen": fen, "payer": facts.payers.get(id, {})}
            for id, fen in sorted(draft.commitments.items())
            if fen
        ],
        "obligations": [
            {
                "side": one.side,
                "due_on": iso(one.due_on),
                "text": {"name_en": one.text_en, "name_zh": one.text_zh},
            }
            for one in draft.obligations
        ],
        "clauses": [
            _clause(number, clause, draft) for number, clause in enumerate(chosen, start=1)
        ],
    }


_NOT_AGREED = ("population", "payers", "framework")


def _clause(number: int, clause: Clause, draft: Draft) -> dict[str, Any]:
    numbers = {
        name: value for name, value in draft.clauses[clause.code].items() if value is not None
    }
    english, chinese = clause.filled(numbers)
    return {
        "number": number,
        "code": clause.code,
        "duty": clause.duty,
        "title": {"name_en": clause.title_en, "name_zh": clause.title_zh},
        "text": {"name_en": english, "name_zh": chinese},
        "numbers": numbers,
    }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number.normalize(), "f")


def canonical(document: Document) -> str:
    """The one way to write a document down: what is hashed and kept."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256_of(text: str) -> str:
    """The fingerprint that both sides sign."""
    return hashlib.sha256(text.encode()).hexdigest()
