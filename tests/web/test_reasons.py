"""Every reason code has a sentence in both languages, and every value that the sentence needs."""

import re
from pathlib import Path

import pytest
from django.utils.translation import override

import almoner
from almoner.rules.refusal import Refused
from almoner.rules.workflow import WORKFLOWS
from almoner.web.reasons import sentence, texts
from almoner.web.workflow_labels import DONE, STATES, STEPS

GUARDS = {guard for flow in WORKFLOWS for step in flow.steps.values() for guard in step.guards}
SOURCE = Path(almoner.__file__).parent
RAISED = re.compile(r"""Refused\(\s*"(\w+)\"""")
VALUE = re.compile(r"%\((\w+)\)\w")


def raised() -> set[str]:
    """The codes that the source raises by name."""
    files = (path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    return {code for text in files for code in RAISED.findall(text)}


def test_every_code_has_a_sentence() -> None:
    assert sorted((GUARDS | raised()) - texts().keys()) == []


@pytest.mark.parametrize("code", sorted(texts()))
def test_a_sentence_is_in_both_languages_with_the_same_values(code: str) -> None:
    with override("en"):
        english = str(texts()[code])
    with override("zh-hans"):
        chinese = str(texts()[code])
    assert english != chinese, code
    assert set(VALUE.findall(english)) == set(VALUE.findall(chinese))


def test_a_state_and_an_earlier_step_are_named_in_words() -> None:
    state = Refused("wrong_state", thing="tender", step="open", state="cancelled")
    assert "“Cancelled”" in sentence(state)
    person = Refused("same_person", thing="tender", step="publish", earlier="tender.draft")
    assert "(Begin a tender)" in sentence(person)
    with override("zh-hans"):
        assert "Begin" not in sentence(person) and "Cancelled" not in sentence(state)


def test_every_state_and_step_has_a_name_and_every_step_says_when_it_is_done() -> None:
    steps = {step.kind for flow in WORKFLOWS for step in flow.steps.values()}
    assert {f"{flow.thing}.{state}" for flow in WORKFLOWS for state in flow.states} == set(STATES)
    assert steps == set(STEPS)
    assert steps <= set(DONE)
