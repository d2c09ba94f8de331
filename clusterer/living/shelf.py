"""Articles by row, with everything that was computed of them: arrays in, arrays out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from clusterer.grouping import Linkage
from clusterer.living.chronicle import Arrival
from clusterer.living.growing import Column, FactsByRow, Known
from clusterer.living.ties import Ties
from clusterer.matching import Facts, crowding, describe, leading
from clusterer.matching.shelves import Batch, Shelves, batch_of
from clusterer.news import Article, Credit, Limit, Pairs, Sentences
from clusterer.settings import Settings
from clusterer.sources.genealogy import Translations

Rows = NDArray[np.int64]

HOUR = timedelta(hours=1)
# Rows that are gone are cleared away when they are this many and half of all.
CLUTTER = 1000


class Shelf:
    """Rows of articles. A row keeps its number while it lives; see ``tidied`` for the end.

    ``ties`` are the scored pairs, ``linkage`` is how rows were grouped by them, as far as that
    was done since the shelf was made; sentences are centred.
    """

    def __init__(self, dimension: int) -> None:
        self.articles: list[Article] = []
        self.credits: list[tuple[Credit, ...]] = []
        self.rows: dict[str, int] = {}
        self.copies: Counter[int] = Counter()  # how many living articles say the same words
        self.ties = Ties()
        self.linkage: Linkage | None = None
        self.translations = Translations()
        self._dimension = dimension
        self._keys = Column(np.int64)
        self._vectors = Column(np.float32, dimension)
        self._bounds = Column(np.int64)
        self._bounds.extend(np.zeros(1, np.int64))
        self._facts = FactsByRow(describe)
        self._crowds = Known()
        self._days = Shelves(dimension)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def sentences(self) -> Sentences:
        """Of all rows, those that are gone included; a view until the next ``put``."""
        return Sentences(self._vectors.all, self._bounds.all)

    @property
    def keys(self) -> NDArray[np.int64]:
        """The key of every row, as its ``Arrival`` has it."""
        return self._keys.all

    def article(self, id: str) -> Article:
        return self.articles[self.rows[id]]

    def living(self) -> Iterator[Article]:
        """Every article that is here, by id."""
        return (self.articles[self.rows[id]] for id in sorted(self.rows))

    def ids(self, rows: Iterable[int]) -> list[str]:
        return [self.articles[row].id for row in rows]

    def rows_of(self, ids: Iterable[str]) -> Rows:
        """Rows of ``ids``, in their order. Raises KeyError."""
        return np.array([self.rows[id] for id in ids], dtype=np.int64)

    def put(self, arrivals: Sequence[Arrival], sentences: Sentences) -> tuple[Rows, Batch]:
        """Append rows with their centred ``sentences``; their numbers, and what finds them."""
        first = len(self.articles)
        self.articles.extend(arrival.article for arrival in arrivals)
        self.credits.extend(arrival.credits for arrival in arrivals)
        self.rows.update((arrival.article.id, first + k) for k, arrival in enumerate(arrivals))
        self.copies.update(spoken(arrival.article) for arrival in arrivals)
        self._keys.extend(np.array([arrival.key for arrival in arrivals], np.int64))
        self._bounds.extend(len(self._vectors) + sentences.bounds[1:])
        self._vectors.extend(sentences.vectors)
        rows = np.arange(first, len(self.articles), dtype=np.int64)
        batch = batch_of(sentences, *times_of(self.articles[first:]))
        self._days.put(rows, batch)
        return rows, batch

    def drop(self, ids: Sequence[str]) -> Rows:
        """Let articles go; their rows, which nothing finds any more."""
        rows = np.array([self.rows.pop(id) for id in ids], np.int64)
        self.copies.subtract(spoken(self.articles[row]) for row in rows.tolist())
        self.ties.drop(rows)
        self._days.drop(rows)
        return rows

    def candidates(self, rows: Rows, batch: Batch, settings: Settings) -> Pairs:
        """Pairs of ``rows``, the last that were put, with all that is here, worth scoring."""
        found = self._days.candidates(rows, batch, settings)
        for row, count in found.crowded.items():
            told = Limit("max_neighbours", count)
            self.articles[row] = self.articles[row].limited(told)
        return found.pairs

    def nearest(self, vector: NDArray[np.float32], count: int) -> tuple[Rows, NDArray[np.float32]]:
        """The ``count`` rows that resemble a centred unit vector most, and their cosines."""
        return self._days.nearest(vector, count)

    def facts(self, rows: Rows) -> Facts:
        return self._facts.take(rows, self.articles)

    def leads(self, rows: Rows, encoder_id: str) -> tuple[Sentences, NDArray[np.float32]]:
        """The sentences of ``rows`` by which pairs are judged, and how crowded each is."""
        vectors = self._vectors.all
        chosen, bounds = leading(self._bounds.all, rows)
        crowd = self._crowds.take(chosen, lambda new: crowding(vectors[new], encoder_id))
        return Sentences(vectors.take(chosen, axis=0), bounds), crowd

    def learn(self, rows: Rows, encoder_id: str) -> None:
        """Find out what pairs of ``rows`` are judged by, beforehand."""
        vectors = self._vectors.all
        chosen, _ = leading(self._bounds.all, rows)
        self._crowds.learn(chosen, lambda new: crowding(vectors[new], encoder_id))
        self._facts.learn(rows, self.articles)

    def tidied(self) -> Shelf:
        """A shelf of the living alone, under new row numbers; their facts are forgotten."""
        rows = np.sort(self.rows_of(self.rows))
        none = np.empty((0, self._dimension), np.float32)
        arrivals = [
            Arrival(int(self.keys[row]), self.articles[row], self.credits[row], none)
            for row in rows.tolist()
        ]
        fresh = Shelf(self._dimension)
        fresh.put(arrivals, slice_sentences(self.sentences, rows))
        fresh.ties.tie(self.ties.among(rows))
        return fresh

    def cluttered(self) -> bool:
        """Whether so many rows are gone that it pays to begin anew with the living."""
        gone = len(self.articles) - len(self.rows)
        return gone > max(CLUTTER, len(self.rows))


def spoken(article: Article) -> int:
    """A number for what an article says, furniture around it aside; of this process only."""
    return hash(article.span.of(article.text))


def times_of(articles: Sequence[Article]) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Hours since 1970 and hours on either side, NaN where unknown; as ``Facts`` has them."""
    told = [article.published for article in articles]
    at = [np.nan if each is None else each.at.timestamp() / 3600 for each in told]
    spread = [np.nan if each is None else each.uncertainty / HOUR for each in told]
    return np.array(at, np.float64), np.array(spread, np.float32)


def slice_sentences(sentences: Sentences, rows: Rows) -> Sentences:
    """The sentences of ``rows``, in their order, as a batch of its own."""
    starts, ends = sentences.bounds[rows], sentences.bounds[rows + 1]
    bounds = np.concatenate([[0], np.cumsum(ends - starts)]).astype(np.int64)
    shift = np.repeat(starts - bounds[:-1], ends - starts)
    return Sentences(sentences.vectors[np.arange(bounds[-1]) + shift], bounds)
