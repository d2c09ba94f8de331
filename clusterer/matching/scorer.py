"""The pair scorer: shipped weights that turn a pair's columns into a calibrated probability.

A logistic regression, which carries over to other days, small networks and shallow trees, which
see what is not linear, are fitted by ``benchmarks/train_scorer.py`` and stored as plain arrays;
nothing is unpickled and nothing of the trainer is needed here.
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
from clusterer.matching.forest import Forest
from clusterer.matching.network import Network
from clusterer.matching.reference import slug
from clusterer.news import Pairs, Sentences
from clusterer.settings import Settings

logger = logging.getLogger(__name__)

Floats = NDArray[np.float32]
BLOCK = 1 << 17  # pairs described at a time: bounds memory to some hundred MB
GENERIC = "generic"  # in the place of an encoder id: the scorer of encoders that have none
# Of linear half, networks and forest, by leave-one-window-out on the sets read into events: pair
# F1 at one cut 0.45 and 0.72 (stream, Telegram) by the linear half alone, 0.44 and 0.74 with a
# forest, 0.48 and 0.74 with networks, 0.49 and 0.75 with both.
SHARES = (0.2, 0.6, 0.2)
FAR = 4.0  # standard units at which a column is cut off for the networks
HOPELESS = -9.0  # linear log-odds below which nothing was seen to bring a pair above the floor


class Scorer(NamedTuple):
    """A linear model, networks and a forest whose log-odds are mixed by SHARES.

    ``mean``, ``scale``, ``weight`` float32 (f,), ``bias``: the linear half; columns are
    standardised, an unknown value counts as the mean. ``slope``/``shift``: calibration,
    log-odds = slope * mixed + shift.
    """

    mean: Floats
    scale: Floats
    weight: Floats
    network: Network
    forest: Forest
    bias: float
    slope: float
    shift: float

    def standard(self, table: Floats) -> Floats:
        """Columns around their means in units of their scales, float32 as ``table`` (p, f)."""
        return np.asarray(np.nan_to_num((table - self.mean) / self.scale, copy=False))

    def linear(self, standard: Floats) -> NDArray[np.float64]:
        """Log-odds of the linear half for standardised rows (p, f), float64 (p,)."""
        # not BLAS, which rounds by shape: a pair's score must not depend on its company
        weighed = np.einsum("ij,j->i", standard, self.weight, dtype=np.float64)
        return np.asarray(weighed + self.bias)

    def probability(self, table: Floats) -> Floats:
        """Calibrated probability of one event, float32 (p,) in (0, 1)."""
        standard = self.standard(table)
        linear = self.linear(standard)
        odds = np.full(len(table), HOPELESS)
        hopeful = linear > HOPELESS
        network = self.network.log_odds(np.clip(standard[hopeful], -FAR, FAR))
        forest = self.forest.log_odds(table[hopeful])
        odds[hopeful] = self.slope * mix(linear[hopeful], network, forest) + self.shift
        return np.asarray(1 / (1 + np.exp(-odds)), np.float32)


Odds = NDArray[np.float64]


def mix(linear: Odds, network: Odds, forest: Odds) -> Odds:
    """The three parts' log-odds in their shares."""
    return SHARES[0] * linear + SHARES[1] * network + SHARES[2] * forest


def read_scorer(path: Path) -> Scorer:
    """A scorer as ``benchmarks/train_scorer.py`` stored it."""
    with path.open("rb") as stream, np.load(stream) as stored:
        known = tuple(str(name) for name in stored["features"])
        if known != FEATURES:
            raise ValueError(f"{path}: fitted on other columns; run benchmarks/train_scorer.py")
        bias, base, slope, shift = stored["numbers"].tolist()
        network = Network(*(stored[name] for name in Network._fields))
        forest = Forest._make((*(stored[name] for name in Forest._fields[:7]), base))
        mean, scale, weight = (stored[name] for name in ("mean", "scale", "weight"))
    return Scorer(mean, scale, weight, network, forest, bias, slope, shift)


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
