"""What can be seen of each line of a page and of its surroundings, as numbers.

Nothing here knows a language: cues come from the table, the rest is length, punctuation,
repetition, order, and which words a line shares with the running text around it. Many pages
are looked at together, row below row: one page has too few lines for arrays to pay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.news import BlockKind
from clusterer.text.line_overlap import fill_overlap
from clusterer.text.lines import LONG_CHARS, Line

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

CUES: tuple[BlockKind, ...] = (
    *("related", "comments", "rights", "follow", "advert", "tags", "photo_credit"),
    *("metadata", "date_line", "menu", "source_line", "byline", "end_tag"),
)
HEAD_CHARS = 12  # lists whose items begin alike begin with a label
SEEN_CHARS = 160
NEAR = 5  # lines in which the surroundings are looked at
_SYMBOLS = "|/>#@"
_DIGITS = "0123456789"
# What each ASCII sign adds to the counts of a line: symbols in the upper half, digits below.
_SIGNS = np.zeros(128, np.int64)
_SIGNS[list(map(ord, _SYMBOLS))] = 1 << 32
_SIGNS[list(map(ord, _DIGITS))] = 1
_FAR, _NO_SECTION = 60, 20
_FURNITURE = frozenset(CUES[: CUES.index("source_line")])

_OWN = (
    *("length", "words", "terminal", "ellipsis", "colon", "bullet", "gap", "gap_after"),
    *("symbols", "digits", "repeated", "prefix", "handle", "quote", "long", "prose", "indent"),
)
_SHIFTS = (-3, -2, -1, 1, 2, 3)
_SHIFTED = ("length", "prose", "furniture", "terminal")
_AROUND = (
    *("mass_before", "mass_after", "evenness", "section", "since_section", "place", "lines"),
    *("core_distance", "after_core", "cues_to_core", "source_to_core", "mass_share"),
    *("run_of_prose", "overlap_before", "overlap_after", "overlap_prose", "overlap_core"),
)
FEATURES: tuple[str, ...] = (
    *_OWN,
    *(f"cue_{kind}" for kind in CUES),
    *(f"{name}{shift:+d}" for shift in _SHIFTS for name in _SHIFTED),
    *_AROUND,
)


class _Seen(NamedTuple):
    """The lines of all pages one below the other, and what most columns are made of.

    One entry a line: ``page`` its page, ``at`` its row, ``first`` and ``last`` the rows that
    its page begins and ends with. ``starts`` has the first row of each page.
    """

    pages: Sequence[Sequence[Line]]
    lines: Sequence[Line]
    texts: list[str]
    sizes: Ints
    prose: Bools
    furniture: Bools
    page: Ints
    at: Ints
    first: Ints
    last: Ints
    starts: Ints


def features(pages: Sequence[Sequence[Line]]) -> Floats:
    """Matrix (lines, features) of the lines of all pages, columns as in ``FEATURES``.

    No page is empty; what one page holds changes nothing in the rows of another.
    """
    seen = _look(pages)
    columns = np.zeros((len(FEATURES), len(seen.lines)), np.float32)
    own, cues, shifted, around = np.split(columns, _PARTS)
    _fill_own(own, seen)
    for at, line in enumerate(seen.lines):
        if line.cue is not None:
            cues[CUES.index(line.cue.kind), at] = 2 if line.cue.whole else 1
    _fill_shifted(shifted, seen, own)
    _fill_around(around, seen)
    return columns.T


_PARTS = np.cumsum([len(_OWN), len(CUES), len(_SHIFTS) * len(_SHIFTED)]).tolist()
# Beyond these a larger count says no more.
_CAPS = np.array([np.inf, 25, 1, 1, 1, 1, 3, 3, 5, 1, 4, 4, 1, 1, 1, 1, 1], np.float32)[:, None]


def _look(pages: Sequence[Sequence[Line]]) -> _Seen:
    lines = list(chain.from_iterable(pages))
    texts = [line.text for line in lines]
    counts = np.array(list(map(len, pages)), np.intp)
    stops = np.cumsum(counts)
    page = np.repeat(np.arange(len(pages)), counts)
    return _Seen(
        pages,
        lines,
        texts,
        np.array(list(map(len, texts)), np.intp),
        np.array([line.prose for line in lines], np.bool_),
        np.array([line.kind in _FURNITURE for line in lines], np.bool_),
        page,
        np.arange(len(lines)),
        (stops - counts)[page],
        stops[page] - 1,
        stops - counts,
    )


def _fill_own(own: Floats, seen: _Seen) -> None:
    """The columns of ``_OWN``, a row each."""
    lines, texts, sizes = seen.lines, seen.texts, seen.sizes
    gaps = np.array([line.gap for line in lines])
    repeated, alike = _counted(seen.pages)
    signs = _signs(texts, sizes)
    own[0] = np.log(sizes)
    own[1] = [line.words for line in lines]
    own[2] = [line.terminal for line in lines]
    own[3], own[4] = signs.ellipsis, signs.colon
    own[5] = [line.bullet for line in lines]
    own[6], own[7] = gaps, np.where(seen.at < seen.last, np.roll(gaps, -1), 3)
    own[8], own[9] = signs.symbols, signs.digits / np.minimum(sizes, SEEN_CHARS)
    own[10], own[11] = repeated, alike - repeated
    own[12], own[13] = signs.handle, signs.quote
    own[14], own[15] = sizes >= LONG_CHARS, seen.prose
    own[16] = [line.indent for line in lines]
    np.clip(own, 0, _CAPS, out=own)


def _counted(pages: Sequence[Sequence[Line]]) -> tuple[Ints, Ints]:
    """Lines of the page that say the same as each, and longer ones that begin alike."""
    same: list[int] = []
    alike: list[int] = []
    for lines in pages:
        keys = [line.key for line in lines]
        heads = [line.text[:HEAD_CHARS] for line in lines]
        said = Counter(keys)
        begun = Counter([line.text[:HEAD_CHARS] for line in lines if len(line.text) > 20])
        same += map(said.__getitem__, keys)
        alike += map(begun.__getitem__, heads)
    return np.array(same, np.intp), np.array(alike, np.intp)


class _Signs(NamedTuple):
    """Symbols of each line, digits among its first ``SEEN_CHARS``, and how it begins and ends."""

    symbols: Ints
    digits: Ints
    ellipsis: Bools
    colon: Bools
    handle: Bools
    quote: Bools


def _signs(texts: Sequence[str], sizes: Ints) -> _Signs:
    codes = np.frombuffer("..".join(["", *texts]).encode("utf-32-le", "surrogatepass"), np.uint32)
    counts = np.concatenate([[0], np.cumsum(_SIGNS[np.minimum(codes, 127)])])
    stops = np.cumsum(sizes + 2)
    starts = stops - sizes
    before = counts[starts]
    first, last = codes[starts], codes[stops - 1]
    dots = (last == ord(".")) & (codes[stops - 2] == ord(".")) & (codes[stops - 3] == ord("."))
    return _Signs(
        (counts[stops] - before) >> 32,
        (counts[starts + np.minimum(sizes, SEEN_CHARS)] - before) & 0xFFFFFFFF,
        dots & (sizes > 2),
        last == ord(":"),
        (first == ord("@")) | (first == ord("#")),
        (first == ord('"')) | (first == ord("'")),
    )


def _fill_shifted(shifted: Floats, seen: _Seen, own: Floats) -> None:
    """The ``_SHIFTED`` values of the lines around each, -1 beyond the page."""
    values = np.stack([own[0], seen.prose, seen.furniture, own[2]])
    for part, by in enumerate(_SHIFTS):
        beside = seen.at + by
        outside = (beside < seen.first) | (beside > seen.last)
        rows = slice(part * len(_SHIFTED), (part + 1) * len(_SHIFTED))
        shifted[rows] = values.take(np.where(outside, seen.at, beside), axis=1)
        shifted[rows, outside] = -1


def _fill_around(around: Floats, seen: _Seen) -> None:
    """The columns of ``_AROUND``, a row each."""
    at, first, last = seen.at, seen.first, seen.last
    mass = np.where(seen.prose, seen.sizes, 0)
    total = _running(mass)
    behind = total[at] - total[np.maximum(at - NEAR, first)]
    ahead = total[np.minimum(at + NEAR, last) + 1] - total[at + 1]
    core = _peaks(behind + ahead + mass, seen)
    opens = np.array([line.cue is not None and line.cue.opens for line in seen.lines], np.bool_)
    marks = _running(seen.furniture | opens)
    sources = _running(np.array([line.kind in _CLOSING for line in seen.lines], np.bool_))
    opened = np.maximum.accumulate(np.where(opens, at, -1))
    open_ = opened >= first
    around[0], around[1] = np.log1p(behind), np.log1p(ahead)
    around[2] = _evenness(seen)
    around[3] = open_
    around[4] = np.where(open_, np.minimum(at - opened, _NO_SECTION), _NO_SECTION)
    count = last + 1 - first
    around[5], around[6] = (at - first) / count, np.minimum(count, 200)
    around[7] = np.minimum(np.abs(at - core), _FAR)
    around[8] = at > core
    around[9] = np.abs(marks[at] - marks[core])
    around[10] = np.abs(sources[at] - sources[core])
    around[11] = mass / np.maximum(total[last + 1] - total[first], 1)
    around[12] = _runs(seen)
    fill_overlap(around[13:], seen.lines, seen.page, seen.prose, core)


_CLOSING = ("source_line", "end_tag")


def _running(values: NDArray[np.intp] | Bools) -> Ints:
    """Sums of all values before each place, one entry more than there are values."""
    sums = np.zeros(len(values) + 1, np.intp)
    np.cumsum(values, out=sums[1:])
    return sums


def _peaks(values: Ints, seen: _Seen) -> Ints:
    """For each line the first line of its page with the largest value there."""
    largest = np.maximum.reduceat(values, seen.starts)[seen.page]
    rows = np.where(values == largest, seen.at, len(values))
    return np.minimum.reduceat(rows, seen.starts)[seen.page]


def _evenness(seen: _Seen) -> NDArray[np.float64]:
    """How much lengths vary among a line and its four neighbours: lists are even."""
    logs = np.log(seen.sizes)
    window = np.stack([logs[np.clip(seen.at + by, seen.first, seen.last)] for by in range(-2, 3)])
    return np.asarray(((window - window.mean(axis=0)) ** 2).mean(axis=0), np.float64)


def _runs(seen: _Seen) -> Ints:
    """Length of the unbroken run of prose that a line stands in, at most 10."""
    prose = seen.prose
    begins = np.append(True, (prose[1:] != prose[:-1]) | (seen.page[1:] != seen.page[:-1]))
    starts = np.flatnonzero(begins)
    sizes = np.diff(np.append(starts, len(prose)))
    return np.where(prose, np.repeat(np.minimum(sizes, 10), sizes), 0)
