"""Dates as people write them, in three calendars and the scripts of the news.

Works on the normal form of ``script.py``. Numbers are found first, then the words beside
them are looked up in ``data/months.toml`` and ``data/dates.toml``; nothing is guessed: a
date that can be read in two ways is not read at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo

from clusterer.news import Calendar
from clusterer.text.calendars import (
    JALALI_YEARS,
    NAMED_HIJRI_YEARS,
    Clock,
    Day,
    bounds,
    calendar_of,
    offset,
    zone,
)
from clusterer.text.date_words import (
    fillers,
    meridiem,
    month_heads,
    months,
    spoken_zone,
    weekday_in,
)


@dataclass(frozen=True, slots=True)
class Written:
    """A date in a folded text: ``[start, end)`` there, and what it says.

    ``day`` is None where no year is written; ``month`` and ``number`` are kept then, in the
    Gregorian calendar or the one of the month's name.
    """

    start: int
    end: int
    day: Day | None
    calendar: Calendar
    month: int | None = None
    number: int | None = None


# Not inside a longer run of numbers; a dash may part the date from a time before it.
_FREE = r"(?:(?<!\d)(?<!\d[-/.])|(?<=:\d\d-))"
_YMD = re.compile(_FREE + r"(\d{4}) ?([-/.]) ?(\d{1,2}) ?\2 ?(\d{1,2})(?![\d])")
_DMY = re.compile(_FREE + r"(\d{1,2}) ?([-/.]) ?(\d{1,2}) ?\2 ?(\d{4})(?![\d])")
_COMPACT = re.compile(r"(?<!\d)((?:19|20|13|14)\d\d)(\d\d)(\d\d)(?=t\d|\D|$)")
_CJK = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_TOKEN = re.compile(r"\d+|[^\W\d_]+|[^\w\s]")
_NUMBER = re.compile(r"\d+")
_CLOCK = re.compile(r"(?<![\d:/.])(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?(?![\d:])")
_BASIC_CLOCK = re.compile(r"(?<=\dt)(\d\d)(\d\d)(\d\d)?(?!\d)")
_OFFSET = re.compile(
    r" ?\(?(?:utc|gmt)? ?([+-])(\d\d):?([0-5]\d)(?!\d)"
    r"|(?: ?\(?(?:utc|gmt) ?|(?<=\d))([+-])(\d{1,2})(?![\d:/.\-]| ?[^\W\d])"
)
_BETWEEN = frozenset(",./-('\"")
WINDOW = 48  # code points on each side of a number in which its date must lie


def find_dates(text: str, day_first: bool | None = True) -> list[Written]:
    """Every date of a folded text, in text order, none overlapping.

    ``day_first`` says how ``04/05/2025`` is meant; with None a weekday beside it decides,
    or it is passed over.
    """
    if not _NUMBER.search(text):
        return []
    found = [*_numeric(text, day_first), *_named(text)]
    found.sort(key=lambda item: (item.start, -item.end))
    kept: list[Written] = []
    for item in found:
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return kept


def _numeric(text: str, day_first: bool | None) -> Iterator[Written]:
    for mark in _YMD.finditer(text):
        year, _, month, day = mark.groups()
        yield from _dated(mark, int(year), int(month), int(day))
    for mark in (*_COMPACT.finditer(text), *_CJK.finditer(text)):
        yield from _dated(mark, *map(int, mark.groups()))
    for mark in _DMY.finditer(text):
        first, _, second, year = mark.groups()
        order = _order(text, mark, int(first), int(second), int(year), day_first)
        if order is not None:
            yield from _dated(mark, int(year), *order)


def _dated(mark: re.Match[str], year: int, month: int, day: int) -> Iterator[Written]:
    calendar = calendar_of(year)
    if calendar is None:
        return
    written = Day(calendar, year, month, day)
    if bounds(written) is not None:
        yield Written(mark.start(), mark.end(), written, calendar, month, day)


def _order(
    text: str, mark: re.Match[str], first: int, second: int, year: int, day_first: bool | None
) -> tuple[int, int] | None:
    """(month, day) of two numbers of which it is not said which is which."""
    if first > 12 or first == second:
        return second, first
    if second > 12:
        return first, second
    if day_first is not None:
        return (second, first) if day_first else (first, second)
    spoken = weekday_in(text[max(mark.start() - WINDOW, 0) : mark.end() + WINDOW])
    calendar = calendar_of(year)
    if spoken is None or calendar is None:
        return None
    fitting = []
    for month, day in ((second, first), (first, second)):
        limits = bounds(Day(calendar, year, month, day))
        if limits is not None and limits[0].weekday() == spoken:
            fitting.append((month, day))
    return fitting[0] if len(fitting) == 1 else None


def _named(text: str) -> Iterator[Written]:
    """Dates with a month's name: day month [year], month day [year], month year."""
    if month_heads().isdisjoint(_TOKEN.findall(text)):
        return
    reach = 0
    for number in _NUMBER.finditer(text):
        if number.start() < reach or len(number.group()) > 4:
            continue
        start = max(number.start() - WINDOW, reach)
        tokens = list(_TOKEN.finditer(text, start, number.end() + WINDOW))
        here = next(at for at, token in enumerate(tokens) if token.start() == number.start())
        read = _read_named(tokens, here)
        if read is not None:
            reach, written = read
            if written is not None:
                yield written


def _read_named(tokens: list[re.Match[str]], here: int) -> tuple[int, Written | None] | None:
    """The date around a number and where its words end; no date where they contradict
    each other, None altogether where no month's name stands beside the number."""
    value = tokens[here].group()
    month_end, choices = _month_at(tokens, _skip(tokens, here + 1, 1))
    if choices and len(value) <= 2:
        year_at = _skip(tokens, month_end, 1)
        year = _year(tokens, year_at)
        end = tokens[year_at].end() if year else tokens[month_end - 1].end()
        return end, _spoken((tokens[here].start(), end), year, choices, int(value))
    before = _month_before(tokens, here)
    if before is None:
        return _year_first(tokens, here, month_end, choices)
    at, choices = before
    start, end = tokens[at].start(), tokens[here].end()
    if len(value) == 4:
        return end, _spoken((start, end), int(value), choices, None)
    year_at = _skip(tokens, here + 1, 1)
    year = _year(tokens, year_at)
    if year is not None:
        end = tokens[year_at].end()
    return end, _spoken((start, end), year, choices, int(value))


def _year_first(
    tokens: list[re.Match[str]],
    here: int,
    month_end: int,
    choices: frozenset[tuple[Calendar, int]],
) -> tuple[int, Written | None] | None:
    """Year, month, day, as in Pashto and in headings of archives."""
    at = _skip(tokens, month_end, 1)
    if not choices or len(tokens[here].group()) != 4 or at >= len(tokens):
        return None
    day = tokens[at].group()
    if not day.isdecimal() or len(day) > 2:
        return None
    place = (tokens[here].start(), tokens[at].end())
    return place[1], _spoken(place, int(tokens[here].group()), choices, int(day))


def _skip(tokens: list[re.Match[str]], at: int, step: int) -> int:
    """The next token that is no punctuation, ordinal ending or filler word."""
    while 0 <= at < len(tokens):
        word = tokens[at].group()
        if word not in fillers() and word not in _BETWEEN:
            break
        at += step
    return at


def _month_at(tokens: list[re.Match[str]], at: int) -> tuple[int, frozenset[tuple[Calendar, int]]]:
    """Where the month's name at token ``at`` ends, and which months it means; a second name
    behind a slash or in brackets has to agree."""
    length, choices = _month_name(tokens, at)
    end = at + length
    if choices and end < len(tokens) and tokens[end].group() in "/(":
        length, second = _month_name(tokens, end + 1)
        if second & choices:
            choices &= second
            end += 1 + length
            if end < len(tokens) and tokens[end].group() == ")":
                end += 1
    return end, choices


def _month_name(
    tokens: list[re.Match[str]], at: int
) -> tuple[int, frozenset[tuple[Calendar, int]]]:
    """How many tokens from ``at`` on name a month, and which; longest name first."""
    if not 0 <= at < len(tokens) or tokens[at].group() not in month_heads():
        return 0, frozenset()
    for length in (3, 2, 1):
        words = [token.group() for token in tokens[at : at + length]]
        if len(words) == length:
            meant = months().get(" ".join(words))
            if meant:
                return length, meant
    return 0, frozenset()


def _month_before(
    tokens: list[re.Match[str]], here: int
) -> tuple[int, frozenset[tuple[Calendar, int]]] | None:
    last = _skip(tokens, here - 1, -1)
    for length in (3, 2, 1):
        at = last - length + 1
        if at >= 0:
            found, meant = _month_name(tokens, at)
            if found == length:
                return at, meant
    return None


def _year(tokens: list[re.Match[str]], at: int) -> int | None:
    if at < len(tokens) and len(tokens[at].group()) == 4 and tokens[at].group().isdecimal():
        return int(tokens[at].group())
    return None


def _spoken(
    place: tuple[int, int],
    year: int | None,
    choices: frozenset[tuple[Calendar, int]],
    day: int | None,
) -> Written | None:
    """The date that a day, a month's name and a year agree on."""
    if year is None:
        if len(choices) != 1 or day is None or not 1 <= day <= 31:
            return None
        ((calendar, month),) = choices
        return Written(*place, None, calendar, month, day)
    for calendar, month in sorted(choices):
        written = Day(calendar, year, month, day)
        if _fits(calendar, year) and bounds(written) is not None:
            return Written(*place, written, calendar, month, day)
    return None


def _fits(calendar: Calendar, year: int) -> bool:
    if calendar == "hijri":
        return year in NAMED_HIJRI_YEARS
    if calendar == "jalali":
        return year in JALALI_YEARS
    return calendar_of(year) == "gregorian"


def find_clock(text: str, near: Written | None = None) -> tuple[Clock, int, int] | None:
    """The time of day nearest to a date in a folded text, with its ``[start, end)``."""
    marks = [*_CLOCK.finditer(text), *_BASIC_CLOCK.finditer(text)]
    if near is not None:
        marks.sort(key=lambda mark: min(abs(mark.start() - near.end), abs(mark.end() - near.start)))
    for mark in marks:
        hour, minute = int(mark[1]), int(mark[2])
        second = int(mark[3]) if mark[3] else None
        half, end = meridiem(text, mark.end())
        if half == "pm" and 1 <= hour <= 11:
            hour += 12
        elif half == "am" and hour == 12:
            hour = 0
        if hour > 23 or minute > 59 or (second or 0) > 59:
            continue
        told, end = _zone_after(text, end)
        return Clock(hour, minute, second, told), mark.start(), end
    return None


def _zone_after(text: str, at: int) -> tuple[tzinfo | None, int]:
    """The offset or zone written behind a time, and where it ends."""
    mark = _OFFSET.match(text, at)
    if mark:
        sign = -1 if (mark[1] or mark[4]) == "-" else 1
        hours, minutes = int(mark[2] or mark[5]), int(mark[3] or 0)
        if hours <= 14 and minutes in (0, 15, 30, 45):
            return offset(sign * (60 * hours + minutes)), mark.end()
    ahead = text[at : at + WINDOW].lstrip(" (,-.")
    told = spoken_zone(ahead)
    if told is None:
        return None, at
    words, name = told
    return zone(name), at + text[at:].index(words) + len(words)
