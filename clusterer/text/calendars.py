"""Days of three calendars as UTC intervals.

Jalali arithmetic is persiantools', Hijri is Umm al-Qura by hijridate. A year belongs to
exactly one calendar: nothing is ever read as AD 1404 or as Jalali 2025.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from clusterer.news import Calendar, Precision

GREGORIAN_YEARS = range(1900, 2101)
JALALI_YEARS = range(1320, 1421)  # AD 1941 to 2042
HIJRI_YEARS = range(1421, 1471)  # AD 2000 to 2048; earlier ones only with a month's name
NAMED_HIJRI_YEARS = range(1343, 1501)  # the range of the Umm al-Qura tables
MONTHS = range(1, 13)


@dataclass(frozen=True, slots=True)
class Day:
    """A day, month or year as written. ``month`` and ``day`` are None where not said."""

    calendar: Calendar
    year: int
    month: int | None = None
    day: int | None = None

    @property
    def precision(self) -> Precision:
        if self.month is None:
            return "year"
        return "month" if self.day is None else "day"


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as written, and the offset or zone written beside it."""

    hour: int
    minute: int
    second: int | None = None
    zone: tzinfo | None = None


def calendar_of(year: int) -> Calendar | None:
    """The one calendar that a bare year of a news text can belong to."""
    if year in GREGORIAN_YEARS:
        return "gregorian"
    if year in JALALI_YEARS:
        return "jalali"
    return "hijri" if year in HIJRI_YEARS else None


def bounds(day: Day) -> tuple[date, date] | None:
    """First Gregorian date of what ``day`` says and the first one after it; None where the
    calendar has no such day."""
    if day.month is not None and day.month not in MONTHS:
        return None
    try:
        first = _gregorian(day.calendar, day.year, day.month or 1, day.day or 1)
        if day.day is not None:
            return first, first + timedelta(days=1)
        following = (day.year, day.month + 1) if day.month and day.month < 12 else (day.year + 1, 1)
        return first, _gregorian(day.calendar, *following, 1)
    except (ValueError, OverflowError):
        return None


def _gregorian(calendar: Calendar, year: int, month: int, day: int) -> date:
    if calendar == "gregorian":
        return date(year, month, day)
    if calendar == "jalali":
        from persiantools.jdatetime import JalaliDate

        return JalaliDate(year, month, day).to_gregorian()  # type: ignore[no-untyped-call]
    from hijridate import Hijri

    found = Hijri(year, month, day).to_gregorian()
    return date(found.year, found.month, found.day)


@cache
def zone(name: str) -> tzinfo:
    """The zone of an IANA name; ``UTC`` is the fixed one."""
    return UTC if name == "UTC" else ZoneInfo(name)


def offset(minutes: int) -> tzinfo:
    return timezone(timedelta(minutes=minutes))


def instant(first: date, clock: Clock, home: tzinfo) -> datetime:
    """The UTC instant of a clock on a day; ``home`` where the clock has no zone of its own."""
    second = clock.second or 0
    local = datetime(first.year, first.month, first.day, clock.hour, clock.minute, second)
    return local.replace(tzinfo=clock.zone or home).astimezone(UTC)


def middle(first: date, after: date, home: tzinfo) -> tuple[datetime, timedelta]:
    """Middle and half-width of the UTC interval from the midnight of ``first`` to that of
    ``after`` on the clocks of ``home``."""
    start = datetime(first.year, first.month, first.day, tzinfo=home).astimezone(UTC)
    stop = datetime(after.year, after.month, after.day, tzinfo=home).astimezone(UTC)
    half = (stop - start) / 2
    return start + half, half
