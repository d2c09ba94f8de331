"""Clusters of rows → stories told: who copied whom, who said it first, what represents it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clusterer.gazetteer import Gazetteer
from clusterer.living.chronicle import Ruling, Told
from clusterer.living.rulings import Rulings
from clusterer.living.shelf import slice_sentences
from clusterer.living.ties import Ties, no_pairs
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
from clusterer.sources.genealogy import Genealogy, Translations, trace
from clusterer.sources.origin import Judgement, decide_story, judge

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


def founder_key(article: Article) -> tuple[bool, float, str]:
    """Order of founding: the earliest known publication first, then by id."""
    published = article.published
    return (published is None, 0.0 if published is None else published.at.timestamp(), article.id)


def tell(plan: Plan, material: Material) -> Told:
    """The story with its events, origins and lineage, and why each article is in it."""
    rows = plan.rows
    pairs = material.ties.among(np.asarray(rows, dtype=np.int64)) if len(rows) > 1 else no_pairs()
    return Told(_tell_story(plan, pairs, material), _tell_why(rows, pairs, material))


def _tell_story(plan: Plan, pairs: Pairs, material: Material) -> Story:
    told = [_tell_event(id, rows, material) for id, rows in plan.events]
    events = tuple(event for event, _ in told)
    articles = [material.articles[row] for row in plan.rows]
    lines = told[0][1]
    if len(told) > 1:
        lines = _judge(plan.rows, material)[1].independent_source_count
    centre = material.articles[_representative(plan.rows, pairs, material)]
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


def _tell_event(id: str, rows: tuple[int, ...], material: Material) -> tuple[Event, int]:
    """The event, and how many lines of reporting it has."""
    articles = [material.articles[row] for row in rows]
    family, judgement = _judge(rows, material)
    event = Event(
        id=id,
        articles=tuple(article.id for article in articles),
        origin=_origin(rows, judgement, material),
        copy_groups=family.copy_groups,
        independent_source_count=judgement.independent_source_count,
        lineage=judgement.links,
    )
    return event, judgement.independent_source_count


def _judge(rows: Sequence[int], material: Material) -> tuple[Genealogy, Judgement]:
    articles = [material.articles[row] for row in rows]
    credits = [
        material.rulings.heard(material.articles[row].id, material.credits[row]) for row in rows
    ]
    sentences = slice_sentences(material.sentences, np.asarray(rows, dtype=np.int64))
    family = trace(articles, sentences, rows, material.translations)
    return family, judge(articles, credits, family, material.gazetteer)


def _origin(rows: Sequence[int], judgement: Judgement, material: Material) -> Origin:
    """What the texts say, after what users said of these articles."""
    rulings, articles = material.rulings, [material.articles[row] for row in rows]
    asked = [row for row in rows if not rulings.refuses(material.articles[row].id)]
    found = judgement.origin
    if not asked:
        found = explained(Origin.undetermined(), [Statement("user_refused")])
    elif len(asked) < len(rows):
        found = _judge(asked, material)[1].origin
    if len(asked) < len(rows):
        found = replace(found, flags=(*found.flags, "user_refused"))
    said = rulings.origin_of(article.id for article in articles)
    return found if said is None else _as_said(said, found, articles, material.gazetteer)


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


def _representative(rows: Sequence[int], pairs: Pairs, material: Material) -> int:
    """The row that its siblings resemble most; an article with a headline before one without."""
    ends = np.concatenate([pairs.left, pairs.right])
    weights = np.bincount(ends, np.tile(pairs.score, 2), len(rows))

    def key(place: int) -> tuple[bool, float, tuple[bool, float, str]]:
        article = material.articles[rows[place]]
        return (article.title is None, -round(weights[place], 3), founder_key(article))

    return rows[min(range(len(rows)), key=key)]


def _tell_why(rows: Sequence[int], pairs: Pairs, material: Material) -> dict[str, tuple[Why, ...]]:
    """For each article its nearest siblings, with the sentences that tie them, nearest first."""
    articles = [material.articles[row] for row in rows]
    asked = _nearest([article.id for article in articles], pairs)
    whys: dict[str, list[Why]] = {article.id: [] for article in articles}
    if len(asked):
        left, right = asked.astype(np.int32).T
        chosen = slice_sentences(material.sentences, np.asarray(rows, dtype=np.int64))
        mine, theirs, similarity = explain(left, right, chosen)
        for (place, other), a, b, value in zip(
            asked.tolist(), mine, theirs, similarity, strict=True
        ):
            article, sibling = articles[place], articles[other]
            why = Why(sibling.id, float(value), article.sentences[a], sibling.sentences[b])
            whys[article.id].append(why)
    return {id: tuple(told) for id, told in whys.items()}


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
