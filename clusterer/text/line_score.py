"""How strongly each line of a page looks like part of a report.

Features of the line and of its surroundings, weighed by a logistic model whose weights are
data (``data/segment.json``, fitted by ``benchmarks/fit_segment.py``).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from math import log

import numpy as np
from numpy.typing import NDArray

from clusterer.news import BlockKind
from clusterer.text.lines import Line, bare

CUES: tuple[BlockKind, ...] = (
    *("related", "comments", "rights", "follow", "advert", "tags", "photo_credit"),
    *("metadata", "date_line", "menu", "source_line", "byline", "end_tag"),
)
OPENERS: frozenset[BlockKind] = frozenset({"related", "comments", "rights", "menu", "metadata"})
FEATURES = (
    *("bias", "length", "long", "terminal", "prose", "words", "bullet", "repeated", "listed"),
    *("prefix", "symbols", "digits", "blank", "before", "after", "prose_before", "prose_after"),
    *("overlap_after", "overlap_before", "section", "place", "short_run", "handle"),
    *(f"cue_{kind}" for kind in CUES),
)
PROSE_CHARS = 45
PROSE_WORDS = 7
LONG_CHARS = 200
_STEM = re.compile(r"(?<!\w)(?:وال|بال|لل|ال|و)?(\w{4})")
_SYMBOLS = re.compile(r"[|/>#@]|https?:")
_DIGITS = re.compile(r"\d")


def is_prose(line: Line) -> bool:
    """Whether the line reads like a sentence or more of running text."""
    if line.cue and line.kind not in ("source_line", "byline"):
        return False
    size = len(line.text)
    return size >= LONG_CHARS or (
        line.terminal and size >= PROSE_CHARS and line.words >= PROSE_WORDS
    )


def stems(text: str) -> frozenset[str]:
    """Rough word stems of a folded text, for overlap."""
    return frozenset(_STEM.findall(text))


def overlap(few: frozenset[str], many: frozenset[str]) -> float:
    """Share of ``few`` that ``many`` holds, in [0, 1]; 0 where ``few`` is empty."""
    return len(few & many) / len(few) if few else 0.0


def score_lines(lines: Sequence[Line]) -> list[float]:
    """Log-odds, one per line, that it belongs to a report."""
    scores = features(lines) @ _weights()
    return [float(score) for score in scores]


def features(lines: Sequence[Line]) -> NDArray[np.float64]:
    """Matrix (lines, features), columns as in ``FEATURES``."""
    prose = [is_prose(line) for line in lines]
    words = [stems(line.text) for line in lines]
    texts = Counter(bare(line.text) for line in lines)
    prefixes = Counter(line.text[:12] for line in lines)
    sections = _sections(lines, prose)
    rows = []
    for at, line in enumerate(lines):
        own = texts[bare(line.text)]
        near_after = [k for k in range(at + 1, min(at + 6, len(lines))) if prose[k]][:2]
        near_before = [k for k in range(max(at - 5, 0), at) if prose[k]][-2:]
        size = len(line.text)
        row = [
            1.0,
            log(size) / 5,
            float(size >= LONG_CHARS),
            float(line.terminal),
            float(prose[at]),
            min(line.words, 20) / 10,
            float(line.bullet),
            float(own == 2),
            float(own > 2),
            float(prefixes[line.text[:12]] - own >= 2 and size > 20),
            min(len(_SYMBOLS.findall(line.text)), 4) / 2,
            len(_DIGITS.findall(line.text)) / size,
            min(line.gap, 3) / 3,
            float(at > 0 and prose[at - 1]),
            float(at + 1 < len(lines) and prose[at + 1]),
            sum(prose[max(at - 4, 0) : at]) / 4,
            sum(prose[at + 1 : at + 5]) / 4,
            _meets(words, at, near_after),
            _meets(words, at, near_before),
            sections[at],
            at / len(lines),
            float(_short(lines, prose, at)),
            float(line.text[:1] in "@#"),
            *(float(line.kind == kind) for kind in CUES),
        ]
        rows.append(row)
    return np.array(rows)


def _meets(words: Sequence[frozenset[str]], at: int, near: Sequence[int]) -> float:
    return overlap(words[at], frozenset().union(*(words[k] for k in near))) if near else 0.0


def _short(lines: Sequence[Line], prose: Sequence[bool], at: int) -> bool:
    """Whether the line stands among lines that are no prose: two on each side."""
    around = [k for k in (at - 2, at - 1, at + 1, at + 2) if 0 <= k < len(lines)]
    return not prose[at] and not any(prose[k] for k in around)


def _sections(lines: Sequence[Line], prose: Sequence[bool]) -> list[float]:
    """1 below the heading of a furniture section, fading with each line of prose."""
    values = []
    value = 0.0
    for line, running in zip(lines, prose, strict=True):
        values.append(value)
        if line.cue and (line.cue.opens or (line.kind in OPENERS and line.cue.whole)):
            value = 1.0
        elif running and value:
            value *= 0.7
    return values


@cache
def _weights() -> NDArray[np.float64]:
    told = json.loads(files("clusterer.data").joinpath("segment.json").read_text("utf-8"))
    return np.array([told["weights"].get(name, 0.0) for name in FEATURES])
