"""The citation graph of one event: who says they took from whom, and where chains end.

A node is a gazetteer id, ``name:…`` for a medium not listed, or ``article:…`` for the
unknown publisher of one article. Edges run from consumer to supplier. Articles are taken
together in lineages: copies of one text are one witness, however many print it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from clusterer.gazetteer import Agency, Gazetteer
from clusterer.news import Article, Credit
from clusterer.sources.genealogy import Genealogy
from clusterer.text.script import fold_text

# A hop that the lineage itself does not tell but a sibling does counts so much.
BORROWED = 0.9
# Strength from which on a credit counts in full; below, in proportion.
FULL_STRENGTH = 0.9
# A weaker credit is one fact's, deep in the text, and not the report's.
LEAST_STRENGTH = 0.4
# A lineage that ends at its own publisher, without citation or first-hand mark.
UNCITED = 0.5
# The same where it bears its outlet's own dateline.
DATELINED = 0.75
# A path that matters less is not followed: it bounds the paths of a tangled graph.
LEAST_WEIGHT = 0.01


class Told(NamedTuple):
    """One credit that makes an edge, and the row of the article that tells it."""

    row: int
    credit: Credit


@dataclass(frozen=True, slots=True)
class Lineage:
    """Copies of one text, by row, and the nodes where their chains end.

    ``ends`` node → weight, at most 1 in sum; ``passed`` nodes that only relayed; ``chain``
    the longest path from the nearest supplier to the furthest.
    """

    rows: tuple[int, ...]
    ends: Mapping[str, float]
    passed: frozenset[str]
    chain: tuple[str, ...]
    cited: bool


@dataclass(frozen=True, slots=True)
class Citations:
    """The graph without its loops. ``edges`` consumer → supplier → what tells it."""

    publishers: tuple[str, ...]
    edges: Mapping[str, Mapping[str, tuple[Told, ...]]]
    loops: tuple[tuple[str, ...], ...]
    lineages: tuple[Lineage, ...]
    names: Mapping[str, str]
    vague: tuple[Told, ...] = ()
    raw: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def node_of(self, row: int, credit: Credit) -> str:
        """The node that a credit of an article names: its publisher, where it names itself."""
        if credit.role == "self":
            return self.publishers[row]
        for suppliers in self.edges.values():
            for node, told in suppliers.items():
                if Told(row, credit) in told:
                    return node
        return credit.agency or ""

    def strength(self, consumer: str, supplier: str) -> float:
        return max(told.credit.strength for told in self.edges[consumer][supplier])


def cite(
    articles: Sequence[Article],
    credits: Sequence[tuple[Credit, ...]],
    genealogy: Genealogy,
    gazetteer: Gazetteer,
) -> Citations:
    """The graph of one event. ``articles`` and ``credits`` are by row, in order of id."""
    graph = _Graph(gazetteer)
    publishers = tuple(graph.publisher(article) for article in articles)
    for row, publisher in enumerate(publishers):
        graph.read(row, publisher, credits[row])
    graph.resolve_vague(publishers)
    loops = graph.dissolve_loops()
    weights = [_own_weight(found) for found in credits]
    lineages = _lineages(articles, publishers, weights, genealogy, graph, loops)
    return Citations(
        publishers, graph.edges, loops, lineages, graph.names, tuple(graph.unresolved), graph.raw
    )


class _Graph:
    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self.edges: dict[str, dict[str, tuple[Told, ...]]] = {}
        self.names: dict[str, str] = {}
        self.raw: dict[str, dict[str, int]] = {}
        self.unresolved: list[Told] = []
        self._waiting: list[tuple[str, Told]] = []

    def publisher(self, article: Article) -> str:
        outlet = article.outlet
        if outlet is None:
            node = f"article:{article.id}"
            self.names.setdefault(node, article.id)
            return node
        return self._node(outlet.id, outlet.name)

    def _node(self, id: str | None, name: str) -> str:
        """The node of a source; an edition of an outlet is its outlet."""
        if id is None:
            node = f"name:{_flat(name)}"
            self.names.setdefault(node, name)
            return node
        agency = self._gazetteer.get(id)
        node = edition_of(agency) if agency else id
        head = self._gazetteer.get(node)
        self.names.setdefault(node, head.name if head else name or id)
        counts = self.raw.setdefault(node, {})
        counts[id] = counts.get(id, 0) + 1
        return node

    def read(self, row: int, publisher: str, credits: Iterable[Credit]) -> None:
        nearest = publisher
        steps: dict[str, list[tuple[str, Credit]]] = defaultdict(list)
        for credit in credits:
            if credit.scope == "background":
                continue
            consumer = self._consumer(credit, publisher, nearest)
            if credit.role == "vague":
                self._waiting.append((consumer, Told(row, credit)))
            if credit.role not in ("supplier", "relayed") or credit.strength < LEAST_STRENGTH:
                continue
            supplier = self._node(credit.agency, credit.name)
            if credit.consumer is None and credit.role == "supplier":
                nearest = supplier
            self._add(consumer, supplier, Told(row, credit))
            steps[consumer].append((supplier, credit))
        self._anchor(row, publisher, steps)

    def _consumer(self, credit: Credit, publisher: str, nearest: str) -> str:
        if credit.consumer is not None:
            return self._node(credit.consumer, credit.consumer)
        return nearest if credit.role == "relayed" else publisher

    def _anchor(
        self, row: int, publisher: str, steps: Mapping[str, Sequence[tuple[str, Credit]]]
    ) -> None:
        """A chain told without its first hop hangs on the article all the same."""
        reached = {supplier for told in steps.values() for supplier, _ in told}
        for consumer, told in steps.items():
            if consumer not in reached and consumer != publisher:
                self._add(publisher, consumer, Told(row, told[0][1]))

    def _add(self, consumer: str, supplier: str, told: Told) -> None:
        if consumer == supplier:
            return
        suppliers = self.edges.setdefault(consumer, {})
        suppliers[supplier] = (*suppliers.get(supplier, ()), told)

    def resolve_vague(self, publishers: Sequence[str]) -> None:
        """A vague source becomes the one of its candidates that a sibling names."""
        named = {node for suppliers in self.edges.values() for node in suppliers}
        named.update(publishers)
        for consumer, told in self._waiting:
            known = [id for id in told.credit.candidates if id in named]
            if len(known) == 1 and known[0] != consumer:
                self._add(consumer, known[0], told)
            else:
                self.unresolved.append(told)

    def dissolve_loops(self) -> tuple[tuple[str, ...], ...]:
        """Drop the edges inside strongly connected components; the components, sorted."""
        from scipy.sparse import csr_matrix
        from scipy.sparse.csgraph import connected_components

        nodes = sorted({*self.edges, *(s for told in self.edges.values() for s in told)})
        place = {node: at for at, node in enumerate(nodes)}
        pairs = [(place[c], place[s]) for c, told in self.edges.items() for s in told]
        if not pairs:
            return ()
        heads, tails = np.array(pairs).T
        shape = (len(nodes), len(nodes))
        table = csr_matrix((np.ones(len(pairs)), (heads, tails)), shape=shape)
        _, labels = connected_components(table, connection="strong")
        members: dict[int, list[str]] = defaultdict(list)
        for node, label in zip(nodes, labels.tolist(), strict=True):
            members[label].append(node)
        loops = tuple(sorted(tuple(loop) for loop in members.values() if len(loop) > 1))
        for loop in loops:
            for node in loop:
                kept = {s: told for s, told in self.edges.get(node, {}).items() if s not in loop}
                self.edges[node] = kept
        self.edges = {node: told for node, told in self.edges.items() if told}
        return loops


def edition_of(agency: Agency) -> str:
    """The outlet whose edition an agency is (``rt-arabic`` of ``rt``), or itself."""
    parent = agency.parent
    return parent if parent and agency.id.startswith(f"{parent}-") else agency.id


def _flat(name: str) -> str:
    return " ".join(fold_text(name).split())


def _lineages(
    articles: Sequence[Article],
    publishers: Sequence[str],
    weights: Sequence[float],
    genealogy: Genealogy,
    graph: _Graph,
    loops: Sequence[Sequence[str]],
) -> tuple[Lineage, ...]:
    """One lineage a copy group; the groups that meet in one loop are one lineage."""
    loop_of = {node: number for number, loop in enumerate(loops) for node in loop}
    rows_of: dict[str, list[int]] = defaultdict(list)
    for row, article in enumerate(articles):
        circling = publishers[row] in loop_of and publishers[row] not in graph.edges
        key = f"loop {loop_of[publishers[row]]}" if circling else genealogy.copy_groups[article.id]
        rows_of[key].append(row)
    roots = _roots(articles, genealogy)
    return tuple(
        _lineage(rows, publishers, weights, roots, graph, frozenset(loop_of))
        for _, rows in sorted(rows_of.items())
    )


def _roots(articles: Sequence[Article], genealogy: Genealogy) -> frozenset[int]:
    """Rows of parents that are nobody's child."""
    targets = {link.target for link in genealogy.links}
    sources = {link.source for link in genealogy.links} - targets
    return frozenset(row for row, article in enumerate(articles) if article.id in sources)


def _lineage(
    rows: Sequence[int],
    publishers: Sequence[str],
    weights: Sequence[float],
    roots: frozenset[int],
    graph: _Graph,
    looped: frozenset[str],
) -> Lineage:
    """Where the chains of some copies end; what they tell themselves goes before silence."""
    own = frozenset(rows)
    telling = {
        publishers[row]
        for row in rows
        if any(
            told.row in own
            for ones in graph.edges.get(publishers[row], {}).values()
            for told in ones
        )
    }
    first = [row for row in rows if row in roots] or rows
    starts = sorted(telling or {publishers[row] for row in first})
    full = 1.0 if telling else max(weights[row] for row in first)
    ends: dict[str, float] = defaultdict(float)
    passed: set[str] = set()
    chain: tuple[str, ...] = ()
    for start in starts:
        paths = _climb(start, own, graph.edges) if telling else [((start,), 1.0)]
        for path, weight in paths:
            if path[-1] not in looped:
                ends[path[-1]] += weight / len(starts) * full
            passed.update(path[1:-1])
            if len(path) - 1 > len(chain):
                chain = path[1:]
    return Lineage(tuple(rows), dict(sorted(ends.items())), frozenset(passed), chain, bool(telling))


def _own_weight(credits: Sequence[Credit]) -> float:
    """How fully an uncited article's lineage ends at its own outlet."""
    dated = any(
        credit.role == "self"
        and credit.construction.startswith("D")
        and credit.strength >= FULL_STRENGTH
        for credit in credits
    )
    return DATELINED if dated else UNCITED


def _climb(
    start: str, rows: frozenset[int], edges: Mapping[str, Mapping[str, tuple[Told, ...]]]
) -> Iterator[tuple[tuple[str, ...], float]]:
    """Paths from a publisher up to where nobody is cited, with their weights."""
    waiting: list[tuple[tuple[str, ...], float]] = [((start,), 1.0)]
    while waiting:
        path, weight = waiting.pop()
        suppliers = edges.get(path[-1], {})
        if len(path) == 1:
            suppliers = {
                supplier: told
                for supplier, told in suppliers.items()
                if any(one.row in rows for one in told)
            }
        if not suppliers:
            yield path, weight
            continue
        total = sum(max(one.credit.strength for one in told) for told in suppliers.values())
        for supplier, told in sorted(suppliers.items(), reverse=True):
            strength = max(one.credit.strength for one in told)
            own = any(one.row in rows for one in told)
            kept = weight * strength / total * min(1.0, strength / FULL_STRENGTH)
            kept *= 1.0 if own else BORROWED
            if kept > LEAST_WEIGHT:
                waiting.append(((*path, supplier), kept))
