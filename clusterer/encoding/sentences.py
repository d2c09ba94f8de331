"""Many texts, each distinct one encoded once in its life."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clusterer.encoding.encoder import Encoder, Progress, unit
from clusterer.encoding.vectors import VectorCache, text_key
from clusterer.errors import EncoderError

# Vectors are kept after each so many, so that an interrupted run is not lost.
_KEEP_EVERY = 8192


def encode_sentences(
    texts: Sequence[str],
    encoder: Encoder,
    cache: VectorCache | None = None,
    progress: Progress | None = None,
) -> NDArray[np.float32]:
    """Unit rows, float32 (len(texts), encoder.dimension), in the order of ``texts``.

    Whether a vector comes fresh from the encoder or from the cache, its bytes are the same:
    both are rounded to float16 and scaled to length one again. The model is not loaded when
    the cache knows every text. ``progress`` counts the distinct texts that it did not know.
    """
    keys = [text_key(text) for text in texts]
    first: dict[bytes, int] = {}
    for i, key in enumerate(keys):
        first.setdefault(key, i)
    known = cache.get(encoder.id, list(first)) if cache is not None else {}
    missing = [key for key in first if key not in known]
    for at in range(0, len(missing), _KEEP_EVERY):
        chunk = missing[at : at + _KEEP_EVERY]
        fresh = encoder.encode(
            [texts[first[key]] for key in chunk], _shifted(progress, at, len(missing))
        )
        if not np.isfinite(fresh).all():
            raise EncoderError(f"encoder {encoder.id} gave a vector that is not finite")
        halves = fresh.astype(np.float16)
        known.update(zip(chunk, halves, strict=True))
        if cache is not None:
            cache.put(encoder.id, chunk, halves)
    rows = np.empty((len(texts), encoder.dimension), np.float16)
    for row, key in zip(rows, keys, strict=True):
        row[:] = known[key]
    return unit(rows.astype(np.float32))


def _shifted(progress: Progress | None, start: int, total: int) -> Progress | None:
    if progress is None:
        return None
    return lambda done, _: progress(start + done, total)
