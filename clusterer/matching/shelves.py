"""Candidates for a collection that grows: day shelves that stay open between searches.

The same pairs as :func:`clusterer.matching.candidates`, found without looking at anything
outside the time window of what is new. Vectors lie once, in the indexes themselves.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.matching.index import SHELF_HOURS, SLACK, UNDATED, documents, headlines
from clusterer.news import Pairs, Sentences
from clusterer.settings import Settings

Floats = NDArray[np.float32]
Hours = NDArray[np.float64]
Integers = NDArray[np.int64]

QUERIES = 1024  # rows searched at a time: bounds the memory of a result
BLOCK = 1 << 15  # pairs checked at a time


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


class _Day:
    """The rows of one day, in an exact inner-product index for each space."""

    def __init__(self, dimension: int) -> None:
        import faiss

        self.rows: Integers = np.empty(0, np.int64)
        self.at: Hours = np.empty(0)
        self.spread: Hours = np.empty(0)
        self.indexes = (faiss.IndexFlatIP(dimension), faiss.IndexFlatIP(dimension))

    def put(self, rows: Integers, batch: Batch) -> None:
        self.rows = np.concatenate([self.rows, rows])
        self.at = np.concatenate([self.at, batch.at])
        self.spread = np.concatenate([self.spread, batch.spread])
        for index, vectors in zip(self.indexes, batch.spaces, strict=True):
            index.add(np.ascontiguousarray(vectors))

    def vectors(self, space: int) -> Floats:
        """A view of the index's own memory, valid until the next ``put``."""
        import faiss

        index = self.indexes[space]
        flat = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d)
        view: Floats = flat.reshape(index.ntotal, index.d)
        return view

    def visitors(self, batch: Batch, hours: float) -> Integers:
        """Positions in ``batch`` whose window may touch this day; an unknown time always does."""
        if np.isnan(self.at[0]):
            return np.arange(len(batch.at))
        low, high = (self.at - self.spread).min() - hours, (self.at + self.spread).max() + hours
        apart = (batch.at + batch.spread < low) | (batch.at - batch.spread > high)
        return np.flatnonzero(~apart)


class Shelves:
    """Rows by day. A row is put once; a row that was dropped is never found again."""

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._days: dict[int, _Day] = {}
        self._gone = np.zeros(0, bool)  # by row

    def put(self, rows: Integers, batch: Batch) -> None:
        dated = ~np.isnan(batch.at)
        day = np.full(len(rows), UNDATED)
        day[dated] = np.floor(batch.at[dated] / SHELF_HOURS).astype(np.int64)
        for name in np.unique(day).tolist():
            here = day == name
            shelf = self._days.setdefault(name, _Day(self._dimension))
            shelf.put(rows[here], batch.take(here))

    def drop(self, rows: Integers) -> None:
        if len(rows):
            missing = int(rows.max()) + 1 - len(self._gone)
            self._gone = np.pad(self._gone, (0, max(missing, 0)))
            self._gone[rows] = True

    def candidates(self, rows: Integers, batch: Batch, settings: Settings) -> Pairs:
        """Pairs of ``rows`` (which have been put) with any row, as ``candidates`` tells them.

        Each pair once, sorted by left, then right; scores are 0, nothing is scored yet.
        """
        least = (settings.candidate_similarity, settings.candidate_headline)
        hours = settings.candidate_hours
        found: list[tuple[Integers, Integers]] = [(np.empty(0, np.int64), np.empty(0, np.int64))]
        for name in sorted(self._days):
            day = self._days[name]
            asked = day.visitors(batch, hours)
            for start in range(0, len(asked), QUERIES):
                part = asked[start : start + QUERIES]
                for space, threshold in enumerate(least):
                    found.append(_near(day, space, rows[part], batch.take(part), threshold, hours))
        left, right = (np.concatenate(side) for side in zip(*found, strict=True))
        living = self._living(right)
        left, right = left[living], right[living]
        pairs = np.unique(np.stack([np.minimum(left, right), np.maximum(left, right)]), axis=1)
        return Pairs(
            pairs[0].astype(np.int32),
            pairs[1].astype(np.int32),
            np.zeros(pairs.shape[1], np.float32),
        )

    def nearest(self, vector: Floats, count: int) -> tuple[Integers, Floats]:
        """The ``count`` rows whose document or headline resembles a unit vector (d,) most.

        Rows (each once) and cosines, nearest first, ties by row.
        """
        best: dict[int, float] = {}
        wanted = count + int(self._gone.sum())
        for day in self._days.values():
            for index in day.indexes:
                scores, places = index.search(vector[None], min(wanted, len(day.rows)))
                rows = day.rows[places[0]]
                living = self._living(rows)
                for row, score in zip(
                    rows[living].tolist(), scores[0][living].tolist(), strict=True
                ):
                    best[row] = max(score, best.get(row, score))
        order = sorted(best, key=lambda row: (-round(best[row], 5), row))[:count]
        return np.array(order, np.int64), np.array([best[row] for row in order], np.float32)

    def _living(self, rows: Integers) -> NDArray[np.bool_]:
        gone = np.zeros(len(rows), bool)
        known = rows < len(self._gone)
        gone[known] = self._gone[rows[known]]
        return ~gone


def _near(
    day: _Day, space: int, rows: Integers, batch: Batch, threshold: float, hours: float
) -> tuple[Integers, Integers]:
    """Asked rows and rows of a day within threshold and window, a row with itself left out."""
    queries = np.ascontiguousarray(batch.spaces[space])
    limits, _, places = day.indexes[space].range_search(queries, threshold - SLACK)
    owner = np.repeat(
        np.arange(len(queries)), limits[1:].astype(np.int64) - limits[:-1].astype(np.int64)
    )
    places = places.astype(np.int64)
    apart = np.abs(batch.at[owner] - day.at[places]) - (batch.spread[owner] + day.spread[places])
    keep = (rows[owner] != day.rows[places]) & ~(apart > hours)
    owner, places = owner[keep], places[keep]
    vectors = day.vectors(space)
    reached = np.empty(len(owner), bool)
    for start in range(0, len(owner), BLOCK):
        part = slice(start, start + BLOCK)
        # FAISS rounds by the shape of a batch; these sums are the same in every company
        exact = np.einsum("ij,ij->i", queries[owner[part]], vectors[places[part]])
        reached[part] = exact >= np.float32(threshold)
    return rows[owner[reached]], day.rows[places[reached]]
