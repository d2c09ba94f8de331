"""Pairs to groups: average linkage inside each component, cut twice.

A component of the pair graph is all that one wrong edge could chain together; inside it,
the two groups of the highest support are merged while that support reaches the cut. Support
is the mean probability over all cross pairs, where a pair that was not scored counts as 0
(UPGMA, Sokal & Michener 1958), raised a little where neither group is a single article:
quotations from one speech are hardly alike in twos, but three and three say it together.
Where pairs were drawn by chance each stands for as many as its weight says (a ratio
estimate, Hájek 1971). Stories go on from the events, so an event (the higher cut) always lies
inside one story (the lower one).

Work is O(e log n log e) for e pairs and n articles: a component of 10,000 articles with a
million pairs takes seconds, and its memory is that of its pairs. :class:`Linkage` keeps what
it did, so that a change costs what it touches.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.grouping.linkage import Linkage, Near, Story
from clusterer.grouping.replay import LARGE, SIZE
from clusterer.news import Pairs
from clusterer.settings import Settings

__all__ = ["Labels", "Link", "Linkage", "Near", "Story", "group", "least_tie", "linkage_of"]

Link = tuple[str, str]
Groups = NDArray[np.int32]


class Labels(NamedTuple):
    """Group numbers per article, int32 (n,), counted from 0 in order of each group's least id."""

    event: Groups
    story: Groups


def linkage_of(settings: Settings) -> Linkage:
    """One without rows, under the cuts of ``settings``."""
    return Linkage(settings.event_cut, settings.story_cut)


def least_tie(settings: Settings) -> float:
    """The probability that some pair of two groups reaches if they may become one story."""
    return float(min(settings.story_cut, settings.event_cut) / LARGE**SIZE)


def group(
    ids: Sequence[str],
    pairs: Pairs,
    settings: Settings,
    must: Iterable[Link] = (),
    cannot: Iterable[Link] = (),
    weight: NDArray[np.float32] | None = None,
) -> Labels:
    """Group articles into events and stories.

    Depends on ids and scores only, not on the order of rows or pairs. ``must`` pairs share an
    event, ``cannot`` pairs lie in different events (not necessarily stories) and win where a
    chain of ties contradicts them; ids that are not here are passed over. ``weight`` (p,): how
    many pairs each stands for, powers of two; None means itself.
    """
    rows = {id: row for row, id in enumerate(ids)}
    found = linkage_of(settings).update(
        (),
        dict(enumerate(ids)),
        _Both(len(ids), pairs, weight).of,
        _inside(must, rows),
        _inside(cannot, rows),
    )
    least = sorted(found, key=lambda story: min(ids[row] for event in story for row in event))
    story = np.empty(len(ids), np.int32)
    event = np.empty(len(ids), np.int32)
    for number, told in enumerate(least):
        story[[row for part in told for row in part]] = number
    events = [part for told in found for part in told]
    for number, part in enumerate(sorted(events, key=lambda part: min(ids[row] for row in part))):
        event[part] = number
    return Labels(event, story)


def _inside(links: Iterable[Link], rows: dict[str, int]) -> list[tuple[int, int]]:
    """Links between articles that are here, as rows."""
    return [(rows[a], rows[b]) for a, b in links if a in rows and b in rows]


class _Both:
    """Pairs by either of their rows."""

    def __init__(self, count: int, pairs: Pairs, weight: NDArray[np.float32] | None) -> None:
        told = np.ones(len(pairs.left), np.float32) if weight is None else weight
        apart = pairs.left != pairs.right
        left, right = pairs.left[apart], pairs.right[apart]
        mine = np.concatenate([left, right])
        order = np.argsort(mine, kind="stable")
        self._near = Near(
            np.concatenate([[0], np.cumsum(np.bincount(mine, minlength=count))]).astype(np.int64),
            np.concatenate([right, left])[order],
            np.tile(pairs.score[apart], 2)[order],
            np.tile(told[apart], 2)[order],
        )

    def of(self, rows: NDArray[np.int64]) -> Near:
        bounds, other, score, weight = self._near
        if len(rows) == len(bounds) - 1:  # all, in their order
            return self._near
        starts, sizes = bounds[rows], np.diff(bounds)[rows]
        ends = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        places = np.arange(ends[-1]) + np.repeat(starts - ends[:-1], sizes)
        return Near(ends, other[places], score[places], weight[places])
