"""Models run by torch: on a processor in float32, bfloat16 or int8, on the GPU if there is one."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clusterer.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# Padding goes up to the next multiple: large enough that short runs fill their batches.
# Vectors in int8 depend on it by a rounding, so it belongs to what their ids name.
_LENGTH_STEP = 8
# Tokens of one batch. Matrix rate is flat from 256 rows on; more only costs memory. A GPU
# wants enough work to fill it.
_BATCH_TOKENS, _GPU_BATCH_TOKENS = 512, 16384


class TorchNetwork:
    """A sentence-transformers model as a :class:`Network`."""

    length_step = _LENGTH_STEP

    def __init__(self, folder: Path, runtime: str) -> None:
        """Raises EncoderError where the folder cannot be loaded."""
        self._model = _convert(load_folder(folder, "cpu" if runtime == "int8" else None), runtime)
        model = self._model
        self.limit = model.max_seq_length or 512
        self.prompt = model.prompts.get(model.default_prompt_name or "") or ""
        self.pad = int(model.tokenizer.pad_token_id or 0)
        self._on_cpu = model.device.type == "cpu"
        self.batch_tokens = _BATCH_TOKENS if self._on_cpu else _GPU_BATCH_TOKENS

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        found = self._model.tokenizer(
            list(texts),
            truncation=True,
            max_length=self.limit,
            return_attention_mask=False,
            verbose=False,
        )
        tokens: list[list[int]] = found["input_ids"]
        return tokens

    def vectors(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        import torch

        features: dict[str, Any] = {
            "input_ids": torch.from_numpy(ids).to(self._model.device),
            "attention_mask": torch.from_numpy(mask).to(self._model.device),
        }
        with torch.inference_mode():
            rows = self._model(features)["sentence_embedding"]
        found: NDArray[np.float32] = rows.float().cpu().numpy()
        return found

    @contextmanager
    def threads(self) -> Iterator[int]:
        """On a processor as many as torch was told to use, each of which uses but one."""
        import torch

        workers = torch.get_num_threads() if self._on_cpu else 1
        if workers == 1:
            yield 1
            return
        torch.set_num_threads(1)
        try:
            yield workers
        finally:
            torch.set_num_threads(workers)

    def enter_thread(self) -> None:
        import torch

        torch.set_num_threads(1)


def load_folder(folder: Path, device: str | None = None) -> SentenceTransformer:
    """Loads a local folder, quietly and without the network; on the GPU where there is one.

    Raises EncoderError where it cannot be loaded; only safetensors are read, and no code
    of the folder is run.
    """
    from safetensors import SafetensorError

    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
        return SentenceTransformer(
            str(folder),
            device=device,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        ).eval()
    except (OSError, ValueError, LookupError, RuntimeError, TypeError, SafetensorError) as error:
        line = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        raise EncoderError(f"cannot load the model in {folder}: {line}") from None


def _convert(model: SentenceTransformer, runtime: str) -> SentenceTransformer:
    """The model in another arithmetic; changes ``model`` itself."""
    if runtime == "bfloat16":
        return model.bfloat16()
    if runtime == "int8":
        from clusterer.encoding.int8 import quantise

        quantise(model)
    return model
