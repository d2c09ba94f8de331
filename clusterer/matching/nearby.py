"""Pairs between two groups of rows that resemble each other, from blocks of all their products.

A block is small enough for the processor's cache, so what is found costs little more than the
matrix products themselves, and memory is bounded whatever the count.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.matching.glance import Glance
from clusterer.matching.index import Batch, cosines
from clusterer.settings import Settings

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

CELLS, WIDE = 1 << 20, 1 << 12  # of a block of products, and the most columns it has
FEW = 0.02  # of a block: the headlines of so many pairs cost about as much as those of all
SLACK = np.float32(1e-4)  # products are rounded by a block's shape; each find is summed again


class Limits(NamedTuple):
    """What a pair must reach to be told: either cosine, the window, and the first look's word."""

    similarity: np.float32
    headline: np.float32
    hours: float
    glance: Glance | None

    @staticmethod
    def of(settings: Settings, glance: Glance | None) -> Limits:
        return Limits(
            np.float32(settings.candidate_similarity),
            np.float32(settings.candidate_headline),
            settings.candidate_hours,
            glance if settings.first_look else None,
        )

    def reached(
        self, document: Floats, headline: Floats, hours: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        alike = (document >= self.similarity) | (headline >= self.headline)
        if self.glance is not None:
            alike &= self.glance.admits(document, headline, hours)
        return alike


class Near(NamedTuple):
    """Positions of pairs on both sides, int64 (p,), and the greater of their cosines (p,)."""

    one: Integers
    other: Integers
    cosine: Floats


def nearby(one: Batch, other: Batch, limits: Limits, earlier: Integers) -> Near:
    """Pairs of a row of ``one`` with a row of ``other`` within ``limits``, in no told order.

    ``earlier`` (n,): a row of ``one`` is compared with so many of the first rows of ``other``.
    Cosines are the same bits in every company.
    """
    found = [Near(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))]
    for mine, theirs in _alike(one, other, limits, earlier):
        document, headline = (
            cosines(a, mine, b, theirs) for a, b in zip(one.spaces, other.spaces, strict=True)
        )
        keep = limits.reached(document, headline, apart(one, other, mine, theirs))
        found.append(Near(mine[keep], theirs[keep], np.maximum(document, headline)[keep]))
    return Near(*(np.concatenate(part) for part in zip(*found, strict=True)))


class Floors(NamedTuple):
    """What every pair within the limits reaches, wherever the times of both sides lie."""

    document: np.float32
    both: np.float32  # the sum, or the greater of both, counted as headline's
    summed: bool

    @staticmethod
    def of(one: Batch, other: Batch, limits: Limits) -> Floors:
        document = both = -np.inf
        if limits.glance is not None:
            gaps = _least_gaps(one, other)
            document, both = np.min([limits.glance.floors(hours) for hours in gaps], axis=0)
        least = np.float32(document) - SLACK
        # a first look asks next to nothing of what is near in time: likeness alone asks more
        if both > limits.headline:
            return Floors(least, np.float32(both) - 4 * SLACK, True)
        return Floors(least, limits.headline - 2 * SLACK, False)


def _least_gaps(one: Batch, other: Batch) -> list[float]:
    """The least hours between both sides; NaN too where there are unknown times."""
    known = [~np.isnan(side.at) for side in (one, other)]
    gaps = [] if all(here.all() for here in known) else [np.nan]
    if all(here.any() for here in known):
        (a, c), (b, d) = (
            ((side.at - side.spread)[here].min(), (side.at + side.spread)[here].max())
            for side, here in zip((one, other), known, strict=True)
        )
        gaps.append(max(float(a - d), float(b - c), 0.0))
    return gaps


def _alike(
    one: Batch, other: Batch, limits: Limits, earlier: Integers
) -> Iterator[tuple[Integers, Integers]]:
    """All pairs within the limits, and some just outside, block by block."""
    last = int(earlier.max(initial=0))
    if not last:
        return
    floors = Floors.of(one, other, limits)
    wide = min(last, WIDE)
    rows = max(CELLS // wide, 1)
    room = np.empty((3, min(rows, len(one.at)) * wide), np.float32)
    for start in range(0, len(one.at), rows):
        part = slice(start, min(start + rows, len(one.at)))
        for first in range(0, int(earlier[part].max()), wide):
            tile = slice(first, min(first + wide, last))
            shape = (3, part.stop - start, tile.stop - first)
            block = room[:, : shape[1] * shape[2]].reshape(shape)
            places, headline = _places(one, other, (part, tile), limits, floors, block)
            mine, theirs = np.divmod(places, shape[2])
            mine, theirs = mine + start, theirs + first
            hours = apart(one, other, mine, theirs)
            near = (theirs < earlier[mine]) & ~(hours > limits.hours)
            places, mine, theirs, hours = places[near], mine[near], theirs[near], hours[near]
            document = block[0].ravel()[places]
            if headline:
                lead = block[1].ravel()[places]
            else:
                lead = cosines(one.spaces[1], mine, other.spaces[1], theirs)
            near = limits.reached(document + SLACK, lead + SLACK, hours)
            yield mine[near], theirs[near]


def _places(
    one: Batch,
    other: Batch,
    parts: tuple[slice, slice],
    limits: Limits,
    floors: Floors,
    room: Floats,
) -> tuple[Integers, bool]:
    """Places in a block of products that are within the floors, and whether headlines were
    looked at: where few documents are alike, those few are cheaper looked at one by one."""
    document, headline, both = room
    part, tile = parts
    np.matmul(one.spaces[0][part], other.spaces[0][tile].T, out=document)
    if np.isfinite(floors.document):
        places = np.flatnonzero(document >= floors.document)
        if len(places) < FEW * document.size:
            return places, False
    np.matmul(one.spaces[1][part], other.spaces[1][tile].T, out=headline)
    if limits.glance is not None and floors.summed:
        np.maximum(document, limits.glance.cosines[0], out=document)
        np.add(document, headline, out=both)
    else:
        np.subtract(document, limits.similarity - limits.headline, out=both)
        np.maximum(both, headline, out=both)
    return np.flatnonzero(both >= floors.both), True


def apart(one: Batch, other: Batch, mine: Integers, theirs: Integers) -> NDArray[np.float64]:
    """Hours between the nearest ends of two times' intervals, ≥ 0; NaN where one is unknown."""
    between = np.abs(one.at[mine] - other.at[theirs]) - (one.spread[mine] + other.spread[theirs])
    hours: NDArray[np.float64] = np.maximum(between, 0.0)
    return hours
