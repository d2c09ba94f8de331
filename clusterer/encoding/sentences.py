"""Many texts, each distinct one encoded once in its life."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusterer.encoding.encoder import Encoder, unit
from clusterer.encoding.vectors import VectorCache, text_key
from clusterer.errors import EncoderError
from clusterer.progress import Progress, no_progress

# Texts between two words of progress; what was encoded until then is kept in the cache.
_CHUNK = 1024
_LOOKED_UP = 9000  # keys asked of the cache at a time


def encode_sentences(
    texts: Sequence[str],
    encoder: Encoder,
    cache: VectorCache | None = None,
    progress: Progress = no_progress,
) -> NDArray[np.float32]:
    """Unit rows, float32 (len(texts), encoder.dimension), in the order of ``texts``.

    Whether a vector comes fresh from the encoder or from the cache, its bytes are the same:
    both are rounded to float16 and scaled to length one again. The model is not loaded when
    the cache knows every text. ``progress`` counts the distinct texts that it did not know.
    Raises EncoderError where the encoder fails or gives what is not a finite number.
    """
    return restored(encode_halves(texts, encoder, cache, progress))


def encode_halves(
    texts: Sequence[str],
    encoder: Encoder,
    cache: VectorCache | None = None,
    progress: Progress = no_progress,
) -> NDArray[np.float16]:
    """The same before they are scaled to length one again, float16, half the memory."""
    keys = [text_key(text) for text in texts]
    place: dict[bytes, int] = {}
    which = np.array([place.setdefault(key, len(place)) for key in keys], np.int64)
    by_key = dict(zip(keys, texts, strict=True))
    del keys
    distinct = np.empty((len(place), encoder.dimension), np.float16)
    missing = _known(distinct, list(place), encoder, cache)
    missing.sort(key=lambda key: (-len(by_key[key]), key))
    for at in range(0, len(missing), _CHUNK):
        progress("encode", at, len(missing))
        chunk = missing[at : at + _CHUNK]
        fresh = _checked(encoder, [by_key[key] for key in chunk]).astype(np.float16)
        distinct[[place[key] for key in chunk]] = fresh
        if cache is not None:
            cache.put(encoder.id, chunk, fresh)
    progress("encode", len(missing), len(missing))
    return distinct if len(distinct) == len(which) else distinct.take(which, axis=0)


def restored(halves: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """Rows of ``encode_halves`` at unit length, float32; unit rows of float32 stay as they are."""
    if halves.dtype == np.float32:
        return np.asarray(halves, np.float32)
    return unit(halves.astype(np.float32))


def _known(
    rows: NDArray[np.float16], keys: list[bytes], encoder: Encoder, cache: VectorCache | None
) -> list[bytes]:
    """Fills in the rows that the cache knows; the keys of the others."""
    if cache is None:
        return list(keys)
    missing = []
    for at in range(0, len(keys), _LOOKED_UP):
        chunk = keys[at : at + _LOOKED_UP]
        known = cache.get(encoder.id, chunk)
        for row, key in enumerate(chunk, at):
            if key in known:
                rows[row] = known[key]
            else:
                missing.append(key)
    return missing


def _checked(encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
    rows = encoder.encode(texts)
    if rows.shape != (len(texts), encoder.dimension) or not np.isfinite(rows).all():
        raise EncoderError(f"encoder {encoder.id} gave vectors that are none")
    return rows
