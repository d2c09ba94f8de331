"""How rare a word, name or number is in its language: a shipped, hashed table of idf.

Rarity comes from a fixed reference, never from the batch, so that a pair's score stays true
whoever else arrives. The table is made by ``benchmarks/train_scorer.py``; its card is
``data/matching/CARD.md``.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

BUCKETS = 1 << 16  # per kind and language: collisions of rare words cost little
STEP = 1 / 24  # idf is stored in bytes of this size: up to 10.6, which no table reaches
OTHER = "other"  # languages that the reference lacks
ROOTS = np.sqrt(np.arange(256).astype(np.float32) * np.float32(STEP))


class Rarity(NamedTuple):
    """``tables["kind/language"]`` uint8 (BUCKETS,): idf / STEP of every bucket."""

    tables: dict[str, NDArray[np.uint8]]

    def roots(
        self, kind: str, languages: NDArray[np.str_], rows: NDArray[np.int64], keys: NDArray[Any]
    ) -> NDArray[np.float32]:
        """Square roots of idf (nats, > 0), float32 (m,), of hashed keys in ``languages[rows]``."""
        if not len(keys):
            return np.empty(0, np.float32)
        other = self.tables[f"{kind}/{OTHER}"]
        names, spoken = np.unique(languages, return_inverse=True)
        table = np.stack([self.tables.get(f"{kind}/{name}", other) for name in names])
        found: NDArray[np.float32] = ROOTS[table[spoken[rows], keys % BUCKETS]]
        return found

    @staticmethod
    @cache
    def load() -> Rarity:
        source = files("clusterer.data").joinpath("matching/rarity.npz")
        with source.open("rb") as stream, np.load(stream) as stored:
            return Rarity({name: stored[name] for name in stored.files})
