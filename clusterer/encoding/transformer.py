"""Encoders that are a sentence-transformers folder.

A row must depend on its text alone: not on its neighbours in the batch, not on the number
of threads. So texts are padded to one of a few lengths, fixed by the text's own length, and
every batch runs on one thread; batches run beside each other instead. On a processor this
makes rows equal byte for byte; a GPU still picks its kernels by the size of the batch.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.encoding.encoder import unit
from clusterer.encoding.runtimes import Runtime, convert
from clusterer.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# Padding goes up to the next multiple: small enough to waste little (4 % of the tokens of
# real headlines), large enough that short runs fill their batches.
_LENGTH_STEP = 8
# Tokens of one batch. Matrix rate is flat from 256 rows on; more only costs memory.
_BATCH_TOKENS = 512
# A text is cut here before it is tokenised, so that a page of a megabyte in one sentence
# costs no more than the 512 tokens that the model can read.
_CHARS_PER_TOKEN = 8


class _Batch(NamedTuple):
    rows: NDArray[np.int64]
    length: int


class TransformerEncoder:
    """A sentence-transformers folder, loaded at the first text that has to be encoded."""

    def __init__(
        self,
        *,
        id: str,
        dimension: int,
        folder: Callable[[], Path],
        runtime: Runtime,
        prompt: str | None = None,
    ) -> None:
        """``folder`` is asked for on first use only; ``prompt`` None means the model's own."""
        self.id = id
        self.dimension = dimension
        self.runtime = runtime
        self.folder = folder
        self._prompt = prompt
        self._model: SentenceTransformer | None = None
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.empty((len(texts), self.dimension), np.float32)
        if not texts:
            return rows
        model = self._loaded()
        tokens = self._tokens(model, texts)
        for batch, vectors in _side_by_side(model, tokens, _batches(tokens)):
            rows[batch.rows] = vectors
        return unit(rows)

    def count_tokens(self, texts: Sequence[str]) -> int:
        """What ``encode`` would read, without padding."""
        return sum(map(len, self._tokens(self._loaded(), texts)))

    def _loaded(self) -> SentenceTransformer:
        with self._lock:
            if self._model is None:
                self._model = convert(
                    load_folder(self.folder(), "cpu" if self.runtime == "int8" else None),
                    self.runtime,
                )
            return self._model

    def _tokens(self, model: SentenceTransformer, texts: Sequence[str]) -> list[list[int]]:
        limit = model.max_seq_length or 512
        told = model.prompts.get(model.default_prompt_name or "") or ""
        prompt = told if self._prompt is None else self._prompt
        cut = [prompt + _writable(text[: limit * _CHARS_PER_TOKEN]) for text in texts]
        found = model.tokenizer(
            cut, truncation=True, max_length=limit, return_attention_mask=False, verbose=False
        )
        tokens: list[list[int]] = found["input_ids"]
        return tokens


def _writable(text: str) -> str:
    """Lone surrogates, which no tokeniser takes, become question marks."""
    return text.encode("utf-8", "replace").decode()


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


def _batches(tokens: Sequence[Sequence[int]]) -> list[_Batch]:
    """Longest first, so that memory peaks at once and the last batches are small."""
    lengths = np.array([len(ids) for ids in tokens])
    padded = -(-lengths // _LENGTH_STEP) * _LENGTH_STEP
    batches = []
    for length in np.unique(padded)[::-1].tolist():
        rows = np.flatnonzero(padded == length)
        size = max(1, _BATCH_TOKENS // length)
        batches += [_Batch(rows[at : at + size], length) for at in range(0, len(rows), size)]
    return batches


def _side_by_side(
    model: SentenceTransformer, tokens: Sequence[Sequence[int]], batches: Sequence[_Batch]
) -> Iterator[tuple[_Batch, NDArray[np.float32]]]:
    import torch

    workers = torch.get_num_threads() if model.device.type == "cpu" else 1
    if workers == 1:
        for batch in batches:
            yield batch, _forward(model, tokens, batch)
        return
    torch.set_num_threads(1)
    try:
        with ThreadPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            results = pool.map(lambda batch: _forward(model, tokens, batch), batches)
            yield from zip(batches, results, strict=True)
    finally:
        torch.set_num_threads(workers)


def _forward(
    model: SentenceTransformer, tokens: Sequence[Sequence[int]], batch: _Batch
) -> NDArray[np.float32]:
    import torch

    pad = model.tokenizer.pad_token_id or 0
    ids = np.full((len(batch.rows), batch.length), pad, np.int64)
    mask = np.zeros_like(ids)
    for i, row in enumerate(batch.rows):
        ids[i, : len(tokens[row])] = tokens[row]
        mask[i, : len(tokens[row])] = 1
    features: dict[str, Any] = {
        "input_ids": torch.from_numpy(ids).to(model.device),
        "attention_mask": torch.from_numpy(mask).to(model.device),
    }
    with torch.inference_mode():
        found: NDArray[np.float32] = model(features)["sentence_embedding"].float().cpu().numpy()
    return found
