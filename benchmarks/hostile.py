"""Bad days: floods, giants and dumps, each in a process of its own with its time and memory.

    python -m benchmarks.hostile                      # every attack at full size
    python -m benchmarks.hostile crowd --size 2000    # one, smaller

Each line says how many articles were taken, rejected and limited; the command fails when an
input is lost, when nothing says what was limited, or when memory passes ``--most-mb``. Nothing
is encoded: what is measured is everything else. The day's articles are invented with their
vectors (``benchmarks/invented.py``) and given as they are; all other attacks are files that are
read, with the encoder ``hash:``.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from benchmarks.invented import Invented
from benchmarks.scale import forgetting
from clusterer import Result, cluster

Record = dict[str, Any]

SYLLABLES = [a + b + c for a in "bdfgklmnprstvz" for b in "aeiou" for c in ("", "l", "n", "r", "s")]


class Attack(NamedTuple):
    """``write`` puts the input into a folder and returns how many articles it holds; None: a
    day of invented articles, which are given without files."""

    size: int
    limit: str  # a setting or a reason that must be told
    write: Callable[[Path, int], int] | None


def word(chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=chance.randint(2, 3)))


def lines(path: Path, records: Iterator[Record]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for record in records:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            count += 1
    return count


def stamp(number: int) -> str:
    return f"2026-06-01T{number // 60 % 24:02}:{number % 60:02}:00Z"


def one_page(folder: Path, size: int) -> int:
    """One page of ``size`` bytes."""
    line = "The minister said on Monday that the work on the harbour would begin. "
    with (folder / "page.txt").open("w", encoding="utf-8") as file:
        file.write((line * 10 + "\n") * (size // (10 * len(line) + 1) + 1))
    return 1


def copies(folder: Path, size: int) -> int:
    """``size`` articles that say the very same."""
    body = "Rescue teams reached the harbour after the bridge fell. Twelve people were hurt."

    def records() -> Iterator[Record]:
        for n in range(size):
            yield {
                "id": f"c{n:07}",
                "title": "Bridge falls into the harbour",
                "text": body,
                "outlet": f"Outlet {n % 5000}",
                "published": stamp(n),
            }

    return lines(folder / "in.jsonl", records())


def crowd(folder: Path, size: int) -> int:
    """``size`` reports of one event, each in words of its own."""
    chance = random.Random(1)
    head = "Bridge of Karsa falls into the harbour"

    def records() -> Iterator[Record]:
        for n in range(size):
            own = " ".join(word(chance) for _ in range(10))
            said = f"The mayor {word(chance)} said {chance.randint(2, 60)} people were hurt."
            yield {
                "id": f"e{n:06}",
                "title": f"{head}: {word(chance)}",
                "text": f"Rescue teams reached the harbour of Karsa at night. {said} {own}.",
                "outlet": f"Outlet {n % 300}",
                "published": stamp(n),
            }

    return lines(folder / "in.jsonl", records())


def credits(folder: Path, size: int) -> int:
    """One article that credits sources ``size`` times, in a second one's company."""
    names = ["Reuters", "TASS", "Anadolu", "AFP", "Xinhua", "IRNA", "Mehr News Agency", "KCNA"]
    body = " ".join(
        f"This was reported by {names[n % 8]}, citing the newspaper {word(random.Random(n))} Post."
        for n in range(size // 2)
    )
    records = [
        {"id": "many", "title": "Bridge falls into the harbour", "text": body},
        {"id": "plain", "title": "Bridge falls into the harbour", "text": "All are safe."},
    ]
    return lines(folder / "in.jsonl", iter(records))


ATTACKS = {
    "page": Attack(100_000_000, "larger than", one_page),
    "credits": Attack(50_000, "max_credit", credits),
    "crowd": Attack(10_000, "max_neighbours", crowd),
    "copies": Attack(1_000_000, "very words", copies),
    "day": Attack(200_000, "max_neighbours", None),
}


class Clock:
    """Seconds and processor seconds, this process's helpers included, since it was made."""

    def __init__(self) -> None:
        self._wall, self._used = time.perf_counter(), self._processor()

    def told(self) -> tuple[float, float]:
        return time.perf_counter() - self._wall, self._processor() - self._used

    @staticmethod
    def _processor() -> float:
        own, helpers = (
            resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        return own.ru_utime + own.ru_stime + helpers.ru_utime + helpers.ru_stime


def carried(name: str, size: int) -> tuple[int, Result, tuple[float, float]]:
    """Carry one out in this process: how many articles were given, what became of them, and
    what that cost."""
    write = ATTACKS[name].write
    if write is None:
        return invented_day(size)
    with TemporaryDirectory() as folder:
        given = write(Path(folder), size)
        clock = Clock()
        return given, cluster(folder, encoder="hash:"), clock.told()


def invented_day(size: int) -> tuple[int, Result, tuple[float, float]]:
    """``size`` articles of one day in one ``add``."""
    world = Invented(rate=size)
    collection = forgetting(world)
    articles, given = world.articles(size), world.spent
    clock = Clock()
    collection.add(articles)
    result = collection.result()
    wall, used = clock.told()
    made = world.spent - given  # vectors come from an encoder, which this is not about
    return size, result, (wall - made, used - made)


def attack(name: str, size: int) -> dict[str, Any]:
    """What an attack cost, and what was told of it."""
    given, result, (seconds, processor) = carried(name, size)
    reasons = Counter(item.why for item in result.rejected)
    return {
        "attack": name,
        "size": size,
        "given": given,
        "articles": len(result.articles),
        "rejected": len(result.rejected),
        "events": len(result.events),
        "pairs": 0 if result.pairs is None else len(result.pairs.left),
        "told": [*map(str, result.limits), *(f"{n} x {why}" for why, n in reasons.items())],
        "seconds": round(seconds, 1),
        "cpu_seconds": round(processor, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def wrong(told: dict[str, Any], most_mb: int) -> list[str]:
    """What does not hold."""
    found = []
    if told["articles"] + told["rejected"] != told["given"]:
        found.append("an input is neither taken nor rejected")
    if ATTACKS[told["attack"]].limit not in " ".join(told["told"]):
        found.append("nothing says what was limited")
    if told["peak_mb"] > most_mb:
        found.append(f"memory above {most_mb} MB")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("attacks", nargs="*", choices=[*ATTACKS, []], default=[])
    parser.add_argument("--size", type=int, help="instead of the full size")
    parser.add_argument("--most-mb", type=int, default=8_000)
    parser.add_argument("--timeout", type=float, default=7_200.0, help="seconds for each")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        print(json.dumps(attack(asked.attacks[0], asked.size)))
        return 0
    failed = 0
    for name in asked.attacks or ATTACKS:
        size = asked.size or ATTACKS[name].size
        command = [
            sys.executable,
            "-m",
            "benchmarks.hostile",
            name,
            "--inside",
            "--size",
            str(size),
        ]
        run = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, timeout=asked.timeout, check=False
        )
        if run.returncode:
            print(f"{name}: ended with status {run.returncode}")
            failed += 1
            continue
        told = json.loads(run.stdout.splitlines()[-1])
        problems = wrong(told, asked.most_mb)
        failed += bool(problems)
        print(
            f"{name:8} {size:>11,}: {told['articles']:,} articles, {told['rejected']:,} rejected, "
            f"{told['events']:,} events, {told['pairs']:,} pairs; {told['seconds']} s "
            f"({told['cpu_seconds']} s of processor), peak {told['peak_mb']:,} MB"
        )
        for line in told["told"]:
            print(f"         told: {line}")
        for problem in problems:
            print(f"         WRONG: {problem}")
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
