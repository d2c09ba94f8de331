"""Articles and credits built by hand, so that verdicts are tested apart from reading."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from clusterer.gazetteer import Gazetteer
from clusterer.news import Article, Credit, Origin, Outlet, Published, Role, Scope, Sentences, Span
from clusterer.sources.genealogy import Genealogy, trace
from clusterer.sources.origin import Judgement, judge

GAZETTEER = Gazetteer.load()


def article(
    id: str,
    text: str,
    language: str = "fa",
    outlet: str | None = None,
    at: str | None = None,
) -> Article:
    """One article whose lines are its sentences; ``at`` is ISO 8601 with an offset."""
    sentences, start = [], 0
    for line in text.split("\n"):
        if line.strip():
            sentences.append(Span(start, start + len(line)))
        start += len(line) + 1
    agency = GAZETTEER.get(outlet) if outlet else None
    published = None
    if at is not None:
        instant = datetime.fromisoformat(at).astimezone(UTC)
        published = Published(instant, "minute", "gregorian", timedelta(minutes=1), at)
    return Article(
        id=id,
        page=id,
        text=text,
        span=Span(0, len(text)),
        title=None,
        blocks=(),
        sentences=tuple(sentences),
        language=language,
        outlet=Outlet(outlet, agency.name if agency else outlet, "domain") if outlet else None,
        published=published,
    )


def credit(
    of: Article,
    words: str,
    agency: str | None,
    role: Role = "supplier",
    *,
    consumer: str | None = None,
    strength: float = 0.95,
    scope: Scope = "lead",
    first_hand: bool = False,
    construction: str = "L1",
    candidates: tuple[str, ...] = (),
) -> Credit:
    start = of.text.index(words)
    return Credit(
        agency=agency,
        role=role,
        span=Span(start, start + len(words)),
        scope=scope,
        strength=strength,
        construction=construction,
        name=words,
        consumer=consumer,
        first_hand=first_hand,
        candidates=candidates,
    )


def blank(articles: Sequence[Article]) -> Sentences:
    """Vectors that say nothing: every sentence on an axis of its own."""
    counts = [len(one.sentences) for one in articles]
    bounds = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Sentences(np.eye(int(bounds[-1]), max(1, int(bounds[-1])), dtype=np.float32), bounds)


def verdict(
    told: Sequence[tuple[Article, tuple[Credit, ...]]], genealogy: Genealogy | None = None
) -> Judgement:
    articles = [one for one, _ in told]
    credits = [found for _, found in told]
    return judge(articles, credits, genealogy or trace(articles, blank(articles)), GAZETTEER)


def origin(told: Sequence[tuple[Article, tuple[Credit, ...]]]) -> Origin:
    return verdict(told).origin
