"""Measures of a partition and of a score against labels, written out plainly.

Labels are integer arrays (n,), one row per article; a partition is compared only inside its
``window`` where windows were labelled apart. Pairs are unordered, left < right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class Score(NamedTuple):
    precision: float
    recall: float
    f1: float


def _score(precision: float, recall: float) -> Score:
    total = precision + recall
    return Score(precision, recall, 2 * precision * recall / total if total else 0.0)


def pair_counts(found: NDArray[np.bool_], true: NDArray[np.bool_]) -> Score:
    """Precision, recall, F1 of yes/no answers over one list of pairs; empty counts as 0."""
    hit = float((found & true).sum())
    return _score(hit / max(found.sum(), 1), hit / max(true.sum(), 1))


def all_pairs(n: int, window: Ints | None = None) -> tuple[Ints, Ints]:
    """Every unordered pair of rows, (p,), (p,); only inside a window where windows are given."""
    left, right = np.triu_indices(n, 1)
    if window is not None:
        inside = window[left] == window[right]
        left, right = left[inside], right[inside]
    return left.astype(np.int64), right.astype(np.int64)


def b_cubed(found: Ints, true: Ints, rows: NDArray[np.bool_] | None = None) -> Score:
    """B³ (Bagga & Baldwin 1998), averaged over ``rows`` (all by default).

    Clusters are always those of the whole collection, so that wrongly joined strangers count
    against a row even when the strangers themselves are not averaged.
    """
    _, f = np.unique(found, return_inverse=True)
    _, t = np.unique(true, return_inverse=True)
    joint = f.astype(np.int64) * (int(t.max()) + 1) + t
    _, j, both = np.unique(joint, return_inverse=True, return_counts=True)
    precision = both[j] / np.bincount(f)[f]
    recall = both[j] / np.bincount(t)[t]
    keep = np.ones(len(f), bool) if rows is None else rows
    if not keep.any():
        return Score(0.0, 0.0, 0.0)
    return _score(float(precision[keep].mean()), float(recall[keep].mean()))


def multi_item(true: Ints) -> NDArray[np.bool_]:
    """Rows whose true cluster has more than one row."""
    _, index, counts = np.unique(true, return_inverse=True, return_counts=True)
    return counts[index] > 1


def adjusted_rand(found: Ints, true: Ints) -> float:
    """Adjusted Rand index (Hubert & Arabie 1985)."""
    _, f = np.unique(found, return_inverse=True)
    _, t = np.unique(true, return_inverse=True)

    def pairs(counts: Ints) -> float:
        return float((counts * (counts - 1) / 2).sum())

    _, both = np.unique(f.astype(np.int64) * (int(t.max()) + 1) + t, return_counts=True)
    joint, rows, columns = pairs(both), pairs(np.bincount(f)), pairs(np.bincount(t))
    everything = len(f) * (len(f) - 1) / 2
    expected = rows * columns / everything if everything else 0.0
    highest = (rows + columns) / 2
    return 1.0 if highest == expected else (joint - expected) / (highest - expected)


def average_precision(
    score: NDArray[np.floating], true: NDArray[np.bool_], missed: int = 0
) -> float:
    """Mean precision at each true pair, best score first; ``missed`` true pairs rank never."""
    order = np.argsort(-score, kind="stable")
    hits = true[order]
    total = int(hits.sum()) + missed
    if not total:
        return 0.0
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(precision[hits].sum() / total)


def best_threshold(
    score: NDArray[np.floating], true: NDArray[np.bool_], missed: int = 0
) -> tuple[float, Score]:
    """The threshold (inclusive) of best pair F1 over a list, and that score."""
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(true[order])
    taken = np.arange(1, len(hits) + 1)
    f1 = 2 * hits / (taken + int(true.sum()) + missed)
    last = np.r_[score[order][1:] != score[order][:-1], True]
    at = int(np.argmax(np.where(last, f1, -1.0)))
    total = int(true.sum()) + missed
    return float(score[order][at]), _score(hits[at] / taken[at], hits[at] / max(total, 1))


def bootstrap(
    measure: Callable[[Ints], float], groups: Ints, rounds: int = 200, seed: int = 7
) -> tuple[float, float]:
    """95 % interval of ``measure(rows)`` when whole groups (true events) are drawn anew.

    Rows of one event are not independent, so events and not articles are resampled.
    """
    _, index = np.unique(groups, return_inverse=True)
    members = np.split(np.argsort(index, kind="stable"), np.cumsum(np.bincount(index))[:-1])
    draw = np.random.default_rng(seed)
    values = [
        measure(np.concatenate([members[g] for g in draw.integers(0, len(members), len(members))]))
        for _ in range(rounds)
    ]
    return float(np.quantile(values, 0.025)), float(np.quantile(values, 0.975))
