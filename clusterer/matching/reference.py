"""What an encoder's vectors look like in the world: language means and a sample to stand in.

Each language's mean is subtracted before vectors are compared, and how crowded a sentence's
neighbourhood is (CSLS, Conneau et al. 2018) is measured against a shipped sample of news
sentences, never against the batch. A reference belongs to one encoder id; an encoder without
one is used as it is, with a warning.
"""

from __future__ import annotations

import logging
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.news import Sentences

logger = logging.getLogger(__name__)

Floats = NDArray[np.float32]
NEIGHBOURS = 10  # the usual k of CSLS; 5 to 20 measure alike
BLOCK = 256  # sentences per matrix product, always full: BLAS rounds by shape
OTHER = "other"


class Reference(NamedTuple):
    """``languages`` names the rows of ``means`` (l, d), the last being OTHER.

    ``sample`` float32 (s, k, d): unit, centred sentence vectors of the languages ``sampled``.
    """

    languages: tuple[str, ...]
    means: Floats
    sampled: tuple[str, ...]
    sample: Floats

    def rows(self, languages: NDArray[np.str_]) -> NDArray[np.int64]:
        """Row of ``means`` for each language, the last for one that is not listed."""
        known = {name: row for row, name in enumerate(self.languages)}
        return np.array([known.get(str(name), len(self.languages) - 1) for name in languages])


def slug(encoder_id: str) -> str:
    """File-name form of an encoder id; how its arithmetic is done (after the slash) is left out."""
    return re.sub(r"[^a-z0-9]+", "-", encoder_id.partition("@")[0].casefold()).strip("-")


@cache
def load_reference(encoder_id: str) -> Reference | None:
    """The shipped reference of an encoder, or None (warned of once)."""
    source = files("clusterer.data").joinpath(f"matching/reference-{slug(encoder_id)}.npz")
    if not source.is_file():
        logger.warning("no reference for encoder %s: vectors are compared as they are", encoder_id)
        return None
    with source.open("rb") as stream, np.load(stream) as stored:
        sample = stored["sample"].astype(np.float32)
        sample /= np.linalg.norm(sample, axis=-1, keepdims=True)
        languages = tuple(str(name) for name in stored["languages"])
        sampled = tuple(str(name) for name in stored["sampled"])
        return Reference(languages, stored["means"].astype(np.float32), sampled, sample)


def centre(sentences: Sentences, languages: NDArray[np.str_], encoder_id: str) -> Sentences:
    """The same sentences with each article's language mean removed, unit rows again.

    ``languages`` (n,): one per article. Without a reference nothing is removed. What comes back
    is rounded to what float16 can hold, so that it may be kept in half of the memory.
    """
    reference = load_reference(encoder_id)
    if reference is None or not len(sentences.vectors):
        return Sentences(_rounded(sentences.vectors), sentences.bounds)
    owner = np.repeat(reference.rows(languages), np.diff(sentences.bounds))
    vectors = sentences.vectors - reference.means[owner]
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    np.divide(vectors, norms, out=vectors, where=norms > 0)
    return Sentences(_rounded(vectors), sentences.bounds)


def _rounded(vectors: Floats) -> Floats:
    return vectors.astype(np.float16).astype(np.float32)


def crowds(encoder_id: str) -> tuple[str, ...]:
    """Names of the columns of ``crowding``."""
    reference = load_reference(encoder_id)
    return (OTHER,) if reference is None else (*reference.sampled, OTHER)


def crowding(vectors: Floats, encoder_id: str) -> Floats:
    """Mean similarity of each centred vector to its nearest sample sentences of each language.

    Returns float32 (m, s + 1), the last column the mean over languages; see ``crowds``.
    """
    reference = load_reference(encoder_id)
    if reference is None:
        return np.zeros((len(vectors), 1), np.float32)
    named, k, d = reference.sample.shape
    flat = reference.sample.reshape(named * k, d).T
    out = np.empty((len(vectors), named + 1), np.float32)
    near = min(NEIGHBOURS, k)
    full = np.zeros((BLOCK, d), np.float32)
    for start in range(0, len(vectors), BLOCK):
        part = vectors[start : start + BLOCK]
        full[: len(part)] = part
        block = (full @ flat).reshape(BLOCK, named, k)
        block.partition(k - near, axis=2)
        block[:, :, k - near :].sort(axis=2)
        out[start : start + BLOCK, :-1] = block[: len(part), :, k - near :].mean(axis=2)
    out[:, -1] = out[:, :-1].mean(axis=1)
    return out
