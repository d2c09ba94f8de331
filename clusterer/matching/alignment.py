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
CELLS = 1 << 21  # matrix cells per batched product, about 100 MB with its operands


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
        step = max(CELLS // (len(rows) + len(columns)) // 16, 1)
        for start in range(0, len(group), step):
            at = group[start : start + step]
            mine = sentences.bounds[left[at], None] + rows
            theirs = sentences.bounds[right[at], None] + columns
            # einsum, not BLAS: its sums do not change by a bit with the order of the two sides
            product = np.einsum("psd,ptd->pst", sentences.vectors[mine], sentences.vectors[theirs])
            yield Block(at, mine, theirs, product)


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
    """Symmetric summaries (NAMES) of similarity matrices (p, s, t), float32 (p, 9)."""
    lead = cosine[:, :LEAD, :LEAD]
    forth, back = cosine.max(axis=2), cosine.max(axis=1)
    heads = np.stack([forth[:, 0], back[:, 0]])
    leads = np.stack([lead.max(axis=2).mean(axis=1), lead.max(axis=1).mean(axis=1)])
    covers = np.stack([forth.mean(axis=1), back.mean(axis=1)])
    worst = np.minimum(lead.max(axis=2).min(axis=1), lead.max(axis=1).min(axis=1))
    columns = [
        cosine[:, 0, 0],
        heads.min(axis=0),
        heads.max(axis=0),
        leads.min(axis=0),
        leads.max(axis=0),
        covers.min(axis=0),
        covers.max(axis=0),
        forth.max(axis=1),
        worst,
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def align(
    left: Rows, right: Rows, sentences: Sentences, crowd: Floats, column: NDArray[np.int64]
) -> Floats:
    """Summaries of plain and of CSLS-corrected cosines, float32 (p, 2 * 9), NaN if no sentences.

    ``crowd`` (m, l) is the crowding of every sentence towards every language and ``column``
    (n,) the column of each article's language: each side is judged by how crowded it is among
    sentences of the other side's language.
    """
    out = np.full((len(left), 2 * len(NAMES)), np.nan, np.float32)
    for block in blocks(left, right, sentences):
        out[block.at, : len(NAMES)] = summarise(block.cosine)
        mine = crowd[block.left, column[right[block.at], None]]
        theirs = crowd[block.right, column[left[block.at], None]]
        corrected = block.cosine - (mine[:, :, None] + theirs[:, None, :]) * np.float32(0.5)
        out[block.at, len(NAMES) :] = summarise(corrected)
    return out
