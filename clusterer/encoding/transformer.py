"""Encoders that are a sentence-transformers folder.

A row must depend on its text alone: not on its neighbours in the batch, not on the number
of threads. So texts are padded to one of a few lengths, fixed by the text's own length, or not
at all, and every batch runs on one thread; batches run beside each other instead. On a
processor this makes rows equal byte for byte; a GPU still picks its kernels by the size of the
batch.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.encoding.encoder import unit
from clusterer.encoding.network import Network
from clusterer.encoding.runtimes import Runtime, load_network

# A text is cut here before it is tokenised, so that a page of a megabyte in one sentence
# costs no more than the tokens that the model can read.
_CHARS_PER_TOKEN = 8

_UNFIT = re.compile(r"[^A-Za-z0-9]+")  # for the name of a file


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
        self._network: Network | None = None
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.empty((len(texts), self.dimension), np.float32)
        if not texts:
            return rows
        network = self._loaded()
        tokens = self._tokens(network, texts)
        for batch, vectors in _side_by_side(network, tokens):
            rows[batch.rows] = vectors
        return unit(rows)

    def count_tokens(self, texts: Sequence[str]) -> int:
        """What ``encode`` would read, without padding."""
        return sum(map(len, self._tokens(self._loaded(), texts)))

    def _loaded(self) -> Network:
        with self._lock:
            if self._network is None:
                name = _UNFIT.sub("-", self.id)
                self._network = load_network(self.folder, self.runtime, name)
            return self._network

    def _tokens(self, network: Network, texts: Sequence[str]) -> list[list[int]]:
        prompt = network.prompt if self._prompt is None else self._prompt
        longest = network.limit * _CHARS_PER_TOKEN
        return network.tokens([prompt + _writable(text[:longest]) for text in texts])


def _writable(text: str) -> str:
    """Lone surrogates, which no tokeniser takes, become question marks."""
    return text.encode("utf-8", "replace").decode()


def _batches(network: Network, tokens: Sequence[Sequence[int]]) -> list[_Batch]:
    """Longest first, so that memory peaks at once and the last batches are small."""
    lengths = np.array([len(ids) for ids in tokens])
    padded = -(-lengths // network.length_step) * network.length_step
    batches = []
    for length in np.unique(padded)[::-1].tolist():
        rows = np.flatnonzero(padded == length)
        size = max(1, network.batch_tokens // length)
        batches += [_Batch(rows[at : at + size], length) for at in range(0, len(rows), size)]
    return batches


def _side_by_side(
    network: Network, tokens: Sequence[Sequence[int]]
) -> Iterator[tuple[_Batch, NDArray[np.float32]]]:
    batches = _batches(network, tokens)

    def forward(batch: _Batch) -> NDArray[np.float32]:
        ids = np.full((len(batch.rows), batch.length), network.pad, np.int64)
        mask = np.zeros_like(ids)
        for i, row in enumerate(batch.rows):
            ids[i, : len(tokens[row])] = tokens[row]
            mask[i, : len(tokens[row])] = 1
        return network.vectors(ids, mask)

    with network.threads() as workers:
        if workers == 1:
            for batch in batches:
                yield batch, forward(batch)
            return
        with ThreadPoolExecutor(workers, initializer=network.enter_thread) as pool:
            yield from zip(batches, pool.map(forward, batches), strict=True)
