"""Is the state what it should be? The log is replayed, and everything is grouped anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from clusterer.living.chronicle import Home, replay
from clusterer.living.holdings import Holdings
from clusterer.living.keeper import Keeper

# Problems told of one kind: enough to see what is wrong, not a million lines.
TOLD = 10


def find_problems(keeper: Keeper) -> tuple[str, ...]:
    """What does not hold together, a sentence each."""
    held = keeper.held
    homes = held.homes(held.shelf.rows)
    found: list[str] = []
    for problems in (
        _homeless(held, homes),
        _mistold(held, homes),
        _misled(held),
        _unlogged(keeper, homes),
        _misgrouped(keeper),
    ):
        found.extend(problem for problem, _ in zip(problems, range(TOLD), strict=False))
    return tuple(found)


def _homeless(held: Holdings, homes: Mapping[str, Home]) -> Iterator[str]:
    for id in sorted(held.shelf.rows.keys() - homes.keys()):
        yield f"article {id} is in no story"
    for id in sorted(held.stories.home.keys() - held.shelf.rows.keys()):
        yield f"story {held.stories.home[id]} has article {id}, which is not here"


def _mistold(held: Holdings, homes: Mapping[str, Home]) -> Iterator[str]:
    told = {
        id: Home(event.id, name)
        for name, one in held.told.items()
        for event in one.story.events
        for id in event.articles
    }
    for id in sorted(homes.keys() | told.keys()):
        if homes.get(id) != told.get(id):
            yield f"article {id} is told in {told.get(id)} and lives in {homes.get(id)}"


def _misled(held: Holdings) -> Iterator[str]:
    for register in (held.events, held.stories):
        for name in sorted(register.redirects):
            if name in register.members:
                yield f"{name} was merged away and still has articles"
            if register.resolve(name) not in register.births:
                yield f"{name} leads to {register.resolve(name)}, which never was"


def _unlogged(keeper: Keeper, homes: Mapping[str, Home]) -> Iterator[str]:
    """Silent changes: what the log does not tell."""
    logged, redirects = replay(keeper.entries())
    for id in sorted(homes.keys() | logged.keys()):
        if homes.get(id) != logged.get(id):
            yield f"article {id} lives in {homes.get(id)}, by the log in {logged.get(id)}"
    if redirects != {**keeper.held.events.redirects, **keeper.held.stories.redirects}:
        yield "the log tells other merges than the registers"


def _misgrouped(keeper: Keeper) -> Iterator[str]:
    """Groups that are not those of their pairs."""
    held = keeper.held
    registers = (held.events, held.stories)
    for register, afresh in zip(registers, keeper.stages.groups(held), strict=True):
        true = {frozenset(cluster) for cluster in afresh}
        for name in sorted(register.members):
            if register.members[name] not in true:
                yield f"{name} is not what its pairs say"
