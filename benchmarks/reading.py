"""How well pages are read: python -m benchmarks.reading [--data DIR] [--pages N] [--peers]

Prints the cut of held-out generated pages and of the founding pages, the date strings of the
tests, languages, and pages per second on one core; with ``--peers`` also what other
libraries make of the same. ``--json`` prints the figures that ``gate.py`` holds to floors.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from benchmarks.pages import LANGUAGES, GoldPage, gold_pages, rows
from benchmarks.reading_peers import by_lines, compare, date_figures
from benchmarks.segmentation import Cut, measure, total
from clusterer.gazetteer import Gazetteer
from clusterer.news import KEPT, Article, Published, Rejected
from clusterer.prepare import prepare
from clusterer.reading.files import Source
from clusterer.reading.html import read_html
from clusterer.settings import Settings
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


def cut_html(pages: Sequence[GoldPage]) -> tuple[Cut, float]:
    """The same pages read from their HTML form: lines kept and dropped, articles counted."""
    gazetteer, settings = Gazetteer.load(), Settings()
    cuts, right = [], 0
    for page in pages:
        read = list(read_html(Source(f"{page.name}.html", None), page.html))
        found = [prepare(one, gazetteer, settings) for one in read]
        articles = [article for one in found if not isinstance(one, Rejected) for article in one]
        right += len(articles) == len(page.articles)
        cuts.append(by_lines(page, "\n".join(map(kept_text, articles))))
    return total(cuts), right / len(pages)


def kept_text(article: Article) -> str:
    kept = [block.span for block in article.blocks if block.kind in KEPT]
    return "\n".join(span.of(article.text) for span in kept)


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
    html, html_counted = cut_html(pages)
    print(f"from HTML {html.kept:.4f}  {html.dropped:.4f}  {html_counted:.3f}")
    dates = date_figures(DATES, ours)
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
        "html_kept": html.kept,
        "html_dropped": html.dropped,
        "html_count_right": html_counted,
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
        compare(gold_pages(asked.data, "held_out", asked.pages), DATES)
    if asked.json:
        asked.json.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
