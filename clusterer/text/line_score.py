"""The log-odds that a line belongs to a report, and that another report begins, and
that a line is a headline: three small boosted forests over the features of each.

The trees are data (``data/segment.json``, fitted by ``benchmarks/fit_segment.py``). They are
walked all at once by bit vectors: every condition that fails strikes out the leaves it shuts,
and the first leaf left is the answer (QuickScorer; Lucchese et al., SIGIR 2015).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.errors import ClustererError
from clusterer.text import headline, parting
from clusterer.text.line_features import FEATURES, features
from clusterer.text.lines import Line

STRETCH = 400  # lines seen at once; work and memory grow with the square of it
LEAVES = 16  # at most, of a tree: one bit each


class Forest(NamedTuple):
    """``feature`` int (s * t,), ``threshold`` float32 (s * t,) and ``open`` uint16 (s * t,)
    hold split ``k`` of every tree side by side: ``open`` has the leaves that stay open when
    a value exceeds its threshold; ``leaf`` float32 (t, LEAVES); ``base`` is the log-odds
    before any tree."""

    feature: NDArray[np.intp]
    threshold: NDArray[np.float32]
    open: NDArray[np.uint16]
    leaf: NDArray[np.float32]
    base: float


def score_lines(lines: Sequence[Line]) -> list[float]:
    """Log-odds, one per line, that it belongs to a report."""
    forest = load_forest("lines")
    scores: list[float] = []
    for start in range(0, len(lines), STRETCH):
        scores += apply_forest(forest, features(lines[start : start + STRETCH])).tolist()
    return scores


def score_parting(rows: NDArray[np.float32]) -> float:
    """Log-odds of one row of ``parting.py`` that another report begins there."""
    return float(apply_forest(load_forest("partings"), rows)[0])


def score_headlines(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log-odds of rows of ``headline.py`` that a line is the headline."""
    return apply_forest(load_forest("headlines"), rows)


def apply_forest(forest: Forest, rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log-odds float32 (n,) of feature rows float32 (n, f)."""
    columns = np.ascontiguousarray(rows.T)
    fails = columns[forest.feature] > forest.threshold[:, None]
    still = np.where(fails, forest.open[:, None], _ALL).reshape(LEAVES - 1, -1, len(rows))
    first = _FIRST_BIT[np.bitwise_and.reduce(still, axis=0)]
    leaves = forest.leaf[np.arange(len(forest.leaf))[:, None], first]
    return np.asarray(leaves.sum(axis=0, dtype=np.float32) + np.float32(forest.base), np.float32)


_ALL = np.uint16(0xFFFF)
_FEATURES = {
    "lines": FEATURES,
    "partings": parting.FEATURES,
    "headlines": headline.FEATURES,
}
_FIRST_BIT = np.array(
    [(bits & -bits).bit_length() - 1 if bits else 0 for bits in range(1 << 16)], np.int8
)


@cache
def load_forest(name: str) -> Forest:
    """The packaged forest for ``lines``, ``partings`` or ``headlines``."""
    path = files("clusterer.data").joinpath("segment.json")
    told = json.loads(path.read_text("utf-8"))[name]
    if tuple(told["features"]) != _FEATURES[name]:
        raise ClustererError("data/segment.json was fitted for other features; fit it again")
    return pack_forest(told["trees"], told["base"])


def pack_forest(trees: Sequence[Sequence[Sequence[float]]], base: float) -> Forest:
    """Trees as lists of nodes ``[feature, threshold, left, right]`` or ``[value]``."""
    feature = np.zeros((len(trees), LEAVES - 1), np.intp)
    threshold = np.full((len(trees), LEAVES - 1), np.inf, np.float32)
    is_open = np.full((len(trees), LEAVES - 1), 0xFFFF, np.uint16)
    leaf = np.zeros((len(trees), LEAVES), np.float32)
    for number, nodes in enumerate(trees):
        splits, values = _walk(nodes)
        leaf[number, : len(values)] = values
        for at, (column, limit, shut) in enumerate(splits):
            feature[number, at], threshold[number, at] = column, limit
            is_open[number, at] = 0xFFFF & ~shut
    return Forest(feature.T.ravel(), threshold.T.ravel(), is_open.T.ravel(), leaf, base)


def _walk(
    nodes: Sequence[Sequence[float]],
) -> tuple[list[tuple[int, float, int]], list[float]]:
    """Splits with the bits of the leaves on their left, and leaf values from left to right."""
    splits: list[tuple[int, float, int]] = []
    values: list[float] = []

    def visit(at: int) -> int:
        node = nodes[at]
        if len(node) == 1:
            values.append(node[0])
            return 1 << (len(values) - 1)
        left = visit(int(node[2]))
        splits.append((int(node[0]), node[1], left))
        return left | visit(int(node[3]))

    visit(0)
    return splits, values
