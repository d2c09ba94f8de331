"""Kills writers at random moments and looks at what they leave behind."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clusterer import Collection
from clusterer.living.chronicle import Home
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


def kill_often(folder: Path, kills: int, count: int = 25, seed: int = 0) -> tuple[int, int]:
    """Kill writers ``kills`` times; every store they leave must be whole and lose nothing.

    The next child carries on with the act that was interrupted. A store that came to its end
    is compared with one that nobody killed, and another is begun. Returns how many stores came
    to their end, and how many kills fell between an act's keeping and its acknowledgement.
    """
    expected = states(count, seed)
    chance = random.Random(seed)
    ended = unheard = 0
    path = folder / "0.db"
    with murderer(count, seed) as hand:
        for _ in range(kills):
            before = _version(path)
            said = hand.kill_after(path, chance.uniform(0.0, 0.6))
            if not path.exists() or not path.stat().st_size:
                continue
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
    return ended, unheard


def _version(path: Path) -> int:
    """Entries kept so far. Opening to write also finishes what a killed one had begun."""
    if not path.exists():
        return 0
    with Collection.open(path, encoder="hash:") as collection:
        return collection.version
