"""Form and finding over the same cases: ids of the cases that each objects to."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from tests.findings.small import AS_OF, Rows, found

from almoner.rules.packs import china
from almoner.rules.tender import Draft
from almoner.rules.tender_checks import Facts, checks

TODAY = date.fromisoformat(AS_OF)
PACK = china()


def seen(code: str, **tables: Rows) -> set[str]:
    """Ids that the finding names."""
    return {one.id for one in found(code, **tables)}


def numbered(rows: Sequence[Mapping[str, object]], letter: str) -> Rows:
    """The rows, one a case, with an id each."""
    return [{**row, "id": f"{letter}{n:03}"} for n, row in enumerate(rows)]


def judged(cases: Sequence[bool], letter: str) -> set[str]:
    """Ids of the cases that the form's rule objects to."""
    return {f"{letter}{n:03}" for n, wrong in enumerate(cases) if wrong}


def draft_objects(code: str, draft: Draft, **facts: object) -> bool:
    """Whether the check of a draft on its publication objects."""
    at = datetime(2026, 3, 1, 16, tzinfo=UTC)
    none = Facts(at, None, None, 0, 0, 0, None, None, None)
    told = {one.code: one for one in checks(draft, Facts(**{**vars(none), **facts}), PACK)}
    return told[code].ok is False
