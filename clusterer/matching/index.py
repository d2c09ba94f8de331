"""What articles are found by: a document vector, the mean of the (centred) sentence vectors, a
headline vector, the first of them, and the hours between.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.matching.facts import Facts
from clusterer.news import Sentences

Floats = NDArray[np.float32]
Hours = NDArray[np.float64]

CHECKED = 512  # pairs at a time: their vectors stay in the processor's cache


class Batch(NamedTuple):
    """Rows as they are searched by: unit ``spaces`` (documents, headlines), each (n, d), and
    times: ``at`` hours since 1970 or NaN, ``spread`` hours on either side."""

    spaces: tuple[Floats, Floats]
    at: Hours
    spread: Hours

    def take(self, which: NDArray[Any]) -> Batch:
        one, other = self.spaces
        return Batch((one[which], other[which]), self.at[which], self.spread[which])


def batch_of(sentences: Sentences, at: Hours, spread: NDArray[np.floating[Any]]) -> Batch:
    """The batch of centred ``sentences`` with the times of their articles."""
    return Batch((documents(sentences), headlines(sentences)), at, spread.astype(np.float64))


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


def headlines(sentences: Sentences) -> Floats:
    """First sentence of each article, float32 (n, d); zero where it has none."""
    filled = np.diff(sentences.bounds) > 0
    heads = np.zeros((len(filled), sentences.vectors.shape[1]), np.float32)
    heads[filled] = sentences.vectors[sentences.bounds[:-1][filled]]
    return heads


def cosines(
    vectors: Floats, left: NDArray[np.integer], others: Floats, right: NDArray[np.integer]
) -> Floats:
    """Inner products of rows ``left`` of ``vectors`` with rows ``right`` of ``others``, float32
    (p,), the same bits in every company."""
    out = np.empty(len(left), np.float32)
    for start in range(0, len(left), CHECKED):
        part = slice(start, start + CHECKED)
        one, other = vectors.take(left[part], axis=0), others.take(right[part], axis=0)
        np.einsum("ij,ij->i", one, other, out=out[part])
    return out


def gap(facts: Facts, left: NDArray[np.integer], right: NDArray[np.integer]) -> NDArray[np.float64]:
    """Hours between the nearest ends of two times' intervals, ≥ 0; NaN where one is unknown."""
    apart = np.abs(facts.at[left] - facts.at[right])
    hours: NDArray[np.float64] = np.maximum(apart - facts.spread[left] - facts.spread[right], 0.0)
    return hours
