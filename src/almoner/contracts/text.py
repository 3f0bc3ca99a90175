"""A contract's text for reading: its document with days as days, in sections, for one template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from almoner.contracts.labels import term_name
from almoner.contracts.models import ContractTerm, NegotiationEntry, Side, Signature, TargetGroup
from almoner.contracts.models import TermGroup as Group
from almoner.rules.clauses import library
from almoner.rules.contract_text import Document
from almoner.rules.roles import Role
from almoner.web.format import named
from almoner.web.labels import ROLES

DUTIES: Mapping[str, str | Promise] = {
    "purchaser": _("Binds the purchaser"),
    "provider": _("Binds the provider"),
    "both": _("Binds both"),
}
PARTS: Mapping[str, str | Promise] = {
    "": _("The whole contract"),
    "days": _("Days"),
    "staff": _("Staff"),
    "target_group": _("Target group"),
    "framework": _("Evaluation framework"),
    "terms": _("Workload"),
    "instalments": _("Instalments"),
    "commitments": _("Where the money comes from"),
    "obligations": _("Obligations"),
}


def part_name(code: str) -> str:
    """What a part of a contract or a clause is called, in the active language."""
    if code in PARTS:
        return str(PARTS[code])
    clause = library().by_code.get(code)
    return named({"name_en": clause.title_en, "name_zh": clause.title_zh}) if clause else code


@dataclass(frozen=True)
class TermLine:
    """One line of the table of work; `hours` are a contract year's."""

    name: str
    direct: bool
    formula: str
    hours: Decimal | None


@dataclass(frozen=True)
class SignatureLine:
    """A signature as everybody may read it: side, role, when, under which fingerprint."""

    side: str
    name: object
    role: str
    signed_at: datetime
    sha256: str
    void: bool


@dataclass(frozen=True)
class Remark:
    """An entry of the negotiation log."""

    side: str
    about: str
    text: str
    said_at: datetime


@dataclass(frozen=True)
class Text:
    """What the template of a contract shows."""

    document: Document
    sha256: str
    starts_on: date | None
    ends_on: date | None
    staff: Decimal | None
    target_group: str
    framework: str
    terms: Sequence[TermLine]
    instalments: Sequence[Mapping[str, Any]]
    obligations: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]
    clauses: Sequence[Mapping[str, Any]]
    signatures: Sequence[SignatureLine] = ()

    @property
    def heading(self) -> str:
        """What is bought and where; a title that names the place says it once."""
        title, place = named(self.document["title"]), named(self.document["area"])
        if place in title:
            return title
        return gettext("%(title)s, %(place)s") % {"title": title, "place": place}

    @property
    def direct_hours(self) -> Decimal | None:
        """Direct hours a contract year; None while one of them is unknown."""
        every = [term.hours for term in self.terms if term.direct]
        return None if None in every else sum((one for one in every if one), Decimal(0))

    @property
    def signed(self) -> Sequence[SignatureLine]:
        """The signatures that stand."""
        return [one for one in self.signatures if not one.void]


def readable(
    document: Document, sha256: str = "", signatures: Sequence[SignatureLine] = ()
) -> Text:
    """A document for its template, in the active language."""
    code = document.get("framework")
    group = document.get("target_group")
    return Text(
        document=document,
        sha256=sha256,
        starts_on=_day(document["starts_on"]),
        ends_on=_day(document["ends_on"]),
        staff=Decimal(document["staff"]) if document["staff"] else None,
        target_group=str(TargetGroup(group).label) if group else "",
        framework=f"{named(document['framework_name'])} · {code[0]} {code[1]}" if code else "",
        terms=[_term(term) for term in document["terms"]],
        instalments=_with_days(document["instalments"]),
        obligations=[
            (
                str(Side(side).label),
                [one for one in _with_days(document["obligations"]) if one["side"] == side],
            )
            for side in Side.values
        ],
        clauses=[{**one, "binds": DUTIES[one["duty"]]} for one in document["clauses"]],
        signatures=signatures,
    )


def _term(term: Mapping[str, Any]) -> TermLine:
    row = ContractTerm(type=term["type"], category=term["category"])
    hours = None if term["hours"] is None else Decimal(term["hours"])
    return TermLine(term_name(row), term["group"] == Group.DIRECT, term["formula"], hours)


def _with_days(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [{**row, "due_on": _day(row["due_on"])} for row in rows]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def signature_lines(signatures: Sequence[Signature], document: Document) -> list[SignatureLine]:
    """Signatures with the body and the role of whoever signed; no names."""
    return [
        SignatureLine(
            side=str(Side(one.side).label),
            name=document.get(one.side, {}),
            role=str(ROLES.get(Role(one.role), one.role)),
            signed_at=one.signed_at,
            sha256=one.sha256,
            void=one.void,
        )
        for one in signatures
    ]


def remarks(entries: Sequence[NegotiationEntry]) -> list[Remark]:
    """The negotiation log for reading."""
    return [
        Remark(str(Side(one.side).label), part_name(one.clause), one.text, one.said_at)
        for one in entries
    ]
