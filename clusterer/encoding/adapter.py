"""A low-rank update of the packaged model, small enough to ship.

For each adapted matrix W (out, in) the file holds ``NAME.down`` (rank, in) and ``NAME.up``
(out, rank) in float16; the adapted matrix is W + up · down (Hu et al. 2022, "LoRA"). The
card beside the file says what it was trained on and what it scores.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from clusterer.encoding.folder import Weights
from clusterer.errors import EncoderError

DOWN, UP = ".down", ".up"
ADAPTER = Path(__file__).parents[1] / "data" / "encoder" / "news.safetensors"


def adapted(weights: Weights, adapter: Path = ADAPTER) -> Weights:
    """A copy of ``weights`` (Hugging Face's names) with the update added.

    Raises EncoderError where the adapter is missing or was made for another network.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        parts = load_file(adapter)
    except (OSError, SafetensorError) as error:
        raise EncoderError(f"{adapter}: {error}") from None
    found = dict(weights)
    for key in sorted(parts):
        if not key.endswith(DOWN):
            continue
        name = key.removesuffix(DOWN)
        weight = f"{name}.weight"
        if weight not in weights:
            raise EncoderError(f"{adapter}: the model has no matrix {name}")
        down = parts[key].astype(np.float32)
        up = parts[name + UP].astype(np.float32)
        if (up.shape[0], down.shape[1]) != weights[weight].shape:
            raise EncoderError(f"{adapter}: {name} has another shape than the model's")
        found[weight] = weights[weight] + up @ down
    return found
