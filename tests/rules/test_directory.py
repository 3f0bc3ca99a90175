"""What may enter the directory, and what is refused, with its reason."""

import tomllib
from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.rules.directory import (
    TEST,
    TEXTS,
    Answer,
    ItemDraft,
    ItemState,
    faults,
    refusal,
    refusals,
    refuse_list,
    state_on,
)
from almoner.rules.packs import china

GOOD = {"duty": "owed", "market": "several", "measurability": "outcomes", "gain": "more"}
DRAFT = ItemDraft(
    code="A0305",
    name_zh="社区矫正帮扶",
    name_en="Support in community correction",
    kind="public_service",
    content="心理辅导 / counselling",
    procedure="转介、评估、计划 / referral, assessment, plan",
    fee_basis="按个案 / by case",
    evaluation="目标达成 / goals attained",
    valid_from=date(2026, 7, 1),
    test={name: Answer(choice, "because") for name, choice in GOOD.items()},
)
ENFORCES = [
    "Users report to the officer every Monday",
    "REPORTING WEEKLY TO THEIR PROBATION OFFICER",
    "They report, as\nordered; then report\n  to an officer",
    "report in person to the police station",
    "fits and checks ankle tags",
    "electronic monitoring of the users",
    "issues a formal warning",
    "law-enforcement duties",
    "supervision of offenders",
    "searches the homes",
    "enforcing the curfew",
    "服务对象每周向司法所报到",
    "向社区矫正机构定期报到",
    "不得不向司法所报到",
    "定期向司法所报告行踪",
    "审批社区矫正对象外出",
    "社区矫正对象的请假审批",
    "对社区矫正对象实施监督管理",
    "给予书面警告",
    "协助开展行政执法",
    "训\u200b诫",
    "佩戴电子脚环",
    "officer向司法所报到",
]
SERVES = [
    "counselling",
    "The provider reports to the purchaser each month",
    "reports to the finance officer",
    "a support officer reports what users said",
    "does not report to the officer",
    "Staff don't report to the officer",
    "Staff don’t report to the officer",
    "no law enforcement duties",
    "excluding law enforcement work",
    "early warning of heat waves",
    "first aid for cardiac arrest",
    "supervision of social workers",
    "an electronic bracelet with which older people call for help",
    "law enforcement agencies refer users",
    "training for police officers",
    "house calls; job search",
    "心理辅导与教育帮扶",
    "志愿者到社区报到",
    "定期向司法所报告工作进展",
    "不从事执法工作",
    "不得参与执法活动",
    "对执法人员开展心理服务",
    "高温预警",
    "工作人员请假由机构审批",
]


@pytest.mark.parametrize("text", ENFORCES)
def test_law_enforcement_is_recognised(text: str) -> None:
    found = refusal({"content": text})
    assert found is not None and found.ground.code == "law_enforcement"
    assert found.field == "content" and found.words


@pytest.mark.parametrize("text", SERVES)
def test_a_service_gives_no_alarm(text: str) -> None:
    assert refusal({"content": text}) is None


def test_the_words_are_shown_as_they_stand_and_in_their_order() -> None:
    text = "Users Report  to the\nofficer. 训诫 and house searches, then report to the officer."
    found = refuse_list().recognised(text)
    assert found == [
        "Report to the officer",
        "训诫",
        "house searches",
        "report to the officer",
    ]


def test_a_negation_holds_for_what_follows_it_directly_and_no_further() -> None:
    for text in (
        "Users who do not work report to the officer",
        "Not only do users report to the officer",
        "No exceptions: users report to the officer",
        "No counselling. Report to the officer",
    ):
        assert [words.lower() for words in refuse_list().recognised(text)] == [
            "report to the officer"
        ]


def test_the_demonstration_directory_is_free_of_alarms() -> None:
    text = files("almoner.demo").joinpath("directory.toml").read_text("utf-8")
    for code, item in tomllib.loads(text).items():
        assert refusals({name: str(value) for name, value in item.items()}) == [], code


def test_six_kinds_are_asked_for_each_with_its_source() -> None:
    kinds = refuse_list().kinds
    assert len(kinds) == china().limit("directory.refusals", date(2026, 7, 1)).value
    assert len({kind.code for kind in kinds}) == len(kinds)
    for ground in (*kinds, refuse_list().enforcement):
        assert ground.source and ground.source_zh and ground.question and ground.question_zh
        assert ground.verified is False  # nobody has read the text yet


@pytest.mark.parametrize("kind", refuse_list().kinds, ids=lambda kind: kind.code)
def test_each_declared_kind_is_a_refusal_of_its_own(kind) -> None:
    found = refusal({}, {kind.code})
    assert found is not None and found.ground == kind and found.words == ""
    assert found.field == f"declared_{kind.code}"


def test_names_and_texts_are_all_looked_at() -> None:
    for name in ("name_zh", "name_en", *TEXTS):
        draft = replace(DRAFT, **{name: "report to the officer"})
        assert [(one.code, one.field) for one in faults(draft)] == [("item_enforces", name)]


def test_a_complete_draft_has_no_fault() -> None:
    assert faults(DRAFT) == []


@pytest.mark.parametrize("name", ["name_zh", "name_en", *TEXTS])
def test_each_name_and_each_of_the_four_texts_is_needed(name: str) -> None:
    found = faults(replace(DRAFT, **{name: " \n"}))
    assert [(one.code, one.field) for one in found] == [("item_text_missing", name)]


def test_the_last_day_may_be_the_first_but_not_before() -> None:
    assert faults(replace(DRAFT, valid_to=date(2026, 7, 1))) == []
    assert faults(replace(DRAFT, valid_to=date(2026, 6, 30)))[0].field == "valid_to"


@pytest.mark.parametrize("question", TEST)
def test_each_question_of_the_test_needs_a_choice_and_a_reason(question: str) -> None:
    others = {name: answer for name, answer in DRAFT.test.items() if name != question}
    for bad in (
        others,
        {**others, question: Answer("nonsense", "because")},
        {**others, question: Answer(GOOD[question], " ")},
    ):
        found = faults(replace(DRAFT, test=bad))
        assert [(one.code, one.field) for one in found] == [
            ("item_test_incomplete", f"{question}_reason")
        ]


@pytest.mark.parametrize(
    ("question", "choice", "against"),
    [
        ("duty", "given_up", True),
        ("duty", "optional", False),
        ("market", "none", False),
        ("measurability", "neither", True),
        ("measurability", "outputs", False),
        ("gain", "less", True),
        ("gain", "same", False),
    ],
)
def test_some_answers_speak_against_buying(question: str, choice: str, against: bool) -> None:
    draft = replace(DRAFT, test={**DRAFT.test, question: Answer(choice, "because")})
    assert [one.code for one in faults(draft)] == ["item_not_for_buying"] * against


def test_an_item_holds_on_its_first_and_its_last_day() -> None:
    first, last = date(2026, 7, 1), date(2026, 7, 31)
    days = {
        date(2026, 6, 30): ItemState.NOT_YET,
        first: ItemState.VALID,
        last: ItemState.VALID,
        date(2026, 8, 1): ItemState.ENDED,
    }
    assert {day: state_on(day, first, last) for day in days} == days
    assert state_on(date(2999, 1, 1), first, None) is ItemState.VALID


@given(
    st.text(alphabet="abc 向到。,", max_size=30),
    st.sampled_from(["report to the officer", "向司法所报到"]),
)
def test_what_stands_before_or_after_does_not_hide_it(around: str, words: str) -> None:
    assert refuse_list().recognised(f"{around}. {words}.{around}")
