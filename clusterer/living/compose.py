"""Clusters of rows → stories told: who copied whom, who said it first, what represents it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clusterer.gazetteer import Gazetteer
from clusterer.living.chronicle import Ruling, Told
from clusterer.living.rulings import Rulings
from clusterer.living.shelf import slice_sentences
from clusterer.living.ties import Ties, no_pairs, taken
from clusterer.matching import explain
from clusterer.news import (
    Article,
    Credit,
    Event,
    Named,
    Origin,
    Pairs,
    Sentences,
    Statement,
    Story,
    Why,
)
from clusterer.sources.explanation import explained
from clusterer.sources.genealogy import Genealogy, trace_all
from clusterer.sources.origin import Judgement, decide_story, judge
from clusterer.sources.translations import Translations

# Stories are told together until their articles are so many: it bounds the memory of their vectors.
TOGETHER = 1024
# How many siblings an article's "why" names: enough for a reader, bounded for a big story.
NEIGHBOURS_TOLD = 3


@dataclass(frozen=True, slots=True)
class Material:
    """What stories are told from. All sequences are by row; ``sentences`` are centred."""

    articles: Sequence[Article]
    credits: Sequence[tuple[Credit, ...]]
    sentences: Sentences
    ties: Ties
    translations: Translations
    gazetteer: Gazetteer
    rulings: Rulings


@dataclass(frozen=True, slots=True)
class Plan:
    """A story before it is told: its id and its events as (id, rows), founder's first."""

    id: str
    events: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def rows(self) -> tuple[int, ...]:
        return tuple(row for _, rows in self.events for row in rows)

    def traced(self) -> Iterator[tuple[int, ...]]:
        """Rows whose descent is asked for: each event's, then, of several events, all."""
        yield from (rows for _, rows in self.events)
        if len(self.events) > 1:
            yield self.rows


def founder_key(article: Article) -> tuple[bool, float, str]:
    """Order of founding: the earliest known publication first, then by id."""
    published = article.published
    return (published is None, 0.0 if published is None else published.at.timestamp(), article.id)


def tell(plans: Sequence[Plan], material: Material) -> Iterator[Told]:
    """The stories with their events, origins and lineage, and why each article is in them."""
    part: list[Plan] = []
    count = 0
    for plan in plans:
        part.append(plan)
        count += sum(len(rows) for _, rows in plan.events)
        if count >= TOGETHER:
            yield from _tell_part(part, material)
            part, count = [], 0
    yield from _tell_part(part, material)


def _tell_part(plans: Sequence[Plan], material: Material) -> Iterator[Told]:
    """Stories whose texts are compared in one go."""
    groups = [plan.rows for plan in plans]
    rows = np.array([row for group in groups for row in group], np.int64)
    sizes = [len(group) for group in groups]
    articles = [material.articles[row] for row in rows.tolist()]
    sentences = slice_sentences(material.sentences, rows)
    pairs = _pairs_within(rows, sizes, material.ties)
    near = np.bincount(
        np.concatenate([pairs.left, pairs.right]), np.tile(pairs.score, 2), len(rows)
    ).tolist()
    whys = _whys(articles, sentences, pairs)
    place = dict(zip(rows.tolist(), range(len(rows)), strict=True))
    traced = [[place[row] for row in group] for plan in plans for group in plan.traced()]
    families = iter(trace_all(articles, sentences, traced, rows.tolist(), material.translations))
    start = 0
    for plan, size in zip(plans, sizes, strict=True):
        mine = slice(start, start := start + size)
        story = _tell_story(plan, [next(families) for _ in plan.traced()], near[mine], material)
        ids = [article.id for article in articles[mine]]
        yield Told(story, dict(zip(ids, whys[mine], strict=True)))


def _pairs_within(rows: NDArray[np.int64], sizes: Sequence[int], ties: Ties) -> Pairs:
    """The pairs inside each of some stories, by places in ``rows``, which are all of theirs."""
    if max(sizes, default=0) < 2:
        return no_pairs()
    pairs = ties.among(rows)
    story = np.repeat(np.arange(len(sizes)), sizes)
    return taken(pairs, story[pairs.left] == story[pairs.right])


def _tell_story(
    plan: Plan, families: Sequence[Genealogy], near: Sequence[float], material: Material
) -> Story:
    """``families`` are of what is :meth:`Plan.traced`, ``near`` how much siblings resemble."""
    told = [
        _tell_event(id, rows, family, material)
        for (id, rows), family in zip(plan.events, families, strict=False)
    ]
    events = tuple(event for event, _ in told)
    articles = [material.articles[row] for row in plan.rows]
    lines = told[0][1]
    if len(told) > 1:
        lines = _judge(plan.rows, families[-1], material).independent_source_count
    centre = _representative(articles, near)
    times = [article.published.at for article in articles if article.published is not None]
    return Story(
        id=plan.id,
        title=centre.headline,
        representative=centre.id,
        events=events,
        origin=decide_story(events, articles),
        independent_source_count=lines,
        first_seen=min(times, default=None),
        last_seen=max(times, default=None),
    )


def _tell_event(
    id: str, rows: tuple[int, ...], family: Genealogy, material: Material
) -> tuple[Event, int]:
    """The event, and how many lines of reporting it has."""
    articles = [material.articles[row] for row in rows]
    judgement = _judge(rows, family, material)
    event = Event(
        id=id,
        articles=tuple(article.id for article in articles),
        origin=_origin(rows, judgement, material),
        copy_groups=family.copy_groups,
        independent_source_count=judgement.independent_source_count,
        lineage=judgement.links,
    )
    return event, judgement.independent_source_count


def _judge(rows: Sequence[int], family: Genealogy, material: Material) -> Judgement:
    articles = [material.articles[row] for row in rows]
    credits = [
        material.rulings.heard(material.articles[row].id, material.credits[row]) for row in rows
    ]
    return judge(articles, credits, family, material.gazetteer)


def _origin(rows: Sequence[int], judgement: Judgement, material: Material) -> Origin:
    """What the texts say, after what users said of these articles."""
    rulings, articles = material.rulings, [material.articles[row] for row in rows]
    asked = [row for row in rows if not rulings.refuses(material.articles[row].id)]
    found = judgement.origin
    if not asked:
        found = explained(Origin.undetermined(), [Statement("user_refused")])
    elif len(asked) < len(rows):
        found = _judge(asked, _family(asked, material), material).origin
    if len(asked) < len(rows):
        found = replace(found, flags=(*found.flags, "user_refused"))
    said = rulings.origin_of(article.id for article in articles)
    return found if said is None else _as_said(said, found, articles, material.gazetteer)


def _family(rows: Sequence[int], material: Material) -> Genealogy:
    articles = [material.articles[row] for row in rows]
    sentences = slice_sentences(material.sentences, np.asarray(rows, dtype=np.int64))
    event = [range(len(rows))]
    return trace_all(articles, sentences, event, rows, material.translations)[0]


def _as_said(
    said: Ruling, found: Origin, articles: Sequence[Article], gazetteer: Gazetteer
) -> Origin:
    """The origin that a user told, with what the texts say of everything else."""
    own = [
        article
        for article in articles
        if (article.id == said.article if said.agency is None else _served(article, said.agency))
    ]
    article = min(own, key=founder_key, default=None)
    agency = gazetteer.get(said.agency) if said.agency else None
    outlet = article.outlet if article else None
    name = agency.name if agency else outlet.name if outlet else None
    answer = replace(
        found,
        kind="article" if article else "external",
        article=article.id if article else None,
        agency=said.agency or (outlet.id if outlet else None),
        name=name,
        confidence=1.0,
        status="origin",
        lean=None,
        chain=(),
        evidence=(),
        flags=(*found.flags, "user_origin"),
    )
    named = (Named(answer.agency, name),) if name else ()
    return explained(answer, [Statement("user_origin", named)])


def _served(article: Article, agency: str) -> bool:
    return article.outlet is not None and article.outlet.id == agency


def _representative(articles: Sequence[Article], near: Sequence[float]) -> Article:
    """The one that its siblings resemble most; an article with a headline before one without."""
    if len(articles) == 1:
        return articles[0]

    def key(place: int) -> tuple[bool, float, tuple[bool, float, str]]:
        article = articles[place]
        return (article.title is None, -round(near[place], 3), founder_key(article))

    return articles[min(range(len(articles)), key=key)]


def _whys(articles: Sequence[Article], sentences: Sentences, pairs: Pairs) -> list[tuple[Why, ...]]:
    """For each article its nearest siblings, with the sentences that tie them, nearest first."""
    whys: list[list[Why]] = [[] for _ in articles]
    if len(pairs.left):
        asked = _nearest([article.id for article in articles], pairs)
        left, right = asked.astype(np.int32).T
        found = (column.tolist() for column in explain(left, right, sentences))
        for (place, other), a, b, value in zip(asked.tolist(), *found, strict=True):
            article, sibling = articles[place], articles[other]
            why = Why(sibling.id, value, article.sentences[a], sibling.sentences[b])
            whys[place].append(why)
    return list(map(tuple, whys))


def _nearest(ids: Sequence[str], pairs: Pairs) -> NDArray[np.int64]:
    """(place, neighbour) of the few nearest of each place, nearest first, ties by id; (k, 2)."""
    rank = np.empty(len(ids), np.int64)
    rank[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
    mine = np.concatenate([pairs.left, pairs.right]).astype(np.int64)
    other = np.concatenate([pairs.right, pairs.left]).astype(np.int64)
    score = np.round(np.tile(pairs.score.astype(np.float64), 2), 4)
    order = np.lexsort((rank[other], -score, mine))
    mine, other = mine[order], other[order]
    within = np.arange(len(mine)) - np.searchsorted(mine, mine)
    few = within < NEIGHBOURS_TOLD
    return np.stack([mine[few], other[few]], axis=1)
