"""Reading a draft: what was typed, what is missing, and what a tender starts from."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almoner.rules.calendar import SHANGHAI
from almoner.rules.tender import Gap, complete, read, suggested_staff, sum_of, workloads
from almoner.rules.tender_template import prefilled, table_one

YUAN = 100


def typed(**changes: Any) -> dict[str, Any]:
    """A prefilled draft of 2026-06-30 for CNY 2m with all that the template cannot know."""
    content = prefilled(
        today=date(2026, 6, 30),
        ceiling_fen=2_000_000 * YUAN,
        item={"code": "A0301", "name_en": "Family services", "name_zh": "家庭综合服务"},
        area={"code": "440106001", "name_en": "Wushan", "name_zh": "五山街道"},
    )
    return {**content, "specification": "Families get help.", "appropriations": ["A-1"], **changes}


def test_the_template_is_complete_but_for_what_only_the_clerk_knows() -> None:
    bare = typed(specification="", appropriations=[])
    assert dict(read(bare).gaps) == {
        "specification": Gap.MISSING,
        "appropriations": Gap.MISSING,
    }
    content = complete(read(typed()))
    assert content.title_zh == "五山街道家庭综合服务"
    assert content.bid_deadline == datetime(2026, 7, 22, 17, tzinfo=SHANGHAI)
    assert (content.starts_on, content.ends_on) == (date(2026, 9, 1), date(2027, 8, 31))
    assert (content.ceiling_fen, content.staff) == (200_000_000, Decimal(14))
    assert sum(one.weight for one in content.criteria) == 100


def test_the_contract_of_a_template_in_november_begins_in_the_next_year() -> None:
    content = prefilled(
        today=date(2026, 10, 31),
        ceiling_fen=1,
        item={"code": "A", "name_en": "", "name_zh": "服务"},
        area={"code": "4", "name_en": "", "name_zh": "街"},
    )
    assert (content["starts_on"], content["ends_on"]) == ("2027-02-01", "2028-01-31")
    in_december = prefilled(
        today=date(2026, 10, 1),
        ceiling_fen=1,
        item={"code": "A", "name_en": "", "name_zh": "服务"},
        area={"code": "4", "name_en": "", "name_zh": "街"},
    )
    assert (in_december["starts_on"], in_december["ends_on"]) == ("2027-01-01", "2027-12-31")


def test_table_one_comes_to_the_hours_of_the_document() -> None:
    terms = read(typed(terms=table_one(14))).terms
    assert [str(work) for work in workloads(terms, None)] == [
        *("3,360", "2,940", "5,292", "2,688", "6,720", "268.8"),
        *("1,008", "X", "0.005 population"),
    ]
    direct = sum_of(terms, None, "direct")
    assert direct is not None and direct.hours == Fraction("21268.8")
    assert str(sum_of(terms, 3_000)) == "22,291.8 + X"
    assert str(sum_of(terms, 90_000)) == "22,726.8 + X"


@pytest.mark.parametrize(
    ("yuan", "staff"),
    [
        (2_000_000, (20, 14)),  # the rule of the document: one a 100,000, two thirds of them
        (300_000, (3, 2)),  # exactly two thirds
        (299_999, (2, 2)),  # one and a third, rounded up
        (100_000, (1, 1)),
        (99_999, (0, 0)),
    ],
)
def test_staff_follows_from_the_money_of_a_year(yuan: int, staff: tuple[int, int]) -> None:
    assert suggested_staff(yuan * YUAN) == staff


@pytest.mark.parametrize(
    ("changes", "field", "gap"),
    [
        ({"title_en": "  "}, "title_en", Gap.MISSING),
        ({"ceiling": "a lot"}, "ceiling", Gap.UNREADABLE),
        ({"ceiling": "0"}, "ceiling", Gap.UNREADABLE),
        ({"ceiling": "10.001"}, "ceiling", Gap.UNREADABLE),
        ({"ceiling": "9" * 18}, "ceiling", Gap.UNREADABLE),
        ({"staff": "-3"}, "staff", Gap.UNREADABLE),
        ({"panel_size": "5.5"}, "panel_size", Gap.UNREADABLE),
        ({"starts_on": "1 May"}, "starts_on", Gap.UNREADABLE),
        ({"ends_on": "2026-08-31"}, "ends_on", Gap.BACKWARDS),
        ({"bid_deadline": "2026-08-31"}, "bid_deadline", Gap.UNREADABLE),
        ({"bid_deadline": "2026-08-31T17:00+08:00"}, "bid_deadline", Gap.UNREADABLE),
        ({"method": "by post"}, "method", Gap.UNREADABLE),
        ({"target_group": ""}, "target_group", Gap.MISSING),
        ({"terms": []}, "terms", Gap.MISSING),
        ({"criteria": []}, "criteria", Gap.MISSING),
    ],
)
def test_what_cannot_be_used_is_a_gap(changes: dict[str, Any], field: str, gap: Gap) -> None:
    draft = read(typed(**changes))
    assert dict(draft.gaps) == {field: gap}
    with pytest.raises(ValueError, match=field):
        complete(draft)


def test_rows_are_read_one_by_one() -> None:
    rows = [
        {"code": "1", "group": "direct", "type": "case_work", "category": "", "formula": "1 hour"},
        {"code": "1", "group": "both", "type": "", "category": "", "formula": "1 day"},
        {"code": "2", "group": "direct", "type": "x", "category": "", "formula": " "},
    ]
    assert dict(read(typed(terms=rows)).gaps) == {
        "terms.1.code": Gap.REPEATED,
        "terms.1.group": Gap.UNREADABLE,
        "terms.1.type": Gap.MISSING,
        "terms.1.formula": Gap.UNREADABLE,
        "terms.2.formula": Gap.MISSING,
    }
    criteria = [{"code": "", "kind": "luck", "name": "", "weight": "x"}]
    assert dict(read(typed(criteria=criteria)).gaps) == {
        "criteria.0.code": Gap.MISSING,
        "criteria.0.kind": Gap.UNREADABLE,
        "criteria.0.name": Gap.MISSING,
        "criteria.0.weight": Gap.UNREADABLE,
    }


def test_a_sum_with_an_unreadable_line_is_not_told() -> None:
    rows = [*table_one(14), {**table_one(14)[0], "code": "99", "formula": "1 day"}]
    assert sum_of(read(typed(terms=rows)).terms, None, "direct") is None


def test_commas_in_money_and_a_framework_with_its_version_are_read() -> None:
    draft = read(typed(ceiling="2,000,000.50", framework="F|x|2025", supervisor="11S"))
    assert draft.ceiling_fen == 200_000_050
    assert (draft.framework, draft.supervisor) == (("F|x", "2025"), "11S")
    assert read(typed()).framework is None


row = st.dictionaries(
    st.sampled_from(["code", "group", "type", "formula", "kind", "name", "weight"]), st.text()
)


@given(
    st.dictionaries(
        st.sampled_from(["title_en", "ceiling", "starts_on", "bid_deadline"]), st.text()
    ),
    st.lists(row, max_size=3),
)
def test_nothing_that_can_be_typed_breaks_the_reading(
    texts: dict[str, str], rows: list[dict[str, str]]
) -> None:
    draft = read({**typed(), **texts, "terms": rows, "criteria": rows})
    if not draft.gaps:
        complete(draft)
