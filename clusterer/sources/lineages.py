"""Lineages: copies of one text as one witness, and where the chains that it tells end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from clusterer.news import Article, Credit
from clusterer.sources.bylines import byline
from clusterer.sources.citations import Citations, Edge
from clusterer.sources.genealogy import Genealogy

# A hop that the lineage itself does not tell but a sibling does counts so much.
BORROWED = 0.9
# Strength from which on a credit counts in full; below, in proportion.
FULL_STRENGTH = 0.9
# A path that matters less is not followed: it bounds the paths of a tangled graph.
LEAST_WEIGHT = 0.01
# Constructions in which an outlet names itself as the source of its whole text.
_OWN_LINES = ("D1", "D2", "D3", "D5", "S1", "M1")


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


def lineages(
    articles: Sequence[Article],
    credits: Sequence[tuple[Credit, ...]],
    genealogy: Genealogy,
    graph: Citations,
    told: Mapping[str, float],
) -> tuple[Lineage, ...]:
    """One lineage a copy group, in order of its name; the groups that meet in one loop are one.

    ``articles`` and ``credits`` are by row, the rows of ``graph``; ``told`` how fully a lineage
    without citation ends at its own outlet (``lineage`` of ``data/origin.json``).
    """
    publishers = graph.publishers
    loop_of = {node: number for number, loop in enumerate(graph.loops) for node in loop}
    rows_of: dict[str, list[int]] = defaultdict(list)
    for row, article in enumerate(articles):
        circling = publishers[row] in loop_of and publishers[row] not in graph.edges
        key = f"loop {loop_of[publishers[row]]}" if circling else genealogy.copy_groups[article.id]
        rows_of[key].append(row)
    roots = _roots(articles, genealogy)

    def bears(row: int) -> float:
        return told[_own_mark(articles[row], credits[row])]

    return tuple(
        _lineage(rows, bears, roots, graph, frozenset(loop_of))
        for _, rows in sorted(rows_of.items())
    )


def _roots(articles: Sequence[Article], genealogy: Genealogy) -> frozenset[int]:
    """Rows of parents that are nobody's child."""
    if not genealogy.links:
        return frozenset()
    targets = {link.target for link in genealogy.links}
    sources = {link.source for link in genealogy.links} - targets
    return frozenset(row for row, article in enumerate(articles) if article.id in sources)


def _lineage(
    rows: Sequence[int],
    bears: Callable[[int], float],
    roots: frozenset[int],
    graph: Citations,
    looped: frozenset[str],
) -> Lineage:
    """Where the chains of some copies end; what they tell themselves goes before silence."""
    own, publishers = frozenset(rows), graph.publishers
    telling = {publishers[row] for row in rows if graph.direct(row)}
    first = [row for row in rows if row in roots] or rows
    starts = sorted(telling or {publishers[row] for row in first})
    full = 1.0 if telling else max(map(bears, first))
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


def _own_mark(article: Article, credits: Sequence[Credit]) -> str:
    """What an uncited article bears of its own outlet: the name of a weight."""
    if is_compiled(credits):
        return "compiled"
    if any(
        credit.role == "self"
        and credit.construction in _OWN_LINES
        and credit.strength >= FULL_STRENGTH
        for credit in credits
    ):
        return "datelined"
    return "signed" if byline(article) else "uncited"


def is_compiled(credits: Sequence[Credit]) -> bool:
    """Whether the byline says "agencies" or "follow-ups": somebody's text, not the outlet's."""
    return any(credit.role == "vague" and credit.construction == "D4" for credit in credits)


def _climb(
    start: str, rows: frozenset[int], edges: Mapping[str, Mapping[str, Edge]]
) -> Iterator[tuple[tuple[str, ...], float]]:
    """Paths from a publisher up to where nobody is cited, with their weights."""
    waiting: list[tuple[tuple[str, ...], float]] = [((start,), 1.0)]
    while waiting:
        path, weight = waiting.pop()
        suppliers = dict(edges.get(path[-1], {}))
        if len(path) == 1:
            suppliers = {s: edge for s, edge in suppliers.items() if not rows.isdisjoint(edge.rows)}
        if not suppliers:
            yield path, weight
            continue
        total = sum(edge.strength for edge in suppliers.values())
        for supplier, edge in sorted(suppliers.items(), reverse=True):
            kept = weight * edge.strength / total * min(1.0, edge.strength / FULL_STRENGTH)
            kept *= BORROWED if rows.isdisjoint(edge.rows) else 1.0
            if kept > LEAST_WEIGHT:
                waiting.append(((*path, supplier), kept))
