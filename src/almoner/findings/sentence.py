"""The sentence that explains one finding with its figures, in English and in Chinese.

A definition's `because` holds figures in braces, each with a format: `{value:hour}` is
"1,711.2 hours" and "1,711.2小时". The formats are the units of the catalogue, which write their
own unit, and:
- date: a day as an int64 day number; instant: microseconds, shown to the minute in Shanghai;
  day_of: microseconds, of which everybody may be told the day;
- people: a number of persons, which may be too small to be told to everybody (`people`);
- cause: why a payment was late (`delay_cause`);
- none (`{name}`): text as it is, cut where it is long, control characters replaced.
What is empty is "unknown". The figures are `id`, `key`, `value`, `limit` and the rule's words.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from string import Formatter
from typing import Literal

from almoner.findings.days import day_of_number
from almoner.findings.definition import Definition
from almoner.findings.run import Finding
from almoner.rules.calendar import SHANGHAI
from almoner.rules.text import printable

Language = Literal["en", "zh"]

MOST_PLACES = 9
MINUS = "−"
CAUSES = {  # delay_cause of INSTALMENTS
    "evaluation": ("the evaluation", "评估"),
    "budget": ("the budget", "预算"),
    "paperwork": ("paperwork", "手续"),
    "dispute": ("a dispute", "争议"),
    "other": ("another", "其他"),
}
UNKNOWN = {"en": "unknown", "zh": "未知"}
ESTIMATED = {
    "en": " For part of this time no calendar of working days has been published; there, Monday to"
    " Friday were counted.",
    "zh": "其中部分时间尚无公布的工作日安排，按周一至周五计算。",
}
# Unit: decimals at most, factor, and the word after the number: in English for one and for many.
UNITS: Mapping[str, tuple[int, int, tuple[str, str], str]] = {
    "count": (1, 1, ("", ""), ""),
    "people": (0, 1, ("", ""), ""),
    "day": (1, 1, (" day", " days"), "天"),
    "working_day": (0, 1, (" working day", " working days"), "个工作日"),
    "year": (1, 1, (" year", " years"), "年"),
    "hour": (1, 1, (" hour", " hours"), "小时"),
    "minute": (0, 1, (" minute", " minutes"), "分钟"),
    "share": (1, 100, ("%", "%"), "%"),
    "percent": (1, 1, ("%", "%"), "%"),
    "point": (1, 1, (" point", " points"), "分"),
    "ratio": (2, 1, ("", ""), ""),
    "index": (2, 1, ("", ""), ""),
}
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


def because(definition: "Definition", finding: "Finding", language: Language) -> str:
    """Why the question is asked; KeyError where the sentence names a figure that there is not."""
    sentence, figures = _sentence(definition, finding, language), _figures(finding)
    more = _places_to_tell_apart(sentence, finding)
    text = "".join(
        literal + ("" if field is None else _shown(figures[field], form or "", language, more))
        for literal, field, form, _ in Formatter().parse(sentence)
    )
    return text + ESTIMATED[language] if finding.words.get("estimated") else text


def people(definition: "Definition", finding: "Finding") -> list[int]:
    """The numbers of persons that the sentence tells, as far as they are known.

    The figure `people` is one, though no sentence names it: those whom the others are about.
    """
    figures = _figures(finding)
    told = [
        figures[field]
        for _, field, form, _ in Formatter().parse(_sentence(definition, finding, "en"))
        if field and form == "people"
    ] + [figures.get("people")]
    return [int(str(number)) for number in told if number is not None]


def _sentence(definition: "Definition", finding: "Finding", language: Language) -> str:
    name = "because" if language == "en" else "because_zh"
    own = {"because": definition.because, "because_zh": definition.because_zh}
    return (own if finding.variant is None else definition.variants[finding.variant])[name]


def _figures(finding: "Finding") -> dict[str, object]:
    return {
        **finding.words,
        "id": finding.id,
        "key": finding.key,
        "value": finding.value,
        "limit": finding.limit,
    }


def _shown(figure: object, form: str, language: Language, more: int) -> str:
    if figure is None:
        return UNKNOWN[language]
    if form in UNITS:
        return _number(figure, form, language, more)
    return _FORMS[form](figure, language)


def _places_to_tell_apart(sentence: str, finding: "Finding") -> int:
    """Decimals to add so that rounding never makes a value look like its limit."""
    forms = {field: form for _, field, form, _ in Formatter().parse(sentence) if field}
    units = [forms.get("value"), forms.get("limit")]
    if None in (finding.value, finding.limit) or finding.value == finding.limit:
        return 0
    if not all(unit in UNITS for unit in units):
        return 0
    for more in range(MOST_PLACES):
        texts = [
            _number(number, str(unit), "en", more)
            for number, unit in zip((finding.value, finding.limit), units, strict=True)
        ]
        if texts[0] != texts[1]:
            return more
    return MOST_PLACES


def _number(figure: object, unit: str, language: Language, more: int = 0) -> str:
    places, factor, english, chinese = UNITS[unit]
    number = Decimal(repr(figure) if isinstance(figure, float) else str(figure)) * factor
    digits = _digits(number, places + more)
    if language == "zh":
        return digits + chinese
    return digits + english[0 if digits == "1" else 1]


def _digits(number: Decimal, places: int) -> str:
    """Grouped digits with so many decimals at most."""
    rounded = number.quantize(Decimal(1).scaleb(-places), context=_EXACT)
    text = f"{abs(rounded):,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{MINUS}{text}" if rounded < 0 else text


def _fen(figure: object, language: Language) -> str:
    """An amount in yuan, exact: "¥12.50", "12.50元"."""
    fen = int(Decimal(str(figure)).to_integral_value(context=_EXACT))
    yuan, rest = divmod(abs(fen), 100)
    sign = MINUS if fen < 0 else ""
    text = f"{yuan:,}.{rest:02}" if rest else f"{yuan:,}"
    return f"{sign}{text}元" if language == "zh" else f"{sign}¥{text}"


def _date(figure: object, language: Language) -> str:
    return _day(day_of_number(int(str(figure))), language)


def _day(day: date, language: Language) -> str:
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _day_of(figure: object, language: Language) -> str:
    return _day(_local(figure).date(), language)


def _instant(figure: object, language: Language) -> str:
    local, between = _local(figure), "" if language == "zh" else ", "
    return f"{_day(local.date(), language)}{between}{local:%H:%M}"


def _local(figure: object) -> datetime:
    seconds, micros = divmod(int(str(figure)), 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros).astimezone(SHANGHAI)


def _cause(figure: object, language: Language) -> str:
    return CAUSES[str(figure)][0 if language == "en" else 1]


def _text(figure: object, language: Language) -> str:
    return printable(str(figure))


_FORMS: Mapping[str, Callable[[object, Language], str]] = {
    "fen": _fen,
    "date": _date,
    "day_of": _day_of,
    "instant": _instant,
    "cause": _cause,
    "": _text,
}
