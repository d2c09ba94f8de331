"""Who took text from whom inside one event, judged by the texts alone.

Near copies are found within a language, translated copies across languages; both fall into
copy groups. Where one text of a pair bears the signs of the parent, a directed link says so
with its own confidence. Citations are no matter of this module.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.news import Article, Link, Sentences
from clusterer.sources.copies import Shared, shared_wording
from clusterer.sources.direction import direction_features, lead
from clusterer.sources.habits import Hints
from clusterer.sources.translation import translation_candidates
from clusterer.sources.translations import Evidence, Translations, evidence_of, is_translation
from clusterer.sources.weights import probability, weigh, weights
from clusterer.sources.wording import Wording, wording

# A link that nobody cites is never surer than this (the house rule for inferred edges).
MOST_INFERRED = 0.75
# A direction is told from this probability on; below, two copies are only tied.
LEAST_DIRECTED = 0.6
# A shorter text that lies in a longer one to this share of its shingles, and by so many of
# them, was taken from it even where it is too short to be called its copy.
EXCERPT_CONTAINMENT, EXCERPT_SHINGLES = 0.8, 5


@dataclass(frozen=True, slots=True)
class Genealogy:
    """The descent of the articles of one event.

    ``copy_groups`` article id → id of its group, which is that of the group's eldest; every
    article has one. ``links`` run from parent to child, at most one parent to a child,
    without loops, sorted by target. ``independent_source_count`` counts the groups.
    """

    copy_groups: Mapping[str, str]
    links: tuple[Link, ...]
    independent_source_count: int


class _Tie(NamedTuple):
    """Two rows that are copies with ``chance``; ``left`` < ``right``."""

    left: int
    right: int
    kind: Literal["copy", "translation"]
    chance: float


def trace(articles: Sequence[Article], sentences: Sentences) -> Genealogy:
    """Copy groups and directed links of the articles of one event.

    ``sentences`` are the articles' unit vectors in the same order, from which the mean of
    their language has been subtracted: raw vectors of two languages are all alike. Pure and
    independent of the order of articles; work is bounded for events of any size.
    """
    return trace_all(articles, sentences, [range(len(articles))])[0]


class _Kin(NamedTuple):
    """One event as far as words tell: its ``articles`` in order of id, their ``places`` among
    those of all events; ``asked`` are pairs of rows in two languages."""

    articles: Sequence[Article]
    places: Sequence[int]
    told: Sequence[Wording]
    ties: Sequence[_Tie]
    apart: Sequence[tuple[int, int]]
    asked: Sequence[tuple[int, int]]


def trace_all(
    articles: Sequence[Article],
    sentences: Sentences,
    events: Sequence[Sequence[int]],
    rows: Sequence[int] | None = None,
    known: Translations | None = None,
) -> list[Genealogy]:
    """:func:`trace` of several events at once, each given by its places among ``articles``.

    ``known`` remembers pairs by ``rows``, the numbers of the articles in their collection.
    """
    kin = [_open(articles, sentences, event) for event in events if len(event) > 1]
    asked = [(one.places[left], one.places[right]) for one in kin for left, right in one.asked]
    told = {place: words for one in kin for place, words in zip(one.places, one.told, strict=True)}
    numbers = range(len(articles)) if rows is None else rows

    def find(which: list[int]) -> list[Evidence]:
        return evidence_of(sentences, [asked[at] for at in which], told)

    pairs = [(numbers[one], numbers[other]) for one, other in asked]
    evidence = iter((known or Translations()).of(pairs, find))
    sizes = np.diff(sentences.bounds)
    several = iter([_close(one, [next(evidence) for _ in one.asked], sizes) for one in kin])
    return [next(several) if len(event) > 1 else _alone(articles[event[0]].id) for event in events]


def _alone(id: str) -> Genealogy:
    return Genealogy({id: id}, (), 1)


def _open(articles: Sequence[Article], sentences: Sentences, event: Sequence[int]) -> _Kin:
    """What the words of an event's articles say, and which pairs are to be aligned."""
    places = sorted(event, key=lambda place: articles[place].id)
    elder = [articles[place] for place in places]
    told = [wording(article) for article in elder]
    ties, apart = _same_language(elder, told)
    copies = {tie.right for tie in ties if tie.chance == 1.0}
    eldest = [row for row in range(len(elder)) if row not in copies]
    vectors = [
        sentences.vectors[sentences.bounds[place] : sentences.bounds[place + 1]]
        for place in map(places.__getitem__, eldest)
    ]
    found = translation_candidates(vectors, [elder[row].language for row in eldest])
    asked = [(eldest[i], eldest[j]) for i, j in found]
    return _Kin(elder, places, told, ties, apart, asked)


def _close(kin: _Kin, evidence: Sequence[Evidence], sizes: NDArray[np.int64]) -> Genealogy:
    """The descent that words and aligned sentences tell together."""
    elder, told, apart = kin.articles, kin.told, kin.apart
    ties = [*kin.ties, *_across_languages(kin, evidence, sizes)]
    groups = _Groups(len(elder), apart)
    for tie in sorted(ties, key=_surest_first):
        if tie.chance >= 0.5:
            groups.join(tie.left, tie.right)
    names = _name_groups(elder, groups)
    links = _links(elder, told, [tie for tie in ties if not groups.apart(tie.left, tie.right)])
    return Genealogy(names, links, len(set(names.values())))


def _surest_first(tie: _Tie) -> tuple[float, int, int]:
    return (-round(tie.chance, 9), tie.left, tie.right)


def _same_language(
    articles: Sequence[Article], told: Sequence[Wording]
) -> tuple[list[_Tie], list[tuple[int, int]]]:
    """Ties within a language, and pairs that must stay apart since a fact was changed."""
    ties: list[_Tie] = []
    apart: list[tuple[int, int]] = []
    for rows in _by_language(articles).values():
        firsts: dict[tuple[str, ...], int] = {}
        for row in rows:
            first = firsts.setdefault(told[row].words, row)
            if first != row and told[row].words:
                ties.append(_Tie(first, row, "copy", 1.0))
        distinct = [row for words, row in firsts.items() if words]
        for pair in shared_wording([told[row] for row in distinct]):
            left, right = distinct[pair.left], distinct[pair.right]
            if pair.changed:
                apart.append((left, right))
                continue
            signs = (pair.resemblance, pair.containment, float(np.log1p(pair.shared)))
            chance = probability(weigh(weights("genealogy", "copy"), signs))
            if chance >= 0.5 or _is_excerpt(pair):
                ties.append(_Tie(left, right, "copy", chance))
    return ties, apart


def _is_excerpt(pair: Shared) -> bool:
    """A headline or a quotation taken out of a report: wording was taken, the text was not."""
    return pair.containment >= EXCERPT_CONTAINMENT and pair.shared >= EXCERPT_SHINGLES


def _by_language(articles: Sequence[Article]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = defaultdict(list)
    for row, article in enumerate(articles):
        rows[article.language].append(row)
    return dict(sorted(rows.items()))


def _across_languages(
    kin: _Kin, evidence: Sequence[Evidence], sizes: NDArray[np.int64]
) -> Iterator[_Tie]:
    """Ties between the eldest of each text and those of other languages."""
    for (left, right), (chance, similarity) in zip(kin.asked, evidence, strict=True):
        shorter = min(sizes[kin.places[left]], sizes[kin.places[right]])
        if is_translation(chance, similarity, shorter):
            yield _Tie(left, right, "translation", chance)


class _Groups:
    """Disjoint sets that refuse to join what must stay apart."""

    def __init__(self, count: int, apart: Sequence[tuple[int, int]]) -> None:
        self._parent = list(range(count))
        self._foes: dict[int, set[int]] = defaultdict(set)
        for one, other in apart:
            self._foes[one].add(other)
            self._foes[other].add(one)

    def find(self, row: int) -> int:
        while self._parent[row] != row:
            self._parent[row] = self._parent[self._parent[row]]
            row = self._parent[row]
        return row

    def apart(self, one: int, other: int) -> bool:
        """Whether the sets of both must not be joined."""
        return self.find(other) in self._foes.get(self.find(one), ())

    def join(self, one: int, other: int) -> None:
        """Make one set of both, unless something in them must stay apart."""
        left, right = sorted((self.find(one), self.find(other)))
        if left == right or self.apart(left, right):
            return
        self._parent[right] = left
        for foe in self._foes.pop(right, ()):
            self._foes[foe].discard(right)
            self._foes[foe].add(left)
            self._foes[left].add(foe)


def _name_groups(articles: Sequence[Article], groups: _Groups) -> dict[str, str]:
    """Each article's group by the id of the group's eldest: dated before undated, then id."""
    eldest: dict[int, Article] = {}
    for row, article in enumerate(articles):
        known = eldest.setdefault(groups.find(row), article)
        if _age(article) < _age(known):
            eldest[groups.find(row)] = article
    return {article.id: eldest[groups.find(row)].id for row, article in enumerate(articles)}


def _age(article: Article) -> tuple[bool, float, str]:
    published = article.published
    return (published is None, published.at.timestamp() if published else 0.0, article.id)


def _links(
    articles: Sequence[Article], told: Sequence[Wording], ties: Sequence[_Tie]
) -> tuple[Link, ...]:
    """The likeliest parent of each child, loops left out."""
    directed: list[tuple[float, int, int, _Tie]] = []
    hints = Hints()
    for tie in ties:
        chance = _chance_of_order(articles, told, tie, hints)
        parent, child = (tie.left, tie.right) if chance >= 0.5 else (tie.right, tie.left)
        if max(chance, 1 - chance) >= LEAST_DIRECTED:
            taken = max(tie.chance, 0.5)
            confidence = min(MOST_INFERRED, taken * max(chance, 1 - chance))
            directed.append((round(confidence, 4), parent, child, tie))
    parents: dict[int, int] = {}
    links = []
    for confidence, parent, child, tie in sorted(
        directed, key=lambda told: (-told[0], told[1], told[2])
    ):
        if child in parents or _descends(parent, child, parents):
            continue
        parents[child] = parent
        links.append(Link(articles[parent].id, articles[child].id, tie.kind, confidence))
    return tuple(sorted(links, key=lambda link: link.target))


def _chance_of_order(
    articles: Sequence[Article], told: Sequence[Wording], tie: _Tie, hints: Hints
) -> float:
    """Probability that the left of the tie gave and the right took."""
    left, right = articles[tie.left], articles[tie.right]
    clock = lead(left.published, right.published)
    if tie.kind == "copy":
        signs = [*direction_features(told[tie.left], told[tie.right]), clock]
        return probability(weigh(weights("genealogy", "direction"), signs))
    signs = [hints.of(left, right), clock]
    return probability(weigh(weights("genealogy", "translation_direction"), signs))


def _descends(row: int, ancestor: int, parents: Mapping[int, int]) -> bool:
    while row in parents:
        row = parents[row]
        if row == ancestor:
            return True
    return row == ancestor
