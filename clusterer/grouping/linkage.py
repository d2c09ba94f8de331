"""Average linkage that is kept: a change costs the groups that it touches, not all of them.

Merging goes on best first, so what is far from a change is merged as it was before. The tree of
the former run is therefore gone through again along the groups that lie next to a changed one,
merge by merge in the former order: a group next to none of them is left alone, one whose partner
is no more takes part anew. The result is that of a run from the beginning, exactly: sums are of
whole numbers, and ties fall to the least names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.grouping.replay import Replay
from clusterer.grouping.tree import EVENTS, Node

Links = Iterable[tuple[int, int]]
Friends = dict[int, frozenset[int]]


class Near(NamedTuple):
    """Pairs of some rows: those of the k-th row asked for lie from ``bounds[k]`` to the next.

    ``other`` int (p,), ``score`` float32 (p,), ``weight`` float32 (p,): of how many pairs it is
    one drawn by chance, a power of two.
    """

    bounds: NDArray[np.int64]
    other: NDArray[np.integer]
    score: NDArray[np.float32]
    weight: NDArray[np.float32]


Ask = Callable[[NDArray[np.int64]], Near]
# A story as its events as rows.
Story = list[list[int]]


class Linkage:
    """Groups of rows under two cuts, and how they came about."""

    def __init__(self, event_cut: float, story_cut: float) -> None:
        self._cuts = (event_cut, min(event_cut, story_cut))
        self._leaves: dict[int, Node] = {}
        self._must: Friends = {}
        self._cannot: Friends = {}

    def __contains__(self, row: object) -> bool:
        return row in self._leaves

    def __len__(self) -> int:
        return len(self._leaves)

    def update(
        self,
        gone: Iterable[int],
        fresh: Mapping[int, str],
        ask: Ask,
        must: Links = (),
        cannot: Links = (),
    ) -> list[Story]:
        """The stories that rows which came or left, or have other pairs than before, bring about.

        ``gone`` rows are here no more and no one's pair; ``fresh`` ones, with their names, are
        new or changed. Rows of ``must`` share an event, unless a chain of ties contradicts
        ``cannot``: those never share one. Links are of rows that are here, all that are in force.
        All rows of a story that was and is no more are in a story that is told.
        """
        ties, foes = _friends(must), _friends(cannot)
        left = [row for row in gone if row in self._leaves]
        names = dict(fresh)
        for row in self._changed({*left, *names}, ties, foes):
            names[row] = self._leaves[row].least
        self._must, self._cannot = ties, foes
        replay = Replay(self._leaves, foes, self._cuts, ask)
        replay.let_go(left)
        replay.take_in(names)
        replay.tie(_in_order(ties, names), names)
        return [[node.rows() for node in root.parts(EVENTS)] for root in replay.run()]

    def _changed(self, touched: set[int], must: Friends, cannot: Friends) -> set[int]:
        """Rows about which users say something else than before, and all that are tied to them
        or to ``touched``, which are not among them."""
        found = {
            row
            for old, new in ((self._must, must), (self._cannot, cannot))
            for row in old.keys() | new.keys()
            if old.get(row) != new.get(row)
        }
        edge = found | touched
        while edge:
            tied = {r for row in edge for ties in (self._must, must) for r in ties.get(row, ())}
            edge = tied - found - touched
            found |= edge
        return {row for row in found - touched if row in self._leaves}


def _friends(links: Links) -> Friends:
    found: dict[int, set[int]] = {}
    for a, b in links:
        if a != b:
            found.setdefault(a, set()).add(b)
            found.setdefault(b, set()).add(a)
    return {row: frozenset(others) for row, others in found.items()}


def _in_order(ties: Friends, names: Mapping[int, str]) -> Sequence[tuple[int, int]]:
    """Ties among ``names``, in the order of the names."""
    found = {
        tuple(sorted((row, other), key=names.__getitem__))
        for row, others in ties.items()
        for other in others
        if row in names and other in names
    }
    return sorted(((a, b) for a, b in found), key=lambda tie: (names[tie[0]], names[tie[1]]))
