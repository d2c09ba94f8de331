"""Values ⇄ columns: vectors, pairs and texts as compact bytes, strings as SQLite takes them."""

from __future__ import annotations

import hashlib
import re
import zlib

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Vectors = NDArray[np.float16] | NDArray[np.float32]

_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED = re.compile(r"\\(\\|u[0-9a-f]{4})")


def to_column(text: str) -> str:
    """A string that SQLite can hold: lone surrogates (from file names) as ``\\udXXX``."""
    return _SURROGATE.sub(lambda m: f"\\u{ord(m[0]):04x}", text.replace("\\", "\\\\"))


def from_column(column: str) -> str:
    """What :func:`to_column` was given."""
    return _ESCAPED.sub(lambda m: "\\" if m[1] == "\\" else chr(int(m[1][1:], 16)), column)


def pack_text(text: str) -> tuple[bytes, bytes]:
    """Digest and packed bytes of a page's text."""
    data = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=16).digest(), zlib.compress(data)


def unpack_text(packed: bytes) -> str:
    return zlib.decompress(packed).decode("utf-8", "surrogatepass")


def pack_vectors(vectors: Vectors) -> tuple[int, bytes]:
    """(half, bytes) of rows (k, d), little endian: as float16 where that loses nothing."""
    if vectors.dtype == np.float16:
        return 1, vectors.astype("<f2").tobytes()
    half = vectors.astype("<f2")
    if np.array_equal(restored(half), vectors):
        return 1, half.tobytes()
    return 0, vectors.astype("<f4").tobytes()


def unpack_vectors(half: int, data: bytes, dimension: int) -> Vectors:
    """The rows that were packed (k, dimension): float16 before they are of unit length, or
    float32."""
    rows = np.frombuffer(data, "<f2" if half else "<f4").reshape(-1, dimension)
    return rows.astype(np.float16) if half else rows.astype(np.float32)


def restored(half: NDArray[np.float16]) -> Floats:
    """float16 rows at unit length again, as ``encode_sentences`` gives them."""
    rows = half.astype(np.float32)
    norms = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float32))
    norms[norms == 0.0] = 1.0
    return np.asarray(rows / norms[:, None], np.float32)


def pack_pairs(
    others: NDArray[np.int64], scores: Floats, near: NDArray[np.int8]
) -> tuple[bytes, bytes, bytes]:
    """``near`` (n, 2): level and grade."""
    return others.astype("<i8").tobytes(), scores.astype("<f4").tobytes(), near.tobytes()


def unpack_pairs(
    others: bytes, scores: bytes, near: bytes | None
) -> tuple[NDArray[np.int64], Floats, NDArray[np.int8]]:
    """What :func:`pack_pairs` was given; ``near`` None: none that a limit may leave out."""
    count = len(others) // 8
    told = np.full((count, 2), 127, np.int8)
    if near is not None:
        told = np.frombuffer(near, np.int8).reshape(-1, 2)
    return np.frombuffer(others, "<i8"), np.frombuffer(scores, "<f4"), told
