"""All that a collection holds at one moment, and what an act changed in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from clusterer.living.chronicle import Home, KeyedPairs, State, Told
from clusterer.living.compose import Plan, founder_key
from clusterer.living.identity import Naming, Register
from clusterer.living.intake import Intake
from clusterer.living.rulings import Rulings
from clusterer.living.shelf import Shelf
from clusterer.living.ties import Drawn, no_pairs, taken
from clusterer.news import Article, Changes, Move, Rejected
from clusterer.reading.ledger import Seen

T = TypeVar("T")


@dataclass(slots=True)
class Holdings:
    """``told`` by story id, ``rejected`` by page, ``seen`` by path.

    ``pages`` counts what was read, ``key`` is the next article's.
    """

    shelf: Shelf
    events: Register = field(default_factory=Register)
    stories: Register = field(default_factory=Register)
    told: dict[str, Told] = field(default_factory=dict)
    rulings: Rulings = field(default_factory=Rulings)
    rejected: dict[str, Rejected] = field(default_factory=dict)
    seen: dict[str, Seen] = field(default_factory=dict)
    pages: int = 0
    key: int = 1

    def take_over(self, state: State) -> None:
        """All but the articles and their pairs of a state that was kept."""
        self.events, self.stories = state.events, state.stories
        _update(self.told, state.told)
        self.rulings = Rulings(state.rulings)
        self.rejected, self.seen = dict(state.rejected), dict(state.seen)
        self.pages, self.key = state.pages, state.next_key

    def note(self, intake: Intake) -> None:
        """Take over what a run over inputs found besides articles."""
        _update(self.rejected, intake.rejected)
        _update(self.seen, intake.seen)
        self.pages += intake.pages

    def homes(self, ids: Iterable[str]) -> dict[str, Home]:
        """Where those of ``ids`` live that live somewhere."""
        events, stories = self.events.home, self.stories.home
        return {id: Home(events[id], stories[id]) for id in ids if id in stories}

    def keyed(self, pairs: Drawn) -> KeyedPairs:
        keys = self.shelf.keys
        return KeyedPairs(keys[pairs.left], keys[pairs.right], *pairs[2:])

    def by_rows(self, pairs: KeyedPairs) -> Drawn:
        """Pairs by rows, those left out of which an article is not on the shelf."""
        keys = self.shelf.keys
        last = max(len(keys) - 1, 0)
        left = np.searchsorted(keys, pairs.left).clip(max=last)
        right = np.searchsorted(keys, pairs.right).clip(max=last)
        if not len(keys):
            return Drawn.always(no_pairs())
        here = (keys[left] == pairs.left) & (keys[right] == pairs.right)
        short = left.astype(np.int32), right.astype(np.int32)
        return taken(Drawn(*short, pairs.score, pairs.level, pairs.grade), here)

    def links(self) -> list[tuple[int, int]]:
        """Rows that a user keeps together."""
        return self.by_row(self.rulings.must)

    def by_row(self, links: Iterable[tuple[str, str]]) -> list[tuple[int, int]]:
        """Links between articles that are here, as rows."""
        rows = self.shelf.rows
        return [(rows[a], rows[b]) for a, b in links if a in rows and b in rows]


def _update(kept: dict[str, T], now: Mapping[str, T | None]) -> None:
    for name, value in now.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = value


def bearers(register: Register, *groups: Iterable[str]) -> list[str]:
    """The names that these articles bear."""
    return sorted({register.home[id] for ids in groups for id in ids if id in register.home})


def clusters(articles: Sequence[Article], groups: Iterable[Sequence[int]]) -> list[list[str]]:
    """Groups of rows as clusters of ids, each with its founder first, in the order of those."""
    found = []
    for rows in groups:
        keys = sorted(founder_key(articles[row]) for row in rows)
        found.append((keys[0], [key[-1] for key in keys]))
    return [cluster for _, cluster in sorted(found)]


def plans(
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


def moves(before: Mapping[str, Home], now: Mapping[str, Home]) -> tuple[Move, ...]:
    """Every article whose home is another now, by id."""
    found = []
    for id in sorted(before.keys() | now.keys()):
        old, new = before.get(id), now.get(id)
        if old != new:
            found.append(
                Move(
                    id,
                    old.story if old else None,
                    new.story if new else None,
                    old.event if old else None,
                    new.event if new else None,
                )
            )
    return tuple(found)


def changes(
    before: Mapping[str, Told],
    now: Mapping[str, Told | None],
    names: Naming,
    event_names: Naming,
    moved: tuple[Move, ...],
) -> Changes:
    """``before`` has the stories that bore the touched names, ``now`` those that bear them."""
    kept = {
        name: (before[name], told)
        for name in names.ids
        if name in before and (told := now[name]) is not None and told is not before[name]
    }
    old = {name: frozenset(was.story.articles) for name, (was, _) in kept.items()}
    new = {name: frozenset(told.story.articles) for name, (_, told) in kept.items()}
    origin = tuple(n for n, (was, told) in kept.items() if was.story.origin != told.story.origin)
    same = [name for name in kept if old[name] == new[name] and name not in origin]
    return Changes(
        new=names.born,
        grown=tuple(name for name in kept if new[name] - old[name]),
        shrunk=tuple(name for name in kept if old[name] - new[name]),
        merged=names.merged,
        split=names.split,
        origin_changed=origin,
        retold=tuple(name for name in same if kept[name][0] != kept[name][1]),
        gone=names.gone,
        moved=moved,
        merged_events=event_names.merged,
        split_events=event_names.split,
    )
