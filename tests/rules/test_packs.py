import re
from datetime import date
from fractions import Fraction

import pytest

from almoner.rules.packs import PackError, china, read_pack

DAY = date(2024, 6, 1)

LIMITS = {
    "P04.respondents": 3,
    "P05.users": 1,
    "directory.refusals": 6,
    "N02.days": 30,
    "T01.bids": 3,
    "T02.days": 20,
    "T04.low": 10,
    "T04.high": 30,
    "T05.working_days": 250,
    "T05.day_hours": 8,
    "T05.leave_days": 5,
    "T05.training_hours": 72,
    "T05.meeting_hours": 192,
    "T05.recording_ratio": "0.1",
    "T06.over": "0.1",
    "T07.working_days": 2,
    "panel.members": 5,
    "panel.odd": 1,
    "panel.expert_share": "2/3",
    "panel.experts_drawn_by_lot": 1,
    "query.working_days": 7,
    "query.answer_working_days": 7,
    "procurement_complaint.working_days": 15,
    "procurement_complaint.decision_working_days": 30,
    "C01.days": 30,
    "C02.working_days": 2,
    "C03.years": 3,
    "contract.years": 1,
    "contract.long_term_conditions": 4,
    "C04.share": "0.1",
    "C07.percent": 60,
    "C08.hours": "0.05",
    "files.years": 15,
    "N01.days": 30,
    "D01.ratio": "0.8",
    "D01.days": 60,
    "D02.minutes": 600,
    "D05.days": 14,
    "D05.share": "0.3",
    "D08.ratio": "0.8",
    "O01.share": "0.02",
    "O02.working_days": 5,
    "W03.share": "0.25",
    "grade.excellent": 90,
    "grade.good": 80,
    "grade.fair": 60,
    "self_evaluation.process": 10,
    "self_evaluation.output": 50,
    "self_evaluation.benefit": 40,
    "self_evaluation.satisfaction": 10,
    "E03.se": 2,
    "E03.points": 2,
    "E05.days": 180,
    "E06.days": 90,
    "E07.ratio": 2,
    "V02.share": "0.6",
    "I01.share": "0.3",
    "I02.share": "0.8",
    "I03.index": "0.25",
    "findings.answer_working_days": 10,
    "evaluation_reply.working_days": 10,
    "complaint.answer_working_days": 15,
    "need.answer_days": 30,
    "small_cells.people": 5,
}


def test_the_pack_holds_every_limit_exactly():
    in_pack = {entry.name: entry.value for entry in china().entries()}
    assert in_pack == {name: Fraction(value) for name, value in LIMITS.items()}


def test_every_limit_and_its_source_are_named_in_both_languages():
    for entry in china().entries():
        assert re.search("[\u4e00-\u9fff]", entry.title_zh), entry.name
        assert re.search("[\u4e00-\u9fff]", entry.source_zh), entry.name
        assert not re.search("[\u4e00-\u9fff]", entry.title + entry.source), entry.name
    titles = {entry.title for entry in china().entries()}
    titles_zh = {entry.title_zh for entry in china().entries()}
    assert len(titles) == len(titles_zh) == len(LIMITS)


def test_no_source_is_shown_as_checked_before_somebody_has_checked_it():
    for entry in china().entries():
        assert entry.source_note == f"{entry.source} (source not verified)"
        assert china().limit(entry.name, date(1990, 1, 1)) is entry  # no document dates it


def pack_text(**changes):
    fields = {
        "name": '"T02.days"',
        "title": '"Time to bid"',
        "title_zh": '"投标时间"',
        "value": "20",
        "unit": '"day"',
        "source": '"an article"',
        "source_zh": '"某条"',
        "verified": "false",
    } | changes
    return "[[limit]]\n" + "".join(f"{key} = {value}\n" for key, value in fields.items() if value)


VERSIONS = read_pack(
    pack_text(holds_from="2003-01-01")
    + pack_text(value="25", holds_from="2015-03-01", verified="true")
    + pack_text(name='"T01.bids"', value="3", unit='"count"')
)


def test_the_version_in_force_on_the_day_of_the_act_is_read():
    assert VERSIONS.limit("T02.days", date(2015, 2, 28)).value == 20
    assert VERSIONS.limit("T02.days", date(2015, 3, 1)).value == 25
    assert VERSIONS.limit("T02.days", date(2003, 1, 1)).value == 20
    assert VERSIONS.limit("T02.days", DAY).source_note == "an article"
    assert VERSIONS.limits("T02", DAY) == {"days": 25}
    assert VERSIONS.limit("T01.bids", date.min).value == 3
    with pytest.raises(PackError, match="not yet in force on 2002-12-31; it holds from 2003-01-01"):
        VERSIONS.limit("T02.days", date(2002, 12, 31))


def test_an_unknown_limit_is_named_with_the_nearest_one():
    with pytest.raises(PackError, match=r"T02\.day; did you mean T02\.days\?"):
        VERSIONS.limit("T02.day", DAY)
    with pytest.raises(PackError, match="no limits of T99"):
        VERSIONS.limits("T99", DAY)


def test_values_are_read_exactly():
    limit = read_pack(pack_text(value="0.10")).limit("T02.days", DAY)
    assert (limit.value, limit.written) == (Fraction(1, 10), "0.10")
    assert read_pack(pack_text(value='"2/3"')).limit("T02.days", DAY).value == Fraction(2, 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("limit = ", "not TOML"),
        ("", r"\[\[limit\]\] tables"),
        ("limit = [3]", r"3 is not a \[\[limit\]\] table"),
        ("other = 1\n" + pack_text(), "nothing else"),
        (pack_text(unit=None), "T02.days: unit missing, nothing unknown"),
        (pack_text(title=None), "T02.days: title missing, nothing unknown"),
        (pack_text(title_zh=None), "T02.days: title_zh missing, nothing unknown"),
        (pack_text(source_zh=None), "T02.days: source_zh missing, nothing unknown"),
        (pack_text(limit="3"), "nothing missing, limit unknown"),
        (pack_text(unit='"days"'), "unit days is none of"),
        (pack_text(source='" "'), "source must be a text"),
        (pack_text(title_zh="3"), "title_zh must be a text"),
        (pack_text(verified='"no"'), "true or false"),
        (pack_text(holds_from='"2020"'), "holds_from must be a date"),
        (pack_text(holds_from="2020-01-01T00:00:00"), "holds_from must be a date"),
        (pack_text(value="true"), "not a number"),
        (pack_text(value="nan"), "not a number"),
        (pack_text(value="1e999999999"), "not a number"),
        (pack_text(value='"2/0"'), "not a number"),
        (pack_text(value='"20"'), "not a number"),
        (pack_text() + pack_text(), "two versions"),
    ],
)
def test_a_pack_that_cannot_be_read_says_which_limit_and_why(text, message):
    with pytest.raises(PackError, match=message):
        read_pack(text)
