"""Labelled pairs of every set with their columns: what the pair scorer is fitted on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks import cuts, data
from benchmarks.unlike import Unlike, unlike
from benchmarks.vectors import centred_vectors
from clusterer.encoding import Encoder
from clusterer.matching import Facts, candidates, describe
from clusterer.matching.features import features
from clusterer.news import Article, Sentences
from clusterer.settings import Settings

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

SAME_STORY, OTHER_STORY = 1.75, 2.5  # SemEval means: at most is one event, at least is another
# Judged sets hold about as many same pairs as others; among candidates others are far more.
SEMEVAL, ANS, NTREX, OTHERS = 2.0, 0.3, 0.5, 15.0  # weights of a set's pairs, and of its negatives
UNLIKE, APART = 6_000, 1.0  # pairs with a common end and without, and the weight of each


class Table(NamedTuple):
    """Pairs of one set with their columns, truth, weight and fold (rows of a fold go together);
    of a set read into events also its articles and where the pairs lie in them.
    ``articles`` are those of any set, ``left`` and ``right`` (p,) its pairs' rows."""

    name: str
    x: Floats
    y: Bools
    weight: NDArray[np.float64]
    fold: Ints
    articles: list[Article]
    left: Ints
    right: Ints
    read: cuts.Read | None = None


class Sight(NamedTuple):
    """How articles are looked at: ``columns`` is the encoder id that features are made for."""

    encoder: Encoder
    cache: Path | None
    columns: str

    def of(self, articles: list[Article]) -> tuple[Facts, Sentences]:
        """Facts and centred sentence vectors of articles."""
        facts = describe(articles)
        return facts, centred_vectors(articles, facts, self.encoder, self.cache)


def event_table(
    labelled: data.Labelled, sight: Sight, known: frozenset[str] = frozenset()
) -> Table:
    """Candidate pairs inside windows; a huge event's pairs count no more than its articles.

    Pairs of two articles whose ids are ``known`` are left out: another set teaches them.
    """
    facts, sentences = sight.of(labelled.articles)
    pairs = candidates(sentences, facts, Settings())
    left, right = pairs.left.astype(np.int64), pairs.right.astype(np.int64)
    old = np.array([article.id in known for article in labelled.articles])
    inside = (labelled.window[left] == labelled.window[right]) & ~(old[left] & old[right])
    left, right = left[inside], right[inside]
    x = features(left.astype(np.int32), right.astype(np.int32), sentences, facts, sight.columns)
    y = labelled.event[left] == labelled.event[right]
    size = np.bincount(labelled.event)[labelled.event]
    weight = np.where(y, np.minimum(1.0, 8.0 / np.maximum(size[left], 1)), 1.0)
    read = cuts.Read(labelled, left, right)
    fold, articles = labelled.window[left], labelled.articles
    return Table(labelled.name, x, y, weight, fold, articles, left, right, read)


def translation_table(labelled: data.Labelled, sight: Sight) -> Table:
    """NTREX: translations and the candidates that are none, sampled; folds are reports."""
    labelled = data.every_fourth(labelled)
    facts, sentences = sight.of(labelled.articles)
    pairs = candidates(sentences, facts, Settings())
    y = labelled.event[pairs.left] == labelled.event[pairs.right]
    draw = np.random.default_rng(5)
    keep = draw.random(len(y)) < np.where(y, 1500 / max(y.sum(), 1), 7000 / max((~y).sum(), 1))
    left, right = pairs.left[keep], pairs.right[keep]
    x = features(left, right, sentences, facts, sight.columns)
    fold = np.minimum(labelled.event[left], labelled.event[right]) % 5
    weight = NTREX * np.where(y[keep], 1.0, OTHERS)
    return Table(labelled.name, x, y[keep], weight, fold, labelled.articles, left, right)


def unlike_table(found: Unlike, sight: Sight) -> Table:
    """Candidates among reports that are surely not of one event; none of them is the same."""
    facts, sentences = sight.of(found.articles)
    left, right, _ = candidates(sentences, facts, Settings())
    apart = found.event[left] != found.event[right]
    ended = (found.end[left] == found.end[right]) & (found.end[left] >= 0)
    ended &= facts.language[left] == facts.language[right]
    draw = np.random.default_rng(7)
    drawn = [draw.permutation(np.flatnonzero(apart & of))[:UNLIKE] for of in (ended, ~ended)]
    chosen = np.sort(np.concatenate(drawn))
    left, right = left[chosen], right[chosen]
    x = features(left, right, sentences, facts, sight.columns)
    none = np.zeros(len(left), bool)
    weight = np.full(len(left), APART)
    return Table("unlike", x, none, weight, left % 5, found.articles, left, right)


def judged_table(
    judged: data.Judged,
    verdict: Callable[[NDArray[np.float64]], tuple[Bools, Bools]],
    heft: float,
    sight: Sight,
) -> Table:
    """Human verdicts on pairs; ``verdict`` gives (same event, clear enough to learn from)."""
    facts, sentences = sight.of(judged.articles)
    same, clear = verdict(judged.value)
    left, right = judged.left[clear], judged.right[clear]
    x = features(left.astype(np.int32), right.astype(np.int32), sentences, facts, sight.columns)
    folds = linked_folds(len(judged.articles), judged.left, judged.right)
    weight = heft * np.where(same[clear], 1.0, OTHERS)
    fold = folds[left]
    return Table(judged.name, x, same[clear], weight, fold, judged.articles, left, right)


def linked_folds(n: int, left: Ints, right: Ints, count: int = 5) -> Ints:
    """A fold for every row such that rows tied by any pair share it."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(n, n))
    _, component = connected_components(graph, directed=False)
    return component.astype(np.int64) % count


def semeval_verdict(value: NDArray[np.float64]) -> tuple[Bools, Bools]:
    return value <= SAME_STORY, (value <= SAME_STORY) | (value >= OTHER_STORY)


def ans_verdict(value: NDArray[np.float64]) -> tuple[Bools, Bools]:
    return value > 0, np.ones(len(value), bool)


SETS: dict[str, Callable[[Path, Sight], Table]] = {
    "stream/train": lambda folder, sight: event_table(data.events(folder, "stream/train"), sight),
    "telegram/train": lambda folder, sight: event_table(
        data.events(folder, "telegram/train"), sight
    ),
    "stream/read": lambda folder, sight: event_table(
        data.read_events(folder, "stream/read"),
        sight,
        frozenset(article.id for article in data.events(folder, "stream/train").articles),
    ),
    "telegram/read": lambda folder, sight: event_table(
        data.read_events(folder, "telegram/read"), sight
    ),
    "semeval": lambda folder, sight: judged_table(
        data.semeval(folder), semeval_verdict, SEMEVAL, sight
    ),
    "ans": lambda folder, sight: judged_table(data.ans(folder), ans_verdict, ANS, sight),
    "ntrex": lambda folder, sight: translation_table(data.ntrex(folder), sight),
    "unlike": lambda folder, sight: unlike_table(unlike(folder), sight),
}
