"""Candidates: which pairs are worth scoring. The one room that knows FAISS.

Every article has a document vector, the mean of its (centred) sentence vectors. Articles
stand on shelves by day; each shelf is an exact inner-product index that is searched by
threshold, never by count, from all shelves that its time window touches. Articles without a
time stand on a shelf of their own that is compared with everything.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusterer.matching.facts import Facts
from clusterer.news import Pairs, Sentences
from clusterer.settings import Settings

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

SHELF_HOURS = 24.0
UNDATED = np.iinfo(np.int64).max
SLACK = 1e-4  # FAISS rounds by batch shape; what it finds is checked again with exact sums
CHECKED = 512  # pairs at a time: their vectors stay in the processor's cache
QUERIES = 4096  # rows searched at a time: bounds the memory of a result


def documents(sentences: Sentences) -> Floats:
    """Unit mean of each article's sentence vectors, float32 (n, d); zero where it has none."""
    counts = np.diff(sentences.bounds)
    sums = np.zeros((len(counts), sentences.vectors.shape[1]), np.float32)
    filled = np.flatnonzero(counts)
    if len(filled):
        sums[filled] = np.add.reduceat(sentences.vectors, sentences.bounds[filled], axis=0)
    norms = np.linalg.norm(sums, axis=1, keepdims=True)
    unit: Floats = np.divide(sums, norms, out=np.zeros_like(sums), where=norms > 0)
    return unit


def candidates(
    sentences: Sentences,
    facts: Facts,
    settings: Settings,
    new: NDArray[np.bool_] | None = None,
) -> Pairs:
    """Every pair whose document vectors or headlines reach the threshold within the window.

    ``sentences`` are centred. ``new`` (n,): only pairs with at least one new article, so that
    the pairs of successive calls together are the pairs of one call with everything. A pair
    is within the window when the intervals of its times come within
    ``settings.candidate_hours`` of each other; an unknown time is within every window.
    Scores are the document cosines. Sorted by left, then right; complete, whatever the count.
    """
    vectors = documents(sentences)
    heads = headlines(sentences)
    asked = np.ones(len(vectors), bool) if new is None else new
    found = [
        _search(space, facts, settings.candidate_hours, threshold, asked)
        for space, threshold in (
            (vectors, settings.candidate_similarity),
            (heads, settings.candidate_headline),
        )
    ]
    keys = np.unique(np.concatenate(found))
    left, right = np.divmod(keys, max(len(vectors), 1))
    return Pairs(left.astype(np.int32), right.astype(np.int32), cosines(vectors, left, right))


def headlines(sentences: Sentences) -> Floats:
    """First sentence of each article, float32 (n, d); zero where it has none."""
    filled = np.diff(sentences.bounds) > 0
    heads = np.zeros((len(filled), sentences.vectors.shape[1]), np.float32)
    heads[filled] = sentences.vectors[sentences.bounds[:-1][filled]]
    return heads


def _search(
    vectors: Floats, facts: Facts, hours: float, threshold: float, asked: NDArray[np.bool_]
) -> Integers:
    """Keys ``left * n + right`` of pairs with at least one asked row, unsorted, with repeats."""
    n = len(vectors)
    shelf = np.full(n, UNDATED)
    dated = ~np.isnan(facts.at)
    shelf[dated] = np.floor(facts.at[dated] / SHELF_HOURS).astype(np.int64)
    reach = np.where(dated, facts.spread + hours, 0.0)
    keys = [np.zeros(0, np.int64)]
    for day in np.unique(shelf):
        rows = np.flatnonzero(shelf == day)
        index = _open(vectors[rows])
        queries = _visitors(rows, facts, shelf, reach, asked)
        for start in range(0, len(queries), QUERIES):
            part = queries[start : start + QUERIES]
            mine, theirs = _range(index, vectors[part], threshold)
            a, b = part[mine], rows[theirs]
            keep = (a != b) & (asked[a] | asked[b]) & ~(gap(facts, a, b) > hours)
            low, high = np.minimum(a[keep], b[keep]), np.maximum(a[keep], b[keep])
            keys.append(np.unique(low * n + high))
    left, right = np.divmod(np.unique(np.concatenate(keys)), max(n, 1))
    reached = cosines(vectors, left, right) >= np.float32(threshold)
    return left[reached] * n + right[reached]


def cosines(vectors: Floats, left: NDArray[np.integer], right: NDArray[np.integer]) -> Floats:
    """Inner products of pairs of rows, float32 (p,), the same bits in every company."""
    out = np.empty(len(left), np.float32)
    for start in range(0, len(left), CHECKED):
        part = slice(start, start + CHECKED)
        one, other = vectors.take(left[part], axis=0), vectors.take(right[part], axis=0)
        np.einsum("ij,ij->i", one, other, out=out[part])
    return out


def _visitors(
    rows: Integers,
    facts: Facts,
    shelf: Integers,
    reach: NDArray[np.float64],
    asked: NDArray[np.bool_],
) -> Integers:
    """Rows that may match one of this shelf: asked ones, or all when an asked one stands here."""
    dated = shelf != UNDATED
    if shelf[rows[0]] == UNDATED:
        near = np.ones(len(shelf), bool)
    else:
        at = np.where(dated, facts.at, 0.0)
        low, high = (at - reach)[rows].min(), (at + reach)[rows].max()
        near = ~dated | ((at + reach >= low) & (at - reach <= high))
    if not asked[rows].any():
        near &= asked
    return np.flatnonzero(near)


def gap(facts: Facts, left: NDArray[np.integer], right: NDArray[np.integer]) -> NDArray[np.float64]:
    """Hours between the nearest ends of two times' intervals, ≥ 0; NaN where one is unknown."""
    apart = np.abs(facts.at[left] - facts.at[right])
    hours: NDArray[np.float64] = np.maximum(apart - facts.spread[left] - facts.spread[right], 0.0)
    return hours


def _open(vectors: Floats) -> Any:
    import faiss

    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors))
    return index


def _range(index: Any, queries: Floats, threshold: float) -> tuple[Integers, Integers]:
    """(query, row) of every inner product of at least ``threshold``, and some just below."""
    limits, _, rows = index.range_search(np.ascontiguousarray(queries), threshold - SLACK)
    owner = np.repeat(np.arange(len(queries)), np.diff(limits.astype(np.int64)))
    return owner, rows.astype(np.int64)
