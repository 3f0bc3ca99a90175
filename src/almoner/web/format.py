"""Figures, money and days as people read them, in the active language.

Each function gives plain text, and the word for "unknown" where the value is None: what is empty
is unknown, never zero. Rounding is to the nearest, halves away from zero.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from django.utils.timezone import localtime
from django.utils.translation import ngettext

from almoner.rules.money import exact, rounded_ratio
from almoner.web import language
from almoner.web.language import gettext

Number = int | float | Decimal | Fraction

MINUS = "−"
_HAN = re.compile("[\u4e00-\u9fff]")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_SHORT_FROM_FEN = 10**6
# Fen to one of the unit, the amount from which it is used, its name. An amount that the unit below
# would round up to one of this unit already belongs here: 999,999.99 yuan is "¥1m".
_ENGLISH_UNITS = ((10**11, 99_950_000_000, "bn"), (10**8, 99_999_950, "m"), (100, 0, ""))
_CHINESE_UNITS = ((10**10, 9_999_500_000, "亿"), (10**6, 0, "万"))


def in_chinese() -> bool:
    """Whether the active language is Chinese."""
    return (language.active() or "").startswith("zh")


def unknown() -> str:
    """The word for a value that nobody gave."""
    return gettext("unknown")


def number(value: Number) -> Fraction:
    """The value as an exact fraction; a float counts as the decimal that it is printed as."""
    return exact(Decimal(repr(value)) if isinstance(value, float) else value)


def fixed(value: Number, places: int) -> str:
    """Grouped digits with exactly so many decimals: 1234.5 to one place is "1,234.5"."""
    numerator, denominator = number(value).as_integer_ratio()
    return _digits(rounded_ratio(numerator * 10**places, denominator), places)


def _digits(scaled: int, places: int) -> str:
    """A whole number of the last decimal's units: 12345 to one place is "1,234.5"."""
    whole, rest = divmod(abs(scaled), 10**places)
    sign = MINUS if scaled < 0 else ""
    return f"{sign}{whole:,}.{rest:0{places}}" if places else f"{sign}{whole:,}"


def figure(value: Number | None, places: int | None = None) -> str:
    """A grouped number: as many decimals as asked for, else one at most and none where it is 0."""
    if value is None:
        return unknown()
    return fixed(value, 1).removesuffix(".0") if places is None else fixed(value, places)


def score(value: Number | None) -> str:
    """A total in percent, two decimals at most, cut: rounding never lifts it over a grade line."""
    if value is None:
        return unknown()
    numerator, denominator = number(value).as_integer_ratio()
    return _digits(100 * numerator // denominator, 2).rstrip("0").rstrip(".")


def percent(share: Number | None, places: int = 0) -> str:
    """A share in percent: 0.7412 is "74%".

    Only all of it is 100% and only nothing is 0%: 0.996 is ">99%" and 0.004 is "<1%".
    """
    if share is None:
        return unknown()
    part, whole = number(share).as_integer_ratio()
    full = 100 * 10**places
    scaled = rounded_ratio(part * full, whole)
    if scaled == full and part < whole:
        return f">{_digits(full - 1, places)}%"
    if scaled == 0 and part > 0:
        return f"<{_digits(1, places)}%"
    return f"{_digits(scaled, places)}%"


def yuan(fen: int | None) -> str:
    """An amount of fen in yuan, exact: "¥2,000,000", "¥12.50"; in Chinese "2,000,000元"."""
    if fen is None:
        return unknown()
    whole, rest = divmod(abs(fen), 100)
    return _money(f"{whole:,}.{rest:02}" if rest else f"{whole:,}", fen < 0)


def yuan_short(fen: int | None) -> str:
    """An amount of fen in three digits or so: "¥1.68m", in Chinese "168万元".

    Below 10,000 yuan it is exact. English has whole yuan up to a million, then m and bn;
    Chinese has 万 and 亿.
    """
    if fen is None:
        return unknown()
    size = abs(fen)
    if size < _SHORT_FROM_FEN:
        return yuan(fen)
    units = _CHINESE_UNITS if in_chinese() else _ENGLISH_UNITS
    scale, name = next((scale, name) for scale, least, name in units if size >= least)
    places = 2 if size < 10 * scale else 1 if size < 100 * scale else 0
    digits = fixed(Fraction(size, scale), places)
    short = digits.rstrip("0").rstrip(".") if places else digits
    return _money(short + name, fen < 0)


def _money(digits: str, negative: bool) -> str:
    sign = MINUS if negative else ""
    return f"{sign}{digits}元" if in_chinese() else f"{sign}¥{digits}"


def hours(value: Number | None) -> str:
    """A number of hours with its unit."""
    if value is None:
        return unknown()
    count = 1 if value == 1 else 2
    return ngettext("%(n)s hour", "%(n)s hours", count) % {"n": figure(value)}


def day(value: date | None) -> str:
    """A day: "30 June 2026", "2026年6月30日". An instant gives its day in Shanghai."""
    if value is None:
        return unknown()
    on = localtime(value).date() if isinstance(value, datetime) else value
    if in_chinese():
        return f"{on.year}年{on.month}月{on.day}日"
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def moment(value: datetime | None) -> str:
    """An instant to the minute, in Shanghai: "30 June 2026, 14:05"."""
    if value is None:
        return unknown()
    local = localtime(value)
    separator = " " if in_chinese() else ", "
    return f"{day(local.date())}{separator}{local:%H:%M}"


def month(value: str | None) -> str:
    """A month given as YYYY-MM: "March 2026", "2026年3月"."""
    if value is None:
        return unknown()
    year, number_of_month = (int(part) for part in value.split("-"))
    if in_chinese():
        return f"{year}年{number_of_month}月"
    return f"{MONTHS[number_of_month - 1]} {year}"


def in_one_language(text: str) -> str:
    """Free text written as "中文 / English" in the reader's language; any other text as it is."""
    first, slash, second = text.partition(" / ")
    if slash and _HAN.search(first) and second and not _HAN.search(second):
        return first if in_chinese() else second
    return text


def named(thing: object) -> str:
    """The name of anything with name_zh and name_en, in the active language or else the other."""
    return name_of(thing) or unknown()


def name_of(thing: object) -> str | None:
    """The same, and None where it has no name at all."""
    first, second = ("name_zh", "name_en") if in_chinese() else ("name_en", "name_zh")
    if isinstance(thing, dict):
        name = thing.get(first) or thing.get(second)
    else:
        name = getattr(thing, first, None) or getattr(thing, second, None)
    return str(name) if name else None
