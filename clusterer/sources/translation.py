"""Translated copies: one report told sentence by sentence in another language.

A translation keeps the order of its parent's sentences and covers them; another report of
the same event shares a sentence or two, out of order. So the evidence is a monotone
alignment over sentence vectors (dynamic programming as in Gale & Church, "A program for
aligning sentences in bilingual corpora", 1993, with cosine in the place of length), how much
of the shorter text it covers, and whether the figures agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.news import Sentences

Integers = NDArray[np.int64]
Shares = NDArray[np.float64]

# Centred cosine that a pair of sentences must exceed to be aligned at all. Measured on
# professional translations: median of true pairs 0.66, of neighbours in the same text 0.12.
LEAST_SIMILARITY = 0.3
# So many sentences from the top of each text are aligned: news puts the matter first, and
# the work for a pair stays below 24 x 24.
SENTENCES_ALIGNED = 24
# Up to so many texts of an event all pairs of two languages are aligned: at most 3,200 pairs,
# about a second. Beyond, each text meets its nearest few.
ALL_ALIGNED = 80
NEAREST = 4
_CHUNK = 512
# Pairs aligned side by side: what is gathered for them stays in the processor's cache.
_ALIGNED = 256
_LOG1P = np.array([np.log1p(count) for count in range(SENTENCES_ALIGNED + 1)])

Figures = tuple[frozenset[str], frozenset[str]]


class Alignment(NamedTuple):
    """Monotone one-to-one pairs of the sentences of some pairs of texts.

    ``left`` and ``right`` int64 (p, k): rows of each pair's aligned sentences, from the last to
    the first, and ``similarity`` float64 (p, k); ``size`` (p,) tells how many there are.
    """

    left: Integers
    right: Integers
    similarity: Shares
    size: Integers


def align(similarity: Shares, rows: Integers, columns: Integers) -> Alignment:
    """The monotone alignments of greatest total similarity above the least.

    ``similarity`` (p, m, n) are the cosines of all sentences of pairs of texts in text order, 0
    beyond the ``rows`` and ``columns`` (p,) that they have.
    """
    pairs, most_rows, most_columns = similarity.shape
    gain = np.ascontiguousarray((similarity - LEAST_SIMILARITY).transpose(1, 2, 0))
    best = np.zeros((most_rows + 1, most_columns + 1, pairs))
    for row in range(most_rows):
        paired = best[row, :-1] + gain[row]
        np.maximum.accumulate(np.maximum(paired, best[row, 1:]), axis=0, out=best[row + 1, 1:])
    return _back(best, similarity, rows.copy(), columns.copy())


def _back(best: Shares, similarity: Shares, row: Integers, column: Integers) -> Alignment:
    """From the ends of both texts back to their beginnings, along the best totals (m, n, p)."""
    pairs, *most = similarity.shape
    shape = pairs, min(most)
    left, right, size = np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros_like(row)
    here = np.flatnonzero((row > 0) & (column > 0))
    while len(here):
        r, c = row[here], column[here]
        total = best[r, c, here]
        above = total == best[r - 1, c, here]
        beside = ~above & (total == best[r, c - 1, here])
        met = ~(above | beside)
        row[here], column[here] = r - ~beside, c - ~above
        pair = here[met]
        left[pair, size[pair]], right[pair, size[pair]] = row[pair], column[pair]
        size[pair] += 1
        here = here[(row[here] > 0) & (column[here] > 0)]
    return Alignment(left, right, similarity[np.arange(pairs)[:, None], left, right], size)


def translation_features(
    sentences: Sentences, left: Integers, right: Integers, figures: Sequence[Figures]
) -> Shares:
    """What speaks for a translation, as ``data/genealogy.json`` weighs it, float64 (p, 5).

    ``left`` and ``right`` (p,) are rows of ``sentences``, ``figures`` the numbers that both tell.
    ``similarity`` mean over the sentences of the shorter text, 0 for those left alone;
    ``depth`` log of one plus the number of aligned pairs; ``coverage`` of the longer text;
    ``agreement`` and ``conflict`` of the figures, shares in [0, 1] of those told by the side
    with fewer. All are 0 where a text has no sentences.
    """
    signs = np.zeros((len(left), 5))
    counts = np.minimum(np.diff(sentences.bounds), SENTENCES_ALIGNED)
    rows, columns = counts[left], counts[right]
    told = np.flatnonzero((rows > 0) & (columns > 0))
    shapes = np.maximum(rows, columns), rows, columns
    told = told[np.lexsort([shape[told] for shape in shapes[::-1]])]
    for start in range(0, len(told), _ALIGNED):
        at = told[start : start + _ALIGNED]
        s, t = rows[at], columns[at]
        starts = sentences.bounds[left[at]], sentences.bounds[right[at]]
        found = align(_cosines(sentences.vectors, starts, (s, t)), s, t)
        signs[at, 0] = _sums(found) / np.minimum(s, t)
        signs[at, 1] = _LOG1P[found.size]
        signs[at, 2] = found.size / np.maximum(s, t)
    for place in told.tolist():
        mine, yours = figures[place]
        if fewer := min(len(mine), len(yours)):
            common = len(mine & yours)
            signs[place, 3:] = common / fewer, (fewer - common) / fewer
    return signs


def _cosines(
    vectors: NDArray[np.float32],
    starts: tuple[Integers, Integers],
    sizes: tuple[Integers, Integers],
) -> Shares:
    """Inner products (p, m, n) of runs of rows, which begin at ``starts``, 0 beyond their sizes.

    Pairs of one shape lie side by side and are worked in one product.
    """
    s, t = sizes
    product = np.zeros((len(s), int(s.max()), int(t.max())))
    edges = np.flatnonzero(np.diff(s * (SENTENCES_ALIGNED + 1) + t)) + 1
    for part in np.split(np.arange(len(s)), edges):
        rows, columns = np.arange(s[part[0]]), np.arange(t[part[0]])
        one, other = (
            vectors.take(first[part, None] + span, axis=0)
            for first, span in zip(starts, (rows, columns), strict=True)
        )
        product[part, : len(rows), : len(columns)] = one @ other.transpose(0, 2, 1)
    return product


def _sums(found: Alignment) -> Shares:
    """The total similarity of each alignment, added in the order of the text."""
    total = np.zeros(len(found.size))
    for size in np.unique(found.size).tolist():
        some = np.flatnonzero(found.size == size)
        total[some] = found.similarity[some, :size][:, ::-1].copy().sum(axis=1)
    return total


def translation_candidates(
    vectors: Sequence[NDArray[np.float32]], languages: Sequence[str]
) -> list[tuple[int, int]]:
    """Pairs of texts of two languages worth aligning, in order of rows.

    All of them in small events; in large ones each text with its nearest few by mean vector,
    so that the work grows with the number of texts and not with its square.
    """
    rows = [row for row, vector in enumerate(vectors) if len(vector)]
    if len({languages[row] for row in rows}) < 2:
        return []
    if len(rows) <= ALL_ALIGNED:
        return [(i, j) for i, j in combinations(rows, 2) if languages[i] != languages[j]]
    means = np.stack([vectors[row][:SENTENCES_ALIGNED].mean(axis=0) for row in rows])
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    spoken = np.unique([languages[row] for row in rows], return_inverse=True)[1]
    pairs: set[tuple[int, int]] = set()
    for start in range(0, len(rows), _CHUNK):
        similarity = means[start : start + _CHUNK] @ means.T
        similarity[spoken[start : start + _CHUNK, None] == spoken[None, :]] = -1.0
        nearest = np.argpartition(-similarity, NEAREST, axis=1)[:, :NEAREST]
        for row, others in enumerate(nearest.tolist(), start):
            chosen = [other for other in others if similarity[row - start, other] > 0.0]
            pairs.update((min(row, other), max(row, other)) for other in chosen)
    return sorted((rows[i], rows[j]) for i, j in pairs)
