"""A draft under examination, as its page shows it: lines in hours, checks in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from almoner.rules.packs import china
from almoner.rules.tender import Draft, read, suggested_staff
from almoner.rules.tender_checks import Check, checks
from almoner.rules.workload import Workload, WorkloadError, evaluate, total
from almoner.tenders.labels_drafting import CHECKS, GAPS, MEANINGS, SOURCES, field_name
from almoner.tenders.labels_formulas import WORK, formula_fault
from almoner.tenders.models import TenderFile
from almoner.tenders.queries.drafting import facts_of
from almoner.web.format import figure, fixed, in_chinese, yuan

AT_MOST = frozenset({"T05", "C03"})
NONE_WANTED = frozenset({"P06", "P07"})


@dataclass(frozen=True)
class CheckRow:
    """One check in words. `state` is ok, law (failed), advice (failed) or unknown."""

    code: str
    state: str
    title: str | Promise
    meaning: str | Promise
    law: bool
    value: str
    limit: str
    source: str
    verified: bool
    reason: str


@dataclass(frozen=True)
class Line:
    """One workload line: what was typed, its hours, or what is wrong with its formula."""

    number: int
    typed: Mapping[str, str]
    hours: str
    fault: str

    @property
    def own_type(self) -> str:
        """A kind of work that is none of the usual ones; the format allows any."""
        kind = self.typed.get("type", "")
        return "" if kind in WORK else kind


@dataclass(frozen=True)
class Examined:
    """All that stands beside the form."""

    draft: Draft
    checks: tuple[CheckRow, ...]
    gaps: tuple[tuple[str, str, str | Promise], ...]
    lines: tuple[Line, ...]
    direct: str
    indirect: str
    whole: str
    staff: tuple[int, int] | None

    @property
    def laws(self) -> list[CheckRow]:
        """What stops publication."""
        return [row for row in self.checks if row.state == "law"]

    @property
    def unexplained(self) -> list[CheckRow]:
        """Advice not taken and not explained."""
        return [row for row in self.checks if row.state == "advice" and not row.reason]

    @property
    def met(self) -> list[CheckRow]:
        """What is as it should be."""
        return [row for row in self.checks if row.state == "ok"]

    @property
    def unmet(self) -> list[CheckRow]:
        """What is not, or not yet: laws first, then advice, then what cannot be told."""
        order = {"law": 0, "advice": 1, "unknown": 2}
        rows = [row for row in self.checks if row.state != "ok"]
        return sorted(rows, key=lambda row: order[row.state])

    @property
    def load(self) -> CheckRow | None:
        """Hours a worker against what can be worked."""
        return next((row for row in self.checks if row.code == "T05"), None)

    @property
    def ready(self) -> bool:
        """Whether it can go to the signatory."""
        return not (self.gaps or self.laws or self.unexplained)


def examine(file: TenderFile, typed: Mapping[str, Any], at: datetime) -> Examined:
    """What can be said of a draft as it is typed, at an instant."""
    draft = read(typed)
    facts = facts_of(file, draft, at)
    values = {} if facts.population is None else {"population": facts.population}
    found: list[tuple[str, Workload | None]] = []
    lines = []
    for place, row in enumerate(typed.get("terms") or ()):
        work, fault = _worked(row.get("formula", ""), values)
        found.append((row.get("group", ""), work))
        lines.append(Line(place, row, str(work) if work else "", fault))
    return Examined(
        draft=draft,
        checks=tuple(check_row(one, draft.reasons) for one in checks(draft, facts, china())),
        gaps=tuple(
            (place.split(".")[0], field_name(place), GAPS[gap]) for place, gap in draft.gaps.items()
        ),
        lines=tuple(lines),
        direct=_sum(found, "direct"),
        indirect=_sum(found, "indirect"),
        whole=_sum(found, None),
        staff=suggested_staff(draft.ceiling_fen) if draft.ceiling_fen else None,
    )


def _worked(formula: str, values: Mapping[str, int]) -> tuple[Workload | None, str]:
    if not formula.strip():
        return None, ""
    try:
        return evaluate(formula, values), ""
    except WorkloadError as error:
        return None, formula_fault(error)


def _sum(found: list[tuple[str, Workload | None]], group: str | None) -> str:
    """The hours of a group (None: of all); empty while a formula of it cannot be read."""
    of_group = [work for its, work in found if group in (None, its)]
    if None in of_group:
        return ""
    return str(total(work for work in of_group if work is not None))


def check_row(check: Check, reasons: Mapping[str, str]) -> CheckRow:
    """A check in the active language."""
    failed = "law" if check.law else "advice"
    state = "unknown" if check.ok is None else "ok" if check.ok else failed
    source = check.source
    if source:
        rests_on = source.source_zh if in_chinese() else source.source
    else:
        rests_on = str(SOURCES[check.code])
    return CheckRow(
        code=check.code,
        state=state,
        title=CHECKS[check.code],
        meaning=MEANINGS[check.code],
        law=check.law,
        value="" if check.value is None else measured(check.value, check.unit),
        limit=_limit(check),
        source=rests_on,
        verified=bool(source and source.verified),
        reason=reasons.get(check.code, ""),
    )


def _limit(check: Check) -> str:
    shown = [measured(limit, check.unit) for limit in check.limits]
    if check.code == "weights":
        return _("exactly %(limit)s") % {"limit": shown[0]}
    if check.code in NONE_WANTED:
        return _("none")
    if len(shown) == 2:
        return _("%(low)s to %(high)s") % {"low": shown[0], "high": shown[1]}
    if not shown:
        return ""
    if check.code in AT_MOST:
        return _("at most %(limit)s") % {"limit": shown[0]}
    return _("at least %(limit)s") % {"limit": shown[0]}


def measured(value: Fraction, unit: str) -> str:
    """A number with its unit; cut, not rounded, so that it never reads as having met a limit."""
    if unit == "fen":
        return yuan(int(value))
    text = _cut(value)
    if unit == "percent":
        return f"{text}%"
    count = 1 if value == 1 else 2
    if unit == "day":
        return ngettext("%(n)s day", "%(n)s days", count) % {"n": text}
    if unit == "hour":
        return ngettext("%(n)s hour", "%(n)s hours", count) % {"n": text}
    if unit == "year":
        return ngettext("%(n)s year", "%(n)s years", count) % {"n": text}
    return text


def _cut(value: Fraction) -> str:
    hundredths = Fraction((value * 100).__floor__(), 100)
    return figure(value) if value == int(value) else fixed(hundredths, 2).rstrip("0").rstrip(".")
