"""What other libraries make of the same pages and dates: the extra ``peers`` installs them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.pages import GoldPage
from benchmarks.segmentation import Cut, measure_page, total
from clusterer.news import Block, Span
from clusterer.text.script import fold_text


def date_figures(
    dates: Path,
    read: Callable[[dict[str, str]], tuple[datetime, datetime] | None],
) -> dict[str, int]:
    """Strings read right, passed over, and misread: an interval that misses the truth."""
    figures = {"strings": 0, "right": 0, "missed": 0, "misread": 0}
    with dates.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            figures["strings"] += 1
            found = read(row)
            if found is None or not row["calendar"]:
                agree = found is None and not row["calendar"]
                kind = "right" if agree else "missed" if found is None else "misread"
            else:
                first, last = (datetime.fromisoformat(row[key]) for key in ("earliest", "latest"))
                kind = "right" if found[0] <= last and first <= found[1] else "misread"
            figures[kind] += 1
    return figures


def compare(pages: Sequence[GoldPage], dates: Path) -> None:
    """Print what other libraries keep of the HTML form of the pages, by words of lines, and
    how they read the strings of the table ``dates``."""
    print("\nmain text from HTML    kept  dropped")
    for name, extract in _extractors().items():
        figures = total(by_lines(page, extract(page.html)) for page in pages)
        print(f"{name:21} {figures.kept:.4f} {figures.dropped:.4f}")
    for name, read in _date_readers().items():
        print(f"dates by {name}: {date_figures(dates, read)}")


def by_lines(page: GoldPage, said: str) -> Cut:
    """A line counts as kept when its words stand in the extracted text, in normal form: some
    libraries drop the joiners of Persian."""
    flat = " ".join(fold_text(said).split())
    spans = [span for article in page.articles for span in article]
    kept = []
    at = 0
    for line in page.text.split("\n"):
        words = " ".join(fold_text(line.strip(" •")).split())
        if words and words in flat:
            kept.append((at, at + len(line)))
        at += len(line) + 1
    return measure_page(page, [_FakeSection(kept)] if kept or spans else [])  # type: ignore[list-item]


class _FakeSection:
    """Kept spans in the form that ``measure_page`` looks at."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self.blocks = [Block(Span(*span), "body") for span in spans]
        self.title = None


def _extractors() -> dict[str, Callable[[str], str]]:
    """The libraries at hand; one that is not installed is said so and passed over."""
    found: dict[str, Callable[[str], str]] = {}
    try:
        import trafilatura

        found["trafilatura"] = lambda html: trafilatura.extract(html, include_comments=False) or ""
    except ImportError:
        print("trafilatura is not installed: pip install 'clusterer[peers]'")
    try:
        from resiliparse.extract.html2text import extract_plain_text

        found["resiliparse"] = lambda html: extract_plain_text(html, main_content=True)
    except ImportError:
        print("resiliparse is not installed: pip install 'clusterer[peers]'")
    try:
        from lxml import html as parser
        from readability import Document

        found["readability"] = lambda html: parser.fromstring(
            Document(html).summary()
        ).text_content()
    except ImportError:
        print("readability-lxml is not installed: pip install 'clusterer[peers]'")
    return found


def _date_readers() -> dict[str, Callable[[dict[str, str]], tuple[datetime, datetime] | None]]:
    found: dict[str, Callable[[dict[str, str]], tuple[datetime, datetime] | None]] = {}
    day = timedelta(days=1)
    try:
        import dateparser

        def by_dateparser(row: dict[str, str]) -> tuple[datetime, datetime] | None:
            settings = {"TIMEZONE": row["zone"] or "UTC", "RETURN_AS_TIMEZONE_AWARE": True}
            at = dateparser.parse(row["said"], settings=settings)
            try:
                return (at - day / 2, at + day / 2) if at else None
            except OverflowError:
                return None

        found["dateparser"] = by_dateparser
    except ImportError:
        print("dateparser is not installed: pip install 'clusterer[peers]'")
    try:
        from htmldate import find_date

        def by_htmldate(row: dict[str, str]) -> tuple[datetime, datetime] | None:
            page = f"<html><body><article><p>{row['said']}</p></article></body></html>"
            said = find_date(page, extensive_search=True)
            at = datetime.fromisoformat(f"{said}T00:00:00+00:00") if said else None
            return (at - day / 2, at + 1.5 * day) if at else None

        found["htmldate"] = by_htmldate
    except ImportError:
        print("htmldate is not installed: pip install 'clusterer[peers]'")
    return found
