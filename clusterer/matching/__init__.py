"""Which articles report the same event: candidates, alignment, and a calibrated probability.

``centre`` the sentences once, then find ``candidates`` among them and ``score`` those;
``describe`` gives the facts that both need.
"""

from clusterer.matching.alignment import explain
from clusterer.matching.facts import Facts, describe, join
from clusterer.matching.index import candidates
from clusterer.matching.reference import centre
from clusterer.matching.scorer import score

__all__ = ["Facts", "candidates", "centre", "describe", "explain", "join", "score"]
