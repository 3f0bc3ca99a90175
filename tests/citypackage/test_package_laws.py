"""Laws that hold for any cell and any bytes: the quick ways say what the careful ones say."""

import csv
import io
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.citypackage.small import csv_bytes, with_referenced, write_small

from almoner.citypackage import SCHEMA, Column, check, parquet, records, vector
from almoner.citypackage.cells import CellFault, parse, plain_number

COLUMNS = [column for table in SCHEMA.tables.values() for column in table.columns]
KINDS = list({(c.type, c.enum, c.minimum, c.pattern, c.is_uscc): c for c in COLUMNS}.values())

DAY = SCHEMA.tables["workers"].column("employed_from")
INSTANT = SCHEMA.tables["service_records"].column("started_at")

digits = st.text("0123456789", min_size=1, max_size=45)
numbers = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "-", "+", "--"]),
    digits,
    st.one_of(st.just(""), st.builds(".{}".format, digits), st.just("."), st.just("e3")),
)
clocks = st.from_regex(r"\A[0-9]{4}-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]\Z")
instants = st.builds(
    "{}{}{}{}".format,
    clocks,
    st.sampled_from(["", ":00", ":59", ":60"]),
    st.sampled_from(["", ".5", ".000001", ".1234567", "."]),
    st.sampled_from(["", "Z", "+08:00", "-00:30", "+24:00", "+0800", " +08:00", "+08:00\n"]),
)
awkward = st.one_of(
    numbers,
    instants,
    st.dates().map(str),
    st.from_regex(r"\A[12][0-9]{3}-[0-9]{2}(-[0-9]{2})?\Z"),
    st.text(max_size=20),
    st.text("x中", min_size=199, max_size=201),
    st.sampled_from(["true", "false", "True", "provider|finance", "provider|", "4401", "2026-13"]),
    st.sampled_from(["51440100MJK000010J", "51440100MJK000010K", "GB-CHC-1", "0" * 5000 + "7"]),
    st.sampled_from([value for c in COLUMNS for value in c.enum]),
).filter(bool)


@settings(max_examples=settings().max_examples * 3 // 2)
@given(st.sampled_from(KINDS), st.lists(awkward, min_size=1, max_size=5))
@example(DAY, ["0000-01-01", "2026-06-30", "9999-12-31"])
@example(INSTANT, ["0000-12-31T00:00:00+08:00", "0001-01-01T00:00:00+14:00"])
@example(INSTANT, ["2026-06-30T00:00:00Z", "9999-12-31T23:59:59-14:00"])
def test_a_column_at_once_means_what_its_cells_mean(column: Column, texts: list[str]) -> None:
    texts = [text.encode(errors="ignore").decode() or "x" for text in texts]
    at_once = vector.decode(column, pl.Series(texts)).to_list()
    for text, value in zip(texts, at_once, strict=True):
        try:
            expected = parse(column, text)
        except CellFault:
            assert value is None, text
        else:
            assert value in (expected, None), text


@given(st.integers(-(10**20), 10**20), st.integers(0, 15), st.integers(0, 5), st.integers(0, 5))
def test_a_canonical_number_is_equal_and_the_same_for_all_spellings(
    whole: int, places: int, before: int, after: int
) -> None:
    value = Decimal(whole).scaleb(-places)
    text = f"{value:f}"
    canonical = plain_number(text)
    assert Decimal(canonical) == value and plain_number(canonical) == canonical
    padded = text.replace("-", "-" + "0" * before) if "-" in text else "0" * before + text
    if "." in padded:
        padded += "0" * after
    assert plain_number(padded) == canonical
    assert vector.canonical_numbers(pl.Series([padded])).to_list() == [canonical]


def per_second(unit: str) -> int:
    return {"ms": 10**3, "us": 10**6, "ns": 10**9}[unit]


CHINA = timezone(timedelta(hours=8))
SECONDS = [int(datetime(year, 1, 1, tzinfo=CHINA).timestamp()) for year in (2, 1900, 2201)]
stored_instants = st.sampled_from(["ms", "us", "ns"]).flatmap(
    lambda unit: st.tuples(
        st.just(unit),
        st.lists(
            st.integers(-(2**63) + 1, 2**63 - 1)
            | st.builds(
                lambda second, beside: max(second * per_second(unit) + beside, -(2**63) + 1),
                st.sampled_from(SECONDS) | st.integers(SECONDS[0], 2**34),
                st.integers(-2000, 2000),
            ),
            min_size=1,
            max_size=5,
        ),
    )
)


@given(stored_instants, st.sampled_from(["UTC", "Asia/Shanghai"]))
@example(("us", [2**62]), "UTC")
@example(("us", [-(2**62), 0]), "UTC")
@example(("us", [-62_135_596_800_000_001]), "UTC")
@example(("ms", [2**62, 0]), "Asia/Shanghai")
@example(("ms", [-(2**63) + 1, 2**63 - 1]), "UTC")
def test_a_stored_instant_means_what_its_text_means(
    instants: tuple[str, list[int]], zone: str
) -> None:
    unit, counts = instants
    stored = pl.Series(counts).cast(pl.Datetime(unit, zone))  # type: ignore[arg-type]
    values = parquet.decode(INSTANT, stored).to_list()
    for text, value in zip(parquet.text(INSTANT, stored), values, strict=True):
        try:
            assert value == parse(INSTANT, text), text
        except CellFault:
            assert value is None, text


@given(
    st.datetimes(datetime(1900, 1, 2), datetime(2200, 12, 30)),
    st.integers(-23 * 60, 23 * 60),
)
def test_an_instant_is_the_same_in_every_offset(instant: datetime, minutes: int) -> None:
    local = instant.replace(tzinfo=UTC).astimezone(timezone(timedelta(minutes=minutes)))
    (value,) = vector.decode(INSTANT, pl.Series([local.isoformat()])).to_list()
    assert value == local == parse(INSTANT, local.isoformat())


@given(
    st.sampled_from([datetime(1900, 1, 1), datetime(2201, 1, 1)]),
    st.integers(-(10**6), 10**6),
    st.integers(-23 * 60, 23 * 60),
)
@example(datetime(1900, 1, 1), 0, 14 * 60)
@example(datetime(1900, 1, 1), -1, 0)
@example(datetime(2201, 1, 1), -1, -5 * 60)
@example(datetime(2201, 1, 1), 0, 0)
def test_the_year_of_an_instant_is_that_at_which_it_is_written(
    border: datetime, seconds: int, minutes: int
) -> None:
    written = border.replace(tzinfo=CHINA) + timedelta(seconds=seconds)
    text = written.astimezone(timezone(timedelta(minutes=minutes))).isoformat()
    (at_once,) = vector.decode(INSTANT, pl.Series([text])).to_list()
    if 1900 <= written.year <= 2200:
        assert at_once == parse(INSTANT, text) == written
    else:
        assert at_once is None
        with pytest.raises(CellFault, match=r"1900 to 2200 at \+08:00"):
            parse(INSTANT, text)


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_every_date_is_read(day: date) -> None:
    assert vector.decode(DAY, pl.Series([str(day)])).to_list() == [day]


CHUNKS = [40, 24 * 2**20]


def in_chunks(patches: pytest.MonkeyPatch, chunk: int) -> None:
    """Read by so many bytes; a small chunk comes with a small limit for a record."""
    patches.setattr(records, "CHUNK", chunk)
    if chunk < 1000:
        patches.setattr(records, "RECORD_LIMIT", 300)


cells = st.text(st.sampled_from('ab,"\n\r\t中 .\ufeff'), max_size=6)


@settings(
    max_examples=settings().max_examples * 2 // 5,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(st.lists(cells, min_size=3, max_size=3), max_size=8),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.sampled_from(CHUNKS),
)
def test_any_rows_in_valid_csv_come_back(
    monkeypatch: pytest.MonkeyPatch, rows: list[list[str]], end: str, quoted: bool, chunk: int
) -> None:
    """Written by the standard library's writer; a CRLF within a cell is read as LF."""
    if not quoted:  # that writer leaves a lone CR unquoted
        rows = [[cell.replace("\r", "") for cell in row] for row in rows]
    text = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(text, lineterminator=end, quoting=quoting)
    writer.writerows([["a", "b", "c"], *rows])
    faults: list[Any] = []
    stream = io.BytesIO(text.getvalue().encode())
    emit = lambda *fault: faults.append(fault)  # noqa: E731
    with monkeypatch.context() as patches:
        in_chunks(patches, chunk)
        header, carry = records.read_header(stream)
        assert header == ["a", "b", "c"]
        batches = list(records.batches(stream, carry, 3, emit))
    got = [row for batch in batches for row in batch.texts.rows()]
    assert not faults
    assert got == [tuple(c.replace("\r\n", "\n") or None for c in row) for row in rows]
    assert [n for batch in batches for n in batch.rows] == list(range(1, len(rows) + 1))


damage = st.lists(
    st.tuples(
        st.integers(0, 10_000),
        st.integers(0, 4),
        st.sampled_from(
            [
                b"",
                b",",
                b'"',
                b'""',
                b"\n",
                b"\r\n",
                b"\x00",
                b"\xff",
                b"\xd6\xd0",
                b"x",
                b"-",
                b"W1",
            ]
        ),
    ),
    max_size=4,
)


@settings(
    max_examples=settings().max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(damage, st.sampled_from(CHUNKS))
@example([(170, 0, b","), (238, 0, b"\xff")], CHUNKS[0])
def test_damage_is_reported_alike_by_the_quick_and_the_careful_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spots: list[tuple[int, int, bytes]], chunk: int
) -> None:
    filled = with_referenced("workers")
    worker = filled["workers"][0]
    filled["workers"] += [{**worker, "id": f"V{i}"} for i in range(6)]
    content = csv_bytes(filled["workers"], list(worker))
    for place, length, patch in spots:
        start = 110 + place % (len(content) - 110)  # beyond the header
        content = content[:start] + patch + content[start + length :]
    folder = write_small(tmp_path, filled)
    (folder / "workers.csv").write_bytes(content)
    with monkeypatch.context() as patches:
        in_chunks(patches, chunk)
        quick = check(folder)
        patches.setattr(records._Cutter, "quick", lambda self, data: None)
        patches.setattr(vector, "decode", _nothing)
        careful = check(folder)
    assert quick.faults == careful.faults
    assert quick.rows == careful.rows


def _nothing(column: Column, text: pl.Series) -> pl.Series:
    return pl.Series([None] * len(text), dtype=column.dtype)
