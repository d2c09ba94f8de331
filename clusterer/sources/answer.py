"""What an answer points to: its own article, its nearest copy, its chain and its name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from clusterer.news import Article
from clusterer.sources.candidates import Candidate, Scene
from clusterer.sources.direction import lead
from clusterer.sources.habits import houses_of

# A supplier's article that came out this much after its consumers is not what they took from.
# Of 45 credited posts a third are stamped before their source, all copies within 2.1 hours.
LATE = timedelta(hours=3)


def own_article(scene: Scene, rows: Sequence[int]) -> Article:
    """Of a publisher's articles the likeliest source: it took from nobody, and came first."""

    def rank(row: int) -> tuple[bool, bool, bool, float, str]:
        article = scene.articles[row]
        taken = any(credit.role == "supplier" for credit in scene.credits[row])
        voice = any(credit.first_hand for credit in scene.credits[row])
        time = article.published.at.timestamp() if article.published else float("inf")
        return (taken, article.id in scene.children, not voice, time, article.id)

    return scene.articles[min(rows, key=rank)]


def is_late(scene: Scene, one: Candidate, own: Article) -> bool:
    """Whether all who credit a source were out long before its own article, in other words.

    Then its article is a later one. Copies are no doubt: a clock may be wrong, and a post be
    edited.
    """
    groups = scene.genealogy.copy_groups
    takers = {link.target for link in scene.genealogy.links if link.source == own.id}
    others = [
        article
        for number in one.backers
        for row in scene.lineages[number].rows
        if row not in one.rows and (article := scene.articles[row])
    ]
    if not others or own.published is None:
        return False
    return all(
        article.published is not None
        and article.published.latest + LATE < own.published.earliest
        and groups[article.id] != groups[own.id]
        and article.id not in takers
        for article in others
    )


def fullest(scene: Scene, one: Candidate) -> Article | None:
    """The nearest copy: taken as a whole from the chain to a source, then the longest."""
    rows = [row for number in one.backers for row in scene.lineages[number].rows]
    if not rows:
        return None

    def rank(row: int) -> tuple[bool, int, str]:
        article = scene.articles[row]
        whole = any(
            credit.role == "supplier" and credit.scope == "article" for credit in scene.credits[row]
        )
        return (not whole, -sum(span.end - span.start for span in article.sentences), article.id)

    return scene.articles[min(rows, key=rank)]


def hidden_relays(scene: Scene, copy: Article | None) -> tuple[str, ...]:
    """Agencies that nobody credits but whose hand the nearest copy shows, as flags."""
    known = {*scene.citations.publishers, *scene.citations.names}
    return (
        tuple(f"style:{house}" for house in houses_of(copy) if house not in known) if copy else ()
    )


def chain_to(scene: Scene, one: Candidate) -> tuple[str, ...]:
    """The longest chain that leads to a source, nearest supplier first."""
    chains = [scene.lineages[number].chain for number in one.backers]
    ending = [chain[: chain.index(one.node) + 1] for chain in chains if one.node in chain]
    return min(ending, key=lambda chain: (-len(chain), chain), default=())


def identity(scene: Scene, one: Candidate) -> tuple[str | None, str | None]:
    """Gazetteer id, where there is one, and name."""
    if one.rows and (outlet := scene.articles[one.rows[0]].outlet):
        return outlet.id, outlet.name
    raw = scene.citations.raw.get(one.node)
    if raw is None:
        return None, scene.citations.names.get(one.node)
    id = min(raw, key=lambda id: (-raw[id], id))
    agency = scene.gazetteer.get(id)
    return id, agency.name if agency else scene.citations.names[one.node]


def shown(scene: Scene, one: Candidate) -> str:
    return one.node.removeprefix("article:").removeprefix("name:")


def first_publisher(articles: Sequence[Article]) -> str | None:
    """The article that came out before all others beyond doubt; None where a clock is missing."""
    dated = [article for article in articles if article.published is not None]
    if len(dated) < len(articles) or len(dated) < 2:
        return None
    first, second = sorted(
        dated, key=lambda article: (article.published.at if article.published else 0, article.id)
    )[:2]
    return first.id if lead(first.published, second.published) > 0.0 else None
