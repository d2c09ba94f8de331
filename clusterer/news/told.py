"""What is told: events, the stories they make, and what changed in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from clusterer.news.reported import Span
from clusterer.news.sourced import Link, Origin


@dataclass(frozen=True, slots=True)
class Why:
    """Why an article is where it is: its sentence nearest to one of a neighbour."""

    article: str
    similarity: float
    mine: Span
    theirs: Span


@dataclass(frozen=True, slots=True)
class Event:
    """Reports of one specific happening, act or statement."""

    id: str
    articles: tuple[str, ...]
    origin: Origin
    copy_groups: Mapping[str, str]
    independent_source_count: int
    lineage: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """Events that an editor would put under one headline. Ids never change once given."""

    id: str
    title: str
    representative: str
    events: tuple[Event, ...]
    origin: Origin
    independent_source_count: int
    first_seen: datetime | None
    last_seen: datetime | None

    @property
    def articles(self) -> tuple[str, ...]:
        return tuple(article for event in self.events for article in event.articles)


class Move(NamedTuple):
    """An article that changed its event or story; None means outside the collection."""

    article: str
    from_story: str | None
    to_story: str | None
    from_event: str | None
    to_event: str | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What one ``add``, ``remove``, ``correct`` or ``expire`` did to the stories.

    ``merged`` pairs (gone, survivor), ``split`` pairs (parent, child). ``retold`` stories kept
    their articles and origin but are told otherwise: another title, lineage or confidence.
    ``moved`` has every article whose story or event changed, so that the changes of all time
    add up to the state; ``merged_events`` and ``split_events`` are those of events.
    """

    new: tuple[str, ...] = ()
    grown: tuple[str, ...] = ()
    shrunk: tuple[str, ...] = ()
    merged: tuple[tuple[str, str], ...] = ()
    split: tuple[tuple[str, str], ...] = ()
    origin_changed: tuple[str, ...] = ()
    retold: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    moved: tuple[Move, ...] = ()
    merged_events: tuple[tuple[str, str], ...] = ()
    split_events: tuple[tuple[str, str], ...] = ()
