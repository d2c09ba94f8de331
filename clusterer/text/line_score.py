"""The log-odds that a line belongs to a report, and that another report begins, and
that a line is a headline: three small boosted forests over the features of each.

The trees are data (``data/segment.json``, fitted by ``benchmarks/fit_segment.py``). They are
walked all at once by bit vectors: every condition that fails strikes out the leaves it shuts,
and the first leaf left is the answer (QuickScorer; Lucchese et al., SIGIR 2015).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.errors import ClustererError
from clusterer.text import headline, parting
from clusterer.text.line_features import FEATURES, features
from clusterer.text.lines import Line

STRETCH = 400  # lines of a page seen at once; work grows with the square of it
BATCH, ROWS = 500, 100  # lines whose features, and whose odds, are found at once
LEAVES = 16  # at most, of a tree: one bit each


class Forest(NamedTuple):
    """Conditions that differ, ``feature`` int (c,) and ``threshold`` float32 (c, 1), and
    where they are asked: ``asked`` int (s * t,) holds the condition of split ``k`` of every tree
    side by side, ``open`` uint16 (s * t, 1) the leaves that stay open when a value exceeds
    its threshold; ``leaf`` float32 (t * LEAVES,); ``base`` is the log-odds before any tree."""

    feature: NDArray[np.intp]
    threshold: NDArray[np.float32]
    asked: NDArray[np.intp]
    open: NDArray[np.uint16]
    leaf: NDArray[np.float32]
    base: float


def score_lines(pages: Sequence[Sequence[Line]]) -> list[list[float]]:
    """Log-odds, one list a page and one entry a line, that a line belongs to a report."""
    forest = load_forest("lines")
    stretches = [
        (number, page[start : start + STRETCH])
        for number, page in enumerate(pages)
        for start in range(0, len(page), STRETCH)
    ]
    scores: list[list[float]] = [[] for _ in pages]
    for some in _batches(stretches):
        rows = features([lines for _, lines in some])
        odds = np.concatenate(
            [apply_forest(forest, rows[at : at + ROWS]) for at in range(0, len(rows), ROWS)]
        ).tolist()
        at = 0
        for number, lines in some:
            scores[number] += odds[at : at + len(lines)]
            at += len(lines)
    return scores


def _batches(
    stretches: Sequence[tuple[int, Sequence[Line]]],
) -> Iterator[list[tuple[int, Sequence[Line]]]]:
    """The stretches in order, some ``BATCH`` lines at a time."""
    some: list[tuple[int, Sequence[Line]]] = []
    size = 0
    for stretch in stretches:
        some.append(stretch)
        size += len(stretch[1])
        if size >= BATCH:
            yield some
            some, size = [], 0
    if some:
        yield some


def score_parting(rows: NDArray[np.float32]) -> float:
    """Log-odds of one row of ``parting.py`` that another report begins there."""
    return float(apply_forest(load_forest("partings"), rows)[0])


def score_headlines(rows: Sequence[tuple[float, ...]]) -> list[float]:
    """Log-odds of rows of ``headline.py`` that a line is the headline."""
    odds: list[float] = apply_forest(load_forest("headlines"), np.array(rows, np.float32)).tolist()
    return odds


def apply_forest(forest: Forest, rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log-odds float32 (n,) of feature rows float32 (n, f)."""
    columns = np.ascontiguousarray(rows.T)
    met = columns.take(forest.feature, axis=0) <= forest.threshold
    # A condition that is met strikes out nothing: all bits.
    still = (-met.view(np.int8)).astype(np.int16).view(np.uint16).take(forest.asked, axis=0)
    still |= forest.open
    trees = len(forest.leaf) // LEAVES
    first = _FIRST_BIT[np.bitwise_and.reduce(still.reshape(LEAVES - 1, trees, -1), axis=0)]
    leaves = forest.leaf.take(first + LEAVES * np.arange(trees)[:, None])
    return np.asarray(leaves.sum(axis=0, dtype=np.float32) + np.float32(forest.base), np.float32)


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
    conditions, asked = np.unique(
        np.rec.fromarrays([feature.T.ravel(), threshold.T.ravel()]), return_inverse=True
    )
    return Forest(
        np.ascontiguousarray(conditions["f0"]),
        np.ascontiguousarray(conditions["f1"])[:, None],
        asked.ravel(),
        np.ascontiguousarray(is_open.T).reshape(-1, 1),
        leaf.ravel(),
        base,
    )


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
