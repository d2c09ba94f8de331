"""The citation graph of one event: who says they took from whom, and where chains end.

A node is a gazetteer id, ``name:…`` for a medium not listed, or ``article:…`` for the
unknown publisher of one article. Edges run from consumer to supplier. Articles are taken
together in lineages: copies of one text are one witness, however many print it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from clusterer.gazetteer import Agency, Gazetteer
from clusterer.news import Article, Credit
from clusterer.text.script import fold_text

# How surely a vague source is the one of its candidates that a sibling names.
RESOLVED = 0.75
# A weaker credit is one fact's, deep in the text, and not the report's.
LEAST_STRENGTH = 0.4


class Told(NamedTuple):
    """One credit that makes an edge, and the row of the article that tells it."""

    row: int
    credit: Credit


class Edge(NamedTuple):
    """One consumer took from one supplier: how surely, and the rows and credits that say so."""

    strength: float
    rows: frozenset[int]
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Citations:
    """The graph without its loops. ``edges`` consumer → supplier → edge.

    ``publishers`` are the nodes of the articles' publishers, by row; ``names`` what to call a
    node; ``vague`` what names nobody; ``raw`` which ids were written for a node, how often.
    """

    publishers: tuple[str, ...]
    edges: Mapping[str, Mapping[str, Edge]]
    loops: tuple[tuple[str, ...], ...]
    names: Mapping[str, str]
    vague: tuple[Told, ...] = ()
    raw: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def node_of(self, row: int, credit: Credit) -> str:
        """The node that a credit of an article names: its publisher, where it names itself."""
        if credit.role == "self":
            return self.publishers[row]
        for suppliers in self.edges.values():
            for node, edge in suppliers.items():
                if row in edge.rows and Told(row, credit) in edge.told:
                    return node
        return credit.agency or ""

    def direct(self, row: int) -> frozenset[str]:
        """The suppliers that an article itself names as its own."""
        suppliers = self.edges.get(self.publishers[row], {})
        return frozenset(node for node, edge in suppliers.items() if row in edge.rows)


def cite(
    articles: Sequence[Article],
    credits: Sequence[tuple[Credit, ...]],
    gazetteer: Gazetteer,
) -> Citations:
    """The graph of one event. ``articles`` and ``credits`` are by row, in order of id."""
    graph = _Graph(gazetteer)
    publishers = tuple(graph.publisher(article) for article in articles)
    for row, publisher in enumerate(publishers):
        graph.read(row, publisher, credits[row])
    graph.resolve_vague(publishers)
    loops = graph.dissolve_loops()
    edges = {
        consumer: {supplier: _edge(told) for supplier, told in suppliers.items()}
        for consumer, suppliers in graph.edges.items()
    }
    return Citations(publishers, edges, loops, graph.names, tuple(graph.unresolved), graph.raw)


def _edge(told: Sequence[Told]) -> Edge:
    strength = max(one.credit.strength for one in told)
    return Edge(strength, frozenset(one.row for one in told), tuple(told))


class _Graph:
    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self.edges: dict[str, dict[str, list[Told]]] = {}
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

    def read(self, row: int, publisher: str, credits: Sequence[Credit]) -> None:
        """Add what one article tells; media that it denies or puts in the past tell nothing."""
        denied = {credit.agency for credit in credits if credit.role == "denied"} - {None}
        heard = [
            credit
            for credit in credits
            if credit.scope != "background" and credit.agency not in denied
        ]
        nearest = publisher
        steps: dict[str, list[tuple[str, Credit]]] = defaultdict(list)
        for credit in heard:
            if credit.role not in ("supplier", "relayed") or credit.strength < LEAST_STRENGTH:
                continue
            supplier = self._node(credit.agency, credit.name)
            consumer = nearest if credit.role == "relayed" else publisher
            if credit.consumer is not None:
                consumer = self._node(credit.consumer, credit.consumer)
            elif credit.role == "supplier":
                nearest = supplier
            self._add(consumer, supplier, Told(row, credit))
            steps[consumer].append((supplier, credit))
        self._anchor(row, publisher, steps)
        self._note_vague(row, publisher, heard)

    def _note_vague(self, row: int, publisher: str, credits: Sequence[Credit]) -> None:
        """A vague source lies beyond the one that the whole article is taken from."""
        whole = [c for c in credits if c.role == "supplier" and c.scope == "article"]
        nearest = self._node(whole[-1].agency, whole[-1].name) if whole else publisher
        for credit in credits:
            if credit.role == "vague":
                named = credit.consumer
                consumer = nearest if named is None else self._node(named, named)
                self._waiting.append((consumer, Told(row, credit)))

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
        self.edges.setdefault(consumer, {}).setdefault(supplier, []).append(told)

    def resolve_vague(self, publishers: Sequence[str]) -> None:
        """A vague source becomes the one of its candidates that a sibling names."""
        named = {node for suppliers in self.edges.values() for node in suppliers}
        named.update(publishers)
        for consumer, told in self._waiting:
            known = [id for id in told.credit.candidates if id in named]
            if len(known) == 1 and known[0] != consumer:
                strength = max(told.credit.strength, RESOLVED)
                credit = replace(told.credit, agency=known[0], strength=strength)
                self._add(consumer, known[0], Told(told.row, credit))
            else:
                self.unresolved.append(told)

    def dissolve_loops(self) -> tuple[tuple[str, ...], ...]:
        """Drop the edges inside strongly connected components; the components, sorted."""
        if not self._circles():
            return ()
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

    def _circles(self) -> bool:
        """Whether some chain of suppliers comes back to where it began."""
        left = {node: set(told) for node, told in self.edges.items()}
        while ends := [node for node, told in left.items() if told.isdisjoint(left)]:
            for node in ends:
                del left[node]
        return bool(left)


def edition_of(agency: Agency) -> str:
    """The outlet whose edition an agency is (``rt-arabic`` of ``rt``), or itself."""
    parent = agency.parent
    return parent if parent and agency.id.startswith(f"{parent}-") else agency.id


def _flat(name: str) -> str:
    return " ".join(fold_text(name).split())
