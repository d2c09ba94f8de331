"""Articles by row, with everything that was computed of them: arrays in, arrays out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from clusterer.grouping import Linkage
from clusterer.living.chronicle import Arrival
from clusterer.living.crowds import Crowds
from clusterer.living.growing import Column, FactsByRow, Known
from clusterer.living.spreading import cut, processes, spread
from clusterer.living.ties import Drawn, Ties, joined, no_pairs, taken
from clusterer.matching import Facts, crowding, describe, leading
from clusterer.matching.glance import Glance
from clusterer.matching.index import batch_of
from clusterer.matching.shelves import FEWEST, FOUND, Shelves, searchable
from clusterer.news import Article, Credit, Limit, Sentences
from clusterer.settings import Settings
from clusterer.sources.translations import Translations

Rows = NDArray[np.int64]

HOUR = timedelta(hours=1)
# Rows that are gone are cleared away when they are this many and half of all.
CLUTTER = 1000
SEARCHED = 4096  # rows whose neighbours are looked for before any is used


class Shelf:
    """Rows of articles. A row keeps its number while it lives; see ``tidied`` for the end.

    ``ties`` are the scored pairs, ``linkage`` is how rows were grouped by them, as far as that
    was done since the shelf was made; sentences are centred, and kept as float16, which loses
    nothing of them: vectors are most of what a busy monitor holds. ``glance`` says which pairs
    are worth scoring, None: all that are alike.
    """

    def __init__(self, dimension: int, glance: Glance | None = None) -> None:
        self.articles: list[Article] = []
        self.credits: list[tuple[Credit, ...]] = []
        self.rows: dict[str, int] = {}
        self.copies: Counter[int] = Counter()  # how many living articles say the same words
        self.ties = Ties()
        self.crowds = Crowds()
        self.linkage: Linkage | None = None
        self.translations = Translations()
        self._dimension, self._glance = dimension, glance
        self._keys = Column(np.int64)
        self._vectors = Column(np.float16, dimension)
        self._bounds = Column(np.int64)
        self._bounds.extend(np.zeros(1, np.int64))
        self._facts = FactsByRow(describe)
        self._crowds = Known()
        self._days = Shelves(dimension, glance)

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
        """Every article that is here, by id; sorted when the first is asked for."""
        for id in sorted(self.rows):
            yield self.articles[self.rows[id]]

    def ids(self, rows: Iterable[int]) -> list[str]:
        return [self.articles[row].id for row in rows]

    def rows_of(self, ids: Iterable[str]) -> Rows:
        """Rows of ``ids``, in their order. Raises KeyError."""
        return np.array([self.rows[id] for id in ids], dtype=np.int64)

    def reserve(self, sentences: int) -> None:
        """Make room for so many sentences more, that are about to be put."""
        self._vectors.reserve(sentences)

    def put(self, arrivals: Sequence[Arrival], sentences: Sentences) -> Rows:
        """Append rows with their centred ``sentences``; their numbers."""
        first = len(self.articles)
        self.articles.extend(arrival.article for arrival in arrivals)
        self.credits.extend(arrival.credits for arrival in arrivals)
        self.rows.update((arrival.article.id, first + k) for k, arrival in enumerate(arrivals))
        self.copies.update(spoken(arrival.article) for arrival in arrivals)
        self.crowds.put([arrival.article.id for arrival in arrivals])
        self._keys.extend(np.array([arrival.key for arrival in arrivals], np.int64))
        self._bounds.extend(len(self._vectors) + sentences.bounds[1:])
        self._vectors.extend(sentences.vectors)
        rows = np.arange(first, len(self.articles), dtype=np.int64)
        self._days.put(rows, batch_of(sentences, *times_of(self.articles[first:])))
        return rows

    def drop(self, ids: Sequence[str], settings: Settings | None = None) -> Rows:
        """Let articles go; their rows, which nothing finds any more.

        With ``settings`` they are counted out of their neighbours.
        """
        rows = np.array([self.rows.pop(id) for id in ids], np.int64)
        self.copies.subtract(spoken(self.articles[row]) for row in rows.tolist())
        self.ties.drop(rows)
        self._days.drop(rows)
        if settings is not None and (self.crowds.counting or self.crowds.depth.any()):
            self._count_out(rows, settings)
        return rows

    def _count_out(self, rows: Rows, settings: Settings) -> None:
        """The neighbours of rows that went have fewer now; crowds that were not counted are."""
        crowds = self.crowds
        fewer = [np.empty(0, np.int64)]
        for other, row, cosine in self._near(rows, settings):
            level, _ = crowds.levels(other, row, cosine)
            missing = crowds.uncounted(other)
            fewer += [crowds.count(other, level, -1), missing[crowds.depth[missing] > 0]]
        left = np.unique(np.concatenate(fewer))
        self._count_before(crowds.uncounted(left), len(self.articles), settings)
        crowds.settle(left, settings.max_neighbours)

    def candidates(self, rows: Rows, settings: Settings, first: int) -> Drawn:
        """Pairs of ``rows`` with all before them that are worth scoring, as far as can be told.

        ``first`` is the first of the rows that were put last; ``rows`` rise. Rows after them may
        make crowds denser, and fewer pairs worth scoring.
        """
        crowds, most = self.crowds, settings.max_neighbours
        # with so few no one has too many; what is counted already must be counted on
        many = len(self.rows) > most or crowds.counting
        if many:
            crowds.begin(crowds.uncounted(rows))
        parts, met, waiting = [Drawn.always(no_pairs())], [rows[:0]], 0
        for left, right, cosine in self._before(rows, settings):
            level, grade = crowds.levels(left, right, cosine)
            if many:
                self._count_before(crowds.uncounted(left), first, settings)
                met += [crowds.count(left, level), crowds.count(right, level)]
            parts.append(_drawn(left, right, level, grade, crowds))
            waiting += len(parts[-1].left)
            if waiting > FOUND:  # deeper crowds let some of them go
                crowds.settle(np.unique(np.concatenate(met)), most)
                parts, met, waiting = [self.reached(joined(parts))], [rows[:0]], 0
        crowds.settle(np.unique(np.concatenate(met)), most)
        found = self.reached(joined(parts))
        return taken(found, np.lexsort((found.right, found.left)))

    def reached(self, pairs: Drawn) -> Drawn:
        """Those of some pairs that are worth scoring as crowds are now."""
        return taken(pairs, _reached(pairs, self.crowds))

    def _before(
        self, rows: Rows, settings: Settings
    ) -> Iterator[tuple[Rows, Rows, NDArray[np.float32]]]:
        """(earlier row, row, cosine) of ``rows``, which rise, looked for on all cores.

        In a crowd fewer rows are looked at before what was found is used up.
        """

        def found(some: Rows) -> list[tuple[Rows, Rows, NDArray[np.float32]]]:
            return list(self._days.near(some, self._days.batch(some), settings))

        start, size = 0, FEWEST
        while start < len(rows):
            wave, count = rows[start : start + size], 0
            each = max(-(-len(wave) // processes()), FEWEST)
            for parts in spread(found, cut(wave, each)):
                for part in parts:
                    count += len(part[0])
                    yield part
            start += size
            size = searchable(count, len(wave), SEARCHED)

    def missing(self, rows: Rows, settings: Settings) -> Drawn:
        """Pairs of ``rows`` that are worth scoring and are no ties."""
        parts = [Drawn.always(no_pairs())]
        for other, row, cosine in self._near(rows, settings):
            level, grade = self.crowds.levels(other, row, cosine)
            ends = np.minimum(other, row), np.maximum(other, row)
            parts.append(_drawn(*ends, level, grade, self.crowds))
        found = joined(parts)
        _, tied = self.ties.around(rows)
        known = _numbers(np.minimum(tied.left, tied.right), np.maximum(tied.left, tied.right))
        numbers, places = np.unique(_numbers(found.left, found.right), return_index=True)
        return taken(found, places[~np.isin(numbers, known)])

    def _count_before(self, rows: Rows, first: int, settings: Settings) -> None:
        """Begin to count rows, which have the neighbours that are here before ``first``."""
        if len(rows):
            self.crowds.begin(rows)
            for other, row, cosine in self._near(rows, settings, first):
                level, _ = self.crowds.levels(other, row, cosine)
                self.crowds.count(row, level)

    def _near(
        self, rows: Rows, settings: Settings, below: int | None = None
    ) -> Iterator[tuple[Rows, Rows, NDArray[np.float32]]]:
        """(other, row, cosine) of rows that were put before, with all others that are here."""
        told = times_of([self.articles[row] for row in rows.tolist()])
        batch = batch_of(slice_sentences(self.sentences, rows), *told)
        every = np.full(len(rows), len(self.articles) if below is None else below)
        return self._days.near(rows, batch, settings, every)

    def limited(self, id: str) -> Article:
        """An article with its limits, those included that others here bring about."""
        row = self.rows[id]
        found = int(self.crowds.found[row])
        article = self.articles[row]
        return article.limited(Limit("max_neighbours", found)) if found else article

    def nearest(self, vector: NDArray[np.float32], count: int) -> tuple[Rows, NDArray[np.float32]]:
        """The ``count`` rows that resemble a centred unit vector most, and their cosines."""
        return self._days.nearest(vector, count)

    def facts(self, rows: Rows) -> Facts:
        return self._facts.take(rows, self.articles)

    def leads(self, rows: Rows, encoder_id: str) -> tuple[Sentences, NDArray[np.float32]]:
        """The sentences of ``rows`` by which pairs are judged, and how crowded each is."""
        chosen, bounds = leading(self._bounds.all, rows)
        crowd = self._crowds.take(chosen, lambda new: self._crowding(new, encoder_id))
        return Sentences(self._sentences(chosen), bounds), crowd

    def learn(self, rows: Rows, encoder_id: str) -> None:
        """Find out what pairs of ``rows`` are judged by, beforehand."""
        chosen, _ = leading(self._bounds.all, rows)
        self._crowds.learn(chosen, lambda new: self._crowding(new, encoder_id))
        self._facts.learn(rows, self.articles)

    def _crowding(self, which: Rows, encoder_id: str) -> NDArray[np.float32]:
        return crowding(self._sentences(which), encoder_id)

    def _sentences(self, which: Rows) -> NDArray[np.float32]:
        return self._vectors.all.take(which, axis=0).astype(np.float32)

    def tidied(self) -> Shelf:
        """A shelf of the living alone, under new row numbers; their facts are forgotten."""
        rows = np.sort(self.rows_of(self.rows))
        none = np.empty((0, self._dimension), np.float32)
        arrivals = [
            Arrival(int(self.keys[row]), self.articles[row], self.credits[row], none)
            for row in rows.tolist()
        ]
        fresh = Shelf(self._dimension, self._glance)
        fresh.put(arrivals, slice_sentences(self.sentences, rows))
        fresh.crowds = self.crowds.take(rows)
        fresh.ties.deepen(np.arange(len(rows)), self.crowds.depth[rows])
        fresh.ties.tie(self.ties.drawn_among(rows))
        return fresh

    def cluttered(self) -> bool:
        """Whether so many rows are gone that it pays to begin anew with the living."""
        gone = len(self.articles) - len(self.rows)
        return gone > max(CLUTTER, len(self.rows))


def _drawn(
    left: Rows, right: Rows, level: NDArray[np.int8], grade: NDArray[np.int8], crowds: Crowds
) -> Drawn:
    """Unscored pairs, those left out that are not drawn."""
    short = left.astype(np.int32), right.astype(np.int32)
    found = Drawn(*short, np.zeros(len(left), np.float32), level, grade)
    return taken(found, _reached(found, crowds))


def _reached(pairs: Drawn, crowds: Crowds) -> NDArray[np.bool_]:
    depth = crowds.depth
    reached: NDArray[np.bool_] = pairs.level >= np.minimum(depth[pairs.left], depth[pairs.right])
    return reached


def _numbers(left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int64]:
    return (left.astype(np.int64) << 32) | right


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
    vectors = sentences.vectors[np.arange(bounds[-1]) + shift]
    return Sentences(vectors.astype(np.float32, copy=False), bounds)
