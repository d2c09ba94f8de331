"""When an article came out, from the lines of its page: printed dates first, then the words
of the text where they allow only one day.

A date counts only where it stands with its article: right above or inside it, or right below
behind a label. Sidebars date the crawl, not the article.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from clusterer.news import Block, Published, Span
from clusterer.text.calendars import Day, bounds, middle
from clusterer.text.date_words import labels, weekday_in
from clusterer.text.dates import Written, find_dates
from clusterer.text.published import Home, read_dates
from clusterer.text.script import fold

ABOVE_CHARS = 300  # code points between a date line and the article below it
BELOW_CHARS = 120
# A report names the weekday of today, and days of this week without a year.
RECENT_DAYS = 6
# The year is taken from the text's own dates only, so allow for a day on either side.
INFERRED_DOUBT = timedelta(days=1)
_URL_DATE = re.compile(
    r"/(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?:/|-|$)|/(20\d\d)(\d\d)(\d\d)(?:/|-|$)"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def printed_date(
    text: str, span: Span, blocks: Sequence[Block], zone: str | None, language: str
) -> Published | None:
    """The date line that stands with the article at ``span`` of the page ``text``."""
    near = [
        block.span
        for block in blocks
        if block.kind == "date_line" and _near(text, span, block.span)
    ]
    near.sort(key=lambda place: (place.start > span.end, abs(span.start - place.start)))
    for place in near:
        found = read_dates(fold(place.of(text)), place.of(text), zone, language, place.start)
        if found is not None:
            return found
    return None


def _near(text: str, span: Span, place: Span) -> bool:
    if place.end <= span.start:
        return span.start - place.end <= ABOVE_CHARS
    if place.start < span.end:
        return True
    labelled = fold(place.of(text)).text.startswith(labels("published"))
    return labelled and place.start - span.end <= BELOW_CHARS


def url_date(url: str | None, zone: str | None, language: str) -> Published | None:
    """The day in the path of an address such as ``/2025/04/28/``."""
    mark = _URL_DATE.search(url or "")
    if mark is None:
        return None
    parts = [part for part in mark.groups() if part]
    return read_dates(fold("-".join(parts)), "-".join(parts), zone, language)


def inferred_date(
    text: str, sentences: Sequence[Span], zone: str | None, language: str
) -> Published | None:
    """The day that a report without a date can only have come out on.

    Its lead names a weekday, it names one day of that week without a year, and its own full
    dates leave one year for it: the first in which that day follows them all. The latest
    year must be named twice, so that a single old date in the background proves nothing.
    """
    lead = fold(" ".join(span.of(text) for span in sentences[:3])).text
    weekday = weekday_in(lead)
    if weekday is None:
        return None
    folded = [fold(span.of(text)) for span in sentences]
    said = [(at, found) for at, part in enumerate(folded) for found in find_dates(part.text)]
    years = Counter(int(year) for part in folded for year in _YEAR.findall(part.text))
    open_days = [(at, found) for at, found in said if found.day is None]
    if not years or years[max(years)] < 2 or not open_days:
        return None
    days = {_follows(found, max(years), _full(said), weekday) for _, found in open_days} - {None}
    if len(days) != 1:
        return None
    (day,) = days
    at, found = open_days[0]
    assert day is not None
    span = folded[at].span(found.start, found.end)
    start = sentences[at].start
    home = Home.of(zone, language)
    middle_of, half = middle(day, day + timedelta(days=1), home.zone)
    doubt = half + timedelta(hours=home.spread) + INFERRED_DOUBT
    place = Span(start + span.start, start + span.end)
    return Published(middle_of, "day", "gregorian", doubt, place.of(text), place)


def _full(said: Sequence[tuple[int, Written]]) -> list[date]:
    """First days of the full dates, latest last."""
    limits = [bounds(found.day) for _, found in said if found.day is not None]
    return sorted(limit[0] for limit in limits if limit is not None)


def _follows(found: Written, year: int, full: Sequence[date], weekday: int) -> date | None:
    """The first such weekday on or after a day without year that follows all full dates."""
    if found.calendar != "gregorian" or found.month is None or found.number is None:
        return None
    for candidate in (year, year + 1):
        limits = bounds(Day("gregorian", candidate, found.month, found.number))
        if limits is None or (full and limits[0] <= full[-1]):
            continue
        day = limits[0] + timedelta(days=(weekday - limits[0].weekday()) % 7)
        return day if (day - limits[0]).days <= RECENT_DAYS else None
    return None
