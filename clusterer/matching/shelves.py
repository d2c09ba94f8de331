"""Candidates: which pairs are worth scoring. The one room that knows FAISS.

Articles stand on shelves by day, which stay open between searches; each shelf is an exact
inner-product index for each vector of an article. What is new is compared by threshold, never by
count, with all shelves that its time window touches, and with nothing else. Articles without a
time stand on a shelf of their own that is compared with everything. Vectors lie once, in the
indexes themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from clusterer.matching.facts import Facts
from clusterer.matching.glance import Glance
from clusterer.matching.index import Batch, batch_of, cosines
from clusterer.matching.nearby import Limits, nearby
from clusterer.news import Pairs, Sentences
from clusterer.settings import Settings

Floats = NDArray[np.float32]
Hours = NDArray[np.float64]
Integers = NDArray[np.int64]

SHELF_HOURS = 24.0
UNDATED = np.iinfo(np.int64).max
# Rows searched at a time, fewer where they have so many neighbours that what is found would be
# more pairs than FOUND: bounds the memory of a result.
QUERIES, FEWEST, FOUND = 1024, 64, 1 << 21


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

    def batch(self) -> Batch:
        """Views of the indexes' own memory, valid until the next ``put``."""
        import faiss

        one, other = (
            faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d).reshape(-1, index.d)
            for index in self.indexes
        )
        return Batch((one, other), self.at, self.spread)

    def visitors(self, batch: Batch, hours: float) -> Integers:
        """Positions in ``batch`` whose window may touch this day; an unknown time always does."""
        if np.isnan(self.at[0]):
            return np.arange(len(batch.at))
        low, high = (self.at - self.spread).min() - hours, (self.at + self.spread).max() + hours
        apart = (batch.at + batch.spread < low) | (batch.at - batch.spread > high)
        return np.flatnonzero(~apart)


class Shelves:
    """Rows by day. A row is put once; a row that was dropped is never found again.

    With a ``glance`` those pairs alone are found that it admits.
    """

    def __init__(self, dimension: int, glance: Glance | None = None) -> None:
        self._dimension = dimension
        self._glance = glance
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

    def batch(self, rows: Integers) -> Batch:
        """What rows in rising order were put with."""
        shape = len(rows), self._dimension
        spaces = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        found = Batch(spaces, np.empty(len(rows)), np.empty(len(rows)))
        for day in self._days.values():
            places = np.searchsorted(day.rows, rows)
            here = np.flatnonzero(day.rows.take(places, mode="clip") == rows)
            if len(here):
                part = day.batch().take(places[here])
                for mine, theirs in zip(spaces, part.spaces, strict=True):
                    mine[here] = theirs
                found.at[here], found.spread[here] = part.at, part.spread
        return found

    def drop(self, rows: Integers) -> None:
        if len(rows):
            missing = int(rows.max()) + 1 - len(self._gone)
            self._gone = np.pad(self._gone, (0, max(missing, 0)))
            self._gone[rows] = True

    def near(
        self, rows: Integers, batch: Batch, settings: Settings, below: Integers | None = None
    ) -> Iterator[tuple[Integers, Integers, Floats]]:
        """(other row, row of ``rows``, greater cosine) of every pair worth scoring, whatever
        their number, in parts; each by row, then other row.

        The others are those before a row, each pair once; or those before the row's ``below``.
        """
        least, limits = rows if below is None else below, Limits.of(settings, self._glance)
        start, size = 0, FEWEST
        while start < len(rows):
            some = slice(start, start + size)
            part = batch.take(np.arange(len(rows))[some])
            found = self._found(rows[some], part, limits, least[some])
            yield found
            start += size
            size = searchable(len(found[0]), len(part.at), QUERIES)

    def _found(
        self, rows: Integers, batch: Batch, limits: Limits, below: Integers
    ) -> tuple[Integers, Integers, Floats]:
        """(other row, asked row, greater cosine) of each near pair once, by asked row."""
        found = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))]
        for name in sorted(self._days):
            day = self._days[name]
            asked = day.visitors(batch, limits.hours)
            asked = asked[below[asked] > day.rows[0]]
            if len(asked):
                before = np.searchsorted(day.rows, below[asked])
                mine, theirs, cosine = nearby(batch.take(asked), day.batch(), limits, before)
                found.append((day.rows[theirs], rows[asked[mine]], cosine))
        other, mine, cosine = (np.concatenate(side) for side in zip(*found, strict=True))
        here = self._living(other) & (other != mine)
        other, mine, cosine = other[here], mine[here], cosine[here]
        order = np.lexsort((other, mine))
        return other[order], mine[order], cosine[order]

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


def searchable(found: int, rows: int, most: int) -> int:
    """How many rows to search next, ``most`` at most, if so many had so many neighbours."""
    return max(min(FOUND * rows // max(found, 1), most), FEWEST)


def candidates(
    sentences: Sentences,
    facts: Facts,
    settings: Settings,
    new: NDArray[np.bool_] | None = None,
    glance: Glance | None = None,
) -> Pairs:
    """Every pair whose document vectors or headlines reach the threshold within the window,
    and that a ``glance`` admits where one is given.

    ``sentences`` are centred. ``new`` (n,): only pairs with at least one new article, so that
    the pairs of successive calls together are the pairs of one call with everything. A pair
    is within the window when the intervals of its times come within
    ``settings.candidate_hours`` of each other; an unknown time is within every window.
    Scores are the document cosines. Sorted by left, then right; complete, whatever the count.
    """
    batch = batch_of(sentences, facts.at, facts.spread)
    asked = np.ones(len(facts.at), bool) if new is None else new
    order = np.argsort(asked, kind="stable")  # what is new comes last, as it does on shelves
    shelves, rows = Shelves(sentences.vectors.shape[1], glance), np.arange(len(order))
    shelves.put(rows, batch.take(order))
    some = rows[len(order) - int(asked.sum()) :]
    parts = [(np.empty(0, np.int64), np.empty(0, np.int64))]
    for found in shelves.near(some, batch.take(order[some]), settings):
        parts.append(found[:2])
    one, other = (order[np.concatenate(side)] for side in zip(*parts, strict=True))
    pairs = _in_order(np.minimum(one, other), np.maximum(one, other))
    whole = batch.spaces[0]
    return pairs._replace(score=cosines(whole, pairs.left, whole, pairs.right))


def _in_order(left: Integers, right: Integers) -> Pairs:
    """Pairs without scores, sorted by left, then right."""
    order = np.lexsort((right, left))
    return Pairs(
        left[order].astype(np.int32),
        right[order].astype(np.int32),
        np.zeros(len(order), np.float32),
    )
