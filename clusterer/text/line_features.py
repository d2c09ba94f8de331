"""What can be seen of each line of a page and of its surroundings, as numbers.

Nothing here knows a language: cues come from the table, the rest is length, punctuation,
repetition, order, and which words a line shares with the running text around it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, chain, groupby
from math import log, log1p
from operator import or_

import numpy as np
from numpy.typing import NDArray

from clusterer.news import BlockKind
from clusterer.text.lines import LONG_CHARS, Line

Floats = NDArray[np.float32]

CUES: tuple[BlockKind, ...] = (
    *("related", "comments", "rights", "follow", "advert", "tags", "photo_credit"),
    *("metadata", "date_line", "menu", "source_line", "byline", "end_tag"),
)
HEAD_CHARS = 12  # lists whose items begin alike begin with a label
SEEN_CHARS = 160
NEAR = 5  # lines in which the surroundings are looked at
_SYMBOLS = "|/>#@"
_DIGITS = "0123456789"
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


def features(lines: Sequence[Line]) -> Floats:
    """Matrix (lines, features), columns as in ``FEATURES``."""
    own = _own(lines)
    prose = [line.prose for line in lines]
    furniture = [line.kind in _FURNITURE for line in lines]
    shifted = np.array([own[:, 0], prose, furniture, own[:, 2]], np.float32).T
    around = _around(lines, prose, furniture)
    return np.concatenate([own, _cues(lines), _neighbours(shifted), around], axis=1)


def _own(lines: Sequence[Line]) -> Floats:
    same = Counter(line.key for line in lines)
    heads = Counter(line.text[:HEAD_CHARS] for line in lines if len(line.text) > 20)
    gaps = [line.gap for line in lines]
    flat: list[float] = []
    for line, gap, after in zip(lines, gaps, [*gaps[1:], 3], strict=True):
        text = line.text
        size = len(text)
        repeated = same[line.key]
        flat.extend(
            (
                log(size),
                line.words,
                line.terminal,
                text.endswith("..."),
                text.endswith(":"),
                line.bullet,
                gap,
                after,
                sum(map(text.count, _SYMBOLS)),
                sum(map(text[:SEEN_CHARS].count, _DIGITS)) / min(size, SEEN_CHARS),
                repeated,
                heads[text[:HEAD_CHARS]] - repeated,
                text[0] in "@#",
                text[0] in "\"'",
                size >= LONG_CHARS,
                line.prose,
                line.indent,
            )
        )
    return np.clip(np.array(flat, np.float32).reshape(len(lines), -1), 0, _CAPS)


# Beyond these a larger count says no more.
_CAPS = np.array([np.inf, 25, 1, 1, 1, 1, 3, 3, 5, 1, 4, 4, 1, 1, 1, 1, 1], np.float32)


def _cues(lines: Sequence[Line]) -> Floats:
    """One column a cue: 1 for a phrase in the line, 2 for the whole line."""
    found = np.zeros((len(lines), len(CUES)), np.float32)
    for at, line in enumerate(lines):
        if line.cue is not None:
            found[at, CUES.index(line.cue.kind)] = 2 if line.cue.whole else 1
    return found


def _neighbours(values: Floats) -> Floats:
    """``values`` (lines, v) of the lines around each, -1 beyond the page: (lines, 6 v)."""
    count, reach = len(values), max(_SHIFTS)
    padded = np.full((count + 2 * reach, values.shape[1]), -1, np.float32)
    padded[reach : reach + count] = values
    return np.concatenate([padded[reach + by : reach + by + count] for by in _SHIFTS], axis=1)


def _around(lines: Sequence[Line], prose: Sequence[bool], furniture: Sequence[bool]) -> Floats:
    """The columns of ``_AROUND``. Pages have some dozens of lines: plain numbers are faster
    than arrays here, but for the words that each two lines share."""
    count = len(lines)
    mass = [len(line.text) if running else 0 for line, running in zip(lines, prose, strict=True)]
    total = [0, *accumulate(mass)]
    behind = [total[at] - total[max(at - NEAR, 0)] for at in range(count)]
    ahead = [total[min(at + 1 + NEAR, count)] - total[at + 1] for at in range(count)]
    core = max(range(count), key=lambda at: (behind[at] + ahead[at] + mass[at], -at))
    opens = [line.cue is not None and line.cue.opens for line in lines]
    marks = [0, *accumulate(map(or_, furniture, opens))]
    sources = [0, *accumulate(line.kind in ("source_line", "end_tag") for line in lines)]
    uneven, runs = _evenness(lines), _runs(prose)
    whole, since, open_ = total[-1] or 1, _NO_SECTION, False
    flat: list[float] = []
    for at in range(count):
        open_, since = (True, 0) if opens[at] else (open_, min(since + 1, _NO_SECTION))
        low, high = (at, core) if at < core else (core, at)
        flat.extend(
            (
                *(log1p(behind[at]), log1p(ahead[at]), uneven[at], open_),
                *(since if open_ else _NO_SECTION, at / count, min(count, 200)),
                *(min(abs(at - core), _FAR), at > core, marks[high] - marks[low]),
                *(sources[high] - sources[low], mass[at] / whole, runs[at]),
            )
        )
    shares = _shares(lines) * np.array(prose, np.float32)
    before, after = _bands(count)
    near_core = [at for at in range(max(core - NEAR, 0), min(core + NEAR + 1, count)) if prose[at]]
    shared = np.stack(
        [
            (shares * before).max(axis=1),
            (shares * after).max(axis=1),
            _best(shares),
            _best(shares[:, near_core]),
        ],
        axis=1,
    )
    return np.concatenate([np.array(flat, np.float32).reshape(count, -1), shared], axis=1)


def _shares(lines: Sequence[Line]) -> Floats:
    """(lines, lines): the share of a row's stems that a column's line also has.

    A stem that stands in most lines of a page tells nothing about any of them.
    """
    counts = Counter(chain.from_iterable(line.stems for line in lines))
    most = max(3.0, 0.5 * len(lines))
    common = frozenset(stem for stem, count in counts.items() if count > most)
    meeting = [stem for stem, count in counts.items() if 1 < count <= most]
    columns = dict(zip(meeting, range(len(meeting)), strict=True))
    told = columns.keys()
    table = np.zeros((len(lines), max(len(columns), 1)), np.float32)
    said = np.ones((len(lines), 1), np.float32)
    rows: list[int] = []
    places: list[int] = []
    for at, line in enumerate(lines):
        met = line.stems & told
        rows += [at] * len(met)
        places += [columns[stem] for stem in met]
        said[at] = max(len(line.stems) - len(line.stems & common), 1)
    table[rows, places] = 1
    shares = (table @ table.T) / said
    np.fill_diagonal(shares, 0)
    return np.asarray(shares, np.float32)


@lru_cache(maxsize=256)
def _bands(count: int) -> tuple[Floats, Floats]:
    """1 where a column is one of the ``NEAR`` lines before, and after, its row."""
    apart = np.arange(count)[None, :] - np.arange(count)[:, None]
    before = (apart >= -NEAR) & (apart < 0)
    after = (apart <= NEAR) & (apart > 0)
    return before.astype(np.float32), after.astype(np.float32)


def _best(shares: Floats) -> Floats:
    """Mean of the two largest values of each row."""
    if shares.shape[1] < 2:
        return np.zeros(len(shares), np.float32)
    top = np.partition(shares, -2, axis=1)[:, -2:]
    return np.asarray(top.mean(axis=1), np.float32)


def _evenness(lines: Sequence[Line]) -> list[float]:
    """How much lengths vary among a line and its four neighbours: lists are even."""
    logs = [log(len(line.text)) for line in lines]
    padded = [logs[0], logs[0], *logs, logs[-1], logs[-1]]
    found = []
    for at in range(len(logs)):
        window = padded[at : at + 5]
        mean = sum(window) / 5
        found.append(sum((value - mean) ** 2 for value in window) / 5)
    return found


def _runs(prose: Sequence[bool]) -> list[int]:
    """Length of the unbroken run of prose that a line stands in, at most 10."""
    found: list[int] = []
    for running, group in groupby(prose):
        size = len(list(group))
        found += [min(size, 10) if running else 0] * size
    return found
