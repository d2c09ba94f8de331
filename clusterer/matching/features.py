"""What is known of a pair: the columns that the scorer reads."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusterer.matching import alignment
from clusterer.matching.facts import Facts
from clusterer.matching.index import cosines, documents, gap
from clusterer.matching.reference import crowding, crowds
from clusterer.news import Sentences

Floats = NDArray[np.float32]
Rows = NDArray[np.int32]

SETS = (
    "head_names",
    "names",
    "head_words",
    "words",
    "grams",
    "shingles",
    "numbers",
    "clocks",
    "speakers",
    "places",
    "actors",
    "acts",
    "head_slots",
)
# Sets whose rarest shared key counts by itself: one small town says more than five ministers.
TOPPED = ("head_names", "names", "head_words", "numbers", "head_slots")
SPOKEN = ("fa", "ar", "ru", "en", "he")  # languages with labelled pairs of their own

# How evidence counts differs between long articles and posts, and fades with the hours; the
# linear half of the scorer sees that in products of a column with a gate in [0, 1].
LONG_FROM, LONG_AT = 2.0, 8.0  # sentences of the shorter side: not at all, fully a long article
RECENT, CLOSE = 3.0, 0.75  # hours in which the gates fall to 1/e
GATES = ("long", "recent", "close")
GATED = (
    "csls_cover_low",
    "csls_cover_high",
    "csls_lead_low",
    "csls_lead_high",
    "csls_head_head",
    "csls_best",
    "document",
    "names_of_less",
    "head_names_of_less",
    "grams_of_less",
    "speakers_of_less",
    "numbers_of_less",
    "places_of_less",
    "actors_of_less",
    "acts_of_less",
    "head_slots_of_less",
    "names_top",
    "head_names_top",
)
PRODUCTS = (
    ("csls_head_head", "names_of_less"),
    ("csls_head_head", "speakers_of_less"),
    ("csls_head_head", "head_slots_of_less"),
    ("csls_lead_high", "places_of_less"),
    ("csls_lead_high", "acts_of_less"),
    ("csls_lead_high", "names_of_less"),
    ("csls_lead_low", "numbers_of_less"),
    ("csls_lead_low", "same_language"),
    ("grams_of_less", "same_language"),
    ("csls_head_head", "roundup_high"),
    ("csls_head_head", "csls_head_head"),
    ("csls_lead_high", "csls_lead_high"),
    ("csls_cover_low", "csls_cover_low"),
    ("csls_lead_high", "names_top"),
    ("csls_head_head", "head_names_top"),
)

BLOCK = 1 << 13  # pairs at a time: what is drawn for them stays in the processor's cache

PLAIN: tuple[str, ...] = (
    *alignment.NAMES,
    *(f"csls_{name}" for name in alignment.NAMES),
    "document",
    "crowd_low",
    "crowd_high",
    *(f"{of}_{what}" for of in SETS for what in ("shared", "of_less", "of_more", "lacking")),
    *(f"{of}_top" for of in TOPPED),
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
)
FEATURES: tuple[str, ...] = (
    *PLAIN,
    *GATES,
    *(f"{column}_if_{gate}" for column in GATED for gate in GATES),
    *(f"{one}_times_{other}" for one, other in PRODUCTS),
)


def features(
    left: Rows,
    right: Rows,
    sentences: Sentences,
    facts: Facts,
    encoder_id: str,
    crowd: Floats | None = None,
) -> Floats:
    """float32 (p, len(FEATURES)); symmetric in left and right; NaN where not applicable.

    ``sentences`` are centred; ``crowd`` is their ``crowding`` where that is known already.
    A row depends on its two articles and shipped tables only.
    """
    spoken = facts.language
    columns = [
        *_vectors(left, right, sentences, facts, encoder_id, crowd),
        *(column for name in SETS for column in _overlap(getattr(facts, name), left, right)),
        *(_top(getattr(facts, name), left, right) for name in TOPPED),
        *_missed(facts.names, left, right),
        *_missed(facts.numbers, left, right),
        *_time(facts, left, right),
        (facts.outlet[left] == facts.outlet[right]) & (facts.outlet[left] != 0),
        spoken[left] == spoken[right],
        *(np.add(spoken[left] == s, spoken[right] == s, dtype=np.float32) for s in SPOKEN),
        *_both(np.log1p(facts.length), left, right),
        *_both(np.diff(sentences.bounds), left, right),
        *_both(facts.roundup, left, right),
    ]
    table = np.empty((len(left), len(FEATURES)), np.float32)
    for start in range(0, len(left), BLOCK):
        part = slice(start, start + BLOCK)
        plain = np.empty((len(PLAIN), len(left[part])), np.float32)
        for row, values in zip(plain, columns, strict=True):
            row[:] = values[part]
        table[part] = np.concatenate([plain, _products(plain)]).T
    return table


def _products(plain: Floats) -> list[Floats]:
    """The gates and all products of columns (c, p); an unknown factor makes 0."""
    known = np.nan_to_num(plain)
    column = dict(zip(PLAIN, known, strict=True))
    long = np.clip((column["sentences_low"] - LONG_FROM) / (LONG_AT - LONG_FROM), 0, 1)
    hours = np.where(column["undated"] > 0, np.inf, np.expm1(column["hours"]))
    gates = [long, np.exp(-hours / RECENT), np.exp(-hours / CLOSE)]
    gated = [column[name] * gate for name in GATED for gate in gates]
    crossed = [column[one] * column[other] for one, other in PRODUCTS]
    return [part.astype(np.float32) for part in (*gates, *gated, *crossed)]


def _both(values: NDArray[Any], left: Rows, right: Rows) -> tuple[NDArray[Any], NDArray[Any]]:
    """The lower and the higher of the two sides."""
    a, b = values[left], values[right]
    return np.minimum(a, b), np.maximum(a, b)


def _vectors(
    left: Rows,
    right: Rows,
    sentences: Sentences,
    facts: Facts,
    encoder_id: str,
    crowd: Floats | None,
) -> list[NDArray[Any]]:
    if crowd is None:
        crowd = crowding(sentences.vectors, encoder_id)
    names = crowds(encoder_id)
    known = {name: column for column, name in enumerate(names)}
    column = np.array([known.get(str(s), len(names) - 1) for s in facts.language], np.int64)
    aligned = alignment.align(left, right, sentences, crowd, column)
    whole = documents(sentences)
    document = cosines(whole, left, whole, right)
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
    shared = np.empty(len(left), np.float32)
    for start in range(0, len(left), BLOCK):
        part = slice(start, start + BLOCK)
        shared[part] = _sums(weights[left[part]].multiply(weights[right[part]]))
    less, more = _both(totals, left, right)
    nan = np.full(len(shared), np.nan, np.float32)
    of_less = np.divide(shared, less, out=nan.copy(), where=less > 0)
    of_more = np.divide(shared, more, out=nan, where=less > 0)
    return [shared, of_less, of_more, less - shared]


def _top(weights: Any, left: Rows, right: Rows) -> NDArray[Any]:
    """Weight of the rarest key that both sides have, 0 where they share none."""
    top = np.empty(len(left), np.float32)
    for start in range(0, len(left), BLOCK):
        part = slice(start, start + BLOCK)
        shared = weights[left[part]].multiply(weights[right[part]])
        top[part] = np.asarray(shared.max(axis=1).todense()).ravel()
    return top


def _missed(weights: Any, left: Rows, right: Rows) -> tuple[NDArray[Any], NDArray[Any]]:
    """Weight of the rarest key that one side has and the other lacks, lower and higher side."""
    low, high = np.empty((2, len(left)), weights.dtype)
    for start in range(0, len(left), BLOCK):
        part = slice(start, start + BLOCK)
        a, b = weights[left[part]], weights[right[part]]
        there_a, there_b = a.sign(), b.sign()
        only_a, only_b = a - a.multiply(there_b), b - b.multiply(there_a)
        tops = [np.asarray(only.max(axis=1).todense()).ravel() ** 2 for only in (only_a, only_b)]
        low[part], high[part] = np.minimum(*tops), np.maximum(*tops)
    return low, high


def _sums(matrix: Any) -> NDArray[np.float32]:
    return np.asarray(matrix.sum(axis=1), np.float32).ravel()


def _time(facts: Facts, left: Rows, right: Rows) -> list[NDArray[Any]]:
    """Log hours between the times, log of their joint uncertainty, and whether one is unknown."""
    apart = np.abs(facts.at[left] - facts.at[right])
    blur = facts.spread[left] + facts.spread[right]
    return [np.log1p(apart), np.log1p(blur), np.isnan(gap(facts, left, right))]
