"""Inputs without a view of the code: seeds mutated and words of the grammar mixed, by a number."""

from __future__ import annotations

import random
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NamedTuple

from benchmarks.fuzz.seeds import seeds, tokens
from benchmarks.fuzz.targets import SECONDS

LONGEST = 4_000  # bytes of an input, most of the time
FEW = 30  # finds after which a target is given up


class Find(NamedTuple):
    target: str
    data: bytes
    why: str


class Hang(Exception):  # noqa: N818 - a verdict, not an error
    """An input took longer than ``SECONDS``."""


def inputs(target: str, seed: int) -> Iterator[bytes]:
    """Endless inputs, the same for the same number."""
    chance = random.Random(f"{target} {seed}")
    whole, words = seeds(target), tokens(target)
    while True:
        data = bytearray(chance.choice(whole)) if chance.random() < 0.6 else bytearray()
        if not data or chance.random() < 0.2:
            data += b"".join(chance.choices(words, k=chance.randint(1, 30)))
        for _ in range(chance.choice((0, 1, 1, 2, 4, 8, 16))):
            _mutate(data, words, chance)
        yield bytes(data[: LONGEST if chance.random() < 0.99 else 50 * LONGEST])


def _mutate(data: bytearray, words: list[bytes], chance: random.Random) -> None:
    at = chance.randint(0, len(data))
    end = min(len(data), at + chance.choice((1, 2, 8, 40, 400)))
    match chance.randrange(8):
        case 0 if data:
            data[min(at, len(data) - 1)] = chance.randrange(256)
        case 1:
            del data[at:end]
        case 2:
            data[at:at] = data[at:end] * chance.choice((1, 2, 30))
        case 3:
            data[at:end] = chance.choice(words)
        case 4:
            data[at:at] = chance.randbytes(chance.randint(1, 6))
        case 5:
            data[at:at] = chance.choice(words) * chance.choice((1, 1, 3, 40))
        case 6:
            del data[at:]
        case _:
            data[at:at] = chance.choice(words)


def verdict(target: Callable[[bytes], None], data: bytes, seconds: float = SECONDS) -> str:
    """Empty where all laws hold; otherwise the error and where it came from."""

    def stop(_: int, frame: FrameType | None) -> None:
        raise Hang(f"longer than {seconds} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        target(data)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a find
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {str(error)[:120]} ({place.filename}:{place.lineno})"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return ""


def mixed(
    name: str, target: Callable[[bytes], None], runs: int, seed: int, seconds: float
) -> tuple[int, list[Find]]:
    """Feed a target; how many inputs it had, and the finds, one a place in the code."""
    found: dict[str, Find] = {}
    until = time.monotonic() + seconds
    count = 0
    for count, data in enumerate(inputs(name, seed), 1):
        why = verdict(target, data)
        place = why.rpartition("(")[2]
        if why and (place not in found or len(data) < len(found[place].data)):
            found[place] = Find(name, data, why)
        if count >= runs or len(found) >= FEW or time.monotonic() > until:
            break
    return count, list(found.values())


def minimised(target: Callable[[bytes], None], find: Find) -> Find:
    """The same find in fewer bytes: pieces are left out while it stays (delta debugging,
    Zeller & Hildebrandt 2002)."""
    data, place = find.data, find.why.rpartition("(")[2]
    size = len(data) // 2
    until = time.monotonic() + 60
    while size and time.monotonic() < until:
        at = 0
        while at < len(data):
            shorter = data[:at] + data[at + size :]
            if verdict(target, shorter).rpartition("(")[2] == place:
                data = shorter
            else:
                at += size
        size //= 2
    return Find(find.target, data, find.why)
