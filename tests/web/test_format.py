"""Figures, money and days in both languages, at the limits where their form changes."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from almoner.web import format as plain

GREY = {
    "en": '<span class="muted">unknown</span>',
    "zh-hans": '<span class="muted">未知</span>',
}


def rendered(expression: str, value: Any, language: str) -> str:
    """What a template makes of {{ value|expression }}."""
    with override(language):
        return Template(f"{{{{ value|{expression} }}}}").render(Context({"value": value}))


@pytest.mark.parametrize("language", GREY)
@pytest.mark.parametrize(
    "expression",
    [
        *("yuan", "yuan_short", "figure", "figure:2", "score", "percent", "percent:1"),
        *("hours", "day", "moment", "month", "named", "known"),
    ],
)
def test_what_is_empty_is_unknown_never_zero(expression: str, language: str) -> None:
    assert rendered(expression, None, language) == GREY[language]


@pytest.mark.parametrize(
    ("fen", "english", "chinese"),
    [
        (0, "¥0", "0元"),
        (1, "¥0.01", "0.01元"),
        (-1, "−¥0.01", "−0.01元"),
        (1250, "¥12.50", "12.50元"),
        (200_000_000, "¥2,000,000", "2,000,000元"),
        (-123_456, "−¥1,234.56", "−1,234.56元"),
        (2**63 - 1, "¥92,233,720,368,547,758.07", "92,233,720,368,547,758.07元"),
    ],
)
def test_yuan_is_exact(fen: int, english: str, chinese: str) -> None:
    assert rendered("yuan", fen, "en") == english
    assert rendered("yuan", fen, "zh-hans") == chinese


@pytest.mark.parametrize(
    ("fen", "english", "chinese"),
    [
        (0, "¥0", "0元"),
        (9_403, "¥94.03", "94.03元"),
        (999_900, "¥9,999", "9,999元"),
        (999_999, "¥9,999.99", "9,999.99元"),
        (1_000_000, "¥10,000", "1万元"),
        (1_234_550, "¥12,346", "1.23万元"),
        (9_994_999, "¥99,950", "9.99万元"),
        (9_995_000, "¥99,950", "10万元"),
        (72_000_000, "¥720,000", "72万元"),
        (99_999_949, "¥999,999", "100万元"),
        (99_999_950, "¥1m", "100万元"),
        (168_000_000, "¥1.68m", "168万元"),
        (-168_000_000, "−¥1.68m", "−168万元"),
        (9_999_499_999, "¥100m", "9,999万元"),
        (9_999_500_000, "¥100m", "1亿元"),
        (31_000_000_000, "¥310m", "3.1亿元"),
        (99_949_999_999, "¥999m", "9.99亿元"),
        (99_950_000_000, "¥1bn", "10亿元"),
        (123_456_789_012, "¥1.23bn", "12.3亿元"),
    ],
)
def test_short_yuan_changes_its_unit_where_it_should(fen: int, english: str, chinese: str) -> None:
    assert rendered("yuan_short", fen, "en") == english
    assert rendered("yuan_short", fen, "zh-hans") == chinese


@pytest.mark.parametrize("language", GREY)
@given(fen=st.integers(0, 2**63 - 1))
def test_short_yuan_is_near_the_amount(language: str, fen: int) -> None:
    with override(language):
        short = plain.yuan_short(fen)
        assert plain.yuan_short(-fen) == (f"−{short}" if fen else short)
    scales = {"亿元": 10**10, "万元": 10**6, "bn": 10**11, "m": 10**8}
    scale = next((scale for unit, scale in scales.items() if short.endswith(unit)), 100)
    digits = short.translate(dict.fromkeys(map(ord, "¥,亿万元bnm")))
    assert abs(Fraction(digits) * scale - fen) <= Fraction(fen, 199)


@pytest.mark.parametrize(
    ("expression", "value", "text"),
    [
        ("figure", 0, "0"),
        ("figure", 11040, "11,040"),
        ("figure", Decimal("86.40"), "86.4"),
        ("figure", Decimal("86.04"), "86"),
        ("figure", Decimal("0.995"), "1"),
        ("figure", Decimal("0.95"), "1"),
        ("figure", Decimal("0.9499"), "0.9"),
        ("figure", 0.15, "0.2"),
        ("figure", Fraction(-7, 2), "−3.5"),
        ("figure", Decimal("-0.04"), "0"),
        ("figure:2", 3, "3.00"),
        ("figure:2", Decimal("0.995"), "1.00"),
        ("figure:2", Decimal("1519.2"), "1,519.20"),
        ("figure:0", Decimal("2.5"), "3"),
        ("score", Decimal("89.999"), "89.99"),
        ("score", Decimal("59.995"), "59.99"),
        ("score", Fraction(260, 3), "86.66"),
        ("score", Decimal("86.40"), "86.4"),
        ("score", 100, "100"),
        ("score", 0, "0"),
        ("percent", Decimal("0.7412"), "74%"),
        ("percent:1", Decimal("0.7412"), "74.1%"),
        ("percent", Decimal("0.745"), "75%"),
        ("percent", 0, "0%"),
        ("percent", Decimal("0.0049"), "&lt;1%"),
        ("percent", Decimal("0.005"), "1%"),
        ("percent", Decimal("0.9949"), "99%"),
        ("percent", Decimal("0.995"), "&gt;99%"),
        ("percent", 0.995, "&gt;99%"),
        ("percent:1", Decimal("0.995"), "99.5%"),
        ("percent:1", Decimal("0.9995"), "&gt;99.9%"),
        ("percent:1", Decimal("0.0004"), "&lt;0.1%"),
        ("percent", 1, "100%"),
        ("percent", Decimal("1.1264"), "113%"),
        ("percent", Decimal("-0.3"), "−30%"),
    ],
)
def test_plain_figures(expression: str, value: Any, text: str) -> None:
    assert rendered(expression, value, "en") == text
    assert rendered(expression, value, "zh-hans") == text


@given(st.decimals(0, 1, places=9, allow_nan=False), st.integers(0, 2))
def test_only_all_is_100_percent_and_only_nothing_is_0(share: Decimal, places: int) -> None:
    number = plain.percent(share, places).rstrip("%")
    if number.startswith(("<", ">")):
        assert 0 < share < 1
    else:
        assert (Decimal(number) == 100) == (share == 1)
        assert (Decimal(number) == 0) == (share == 0)


@given(st.fractions(0, 100))
def test_a_score_is_cut_and_never_lifted(total: Fraction) -> None:
    shown = Fraction(plain.score(total))
    assert shown <= total < shown + Fraction(1, 100)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        plain.figure(value)


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (0, "0 hours", "0小时"),
        (1, "1 hour", "1小时"),
        (Decimal("1.5"), "1.5 hours", "1.5小时"),
        (Decimal("1519.2"), "1,519.2 hours", "1,519.2小时"),
    ],
)
def test_hours(value: Any, english: str, chinese: str) -> None:
    assert rendered("hours", value, "en") == english
    assert rendered("hours", value, "zh-hans") == chinese


LATE_IN_UTC = datetime(2026, 6, 30, 16, 30, tzinfo=UTC)  # half past midnight on 1 July in Shanghai


@pytest.mark.parametrize(
    ("expression", "value", "machine", "english", "chinese"),
    [
        ("day", date(2026, 6, 30), "2026-06-30", "30 June 2026", "2026年6月30日"),
        ("day", LATE_IN_UTC, "2026-07-01", "1 July 2026", "2026年7月1日"),
        (
            "moment",
            LATE_IN_UTC,
            "2026-07-01T00:30+08:00",
            "1 July 2026, 00:30",
            "2026年7月1日 00:30",
        ),
        ("month", "2026-03", "2026-03", "March 2026", "2026年3月"),
        ("month", "2025-12", "2025-12", "December 2025", "2025年12月"),
    ],
)
def test_days(expression: str, value: Any, machine: str, english: str, chinese: str) -> None:
    for language, text in (("en", english), ("zh-hans", chinese)):
        expected = f'<time datetime="{machine}">{text}</time>'
        assert rendered(expression, value, language) == expected


@pytest.mark.parametrize(
    ("zh", "en", "english", "chinese"),
    [
        ("临江街道", "Linjiang", "Linjiang", "临江街道"),
        ("临江街道", None, "临江街道", "临江街道"),
        ("", "Linjiang", "Linjiang", "Linjiang"),
        ("<b>", "<i>", "&lt;i&gt;", "&lt;b&gt;"),
        (None, "", GREY["en"], GREY["zh-hans"]),
    ],
)
def test_names_fall_back_to_the_other_language(
    zh: str | None, en: str | None, english: str, chinese: str
) -> None:
    for thing in (SimpleNamespace(name_zh=zh, name_en=en), {"name_zh": zh, "name_en": en}):
        assert rendered("named", thing, "en") == english
        assert rendered("named", thing, "zh-hans") == chinese


def test_text_of_the_record_is_escaped_or_unknown() -> None:
    assert rendered("known", "<script>", "en") == "&lt;script&gt;"
    assert rendered("known", "", "en") == GREY["en"]
    assert rendered("known", 0, "en") == "0"


def test_pages_lead_to_their_neighbours_and_to_both_ends() -> None:
    page = Paginator(range(1000), 50).get_page(10)
    shown = rendered('page_numbers|join:" "', page, "en")
    assert shown == "1 … 9 10 11 … 20"
