"""Arrays and facts that grow by few rows at a time without copying all that is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusterer.living.spreading import cut, spread
from clusterer.matching import Facts
from clusterer.news import Article

Rows = NDArray[np.int64]

LARGE = 1 << 26  # bytes
# Articles described, and sentences whose crowding is measured, by one process at a time.
DESCRIBED = 1024
CROWD = 1 << 14


class Column:
    """An array that grows at its end. Its room doubles, so a row is copied twice on average; a
    large one grows by a quarter, for room that is not used is memory that others lack."""

    def __init__(self, dtype: Any, *width: int) -> None:
        self._room = np.empty((16, *width), dtype)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def extend(self, rows: NDArray[Any]) -> None:
        self.reserve(len(rows))
        self._room[self._count : self._count + len(rows)] = rows
        self._count += len(rows)

    def reserve(self, more: int) -> None:
        """Make room for so many rows more at once: what is there is copied once, not often."""
        count = self._count + more
        if count > len(self._room):
            had = len(self._room)
            grown = had + (had if self._room.nbytes < LARGE else had // 4)
            room = np.empty((max(count, grown), *self._room.shape[1:]), self._room.dtype)
            room[: self._count] = self.all
            self._room = room

    @property
    def all(self) -> NDArray[Any]:
        """A view, valid until the next ``extend`` or ``reserve``."""
        return self._room[: self._count]


class SparseColumn:
    """Rows of a CSR matrix that grows at its end."""

    def __init__(self, like: Any) -> None:
        self._width = like.shape[1]
        self._ends = Column(np.int64)
        self._ends.extend(np.zeros(1, np.int64))
        self._indices = Column(like.indices.dtype)
        self._data = Column(like.data.dtype)

    def extend(self, rows: Any) -> None:
        self._ends.extend(len(self._indices) + rows.indptr[1:].astype(np.int64))
        self._indices.extend(rows.indices)
        self._data.extend(rows.data)

    def take(self, rows: Rows) -> Any:
        """Some rows in that order, as scipy's CSR."""
        from scipy.sparse import csr_matrix

        starts, ends = self._ends.all[rows], self._ends.all[rows + 1]
        bounds = np.concatenate([[0], np.cumsum(ends - starts)])
        places = np.arange(bounds[-1]) + np.repeat(starts - bounds[:-1], ends - starts)
        parts = (self._data.all[places], self._indices.all[places], bounds.astype(np.int32))
        return csr_matrix(parts, shape=(len(rows), self._width))


class Known:
    """Rows of numbers that are computed when first asked for, by number, and kept."""

    def __init__(self) -> None:
        self._known = Column(np.bool_)
        self._rows: Column | None = None

    def take(self, which: Rows, compute: Callable[[Rows], NDArray[Any]]) -> NDArray[Any]:
        """The rows numbered ``which``, in that order; ``compute`` gives those not known yet."""
        self.learn(which, compute)
        assert self._rows is not None
        found: NDArray[Any] = self._rows.all.take(which, axis=0)
        return found

    def learn(self, which: Rows, compute: Callable[[Rows], NDArray[Any]]) -> None:
        """Compute those of ``which`` that are not known yet."""
        last = int(which.max(initial=-1)) + 1
        self._known.extend(np.zeros(max(last - len(self._known), 0), np.bool_))
        missing = np.unique(which[~self._known.all[which]])
        if len(missing) or self._rows is None:
            parts = cut(missing, CROWD) or [missing]
            fresh = np.concatenate(spread(compute, parts))
            rows = self._rows = self._rows or Column(fresh.dtype, *fresh.shape[1:])
            grown = max(len(self._known) - len(rows), 0)
            rows.extend(np.zeros((grown, *fresh.shape[1:]), fresh.dtype))
            rows.all[missing] = fresh
            self._known.all[missing] = True


class FactsByRow:
    """Facts of rows, described when first asked for and kept."""

    def __init__(self, describe: Callable[[Sequence[Article]], Facts]) -> None:
        self._describe = describe
        self._columns: list[Column | SparseColumn] = []
        self._place = Column(np.int64)  # where the facts of a row lie, -1: not described
        self._count = 0

    def take(self, rows: Rows, articles: Sequence[Article]) -> Facts:
        """Facts of ``rows`` (at least one), in their order; ``articles`` has all rows."""
        self.learn(rows, articles)
        places = self._place.all[rows]
        return Facts(
            *(
                column.all[places] if isinstance(column, Column) else column.take(places)
                for column in self._columns
            )
        )

    def learn(self, rows: Rows, articles: Sequence[Article]) -> None:
        """Describe those of ``rows`` that are not yet."""
        self._place.extend(np.full(max(len(articles) - len(self._place), 0), -1))
        missing = np.unique(rows[self._place.all[rows] < 0])
        parts = cut(missing, DESCRIBED)
        told = spread(lambda part: self._describe([articles[row] for row in part.tolist()]), parts)
        for part, facts in zip(parts, told, strict=True):
            self._put(part, facts)

    def _put(self, rows: Rows, facts: Facts) -> None:
        if not self._columns:
            self._columns = [
                Column(part.dtype) if isinstance(part, np.ndarray) else SparseColumn(part)
                for part in facts
            ]
        for column, part in zip(self._columns, facts, strict=True):
            column.extend(part)
        self._place.all[rows] = np.arange(self._count, self._count + len(rows))
        self._count += len(rows)
