"""Dates in three calendars: every string of the table with its UTC interval, none misread."""

from __future__ import annotations

import csv
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.text.calendars import Day, bounds, calendar_of
from clusterer.text.published import read_date

TABLE = Path(__file__).parent / "tables" / "dates.csv"
with TABLE.open(encoding="utf-8", newline="") as handle:
    ROWS = list(csv.DictReader(handle))
SLACK = {"gregorian": timedelta(0), "jalali": timedelta(0), "hijri": timedelta(days=1)}


def test_the_table_is_large_enough() -> None:
    assert len(ROWS) >= 200


@pytest.mark.parametrize("row", ROWS, ids=[row["said"] or "(empty)" for row in ROWS])
def test_every_string_of_the_table(row: dict[str, str]) -> None:
    found = read_date(row["said"], row["zone"] or None, row["language"])
    if not row["calendar"]:
        assert found is None
        return
    assert found is not None
    assert (found.calendar, found.precision) == (row["calendar"], row["precision"])
    earliest, latest = (datetime.fromisoformat(row[key]) for key in ("earliest", "latest"))
    if earliest == latest:
        assert found.at == earliest
        assert found.uncertainty <= timedelta(minutes=10)
        return
    slack = SLACK[found.calendar]
    assert (found.earliest, found.latest) == (earliest - slack, latest + slack)


@given(st.integers(0, 9999), st.integers(1, 12), st.integers(1, 28))
def test_a_year_belongs_to_one_calendar(year: int, month: int, day: int) -> None:
    found = read_date(f"{year:04d}-{month:02d}-{day:02d}", "UTC", "fa")
    calendar = calendar_of(year)
    if calendar is None:
        assert found is None
        return
    assert found is not None
    assert found.calendar == calendar
    limits = bounds(Day(calendar, year, month, day))
    assert limits is not None
    assert found.at.date() == limits[0]
    assert 1940 < found.at.year <= 2100 or year < 1941


@given(st.text())
def test_any_text_yields_a_date_of_this_age_or_none(text: str) -> None:
    found = read_date(text)
    assert found is None or 1899 <= found.at.year <= 2286


def test_the_words_are_kept_with_their_place() -> None:
    found = read_date("بینالملل 10:59 - 08 اردیبهشت 1404", "Asia/Tehran", "fa")
    assert found is not None
    assert found.evidence == "10:59 - 08 اردیبهشت 1404"
    assert found.span is not None
    assert found.span.of("بینالملل 10:59 - 08 اردیبهشت 1404") == found.evidence


def test_an_unknown_clock_widens_the_interval() -> None:
    told = read_date("2025-04-28 10:15", "Asia/Riyadh", "ar")
    untold = read_date("2025-04-28 10:15", None, "ar")
    assert told is not None
    assert untold is not None
    assert untold.uncertainty > told.uncertainty
    assert untold.earliest <= told.at <= untold.latest


@pytest.mark.parametrize("piece", ["1/", "2025-", "28 أبريل/ ", "10:10:", "1404/02/", "jan "])
def test_hostile_repetition_is_read_in_no_time(piece: str) -> None:
    start = time.process_time()
    found = read_date(piece * 5_000)
    assert found is None or found.calendar == "gregorian"
    assert time.process_time() - start < 5
