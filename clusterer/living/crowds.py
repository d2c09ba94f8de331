"""How many neighbours each row has, by level, and which rows have too many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clusterer.living.growing import Column
from clusterer.matching.drawing import LEVELS, counted, depths, drawn, graded, hashes, levelled

Rows = NDArray[np.int64]
Levels = NDArray[np.int8]


class Crowds:
    """Counts of neighbours, kept from when a row is first asked about: few collections need them.

    ``depth`` int8 and ``found`` int32 by row: the depth of a row with too many neighbours, and how
    many it has; 0 for all others.
    """

    def __init__(self) -> None:
        self._hashes = Column(np.uint64)
        self._places = Column(np.int64)  # where a row's counts lie, -1: not counted
        self._counts = Column(np.int32, LEVELS)
        self._depth = Column(np.int8)
        self._found = Column(np.int32)
        self._before: dict[int, int] = {}  # depths of rows that changed since they were asked for
        self._news: set[int] = set()  # rows whose depth or number changed since they were told

    @property
    def depth(self) -> Levels:
        return self._depth.all

    @property
    def found(self) -> NDArray[np.int32]:
        return self._found.all

    @property
    def counting(self) -> bool:
        """Whether any row is counted."""
        return len(self._counts) > 0

    def put(self, ids: Sequence[str]) -> None:
        self._hashes.extend(hashes(ids))
        self._places.extend(np.full(len(ids), -1))
        self._depth.extend(np.zeros(len(ids), np.int8))
        self._found.extend(np.zeros(len(ids), np.int32))

    def levels(self, left: Rows, right: Rows, cosine: NDArray[np.float32]) -> tuple[Levels, Levels]:
        """Level and grade of pairs."""
        grade = graded(cosine)
        luck = drawn(self._hashes.all[left], self._hashes.all[right])
        return levelled(grade, luck), grade

    def begin(self, rows: Rows) -> None:
        """From now on these are counted, having none yet."""
        self._places.all[rows] = len(self._counts) + np.arange(len(rows))
        self._counts.extend(np.zeros((len(rows), LEVELS), np.int32))

    def uncounted(self, rows: Rows) -> Rows:
        return np.unique(rows[self._places.all[rows] < 0])

    def count(self, rows: Rows, level: Levels, times: int = 1) -> Rows:
        """Count pairs by one of their ends, those of counted rows; which these were."""
        here = self._places.all[rows] >= 0
        some, inverse = np.unique(rows[here], return_inverse=True)
        if len(some):
            fresh = counted(inverse, level[here], len(some))
            self._counts.all[self._places.all[some]] += times * fresh
        return some

    def settle(self, rows: Rows, most: int) -> None:
        """Give counted rows the depth that is theirs under a limit of ``most``."""
        counts = self._counts.all[self._places.all[rows]]
        fresh, total = depths(counts, most), counts.sum(axis=1)
        told = np.where(total > most, total, 0)
        self._news.update(rows[told != self._found.all[rows]].tolist())
        self._found.all[rows] = told
        changed = fresh != self._depth.all[rows]
        for row, old in zip(
            rows[changed].tolist(), self.depth[rows[changed]].tolist(), strict=True
        ):
            self._before.setdefault(row, old)
        self._depth.all[rows] = fresh

    def changed(self) -> tuple[Rows, Rows]:
        """Rows that have another depth than when last asked, and those of them with a lesser."""
        were, self._before = self._before, {}
        rows = np.array(sorted(were), np.int64)
        before = np.array([were[row] for row in rows.tolist()], np.int8)
        now = self.depth[rows]
        return rows[now != before], rows[now < before]

    def news(self) -> Rows:
        """Rows that have more or fewer neighbours too many than when last asked."""
        news, self._news = self._news, set()
        return np.array(sorted(news), np.int64)

    def take(self, rows: Rows) -> Crowds:
        """Those of some rows, under numbers from 0."""
        fresh = Crowds()
        fresh._hashes.extend(self._hashes.all[rows])
        places = self._places.all[rows]
        counted = places >= 0
        fresh._places.extend(np.where(counted, np.cumsum(counted) - 1, -1))
        fresh._counts.extend(self._counts.all[places[counted]])
        fresh._depth.extend(self.depth[rows])
        fresh._found.extend(self.found[rows])
        return fresh

    def restore(self, rows: Rows, depth: Levels, found: NDArray[np.int32]) -> None:
        """What was known of rows that are not counted yet."""
        self._depth.all[rows], self._found.all[rows] = depth, found
