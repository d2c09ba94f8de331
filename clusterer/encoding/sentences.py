"""Many texts, each distinct one encoded once in its life."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clusterer.encoding.encoder import Encoder, unit
from clusterer.encoding.vectors import VectorCache, text_key
from clusterer.errors import EncoderError
from clusterer.progress import Progress, no_progress

# Texts between two words of progress; what was encoded until then is kept in the cache.
_CHUNK = 1024


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
    keys = [text_key(text) for text in texts]
    by_key = dict(zip(keys, texts, strict=True))
    known = cache.get(encoder.id, list(by_key)) if cache is not None else {}
    missing = sorted(by_key.keys() - known.keys(), key=lambda key: (-len(by_key[key]), key))
    for at in range(0, len(missing), _CHUNK):
        progress("encode", at, len(missing))
        chunk = missing[at : at + _CHUNK]
        fresh = _checked(encoder, [by_key[key] for key in chunk]).astype(np.float16)
        known.update(zip(chunk, fresh, strict=True))
        if cache is not None:
            cache.put(encoder.id, chunk, fresh)
    progress("encode", len(missing), len(missing))
    rows = np.empty((len(texts), encoder.dimension), np.float16)
    for row, key in zip(rows, keys, strict=True):
        row[:] = known[key]
    return unit(rows.astype(np.float32))


def _checked(encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
    rows = encoder.encode(texts)
    if rows.shape != (len(texts), encoder.dimension) or not np.isfinite(rows).all():
        raise EncoderError(f"encoder {encoder.id} gave vectors that are none")
    return rows
