"""Keys of runs of three words, from checksums of the single words.

The checksum of two texts in a row is that of the first, moved on by the length of the second,
plus that of the second (``crc32_combine`` of zlib). So no run is ever spelled out.
"""

from __future__ import annotations

from functools import cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from clusterer.matching.keys import BITS, Ints, Said

STRIDE = 64  # bytes that a checksum is moved on by at a time; few words are longer

Checksums = NDArray[np.uint32]


def spelled(word: str) -> int:
    """Length in bytes and checksum of a word, in one number."""
    written = word.encode("utf-8", "surrogatepass")
    return len(written) << 32 | crc32(written)


def singles(said: Said) -> Said:
    """The ``key`` of words as ``spelled``."""
    return Said(said.text, (said.number & 0xFFFFFFFF) >> (32 - BITS))


def runs(said: Said) -> Said:
    """The ``key`` of each three words in a row, a space between them; words as ``spelled``."""
    text, checksum = said.text, (said.number & 0xFFFFFFFF).astype(np.uint32)
    length = said.number >> 32
    spaced = _moved(np.full(len(checksum), crc32(b" "), np.uint32), length) ^ checksum
    two = _moved(checksum[:-2], length[1:-1] + 1) ^ spaced[1:-1]
    three = _moved(two, length[2:] + 1) ^ spaced[2:]
    within = text[:-2] == text[2:]
    return Said(text[:-2][within], three[within].astype(np.int64) >> (32 - BITS))


def _moved(checksum: Checksums, by: Ints) -> Checksums:
    """The checksums with so many zero bytes behind what they were taken of."""
    left = by.copy()
    moved = checksum.copy()
    while len(far := np.flatnonzero(left > STRIDE)):
        moved[far] = _step(moved[far], np.full(len(far), STRIDE))
        left[far] -= STRIDE
    return _step(moved, left)


def _step(checksum: Checksums, by: Ints) -> Checksums:
    step = _steps()
    moved: Checksums = step[by, 0, checksum & 0xFF] ^ step[by, 1, checksum >> 8 & 0xFF]
    moved ^= step[by, 2, checksum >> 16 & 0xFF] ^ step[by, 3, checksum >> 24]
    return moved


@cache
def _steps() -> Checksums:
    """uint32 (STRIDE + 1, 4, 256): what each byte of a checksum becomes behind k zero bytes."""
    zero = np.array([crc32(bytes([k ^ 0xFF])) ^ 0xFF000000 for k in range(256)], np.uint32)
    step = np.arange(256, dtype=np.uint32) << np.array([[0], [8], [16], [24]], np.uint32)
    steps = [step]
    for _ in range(STRIDE):
        step = (step >> 8) ^ zero[step & 0xFF]
        steps.append(step)
    return np.stack(steps)
