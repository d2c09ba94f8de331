"""Arrays and facts that grow by few rows at a time without copying all that is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusterer.matching import Facts, join
from clusterer.news import Article

Rows = NDArray[np.int64]


class Column:
    """An array that grows at its end. Its room doubles, so a row is copied twice on average."""

    def __init__(self, dtype: Any, *width: int) -> None:
        self._room = np.empty((16, *width), dtype)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def extend(self, rows: NDArray[Any]) -> None:
        count = self._count + len(rows)
        if count > len(self._room):
            room = np.empty(
                (max(count, 2 * len(self._room)), *self._room.shape[1:]), self._room.dtype
            )
            room[: self._count] = self.all
            self._room = room
        self._room[self._count : count] = rows
        self._count = count

    @property
    def all(self) -> NDArray[Any]:
        """A view, valid until the next ``extend``."""
        return self._room[: self._count]


class FactsByRow:
    """Facts of rows, described when first asked for.

    They lie in parts, and parts alike in size are joined, so that adding one row copies few
    others.
    """

    def __init__(self, describe: Callable[[Sequence[Article]], Facts]) -> None:
        self._describe = describe
        self._parts: list[Facts] = []
        self._rows: list[Rows] = []
        self._part = Column(np.int32)
        self._place = Column(np.int64)

    def take(self, rows: Rows, articles: Sequence[Article]) -> Facts:
        """Facts of ``rows`` (at least one), in their order; ``articles`` has all rows."""
        unknown = np.full(max(len(articles) - len(self._part), 0), -1)
        self._part.extend(unknown)
        self._place.extend(unknown)
        missing = np.unique(rows[self._part.all[rows] < 0])
        if len(missing):
            self._put(missing, self._describe([articles[row] for row in missing.tolist()]))
        part, place = self._part.all[rows], self._place.all[rows]
        order = np.argsort(part, kind="stable")
        taken = [
            self._parts[number].take(place[order[part[order] == number]])
            for number in np.unique(part).tolist()
        ]
        whole = taken[0] if len(taken) == 1 else join(taken)
        return whole.take(np.argsort(order, kind="stable"))

    def _put(self, rows: Rows, facts: Facts) -> None:
        self._parts.append(facts)
        self._rows.append(rows)
        while len(self._rows) > 1 and len(self._rows[-2]) <= 2 * len(self._rows[-1]):
            self._parts[-2:] = [join(self._parts[-2:])]
            self._rows[-2:] = [np.concatenate(self._rows[-2:])]
        last = self._rows[-1]
        self._part.all[last] = len(self._rows) - 1
        self._place.all[last] = np.arange(len(last))
