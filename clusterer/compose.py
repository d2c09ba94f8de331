"""Clusters of rows → stories told: who copied whom, who said it first, what represents it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clusterer.gazetteer import Gazetteer
from clusterer.matching import explain
from clusterer.news import Article, Credit, Event, Pairs, Sentences, Story, Why
from clusterer.sources.genealogy import Genealogy, trace
from clusterer.sources.origin import decide, decide_story

# How many siblings an article's "why" names: enough for a reader, bounded for a big story.
NEIGHBOURS_TOLD = 3


class Ties:
    """Scored pairs by row: the siblings that each row is tied to."""

    def __init__(self, count: int, pairs: Pairs) -> None:
        left = np.concatenate([pairs.left, pairs.right])
        right = np.concatenate([pairs.right, pairs.left])
        order = np.lexsort((right, left))
        self._others: NDArray[np.int32] = right[order]
        self._scores: NDArray[np.float32] = np.tile(pairs.score, 2)[order]
        self._bounds = np.searchsorted(left[order], np.arange(count + 1))

    def of(self, row: int) -> list[tuple[int, float]]:
        part = slice(self._bounds[row], self._bounds[row + 1])
        return list(zip(self._others[part].tolist(), self._scores[part].tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Material:
    """What stories are told from. All sequences are by row; ``sentences`` are centred."""

    articles: Sequence[Article]
    credits: Sequence[tuple[Credit, ...]]
    sentences: Sentences
    ties: Ties
    gazetteer: Gazetteer


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


def tell(plan: Plan, material: Material) -> Story:
    """The story with its events, origins and lineage."""
    told = [_tell_event(id, rows, material) for id, rows in plan.events]
    events = tuple(event for event, _ in told)
    articles = [material.articles[row] for row in plan.rows]
    family = told[0][1] if len(told) == 1 else _trace(plan.rows, material)
    centre = material.articles[_representative(plan.rows, material)]
    times = [article.published.at for article in articles if article.published is not None]
    return Story(
        id=plan.id,
        title=centre.headline,
        representative=centre.id,
        events=events,
        origin=decide_story(events, articles),
        independent_source_count=family.independent_source_count,
        first_seen=min(times, default=None),
        last_seen=max(times, default=None),
    )


def _tell_event(id: str, rows: tuple[int, ...], material: Material) -> tuple[Event, Genealogy]:
    articles = [material.articles[row] for row in rows]
    credits = [material.credits[row] for row in rows]
    family = _trace(rows, material)
    event = Event(
        id=id,
        articles=tuple(article.id for article in articles),
        origin=decide(articles, credits, family, material.gazetteer),
        copy_groups=family.copy_groups,
        independent_source_count=family.independent_source_count,
        lineage=family.links,
    )
    return event, family


def _trace(rows: Sequence[int], material: Material) -> Genealogy:
    articles = [material.articles[row] for row in rows]
    return trace(articles, slice_sentences(material.sentences, rows))


def _representative(rows: Sequence[int], material: Material) -> int:
    """The row that its siblings resemble most; an article with a headline before one without."""
    inside = frozenset(rows)

    def key(row: int) -> tuple[bool, float, tuple[bool, float, str]]:
        article = material.articles[row]
        weight = sum(score for other, score in material.ties.of(row) if other in inside)
        return (article.title is None, -round(weight, 3), founder_key(article))

    return min(rows, key=key)


def tell_why(plan: Plan, material: Material) -> dict[str, tuple[Why, ...]]:
    """For each article its nearest siblings, with the sentences that tie them, nearest first."""
    inside = frozenset(plan.rows)
    asked: list[tuple[int, int]] = []
    for row in plan.rows:
        near = [(score, other) for other, score in material.ties.of(row) if other in inside]
        near.sort(key=lambda item: (-round(item[0], 4), material.articles[item[1]].id))
        asked.extend((row, other) for _, other in near[:NEIGHBOURS_TOLD])
    told: dict[str, list[Why]] = {material.articles[row].id: [] for row in plan.rows}
    if asked:
        left, right = np.array(asked, dtype=np.int32).T
        mine, theirs, similarity = explain(left, right, material.sentences)
        for (row, other), a, b, value in zip(asked, mine, theirs, similarity, strict=True):
            article, sibling = material.articles[row], material.articles[other]
            why = Why(sibling.id, float(value), article.sentences[a], sibling.sentences[b])
            told[article.id].append(why)
    return {id: tuple(whys) for id, whys in told.items()}


def slice_sentences(sentences: Sentences, rows: Sequence[int]) -> Sentences:
    """The sentences of ``rows``, in their order, as a batch of its own."""
    chosen = np.asarray(rows, dtype=np.int64)
    starts, ends = sentences.bounds[chosen], sentences.bounds[chosen + 1]
    bounds = np.concatenate([[0], np.cumsum(ends - starts)]).astype(np.int64)
    shift = np.repeat(starts - bounds[:-1], ends - starts)
    return Sentences(sentences.vectors[np.arange(bounds[-1]) + shift], bounds)
