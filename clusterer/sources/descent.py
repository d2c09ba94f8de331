"""The lineage of an event as a graph: who took from whom, by text and by citation."""

from __future__ import annotations

from clusterer.news import Link
from clusterer.sources.candidates import Scene
from clusterer.sources.genealogy import MOST_INFERRED


def descent(scene: Scene) -> tuple[Link, ...]:
    """Links of texts, and of credits between publishers, agencies and articles."""
    links = {(link.source, link.target): link for link in scene.genealogy.links}
    for consumer, suppliers in scene.citations.edges.items():
        for supplier, told in suppliers.items():
            for one in told:
                direct = scene.citations.publishers[one.row] == consumer
                target = scene.articles[one.row].id if direct else consumer
                strength = round(one.credit.strength, 4)
                known = links.get((supplier, target))
                if known is None or known.confidence < strength:
                    links[supplier, target] = Link(supplier, target, "credit", strength)
    for source, target in _dropped_hops(scene):
        links.setdefault((source, target), Link(source, target, "copy", MOST_INFERRED))
    return tuple(links[key] for key in sorted(links))


def _dropped_hops(scene: Scene) -> list[tuple[str, str]]:
    """Copies in one language whose credit leaves out the first hop of a sibling's chain."""
    found = []
    for lineage in scene.lineages:
        near: dict[int, set[str]] = {}
        for row in lineage.rows:
            publisher = scene.citations.publishers[row]
            near[row] = {
                supplier
                for supplier, told in scene.citations.edges.get(publisher, {}).items()
                if any(one.row == row for one in told)
            }
        firsts = {node for nodes in near.values() for node in nodes}
        for row, nodes in near.items():
            beyond = {up for node in firsts - nodes for up in scene.citations.edges.get(node, ())}
            if nodes and nodes <= beyond:
                skipped = [
                    n for n in firsts - nodes if nodes & set(scene.citations.edges.get(n, ()))
                ]
                found += [(node, scene.articles[row].id) for node in sorted(skipped)]
    return found
