"""The measured sets of the origin: cases, credited articles, credited pairs, translations."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import data
from clusterer.gazetteer import Gazetteer
from clusterer.news import Article, Hints, Page, Rejected, Sentences, Span
from clusterer.prepare import prepare
from clusterer.settings import Settings
from clusterer.sources.credits import find_credits
from clusterer.sources.genealogy import trace
from clusterer.sources.origin import Judgement, judge
from clusterer.text.script import fold_text

# Overlap from which a credited post and its source count as a pair (the set's own advice).
LEAST_COVERAGE = 0.5
LANGUAGES = ("fa", "ar", "en", "ru", "tr", "he")


class Answer(NamedTuple):
    """One verdict against its label. ``right`` is None where the system named nobody."""

    id: str
    language: str
    known: bool
    right: bool | None
    confidence: float
    told: str


class Pair(NamedTuple):
    """A post that credits an agency and the agency's own post."""

    copy: data.Record
    source: data.Record


@cache
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


def judged(articles: Sequence[Article], sentences: Sentences) -> Judgement:
    """The verdict on articles of one event, credits read from their texts."""
    credits = [find_credits(article, gazetteer()) for article in articles]
    return judge(articles, credits, trace(articles, sentences), gazetteer())


def cases(folder: Path) -> list[dict[str, Any]]:
    path = folder.parent / "domain" / "origin_cases.json"
    if not path.is_file():
        raise data.MissingError(f"{path} is not there; give the folder of the sets with --data")
    told: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["cases"]
    return told


def case_articles(case: dict[str, Any]) -> list[Article]:
    """Pages as they come; a text too short to be found on a page is taken as a record."""
    found = []
    for row in case["articles"]:
        domain = row.get("domain")
        hints = Hints(
            url=f"https://{domain}/1" if domain else None,
            language=row["lang"],
            published=row["published"],
        )
        page = Page(row["id"], row["id"], row["text"], hints=hints)
        told = prepare(page, gazetteer(), Settings())
        if isinstance(told, Rejected):
            whole = replace(page, body=Span(0, len(page.text)))
            told = prepare(whole, gazetteer(), Settings())
        assert not isinstance(told, Rejected)
        found.append(told[0])
    return found


def seeds() -> dict[str, Article]:
    """Articles of the founding pages by short name: ``001``, ``002``, ``002#2`` …"""
    folder = Path(__file__).resolve().parents[1] / "seeds"
    found: dict[str, Article] = {}
    for path in sorted(folder.glob("*.txt")):
        page = Page(path.name, str(path), path.read_text("utf-8"))
        told = prepare(page, gazetteer(), Settings())
        assert not isinstance(told, Rejected)
        for article in told:
            found[article.id.replace(path.name, path.name.partition("_")[0])] = article
    return found


def credited(folder: Path) -> list[tuple[data.Record, Article]]:
    rows = data.records(folder, "credits/dev.jsonl")
    return list(zip(rows, data.articles(rows), strict=True))


def is_right(row: data.Record, answer: Judgement) -> bool | None:
    """Whether the verdict names the labelled origin; None where it names nobody."""
    origin, wanted = answer.origin, row["origin"]
    if origin.kind not in ("article", "external"):
        return None
    if wanted in ("unknown", "self"):
        return wanted == "self" and origin.kind == "article"
    if origin.agency == wanted:
        return True
    spans = [credit["span"] for credit in row["credits"] if credit["agency"] == wanted]
    listed = [gazetteer().by_name(span) for span in spans]
    if any(agency and agency.id == origin.agency for agency in listed):
        return True
    name = fold_text(origin.name or "")
    return bool(name) and any(fold_text(s) in name or name in fold_text(s) for s in spans)


def credited_pairs(folder: Path) -> list[Pair]:
    posts = {row["id"]: row for row in data.records(folder, "telegram/credited_posts_dev.jsonl")}
    return [
        Pair(posts[row["copy_id"]], posts[row["origin_id"]])
        for row in data.records(folder, "telegram/credited_pairs_dev.jsonl")
        if row["trigram_coverage_of_copy"] >= LEAST_COVERAGE
    ]


def uncredited(pair: Pair) -> Pair:
    """The same pair without the credit line and without dates."""
    opening = re.compile(r"^(\W*)(?:خبرگزاری )?فارس\s*:\s*")

    def bare(row: data.Record, credited: bool) -> data.Record:
        told = {**row, "date": None, "published": None}
        if credited:
            for field in ("title", "text"):
                told[field] = opening.sub(r"\1", row.get(field) or "", count=1)
        return told

    return Pair(bare(pair.copy, True), bare(pair.source, False))


def translations(folder: Path) -> Iterator[tuple[Article, Article]]:
    """Professional translations of one report, in every two of the languages."""
    rows = [row for row in data.records(folder, "ntrex/docs.jsonl.gz") if row["lang"] in LANGUAGES]
    reports: dict[str, list[Article]] = defaultdict(list)
    for row, article in zip(rows, data.articles(rows), strict=True):
        reports[row["label"]].append(replace(article, language=row["lang"]))
    for _, versions in sorted(reports.items()):
        yield from combinations(versions, 2)


def other_reports(folder: Path, name: str) -> Iterator[tuple[Article, Article, bool]]:
    """Pairs of one event in two languages, and whether people called them copies."""
    rows = data.records(folder, f"{name}.jsonl")
    events: dict[Any, list[tuple[data.Record, Article]]] = defaultdict(list)
    for row, article in zip(rows, data.articles(rows), strict=True):
        told = (row, replace(article, language=row["lang"]))
        events[row.get("window"), row["event"]].append(told)
    for members in events.values():
        for (row, one), (other_row, other) in combinations(members, 2):
            if one.language != other.language:
                yield one, other, row["copy"] == other_row["copy"]
