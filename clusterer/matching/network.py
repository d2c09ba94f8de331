"""Small neural networks over a pair's columns, read as plain arrays.

Several networks of two hidden layers, fitted from different beginnings, are averaged (Hansen &
Salamon 1990). What a row comes to must not depend on the rows beside it, yet BLAS rounds by the
shape of its operands: rows go through in blocks of one fixed shape, in double precision, and the
sum is rounded far above what is left of such noise.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

ROWS = 512  # of one product: the last block is filled up with zeros
DIGITS = 6  # decimals of the log-odds that are kept


class Network(NamedTuple):
    """``m`` networks of ``f`` columns, ``h`` and ``k`` hidden units with rectifiers, float16:
    ``first`` (m, f, h), ``second`` (m, h, k), ``last`` (m, k) and the biases ``first_bias``
    (m, h), ``second_bias`` (m, k), ``last_bias`` (m,)."""

    first: NDArray[np.float16]
    first_bias: NDArray[np.float16]
    second: NDArray[np.float16]
    second_bias: NDArray[np.float16]
    last: NDArray[np.float16]
    last_bias: NDArray[np.float16]

    def log_odds(self, standard: Floats) -> NDArray[np.float64]:
        """Mean log-odds of the networks for standardised rows (p, f), float64 (p,)."""
        wide = [part.astype(np.float64) for part in self]
        found = np.empty(len(standard))
        block = np.zeros((ROWS, standard.shape[1]))
        for start in range(0, len(standard), ROWS):
            part = standard[start : start + ROWS]
            block[: len(part)] = part
            block[len(part) :] = 0.0
            found[start : start + ROWS] = _through(block, wide)[: len(part)]
        return np.round(found, DIGITS)


def _through(rows: NDArray[np.float64], wide: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    first, first_bias, second, second_bias, last, last_bias = wide
    total = np.zeros(len(rows))
    for member in range(len(last)):
        inner = np.maximum(rows @ first[member] + first_bias[member], 0.0)
        outer = np.maximum(inner @ second[member] + second_bias[member], 0.0)
        total += outer @ last[member] + last_bias[member]
    return np.asarray(total / len(last))
