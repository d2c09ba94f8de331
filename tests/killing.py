"""Kills writers at random moments and looks at what they leave behind."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from clusterer import Collection
from clusterer.living.chronicle import Home
from clusterer.storing.schema import APPLICATION, MIGRATIONS, SCHEMA
from tests.doomed import acts

ROOT = Path(__file__).parent.parent


class Murderer:
    """Speaks with :mod:`tests.doomed`; ``acts`` are planned by their count and a seed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def kill_after(self, path: Path, seconds: float) -> str:
        """What the child last acknowledged before it was killed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{path} {seconds:.6f}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()


@contextmanager
def murderer(count: int, seed: int) -> Iterator[Murderer]:
    # one thread: a fork of a process whose numeric libraries have threads may hang
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.doomed", str(count), str(seed)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Murderer(process)
        assert process.stdin is not None
        process.stdin.close()


def homes(collection: Collection) -> dict[str, Home]:
    return {
        id: Home(event.id, story.id)
        for story in collection.stories
        for event in story.events
        for id in event.articles
    }


def states(count: int, seed: int) -> list[tuple[object, ...]]:
    """What a collection that nobody kills says after each act, the first being none."""
    collection = Collection("hash:")
    found: list[tuple[object, ...]] = [(homes(collection), collection.stories)]
    for act in acts(count, seed):
        act(collection)
        found.append((homes(collection), collection.stories))
    return found


def as_of(path: Path, version: int) -> Path:
    """A copy of a store with the tables of an older schema only."""
    older = path.with_name(f"schema-{version}.db")
    base = sqlite3.connect(older)
    base.executescript("".join(MIGRATIONS[:version]))
    tables = [
        name
        for (name,) in base.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE TABLE%'")
    ]
    base.execute("ATTACH ? AS full", (str(path),))
    for table in tables:
        columns = ", ".join(name for _, name, *_ in base.execute(f"PRAGMA table_info({table})"))
        base.execute(f"INSERT INTO {table} SELECT {columns} FROM full.{table}")
    base.commit()
    base.executescript(
        f"PRAGMA application_id = {APPLICATION if version else 0};PRAGMA user_version = {version};"
    )
    base.close()
    return older


class Kills(NamedTuple):
    """How many stores came to their end, how many kills fell between an act's keeping and its
    acknowledgement, and how many into bringing a store up to date."""

    ended: int
    unheard: int
    migrating: int


def kill_often(folder: Path, kills: int, count: int = 25, seed: int = 0) -> Kills:
    """Kill writers ``kills`` times; every store they leave must be whole and lose nothing.

    The next child carries on with the act that was interrupted. A store that came to its end
    is compared with one that nobody killed, and another is begun. Every third time the store is
    one that an older version left, and the child is killed early: it is brought up to date first.
    """
    expected = states(count, seed)
    chance = random.Random(seed)
    ended = unheard = migrating = 0
    path = folder / "0.db"
    with murderer(count, seed) as hand:
        for turn in range(kills):
            before = _version(path)
            old = before > 0 and turn % 3 == 2
            if old:
                _grow_old(path, chance.randrange(1, SCHEMA))
            said = hand.kill_after(path, chance.uniform(0.0, 0.05 if old else 0.6))
            if not path.exists() or not path.stat().st_size:
                continue
            migrating += _schema(path) < SCHEMA
            after = _version(path)
            acknowledged = count if said == "done" else max(before, int(said))
            assert acknowledged <= after <= acknowledged + 1, (said, before, after)
            unheard += after > acknowledged
            if after:
                assert Collection.check(path) == ()
                with Collection.open(path, read_only=True) as collection:
                    assert (homes(collection), collection.stories) == expected[after]
            if after == count:
                ended += 1
                path = folder / f"{ended}.db"
    return Kills(ended, unheard, migrating)


def _grow_old(path: Path, version: int) -> None:
    """Put in the place of a store what an older version would have left."""
    older = as_of(path, version)
    for name in ("-wal", "-shm"):
        path.with_name(path.name + name).unlink(missing_ok=True)
    older.replace(path)


def _schema(path: Path) -> int:
    with closing(sqlite3.connect(path)) as base:
        (version,) = base.execute("PRAGMA user_version").fetchone()
    return int(version)


def _version(path: Path) -> int:
    """Entries kept so far. Opening to write also finishes what a killed one had begun."""
    if not path.exists():
        return 0
    with Collection.open(path, encoder="hash:") as collection:
        return collection.version
