"""The rule's answer to a task that officials ask for."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.rules.scope import (
    Answer,
    Asked,
    Ground,
    Override,
    TermLeft,
    answer,
    room_fen,
    with_override,
    without_override,
)
from almoner.rules.workflow import TaskState

TERMS = [
    TermLeft("T1", "case_work", Fraction(100)),
    TermLeft("T2", "group_work", None),
]


@pytest.mark.parametrize(
    ("kind", "hours", "expected"),
    [
        ("case_work", 100, Answer(TaskState.IN_SCOPE, Ground.TERM, "T1")),
        ("case_work", 101, Answer(TaskState.OPEN, Ground.TERM_SPENT, "T1")),
        ("group_work", 1, Answer(TaskState.OPEN, Ground.TERM_SPENT, "T2")),
        ("community_work", 1, Answer(TaskState.OPEN, Ground.NO_TERM)),
        (Asked.OTHER_SERVICE, 1, Answer(TaskState.OPEN, Ground.NO_TERM)),
        (Asked.ADMINISTRATIVE, 320, Answer(TaskState.OPEN, Ground.NOT_A_SERVICE)),
        (Asked.ENFORCEMENT, 0, Answer(TaskState.REFUSED, Ground.ENFORCEMENT)),
    ],
)
def test_what_the_rule_answers(kind: str, hours: int, expected: Answer) -> None:
    assert answer(kind, hours, TERMS) == expected


def test_enforcement_is_refused_even_where_a_term_is_named_so() -> None:
    terms = [TermLeft("T9", "enforcement", Fraction(10))]
    assert answer("enforcement", 1, terms).state is TaskState.REFUSED


@pytest.mark.parametrize(
    ("amount", "added", "room"),
    [(200_000_000, 0, 20_000_000), (200_000_000, 20_000_000, 0), (200_000_000, 30_000_000, 0),
     (99, 0, 9), (99, 9, 0), (0, 0, 0)],
)  # fmt: skip
def test_a_tenth_may_be_added_and_not_a_fen_more(amount: int, added: int, room: int) -> None:
    assert room_fen(amount, added, Fraction(1, 10)) == room


@given(st.text(), st.text(), st.text(), st.text())
def test_who_imposed_a_task_is_read_back(
    summary: str, name_zh: str, name_en: str, reason: str
) -> None:
    written = with_override(summary, Override("purchaser_signatory", name_zh, name_en, reason))
    before, read = without_override(written)
    assert before == summary and read is not None
    assert read.reason.split() == reason.split()
    assert read.name_zh.split() == name_zh.replace("|", " ").split()


def test_a_summary_that_nobody_overrode_is_left_as_it_is() -> None:
    for summary in ("", "imposed | by hand", "two\nlines | of | it | and | more"):
        assert without_override(summary) == (summary, None)
