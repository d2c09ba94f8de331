"""Candidates for a collection that grows: day shelves that stay open between searches.

The same pairs as :func:`clusterer.matching.candidates`, found without looking at anything
outside the time window of what is new. Vectors lie once, in the indexes themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.matching.index import SHELF_HOURS, SLACK, UNDATED, documents, headlines
from clusterer.news import Sentences
from clusterer.settings import Settings

Floats = NDArray[np.float32]
Hours = NDArray[np.float64]
Integers = NDArray[np.int64]

QUERIES = 1024  # rows searched at a time, and cells of a result: both bound its memory
CELLS = 1 << 24
BLOCK = 512  # pairs checked at a time: their vectors stay in the processor's cache


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


def joined_batches(batches: Sequence[Batch]) -> Batch:
    """Some batches, at least one, one after the other."""
    if len(batches) == 1:
        return batches[0]
    one, other = zip(*(batch.spaces for batch in batches), strict=True)
    return Batch(
        (np.concatenate(one), np.concatenate(other)),
        np.concatenate([batch.at for batch in batches]),
        np.concatenate([batch.spread for batch in batches]),
    )


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

    def near(
        self, rows: Integers, batch: Batch, settings: Settings, below: Integers | None = None
    ) -> Iterator[tuple[Integers, Integers, Floats]]:
        """(other row, row of ``rows``, greater cosine) of every pair within threshold and
        window, whatever their number, in parts; each by row, then other row.

        The others are those before a row, each pair once; or those before the row's ``below``.
        """
        least = rows if below is None else below
        step = self._step()
        for start in range(0, len(rows), step):
            some = slice(start, start + step)
            part = batch.take(np.arange(len(rows))[some])
            yield self._found(rows[some], part, settings, least[some])

    def _step(self) -> int:
        """Rows searched at a time, fewer where a day is so large that all of it may be found."""
        largest = max((len(day.rows) for day in self._days.values()), default=1)
        return max(min(QUERIES, CELLS // largest), 16)

    def _found(
        self, rows: Integers, batch: Batch, settings: Settings, below: Integers
    ) -> tuple[Integers, Integers, Floats]:
        """(other row, asked row, greater cosine) of each near pair once, by asked row."""
        least = (settings.candidate_similarity, settings.candidate_headline)
        found = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))]
        for name in sorted(self._days):
            day = self._days[name]
            asked = day.visitors(batch, settings.candidate_hours)
            asked = asked[below[asked] > day.rows[0]]
            for space, threshold in enumerate(least):
                if len(asked):
                    part = batch.take(asked)
                    mine, other, cosine = _near(
                        day, space, below[asked], part, threshold, settings.candidate_hours
                    )
                    found.append((rows[asked][mine], other, cosine))
        mine, other, cosine = (np.concatenate(side) for side in zip(*found, strict=True))
        apart = mine != other
        mine, other, cosine = mine[apart], other[apart], cosine[apart]
        living = self._living(other)
        keys = (mine[living] << 32) | other[living]
        order = np.argsort(keys, kind="stable")
        keys, first = np.unique(keys[order], return_index=True)
        cosine = cosine[living][order]
        if len(keys):
            cosine = np.maximum.reduceat(cosine, first)
        return keys & 0xFFFFFFFF, keys >> 32, cosine

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
    day: _Day, space: int, below: Integers, batch: Batch, threshold: float, hours: float
) -> tuple[Integers, Integers, Floats]:
    """Places in ``batch``, rows of a day before its ``below`` within threshold and window, and
    their cosines."""
    queries = np.ascontiguousarray(batch.spaces[space])
    limits, _, places = day.indexes[space].range_search(queries, threshold - SLACK)
    owner = np.repeat(
        np.arange(len(queries)), limits[1:].astype(np.int64) - limits[:-1].astype(np.int64)
    )
    places = places.astype(np.int64)
    apart = np.abs(batch.at[owner] - day.at[places]) - (batch.spread[owner] + day.spread[places])
    keep = (day.rows[places] < below[owner]) & ~(apart > hours)
    owner, places = owner[keep], places[keep]
    vectors = day.vectors(space)
    exact = np.empty(len(owner), np.float32)
    for start in range(0, len(owner), BLOCK):
        part = slice(start, start + BLOCK)
        # FAISS rounds by the shape of a batch; these sums are the same in every company
        mine, theirs = queries.take(owner[part], axis=0), vectors.take(places[part], axis=0)
        np.einsum("ij,ij->i", mine, theirs, out=exact[part])
    reached = exact >= np.float32(threshold)
    return owner[reached], day.rows[places[reached]], exact[reached]
