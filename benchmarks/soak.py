"""A day of work in one run: watch and serve beside arrivals, corrections, removals, restarts.

    python -m benchmarks.soak --minutes 10
    python -m benchmarks.soak --minutes 480        # the full eight hours

``cluster watch`` keeps a folder's stories in a store, ``cluster serve --read-only`` shows them,
readers ask the server all the while, and this process writes and corrects files, lets their
articles go, and kills the watcher from time to time as a power cut would. The folder holds
about ``--articles`` files at any time, so that what grows with time alone shows. Every line
tells memory and open files of both processes; at the end the store is checked and compared with
the folder. Exit status 1 when an article is lost, the checker finds something, a request fails,
or memory or open files of the last third are well above those of the second.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

PLACES = ("Karsa", "Mundel", "Ostland", "Verin", "Talbo", "Quern", "Ilmar", "Sovet")
ACTS = (
    "Bridge falls",
    "Rates rise",
    "Flood comes",
    "Strike ends",
    "Minister resigns",
    "Fire burns",
)
GROWTH = 1.15  # of memory or open files, last third over second
ASKED = ("/health", "/v1", "/v1/stories", "/v1/agencies", "/metrics", "/", "/v1/stories?q=bridge")


class Sample(NamedTuple):
    """Of one process: resident megabytes and open files."""

    memory: float
    files: int


@dataclass
class Tally:
    """What was done and seen."""

    added: int = 0
    corrected: int = 0
    removed: int = 0
    restarts: int = 0
    requests: int = 0
    failures: list[str] = field(default_factory=list)
    watcher: list[Sample] = field(default_factory=list)
    server: list[Sample] = field(default_factory=list)


def sample(process: subprocess.Popen[bytes]) -> Sample:
    place = Path(f"/proc/{process.pid}")
    pages = int((place / "statm").read_text().split()[1])
    return Sample(
        pages * os.sysconf("SC_PAGE_SIZE") / 1e6, sum(1 for _ in (place / "fd").iterdir())
    )


def has_open(process: subprocess.Popen[bytes], store: Path) -> bool:
    """Whether a process is past its beginning: one that was just started weighs nothing yet."""
    found = (Path(f"/proc/{process.pid}") / "fd").iterdir()
    return any(os.path.realpath(link) == os.path.realpath(store) for link in found)


def report(chance: random.Random, number: int, version: int = 1) -> str:
    act, place = chance.choice(ACTS), chance.choice(PLACES)
    minute = chance.randrange(1440)
    record = {
        "id": f"n{number}",
        "title": f"{act} in {place}",
        "text": f"{act} in {place}, the mayor said on Monday. {chance.randint(2, 90)} people were "
        f"there. This is version {version} of report {number}.",
        "outlet": f"Outlet {number % 40}",
        "published": f"2026-06-{1 + chance.randrange(5):02}T{minute // 60:02}:{minute % 60:02}:00Z",
    }
    return json.dumps(record) + "\n"


class Newsroom:
    """The folder, and who works in it."""

    def __init__(self, place: Path, articles: int, seed: int) -> None:
        self.folder, self.store = place / "in", place / "stories.db"
        self.folder.mkdir()
        self.chance = random.Random(seed)
        self.most, self.number = articles, 0
        self.tally = Tally()
        self.add(articles // 2)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    def files(self) -> list[Path]:
        return sorted(self.folder.glob("*.jsonl"))

    def ids(self) -> set[str]:
        return {json.loads(path.read_text())["id"] for path in self.files()}

    def add(self, count: int) -> None:
        for _ in range(count):
            self.number += 1
            self.put(self.folder / f"{self.number:07}.jsonl", report(self.chance, self.number))
        self.tally.added += count

    def put(self, path: Path, text: str) -> None:
        part = path.with_name(f".{path.name}")
        part.write_text(text)
        part.replace(path)

    def act(self) -> None:
        """A few arrivals, a correction, or removals: a file that then holds another report."""
        here = self.files()
        if len(here) < self.most and self.chance.random() < 0.6:
            self.add(self.chance.randint(1, 5))
        elif self.chance.random() < 0.5:
            path = self.chance.choice(here)
            number = int(json.loads(path.read_text())["id"][1:])
            self.put(path, report(self.chance, number, self.chance.randint(2, 9)))
            self.tally.corrected += 1
        else:
            for path in self.chance.sample(here, self.chance.randint(1, 4)):
                self.number += 1
                self.put(path, report(self.chance, self.number))
                self.tally.removed += 1
                self.tally.added += 1

    def watch(self) -> subprocess.Popen[bytes]:
        return self._start("watch", str(self.folder), "--encoder", "hash:", "--quiet")

    def serve(self) -> subprocess.Popen[bytes]:
        return self._start("serve", "--read-only", "--port", str(self.port))

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "clusterer", *words, "--store", str(self.store)]
        log = (self.store.parent / f"{words[0]}.log").open("ab")
        with log:
            return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log)

    def ask(self) -> None:
        path = self.chance.choice(ASKED)
        self.tally.requests += 1
        try:
            address = f"http://127.0.0.1:{self.port}{path}"
            with urllib.request.urlopen(address, timeout=30) as answer:
                answer.read()
        except urllib.error.HTTPError as error:
            if error.code >= 500:
                self.tally.failures.append(f"{path}: {error.code}")
        except OSError as error:
            self.tally.failures.append(f"{path}: {error}")


def ready(room: Newsroom, seconds: float = 120.0) -> None:
    """Wait until the server answers."""
    until = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{room.port}/health", timeout=5).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise SystemExit("the server does not answer") from None
            time.sleep(0.5)


def made(room: Newsroom, seconds: float = 120.0) -> None:
    """Wait until there is a store to follow."""
    from clusterer.errors import StoreError
    from clusterer.storing import Store

    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with Store.open(room.store, read_only=True) as store:
                if store.version:
                    return
        except StoreError:
            pass
        time.sleep(0.5)
    raise SystemExit("the watcher makes no store")


def work(room: Newsroom, minutes: float, every: float) -> None:
    tally = room.tally
    watcher = room.watch()
    made(room)
    server = room.serve()
    try:
        ready(room)
        start = time.monotonic()
        told = restarted = start
        while time.monotonic() - start < minutes * 60:
            room.act()
            for _ in range(3):
                room.ask()
            time.sleep(0.1)
            now = time.monotonic()
            if watcher.poll() is not None:
                tally.failures.append(f"the watcher ended with status {watcher.returncode}")
                watcher = room.watch()
            if now - restarted > max(minutes * 60 / 12, 20):
                watcher.send_signal(room.chance.choice((signal.SIGKILL, signal.SIGINT)))
                watcher.wait()
                watcher, restarted = room.watch(), now
                tally.restarts += 1
            if now - told > every:
                told = now
                if has_open(watcher, room.store):
                    tally.watcher.append(sample(watcher))
                tally.server.append(sample(server))
                if tally.watcher:
                    tell(tally, now - start, len(room.files()))
        time.sleep(5)  # what was written last is taken up
    finally:
        for process in (server, watcher):
            process.send_signal(signal.SIGINT)
        for process in (server, watcher):
            process.wait(timeout=60)


def tell(tally: Tally, seconds: float, files: int) -> None:
    watcher, server = tally.watcher[-1], tally.server[-1]
    print(
        f"{seconds / 60:6.1f} min  {files} files, {tally.added} added, "
        f"{tally.corrected} corrected, {tally.removed} removed, {tally.restarts} restarts, "
        f"{tally.requests} requests; "
        f"watch {watcher.memory:.0f} MB {watcher.files} open; "
        f"serve {server.memory:.0f} MB {server.files} open",
        flush=True,
    )


def grown(name: str, samples: list[Sample]) -> list[str]:
    """What is well above in the last third of the time what it was in the second."""
    third = len(samples) // 3
    if third < 2:
        return [f"{name}: too few samples to say whether it grows"]
    quarter = len(samples) // 4
    found = []
    for what, value in (("memory", 0), ("open files", 1)):
        begin, end, middle, last = (
            statistics.median(float(one[value]) for one in part)
            for part in (
                samples[:quarter],
                samples[-quarter:],
                samples[third : 2 * third],
                samples[2 * third :],
            )
        )
        print(
            f"{name}: {what} {begin:.0f} in the first quarter, {end:.0f} in the last; "
            f"{middle:.0f} in the second third, {last:.0f} in the last"
        )
        if last > GROWTH * middle:
            found.append(f"{name}: {what} grew from {middle:.0f} to {last:.0f}")
    return found


def verdict(room: Newsroom) -> list[str]:
    """Check the store, and whether it holds what the folder holds, no more and no less."""
    from clusterer import Collection, cluster

    with Collection.open(room.store) as collection:
        collection.read([room.folder])
        kept = set(collection.result().articles)
        rejected = len(collection.result().rejected)
        stories = {frozenset(story.articles) for story in collection.stories}
    found = list(Collection.check(room.store))
    given = room.ids()
    fresh = cluster(room.folder, encoder="hash:")
    print(
        f"{len(given)} files, {len(kept)} articles kept, {rejected} rejected; "
        f"checker: {found or 'clean'}"
    )
    if kept != given:
        found.append(f"{len(given - kept)} articles lost, {len(kept - given)} too many")
    if stories != {frozenset(story.articles) for story in fresh.stories}:
        found.append("the stories are not those of the same folder read at once")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--every", type=float, help="seconds between lines")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    # a job in the background ignores interrupts, and so would who is started here
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as folder:
        room = Newsroom(Path(folder), asked.articles, asked.seed)
        work(room, asked.minutes, asked.every or max(asked.minutes * 60 / 40, 3))
        found = verdict(room)
        found += grown("watch", room.tally.watcher) + grown("serve", room.tally.server)
        found += room.tally.failures
        for log in sorted(Path(folder).glob("*.log")):
            said = log.read_text(errors="replace")
            if "Traceback" in said:
                found.append(f"{log.name}: {said[-1500:]}")
    for problem in found:
        print(f"WRONG: {problem}")
    print("sound" if not found else f"{len(found)} problem(s)")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
