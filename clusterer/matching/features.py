"""What is known of a pair: the columns that the scorer reads."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusterer.matching import alignment
from clusterer.matching.facts import Facts
from clusterer.matching.index import documents, gap
from clusterer.matching.reference import crowding
from clusterer.news import Sentences

Floats = NDArray[np.float32]
Rows = NDArray[np.int32]

SETS = ("head_names", "names", "head_words", "words", "grams", "shingles", "numbers", "clocks")
SPOKEN = ("fa", "ar", "ru", "en", "he")  # languages with labelled pairs of their own

FEATURES: tuple[str, ...] = (
    *alignment.NAMES,
    *(f"csls_{name}" for name in alignment.NAMES),
    "document",
    "crowd_low",
    "crowd_high",
    *(f"{of}_{what}" for of in SETS for what in ("shared", "of_less", "of_more", "lacking")),
    "names_missed_low",
    "names_missed_high",
    "numbers_missed_low",
    "numbers_missed_high",
    "hours",
    "blur",
    "undated",
    "same_outlet",
    "same_language",
    *SPOKEN,
    "length_low",
    "length_high",
    "sentences_low",
    "sentences_high",
    "roundup_low",
    "roundup_high",
    "headless",
)


def features(
    left: Rows, right: Rows, sentences: Sentences, facts: Facts, encoder_id: str
) -> Floats:
    """float32 (p, len(FEATURES)); symmetric in left and right; NaN where not applicable.

    ``sentences`` are centred. A row depends on its two articles and shipped tables only.
    """
    spoken = facts.language
    columns = [
        *_vectors(left, right, sentences, facts, encoder_id),
        *(column for name in SETS for column in _overlap(getattr(facts, name), left, right)),
        *_missed(facts.names, left, right),
        *_missed(facts.numbers, left, right),
        *_time(facts, left, right),
        (facts.outlet[left] == facts.outlet[right]) & (facts.outlet[left] != 0),
        spoken[left] == spoken[right],
        *(np.add(spoken[left] == s, spoken[right] == s, dtype=np.float32) for s in SPOKEN),
        *_both(np.log1p(facts.length), left, right),
        *_both(np.diff(sentences.bounds), left, right),
        *_both(facts.roundup, left, right),
        np.add(~facts.titled[left], ~facts.titled[right], dtype=np.float32),
    ]
    return np.column_stack(columns).astype(np.float32)


def _both(values: NDArray[Any], left: Rows, right: Rows) -> tuple[NDArray[Any], NDArray[Any]]:
    """The lower and the higher of the two sides."""
    a, b = values[left], values[right]
    return np.minimum(a, b), np.maximum(a, b)


def _vectors(
    left: Rows, right: Rows, sentences: Sentences, facts: Facts, encoder_id: str
) -> list[NDArray[Any]]:
    crowd, names = crowding(sentences.vectors, encoder_id)
    known = {name: column for column, name in enumerate(names)}
    column = np.array([known.get(str(s), len(names) - 1) for s in facts.language], np.int64)
    aligned = alignment.align(left, right, sentences, crowd, column)
    whole = documents(sentences)
    document = np.einsum("ij,ij->i", whole[left], whole[right])
    filled = np.diff(sentences.bounds) > 0
    first = np.where(filled, sentences.bounds[:-1], 0)
    heads = np.where(filled[:, None], crowd[first], np.nan) if len(crowd) else crowd
    mine, theirs = heads[left, column[right]], heads[right, column[left]]
    return [*aligned.T, document, np.minimum(mine, theirs), np.maximum(mine, theirs)]


def _overlap(weights: Any, left: Rows, right: Rows) -> list[NDArray[Any]]:
    """Weight of what two sets share; its part of the lighter and heavier set; what is lacking.

    The parts are NaN where a set is empty.
    """
    totals = _sums(weights.multiply(weights))
    shared = _sums(weights[left].multiply(weights[right]))
    less, more = _both(totals, left, right)
    nan = np.full(len(shared), np.nan, np.float32)
    of_less = np.divide(shared, less, out=nan.copy(), where=less > 0)
    of_more = np.divide(shared, more, out=nan, where=less > 0)
    return [shared, of_less, of_more, less - shared]


def _missed(weights: Any, left: Rows, right: Rows) -> tuple[NDArray[Any], NDArray[Any]]:
    """Weight of the rarest key that one side has and the other lacks, lower and higher side."""
    a, b = weights[left], weights[right]
    there_a, there_b = a.sign(), b.sign()
    only_a, only_b = a - a.multiply(there_b), b - b.multiply(there_a)
    tops = [np.asarray(only.max(axis=1).todense()).ravel() ** 2 for only in (only_a, only_b)]
    return np.minimum(*tops), np.maximum(*tops)


def _sums(matrix: Any) -> NDArray[np.float32]:
    return np.asarray(matrix.sum(axis=1), np.float32).ravel()


def _time(facts: Facts, left: Rows, right: Rows) -> list[NDArray[Any]]:
    """Log hours between the times, log of their joint uncertainty, and whether one is unknown."""
    apart = np.abs(facts.at[left] - facts.at[right])
    blur = facts.spread[left] + facts.spread[right]
    return [np.log1p(apart), np.log1p(blur), np.isnan(gap(facts, left, right))]
