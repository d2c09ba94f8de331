"""All that a collection holds at one moment, and what an act changed in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from clusterer.chronicle import Home, KeyedPairs, State, Told
from clusterer.compose import Plan, founder_key
from clusterer.identity import Naming, Register
from clusterer.intake import Intake
from clusterer.news import Article, Changes, Move, Pairs, Rejected, Story
from clusterer.reading.ledger import Seen
from clusterer.rulings import Rulings
from clusterer.shelf import Shelf

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

    @classmethod
    def of(cls, state: State, shelf: Shelf) -> Holdings:
        """What was kept; ``shelf`` has its articles and pairs."""
        return cls(
            shelf,
            state.events,
            state.stories,
            dict(state.told),
            Rulings(state.rulings),
            dict(state.rejected),
            dict(state.seen),
            state.pages,
            state.next_key,
        )

    def note(self, intake: Intake) -> None:
        """Take over what a run over inputs found besides articles."""
        _update(self.rejected, intake.rejected)
        _update(self.seen, intake.seen)
        self.pages += intake.pages

    def homes(self, ids: Iterable[str]) -> dict[str, Home]:
        """Where those of ``ids`` live that live somewhere."""
        events, stories = self.events.home, self.stories.home
        return {id: Home(events[id], stories[id]) for id in ids if id in stories}

    def keyed(self, pairs: Pairs) -> KeyedPairs:
        keys = self.shelf.keys
        return KeyedPairs(keys[pairs.left], keys[pairs.right], pairs.score)

    def links(self) -> list[tuple[int, int]]:
        """Rows that a user keeps together."""
        rows = self.shelf.rows
        return [(rows[a], rows[b]) for a, b in self.rulings.must if a in rows and b in rows]


def _update(kept: dict[str, T], now: Mapping[str, T | None]) -> None:
    for name, value in now.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = value


def bearers(register: Register, *groups: Iterable[str]) -> list[str]:
    """The names that these articles bear."""
    return sorted({register.home[id] for ids in groups for id in ids if id in register.home})


def clusters(articles: Sequence[Article], labels: Iterable[int]) -> list[list[str]]:
    """Clusters of ids, each with its founder first, in the order of their founders."""
    order = {article.id: founder_key(article) for article in articles}
    found: dict[int, list[str]] = {}
    for article, label in zip(articles, labels, strict=True):
        found.setdefault(int(label), []).append(article.id)
    groups = (sorted(cluster, key=order.__getitem__) for cluster in found.values())
    return sorted(groups, key=lambda cluster: order[cluster[0]])


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
    before: Mapping[str, Story],
    now: Mapping[str, Story],
    names: Naming,
    event_names: Naming,
    moved: tuple[Move, ...],
) -> Changes:
    """``before`` has the stories that bore the touched names, ``now`` those that bear them."""
    kept = [name for name in names.ids if name in before and before[name] is not now[name]]
    old = {name: frozenset(before[name].articles) for name in kept}
    new = {name: frozenset(now[name].articles) for name in kept}
    origin = tuple(name for name in kept if before[name].origin != now[name].origin)
    same = (name for name in kept if old[name] == new[name] and name not in origin)
    return Changes(
        new=names.born,
        grown=tuple(name for name in kept if new[name] - old[name]),
        shrunk=tuple(name for name in kept if old[name] - new[name]),
        merged=names.merged,
        split=names.split,
        origin_changed=origin,
        retold=tuple(name for name in same if before[name] != now[name]),
        gone=names.gone,
        moved=moved,
        merged_events=event_names.merged,
        split_events=event_names.split,
    )
