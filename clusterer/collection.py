"""The living collection: the only room that knows the order of the stages.

A batch is one ``add``. Whatever the order of arrival, the same articles end in the same
stories, because the score of a pair depends on the pair alone, candidates are complete, and
a component is always grouped as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from clusterer.compose import Material, Plan, Ties, founder_key, tell, tell_why
from clusterer.encoding import Encoder, VectorCache, encode_sentences, open_encoder
from clusterer.gazetteer import Gazetteer
from clusterer.grouping import group
from clusterer.identity import Naming, Register, rename
from clusterer.matching import candidates, centre, describe, score
from clusterer.news import Article, Changes, Rejected, Sentences, Story, Why
from clusterer.prepare import prepare
from clusterer.progress import Progress, no_progress
from clusterer.reading import read
from clusterer.result import Result
from clusterer.settings import Settings
from clusterer.shelf import Rows, Shelf
from clusterer.sources.credits import find_credits


def cluster(
    inputs: str | Path | Sequence[str | Path],
    *,
    encoder: str | Encoder = "default",
    settings: Settings | None = None,
    agencies: Path | None = None,
    fields: Mapping[str, str] | None = None,
    progress: Progress = no_progress,
) -> Result:
    """Read folders and files, and group their articles into stories with origins.

    ``encoder`` is a name for :func:`open_encoder` or any object with its protocol.
    ``agencies`` is a CSV of further sources; ``fields`` maps names of records' fields.
    Raises InputError when an input does not exist; a bad page is in ``result.rejected``.
    """
    collection = Collection(encoder, settings=settings, agencies=agencies, progress=progress)
    collection.read([inputs] if isinstance(inputs, (str, Path)) else inputs, fields)
    return collection.result()


class Collection:
    """Articles and the stories they make, kept up to date as articles come and go."""

    def __init__(
        self,
        encoder: str | Encoder = "default",
        *,
        settings: Settings | None = None,
        agencies: Path | None = None,
        progress: Progress = no_progress,
    ) -> None:
        self.settings = settings or Settings()
        self.encoder = open_encoder(encoder) if isinstance(encoder, str) else encoder
        self._cache = VectorCache.open_default()
        self._gazetteer = Gazetteer.load(agencies)
        self._progress = progress
        self._shelf = Shelf(self.encoder.dimension)
        self._events, self._names = Register(), Register()
        self._stories: dict[str, Story] = {}
        self._why: dict[str, tuple[Why, ...]] = {}
        self._must: dict[tuple[str, str], None] = {}
        self._cannot: dict[tuple[str, str], None] = {}
        self._rejected: dict[str, Rejected] = {}
        self._pages = 0

    def __len__(self) -> int:
        return len(self._shelf)

    def __contains__(self, article: str) -> bool:
        return article in self._shelf.rows

    # What comes and goes

    def read(
        self, inputs: Sequence[str | Path], fields: Mapping[str, str] | None = None
    ) -> Changes:
        """Read, prepare and add what ``inputs`` hold; rejected pages are kept and told."""
        articles: list[Article] = []
        for item in read(inputs, self.settings, fields):
            if isinstance(item, Rejected):
                self._rejected[item.page] = item
                continue
            self._pages += 1
            self._progress("read", self._pages, None)
            found = prepare(item, self._gazetteer, self.settings)
            if isinstance(found, Rejected):
                self._rejected[found.page] = found
            else:
                articles.extend(found)
        return self.add(articles)

    def add(self, articles: Iterable[Article]) -> Changes:
        """Take articles in. One that is already here is skipped, or corrected if it differs."""
        given = {article.id: article for article in articles}
        changed = [id for id in given if id in self and given[id] != self._shelf.article(id)]
        lost = self._drop(changed)
        coming = sorted(id for id in given if id not in self)
        return self._regroup(self._take_in([given[id] for id in coming]), lost)

    def remove(self, ids: Iterable[str]) -> Changes:
        """Let articles go. Raises KeyError for an id that is not here; then nothing is done."""
        return self._regroup(np.empty(0, np.int64), self._drop(sorted(set(ids))))

    def expire(self, before: datetime) -> Changes:
        """Let go of articles that were surely published before ``before``."""
        return self.remove(
            article.id
            for article in self._shelf.articles
            if article.published is not None and article.published.latest < before
        )

    # The user's word

    def must_link(self, left: str, right: str) -> Changes:
        """Keep two articles in one event, in this and every later grouping."""
        pair = _ordered(left, right)
        rows = self._shelf.rows_of(pair)
        self._must[pair] = None
        self._cannot.pop(pair, None)
        return self._regroup(rows, ())

    def cannot_link(self, left: str, right: str) -> Changes:
        """Keep two articles in different events, in this and every later grouping."""
        pair = _ordered(left, right)
        rows = self._shelf.rows_of(pair)
        self._cannot[pair] = None
        self._must.pop(pair, None)
        return self._regroup(rows, ())

    def unlink(self, left: str, right: str) -> Changes:
        """Take back what was said of two articles."""
        pair = _ordered(left, right)
        self._must.pop(pair, None)
        self._cannot.pop(pair, None)
        return self._regroup(self._shelf.rows_of(pair), ())

    # What is told

    @property
    def stories(self) -> tuple[Story, ...]:
        """Largest first, then latest, then by id."""
        return tuple(sorted(self._stories.values(), key=_reading_order))

    def story(self, id: str) -> Story:
        """The story of this id, or the one that it was merged into. Raises KeyError."""
        return self._stories[self._names.resolve(id)]

    def result(self) -> Result:
        """The whole state as one immutable answer."""
        shelf = self._shelf
        return Result(
            stories=self.stories,
            articles={article.id: article for article in shelf.articles},
            credits={a.id: c for a, c in zip(shelf.articles, shelf.credits, strict=True)},
            why=dict(self._why),
            rejected=tuple(self._rejected[page] for page in sorted(self._rejected)),
            pages=self._pages,
            encoder=self.encoder.id,
            settings=self.settings.told(),
            ids=tuple(article.id for article in shelf.articles),
            pairs=shelf.pairs,
            recut=self._recut,
        )

    def _recut(self, probability: float) -> Result:
        """The same articles under another event cut, named afresh."""
        twin = Collection.__new__(Collection)
        twin.__dict__.update(self.__dict__)
        twin.settings = Settings.load(
            None,
            **self.settings.told()
            | {"event_cut": probability, "story_cut": min(self.settings.story_cut, probability)},
        )
        twin._events, twin._names = Register(), Register()
        twin._stories, twin._why = {}, {}
        twin._regroup(np.arange(len(self), dtype=np.int64), ())
        return twin.result()

    # The stages, in their order

    def _take_in(self, articles: Sequence[Article]) -> Rows:
        """Credit, encode, place and tie new articles; returns their rows."""
        if not articles:
            return np.empty(0, np.int64)
        shelf = self._shelf
        credits = [find_credits(article, self._gazetteer) for article in articles]
        facts = describe(articles, self._gazetteer)
        rows = shelf.put(articles, credits, self._encode(articles), facts)
        fresh = np.zeros(len(shelf), dtype=bool)
        fresh[rows] = True
        assert shelf.facts is not None
        pairs = candidates(shelf.sentences, shelf.facts, self.settings, fresh)
        shelf.tie(score(pairs, shelf.sentences, shelf.facts, self.encoder.id, self.settings))
        return rows

    def _encode(self, articles: Sequence[Article]) -> Sentences:
        texts = [span.of(article.text) for article in articles for span in article.sentences]
        vectors = encode_sentences(texts, self.encoder, self._cache, self._progress)
        sizes = [len(article.sentences) for article in articles]
        bounds = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        languages = np.array([article.language for article in articles])
        return centre(Sentences(vectors, bounds), languages, self.encoder.id)

    def _drop(self, ids: Sequence[str]) -> Sequence[str]:
        self._shelf.drop(self._shelf.rows_of(ids))
        for id in ids:
            self._why.pop(id, None)
        return ids

    def _regroup(self, touched: Rows, lost: Sequence[str]) -> Changes:
        """Group anew every component that touched rows or lost articles belong to."""
        shelf = self._shelf
        stale = _bearers(self._names, shelf.ids(touched), lost)
        siblings = {id for name in stale for id in self._names.members[name]} & shelf.rows.keys()
        around = np.union1d(touched, shelf.rows_of(sorted(siblings)))
        rows = shelf.reach(around, self._must)
        ids = shelf.ids(rows)
        labels = group(ids, shelf.pairs_among(rows), self.settings, self._must, self._cannot)
        articles = [shelf.articles[row] for row in rows]
        events, stories = _clusters(articles, labels.event), _clusters(articles, labels.story)
        stale = _bearers(self._names, ids, lost)
        self._events, event_names = rename(
            "e", self._events, _bearers(self._events, ids, lost), events
        )
        self._names, names = rename("s", self._names, stale, stories)
        before = {name: self._stories.pop(name) for name in stale}
        self._tell(_plans(names, stories, event_names, events, shelf.rows))
        return _changes(before, self._stories, names)

    def _tell(self, plans: Sequence[Plan]) -> None:
        shelf = self._shelf
        material = Material(
            articles=shelf.articles,
            credits=shelf.credits,
            sentences=centre(
                shelf.sentences, [a.language for a in shelf.articles], self.encoder.id
            ),
            ties=Ties(len(shelf), shelf.pairs),
            gazetteer=self._gazetteer,
        )
        for done, plan in enumerate(plans, 1):
            self._stories[plan.id] = tell(plan, material)
            self._why.update(tell_why(plan, material))
            self._progress("trace", done, len(plans))


def _ordered(left: str, right: str) -> tuple[str, str]:
    if left == right:
        raise ValueError(f"{left!r} cannot be linked with itself")
    return (left, right) if left < right else (right, left)


def _reading_order(story: Story) -> tuple[int, float, str]:
    latest = 0.0 if story.last_seen is None else story.last_seen.timestamp()
    return (-len(story.articles), -latest, story.id)


def _bearers(register: Register, *groups: Iterable[str]) -> list[str]:
    """The names that these articles bear."""
    return sorted({register.home[id] for ids in groups for id in ids if id in register.home})


def _clusters(articles: Sequence[Article], labels: Iterable[int]) -> list[list[str]]:
    """Clusters of ids, each with its founder first, in the order of their founders."""
    order = {article.id: founder_key(article) for article in articles}
    found: dict[int, list[str]] = {}
    for article, label in zip(articles, labels, strict=True):
        found.setdefault(int(label), []).append(article.id)
    clusters = (sorted(cluster, key=order.__getitem__) for cluster in found.values())
    return sorted(clusters, key=lambda cluster: order[cluster[0]])


def _plans(
    names: Naming,
    stories: Sequence[Sequence[str]],
    event_names: Naming,
    events: Sequence[Sequence[str]],
    rows: Mapping[str, int],
) -> list[Plan]:
    home = {id: name for name, story in zip(names.ids, stories, strict=True) for id in story}
    parts: dict[str, list[tuple[str, tuple[int, ...]]]] = {name: [] for name in names.ids}
    for name, event in zip(event_names.ids, events, strict=True):
        parts[home[event[0]]].append((name, tuple(rows[id] for id in event)))
    return [Plan(name, tuple(parts[name])) for name in names.ids]


def _changes(before: Mapping[str, Story], now: Mapping[str, Story], names: Naming) -> Changes:
    kept = [name for name in names.ids if name in before]
    old = {name: frozenset(before[name].articles) for name in kept}
    new = {name: frozenset(now[name].articles) for name in kept}
    return Changes(
        new=names.born,
        grown=tuple(name for name in kept if new[name] - old[name]),
        shrunk=tuple(name for name in kept if old[name] - new[name]),
        merged=names.merged,
        split=names.split,
        origin_changed=tuple(name for name in kept if before[name].origin != now[name].origin),
        gone=names.gone,
    )
