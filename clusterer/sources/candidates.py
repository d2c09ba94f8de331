"""Who may be the origin of one event, and what speaks for each.

Candidates are the media that chains end at or pass through and the publishers of the
articles; abstention is one of them. The signs and their first weights are an editor's
(``data/origin.json``): agreement of independent lineages first, then first-hand voice,
clocks, descent of the texts, home, and kind of outlet.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clusterer.gazetteer import Agency, Gazetteer
from clusterer.news import Article, Credit
from clusterer.sources.citations import Citations, edition_of
from clusterer.sources.direction import lead
from clusterer.sources.genealogy import Genealogy
from clusterer.sources.issuers import mouthpieces
from clusterer.sources.lineages import Lineage
from clusterer.sources.weights import weigh, weights

ABSTAIN = ""
WIRES = frozenset({"wire", "state_agency"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible origin with its signs, each in [-1, 1], in the order of the weights.

    ``rows`` are its own articles of the event, ``backers`` the lineages that chiefly end at it.
    """

    node: str
    rows: tuple[int, ...]
    backers: tuple[int, ...]
    ends: float
    passes: float
    first_hand: float
    earliest: float
    root: float
    home: float
    wire: float
    site: float
    supplied: float

    @property
    def signs(self) -> tuple[float, ...]:
        return (
            *(self.ends, self.passes, self.first_hand, self.earliest, self.root),
            *(self.home, self.wire, self.site, self.supplied),
        )


# The names of the signs, in their order.
SIGNS = (
    *("ends", "passes", "first_hand", "earliest", "root"),
    *("home", "wire", "site", "supplied"),
)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything known of one event, by row in order of article id."""

    articles: Sequence[Article]
    credits: Sequence[tuple[Credit, ...]]
    genealogy: Genealogy
    citations: Citations
    lineages: Sequence[Lineage]
    gazetteer: Gazetteer
    countries: frozenset[str]  # of the issuers
    children: frozenset[str]  # articles that took their text from another


def candidates(scene: Scene, looped_share: float = 0.0) -> tuple[Candidate, ...]:
    """All candidates that may be named at all, in order of node.

    ``looped_share`` is how far a lineage that only led into a dissolved loop has a say.
    """
    told = scene.citations
    looped = {node for loop in told.loops for node in loop}
    ends: dict[str, float] = defaultdict(float)
    passes: dict[str, float] = defaultdict(float)
    backers: dict[str, list[int]] = defaultdict(list)
    voices = _voices(scene, looped_share)
    for number, lineage in enumerate(scene.lineages):
        for node, weight in lineage.ends.items():
            ends[node] += weight / voices
            if weight == max(lineage.ends.values()):
                backers[node].append(number)
        for node in lineage.passed:
            passes[node] += 1.0 / voices
    rows: dict[str, list[int]] = defaultdict(list)
    for row, publisher in enumerate(told.publishers):
        rows[publisher].append(row)
    fresh = _first_hand(scene)
    early = _earliest(scene, rows)
    root = _roots(scene)
    nodes = sorted({*ends, *passes, *rows, *fresh} - looped - denied(scene))
    known = ((node, scene.gazetteer.get(node)) for node in nodes)
    return tuple(
        Candidate(
            node=node,
            rows=tuple(rows.get(node, ())),
            backers=tuple(backers.get(node, ())),
            ends=_own_share(ends[node], fresh.get(node, 0.0), rows.get(node, ()), scene, voices),
            passes=passes[node],
            first_hand=fresh.get(node, 0.0),
            earliest=early.get(node, 0.0),
            root=root.get(node, 0.0),
            home=_home(node, agency, scene.countries),
            wire=float(agency is not None and agency.kind in WIRES),
            site=float(agency.kind == "news_site" if agency else node.startswith("article:")),
            supplied=_supplied(node, rows.get(node, ()), told),
        )
        for node, agency in known
        if agency is None or not (agency.is_issuer or agency.is_carrier or agency.is_aggregator)
    )


def denied(scene: Scene) -> frozenset[str]:
    """Media whose report of this event another report denies: none of them is its origin."""
    told = {
        credit.agency
        for credits in scene.credits
        for credit in credits
        if credit.role == "denied" and credit.agency
    }
    known = {id: scene.gazetteer.get(id) for id in told}
    return frozenset(edition_of(agency) if agency else id for id, agency in known.items())


def shares(
    found: Sequence[Candidate], loops: int, told: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Softmax over the candidates' scores and abstention; keys are nodes and ``ABSTAIN``.

    ``told`` are other weights than the shipped ones, for fitting them.
    """
    told = told or weights("origin", "score")
    temperature = weights("origin", "softmax")["temperature"]
    model = {name: told[name] for name in SIGNS}
    scores = {one.node: weigh(model, one.signs) for one in found}
    scores[ABSTAIN] = told["abstain"] + (told["loop"] if loops else 0.0)
    top = max(scores.values())
    raised = {node: math.exp((score - top) / temperature) for node, score in scores.items()}
    total = math.fsum(raised.values())
    return {node: value / total for node, value in raised.items()}


def _own_share(
    share: float, fresh: float, rows: Sequence[int], scene: Scene, voices: float
) -> float:
    """An uncited publisher with a voice of its own is the full end of its lineage."""
    if not fresh or not rows:
        return share
    lineages = scene.lineages
    alone = sum(
        not lineage.cited and any(row in lineage.rows for row in rows) for lineage in lineages
    )
    return max(share, fresh * alone / voices)


def _voices(scene: Scene, looped_share: float) -> float:
    """How many lineages lead anywhere; one that only led into a loop counts in part."""
    return max(1.0, sum(1.0 if lineage.ends else looped_share for lineage in scene.lineages))


def _first_hand(scene: Scene) -> dict[str, float]:
    """1 where words show that a source made the information, 0.5 where it only claims so."""
    fresh: dict[str, float] = {}
    for row, credits in enumerate(scene.credits):
        for credit in credits:
            if credit.role not in ("self", "supplier") or not credit.first_hand:
                continue
            node = scene.citations.node_of(row, credit)
            claimed = 0.5 if credit.construction == "X5" else 1.0
            fresh[node] = max(fresh.get(node, 0.0), claimed)
    return fresh


def _earliest(scene: Scene, rows: Mapping[str, Sequence[int]]) -> dict[str, float]:
    """How far each publisher's first article leads all other publishers', where all are dated."""
    first = {}
    for node, own in rows.items():
        dated = [scene.articles[row].published for row in own]
        known = [published for published in dated if published is not None]
        if len(known) < len(dated):
            return {}
        first[node] = min(known, key=lambda published: published.at)
    if len(first) < 2:
        return {}
    ahead, second = sorted(first, key=lambda node: (first[node].at, node))[:2]
    return {ahead: max(0.0, lead(first[ahead], first[second]))}


def _roots(scene: Scene) -> dict[str, float]:
    """Surest link out to other publishers minus surest link in."""
    if not scene.genealogy.links:
        return {}
    publisher = {
        article.id: scene.citations.publishers[row] for row, article in enumerate(scene.articles)
    }
    gave: dict[str, float] = defaultdict(float)
    took: dict[str, float] = defaultdict(float)
    for link in scene.genealogy.links:
        source, target = publisher[link.source], publisher[link.target]
        if source != target:
            gave[source] = max(gave[source], link.confidence)
            took[target] = max(took[target], link.confidence)
    return {node: gave[node] - took[node] for node in {*gave, *took}}


def _home(node: str, agency: Agency | None, countries: frozenset[str]) -> float:
    if agency is None or agency.kind != "state_agency" or agency.country not in countries:
        return 0.0
    return 1.0 if node in mouthpieces() else 0.5


def _supplied(node: str, rows: Sequence[int], told: Citations) -> float:
    """How surely a source took from another: of its own articles here, or as others tell."""
    edges = told.edges.get(node, {}).values()
    if not edges:
        return 0.0
    strength = max(edge.strength for edge in edges)
    telling = {row for edge in edges for row in edge.rows}
    return strength * len(telling & set(rows)) / len(rows) if rows else strength
