"""What flows between the steps of an algorithm: rows inside, ids only at the ends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Pairs(NamedTuple):
    """Scored pairs of rows. ``left`` < ``right``, int32 (n,); ``score`` float32 (n,)."""

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    score: NDArray[np.float32]


class Sentences(NamedTuple):
    """Sentence vectors of a batch of articles, grouped by article in row order.

    ``vectors`` float32 (m, d), unit rows. ``bounds`` int64 (n + 1,): article ``i`` owns rows
    ``bounds[i]:bounds[i + 1]``; its first row is the title where it has one.
    """

    vectors: NDArray[np.float32]
    bounds: NDArray[np.int64]
