"""Late interaction: how well the sentences of two articles find each other.

Each sentence looks for its best partner on the other side; means and extremes of those best
cosines say how much of one report is told in the other (cf. ColBERT, Khattab & Zaharia 2020,
with sentences in the place of tokens). Pairs of equal shape (sentences left × right) are
worked in one product, so nothing is padded and nothing is looped over pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.news import Sentences

Floats = NDArray[np.float32]
Rows = NDArray[np.int32]

MOST = 12  # sentences of an article that take part: the news is told by then
LEAD = 3  # headline and the two sentences after it
PAIRS = 4096  # summarised at a time
GATHERED = 256  # pairs whose sentences are laid side by side: they stay in the processor's cache


class Block(NamedTuple):
    """Pairs of one shape: ``at`` (p,) their places in the list, ``cosine`` (p, s, t),
    ``left`` (p, s) and ``right`` (p, t) rows of the sentence vectors."""

    at: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    cosine: Floats


def blocks(left: Rows, right: Rows, sentences: Sentences) -> Iterator[Block]:
    """All pairs, shape by shape; pairs with an article without sentences are left out."""
    counts = np.minimum(np.diff(sentences.bounds), MOST)
    s, t = counts[left], counts[right]
    shape = s * (MOST + 1) + t
    order = np.argsort(shape, kind="stable")
    edges = np.flatnonzero(np.diff(shape[order])) + 1
    for group in np.split(order, edges):
        if not len(group) or s[group[0]] == 0 or t[group[0]] == 0:
            continue
        rows, columns = np.arange(s[group[0]]), np.arange(t[group[0]])
        for start in range(0, len(group), PAIRS):
            at = group[start : start + PAIRS]
            mine = sentences.bounds[left[at], None] + rows
            theirs = sentences.bounds[right[at], None] + columns
            yield Block(at, mine, theirs, _cosines(sentences.vectors, mine, theirs))


def _cosines(vectors: Floats, mine: NDArray[np.int64], theirs: NDArray[np.int64]) -> Floats:
    """All inner products (p, s, t) of rows ``mine`` (p, s) and ``theirs`` (p, t)."""
    product = np.empty((len(mine), mine.shape[1], theirs.shape[1]), np.float32)
    for start in range(0, len(mine), GATHERED):
        part = slice(start, start + GATHERED)
        # einsum, not BLAS: its sums do not change by a bit with the order of the two sides
        np.einsum(
            "psd,ptd->pst",
            vectors.take(mine[part], axis=0),
            vectors.take(theirs[part], axis=0),
            out=product[part],
        )
    return product


def explain(
    left: Rows, right: Rows, sentences: Sentences
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """The best aligned sentence pair of each article pair.

    Returns (sentence of left, sentence of right, cosine), each (p,), sentences counted within
    their article; cosine is NaN where an article has no sentences.
    """
    mine, theirs = np.zeros(len(left), np.int64), np.zeros(len(left), np.int64)
    best = np.full(len(left), np.nan, np.float32)
    for block in blocks(left, right, sentences):
        flat = block.cosine.reshape(len(block.at), -1)
        top = flat.argmax(axis=1)
        mine[block.at], theirs[block.at] = np.divmod(top, block.cosine.shape[2])
        best[block.at] = flat[np.arange(len(top)), top]
    return mine, theirs, best


NAMES = (
    "head_head",
    "head_any_low",
    "head_any_high",
    "lead_low",
    "lead_high",
    "cover_low",
    "cover_high",
    "best",
    "worst",
)


def summarise(cosine: Floats) -> Floats:
    """Symmetric summaries (NAMES) of similarity matrices (s, t, p), float32 (9, p)."""
    lead = cosine[:LEAD, :LEAD]
    forth, back = cosine.max(axis=1), cosine.max(axis=0)
    lead_forth, lead_back = lead.max(axis=1), lead.max(axis=0)
    leads = _mean(lead_forth), _mean(lead_back)
    covers = _mean(forth), _mean(back)
    return np.stack(
        [
            cosine[0, 0],
            np.minimum(forth[0], back[0]),
            np.maximum(forth[0], back[0]),
            np.minimum(*leads),
            np.maximum(*leads),
            np.minimum(*covers),
            np.maximum(*covers),
            forth.max(axis=0),
            np.minimum(lead_forth.min(axis=0), lead_back.min(axis=0)),
        ]
    )


def _mean(rows: Floats) -> Floats:
    """Mean over the first axis (n, p), n ≤ MOST, added in numpy's own order for one row of n."""
    if len(rows) < 8:
        total = rows[0].copy()
        rest = rows[1:]
    else:
        total = ((rows[0] + rows[1]) + (rows[2] + rows[3])) + (
            (rows[4] + rows[5]) + (rows[6] + rows[7])
        )
        rest = rows[8:]
    for row in rest:
        total += row
    mean: Floats = total / np.float32(len(rows))
    return mean


def align(
    left: Rows, right: Rows, sentences: Sentences, crowd: Floats, column: NDArray[np.int64]
) -> Floats:
    """Summaries of plain and of CSLS-corrected cosines, float32 (p, 2 * 9), NaN if no sentences.

    ``crowd`` (m, l) is the crowding of every sentence towards every language and ``column``
    (n,) the column of each article's language: each side is judged by how crowded it is among
    sentences of the other side's language.
    """
    out = np.full((2 * len(NAMES), len(left)), np.nan, np.float32)
    half, width = np.float32(0.5), crowd.shape[1]
    for block in blocks(left, right, sentences):
        # pairs last: every step below is one pass over long rows
        cosine = np.ascontiguousarray(block.cosine.transpose(1, 2, 0))
        out[: len(NAMES), block.at] = summarise(cosine)
        mine = crowd.take(block.left.T * width + column[right[block.at]])
        theirs = crowd.take(block.right.T * width + column[left[block.at]])
        cosine -= (mine[:, None] + theirs[None]) * half
        out[len(NAMES) :, block.at] = summarise(cosine)
    return out.T
