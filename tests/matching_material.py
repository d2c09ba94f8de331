"""Small articles and vectors for the tests of matching."""

from datetime import UTC, datetime, timedelta

import numpy as np

from clusterer.matching import Facts, describe
from clusterer.news import Article, Hints, Outlet, Published, Sentences, Span


def article(id, *sentences, language="en", hours=None, spread=0.1, outlet=None):
    """An article whose first sentence is its headline; ``hours`` after the first of March 2026."""
    text = "\n".join(sentences)
    spans, start = [], 0
    for sentence in sentences:
        spans.append(Span(start, start + len(sentence)))
        start += len(sentence) + 1
    published = None
    if hours is not None:
        at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=hours)
        published = Published(at, "minute", "gregorian", timedelta(hours=spread), "")
    whose = Outlet(None, outlet, "record") if outlet else None
    whole = Span(0, len(text))
    return Article(
        id, id, text, whole, spans[0], (), tuple(spans), language, whose, published, Hints()
    )


def vectors(counts, dimension=12, seed=0):
    """Random unit sentence vectors, ``counts`` of them per article."""
    rows = np.random.default_rng(seed).standard_normal((sum(counts), dimension), dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    bounds = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Sentences(rows, bounds)


def timed(hours, spread=None) -> Facts:
    """Facts of articles that differ in their times only; None is an unknown time."""
    spread = spread or [0.0] * len(hours)
    pairs = zip(hours, spread, strict=True)
    return describe([article(f"{k}", "x", hours=h, spread=s) for k, (h, s) in enumerate(pairs)])
