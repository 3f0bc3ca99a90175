"""Findings follow the record: an event is enough, and the whole is not computed again."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.delivery.log_cast import CLIENT, NOW, TODAY, Centre, actor, centre, hours_later, log
from tests.findings.small import duckdb

from almoner.delivery.operations import sessions
from almoner.exchange.snapshot import alone, folder_of
from almoner.findings.engines.duckdb import DuckDB
from almoner.supervision.models import Run, StoredFinding, Watched
from almoner.supervision.operations import store
from almoner.watch import live, whole
from almoner.watch.live import catch_up, rehearse

pytestmark = pytest.mark.django_db(transaction=True)

LONG = replace(CLIENT, minutes=601)
Follow = Callable[[DuckDB], list[Run]]


@pytest.fixture(scope="module")
def engine() -> DuckDB:
    return duckdb()


@pytest.fixture
def there(engine: DuckDB, tmp_path: Path) -> Centre:
    made = centre()
    log(made, 90, hours_later(CLIENT, -30))
    whole.refresh(engine, data=tmp_path, at=NOW, as_of=TODAY)
    return made


@pytest.fixture
def follow(tmp_path: Path) -> Follow:
    def runs(engine: DuckDB) -> list[Run]:
        made = catch_up(data=tmp_path, at=NOW, as_of=TODAY, engine=engine)
        assert made is not None
        return made

    return runs


def open_codes() -> set[tuple[str, str]]:
    rows = StoredFinding.objects.filter(gone_on=None, code__in=("D02", "D03"))
    return set(rows.values_list("code", "subject_id"))


def test_a_logged_session_is_judged_and_its_correction_too_and_nothing_else(
    there: Centre, engine: DuckDB, follow: Follow
) -> None:
    follow(engine)
    StoredFinding.objects.create(
        id="f" * 32,
        code="D02",
        subject_table="workers",
        subject_id="W-9",
        key="2026-01-01",
        rows=[],
        words={},
        about_persons=True,
        severity=2,
        worker_id="W-9",
        first_found_on=TODAY,
        due_on=TODAY,
        found_on=TODAY,
        run=Run.objects.latest("id"),
    )
    of_another = ("D02", "W-9")
    begun = hours_later(LONG, -12)
    line = log(there, 1, begun, sure=True, at=NOW + timedelta(hours=1))
    runs = follow(engine)
    assert open_codes() == {("D02", "W-1"), of_another}
    assert not any(run.whole for run in runs)
    sessions.supersede(
        actor=actor("zhou"),
        at=NOW + timedelta(hours=2),
        session_id=line.id,
        id="R-00000000000000FF",
        term_id=there.case.id,
        entry=replace(begun, minutes=30),
        channel="phone",
        reason="Typed wrongly.",
    )
    follow(engine)
    assert open_codes() == {of_another}


def test_nothing_happens_before_the_first_whole_run(engine: DuckDB, follow: Follow) -> None:
    log(centre(), 1)
    assert follow(engine) == []
    assert not Run.objects.exists()


@pytest.mark.one_database
def test_a_rehearsal_keeps_nothing_and_leaves_no_sql_to_write(
    there: Centre, monkeypatch: pytest.MonkeyPatch, follow: Follow
) -> None:
    def kept() -> tuple[int, ...]:
        return Run.objects.count(), StoredFinding.objects.count(), Watched.objects.get().seq

    before = kept()
    with DuckDB() as fresh:
        rehearse(as_of=TODAY, engine=fresh)
        assert kept() == before
        written = []
        write = fresh._database.compile
        monkeypatch.setattr(
            fresh._database, "compile", lambda rule: [written.append(rule), write(rule)][1]
        )
        log(there, 1, hours_later(LONG, -12), sure=True)
        follow(fresh)
    assert open_codes() == {("D02", "W-1")}
    assert not written


def test_events_are_read_once_and_without_new_ones_nothing_happens(
    there: Centre, engine: DuckDB, follow: Follow
) -> None:
    seen = Watched.objects.get().seq
    log(there, 1, hours_later(CLIENT, -3))
    follow(engine)
    assert Watched.objects.get().seq > seen
    before = Run.objects.count()
    assert follow(engine) == []
    assert Run.objects.count() == before


def test_no_other_process_follows_until_the_findings_are_kept(
    there: Centre,
    engine: DuckDB,
    follow: Follow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else one that began earlier and ends later would keep what is out of date."""
    waited = []

    def watched(*args: Any, **more: Any) -> Run:
        waited.append(waits(folder_of(tmp_path)))
        return store(*args, **more)

    monkeypatch.setattr(live, "store", watched)
    monkeypatch.setattr(whole, "store", watched)
    log(there, 1, hours_later(CLIENT, -3))
    follow(engine)
    whole.refresh(engine, data=tmp_path, at=NOW, as_of=TODAY)
    assert len(waited) > 1 and all(waited)
    assert not waits(folder_of(tmp_path))


def waits(folder: Path) -> bool:
    """Whether somebody who wants to work in the folder is told to wait."""
    told = []

    def tell(what: str, share: float) -> None:
        told.append(what)
        raise InterruptedError

    with suppress(InterruptedError), alone(folder, tell):
        pass
    return told == ["Waiting for another run"]
