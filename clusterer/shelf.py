"""Articles by row, with everything that was computed of them: arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from clusterer.matching import Facts, join
from clusterer.news import Article, Credit, Pairs, Sentences

Rows = NDArray[np.int64]


def no_pairs() -> Pairs:
    return Pairs(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32))


class Shelf:
    """Rows of articles. A row number is valid until the next ``drop``.

    ``sentences`` are centred; ``facts`` is None while the shelf is empty.
    """

    def __init__(self, dimension: int) -> None:
        self.articles: list[Article] = []
        self.credits: list[tuple[Credit, ...]] = []
        self.rows: dict[str, int] = {}
        self.sentences = Sentences(np.empty((0, dimension), np.float32), np.zeros(1, np.int64))
        self.facts: Facts | None = None
        self.pairs = no_pairs()

    def __len__(self) -> int:
        return len(self.articles)

    def article(self, id: str) -> Article:
        return self.articles[self.rows[id]]

    def ids(self, rows: Iterable[int]) -> list[str]:
        return [self.articles[row].id for row in rows]

    def rows_of(self, ids: Iterable[str]) -> Rows:
        """Rows of ``ids``, in their order. Raises KeyError."""
        return np.array([self.rows[id] for id in ids], dtype=np.int64)

    def put(
        self,
        articles: Sequence[Article],
        credits: Sequence[tuple[Credit, ...]],
        sentences: Sentences,
        facts: Facts,
    ) -> Rows:
        """Append rows; returns their numbers."""
        first = len(self)
        self.articles.extend(articles)
        self.credits.extend(credits)
        self.rows.update((article.id, first + k) for k, article in enumerate(articles))
        old = self.sentences
        self.sentences = Sentences(
            np.concatenate([old.vectors, sentences.vectors]),
            np.concatenate([old.bounds, old.bounds[-1] + sentences.bounds[1:]]),
        )
        self.facts = facts if self.facts is None else join([self.facts, facts])
        return np.arange(first, len(self), dtype=np.int64)

    def tie(self, pairs: Pairs) -> None:
        """Append scored pairs."""
        self.pairs = Pairs(
            *(np.concatenate(columns) for columns in zip(self.pairs, pairs, strict=True))
        )

    def drop(self, rows: Rows) -> None:
        """Take rows away; those behind them move up."""
        keep = np.ones(len(self), dtype=bool)
        keep[rows] = False
        moved = np.cumsum(keep) - 1
        sizes = np.diff(self.sentences.bounds)
        self.sentences = Sentences(
            self.sentences.vectors[np.repeat(keep, sizes)],
            np.concatenate([[0], np.cumsum(sizes[keep])]).astype(np.int64),
        )
        left, right, score = self.pairs
        alive = keep[left] & keep[right]
        self.pairs = Pairs(
            moved[left[alive]].astype(np.int32), moved[right[alive]].astype(np.int32), score[alive]
        )
        kept = np.flatnonzero(keep)
        self.facts = None if self.facts is None or not len(kept) else self.facts.take(kept)
        self.articles = [self.articles[row] for row in kept.tolist()]
        self.credits = [self.credits[row] for row in kept.tolist()]
        self.rows = {article.id: row for row, article in enumerate(self.articles)}

    def reach(self, rows: Rows, links: Iterable[tuple[str, str]]) -> Rows:
        """``rows`` and every row that scored pairs or ``links`` tie to them, in id order."""
        count = len(self)
        if not len(rows):
            return rows
        tied = [(self.rows[a], self.rows[b]) for a, b in links if {a, b} <= self.rows.keys()]
        extra = np.array(tied, dtype=np.int64).reshape(-1, 2)
        left = np.concatenate([self.pairs.left, extra[:, 0]])
        right = np.concatenate([self.pairs.right, extra[:, 1]])
        graph = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(count, count))
        _, component = connected_components(graph, directed=False)
        found = np.flatnonzero(np.isin(component, np.unique(component[rows])))
        ids = self.ids(found)
        return found[sorted(range(len(found)), key=ids.__getitem__)]

    def pairs_among(self, rows: Rows) -> Pairs:
        """The pairs inside ``rows``, renumbered to positions in it, in a fixed order."""
        place = np.full(len(self), -1, dtype=np.int32)
        place[rows] = np.arange(len(rows), dtype=np.int32)
        a, b = place[self.pairs.left], place[self.pairs.right]
        inside = (a >= 0) & (b >= 0)
        low, high = np.minimum(a, b)[inside], np.maximum(a, b)[inside]
        order = np.lexsort((high, low))
        return Pairs(low[order], high[order], self.pairs.score[inside][order])
