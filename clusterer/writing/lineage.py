"""The lineage of a story as a drawing: who took from whom, givers before takers.

A layered layout after Sugiyama, Tagawa and Toda (IEEE Trans. SMC 11(2), 1981): columns by the
longest path from a giver, rows by the mean row of a node's givers, long edges through cells of
their own. Positions are in cells; who draws chooses their size and the direction of reading.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from clusterer.writing.views import Json, clipped, outlet_of

LABEL = 80

# A node by its id, or the passage of an edge: (number of the edge, column).
Place = str | tuple[int, int]


@dataclass(frozen=True, slots=True)
class Node:
    """An article of the story, or an agency outside it. ``column`` and ``row`` are cells."""

    id: str
    kind: str
    label: str
    title: str
    language: str | None
    at: str | None
    origin: bool
    column: int
    row: float


@dataclass(frozen=True, slots=True)
class Edge:
    """``source`` gave, ``target`` took; ``via`` are the cells that the line passes between."""

    source: str
    target: str
    kind: str
    confidence: float
    via: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Lineage:
    """``alone`` are the articles that neither gave nor took; they are not drawn."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    columns: int
    rows: int
    alone: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        edges = [
            {
                "from": edge.source,
                "to": edge.target,
                "kind": edge.kind,
                "confidence": edge.confidence,
                "via": [list(cell) for cell in edge.via],
            }
            for edge in self.edges
        ]
        return {
            "nodes": [asdict(node) for node in self.nodes],
            "edges": edges,
            "columns": self.columns,
            "rows": self.rows,
            "alone": list(self.alone),
        }


def lay_out(story: Json, agency_name: Callable[[str], str] = str) -> Lineage:
    """Place every giver and taker of a story. ``agency_name`` turns an agency's id to a name."""
    articles = {article["id"]: article for article in story["articles"]}
    edges = _edges(story["lineage"])
    marked = origins(story)
    drawn = {end: None for edge in edges for end in (edge.source, edge.target)}
    drawn |= {id: None for id in sorted(marked) if id not in articles}
    order = sorted(drawn, key=lambda id: (_time(articles.get(id)), id))
    columns = _columns(order, edges)
    rows = _rows(order, columns, edges)
    nodes = tuple(
        _node(id, articles.get(id), id in marked, columns[id], rows[id], agency_name)
        for id in order
    )
    return Lineage(
        nodes,
        tuple(
            replace(edge, via=_via(number, edge, columns, rows))
            for number, edge in enumerate(edges)
        ),
        columns=max(columns.values(), default=-1) + 1,
        rows=math.ceil(max(rows.values(), default=-1)) + 1,
        alone=tuple(id for id in articles if id not in drawn),
    )


def _edges(links: Sequence[Json]) -> tuple[Edge, ...]:
    """One edge for each pair and kind, the most confident; no edge from a node to itself."""
    best: dict[tuple[str, str, str], float] = {}
    for link in links:
        key = (link["from"], link["to"], link["kind"])
        if link["from"] != link["to"]:
            best[key] = max(best.get(key, 0.0), link["confidence"])
    return tuple(Edge(*key, confidence) for key, confidence in best.items())


def origins(story: Json) -> set[str]:
    """Articles and agencies that are the origin of the story or of one of its events."""
    said = [story["origin"], *(event["origin"] for event in story["events"])]
    named = {
        "article": [origin["article"] for origin in said if origin["kind"] == "article"],
        "agency": [origin["agency"] for origin in said if origin["kind"] == "external"],
    }
    return {id for ids in named.values() for id in ids if id}


def _time(article: Json | None) -> str:
    published = article and article["published"]
    return published["at"] if published else "9999"


def _columns(order: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """Longest path from a giver. A circle is entered at its earliest node, where it is cut."""
    takers: dict[str, list[str]] = {id: [] for id in order}
    missing = dict.fromkeys(order, 0)
    for edge in edges:
        takers[edge.source].append(edge.target)
        missing[edge.target] += 1
    columns = dict.fromkeys(order, 0)
    waiting = dict.fromkeys(order)
    ready = deque(id for id in order if not missing[id])
    while waiting:
        id = ready.popleft() if ready else next(iter(waiting))
        del waiting[id]
        for taker in takers[id]:
            if taker in waiting:
                columns[taker] = max(columns[taker], columns[id] + 1)
                missing[taker] -= 1
                if not missing[taker]:
                    ready.append(taker)
    return columns


def _rows(
    order: Sequence[str], columns: Mapping[str, int], edges: Sequence[Edge]
) -> dict[Place, float]:
    """Rows by the mean row of the givers, each column centred on the tallest.

    An edge over several columns is given a row of its own in each column between, under the
    key (number of the edge, column), so that it passes between nodes and not through them.
    """
    givers: dict[Place, list[Place]] = {id: [] for id in order}
    shelves: dict[int, list[Place]] = {}
    for id in order:
        shelves.setdefault(columns[id], []).append(id)
    for number, edge in enumerate(edges):
        before: Place = edge.source
        for column in range(columns[edge.source] + 1, columns[edge.target]):
            shelves[column].append((number, column))
            givers[number, column] = [before]
            before = (number, column)
        givers[edge.target].append(before)
    tallest = max(map(len, shelves.values()), default=0)
    rows: dict[Place, float] = {}
    for _, shelf in sorted(shelves.items()):
        wish = {
            key: _mean([rows[giver] for giver in givers[key] if giver in rows]) for key in shelf
        }
        shelf.sort(key=wish.__getitem__)
        top = (tallest - len(shelf)) / 2
        rows |= {key: top + place for place, key in enumerate(shelf)}
    return rows


def _via(
    number: int, edge: Edge, columns: Mapping[str, int], rows: Mapping[Place, float]
) -> tuple[tuple[int, float], ...]:
    between = range(columns[edge.source] + 1, columns[edge.target])
    return tuple((column, rows[number, column]) for column in between)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _node(
    id: str,
    article: Json | None,
    origin: bool,
    column: int,
    row: float,
    agency_name: Callable[[str], str],
) -> Node:
    if article is None:
        name = clipped(agency_name(id), LABEL)
        return Node(id, "agency", name, name, None, None, origin, column, row)
    title = clipped(article["title"])
    label = clipped(outlet_of(article) or article["title"] or id, LABEL)
    published = article["published"]
    at = published["at"] if published else None
    return Node(id, "article", label, title, article["language"], at, origin, column, row)
