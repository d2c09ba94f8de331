"""Where one report on a page ends and another begins.

Between two stretches of news stand lines that are none. They interrupt one report (a box of
related links, a picture, an advertisement) or part two ("read also", tags, buttons). What
tells them apart: whether the first was closed by its source line, whether a heading opens
the second, and above all whether both are about the same thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log1p

import numpy as np
from numpy.typing import NDArray

from clusterer.text.lines import Line, overlap

FEATURES: tuple[str, ...] = (
    *("ended", "opened", "colon", "headline", "bullet", "gap_lines", "same_subject"),
    *("own_overlap", "other_overlap", "mass_before", "mass_after", "apart", "prose_follows"),
    *("said_again", "kept_before", "kept_after", "tags", "blank"),
)
HEADLINE_CHARS = 200  # the longest headline of the measured sets has 187 code points
NEAR = 14  # kept lines on each side that are compared


def like_headline(line: Line) -> bool:
    """Whether a line can be a headline: some words, no furniture, no full stop."""
    return (
        line.cue is None
        and not line.bullet
        and not line.text.endswith((".", ":"))
        and line.words >= 2
        and len(line.text) <= HEADLINE_CHARS
    )


def parting_features(
    lines: Sequence[Line], before: Sequence[int], gap: range, after: Sequence[int]
) -> NDArray[np.float32]:
    """One row (1, features) for kept lines ``before`` and ``after`` the lines of ``gap``."""
    first = lines[after[0]]
    near = [lines[at] for at in before[-NEAR:]]
    far = [lines[at] for at in after[:NEAR]]
    left = frozenset[str]().union(*(line.stems for line in near))
    own = first.stems
    rest = frozenset[str]().union(*(line.stems for line in far[1:]))
    shut = [line.kind in ("source_line", "end_tag") for line in near[-2:]]
    between = [lines[at] for at in gap]
    last = between[-1] if between else None
    small = min(len(left), len(rest | own)) or 1
    row = (
        any(shut),
        any(line.cue and (line.cue.opens or line.kind == "related") for line in between),
        bool(last and last.text.endswith(":") and len(last.text) < 40),
        like_headline(first),
        first.bullet,
        min(len(gap), 12),
        len(left & (rest | own)) / small,
        overlap(own, rest),
        overlap(own, left),
        log1p(sum(len(line.text) for line in near if line.prose)),
        log1p(sum(len(line.text) for line in far if line.prose)),
        sum(line.kind in ("comments", "rights", "menu") for line in between),
        any(line.prose for line in far[1:3]),
        any(line.key == first.key for line in far[1:3]),
        len(near),
        len(far),
        sum(line.kind in ("tags", "follow") for line in between),
        first.gap,
    )
    return np.array([row], np.float32)
