"""Which articles report the same event: candidates, alignment, and a calibrated probability.

``centre`` the sentences once, then find ``candidates`` among them and ``score`` those;
``describe`` gives the facts that both need.
"""

from clusterer.matching.alignment import explain
from clusterer.matching.facts import Facts, describe, join
from clusterer.matching.glance import load_glance
from clusterer.matching.reference import centre, crowding
from clusterer.matching.scorer import leading, score
from clusterer.matching.shelves import candidates

__all__ = [
    "Facts",
    "candidates",
    "centre",
    "crowding",
    "describe",
    "explain",
    "join",
    "leading",
    "load_glance",
    "score",
]
