"""What a collection remembers: entries of its log, the user's rulings, and one step of its life.

A :class:`Journal` keeps them. :class:`Memory` is the one of a collection that lives in memory
only; ``clusterer.storing`` has the one on disk. Both see the same steps.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from clusterer.feeds import Freshness
from clusterer.living.identity import Register
from clusterer.news import Article, Changes, Credit, Rejected, Story, Why
from clusterer.reading.ledger import Seen

ActName = Literal["add", "remove", "correct", "expire", "rule", "undo"]
RulingKind = Literal["must_link", "cannot_link", "origin", "not_source"]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a user said, in force until it is taken back.

    ``must_link`` and ``cannot_link``: of ``article`` and ``other``. ``origin``: the event of
    ``article`` comes from it, or from ``agency`` where that is told. ``not_source``:
    ``article`` is nobody's origin; with ``agency``, it did not take from that agency; with
    ``agency`` alone, nothing in the collection took from it.
    """

    number: int
    kind: RulingKind
    at: datetime
    article: str | None = None
    other: str | None = None
    agency: str | None = None

    @property
    def pair(self) -> tuple[str, str]:
        """The two articles of a link, in the order of their ids."""
        return (self.article or "", self.other or "")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. ``number`` counts from 1 without gaps."""

    number: int
    at: datetime
    act: ActName
    changes: Changes
    ruling: Ruling | None = None

    def concerns(self) -> frozenset[str]:
        """Ids of the stories that it tells of."""
        told = self.changes
        pairs = [name for pair in (*told.merged, *told.split) for name in pair]
        moves = [name for move in told.moved for name in (move.from_story, move.to_story) if name]
        single = (told.new, told.grown, told.shrunk, told.origin_changed, told.retold, told.gone)
        return frozenset([*pairs, *moves, *(name for names in single for name in names)])


class Home(NamedTuple):
    """Where an article lives."""

    event: str
    story: str


class Arrival(NamedTuple):
    """An article as it enters. ``vectors`` (encoded, d) are what the encoder gave, as halves
    (see ``encode_halves``), or float32 unit rows; none once they lie on the shelf of a
    collection that is kept nowhere.

    ``key`` is the collection's own number for this version of the article, never used twice.
    """

    key: int
    article: Article
    credits: tuple[Credit, ...]
    vectors: NDArray[np.float16] | NDArray[np.float32]


class KeyedPairs(NamedTuple):
    """Scored pairs by articles' keys: int64, int64, float32, and twice int8, each (n,).

    ``level`` and ``grade`` tell how a pair was chosen among too many.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    score: NDArray[np.float32]
    level: NDArray[np.int8]
    grade: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Told:
    """A story as told, and why each of its articles is in it."""

    story: Story
    why: Mapping[str, tuple[Why, ...]]


@dataclass(frozen=True, slots=True)
class Step:
    """All that one act changed, kept whole or not at all.

    ``went`` maps ids to keys; an id that is also among ``came`` was corrected. ``named`` and
    ``redirected`` are by kind (``"e"``, ``"s"``). ``crowds`` has depth and number of neighbours
    of articles that have too many, by key; 0 and 0: no longer. None as a value means the same.
    """

    entry: Entry | None = None
    came: Sequence[Arrival] = ()
    went: Mapping[str, int] = field(default_factory=dict)
    pairs: KeyedPairs | None = None
    homes: Mapping[int, Home] = field(default_factory=dict)
    told: Mapping[str, Told | None] = field(default_factory=dict)
    named: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    redirected: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    rulings: Mapping[int, Ruling | None] = field(default_factory=dict)
    rejected: Mapping[str, Rejected | None] = field(default_factory=dict)
    seen: Mapping[str, Seen | None] = field(default_factory=dict)
    pages: int | None = None
    crowds: Mapping[int, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class State:
    """A whole state as it was kept, told to one who may know an earlier one.

    Of articles only the news: keys that are ``gone``, new ``arrivals`` by key, and their
    ``pairs`` (which may name keys that are gone). ``told`` has the stories that are told
    otherwise, None for one that is no more. Everything else is told in full.
    """

    version: int
    next_key: int
    gone: Sequence[int]
    arrivals: Sequence[Arrival]
    pairs: KeyedPairs
    events: Register
    stories: Register
    told: Mapping[str, Told | None]
    rulings: Mapping[int, Ruling]
    rejected: Mapping[str, Rejected]
    seen: Mapping[str, Seen]
    pages: int
    crowds: Mapping[int, tuple[int, int]]


class Journal(Protocol):
    """Keeps steps and tells them again."""

    @property
    def version(self) -> int:
        """Number of the last entry, 0 before the first."""
        ...

    @property
    def read_only(self) -> bool: ...

    @property
    def keeps_vectors(self) -> bool:
        """Whether the arrivals of a step are to have their vectors."""
        ...

    def load(self, version: int = 0, keys: Collection[int] = ()) -> State | None:
        """The state as kept, for one who knows that of ``version`` with the articles ``keys``;
        None when it is kept nowhere."""
        ...

    def commit(self, step: Step) -> None:
        """Keep ``step``. Raises StoreError; then nothing of it is kept."""
        ...

    def entries(self, since: int = 0, story: str | None = None) -> Iterator[Entry]:
        """Entries after number ``since``, oldest first; of one story where ``story`` is told."""
        ...

    def versions(self, article: str) -> tuple[Article, ...]:
        """Every version of an article that is here, oldest first; empty for another."""
        ...

    def freshness(self, url: str) -> Freshness:
        """What is known of a feed."""
        ...

    def remember(self, url: str, freshness: Freshness) -> None: ...

    @property
    def files(self) -> frozenset[str]:
        """Absolute paths of the files that are the journal's own."""
        ...

    def problems(self) -> tuple[str, ...]:
        """What is wrong with what is kept, a sentence each."""
        ...

    def close(self) -> None: ...


class Memory:
    """The journal of a collection that ends with its process."""

    read_only = False
    keeps_vectors = False
    files: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self._feeds: dict[str, Freshness] = {}
        self._entries: list[Entry] = []
        self._versions: dict[str, tuple[Article, ...]] = {}

    @property
    def version(self) -> int:
        return len(self._entries)

    def load(self, version: int = 0, keys: Collection[int] = ()) -> State | None:
        return None

    def commit(self, step: Step) -> None:
        if step.entry is not None:
            self._entries.append(step.entry)
        came = {arrival.article.id: arrival.article for arrival in step.came}
        for id in step.went.keys() - came.keys():
            del self._versions[id]
        for id, article in came.items():
            self._versions[id] = (*self._versions.get(id, ()), article)

    def entries(self, since: int = 0, story: str | None = None) -> Iterator[Entry]:
        chosen = self._entries[max(since, 0) :]
        return (entry for entry in chosen if story is None or story in entry.concerns())

    def versions(self, article: str) -> tuple[Article, ...]:
        return self._versions.get(article, ())

    def freshness(self, url: str) -> Freshness:
        return self._feeds.get(url, Freshness())

    def remember(self, url: str, freshness: Freshness) -> None:
        self._feeds[url] = freshness

    def problems(self) -> tuple[str, ...]:
        return ()

    def close(self) -> None:
        """Nothing is open."""


def replay(entries: Iterable[Entry]) -> tuple[dict[str, Home], dict[str, str]]:
    """Where every article lives, and where merged ids lead, by the log alone."""
    homes: dict[str, Home] = {}
    redirects: dict[str, str] = {}
    for entry in entries:
        redirects.update(entry.changes.merged)
        redirects.update(entry.changes.merged_events)
        for move in entry.changes.moved:
            if move.to_event is None or move.to_story is None:
                del homes[move.article]
            else:
                homes[move.article] = Home(move.to_event, move.to_story)
    return homes, redirects
