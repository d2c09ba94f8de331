"""From the dates that a text or a field says to one UTC instant with its uncertainty."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from clusterer.news import Precision, Published, Span
from clusterer.text.calendars import Clock, Day, bounds, calendar_of, instant, middle, zone
from clusterer.text.date_words import home_zones, labels
from clusterer.text.dates import Written, find_clock, find_dates
from clusterer.text.script import Folded, fold

# An outlet's clock, taken from its home zone, may be its feed's or its editor's.
CLOCK_DOUBT = timedelta(minutes=10)
# The sighting of the moon differs from Umm al-Qura by up to a day either way.
HIJRI_DOUBT = timedelta(days=1)
_STEP = {"second": timedelta(seconds=1), "minute": timedelta(minutes=1)}
_EPOCH = re.compile(r"1\d{9}(?:\d{3}|\.\d{1,6})?")
_SECONDS = re.compile(r"[\d-]{8,10}[Tt ](?:\d\d:\d\d:\d\d|\d{6})")
_BARE = re.compile(r"(\d{4})(?:[-/.](\d{1,2}))?")
LABEL_WINDOW = 28  # code points before a date in which its label stands


@dataclass(frozen=True, slots=True)
class Home:
    """The clock to read bare times by, and how far, in hours, it may be off."""

    zone: tzinfo
    spread: float = 0.0

    @classmethod
    def of(cls, name: str | None, language: str, calendar: str = "gregorian") -> Home:
        """The outlet's zone where it is known, else the one usual for calendar or language."""
        if name:
            return cls(zone(name))
        usual = home_zones()
        if calendar == "jalali" and language != "ps":
            return cls(zone(usual["jalali"][0]), usual["jalali"][1])
        told = usual.get(language, usual["any"])
        return cls(zone(told[0]), told[1])


def read_date(said: str, zone_name: str | None = None, language: str = "und") -> Published | None:
    """The instant that a date field or date line says; None where it says none for certain.

    ``zone_name`` is the IANA name of the outlet's home, used where no offset is written;
    ``language`` decides the order of ``04/05/2025`` and stands in for an unknown outlet.
    """
    said = said.strip()
    quick = _machine(said, zone_name, language)
    if quick is not None:
        return quick
    return read_dates(fold(said), said, zone_name, language)


def read_dates(
    folded: Folded, text: str, zone_name: str | None, language: str, start: int = 0
) -> Published | None:
    """``read_date`` of a folded text; ``start`` is its place in the page, kept in the span."""
    written = _chosen(folded.text, find_dates(folded.text, _day_first(language)))
    if written is None or written.day is None:
        bare = _BARE.fullmatch(folded.text)
        written = _of_bare(bare) if bare else None
    if written is None or written.day is None:
        return None
    limits = bounds(written.day)
    if limits is None:
        return None
    home = Home.of(zone_name, language, written.day.calendar)
    found = find_clock(folded.text, written) if written.day.precision == "day" else None
    first, last = written.start, written.end
    if found is not None:
        first, last = min(first, found[1]), max(last, found[2])
    span = folded.span(first, last)
    told = Span(span.start + start, span.end + start)
    if found is None:
        return _interval(written.day, limits, home, span.of(text), told)
    return _moment(written.day, limits[0], found[0], home, span.of(text), told)


def _machine(said: str, zone_name: str | None, language: str) -> Published | None:
    """ISO 8601 and epoch seconds, by far the most frequent in feeds and tables."""
    if _EPOCH.fullmatch(said):
        seconds = float(said[:10]) if len(said) == 13 else float(said)
        at = datetime.fromtimestamp(seconds, UTC)
        return Published(at, "second", "gregorian", _STEP["second"], said)
    if len(said) < 16 or not said[:4].isdecimal():
        return None
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return None
    if calendar_of(at.year) != "gregorian":
        return None
    precision: Precision = "second" if _SECONDS.match(said) else "minute"
    if at.tzinfo is not None:
        return Published(at.astimezone(UTC), precision, "gregorian", _STEP[precision], said)
    home = Home.of(zone_name, language)
    at = at.replace(tzinfo=home.zone).astimezone(UTC)
    doubt = max(CLOCK_DOUBT, timedelta(hours=home.spread))
    return Published(at, precision, "gregorian", doubt, said)


def _day_first(language: str) -> bool | None:
    return None if language in ("en", "und") else True


def _chosen(text: str, dates: list[Written]) -> Written | None:
    """The date of publication among those of one line: not behind a label of change, and
    rather in another calendar than Hijri where both are given."""
    full = [date for date in dates if date.day is not None]
    if not full:
        return None
    return min(full, key=lambda date: (_changed(text, date), date.calendar == "hijri"))


def _changed(text: str, date: Written) -> bool:
    """Whether the nearest label before a date announces a change, not publication."""
    before = text[max(date.start - LABEL_WINDOW, 0) : date.start]
    changed = max(before.rfind(label) for label in labels("updated"))
    return changed > max(before.rfind(label) for label in labels("published"))


def _of_bare(mark: re.Match[str]) -> Written | None:
    """A field that holds a year or a year and a month and nothing else."""
    calendar = calendar_of(int(mark[1]))
    if calendar is None:
        return None
    month = int(mark[2]) if mark[2] else None
    return Written(mark.start(), mark.end(), Day(calendar, int(mark[1]), month), calendar, month)


def _interval(
    day: Day, limits: tuple[date, date], home: Home, evidence: str, span: Span
) -> Published:
    """A day, month or year: from its first midnight to the one after its last."""
    at, half = middle(*limits, home.zone)
    doubt = half + timedelta(hours=home.spread)
    if day.calendar == "hijri":
        doubt += HIJRI_DOUBT
    return Published(at, day.precision, day.calendar, doubt, evidence, span)


def _moment(
    day: Day, first: date, clock: Clock, home: Home, evidence: str, span: Span
) -> Published:
    """A time on a day, by its own offset or by the clock of home."""
    precision: Precision = "minute" if clock.second is None else "second"
    at = instant(first, clock, home.zone)
    doubt = _STEP[precision]
    if clock.zone is None:
        doubt = max(CLOCK_DOUBT, timedelta(hours=home.spread))
    if day.calendar == "hijri":
        doubt += HIJRI_DOUBT
    return Published(at, precision, day.calendar, doubt, evidence, span)
