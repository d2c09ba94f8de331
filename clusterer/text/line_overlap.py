"""Which words the lines of a page share with its running text.

Words are compared by rough stems, as numbers: all stems of all pages are sorted once, and
lines that stand together there share one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.text.lines import STEM_LENGTH, Line

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

NEAR = 5  # lines that count as near to another
_NOWHERE = -(1 << 30)
_ROW_BITS = np.uint64(20)  # a batch has far fewer lines; the rest of a word is the stem's hash
_ROW = np.uint64((1 << 20) - 1)
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


class _Met(NamedTuple):
    """Stems that more than one line of a page has, in groups: ``row`` the lines, ``start`` and
    ``size`` of each entry's group. ``said`` counts the telling stems of every line."""

    row: Ints
    start: Ints
    size: Ints
    said: Ints


def fill_overlap(rows: Floats, lines: Sequence[Line], page: Ints, prose: Bools, core: Ints) -> None:
    """Fill four rows, one entry a line: the share of its stems that it has in common with
    the running text right before it, right after it, with the best two lines of running
    text anywhere on its page, and with the best two around the line ``core``.

    ``page``, ``prose`` and ``core`` (a row number) have one entry a line.
    """
    shares, others = _shares(lines, page, prose)
    apart = others - np.arange(len(prose))[:, None]
    rows[0] = np.where((apart >= -NEAR) & (apart < 0), shares, 0).max(axis=1)
    rows[1] = np.where((apart <= NEAR) & (apart > 0), shares, 0).max(axis=1)
    rows[2] = _best_two(shares)
    near = np.abs(others - core[:, None]) <= NEAR
    rows[3] = np.where(near.sum(axis=1) > 1, _best_two(np.where(near, shares, 0)), 0)


def _shares(lines: Sequence[Line], page: Ints, prose: Bools) -> tuple[Floats, Ints]:
    """(lines, w): the share of a row's stems that each line of running text of its page also
    has, and the rows of those lines, far away where there are fewer than w."""
    met = _meet(lines, page)
    place, widest = _numbered(page, prose)
    running = np.flatnonzero(prose)
    table = np.full((int(page[-1]) + 1, widest), _NOWHERE, np.intp)
    table[page[running], place[running]] = running
    # Every line that has a stem, beside every line of running text that has it.
    asked = np.flatnonzero(prose[met.row])
    sizes = met.size[asked]
    owner = np.repeat(asked, sizes)
    step = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    one, other = met.row[met.start[owner] + step], met.row[owner]
    cells = (one * widest + place[other])[one != other]
    shared = np.bincount(cells, minlength=len(lines) * widest).reshape(-1, widest)
    said = np.maximum(met.said, 1).astype(np.float32)
    return np.asarray(shared.astype(np.float32) / said[:, None], np.float32), table[page]


def _numbered(page: Ints, prose: Bools) -> tuple[Ints, int]:
    """The number of each line among the running text of its page, and the most of a page."""
    counted: Ints = np.cumsum(prose) - prose
    first = np.flatnonzero(np.append(True, page[1:] != page[:-1]))
    place: Ints = counted - counted[first][page]
    return place, max(2, int(place.max()) + 1)


def _meet(lines: Sequence[Line], page: Ints) -> _Met:
    """A stem that stands in most lines of a page tells nothing about any of them."""
    keys = np.sort(_stems(lines, page))
    keys = keys[np.append(True, keys[1:] != keys[:-1])] if len(keys) else keys
    row = (keys & _ROW).astype(np.intp)
    stem = keys >> _ROW_BITS
    starts = np.flatnonzero(np.append(True, stem[1:] != stem[:-1])) if len(keys) else row
    sizes = np.diff(np.append(starts, len(keys)))
    most = np.maximum(3.0, 0.5 * np.bincount(page))[page[row[starts]]]
    kept = (sizes > 1) & (sizes <= most)
    said = np.bincount(row[np.repeat(sizes <= most, sizes)], minlength=len(lines))
    row, sizes = row[np.repeat(kept, sizes)], sizes[kept]
    return _Met(row, np.repeat(np.cumsum(sizes) - sizes, sizes), np.repeat(sizes, sizes), said)


def _stems(lines: Sequence[Line], page: Ints) -> NDArray[np.uint64]:
    """One number for every stem of every line: a hash of page and stem, then the row."""
    text = "\n".join([line.first_words for line in lines])
    codes = np.frombuffer((text + "\n" * STEM_LENGTH).encode("utf-32-le", "surrogatepass"), "<u4")
    space = codes <= 32
    begins = space[:-STEM_LENGTH]
    for by in range(1, STEM_LENGTH + 1):
        begins = begins & ~space[by : len(space) - STEM_LENGTH + by]
    at = np.flatnonzero(begins) + 1
    row = np.cumsum(codes == 10)[at]
    stem = page[row].astype(np.uint64) << np.uint64(32)  # above all letters
    for by in range(STEM_LENGTH):
        stem = (stem + codes[at + by]) * _FACTOR
        stem ^= stem >> np.uint64(29)
    return np.asarray((stem << _ROW_BITS) | row.astype(np.uint64), np.uint64)


def _best_two(shares: Floats) -> Floats:
    """Mean of the two largest values of each row, of which none is below 0."""
    top = np.partition(shares, -2, axis=1)[:, -2:]
    return np.asarray(top.mean(axis=1), np.float32)
