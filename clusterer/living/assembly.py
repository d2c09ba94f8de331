"""The stages in their order: credit, encode, place, score, group, name, tell.

The only room that knows this order. It changes the holdings that it is given and says what it
changed; keeping that is not its matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.encoding import Encoder, VectorCache, encode_halves, encode_sentences, restored
from clusterer.gazetteer import Gazetteer
from clusterer.grouping import Linkage, Near, Story, least_tie, linkage_of
from clusterer.living.chronicle import Arrival, Home, Told
from clusterer.living.compose import Material, Plan, tell
from clusterer.living.holdings import Holdings, bearers, changes, clusters, moves, plans
from clusterer.living.identity import Naming, Register, rename
from clusterer.living.shelf import SEARCHED, Rows, Shelf
from clusterer.living.spreading import cut, spread
from clusterer.living.ties import Drawn, Redrawn, joined, no_pairs, redrawn, taken
from clusterer.matching import centre, load_glance, score
from clusterer.news import Article, Changes, Credit, Limit, Page, Pairs, Rejected, Sentences
from clusterer.prepare import prepare_all
from clusterer.progress import Progress, no_progress
from clusterer.settings import Settings
from clusterer.sources.credits import find_all
from clusterer.text.language import language_of

# Work is done in parts, which bound its memory and may be several processes': articles whose
# credits are read, arrivals put on the shelf, and pairs scored at a time.
CREDITED = 512
PLACED = 4096
BLOCK = 1 << 16
# Stories to tell are dealt into so many parts when they are more than a few.
HANDS, FEW = 16, 500


class Regrouped(NamedTuple):
    """What grouping anew did.

    ``before`` and ``told`` are by story id, None for a story that is no more; ``was`` and
    ``now`` have the homes of all articles that were grouped or lost.
    """

    names: Naming
    event_names: Naming
    before: Mapping[str, Told]
    told: Mapping[str, Told | None]
    was: Mapping[str, Home]
    now: Mapping[str, Home]

    def changes(self) -> Changes:
        moved = moves(self.was, self.now)
        return changes(self.before, self.told, self.names, self.event_names, moved)


@dataclass(frozen=True, slots=True)
class Assembly:
    """The stages with what they need. ``cache`` None: nothing is kept between runs."""

    encoder: Encoder
    settings: Settings
    gazetteer: Gazetteer
    cache: VectorCache | None = None
    progress: Progress = field(default=no_progress)

    def prepare(self, pages: Sequence[Page]) -> list[tuple[Article, ...] | Rejected]:
        return prepare_all(pages, self.gazetteer, self.settings)

    def receive(self, articles: Sequence[Article], key: int) -> list[Arrival]:
        """Credit and encode; ``key`` is the first of as many keys. Changes nothing."""
        if not articles:
            return []
        articles, credits = self.credited(articles)
        return [
            Arrival(key + k, article, found, part)
            for k, (article, found, part) in enumerate(
                zip(articles, credits, self.encoded(articles), strict=True)
            )
        ]

    def encoded(self, articles: Sequence[Article]) -> list[NDArray[np.float16]]:
        """The vectors of each article's sentences, as ``encode_halves`` gives them."""
        most = self.settings.encoded_sentences
        spans = [article.sentences[:most] for article in articles]
        texts = [
            span.of(article.text)
            for article, mine in zip(articles, spans, strict=True)
            for span in mine
        ]
        vectors = encode_halves(texts, self.encoder, self.cache, self.progress)
        ends = np.cumsum([len(mine) for mine in spans])
        return np.split(vectors, ends[:-1])

    def credited(
        self, articles: Sequence[Article]
    ) -> tuple[list[Article], list[tuple[Credit, ...]]]:
        """The articles, with what was not looked at of them, and their credits."""
        parts = spread(self._read_credits, cut(articles, CREDITED))
        found = [one for part in parts for one in part]
        told = [one.limited(*limits) for one, (limits, _) in zip(articles, found, strict=True)]
        return told, [credits for _, credits in found]

    def _read_credits(
        self, articles: Sequence[Article]
    ) -> list[tuple[list[Limit], tuple[Credit, ...]]]:
        longest, most = self.settings.max_credit_chars, self.settings.max_credits
        read = []
        every = find_all(articles, self.gazetteer, longest)
        for article, found in zip(articles, every, strict=True):
            limits = []
            if article.span.end - article.span.start > longest:
                limits.append(Limit("max_credit_chars", article.span.end - article.span.start))
            if len(found) > most:
                limits.append(Limit("max_credits", len(found)))
            read.append((limits, found[:most]))
        return read

    def vector_of(self, text: str) -> NDArray[np.float32]:
        """A text as a centred unit vector (d,), as documents and headlines are searched by."""
        vectors = encode_sentences([text], self.encoder, self.cache)
        bounds, language = np.array([0, 1], np.int64), np.array([language_of(text)])
        vector: NDArray[np.float32]
        (vector,) = centre(Sentences(vectors, bounds), language, self.encoder.id).vectors
        return vector

    def place(self, shelf: Shelf, arrivals: Sequence[Arrival]) -> Rows:
        """Put arrivals on the shelf, their vectors centred."""
        shelf.reserve(sum(len(arrival.vectors) for arrival in arrivals))
        return np.concatenate(
            [self._place_part(shelf, part) for part in cut(arrivals, PLACED) or [()]]
        )

    def _place_part(self, shelf: Shelf, arrivals: Sequence[Arrival]) -> Rows:
        sizes = [len(arrival.vectors) for arrival in arrivals]
        bounds = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        blank = np.empty((0, self.encoder.dimension), np.float16)
        parts: list[NDArray[Any]] = [arrival.vectors for arrival in arrivals]
        if any(part.dtype != np.float16 for part in parts):  # kept by an earlier version
            parts = [restored(part) for part in parts]
        vectors = restored(np.concatenate([blank, *parts]))
        languages = np.array([arrival.article.language for arrival in arrivals], dtype="<U16")
        centred = centre(Sentences(vectors, bounds), languages, self.encoder.id)
        return shelf.put(arrivals, centred)

    def new_shelf(self) -> Shelf:
        return Shelf(self.encoder.dimension, load_glance(self.encoder.id))

    def tie(self, shelf: Shelf, rows: Rows) -> tuple[Drawn, Redrawn]:
        """Score what is new against all that may be the same, and keep that on the shelf.

        The new ties, and what became of older ones, since crowds grew or shrank.
        """
        found, scored = [], [Drawn.always(no_pairs())]
        for part in cut(rows, SEARCHED):
            found.append(shelf.candidates(part, self.settings, int(rows[0])))
            self.progress("search", min(SEARCHED * len(found), len(rows)), len(rows))
        parts = len(found)
        while found:  # what came later made crowds denser, and fewer pairs worth scoring
            scored += self._scored(shelf, shelf.reached(found.pop(0)))
            self.progress("compare", min(SEARCHED * (parts - len(found)), len(rows)), len(rows))
        shelf.ties.tie(joined(scored))
        changed, shallower = shelf.crowds.changed()
        before = shelf.ties.weighed(changed)
        shelf.ties.deepen(changed, shelf.crowds.depth[changed])
        if len(shallower):
            more = self._scored(shelf, shelf.missing(shallower, self.settings))
            shelf.ties.tie(joined([scored[0], *more]))
            scored += more
        return joined(scored), redrawn(before, shelf.ties.weighed(changed))

    def _scored(self, shelf: Shelf, pairs: Drawn) -> list[Drawn]:
        if not len(pairs.left):
            return []
        shelf.learn(np.unique(np.concatenate([pairs.left, pairs.right])), self.encoder.id)
        blocks = [taken(pairs, slice(at, at + BLOCK)) for at in range(0, len(pairs.left), BLOCK)]
        return spread(partial(self._score, shelf), blocks)

    def _score(self, shelf: Shelf, pairs: Drawn) -> Drawn:
        ends = np.concatenate([pairs.left, pairs.right]).astype(np.int64)
        rows, places = np.unique(ends, return_inverse=True)
        left, right = places.astype(np.int32).reshape(2, -1)
        id = self.encoder.id
        sentences, crowd = shelf.leads(rows, id)
        near = Pairs(left, right, pairs.score)
        found = score(near, sentences, shelf.facts(rows), id, self.settings, crowd=crowd)
        keys = (left.astype(np.int64) << 32) | right
        order = np.argsort(keys)
        here = order[
            np.searchsorted(keys[order], (found.left.astype(np.int64) << 32) | found.right)
        ]
        return taken(pairs, here)._replace(score=found.score)

    def regroup(
        self, held: Holdings, touched: Rows, tied: Rows, gone: Rows, lost: Sequence[str]
    ) -> Regrouped:
        """Group anew what is near to touched rows, to those that are otherwise ``tied`` than
        before, or to rows that are ``gone`` with ``lost`` ids.

        Stories that come out as they were, with no touched article, are left as they were told.
        """
        shelf = held.shelf
        if shelf.linkage is None:
            shelf.linkage = linkage_of(self.settings)
        stale = bearers(held.stories, shelf.ids(touched), lost)
        siblings = {id for name in stale for id in held.stories.members[name]} & shelf.rows.keys()
        around = np.array([r for r in shelf.rows_of(siblings) if r not in shelf.linkage], np.int64)
        # what was not grouped since the shelf was made: all of a component, once
        least = least_tie(self.settings)
        near = np.concatenate([touched, tied, around])
        fresh = shelf.ties.reach(near, least, held.links(), known=shelf.linkage)
        stories = self._linked(held, shelf.linkage, gone, fresh)
        return self._name(held, stories, touched, lost)

    def _linked(self, held: Holdings, linkage: Linkage, gone: Rows, fresh: Rows) -> list[Story]:
        shelf, rulings = held.shelf, held.rulings
        names = dict(zip(fresh.tolist(), shelf.ids(fresh), strict=True))
        must, cannot = (held.by_row(links) for links in (rulings.must, rulings.cannot))
        return linkage.update(gone.tolist(), names, partial(_near, shelf), must, cannot)

    def _name(
        self, held: Holdings, grouped: Sequence[Story], touched: Rows, lost: Sequence[str]
    ) -> Regrouped:
        """Names for groups of rows that were formed anew, and what is to be told of them."""
        shelf = held.shelf
        stories = clusters(shelf.articles, [[r for part in one for r in part] for one in grouped])
        events = clusters(shelf.articles, [part for one in grouped for part in one])
        ids = [id for story in stories for id in story]
        was = held.homes({*ids, *lost})
        stale = bearers(held.stories, ids, lost)
        event_names = rename("e", held.events, bearers(held.events, ids, lost), events)
        names = rename("s", held.stories, stale, stories)
        before = {name: held.told.pop(name) for name in stale if name in held.told}
        planned = plans(names, stories, event_names, events, shelf.rows)
        self._tell(held, planned, before, frozenset(touched.tolist()))
        told: dict[str, Told | None] = dict.fromkeys(before)
        told.update((plan.id, held.told[plan.id]) for plan in planned)
        return Regrouped(names, event_names, before, told, was, held.homes({*ids, *lost}))

    def groups(self, held: Holdings) -> tuple[list[list[str]], list[list[str]]]:
        """Events and stories of all rows by their pairs, as ids, each with its founder first."""
        grouped = self._grouped(held)
        articles = held.shelf.articles
        return (
            clusters(articles, [part for story in grouped for part in story]),
            clusters(articles, [[row for part in story for row in part] for story in grouped]),
        )

    def _grouped(self, held: Holdings) -> list[Story]:
        rows = np.sort(held.shelf.rows_of(held.shelf.rows))
        return self._linked(held, linkage_of(self.settings), np.empty(0, np.int64), rows)

    def regroup_all(self, held: Holdings) -> Holdings:
        """The same articles grouped and named as if they had come at once; ``held`` is let be."""
        fresh = replace(held, events=Register(), stories=Register(), told={})
        rows = np.sort(fresh.shelf.rows_of(fresh.shelf.rows))
        self._name(fresh, self._grouped(fresh), rows, ())
        return fresh

    def _tell(
        self,
        held: Holdings,
        planned: Sequence[Plan],
        before: Mapping[str, Told],
        touched: frozenset[int],
    ) -> None:
        shelf = held.shelf
        material = Material(
            shelf.articles,
            shelf.credits,
            shelf.sentences,
            shelf.ties,
            shelf.translations,
            self.gazetteer,
            held.rulings,
        )
        anew = []
        for plan in planned:
            old = before.get(plan.id)
            if old is not None and not touched & set(plan.rows) and _as_before(plan, old, shelf):
                held.told[plan.id] = old
            else:
                anew.append(plan)
        done = 0

        def told(plans: Sequence[Plan]) -> list[Told]:
            nonlocal done
            done += len(plans)
            self.progress("trace", done, len(anew))
            return list(tell(plans, material))

        # large stories first, dealt out in turn: all helpers end at about the same time
        anew.sort(key=lambda plan: -len(plan.rows))
        parts = [anew[first::HANDS] for first in range(HANDS)] if len(anew) > FEW else [anew]
        for part, stories in zip(parts, spread(told, parts), strict=True):
            held.told.update((plan.id, one) for plan, one in zip(part, stories, strict=True))


def _near(shelf: Shelf, rows: Rows) -> Near:
    """The pairs of some rows."""
    bounds, pairs = shelf.ties.around(rows)
    return Near(bounds, pairs.right, pairs.score, shelf.ties.weights(pairs))


def _as_before(plan: Plan, old: Told, shelf: Shelf) -> bool:
    events: Iterable[tuple[str, tuple[str, ...]]] = (
        (event.id, event.articles) for event in old.story.events
    )
    return list(events) == [(id, tuple(shelf.ids(rows))) for id, rows in plan.events]
