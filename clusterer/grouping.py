"""Pairs to groups: average linkage inside each component, cut twice.

A component of the pair graph is all that one wrong edge could chain together; inside it,
the two groups of the highest support are merged while that support reaches the cut. Support
is the mean probability over all cross pairs, where a pair that was not scored counts as 0
(UPGMA, Sokal & Michener 1958), raised a little where neither group is a single article:
quotations from one speech are hardly alike in twos, but three and three say it together.
Stories go on from the events, so an event (the higher cut) always lies inside one story (the
lower one).

Work is O(e log n log e) for e pairs and n articles: a component of 10,000 articles with a
million pairs takes seconds, and its memory is that of its pairs.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.news import Pairs
from clusterer.settings import Settings

Link = tuple[str, str]
# Support is multiplied by the smaller group's size, counted up to LARGE, to the power of SIZE; 0
# is plain average linkage. It is worth 0.05 of pair F1 on stream/dev and 0.15 on telegram/train;
# without the bound, translations in 18 languages draw related reports in (NTREX, -0.01 of B³).
SIZE, LARGE = 0.3, 3
Groups = NDArray[np.int32]


class Labels(NamedTuple):
    """Group numbers per article, int32 (n,), counted from 0 in order of each group's least id."""

    event: Groups
    story: Groups


def group(
    ids: Sequence[str],
    pairs: Pairs,
    settings: Settings,
    must: Iterable[Link] = (),
    cannot: Iterable[Link] = (),
) -> Labels:
    """Group articles into events and stories.

    Depends on ids and scores only, not on the order of rows or pairs. ``must`` pairs share an
    event, ``cannot`` pairs lie in different events (not necessarily stories) and win where a
    chain of ties contradicts them; ids that are not here are passed over.
    """
    order = sorted(range(len(ids)), key=ids.__getitem__)
    place = np.empty(len(ids), np.int64)
    place[order] = np.arange(len(ids))
    rows = {id: int(place[row]) for row, id in enumerate(ids)}
    linkage = _Linkage(len(ids), place[pairs.left], place[pairs.right], pairs.score)
    linkage.forbid(_inside(cannot, rows))
    linkage.tie(_inside(must, rows))
    linkage.merge_down_to(settings.event_cut)
    event = linkage.labels()
    linkage.forbid(())
    linkage.merge_down_to(min(settings.story_cut, settings.event_cut))
    return Labels(event[place], linkage.labels()[place])


def _inside(links: Iterable[Link], rows: dict[str, int]) -> list[tuple[int, int]]:
    """Links between articles that are here, as sorted pairs of rows without repeats."""
    found = {(rows[a], rows[b]) for a, b in links if a in rows and b in rows and a != b}
    return sorted({(min(pair), max(pair)) for pair in found})


class _Linkage:
    """Average linkage on a sparse graph; a group is known by its least row."""

    def __init__(
        self,
        count: int,
        left: NDArray[np.int64],
        right: NDArray[np.int64],
        weight: NDArray[np.float32],
    ) -> None:
        self._home = list(range(count))
        self._members = {row: [row] for row in range(count)}
        # sum of probabilities between a group and each neighbouring group
        self._sums: list[dict[int, float]] = [{} for _ in range(count)]
        self._apart: dict[int, set[int]] = {}
        low, high = np.minimum(left, right), np.maximum(left, right)
        for a, b, value in zip(low.tolist(), high.tolist(), weight.tolist(), strict=True):
            if a != b:
                self._sums[a][b] = self._sums[b][a] = value

    def forbid(self, links: Iterable[tuple[int, int]]) -> None:
        """From now on these rows, and no others, may not meet in one group."""
        self._apart = {}
        for a, b in links:
            self._apart.setdefault(self._home[a], set()).add(self._home[b])
            self._apart.setdefault(self._home[b], set()).add(self._home[a])

    def tie(self, links: Iterable[tuple[int, int]]) -> None:
        """Put these rows into one group each, unless that is forbidden."""
        for a, b in links:
            one, other = self._home[a], self._home[b]
            if one != other and other not in self._apart.get(one, ()):
                self._join(one, other)

    def merge_down_to(self, cut: float) -> None:
        """Merge the best supported groups, ties by least rows, down to ``cut`` > 0 inclusive."""
        heap = [
            (-support, a, b)
            for a in self._members
            for b in self._sums[a]
            if a < b and (support := self._support(a, b)) >= cut
        ]
        heapq.heapify(heap)
        while heap:
            negative, a, b = heapq.heappop(heap)
            stale = a not in self._members or b not in self._members
            if stale or self._support(a, b) != -negative or b in self._apart.get(a, ()):
                continue
            kept = self._join(a, b)
            for other in self._sums[kept]:
                support = self._support(kept, other)
                if support >= cut:
                    heapq.heappush(heap, (-support, min(kept, other), max(kept, other)))

    def labels(self) -> Groups:
        """Group number of each row, counted in order of least rows."""
        _, labels = np.unique(np.array(self._home, np.int64), return_inverse=True)
        return labels.astype(np.int32)

    def _support(self, a: int, b: int) -> float:
        one, other = len(self._members[a]), len(self._members[b])
        mean = self._sums[a].get(b, 0.0) / (one * other)
        return float(mean * min(one, other, LARGE) ** SIZE)

    def _join(self, a: int, b: int) -> int:
        """One group out of two; the shorter list of neighbours moves to the longer."""
        kept, gone = min(a, b), max(a, b)
        mine, theirs = self._sums[kept], self._sums[gone]
        if len(mine) < len(theirs):
            mine, theirs = theirs, mine
        for other in self._sums[gone]:
            del self._sums[other][gone]
        for other, value in theirs.items():
            mine[other] = mine.get(other, 0.0) + value
        mine.pop(kept, None)
        mine.pop(gone, None)
        self._sums[kept], self._sums[gone] = mine, {}
        for other in self._sums[kept]:
            self._sums[other][kept] = mine[other]
        self._members[kept].extend(moved := self._members.pop(gone))
        for row in moved:
            self._home[row] = kept
        self._move_bans(kept, gone)
        return kept

    def _move_bans(self, kept: int, gone: int) -> None:
        for other in self._apart.pop(gone, set()):
            self._apart[other].discard(gone)
            self._apart[other].add(kept)
            self._apart.setdefault(kept, set()).add(other)
