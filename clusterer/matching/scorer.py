"""The pair scorer: shipped weights that turn a pair's columns into a calibrated probability.

A logistic regression, which carries over to other days, and shallow gradient-boosted trees
(Friedman 2001), which see what is not linear, are fitted by ``benchmarks/train_scorer.py`` and
stored as plain arrays; nothing is unpickled and nothing of the trainer is needed here.
"""

from __future__ import annotations

import logging
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.matching.alignment import MOST
from clusterer.matching.facts import Facts
from clusterer.matching.features import FEATURES, features
from clusterer.matching.forest import coded, sums
from clusterer.matching.reference import slug
from clusterer.news import Pairs, Sentences
from clusterer.settings import Settings

logger = logging.getLogger(__name__)

Floats = NDArray[np.float32]
BLOCK = 1 << 17  # pairs described at a time: bounds memory to some hundred MB
CACHED = 2048  # rows that the trees see at a time: they stay in the processor's cache
GENERIC = "generic"  # in the place of an encoder id: the scorer of encoders that have none
FOREST = 0.3  # the trees' share of the log-odds: they see more, and carry over less
HOPELESS = -9.0  # linear log-odds below which no forest was seen to bring a pair above the floor


class Scorer(NamedTuple):
    """A linear model and a forest whose log-odds are mixed, the forest's part being FOREST.

    ``mean``, ``scale``, ``weight`` float32 (f,), ``bias``: the linear half; columns are
    standardised, an unknown value counts as the mean.
    The forest lies in one row of nodes, leaves point to themselves: ``feature`` int16,
    ``threshold`` float32 (a value up to and including it goes left), ``left``/``right`` int32
    node numbers, ``missing`` bool (NaN goes left), ``value`` float32 (log-odds, leaves only),
    each (nodes,); ``roots`` int32 (trees,); ``base`` log-odds before any tree; ``depth`` of
    the deepest leaf. ``slope``/``shift``: calibration, log-odds = slope * mixed + shift.
    """

    mean: Floats
    scale: Floats
    weight: Floats
    feature: NDArray[np.int16]
    threshold: Floats
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    missing: NDArray[np.bool_]
    value: Floats
    roots: NDArray[np.int32]
    bias: float
    base: float
    depth: int
    slope: float
    shift: float

    def linear(self, table: Floats) -> NDArray[np.float64]:
        """Log-odds of the linear half for every row of ``table`` (p, f), float64 (p,)."""
        standard = np.nan_to_num((table - self.mean) / self.scale, copy=False)
        # not BLAS, which rounds by shape: a pair's score must not depend on its company
        weighed = np.einsum("ij,j->i", standard, self.weight, dtype=np.float64)
        return np.asarray(weighed + self.bias)

    def forest(self, table: Floats) -> NDArray[np.float64]:
        """Log-odds of the trees for every row of ``table`` (p, f), float64 (p,)."""
        trees = coded(
            *(self.feature, self.threshold, self.left, self.right),
            *(self.missing, self.value, self.roots),
        )
        if trees is not None:
            return sums(trees, table, self.base)
        rows = np.arange(len(table))
        unknown = np.isnan(table)
        total = np.full(len(table), self.base)
        for root in self.roots:
            node = np.full(len(table), root, np.int32)
            for _ in range(self.depth):
                column = self.feature[node]
                low = table[rows, column] <= self.threshold[node]
                low |= unknown[rows, column] & self.missing[node]
                node = np.where(low, self.left[node], self.right[node])
            total += self.value[node]
        return total

    def probability(self, table: Floats) -> Floats:
        """Calibrated probability of one event, float32 (p,) in (0, 1)."""
        linear = self.linear(table)
        odds = np.full(len(table), HOPELESS)
        hopeful = linear > HOPELESS
        forest = np.concatenate(
            [self.forest(part) for part in _cut(table[hopeful])] or [np.empty(0)]
        )
        both = (1 - FOREST) * linear[hopeful] + FOREST * forest
        odds[hopeful] = self.slope * both + self.shift
        return np.asarray(1 / (1 + np.exp(-odds)), np.float32)


def _cut(table: Floats) -> list[Floats]:
    return [table[start : start + CACHED] for start in range(0, len(table), CACHED)]


def read_scorer(path: Path) -> Scorer:
    """A scorer as ``benchmarks/train_scorer.py`` stored it."""
    with path.open("rb") as stream, np.load(stream) as stored:
        known = tuple(str(name) for name in stored["features"])
        if known != FEATURES:
            raise ValueError(f"{path}: fitted on other columns; run benchmarks/train_scorer.py")
        bias, base, depth, slope, shift = stored["numbers"].tolist()
        arrays = {name: stored[name] for name in Scorer._fields[:10]}
    return Scorer(**arrays, bias=bias, base=base, depth=int(depth), slope=slope, shift=shift)


@cache
def load_scorer(encoder_id: str) -> Scorer:
    """The scorer of an encoder, or the generic one, fitted without language means (warned of)."""
    folder = files("clusterer.data").joinpath("matching")
    own = Path(str(folder.joinpath(f"scorer-{slug(encoder_id)}.npz")))
    if own.is_file():
        return read_scorer(own)
    logger.warning("no scorer for encoder %s: the generic one is used", encoder_id)
    return read_scorer(Path(str(folder.joinpath(f"scorer-{GENERIC}.npz"))))


def score(
    pairs: Pairs,
    sentences: Sentences,
    facts: Facts,
    encoder_id: str,
    settings: Settings,
    scorer: Scorer | None = None,
    crowd: Floats | None = None,
) -> Pairs:
    """Pairs with the probability that both articles report one event; the hopeless are left out.

    ``sentences`` are centred. A score depends on its two articles and shipped tables only.
    Pairs below ``settings.pair_floor`` are dropped; the order of the others is kept.
    ``scorer`` None means the one that ships for the encoder; ``crowd`` is the ``crowding`` of
    ``sentences`` where that is known already.
    """
    scorer = scorer or load_scorer(encoder_id)
    found = np.empty(len(pairs.left), np.float32)
    for start in range(0, len(found), BLOCK):
        part = slice(start, start + BLOCK)
        rows, places = np.unique(
            np.concatenate([pairs.left[part], pairs.right[part]]), return_inverse=True
        )
        left, right = np.split(places.astype(np.int32), 2)
        chosen, bounds = leading(sentences.bounds, rows)
        near = Sentences(sentences.vectors.take(chosen, axis=0), bounds)
        known = None if crowd is None else crowd.take(chosen, axis=0)
        table = features(left, right, near, facts.take(rows), encoder_id, known)
        found[part] = scorer.probability(table)
    keep = found >= settings.pair_floor
    return Pairs(pairs.left[keep], pairs.right[keep], found[keep])


def take(sentences: Sentences, rows: NDArray[np.integer]) -> Sentences:
    """The first sentences (as many as take part) of some articles, in that order."""
    chosen, bounds = leading(sentences.bounds, rows)
    return Sentences(sentences.vectors.take(chosen, axis=0), bounds)


def leading(
    bounds: NDArray[np.int64], rows: NDArray[np.integer]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the sentences of articles lie that take part, one article after the other, and the
    bounds of the articles among them."""
    counts = np.minimum(np.diff(bounds)[rows], MOST)
    ends = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(counts, out=ends[1:])
    within = np.arange(ends[-1]) - np.repeat(ends[:-1], counts)
    return np.repeat(bounds[:-1][rows], counts) + within, ends
