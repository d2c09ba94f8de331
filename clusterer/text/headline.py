"""Which line is the headline of a report: the first, the one below its standfirst, one that
was passed over above it, or none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from clusterer.text.lines import Line, overlap

FEATURES: tuple[str, ...] = (
    *("place", "score", "kept", "length", "words", "stop", "colon", "gap", "gap_after"),
    *("overlap_next", "overlap_report", "other_overlap", "said_again", "cue", "prose"),
    *("next_prose", "next_longer", "between_prose", "between_cues", "digits", "said_above"),
)
_DIGITS = re.compile(r"\d")
HEADLINE_CHARS = 240  # the longest headline of the measured sets has 187 code points
ABOVE, BELOW = 6, 2  # lines above a report, and kept lines into it, that may be its headline


def candidates(lines: Sequence[Line], piece: Sequence[int], taken: Collection[int]) -> list[int]:
    """The lines that may be the headline of the report with the kept lines ``piece``."""
    found = []
    for at in range(piece[0] - 1, max(piece[0] - 1 - ABOVE, -1), -1):
        if at in taken:
            break
        found.append(at)
    found += piece[: BELOW + 1]
    return [at for at in sorted(found) if _possible(lines[at])]


def _possible(line: Line) -> bool:
    if line.bullet or line.words < 2 or len(line.text) > HEADLINE_CHARS:
        return False
    return line.cue is None or not line.cue.whole


def headline_rows(
    lines: Sequence[Line],
    scores: Sequence[float],
    piece: Sequence[int],
    asked: Sequence[int],
) -> list[tuple[float, ...]]:
    """The features of each candidate line."""
    first = piece[:6]
    report = [lines[at].stems for at in first]
    together = frozenset[str]().union(*report)
    said = Counter([line.key for line in lines[piece[0] : piece[-1] + 1]])
    rows: list[tuple[float, ...]] = []
    for at in asked:
        line = lines[at]
        own = line.stems
        size = len(line.text)
        below = next((k for k in piece if k > at), None)
        following = line if below is None else lines[below]
        between = [] if below is None else lines[at + 1 : below]
        above = lines[max(at - 3, 0) : at]
        within = at in first
        rest = together
        if within:
            others = [stems for k, stems in zip(first, report, strict=True) if k != at]
            rest = frozenset[str]().union(*others)
        rows.append(
            (
                at - piece[0],
                scores[at],
                within,
                size,
                min(line.words, 40),
                line.text.endswith("."),
                line.text.endswith(":"),
                min(line.gap, 3),
                min(lines[at + 1].gap, 3) if at + 1 < len(lines) else 3,
                0.0 if below is None else overlap(own, following.stems),
                overlap(own, rest),
                max([overlap(own, k.stems) for k in above], default=0.0),
                min(said[line.key], 3),
                line.cue is not None,
                line.prose,
                following.prose,
                len(following.text) / size,
                sum([lines[k].prose for k in piece if k < at]),
                sum([k.cue is not None for k in between]),
                len(_DIGITS.findall(line.text)) / size,
                line.key in [k.key for k in above],
            )
        )
    return rows
