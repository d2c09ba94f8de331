"""Near copies within one language: who shares wording, and whether a fact was changed.

Shared word pairs find the candidates (shingles and resemblance after Broder, "On the
resemblance and containment of documents", 1997; sketches for large events). A pair is then
compared word by word: a template filled with another place, name or number is another
report, however much of its wording it shares.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, starmap
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from clusterer.sources.wording import Wording

Rows = NDArray[np.int64]
Shares = NDArray[np.float64]

# Words in a row that make a shingle. Two: one-line posts have few longer runs in common.
# Measured on the labelled copies of an Arabic–Persian–Russian–English stream: pair AUC 0.996
# with two words, 0.99 with three.
SHINGLE = 2
# Up to so many different texts every pair is weighed; beyond, sketches propose the pairs.
ALL_PAIRS = 1500
# Of its relations each text is compared word by word with so many: enough to tie a group,
# bounded for the thousandth reprint.
NEAREST = 6
# Least share of the shorter text's shingles that both have for a pair to be looked at.
LEAST_CONTAINMENT = 0.35
# Sketch: bands of rows; two texts of resemblance 0.5 meet in a band with probability 0.98.
BANDS, ROWS = 32, 3
# A slot of a template holds at most so many words; longer replacements are rewriting.
LONGEST_SLOT = 3
# With more replacements than this the text was rewritten, and names prove nothing.
MOST_SLOTS = 3
# Indel similarity from which two spellings are one name (گراک, گروک: 75).
SAME_SPELLING = 60


class Shared(NamedTuple):
    """What two texts have in common; ``left`` < ``right`` are rows.

    ``resemblance`` and ``containment`` in [0, 1] over shingles; ``shared`` counts them.
    ``changed`` says that a number or a name stands in the place of another.
    """

    left: int
    right: int
    resemblance: float
    containment: float
    shared: int
    changed: bool


def shared_wording(wordings: Sequence[Wording]) -> list[Shared]:
    """Pairs of rows that share enough wording, in row order, each row with its nearest few.

    The caller gives texts of one language, no two with the same words.
    """
    if len(wordings) < 2:
        return []
    alike = _of_few(wordings) if len(wordings) <= NEAREST + 1 else _of_many(wordings)
    return [Shared(*pair, is_changed(wordings[pair.left], wordings[pair.right])) for pair in alike]


class _Alike(NamedTuple):
    """As :class:`Shared`, before it is looked at what was changed."""

    left: int
    right: int
    resemblance: float
    containment: float
    shared: int


def _of_few(wordings: Sequence[Wording]) -> Iterator[_Alike]:
    """All pairs that share enough, of so few texts that none can have too many relations."""
    sets = [_shingles(wording.words) for wording in wordings]
    for (left, one), (right, other) in combinations(enumerate(sets), 2):
        shared = len(one & other)
        containment = shared / min(len(one), len(other))
        if shared and containment >= LEAST_CONTAINMENT:
            resemblance = shared / (len(one) + len(other) - shared)
            yield _Alike(left, right, resemblance, containment, shared)


def _of_many(wordings: Sequence[Wording]) -> Iterator[_Alike]:
    """Pairs that share enough and are among the nearest few of either of their texts."""
    table = _shingle_table(wordings)
    left, right, common = (
        _all_pairs(table) if len(wordings) <= ALL_PAIRS else _sketched_pairs(wordings, table)
    )
    sizes = np.asarray(table.sum(axis=1)).ravel()
    containment = common / np.minimum(sizes[left], sizes[right])
    resemblance = common / (sizes[left] + sizes[right] - common)
    kept = _nearest(left, right, resemblance, containment)
    columns = (left, right, resemblance, containment, common.astype(np.int64))
    return starmap(_Alike, zip(*(column[kept].tolist() for column in columns), strict=True))


def _nearest(left: Rows, right: Rows, resemblance: Shares, containment: Shares) -> Rows:
    """Places of the pairs that are among the nearest few of either of their rows."""
    enough = np.flatnonzero(containment >= LEAST_CONTAINMENT)
    mine = np.concatenate([left[enough], right[enough]])
    nearness = np.round(np.tile(resemblance[enough] + containment[enough], 2), 6)
    place = np.tile(enough, 2)
    order = np.lexsort((place, -nearness, mine))
    starts = np.searchsorted(mine[order], mine[order], side="left")
    rank = np.arange(len(order)) - starts
    return np.unique(place[order][rank < NEAREST])


def is_changed(one: Wording, other: Wording) -> bool:
    """Whether the texts put different facts into the same words.

    A figure for a figure always is; a name for a name only where little else differs, since
    a free rewriting replaces many words and seldom the facts.
    """
    names = 0
    slots = 0
    for step in Levenshtein.opcodes(one.words, other.words):
        if step.tag != "replace":
            continue
        gone = _left(one.words[step.src_start : step.src_end], other)
        come = _left(other.words[step.dest_start : step.dest_end], one)
        if not gone or not come or max(len(gone), len(come)) > LONGEST_SLOT:
            continue
        if any(map(str.isdigit, gone)) and any(map(str.isdigit, come)):
            return True
        slots += 1
        names += _is_another_name(gone, come, one.names, other.names)
    return names > 0 and slots <= MOST_SLOTS


def _left(words: Sequence[str], other: Wording) -> list[str]:
    return [word for word in words if word not in other.vocabulary]


def _is_another_name(
    gone: Sequence[str], come: Sequence[str], mine: frozenset[str], theirs: frozenset[str]
) -> bool:
    was = [word for word in gone if word in mine]
    now = [word for word in come if word in theirs]
    if not was or not now:
        return False
    return fuzz.ratio(" ".join(was), " ".join(now)) < SAME_SPELLING


def _shingles(words: Sequence[str]) -> set[tuple[str, ...]]:
    return set(zip(*(words[at:] for at in range(SHINGLE)), strict=False)) or {tuple(words)}


def _shingle_table(wordings: Sequence[Wording]) -> Any:
    """scipy CSR float32 (n, shingles), 1 where a text has a shingle."""
    from scipy.sparse import csr_matrix

    places: dict[tuple[str, ...], int] = {}
    rows: list[int] = []
    columns: list[int] = []
    for row, wording in enumerate(wordings):
        for shingle in sorted(_shingles(wording.words)):
            rows.append(row)
            columns.append(places.setdefault(shingle, len(places)))
    ones = np.ones(len(rows), np.float32)
    return csr_matrix((ones, (rows, columns)), shape=(len(wordings), len(places)))


def _all_pairs(table: Any) -> tuple[Rows, Rows, Shares]:
    """Rows left < right of all pairs with a common shingle, and how many are common."""
    from scipy.sparse import triu

    common = triu(table @ table.T, k=1).tocoo()
    return common.row.astype(np.int64), common.col.astype(np.int64), common.data.astype(np.float64)


def _sketched_pairs(wordings: Sequence[Wording], table: Any) -> tuple[Rows, Rows, Shares]:
    """Every member of a band's bucket with the bucket's first: a star, not all pairs."""
    sketches = _sketches(wordings)
    pairs = []
    for band in range(BANDS):
        rows = np.ascontiguousarray(sketches[:, band * ROWS : (band + 1) * ROWS])
        _, first, bucket = np.unique(rows, axis=0, return_index=True, return_inverse=True)
        leader = first[bucket.ravel()]
        member = np.flatnonzero(leader != np.arange(len(wordings)))
        pairs.append(np.stack([leader[member], member], axis=1))
    left, right = np.unique(np.concatenate(pairs), axis=0).T
    common = np.asarray(table[left].multiply(table[right]).sum(axis=1)).ravel()
    return left, right, common.astype(np.float64)


def _sketches(wordings: Sequence[Wording]) -> NDArray[np.uint64]:
    from rensa import RMinHash

    sketches = np.empty((len(wordings), BANDS * ROWS), np.uint64)
    for row, wording in enumerate(wordings):
        sketch = RMinHash(num_perm=BANDS * ROWS, seed=1)
        sketch.update([" ".join(shingle) for shingle in sorted(_shingles(wording.words))])
        sketches[row] = sketch.digest()
    return sketches
