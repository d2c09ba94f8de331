"""What every encoder is: a name that never lies, and one method."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Encoder(Protocol):
    """Texts in, unit vectors out.

    ``id`` names the weights and the arithmetic: two encoders share an id only if their
    vectors may be mixed. It goes into saved state and into the keys of the vector cache.
    ``id`` and ``dimension`` are known before any model is loaded.
    """

    @property
    def id(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows, float32 (len(texts), dimension); a row depends on its own text only.

        Raises EncoderError when the model cannot be built, loaded or trusted.
        """
        ...


def unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows scaled to length one; a zero row stays zero."""
    norms = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float32))
    norms[norms == 0.0] = 1.0
    scaled: NDArray[np.float32] = rows / norms[:, None]
    return scaled
