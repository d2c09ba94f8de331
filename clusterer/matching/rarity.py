"""How rare a word, name or number is in its language: a shipped, hashed table of idf.

Rarity comes from a fixed reference, never from the batch, so that a pair's score stays true
whoever else arrives. The table is made by ``benchmarks/train_scorer.py``; its card is
``data/matching/CARD.md``.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BUCKETS = 1 << 16  # per kind and language: collisions of rare words cost little
STEP = 1 / 24  # idf is stored in bytes of this size: up to 10.6, which no table reaches
OTHER = "other"  # languages that the reference lacks


class Rarity(NamedTuple):
    """``tables["kind/language"]`` uint8 (BUCKETS,): idf / STEP of every bucket."""

    tables: dict[str, NDArray[np.uint8]]

    def of(self, kind: str, language: str, keys: NDArray[np.int64]) -> NDArray[np.float32]:
        """Idf (nats, > 0) of hashed keys, float32 (n,)."""
        table = self.tables.get(f"{kind}/{language}")
        if table is None:
            table = self.tables[f"{kind}/{OTHER}"]
        return table[keys % BUCKETS].astype(np.float32) * np.float32(STEP)

    @staticmethod
    @cache
    def load() -> Rarity:
        source = files("clusterer.data").joinpath("matching/rarity.npz")
        with source.open("rb") as stream, np.load(stream) as stored:
            return Rarity({name: stored[name] for name in stored.files})
