"""Encoders and engines with faults, for workers in processes of their own."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clusterer import open_encoder


class Faulty:
    """The hashing encoder, but for texts with a word in them.

    ``fault``: ``raise`` an exception, ``kill`` the worker, or kill it ``once``, as noted in
    the file ``note``.
    """

    def __init__(self, word: str, fault: str, note: Path | None = None) -> None:
        self._own = open_encoder("hash:")
        self.id, self.dimension = self._own.id, self._own.dimension
        self._word, self._fault, self._note = word, fault, note

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if any(self._word in text for text in texts):
            self._stumble()
        return self._own.encode(texts)

    def _stumble(self) -> None:
        if self._fault == "raise":
            raise RuntimeError("stumbled")
        if self._fault == "once":
            assert self._note is not None
            if self._note.exists():
                return
            self._note.touch()
        os.kill(os.getpid(), signal.SIGKILL)
