"""A process whose children are killed in the middle of their work.

Run as a program it reads lines ``PATH SECONDS`` and, for each, forks a child that carries on
with the acts on the store at PATH, kills it (SIGKILL) after SECONDS, and answers with one line:
the number of the last act that the child acknowledged, or ``done`` when it had come to the end.
"""

from __future__ import annotations

import os
import random
import select
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta

from clusterer import Collection
from clusterer.news import Changes
from tests.newsroom import START, report

Act = Callable[[Collection], Changes]


def acts(count: int, seed: int = 0) -> list[Act]:
    """Acts each of which changes something, whatever the machine: add, correct, remove, expire."""
    chance = random.Random(seed)
    here: list[int] = []
    found: list[Act] = []
    fresh = 0
    while len(found) < count:
        kind = chance.choices(("add", "correct", "remove", "expire"), (6, 2, 2, 1))[0]
        if kind == "add" or len(here) < 3:
            numbers = list(range(fresh, fresh + chance.randint(1, 6)))
            fresh += len(numbers)
            here += numbers
            found.append(_adding(numbers, chance.randint(0, 9)))
        elif kind == "correct":
            found.append(_correcting(chance.choice(here), len(found) + 2))
        elif kind == "remove":
            found.append(_removing(here.pop(chance.randrange(len(here)))))
        else:
            oldest = min(number % 40 for number in here)
            here = [number for number in here if number % 40 != oldest]
            found.append(_expiring(oldest))
    return found


def _adding(numbers: list[int], turn: int) -> Act:
    given = [report(number, number % 4 + turn % 2, turn + number) for number in numbers]
    return lambda collection: collection.add(given)


def _correcting(number: int, version: int) -> Act:
    return lambda collection: collection.correct([report(number, version % 5, version=version)])


def _removing(number: int) -> Act:
    return lambda collection: collection.remove([f"a{number:03}"])


def _expiring(hour: int) -> Act:
    return lambda collection: collection.expire(START + timedelta(hours=hour + 0.5))


def work(path: str, planned: list[Act], told: int) -> None:
    """Carry on where the store is, and tell of every act that was acknowledged."""
    with Collection.open(path, encoder="hash:") as collection:
        while collection.version < len(planned):
            planned[collection.version](collection)
            os.write(told, f"{collection.version}\n".encode())
    os.write(told, b"done\n")


def main() -> None:
    planned = acts(int(sys.argv[1]), int(sys.argv[2]))
    Collection("hash:").add([report(0, 0), report(1, 0)])  # what is loaded late is loaded now
    _say("ready")
    for line in sys.stdin:
        path, seconds = line.rsplit(" ", 1)
        heard, told = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(heard)
            try:
                work(path, planned, told)
                os._exit(0)
            finally:
                os._exit(1)
        os.close(told)
        _say(_kill_after(child, heard, float(seconds)))


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def _kill_after(child: int, heard: int, seconds: float) -> str:
    """Kill the child when its time is over; the last thing it said."""
    said = b""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        ready, _, _ = select.select([heard], [], [], left)
        if ready:
            part = os.read(heard, 4096)
            if not part:
                break
            said += part
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    while part := os.read(heard, 4096):
        said += part
    os.close(heard)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        return f"failed {os.WEXITSTATUS(status)}"
    return said.decode().split("\n")[-2] if b"\n" in said else "0"


if __name__ == "__main__":
    main()
