"""The whole catalogue: every finding has its rule, its sentences, its inputs and its limits."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from string import Formatter

import ibis.expr.types as ir
import pytest
from tests.citypackage.small import write_small
from tests.demo.oracle import RULES
from tests.findings.small import computed_once, duckdb, write

from almoner.citypackage import SCHEMA
from almoner.findings.city import City
from almoner.findings.definition import Definition, catalogue, codes
from almoner.findings.package import as_files
from almoner.findings.run import run
from almoner.findings.sentence import UNITS, because
from almoner.rules.packs import china

LETTERS = {"P": 7, "T": 12, "C": 8, "D": 8, "O": 2, "W": 3, "M": 3, "E": 7, "V": 3, "I": 3, "N": 2}
ASKS = {"purchaser", "provider", "supervisor", "finance", "evaluator"}
DERIVED = {
    "lineage": "areas",
    "records_by_month": "service_records",
}  # what stands behind a derived table
FORMATS = {*UNITS, "fen", "date", "day_of", "instant", "cause", ""}

every_finding = pytest.mark.parametrize("code", codes())


@pytest.fixture(scope="module")
def empty_city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """All tables listed, none with a row."""
    files = write({name: [] for name in SCHEMA.tables}, tmp_path_factory.mktemp("empty"))
    return duckdb().city(files, date(2026, 3, 31))


class Watched(Mapping[str, ir.Table]):
    """Tables that remember which of them were asked for."""

    def __init__(self, tables: Mapping[str, ir.Table]) -> None:
        self.tables = tables
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> ir.Table:
        self.asked.add(DERIVED.get(name, name))
        return self.tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)


def sentences(entry: Definition) -> dict[str, Mapping[str, str]]:
    """The sentences of a definition by the name of their variant."""
    own = {"because": entry.because, "because_zh": entry.because_zh}
    return {"": own, **entry.variants}


def placeholders(text: str) -> list[tuple[str, str]]:
    """Names and formats of the figures of a sentence."""
    return [(name, form or "") for _, name, form, _ in Formatter().parse(text) if name is not None]


def test_the_catalogue_is_whole() -> None:
    assert Counter(code[0] for code in codes()) == LETTERS
    assert list(catalogue()) == list(codes())


@every_finding
def test_a_definition_says_all_that_a_page_needs(code: str) -> None:
    entry = catalogue()[code]
    for text in (
        entry.title,
        entry.title_zh,
        entry.basis,
        entry.basis_zh,
        entry.rule,
        entry.rule_zh,
    ):
        assert text == text.strip() != ""
    assert bool(entry.choice) == bool(entry.choice_zh)
    assert entry.asks in ASKS and entry.subject in SCHEMA.tables
    assert entry.unit in {*UNITS, "fen", ""}
    for variant in sentences(entry).values():
        assert set(variant) == {"because", "because_zh"}
        english, chinese = (placeholders(variant[name]) for name in ("because", "because_zh"))
        assert sorted(english) == sorted(chinese)
        assert {form for _, form in english} <= FORMATS


@every_finding
def test_a_rule_on_an_empty_city(code: str, empty_city: City) -> None:
    """It finds nothing, asks only for what it needs, and supplies what its sentences name."""
    entry = catalogue()[code]
    tables = Watched(empty_city.tables)
    answer = entry.compute(replace(empty_city, tables=tables))
    assert tables.asked - {"calendar"} <= set(entry.needs)
    if not isinstance(answer, ir.Table):
        assert list(answer) == []
        return
    assert empty_city.fetch(answer) == []
    assert tables.asked - {"calendar"} == set(entry.needs)
    known = {*answer.columns, "key", "value", "limit"}
    for variant in sentences(entry).values():
        assert {name for name, _ in placeholders(variant["because"])} <= known
    assert "id" in answer.columns
    assert ("variant" in answer.columns) == bool(entry.variants)


def test_needs_are_those_of_the_second_computation() -> None:
    ours = {code: set(entry.needs) for code, entry in catalogue().items() if code in RULES}
    assert ours == {code: set(rule.needs) for code, rule in RULES.items()}


def test_limits_are_those_of_the_rule_pack() -> None:
    ours = {f"{code}.{name}" for code, entry in catalogue().items() for name in entry.limits}
    packed = {entry.name for entry in china().entries() if entry.name.split(".")[0] in codes()}
    assert ours == packed


@pytest.mark.parametrize("missing", SCHEMA.tables)
def test_a_city_without_a_table(missing: str, empty_city: City) -> None:
    wanted = [code for code, entry in catalogue().items() if missing in entry.needs]
    derived = {name for name, table in DERIVED.items() if table == missing}
    left = {n: t for n, t in empty_city.tables.items() if n not in {missing, *derived}}
    result = run(replace(empty_city, tables=left), only=wanted)
    assert result.findings == ()
    assert dict(result.uncomputed) == dict.fromkeys(sorted(wanted), (missing,))


def test_a_package_with_a_row_in_each_table(tmp_path: Path) -> None:
    with as_files(write_small(tmp_path / "city")) as package:
        result = run(duckdb().city(package.files, package.as_of), compute=computed_once)
    assert not result.uncomputed
    for language in ("en", "zh"):
        for found in result.findings:
            text = because(catalogue()[found.code], found, language)  # type: ignore[arg-type]
            assert "{" not in text and "None" not in text
            words = text.split()
            assert not any(a == b for a, b in zip(words, words[1:], strict=False)), text
    assert {"P07", "C08", "D03", "E04", "M02"} & {found.code for found in result.findings}
