"""The pair scorer: shipped trees that turn a pair's columns into a calibrated probability.

Gradient-boosted trees (Friedman 2001) are fitted by ``benchmarks/train_scorer.py`` and stored
as plain arrays; nothing is unpickled and nothing of the trainer is needed here.
"""

from __future__ import annotations

import logging
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.matching.facts import Facts
from clusterer.matching.features import FEATURES, features
from clusterer.matching.reference import slug
from clusterer.news import Pairs, Sentences
from clusterer.settings import Settings

logger = logging.getLogger(__name__)

Floats = NDArray[np.float32]
BLOCK = 1 << 17  # pairs described at a time: bounds memory to some hundred MB


class Trees(NamedTuple):
    """A forest in one row of nodes; roots first. Leaves point to themselves.

    ``feature`` int16, ``threshold`` float32 (a value up to and including it goes left),
    ``left``/``right`` int32 absolute node numbers, ``missing`` bool (NaN goes left),
    ``value`` float32 (log-odds, leaves only), each (nodes,). ``roots`` int32 (t,).
    ``base`` log-odds of a pair before any tree; ``depth`` of the deepest leaf.
    ``scale``/``shift``: calibration, probability = sigmoid(scale * margin + shift).
    """

    feature: NDArray[np.int16]
    threshold: Floats
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    missing: NDArray[np.bool_]
    value: Floats
    roots: NDArray[np.int32]
    base: float
    depth: int
    scale: float
    shift: float

    def margin(self, table: Floats) -> NDArray[np.float64]:
        """Log-odds of every row of ``table`` (p, f), float64 (p,)."""
        rows = np.arange(len(table))
        total = np.full(len(table), self.base)
        for root in self.roots:
            node = np.full(len(table), root, np.int32)
            for _ in range(self.depth):
                value = table[rows, self.feature[node]]
                goes_left = (value <= self.threshold[node]) | (np.isnan(value) & self.missing[node])
                node = np.where(goes_left, self.left[node], self.right[node])
            total += self.value[node]
        return total

    def probability(self, table: Floats) -> Floats:
        """Calibrated probability of one event, float32 (p,) in (0, 1)."""
        margin = self.scale * self.margin(table) + self.shift
        return (1 / (1 + np.exp(-margin))).astype(np.float32)


def read_trees(path: Path) -> Trees:
    """Trees as ``benchmarks/train_scorer.py`` stored them."""
    with path.open("rb") as stream, np.load(stream) as stored:
        known = tuple(str(name) for name in stored["features"])
        if known != FEATURES:
            raise ValueError(f"{path}: fitted on other columns; run benchmarks/train_scorer.py")
        base, depth, scale, shift = stored["numbers"].tolist()
        arrays = [stored[name] for name in Trees._fields[:7]]
    return Trees(*arrays, float(base), int(depth), float(scale), float(shift))


@cache
def load_trees(encoder_id: str) -> Trees:
    """The scorer of an encoder, or the generic one, which uses no language means (warned of)."""
    folder = files("clusterer.data").joinpath("matching")
    own = Path(str(folder.joinpath(f"scorer-{slug(encoder_id)}.npz")))
    if own.is_file():
        return read_trees(own)
    logger.warning("no scorer for encoder %s: the generic one is used", encoder_id)
    return read_trees(Path(str(folder.joinpath("scorer-generic.npz"))))


def score(
    pairs: Pairs, sentences: Sentences, facts: Facts, encoder_id: str, settings: Settings
) -> Pairs:
    """Pairs with the probability that both articles report one event; the hopeless are left out.

    ``sentences`` are centred. A score depends on its two articles and shipped tables only.
    Pairs below ``settings.pair_floor`` are dropped; the order of the others is kept.
    """
    trees = load_trees(encoder_id)
    found = np.empty(len(pairs.left), np.float32)
    for start in range(0, len(found), BLOCK):
        part = slice(start, start + BLOCK)
        rows, places = np.unique(
            np.concatenate([pairs.left[part], pairs.right[part]]), return_inverse=True
        )
        left, right = np.split(places.astype(np.int32), 2)
        table = features(left, right, take(sentences, rows), facts.take(rows), encoder_id)
        found[part] = trees.probability(table)
    keep = found >= settings.pair_floor
    return Pairs(pairs.left[keep], pairs.right[keep], found[keep])


def take(sentences: Sentences, rows: NDArray[np.integer]) -> Sentences:
    """The first sentences (as many as take part) of some articles, in that order."""
    from clusterer.matching.alignment import MOST

    counts = np.minimum(np.diff(sentences.bounds)[rows], MOST)
    bounds = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(counts, out=bounds[1:])
    within = np.arange(bounds[-1]) - np.repeat(bounds[:-1], counts)
    return Sentences(
        sentences.vectors[np.repeat(sentences.bounds[:-1][rows], counts) + within], bounds
    )
