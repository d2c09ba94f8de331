"""A deterministic encoder without a model, for tests and demonstrations.

Similar strings get similar vectors, in one language; it knows nothing of meaning.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from clusterer.encoding.encoder import unit
from clusterer.text.script import fold_text

_DIMENSION = 256
_SIZES = (3, 4)


class HashingEncoder:
    """Signed feature hashing of character 3- and 4-grams of the folded words.

    Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning".
    """

    id = "hash@1"
    dimension = _DIMENSION

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), _DIMENSION), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for gram, count in _grams(text).items():
                bucket, sign = _place(gram)
                row[bucket] += sign * count
        return unit(rows)


def _grams(text: str) -> Counter[str]:
    words = [f" {word} " for word in fold_text(text).split()]
    return Counter(
        word[i : i + size] for word in words for size in _SIZES for i in range(len(word) - size + 1)
    )


@lru_cache(maxsize=1 << 16)
def _place(gram: str) -> tuple[int, float]:
    content = gram.encode("utf-8", "surrogatepass")
    digest = int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "little")
    return digest % _DIMENSION, 1.0 if digest >> 63 else -1.0
