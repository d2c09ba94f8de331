"""SIGKILL at any moment loses nothing that was acknowledged and leaves a whole state."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clusterer import Collection
from clusterer.storing.schema import SCHEMA
from tests.doomed import acts
from tests.killing import ROOT, as_of, homes, kill_often, murderer, states
from tests.newsroom import report
from tests.test_store import filled

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")

KILLS = 20


def test_killed_writers_leave_whole_states_and_lose_nothing(tmp_path: Path) -> None:
    kill_often(tmp_path, KILLS, count=15)


def test_killed_migrations_leave_a_store_that_opens(tmp_path: Path) -> None:
    full = tmp_path / "full.db"
    filled(full)
    with Collection.open(full, read_only=True) as collection:
        before = (homes(collection), collection.stories)
    chance = random.Random(1)
    with murderer(1, 0) as hand:
        for turn in range(10):
            older = as_of(full, 1 + turn % (SCHEMA - 1))
            hand.kill_after(older, chance.uniform(0.0, 0.08))
            assert Collection.open(older, encoder="hash:").close() is None
            assert Collection.check(older) == ()
            with Collection.open(older, read_only=True) as collection:
                assert (homes(collection), collection.stories) == before
            older.unlink()


READER = """
import json, sys
from clusterer import Collection
path, count = sys.argv[1], int(sys.argv[2])
with Collection.open(path, read_only=True) as reader:
    print("ready", flush=True)
    seen = []
    while reader.version < count:
        reader.refresh()
        assert reader.problems() == (), reader.problems()
        seen.append((reader.version, len(reader)))
    print(json.dumps(seen))
"""


def test_two_readers_see_only_whole_states_while_a_writer_writes(tmp_path: Path) -> None:
    path, count = tmp_path / "stories.db", 25
    sizes = [len(state[0]) for state in states(count, seed=3)]  # type: ignore[arg-type]
    heavy = [report(number, number, number) for number in range(1000, 1250)]
    sizes.append(sizes[-1] + len(heavy))
    count += 1
    with Collection.open(path, encoder="hash:") as writer:
        readers = [
            subprocess.Popen(
                [sys.executable, "-c", READER, str(path), str(count)],
                cwd=ROOT,
                text=True,
                stdout=subprocess.PIPE,
            )
            for _ in range(2)
        ]
        for reader in readers:
            assert reader.stdout is not None
            assert reader.stdout.readline() == "ready\n"
        for act in acts(count - 1, seed=3):
            act(writer)
            time.sleep(0.02)
        writer.add(heavy)
        for reader in readers:
            told, _ = reader.communicate(timeout=60)
            assert reader.returncode == 0
            seen = json.loads(told)
            assert all(sizes[version] == length for version, length in seen)
            versions = [version for version, _ in seen]
            assert versions == sorted(versions)
            assert len(set(versions)) > 2
