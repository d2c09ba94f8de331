"""A loaded model as every runtime offers it: texts to tokens, tokens to vectors."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Network(Protocol):
    """What :class:`TransformerEncoder` asks of a runtime.

    ``limit`` is the most tokens that the model reads, ``prompt`` what it was trained to see
    before a text, ``pad`` the token that fills. Lengths are padded up to a multiple of
    ``length_step``, 1 meaning never; a batch has about ``batch_tokens`` tokens.
    """

    @property
    def limit(self) -> int: ...

    @property
    def prompt(self) -> str: ...

    @property
    def pad(self) -> int: ...

    @property
    def length_step(self) -> int: ...

    @property
    def batch_tokens(self) -> int: ...

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Token numbers of each text, its prompt included, at most ``limit`` each."""
        ...

    def vectors(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        """One row per text, float32 (n, d), not scaled; ``ids`` and ``mask`` (n, length).

        May be called from as many threads at once as ``threads`` says.
        """
        ...

    def threads(self) -> AbstractContextManager[int]:
        """How many threads may call ``vectors`` at once, for as long as the context is open."""
        ...

    def enter_thread(self) -> None:
        """Called once in each such thread before its first batch."""
        ...
