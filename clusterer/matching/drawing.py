"""Which of too many neighbours an article is compared with: the nearer, the likelier.

Every pair of articles has a level: a grade for how near they are, and luck, which a hash of their
two ids decides. An article with more neighbours than the limit has a depth: the least for which
the pairs of that level and above are not more. A pair is compared when its level reaches the
depth of either article. So who is compared depends on which articles are there and not on who
came first (priority sampling, Duffield, Lund & Thorup 2007, with a threshold for each article).

A pair of a grade below the depth by k was drawn with a chance of 1 in 2**k, and stands for as
many. All are whole numbers: counting up and down again leaves what was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Levels = NDArray[np.int8]

# Pairs nearer by one part in so many of the cosine are twice as likely to be drawn. Among
# neighbours that are hardly alike a report's own kin are then all kept.
GRADES = 20
# Levels told apart: the highest grade and a chance of 1 in 500,000.
LEVELS = 40


def hashes(ids: Sequence[str]) -> Hashes:
    """A number for each article id, uint64 (n,)."""
    digests = (
        hashlib.blake2b(id.encode("utf-8", "surrogatepass"), digest_size=8).digest() for id in ids
    )
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)


def graded(cosine: NDArray[np.float32]) -> Levels:
    """The grade of pairs by their cosine: 0 and up."""
    return np.floor(cosine.clip(0, 1) * np.float32(GRADES)).astype(np.int8)


def drawn(one: Hashes, other: Hashes) -> Levels:
    """The luck of pairs: at least k for one pair in 2**k (SplitMix64, Steele et al. 2014)."""
    mixed = np.minimum(one, other) * np.uint64(0x9E3779B97F4A7C15) ^ np.maximum(one, other)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed = mixed ^ (mixed >> np.uint64(31))
    _, bits = np.frexp(mixed.astype(np.float64))
    return np.asarray(np.maximum(64 - bits, 0), np.int8)


def levelled(grade: Levels, luck: Levels) -> Levels:
    """The level of pairs, below ``LEVELS``."""
    return np.asarray(np.minimum(grade + luck, LEVELS - 1), np.int8)


def counted(rows: NDArray[np.integer[Any]], level: Levels, size: int) -> NDArray[np.int32]:
    """How many pairs of each level each of ``size`` rows has, int32 (size, LEVELS)."""
    cells = rows.astype(np.int64) * LEVELS + level
    found = np.bincount(cells, minlength=size * LEVELS).astype(np.int32)
    return found.reshape(size, LEVELS)


def depths(counts: NDArray[np.int32], most: int) -> Levels:
    """The depth of articles by their counts (n, LEVELS); 0 where all neighbours are compared."""
    from_here = counts[:, ::-1].cumsum(axis=1)[:, ::-1]
    found = (from_here > most).sum(axis=1)
    return np.asarray(np.minimum(found, LEVELS - 1), np.int8)


def weights(depth: Levels, grade: Levels) -> NDArray[np.float32]:
    """How many pairs one stands for that was drawn at ``depth``, the lesser of its articles'."""
    below = np.maximum(depth.astype(np.int32) - grade, 0)
    return np.asarray(np.ldexp(np.float32(1), below), np.float32)
