"""Scored pairs as a graph that grows: who is tied to whom, and how far a change reaches."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any, Literal, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from clusterer.matching.drawing import weights
from clusterer.news import Pairs

S = TypeVar("S", bound=np.generic)

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

# New pairs wait in a short list, which is looked through as a whole, and are sorted in when
# they are this many and this share of all: adding one article costs no sort of all pairs.
WAITING = 4096
SHARE = 0.02
SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")
# The level and grade of pairs that no limit may leave out.
ALWAYS = 127


class Drawn(NamedTuple):
    """Pairs with how they were chosen, all (n,): ``level`` and ``grade`` int8 as
    ``matching/drawing.py`` has them. An unscored one has a score of 0."""

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    score: NDArray[np.float32]
    level: NDArray[np.int8]
    grade: NDArray[np.int8]

    @classmethod
    def always(cls, pairs: Pairs) -> Drawn:
        """Pairs that no limit leaves out."""
        full = np.full(len(pairs.left), ALWAYS, np.int8)
        return cls(*pairs, full, full)

    @property
    def pairs(self) -> Pairs:
        return Pairs(self.left, self.right, self.score)


class Redrawn(NamedTuple):
    """How ties changed: ``rows`` that have others, or some that stand for more or fewer pairs;
    (left, right) of ties that came or went, (n, 2)."""

    rows: Rows
    ends: NDArray[np.int64]


P = TypeVar("P", Pairs, Drawn)


def no_pairs() -> Pairs:
    return Pairs(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32))


def joined(parts: Iterable[P]) -> P:
    """Some pairs, at least one part, one after the other."""
    every = list(parts)
    columns: Any = (np.concatenate(column) for column in zip(*every, strict=True))
    return type(every[0])(*columns)


def taken(pairs: P, which: NDArray[np.int64] | Mask | slice) -> P:
    """Some of the pairs, by positions, mask or slice."""
    columns: Any = (column[which] for column in pairs)
    return type(pairs)(*columns)


class Ties:
    """Pairs of rows, both ways. Rows are never renumbered; those dropped have no ties.

    A pair whose level is below the depth of both its rows is none, as long as that is so.
    """

    def __init__(self, pairs: Pairs | None = None) -> None:
        self._sorted = Drawn.always(no_pairs())  # both directions, by left, then right
        self._bounds: NDArray[np.int64] = np.zeros(1, np.int64)
        self._waiting = self._sorted  # likewise, those that came last
        self._dropped: Mask = np.zeros(0, bool)
        self._depth = np.zeros(0, np.int8)
        self._some_dropped = self._some_deep = False
        if pairs is not None:
            self.tie(Drawn.always(pairs))

    def tie(self, pairs: Drawn) -> None:
        """Add scored pairs, none of which is here."""
        left, right, score, level, grade = pairs
        both = Drawn(
            np.concatenate([left, right]).astype(np.int32),
            np.concatenate([right, left]).astype(np.int32),
            np.tile(score, 2).astype(np.float32),
            np.tile(level, 2).astype(np.int8),
            np.tile(grade, 2).astype(np.int8),
        )
        self._waiting = _merged(self._waiting, both)
        if len(self._waiting.left) > max(WAITING, SHARE * len(self._sorted.left)):
            self._sort_in()

    def drop(self, rows: Rows) -> None:
        """Forget all ties of ``rows``."""
        if len(rows):
            self._dropped = _grown(self._dropped, int(rows.max()) + 1)
            self._dropped[rows] = self._some_dropped = True

    def deepen(self, rows: Rows, depth: NDArray[np.int8]) -> None:
        """Set the depths of rows."""
        if len(rows):
            self._depth = _grown(self._depth, int(rows.max()) + 1)
            self._depth[rows] = depth
            self._some_deep = bool(self._depth.any())

    def depth(
        self, left: NDArray[np.integer[Any]], right: NDArray[np.integer[Any]]
    ) -> NDArray[np.int8]:
        """The depth at which pairs are drawn."""
        last = max(int(left.max(initial=0)), int(right.max(initial=0)))
        self._depth = _grown(self._depth, last + 1)
        depth: NDArray[np.int8] = np.minimum(self._depth[left], self._depth[right])
        return depth

    def weights(self, pairs: Drawn) -> NDArray[np.float32]:
        """Of how many pairs each is drawn, a power of two."""
        return weights(self.depth(pairs.left, pairs.right), pairs.grade)

    def weighed(self, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Numbers of the pairs of ``rows`` (distinct), rising, and their weights."""
        pairs = self._from(rows)
        keys = _keys(pairs)
        order = np.argsort(keys)
        return keys[order], self.weights(pairs)[order]

    def of(self, row: int) -> list[tuple[int, float]]:
        """The rows that ``row`` is tied to, with scores, by row."""
        _, right, score, _, _ = self._from(np.array([row], np.int64))
        order = np.argsort(right, kind="stable")
        return list(zip(right[order].tolist(), score[order].tolist(), strict=True))

    def around(self, rows: Rows) -> tuple[NDArray[np.int64], Drawn]:
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
            count = max(count, int(self._waiting.left[-1]) + 1)
        seen = np.zeros(count, bool)
        seen[rows] = True
        edge = np.unique(rows)
        while len(edge):
            _, right, score, _, _ = self._from(edge)
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
        left, right, score, _, _ = self._from(np.sort(rows))
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
        return taken(living, living.left < living.right).pairs

    def drawn_among(self, rows: Rows) -> Drawn:
        """As :meth:`among`, but all of each pair."""
        place = np.full(int(rows.max(initial=-1)) + 1, -1, np.int32)
        place[rows] = np.arange(len(rows), dtype=np.int32)
        found = self._from(np.sort(rows))
        inside = found.right < len(place)
        found = taken(found, inside)
        a, b = place[found.left], place[found.right]
        once = (b >= 0) & (a < b)
        return taken(Drawn(a, b, *found[2:]), once)

    def _from(self, rows: Rows) -> Drawn:
        """Pairs whose left is among ``rows`` (distinct), not in a fixed order."""
        inside = rows[rows < len(self._bounds) - 1]
        found = taken(self._sorted, _ranges(self._bounds[inside], self._bounds[inside + 1]))
        if self._waiting.left.size:
            starts, ends = (np.searchsorted(self._waiting.left, rows, side) for side in SIDES)
            found = joined([found, taken(self._waiting, _ranges(starts, ends))])
        return self._living(found)

    def _living(self, pairs: Drawn) -> Drawn:
        if self._some_deep:
            reached = pairs.level >= self.depth(pairs.left, pairs.right)
            pairs = taken(pairs, reached)
        if not self._some_dropped:
            return pairs
        last = max(int(pairs.left.max(initial=0)), int(pairs.right.max(initial=0)))
        self._dropped = _grown(self._dropped, last + 1)
        alive = ~(self._dropped[pairs.left] | self._dropped[pairs.right])
        return taken(pairs, alive)

    def _sort_in(self) -> None:
        if not self._waiting.left.size:
            return
        fresh, old = self._living(self._waiting), self._living(self._sorted)
        self._sorted = _merged(old, fresh)
        self._waiting = taken(fresh, slice(0))
        rows = int(self._sorted.left.max(initial=-1)) + 1
        self._bounds = np.searchsorted(self._sorted.left, np.arange(rows + 1))


def redrawn(
    before: tuple[NDArray[np.int64], NDArray[np.float32]],
    now: tuple[NDArray[np.int64], NDArray[np.float32]],
) -> Redrawn:
    """What changed between two answers of :meth:`Ties.weighed`."""
    other = np.setxor1d(before[0], now[0], assume_unique=True)
    _, old, new = np.intersect1d(before[0], now[0], assume_unique=True, return_indices=True)
    reweighed = now[0][new[before[1][old] != now[1][new]]]
    rows = np.unique(np.concatenate([other, reweighed]) >> 32)
    return Redrawn(rows, np.stack([other >> 32, other & 0xFFFFFFFF], axis=1))


def _merged(old: Drawn, fresh: Drawn) -> Drawn:
    """Sorted pairs with some more: copied, only what is new is sorted."""
    fresh = taken(fresh, np.argsort(_keys(fresh), kind="stable"))
    if not len(old.left):
        return fresh
    places = np.searchsorted(_keys(old), _keys(fresh))
    columns: Any = zip(old, fresh, strict=True)
    return Drawn(*(np.insert(mine, places, theirs) for mine, theirs in columns))


def _ranges(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """The places from each start to its end, one range after the other."""
    sizes = ends - starts
    before = np.cumsum(sizes) - sizes
    places: NDArray[np.int64] = np.arange(int(sizes.sum())) + np.repeat(starts - before, sizes)
    return places


def _keys(pairs: Drawn) -> NDArray[np.int64]:
    """Numbers that order pairs by left, then right."""
    return (pairs.left.astype(np.int64) << 32) | pairs.right


def _grown(row: NDArray[S], size: int) -> NDArray[S]:
    if size <= len(row):
        return row
    return np.concatenate([row, np.zeros(max(size, 2 * len(row)) - len(row), row.dtype)])
