"""Scored pairs as a graph that grows: who is tied to whom, and how far a change reaches."""

from __future__ import annotations

from collections.abc import Container, Iterable

import numpy as np
from numpy.typing import NDArray

from clusterer.news import Pairs

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

# New pairs wait in a short list, which is looked through as a whole, and are sorted in when
# they are this many and this share of all: adding one article costs no sort of all pairs.
WAITING = 4096
SHARE = 0.02


def no_pairs() -> Pairs:
    return Pairs(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32))


def joined(parts: Iterable[Pairs]) -> Pairs:
    return Pairs(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def taken(pairs: Pairs, which: NDArray[np.int64] | Mask | slice) -> Pairs:
    """Some of the pairs, by positions, mask or slice."""
    return Pairs(pairs.left[which], pairs.right[which], pairs.score[which])


class Ties:
    """Pairs of rows, both ways. Rows are never renumbered; those dropped have no ties."""

    def __init__(self, pairs: Pairs | None = None) -> None:
        self._sorted = no_pairs()  # both directions, by left, then right
        self._bounds: NDArray[np.int64] = np.zeros(1, np.int64)
        self._waiting = no_pairs()  # both directions, as they came
        self._dropped: Mask = np.zeros(0, bool)
        if pairs is not None:
            self.tie(pairs)

    def tie(self, pairs: Pairs) -> None:
        """Add scored pairs."""
        left, right, score = pairs
        both = Pairs(
            np.concatenate([left, right]).astype(np.int32),
            np.concatenate([right, left]).astype(np.int32),
            np.concatenate([score, score]).astype(np.float32),
        )
        self._waiting = joined([self._waiting, both])
        if len(self._waiting.left) > max(WAITING, SHARE * len(self._sorted.left)):
            self._sort_in()

    def drop(self, rows: Rows) -> None:
        """Forget all ties of ``rows``."""
        if len(rows):
            self._dropped = _grown(self._dropped, int(rows.max()) + 1)
            self._dropped[rows] = True

    def of(self, row: int) -> list[tuple[int, float]]:
        """The rows that ``row`` is tied to, with scores, by row."""
        _, right, score = self._from(np.array([row], np.int64))
        order = np.argsort(right, kind="stable")
        return list(zip(right[order].tolist(), score[order].tolist(), strict=True))

    def around(self, rows: Rows) -> tuple[NDArray[np.int64], Pairs]:
        """Pairs whose left is among ``rows`` (distinct), in the order of ``rows``; the k-th row's
        lie from the k-th bound to the next."""
        found = self._from(rows)
        place = np.zeros(int(rows.max(initial=0)) + 1, np.int64)
        place[rows] = np.arange(len(rows))
        mine = place[found.left]
        order = np.argsort(mine, kind="stable")
        return np.searchsorted(mine[order], np.arange(len(rows) + 1)), taken(found, order)

    def reach(
        self,
        rows: Rows,
        least: float,
        links: Iterable[tuple[int, int]] = (),
        known: Container[int] = (),
    ) -> Rows:
        """``rows`` and all that chains of ties of at least ``least``, or of links, lead to, but
        not through or to rows that are ``known``."""
        tied = np.array(list(links), np.int64).reshape(-1, 2)
        ends = np.concatenate([tied, tied[:, ::-1]])
        count = max(
            [len(self._bounds) - 1, *(int(part.max()) + 1 for part in (rows, ends) if part.size)]
        )
        if self._waiting.left.size:
            count = max(count, int(self._waiting.left.max()) + 1)
        seen = np.zeros(count, bool)
        seen[rows] = True
        edge = np.unique(rows)
        while len(edge):
            _, right, score = self._from(edge)
            linked = ends[np.isin(ends[:, 0], edge), 1]
            near = np.concatenate([right[score >= np.float32(least)], linked])
            edge = np.unique(near[~seen[near]])
            if known:
                edge = np.array([row for row in edge.tolist() if row not in known], np.int64)
            seen[edge] = True
        return np.flatnonzero(seen)

    def among(self, rows: Rows) -> Pairs:
        """The pairs inside ``rows``, as positions in it, left < right, in a fixed order."""
        if not len(rows):
            return no_pairs()
        left, right, score = self._from(np.sort(rows))
        place = np.full(max(int(rows.max()), int(right.max(initial=0))) + 1, -1, np.int32)
        place[rows] = np.arange(len(rows), dtype=np.int32)
        a, b = place[left], place[right]
        once = (b >= 0) & (a < b)
        order = np.lexsort((b[once], a[once]))
        return Pairs(a[once][order], b[once][order], score[once][order])

    @property
    def pairs(self) -> Pairs:
        """All pairs, left < right, by left, then right."""
        self._sort_in()
        living = self._living(self._sorted)
        return taken(living, living.left < living.right)

    def _from(self, rows: Rows) -> Pairs:
        """Pairs whose left is among ``rows`` (distinct), not in a fixed order."""
        inside = rows[rows < len(self._bounds) - 1]
        starts, ends = self._bounds[inside], self._bounds[inside + 1]
        sizes = ends - starts
        before = np.concatenate([[0], np.cumsum(sizes)])
        places = np.arange(before[-1]) + np.repeat(starts - before[:-1], sizes)
        found = taken(self._sorted, places)
        if self._waiting.left.size:
            asked = np.zeros(max(int(rows.max(initial=0)), int(self._waiting.left.max())) + 1, bool)
            asked[rows] = True
            fresh = asked[self._waiting.left]
            found = joined([found, taken(self._waiting, fresh)])
        return self._living(found)

    def _living(self, pairs: Pairs) -> Pairs:
        if not self._dropped.any():
            return pairs
        last = max(int(pairs.left.max(initial=0)), int(pairs.right.max(initial=0)))
        self._dropped = _grown(self._dropped, last + 1)
        alive = ~(self._dropped[pairs.left] | self._dropped[pairs.right])
        return taken(pairs, alive)

    def _sort_in(self) -> None:
        if not self._waiting.left.size:
            return
        every = self._living(joined([self._sorted, self._waiting]))
        order = np.lexsort((every.right, every.left))
        self._sorted = taken(every, order)
        self._waiting = no_pairs()
        rows = int(self._sorted.left.max(initial=-1)) + 1
        self._bounds = np.searchsorted(self._sorted.left, np.arange(rows + 1))


def _grown(mask: Mask, size: int) -> Mask:
    if size <= len(mask):
        return mask
    return np.concatenate([mask, np.zeros(max(size, 2 * len(mask)) - len(mask), bool)])
