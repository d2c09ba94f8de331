"""What is told: events, the stories they make, and what changed in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

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


@dataclass(frozen=True, slots=True)
class Changes:
    """What one ``add``, ``remove``, ``correct`` or ``expire`` did to the stories."""

    new: tuple[str, ...] = ()
    grown: tuple[str, ...] = ()
    shrunk: tuple[str, ...] = ()
    merged: tuple[tuple[str, str], ...] = ()
    split: tuple[tuple[str, str], ...] = ()
    origin_changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
