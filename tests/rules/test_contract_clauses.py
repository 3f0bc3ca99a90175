"""The library of clauses: what ships, and what a city's own file must hold."""

import re

import pytest

from almoner.rules.clauses import DUTIES, ClauseError, library, read_library

CLAUSE = """
[[clause]]
code = "pay"
title_en = "Payment"
title_zh = "付款"
text_en = "Within {days} days."
text_zh = "{days}天内付款。"
why_en = "Money in time."
why_zh = "按时付款。"
answers = [15]
required = true
duty = "purchaser"
[clause.parameters]
days = { least = 1, default = 10, most = 30, unit = "day" }

[[obligation]]
side = "provider"
text_en = "Report"
text_zh = "报告"
"""


def test_what_ships_is_whole() -> None:
    clauses = library().clauses
    assert len(clauses) >= 16
    for clause in clauses:
        english, chinese = clause.filled(clause.defaults)
        assert "{" not in english + chinese and "…" not in english + chinese
        assert re.search("[一-鿿]", chinese) and not re.search("[一-鿿]", english)
        assert clause.duty in DUTIES and clause.answers
    assert {one.side for one in library().obligations} == {"purchaser", "provider"}


@pytest.mark.parametrize(
    "code",
    ["payment", "outside_tasks", "framework", "records", "confidentiality", "staff", "pay"]
    + ["training", "handover", "change", "acceptance", "complaints", "dispute", "termination"]
    + ["files", "publicity", "support"],
)
def test_no_contract_goes_without(code: str) -> None:
    assert library().by_code[code].required


def test_both_sides_are_bound() -> None:
    duties = [clause.duty for clause in library().clauses if clause.required]
    assert duties.count("purchaser") >= 4 and duties.count("provider") >= 4


def test_numbers_stand_in_both_texts() -> None:
    clause = read_library(CLAUSE).clauses[0]
    assert clause.filled({"days": 7}) == ("Within 7 days.", "7天内付款。")
    assert clause.filled({}) == ("Within … days.", "…天内付款。")
    allowed = [value for value in (None, 0, 1, 30, 31) if clause.parameters[0].allows(value)]
    assert allowed == [1, 30]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("[[clause]]", "[[clause", "not TOML"),
        ("[[obligation]]", "[[duty]]", "obligation"),
        ('why_en = "Money in time."\n', "", "why_en"),
        ("required = true", "required = true\nnew = 1", "new"),
        ('"Payment"', '" "', "must be texts"),
        ('"purchaser"', '"state"', "duty"),
        ("answers = [15]", "answers = []", "answers"),
        ("{days}天", "七天", "text_zh must name days"),
        ("least = 1,", "", "least, default, most"),
        ("default = 10", "default = 31", "least <= default <= most"),
        ("least = 1,", 'least = "1",', "least <= default <= most"),
        ('unit = "day"', 'unit = "moon"', "unit"),
        ('side = "provider"', 'side = "both"', "side"),
    ],
)
def test_a_faulty_library_is_refused_with_its_fault(old: str, new: str, fault: str) -> None:
    assert old in CLAUSE
    with pytest.raises(ClauseError, match=fault):
        read_library(CLAUSE.replace(old, new, 1))


def test_a_code_stands_once() -> None:
    with pytest.raises(ClauseError, match="pay stands there twice"):
        read_library(CLAUSE.split("[[obligation]]")[0] + CLAUSE)
