"""A forest read at once: every split of a small tree is one bit, its leaf the bits' number.

All splits are compared for a block of rows in a few array operations; no row walks down a tree
(the idea of QuickScorer, Lucchese et al. 2015, with a table of leaves in the place of masks).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

MOST_SPLITS = 12  # of one tree: its table has 2**splits leaves
ROWS = 512


class Forest(NamedTuple):
    """Shallow gradient-boosted trees (Friedman 2001) in one row of nodes, leaves point to
    themselves: ``feature`` int16, ``threshold`` float32 (a value up to and including it goes
    left), ``left``/``right`` int32 node numbers, ``missing`` bool (NaN goes left), ``value``
    float32 (log-odds, leaves only), each (nodes,); ``roots`` int32 (trees,); ``base`` log-odds
    before any tree. A tree has at most MOST_SPLITS splits."""

    feature: NDArray[np.int16]
    threshold: Floats
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    missing: NDArray[np.bool_]
    value: Floats
    roots: NDArray[np.int32]
    base: float

    def log_odds(self, table: Floats) -> NDArray[np.float64]:
        """Log-odds of the trees for every row of ``table`` (p, f), float64 (p,)."""
        return _sums(_coded(*(array.tobytes() for array in self[:7])), table, self.base)


class Coded(NamedTuple):
    """Trees as bits. ``feature`` int64 and ``threshold`` float32 (splits, trees): the columns
    compared, the second half being those with NaN as the least; ``leaf`` float32
    (trees * 2**splits,)."""

    feature: NDArray[np.int64]
    threshold: Floats
    leaf: Floats


@lru_cache(maxsize=8)
def _coded(*stored: bytes) -> Coded:
    kinds = (np.int16, np.float32, np.int32, np.int32, bool, np.float32, np.int32)
    feature, threshold, left, right, missing, value, roots = (
        np.frombuffer(data, kind) for data, kind in zip(stored, kinds, strict=True)
    )
    splits = [_splits(int(root), left, right) for root in roots]
    most = max((len(nodes) for nodes in splits), default=0)
    if most > MOST_SPLITS:
        raise ValueError(f"a tree of {most} splits; at most {MOST_SPLITS} can be read")
    columns = np.zeros((most, len(roots)), np.int64)
    limits = np.full((most, len(roots)), -np.inf, np.float32)
    leaf = np.empty((len(roots), 1 << most), np.float32)
    codes = np.arange(1 << most)
    for tree, nodes in enumerate(splits):
        at = np.full(1 << most, roots[tree])
        for bit, node in enumerate(nodes):  # parents come before their children
            columns[bit, tree] = 2 * int(feature[node]) + int(missing[node])
            limits[bit, tree] = threshold[node]
            low = (codes >> bit) & 1 == 1
            at = np.where(at == node, np.where(low, left[node], right[node]), at)
        leaf[tree] = value[at]
    return Coded(columns, limits, leaf.ravel())


def _splits(root: int, left: NDArray[np.int32], right: NDArray[np.int32]) -> list[int]:
    """Nodes of a tree that are no leaves, parents first."""
    found, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        if left[node] != node:
            found.append(node)
            waiting += [int(right[node]), int(left[node])]
    return found


def _sums(forest: Coded, table: Floats, base: float) -> NDArray[np.float64]:
    """``base`` plus the leaves of every row of ``table`` (p, f), tree after tree, float64 (p,)."""
    total = np.full(len(table), base)
    splits, trees = forest.feature.shape
    first = (np.arange(trees) << splits)[:, None]
    for start in range(0, len(table), ROWS):
        part = table[start : start + ROWS].T
        # a NaN is below no threshold, and below every one where it goes left
        both = np.empty((2 * len(part), part.shape[1]), np.float32)
        both[0::2] = part
        both[1::2] = np.where(np.isnan(part), -np.inf, part)
        code = np.zeros((trees, part.shape[1]), np.uint16)
        for bit in range(splits):
            low = both.take(forest.feature[bit], axis=0) <= forest.threshold[bit][:, None]
            code |= np.left_shift(low.view(np.uint8), bit, dtype=np.uint16)
        here = total[start : start + ROWS]
        for values in forest.leaf.take(code + first):
            here += values
    return total
