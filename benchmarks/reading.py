"""How well pages are read: python -m benchmarks.reading [--data DIR] [--pages N] [--peers]

Prints the cut of held-out generated pages and of the founding pages, the date strings of the
tests, languages, and pages per second on one core; with ``--peers`` also what other
libraries make of the same. ``--json`` prints the figures that ``gate.py`` holds to floors.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.pages import LANGUAGES, GoldPage, gold_pages, rows
from benchmarks.segmentation import Cut, measure, measure_page, total
from clusterer.gazetteer import Gazetteer
from clusterer.news import Published
from clusterer.text.dating import printed_date
from clusterer.text.language import language_of
from clusterer.text.published import read_date
from clusterer.text.segment import Section, segment, segment_all

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"
DATES = ROOT / "tests" / "tables" / "dates.csv"
AT_ONCE = 32  # pages that a run cuts together
REPEATS = 7  # the fastest of them is the machine's, the others are its neighbours'


def cut_pages(pages: Sequence[GoldPage]) -> dict[str, Cut]:
    """The cut by language and of all."""
    gazetteer = Gazetteer.load()

    def cutter(text: str) -> Sequence[Section]:
        return segment(text, lambda name: gazetteer.by_name(name) is not None)

    found = {
        language: measure([page for page in pages if page.language == language], cutter)
        for language in LANGUAGES
    }
    found["all"] = total(found.values())
    return found


def cut_seeds() -> tuple[int, int, int]:
    """Founding pages, those with the right number of articles, and extents exactly right."""
    gazetteer = Gazetteer.load()
    gold = json.loads((SEEDS / "gold.json").read_text("utf-8"))["pages"]
    counted = exact = 0
    for page in gold:
        text = (SEEDS / page["page"]).read_text("utf-8")
        sections = segment(text, lambda name: gazetteer.by_name(name) is not None)
        wanted = [tuple(article["span"]) for article in page["articles"]]
        counted += len(sections) == len(wanted)
        exact += [tuple(section.span) for section in sections] == wanted
    return len(gold), counted, exact


def date_figures(
    read: Callable[[dict[str, str]], tuple[datetime, datetime] | None],
) -> dict[str, int]:
    """Strings read right, passed over, and misread: an interval that misses the truth."""
    figures = {"strings": 0, "right": 0, "missed": 0, "misread": 0}
    with DATES.open(encoding="utf-8", newline="") as handle:
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


def ours(row: dict[str, str]) -> tuple[datetime, datetime] | None:
    found: Published | None = read_date(row["said"], row["zone"] or None, row["language"])
    return (found.earliest, found.latest) if found else None


def languages(data: Path) -> float:
    """Share of NTREX paragraphs of our languages that are recognised."""
    told = {"fa": "fa", "prs": "fa", "ar": "ar", "ur": "ur", "ps": "ps", "ku": "ckb"}
    told |= {"he": "he", "en": "en", "ru": "ru", "tr": "tr"}
    texts = [row for row in rows(data / "ntrex" / "docs.jsonl.gz") if row["lang"] in told]
    return sum(language_of(row["text"]) == told[row["lang"]] for row in texts) / len(texts)


def pages_per_second(pages: Sequence[GoldPage]) -> float:
    """Segmentation with folding, language and printed date, on one core."""

    def read_all() -> None:
        for start in range(0, len(pages), AT_ONCE):
            some = pages[start : start + AT_ONCE]
            cut = segment_all([page.text for page in some])
            for page, sections in zip(some, cut, strict=True):
                for section in sections:
                    language = language_of(section.span.of(page.text))
                    printed_date(page.text, section.span, section.blocks, None, language)

    read_all()
    best = float("inf")
    for _ in range(REPEATS):
        start = time.process_time()
        read_all()
        best = min(best, time.process_time() - start)
    return len(pages) / best


def peers(pages: Sequence[GoldPage]) -> None:
    """What other libraries keep of the HTML form of the same pages, by words of lines."""
    print("\nmain text from HTML    kept  dropped")
    ours_by_line = total(_by_lines(page, _our_text(page)) for page in pages)
    print(f"ours (plain text)     {ours_by_line.kept:.4f} {ours_by_line.dropped:.4f}")
    for name, extract in _extractors().items():
        figures = total(_by_lines(page, extract(page.html)) for page in pages)
        print(f"{name:21} {figures.kept:.4f} {figures.dropped:.4f}")
    for name, read in _date_readers().items():
        print(f"dates by {name}: {date_figures(read)}")


def _our_text(page: GoldPage) -> str:
    from clusterer.news import KEPT

    sections = segment(page.text)
    kept = [block for section in sections for block in section.blocks if block.kind in KEPT]
    return "\n".join(block.span.of(page.text) for block in kept)


def _by_lines(page: GoldPage, said: str) -> Cut:
    """A line counts as kept when its words stand in the extracted text."""
    flat = " ".join(said.split())
    spans = [span for article in page.articles for span in article]
    kept = []
    at = 0
    for line in page.text.split("\n"):
        words = " ".join(line.strip(" •").split())
        if words and words in flat:
            kept.append((at, at + len(line)))
        at += len(line) + 1
    return measure_page(page, [_FakeSection(kept)] if kept or spans else [])  # type: ignore[list-item]


class _FakeSection:
    """Kept spans in the form that ``measure_page`` looks at."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        from clusterer.news import Block, Span

        self.blocks = [Block(Span(*span), "body") for span in spans]
        self.title = None


def _extractors() -> dict[str, Callable[[str], str]]:
    """The libraries at hand; one that is not installed is said so and passed over."""
    found: dict[str, Callable[[str], str]] = {}
    try:
        import trafilatura

        found["trafilatura"] = lambda html: trafilatura.extract(html, include_comments=False) or ""
    except ImportError:
        print("trafilatura is not installed")
    try:
        from resiliparse.extract.html2text import extract_plain_text

        found["resiliparse"] = lambda html: extract_plain_text(html, main_content=True)
    except ImportError:
        print("resiliparse is not installed")
    try:
        from lxml import html as parser
        from readability import Document

        found["readability"] = lambda html: parser.fromstring(
            Document(html).summary()
        ).text_content()
    except ImportError:
        print("readability-lxml is not installed")
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
        print("dateparser is not installed")
    try:
        from htmldate import find_date

        def by_htmldate(row: dict[str, str]) -> tuple[datetime, datetime] | None:
            page = f"<html><body><article><p>{row['said']}</p></article></body></html>"
            said = find_date(page, extensive_search=True)
            at = datetime.fromisoformat(f"{said}T00:00:00+00:00") if said else None
            return (at - day / 2, at + 1.5 * day) if at else None

        found["htmldate"] = by_htmldate
    except ImportError:
        print("htmldate is not installed")
    return found


def figures(data: Path, per_language: int) -> dict[str, float]:
    """Everything that the gate holds to a floor; prints what it measures."""
    pages = gold_pages(data, "held_out", per_language)
    print(f"{len(pages)} generated pages, furniture held out")
    print("language   kept   dropped  count  headline")
    cuts = cut_pages(pages)
    for language, cut in cuts.items():
        print(
            f"{language:8} {cut.kept:.4f}  {cut.dropped:.4f}  {cut.counted:.3f}  {cut.titled:.3f}"
        )
    seeds, counted, exact = cut_seeds()
    print(f"founding pages {seeds}: article count right {counted}, extents exact {exact}")
    dates = date_figures(ours)
    print(f"dates {dates}")
    known = languages(data)
    print(f"languages of paragraphs {known:.4f}")
    speed = pages_per_second(pages)
    print(f"pages per second on one core {speed:.0f}")
    every = cuts["all"]
    return {
        "article_kept": every.kept,
        "furniture_dropped": every.dropped,
        "count_right": every.counted,
        "headline_right": every.titled,
        "seeds_exact": exact / seeds,
        "dates_right": dates["right"] / dates["strings"],
        "dates_not_misread": 1 - dates["misread"] / dates["strings"],
        "language_right": known,
        "pages_per_second": speed,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--pages", type=int, default=20, help="pages for each language")
    parser.add_argument("--peers", action="store_true", help="measure other libraries too")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    asked = parser.parse_args()
    if not asked.data.is_dir():
        raise SystemExit(f"no data at {asked.data}: give its folder with --data")
    found = figures(asked.data, asked.pages)
    if asked.peers:
        peers(gold_pages(asked.data, "held_out", asked.pages))
    if asked.json:
        asked.json.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
