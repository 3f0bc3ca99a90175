"""Findings of the users' voice: just inside, at and just outside the limit, empty and unknown."""

import pytest
from tests.findings.small import found

from almoner.findings.definition import definition
from almoner.findings.run import Finding
from almoner.findings.sentence import because


def said(one: Finding) -> str:
    assert because(definition(one.code), one, "zh")
    return because(definition(one.code), one, "en")


@pytest.mark.parametrize("code", ["V01", "V02", "V03"])
def test_nothing_is_found_in_empty_tables(code: str) -> None:
    assert found(code) == []


def test_the_provider_draws_no_sample() -> None:
    waves = [{"id": by, "drawn_by": by} for by in ("system", "provider", "purchaser", "evaluator")]
    (one,) = found("V01", survey_waves=waves)
    assert (one.id, one.value, one.limit) == ("provider", None, None)
    assert "The provider itself drew" in said(one)


def test_three_in_five_answer() -> None:
    drawn = {"at": "5", "above": "4", "below": "6", "nobody": "1", "empty": "0", "unknown": ""}
    waves = [{"id": name, "drawn": number} for name, number in drawn.items()]
    answers = [
        {"wave_id": name, "respondent_id": person, "question": question}
        for name in ("at", "above", "below", "empty", "unknown")
        for person in "abc"
        for question in ("one", "two")
    ]
    few = found("V02", survey_waves=waves, survey_responses=answers)
    assert [(one.id, one.value) for one in few] == [("below", 0.5), ("nobody", 0)]
    assert {one.limit for one in few} == {0.6}
    assert "Of the people drawn, 3 of 6 answered: 50%, where at least 60%" in said(few[0])


def test_complaints_are_answered_when_due() -> None:
    due = {"due_on": "2026-03-30"}
    late = found(
        "V03",
        as_of="2026-03-31",
        complaints=[
            {"id": "in_time", **due, "answered_on": "2026-03-30"},
            {"id": "late", **due, "answered_on": "2026-04-02"},
            {"id": "open", **due, "answered_on": ""},
            {"id": "due", "due_on": "2026-03-31", "answered_on": ""},
        ],
    )
    assert [(one.id, one.value) for one in late] == [("late", 3), ("open", 1)]
    assert "came on 2 April 2026, 3 days late" in said(late[0])
    assert "there is none, 1 day late" in said(late[1])
