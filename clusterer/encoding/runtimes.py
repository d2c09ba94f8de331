"""The arithmetic that an encoder runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Runtime = Literal["float32", "bfloat16", "int8"]
RUNTIMES: tuple[Runtime, ...] = get_args(Runtime)


def convert(model: SentenceTransformer, runtime: Runtime) -> SentenceTransformer:
    """The model in another arithmetic; changes ``model`` itself."""
    if runtime == "bfloat16":
        return model.bfloat16()
    if runtime == "int8":
        from clusterer.encoding.int8 import quantise

        quantise(model)
    return model
