"""Export, load, export again: the same bytes."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.citypackage.small import tables, with_referenced, write_small

from almoner.citypackage import check
from almoner.exchange.export import export
from almoner.exchange.load import load

AT = datetime(2026, 6, 30, tzinfo=UTC)
DAY = date(2026, 6, 30)


@pytest.mark.django_db
def test_export_load_export_gives_the_same_bytes(tmp_path: Path) -> None:
    write_small(tmp_path / "city")
    load(tmp_path / "city", actor="tester", at=AT)
    rows = export(tmp_path / "first.zip", as_of=DAY)
    assert rows == {name: len(rows) for name, rows in tables().items()}
    assert check(tmp_path / "first.zip").faults == []
    loaded = load(tmp_path / "first.zip", actor="tester", at=AT)
    assert loaded.report.ok and not loaded.wrote
    export(tmp_path / "second.zip", as_of=DAY)
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()


@pytest.mark.django_db
def test_rows_come_in_byte_order_of_their_keys(tmp_path: Path) -> None:
    contents = tables()
    template = contents["needs"][0]
    contents["needs"] = [dict(template, id=key) for key in ["é", "b", "B", "a", "10", "9", "中"]]
    write_small(tmp_path / "city", contents)
    load(tmp_path / "city", actor="tester", at=AT)
    export(tmp_path / "out", as_of=DAY)
    lines = (tmp_path / "out" / "needs.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [line.split(",")[0] for line in lines] == ["10", "9", "B", "a", "b", "é", "中"]


@pytest.mark.django_db
def test_a_table_without_rows_is_not_listed(tmp_path: Path) -> None:
    write_small(tmp_path / "city", {"areas": tables()["areas"]})
    load(tmp_path / "city", actor="tester", at=AT)
    assert list(export(tmp_path / "out", as_of=DAY)) == ["areas"]


class AnyCell(TestCase):
    @settings(
        max_examples=settings().max_examples // 12,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        number=st.decimals(0, 10**12, allow_nan=False, places=6),
        text=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1),
        fraction=st.integers(0, 999_999),
    )
    def test_any_lawful_cell_survives(self, number: object, text: str, fraction: int) -> None:
        import tempfile

        contents = with_referenced("contracts", "needs", "tenders")
        contents["contracts"][0]["staff"] = f"{number:f}"
        contents["needs"][0]["answer"] = text
        contents["tenders"][0]["published_at"] = f"2024-09-01T08:00:00.{fraction:06}+08:00"
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_small(folder / "city", contents)
            loaded = load(folder / "city", actor="tester", at=AT)
            assert loaded.report.faults == []
            export(folder / "a.zip", as_of=DAY)
            assert not load(folder / "a.zip", actor="tester", at=AT).wrote
            export(folder / "b.zip", as_of=DAY)
            assert (folder / "a.zip").read_bytes() == (folder / "b.zip").read_bytes()
