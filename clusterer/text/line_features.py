"""What can be seen of each line of a page and of its surroundings, as numbers.

Nothing here knows a language: cues come from the table, the rest is length, punctuation,
repetition, order, and which words a line shares with the running text around it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

from clusterer.news import BlockKind
from clusterer.text.lines import LONG_CHARS, Line

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

CUES: tuple[BlockKind, ...] = (
    *("related", "comments", "rights", "follow", "advert", "tags", "photo_credit"),
    *("metadata", "date_line", "menu", "source_line", "byline", "end_tag"),
)
HEAD_CHARS = 12  # lists whose items begin alike begin with a label
SEEN_CHARS = 160
NEAR = 5  # lines in which the surroundings are looked at
_SYMBOLS = re.compile(r"[|/>#@]|https?:")
_DIGITS = re.compile(r"\d")
_FAR = 60.0

_OWN = (
    *("length", "words", "terminal", "ellipsis", "colon", "bullet", "gap", "gap_after"),
    *("symbols", "digits", "repeated", "prefix", "handle", "quote", "long", "prose", "indent"),
)
_SHIFTS = (-3, -2, -1, 1, 2, 3)
_SHIFTED = ("length", "prose", "furniture", "terminal")
_AROUND = (
    *("mass_before", "mass_after", "evenness", "section", "since_section", "place", "lines"),
    *("overlap_before", "overlap_after", "overlap_prose", "overlap_core", "core_distance"),
    *("after_core", "cues_to_core", "source_to_core", "core_share", "run_of_prose"),
)
FEATURES: tuple[str, ...] = (
    *_OWN,
    *(f"cue_{kind}" for kind in CUES),
    *(f"{name}{shift:+d}" for shift in _SHIFTS for name in _SHIFTED),
    *_AROUND,
)


def features(lines: Sequence[Line]) -> Floats:
    """Matrix (lines, features), columns as in ``FEATURES``."""
    own = _own(lines)
    sizes = np.array([len(line.text) for line in lines], np.float32)
    prose = np.asarray(own[:, _OWN.index("prose")] > 0)
    cues = _cues(lines)
    furniture = np.asarray(cues[:, : CUES.index("source_line")].any(axis=1))
    shifted = {
        "length": np.asarray(own[:, 0]),
        "prose": prose.astype(np.float32),
        "furniture": furniture.astype(np.float32),
        "terminal": np.asarray(own[:, 2]),
    }
    columns = [own, cues]
    columns += [_shift(shifted[name], by)[:, None] for by in _SHIFTS for name in _SHIFTED]
    columns.append(_around(lines, sizes, prose, furniture, cues))
    return np.concatenate(columns, axis=1)


def _own(lines: Sequence[Line]) -> Floats:
    same = Counter(line.key for line in lines)
    heads = Counter(line.text[:HEAD_CHARS] for line in lines if len(line.text) > 20)
    gaps = [min(line.gap, 3) for line in lines]
    rows = []
    for line, gap, after in zip(lines, gaps, [*gaps[1:], 3], strict=True):
        text = line.text
        size = len(text)
        own = same[line.key]
        rows.append(
            (
                log(size),
                min(line.words, 25),
                line.terminal,
                text.endswith("..."),
                text.endswith(":"),
                line.bullet,
                gap,
                after,
                min(len(_SYMBOLS.findall(text, 0, SEEN_CHARS)), 5),
                len(_DIGITS.findall(text, 0, SEEN_CHARS)) / min(size, SEEN_CHARS),
                min(own, 4),
                min(max(heads[text[:HEAD_CHARS]] - own, 0), 4),
                text[0] in "@#",
                text[0] in "\"'",
                size >= LONG_CHARS,
                line.prose,
                line.indent,
            )
        )
    return np.array(rows, np.float32)


def _cues(lines: Sequence[Line]) -> Floats:
    """One column a cue: 1 for a phrase in the line, 2 for the whole line."""
    found = np.zeros((len(lines), len(CUES)), np.float32)
    for at, line in enumerate(lines):
        if line.cue is not None:
            found[at, CUES.index(line.cue.kind)] = 2 if line.cue.whole else 1
    return found


def _shift(values: Floats, by: int) -> Floats:
    """``values`` of the line ``by`` places on; -1 beyond the page."""
    moved = np.full(len(values), -1, np.float32)
    if by > 0:
        moved[:-by] = values[by:]
    else:
        moved[-by:] = values[:by]
    return moved


def _around(
    lines: Sequence[Line], sizes: Floats, prose: Bools, furniture: Bools, cues: Floats
) -> Floats:
    count = len(lines)
    order = np.arange(count)
    mass = np.where(prose, sizes, 0)
    total = np.concatenate([[0], np.cumsum(mass)])
    ahead = total[np.minimum(order + 1 + NEAR, count)] - total[order + 1]
    behind = total[order] - total[np.maximum(order - NEAR, 0)]
    window = behind + ahead + mass
    core = int(np.argmax(window))
    near_core = (np.abs(order - core) <= NEAR) & prose
    shared, said = _shared(lines)
    opening = np.array([bool(line.cue and line.cue.opens) for line in lines])
    since = order - np.maximum.accumulate(np.where(opening, order, -1))
    opened = np.maximum.accumulate(opening)
    marks = np.concatenate([[0], np.cumsum(furniture | opening)])
    ends = cues[:, CUES.index("source_line")] + cues[:, CUES.index("end_tag")] > 0
    sources = np.concatenate([[0], np.cumsum(ends)])
    low, high = np.minimum(order, core), np.maximum(order, core)
    return np.stack(
        [
            np.log1p(behind),
            np.log1p(ahead),
            _evenness(np.log(sizes)),
            opened,
            np.where(opened, np.minimum(since, 20), 20),
            order / count,
            np.full(count, min(count, 200)),
            _overlap(shared, said, prose, order, range(-NEAR, 0)),
            _overlap(shared, said, prose, order, range(1, NEAR + 1)),
            _best(shared, said, prose),
            _best(shared, said, near_core),
            np.minimum(np.abs(order - core), _FAR),
            order > core,
            marks[high] - marks[low],
            sources[high] - sources[low],
            mass / max(float(mass.sum()), 1.0),
            _run_of(prose),
        ],
        axis=1,
    ).astype(np.float32)


def _shared(lines: Sequence[Line]) -> tuple[Floats, Floats]:
    """How many stems each two lines share (lines, lines), and how many each has (lines,)."""
    words: dict[str, int] = {}
    rows, columns = [], []
    for at, line in enumerate(lines):
        rows += [at] * len(line.stems)
        columns += [words.setdefault(stem, len(words)) for stem in line.stems]
    table = np.zeros((len(lines), max(len(words), 1)), np.float32)
    table[rows, columns] = 1
    # A stem that stands in most lines of a page tells nothing about any of them.
    rare = table.sum(axis=0) <= max(3.0, 0.5 * len(lines))
    table = table[:, rare]
    return table @ table.T, np.maximum(table.sum(axis=1), 1)


def _overlap(
    shared: Floats, said: Floats, prose: Bools, order: NDArray[np.intp], places: range
) -> Floats:
    """Largest share of a line's stems that one line of prose at ``places`` from it holds."""
    best = np.zeros(len(said), np.float32)
    for by in places:
        there = order + by
        valid = (there >= 0) & (there < len(said))
        there = np.clip(there, 0, len(said) - 1)
        value = np.where(valid & prose[there], shared[order, there] / said, 0)
        best = np.maximum(best, value)
    return best


def _best(shared: Floats, said: Floats, among: Bools) -> Floats:
    """Mean of the two largest shares of a line's stems held by other lines of ``among``."""
    values = np.where(among[None, :], shared, 0) / said[:, None]
    np.fill_diagonal(values, 0)
    if values.shape[1] < 2:
        return np.zeros(len(said), np.float32)
    top = np.partition(values, -2, axis=1)[:, -2:]
    return np.asarray(top.mean(axis=1), np.float32)


def _evenness(logs: Floats) -> Floats:
    """How much lengths vary among a line and its four neighbours: lists are even."""
    padded = np.pad(logs, 2, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 5)
    return np.asarray(windows.std(axis=1), np.float32)


def _run_of(prose: Bools) -> Floats:
    """Length of the unbroken run of prose that a line stands in, at most 10."""
    runs = np.zeros(len(prose), np.float32)
    at = 0
    while at < len(prose):
        stop = at
        while stop < len(prose) and prose[stop] == prose[at]:
            stop += 1
        runs[at:stop] = min(stop - at, 10) if prose[at] else 0
        at = stop
    return runs
