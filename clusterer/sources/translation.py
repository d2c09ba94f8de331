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


class Alignment(NamedTuple):
    """Monotone one-to-one pairs: rows ``left`` and ``right`` int64 (k,), ``similarity`` (k,)."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    similarity: NDArray[np.float64]


def align(one: NDArray[np.float32], other: NDArray[np.float32]) -> Alignment:
    """The monotone alignment of greatest total similarity above the least.

    ``one`` (m, d) and ``other`` (n, d) are centred unit rows in text order.
    """
    similarity = (one[:SENTENCES_ALIGNED] @ other[:SENTENCES_ALIGNED].T).astype(np.float64)
    gain = similarity - LEAST_SIMILARITY
    best = np.zeros((gain.shape[0] + 1, gain.shape[1] + 1))
    for row in range(gain.shape[0]):
        paired = best[row, :-1] + gain[row]
        best[row + 1, 1:] = np.maximum.accumulate(np.maximum(paired, best[row, 1:]))
    left, right = [], []
    row, column = gain.shape
    while row and column:
        if best[row, column] == best[row - 1, column]:
            row -= 1
        elif best[row, column] == best[row, column - 1]:
            column -= 1
        else:
            row, column = row - 1, column - 1
            left.append(row)
            right.append(column)
    rows = np.array(left[::-1], np.int64)
    columns = np.array(right[::-1], np.int64)
    return Alignment(rows, columns, similarity[rows, columns])


def translation_features(
    one: NDArray[np.float32],
    other: NDArray[np.float32],
    numbers: tuple[frozenset[str], frozenset[str]],
) -> NDArray[np.float64]:
    """What speaks for a translation, as ``data/genealogy.json`` weighs it.

    ``similarity`` mean over the sentences of the shorter text, 0 for those left alone;
    ``depth`` log of one plus the number of aligned pairs; ``coverage`` of the longer text;
    ``agreement`` and ``conflict`` of the figures, shares in [0, 1] of those told by the side
    with fewer.
    """
    found = align(one, other)
    shorter = min(len(one), len(other), SENTENCES_ALIGNED)
    longer = min(max(len(one), len(other)), SENTENCES_ALIGNED)
    if not shorter:
        return np.zeros(5)
    fewer = min(len(numbers[0]), len(numbers[1]))
    common = len(numbers[0] & numbers[1])
    return np.array(
        [
            found.similarity.sum() / shorter,
            np.log1p(len(found.left)),
            len(found.left) / longer,
            common / fewer if fewer else 0.0,
            (fewer - common) / fewer if fewer else 0.0,
        ]
    )


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
