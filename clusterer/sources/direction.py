"""Which of two texts that share their wording was the parent.

A copy loses: sentences, full stops, joiners and hamzas. A copy adds only at its edges: a
gloss in parentheses, a line of background. Length alone proves little, since backgrounders
grow with each hop, so no single sign decides; the weights in ``data/genealogy.json`` were
fitted to pairs whose order is known. Clocks are weighed by their uncertainty, and lightly:
in a quarter of credited pairs the copy is stamped before the text it credits.
"""

from __future__ import annotations

import math
from datetime import timedelta

from clusterer.news import Published
from clusterer.sources.wording import Wording

# Clocks of two publishers that differ by less say nothing of who was first.
TOLERANCE = timedelta(minutes=15)
# From so much on, beyond tolerance and uncertainty, the order of two clocks counts fully.
FULL_LEAD = timedelta(minutes=60)


def direction_features(one: Wording, other: Wording) -> tuple[float, ...]:
    """Signs that ``one`` gave and ``other`` took; each changes sign when they are swapped.

    ``length`` log ratio of words, within ±2; ``care`` difference of how carefully the
    letters were set; ``gloss`` parentheses that only the other has, minus the reverse, within
    ±2; ``title`` whether the other's first sentence lies in this text, minus the reverse.
    """
    mine, yours = len(one.words), len(other.words)
    if not mine or not yours:
        return (0.0,) * 4
    glosses = len(other.glosses - one.glosses) - len(one.glosses - other.glosses)
    return (
        max(-2.0, min(2.0, math.log(mine / yours))),
        one.care - other.care,
        float(max(-2, min(2, glosses))),
        _told_in(other, one) - _told_in(one, other),
    )


def lead(one: Published | None, other: Published | None) -> float:
    """How surely ``one`` came out before ``other``: in [-1, 1], 0 where the clocks do not say.

    Counts only beyond both uncertainties and the tolerance, linearly up to the full lead.
    """
    if one is None or other is None:
        return 0.0
    gap = other.at - one.at
    beyond = abs(gap) - one.uncertainty - other.uncertainty - TOLERANCE
    if beyond <= timedelta(0):
        return 0.0
    share = min(1.0, (abs(gap) - one.uncertainty - other.uncertainty) / FULL_LEAD)
    return share if gap > timedelta(0) else -share


def _told_in(part: Wording, whole: Wording) -> float:
    """Share of the first sentence of ``part`` that ``whole`` tells after its own first."""
    first, rest = part.words[: part.title], whole.rest
    return sum(word in rest for word in first) / len(first) if first and rest else 0.0
