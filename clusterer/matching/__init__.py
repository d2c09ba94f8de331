"""Which articles report the same event: candidates, alignment, and a calibrated probability.

``centre`` the sentences once, then find ``candidates`` among them and ``score`` those;
``describe`` gives the facts that both need.
"""

from clusterer.matching.alignment import explain
from clusterer.matching.facts import Facts, describe, join
from clusterer.matching.index import candidates
from clusterer.matching.reference import centre, crowding
from clusterer.matching.scorer import leading, score

__all__ = [
    "Facts",
    "candidates",
    "centre",
    "crowding",
    "describe",
    "explain",
    "join",
    "leading",
    "score",
]
