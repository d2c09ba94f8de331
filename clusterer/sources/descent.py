"""The lineage of an event as a graph: who took from whom, by text and by citation."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from clusterer.news import Article, Link
from clusterer.sources.answer import own_article
from clusterer.sources.candidates import Scene
from clusterer.sources.genealogy import MOST_INFERRED

# A supplier's article may be stamped so much after its consumer's: clocks of two publishers.
CLOCK_SLACK = timedelta(minutes=5)


def descent(scene: Scene) -> tuple[Link, ...]:
    """Links of texts, and of credits between publishers, agencies and articles, sorted.

    A credit to an agency leads to the agency's own article where the event has one that came
    out in time or is the same text.
    """
    links = {(link.source, link.target): link for link in scene.genealogy.links}
    edges = scene.citations.edges
    own = _own_articles(scene) if edges else {}
    for consumer, suppliers in edges.items():
        for supplier, edge in suppliers.items():
            for one in edge.told:
                direct = scene.citations.publishers[one.row] == consumer
                article = scene.articles[one.row]
                target = article.id if direct else consumer
                source = supplier
                if direct and supplier in own and _could_give(scene, own[supplier], article):
                    source = own[supplier].id
                strength = round(one.credit.strength, 4)
                known = links.get((source, target))
                if known is None or known.kind != "credit" or known.confidence < strength:
                    links[source, target] = Link(source, target, "credit", strength)
    for node, target in _dropped_hops(scene) if edges else ():
        links.setdefault((node, target), Link(node, target, "copy", MOST_INFERRED))
    return tuple(links[key] for key in sorted(links))


def _own_articles(scene: Scene) -> dict[str, Article]:
    """Each publisher's article that others took from, if any did."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, publisher in enumerate(scene.citations.publishers):
        rows[publisher].append(row)
    return {node: own_article(scene, mine) for node, mine in rows.items()}


def _could_give(scene: Scene, source: Article, target: Article) -> bool:
    groups = scene.genealogy.copy_groups
    if source.published is None or target.published is None:
        return True
    in_time = source.published.earliest <= target.published.latest + CLOCK_SLACK
    return in_time or groups[source.id] == groups[target.id]


def _dropped_hops(scene: Scene) -> list[tuple[str, str]]:
    """Copies in one language whose credit leaves out the first hop of a sibling's chain."""
    found = []
    for lineage in scene.lineages:
        firsts: dict[str, set[str]] = defaultdict(set)
        for row in lineage.rows:
            firsts[scene.articles[row].language] |= scene.citations.direct(row)
        for row in lineage.rows:
            named = scene.citations.direct(row)
            others = sorted(firsts[scene.articles[row].language] - named)
            beyond = {node: named & scene.citations.edges.get(node, {}).keys() for node in others}
            if named and named <= set().union(*beyond.values()):
                article = scene.articles[row].id
                found += [(node, article) for node in others if beyond[node]]
    return found
