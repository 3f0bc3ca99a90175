"""A whole run computes anew what changed since the last one, and keeps the rest."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.delivery.log_cast import CLIENT, NOW, TODAY, centre, hours_later, log

from almoner.fairness.models import FairRun
from almoner.findings import kept
from almoner.findings.definition import Definition
from almoner.findings.engines.duckdb import DuckDB
from almoner.supervision.models import Run, StoredFinding
from almoner.watch.whole import refresh

# ADBC reads over a connection of its own, so what it is to see must be committed.
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_second_run_computes_only_what_a_session_touches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[str] = []
    compute = kept.compute

    def watched(entry: Definition, city: kept.City, sql: str | None = None) -> list[kept.Finding]:
        computed.append(entry.code)
        return compute(entry, city, sql)

    monkeypatch.setattr(kept, "compute", watched)

    def run() -> tuple[list[str], Run]:
        computed.clear()
        _, made = refresh(engine, data=tmp_path, at=NOW, as_of=TODAY)
        return computed.copy(), made

    there = centre()
    log(there, 90, hours_later(CLIENT, -30))
    with DuckDB() as engine:
        first, _ = run()
        assert {"C02", "D02", "D08"} <= set(first)
        scores = FairRun.objects.get()
        assert run()[0] == []
        log(there, 1, hours_later(replace(CLIENT, minutes=601), -12), sure=True)
        again, made = run()
    assert {"D02", "D03"} <= set(again) and "C02" not in again
    assert StoredFinding.objects.get(code="D02").run == made
    assert FairRun.objects.get() == scores
