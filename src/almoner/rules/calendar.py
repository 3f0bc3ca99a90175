"""Working days of China's statutory calendar, deadlines, contract years, the day of an instant.

Sources of the calendar, in this order: the package chinesecalendar, then holidays.toml beside this
file. In a year that neither has, Monday to Friday are counted, and every answer that rests on such
a year names it in `estimated_years`.
"""

import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from chinese_calendar.constants import holidays, workdays

SHANGHAI = ZoneInfo("Asia/Shanghai")
SATURDAY = 5


class CalendarError(ValueError):
    """A table of holidays, a date or a number of days that cannot be used."""


@dataclass(frozen=True)
class WorkingDays:
    """A number of working days, and the years for which only Monday to Friday were known."""

    count: int
    estimated_years: tuple[int, ...] = ()


@dataclass(frozen=True)
class Deadline:
    """The last day on which an act is in time, and the years that were estimated on the way."""

    day: date
    estimated_years: tuple[int, ...] = ()


class WorkCalendar:
    """Monday to Friday, except the days that a published calendar moves."""

    def __init__(self, days_off: Iterable[date], make_up_days: Iterable[date]) -> None:
        """`days_off` are the public holidays, `make_up_days` the Saturdays and Sundays worked."""
        off, made_up = set(days_off), set(make_up_days)
        self.published = frozenset(off | made_up)
        self.known_years = frozenset(day.year for day in self.published)
        self._lost = sorted(day for day in off if day.weekday() < SATURDAY)
        self._gained = sorted(day for day in made_up if day.weekday() >= SATURDAY)

    def count(self, after: date, up_to: date) -> int:
        """Number of working days d with after < d <= up_to; up_to must not lie before after."""
        weekdays = _weekdays_until(up_to) - _weekdays_until(after)
        return weekdays + _within(self._gained, after, up_to) - _within(self._lost, after, up_to)

    def estimated_years(self, after: date, up_to: date) -> tuple[int, ...]:
        """The years without a published calendar among the days d, after < d <= up_to."""
        if up_to <= after:
            return ()
        years = range((after + timedelta(days=1)).year, up_to.year + 1)
        return tuple(year for year in years if year not in self.known_years)


def _weekdays_until(day: date) -> int:
    """Mondays to Fridays from 0001-01-01, a Monday, to the day."""
    weeks, rest = divmod(day.toordinal(), 7)
    return weeks * 5 + min(rest, 5)


def _within(days: list[date], after: date, up_to: date) -> int:
    return bisect_right(days, up_to) - bisect_right(days, after)


def calendar_from(table: str) -> WorkCalendar:
    """The calendar of chinesecalendar plus a table in the format of holidays.toml.

    The table serves only the years that chinesecalendar lacks. CalendarError where a year, a date
    or a key is not as that file's head describes.
    """
    published = {day.year for day in holidays}
    days_off, make_up_days = set(holidays), set(workdays)
    try:
        years = tomllib.loads(table)
    except tomllib.TOMLDecodeError as error:
        raise CalendarError(f"the table of holidays is not TOML: {error}") from None
    for name, year in years.items():
        off, made_up = _read_year(name, year)
        if int(name) not in published:
            days_off |= off
            make_up_days |= made_up
    return WorkCalendar(days_off, make_up_days)


def _read_year(name: str, year: object) -> tuple[set[date], set[date]]:
    wanted = {"source", "days_off", "make_up_days"}
    if not (name.isascii() and name.isdigit() and isinstance(year, dict) and set(year) == wanted):
        raise CalendarError(f"[{name}]: a year is needed, with {', '.join(sorted(wanted))}")
    if not isinstance(year["source"], str) or not year["days_off"]:
        raise CalendarError(f"[{name}]: the source and at least one day off are needed")
    for key in ("days_off", "make_up_days"):
        if not isinstance(year[key], list):
            raise CalendarError(f"[{name}] {key}: a list of dates is needed")
        for day in year[key]:
            if type(day) is not date or day.year != int(name):
                raise CalendarError(f"[{name}] {key}: {day} is not a date of that year")
    for day in year["make_up_days"]:
        if day.weekday() < SATURDAY:
            raise CalendarError(f"[{name}] make_up_days: {day} is neither Saturday nor Sunday")
    return set(year["days_off"]), set(year["make_up_days"])


@cache
def statutory() -> WorkCalendar:
    """The State Council's calendar as far as it is known here."""
    table = files("almoner.rules").joinpath("holidays.toml").read_text(encoding="utf-8")
    return calendar_from(table)


def is_working_day(day: date, calendar: WorkCalendar | None = None) -> bool:
    """Whether a day is worked; working_days_between says whether its year was estimated."""
    return working_days_between(day - timedelta(days=1), day, calendar).count == 1


def working_days_between(
    after: date, up_to: date, calendar: WorkCalendar | None = None
) -> WorkingDays:
    """Working days d with after < d <= up_to; a negative span counts 0 (findings catalogue)."""
    if up_to <= after:
        return WorkingDays(0)
    used = calendar or statutory()
    return WorkingDays(used.count(after, up_to), used.estimated_years(after, up_to))


def add_working_days(day: date, number: int, calendar: WorkCalendar | None = None) -> Deadline:
    """The number-th working day after a day; 0 is the day itself, worked or not."""
    used = calendar or statutory()
    if number < 0:
        raise CalendarError(f"{number} working days: the number must not be negative")
    if number == 0:
        return Deadline(day)
    later = range(day.toordinal() + 1, date.max.toordinal() + 1)
    place = bisect_left(later, number, key=lambda d: used.count(day, date.fromordinal(d)))
    if place == len(later):
        raise CalendarError(f"{number} working days after {day} lie beyond the year 9999")
    found = date.fromordinal(later[place])
    return Deadline(found, used.estimated_years(day, found))


def add_days(day: date, number: int) -> date:
    """The day that many calendar days later (or earlier, where negative)."""
    try:
        return day + timedelta(days=number)
    except OverflowError:
        raise CalendarError(f"{number} days from {day} lie outside the years 1 to 9999") from None


def deadline(
    start: date,
    *,
    days: int | None = None,
    working_days: int | None = None,
    calendar: WorkCalendar | None = None,
) -> Deadline:
    """The last day in time, counted from the day after `start`, in days or in working days.

    A deadline in calendar days that falls on a holiday is not moved: no document asks for that.
    """
    if days is not None and working_days is None:
        return Deadline(add_days(start, days))
    if working_days is not None and days is None:
        return add_working_days(start, working_days, calendar)
    raise CalendarError("give either days or working_days")


def add_years(day: date, number: int) -> date:
    """The same date that many years later; 29 February gives 1 March where there is none."""
    year = day.year + number
    if not date.min.year <= year <= date.max.year:
        raise CalendarError(f"{number} years from {day} lie outside the years 1 to 9999")
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def contract_years(starts_on: date, ends_on: date) -> list[tuple[date, date]]:
    """First and last day of each contract year; the last one may be shorter than a year."""
    if ends_on < starts_on:
        raise CalendarError(f"a contract cannot end ({ends_on}) before it starts ({starts_on})")
    years: list[tuple[date, date]] = []
    first = starts_on
    while first.year < date.max.year:
        # From starts_on each time: 29 February comes back in leap years.
        following = add_years(starts_on, len(years) + 1)
        if following > ends_on:
            break
        years.append((first, following - timedelta(days=1)))
        first = following
    years.append((first, ends_on))
    return years


def contract_year_of(starts_on: date, ends_on: date, day: date) -> int | None:
    """Which contract year a day lies in, counted from 1; None outside the contract."""
    for number, (first, last) in enumerate(contract_years(starts_on, ends_on), start=1):
        if first <= day <= last:
            return number
    return None


def local_day(instant: datetime) -> date:
    """The day of an instant in Asia/Shanghai; a date-time without an offset is refused."""
    if instant.utcoffset() is None:
        raise CalendarError(f"{instant.isoformat()} has no offset; its day is not known")
    try:
        return instant.astimezone(SHANGHAI).date()
    except OverflowError:
        raise CalendarError(f"{instant.isoformat()} lies outside the years 1 to 9999") from None
