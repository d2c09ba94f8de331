"""A plan on paper: what an archive of 1, 10 and 100 million articles would cost.

``python -m benchmarks.engine_plan [--rates FILE] [--days 365] [--workers 64] [--driver]``

Work of each stage is counted from the articles, their number a day and the share of pairs that are
candidates, and priced at measured rates: RATES below, or those of a run of ``python -m
benchmarks.engine synthetic --json FILE``. Tasks are then dealt to workers one after the other, as
the driver does. What is computed and not measured is marked with ~: encoding on a GPU, by the
model's arithmetic at a share of the chip's peak.

``--driver`` runs the driver itself, with tasks that only tell what real ones would, for 100,000, a
million and ten million articles, and prints the memory that it takes.
"""

from __future__ import annotations

import argparse
import heapq
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.engine_material import memory
from clusterer.engine.engines import Failure, Part, Told, Work

# Processor seconds of one core for one unit of work, and bytes written for it.
RATES = {
    "read": (0.0010, 3_000),  # an article
    "settle": (0.00004, 150),  # an article; three stages together
    "shelve": (0.00012, 1_000),  # an article
    "encode": (0.0090, 900),  # a sentence: torch's 8-bit integers
    "describe": (0.0011, 900),  # an article
    "search": (0.0000000075, 0),  # two articles compared
    "choose": (0.0000004, 9),  # a candidate
    "score": (0.000018, 1),  # a pair scored
    "group": (0.000018, 2),  # a pair kept
    "tell": (0.0021, 2_500),  # an article
    "finish": (0.00002, 1_000),  # an article
}
TASK = 0.03  # seconds that a task takes whatever it is about: files opened, notes written
KEPT = 0.24  # of pairs scored, those at or above the floor
SENTENCES = 5.4  # encoded of an article, as in June's posts
TOKENS = 42  # of a sentence
MODEL = 2 * 21.3e6  # operations for a token, embeddings aside (12 layers of 384)
PEAK, USED = 312e12, 0.25  # 16-bit operations a second of an A100, and the share that is got
GROUPED = 300  # bytes in memory for a pair while its component is grouped
CPU_HOUR, GPU_HOUR = 0.04, 1.80  # prices of a core and of a GPU, in one currency
MOST = 500  # pairs that an article is scored with at most (max_neighbours)
WINDOW = 4.0  # days


@dataclass(frozen=True)
class Archive:
    """``share`` of the pairs within the window are candidates."""

    articles: int
    days: float
    share: float
    shard: int

    @property
    def daily(self) -> float:
        return self.articles / self.days

    @property
    def compared(self) -> float:
        """Earlier articles that one is compared with: whole shards are."""
        return self.daily * WINDOW + self.shard

    @property
    def scored(self) -> float:
        """Pairs scored for one article."""
        return min(self.share * self.daily * WINDOW, MOST)

    def units(self) -> dict[str, float]:
        n = self.articles
        pairs = n * self.scored
        return {
            "read": n,
            "settle": n,
            "shelve": n,
            "encode": n * SENTENCES,
            "describe": n,
            "search": n * self.compared,
            "choose": n * min(self.share * self.daily * WINDOW, 1.5 * MOST * (WINDOW + 1)),
            "score": pairs,
            "group": pairs * KEPT,
            "tell": n,
            "finish": n,
        }

    def tasks(self) -> dict[str, int]:
        shards = max(-(-self.articles // self.shard), 1)
        pairs = int(shards * min(1 + self.compared / self.shard, shards))
        one = dict.fromkeys(RATES, shards)
        return one | {"search": pairs, "score": pairs, "group": 1, "finish": 1}


def dealt(durations: Sequence[float], workers: int) -> float:
    """Seconds until all tasks are done, each begun by the first worker that is free."""
    free = [0.0] * workers
    for one in durations:
        heapq.heappush(free, heapq.heappop(free) + one)
    return max(free)


def wall(archive: Archive, stage: str, seconds: float, workers: int) -> float:
    """Seconds of a stage: its tasks differ in size as days do, by a third."""
    count = archive.tasks()[stage]
    if count > 20_000:  # many tasks even out
        return (seconds + count * TASK) / workers
    chance = np.random.default_rng(count)
    parts = np.abs(chance.normal(1.0, 0.33, count)) if count > 1 else np.ones(1)
    return dealt((parts / parts.sum() * seconds + TASK).tolist(), min(workers, count))


def plan(archive: Archive, workers: int, gpus: int, rates: dict[str, tuple[float, float]]) -> None:
    units = archive.units()
    print(
        f"\n{archive.articles:,} articles in {archive.days:.0f} days ({archive.daily:,.0f} a day), "
        f"{archive.scored:.0f} pairs an article, {workers} cores, {gpus} GPUs for encoding"
    )
    print(f"{'stage':10}{'tasks':>10}{'core hours':>12}{'hours':>9}{'GB written':>12}")
    total = hours = written = 0.0
    for stage, (rate, size) in rates.items():
        seconds = units[stage] * rate
        spent = wall(archive, stage, seconds, workers)
        gigabytes = units[stage] * size / 1e9
        print(
            f"{stage:10}{archive.tasks()[stage]:>10,}{seconds / 3600:>12,.1f}{spent / 3600:>9,.2f}"
            f"{gigabytes:>12,.1f}"
        )
        total, hours, written = total + seconds, hours + spent / 3600, written + gigabytes
    price = total / 3600 * CPU_HOUR
    print(f"{'all':10}{'':>10}{total / 3600:>12,.1f}{hours:>9,.2f}{written:>12,.1f}")
    print(f"price on cores alone: {price:,.0f}")
    tokens = units["encode"] * TOKENS
    gpu = tokens * MODEL / (PEAK * USED) / 3600
    rest = (total - units["encode"] * rates["encode"][0]) / 3600
    print(
        f"~encoding on GPUs: {gpu:,.2f} GPU hours, {gpu / gpus:,.2f} hours on {gpus}; "
        f"price with the rest on cores: {rest * CPU_HOUR + gpu * GPU_HOUR:,.0f}"
    )
    pairs = units["group"]
    print(
        f"largest component, if all articles are one (a crisis: 82 of 100 in 10,000 of June's "
        f"posts): {pairs / 1e6:,.0f} million pairs, ~{pairs * GROUPED / 1e9:,.1f} GB and "
        f"{pairs * rates['group'][0] / 3600:,.2f} hours of one worker"
    )


def linear(archive: Archive, rates: dict[str, tuple[float, float]]) -> None:
    """How much of each further worker the pair stages get."""
    units = archive.units()
    seconds = {stage: units[stage] * rates[stage][0] for stage in ("search", "score")}
    one = sum(wall(archive, stage, spent, 1) for stage, spent in seconds.items())
    print(
        f"\npair stages of {archive.articles:,} articles, {archive.tasks()['search']} tasks each:"
    )
    for workers in (1, 2, 4, 8, 16, 32, 64, 128):
        spent = sum(wall(archive, stage, each, workers) for stage, each in seconds.items())
        print(f"  {workers:4} workers: {one / spent:7.1f} times as fast as one")


def measured(path: Path) -> dict[str, tuple[float, float]]:
    """Rates of a synthetic run; reading and encoding, which it has not, from RATES."""
    told: dict[str, Any] = json.loads(path.read_text("utf-8"))
    stages, n = told["stages"], told["articles"]
    units = {
        "shelve": n,
        "describe": n,
        "search": stages["search"]["compared"],
        "choose": max(stages["search"]["near"], 1),
        "score": max(stages["score"]["scored"], 1),
        "group": max(stages["score"]["kept"], 1),
        "tell": n,
        "finish": n,
    }
    rates = dict(RATES)
    for stage, count in units.items():
        rates[stage] = (
            stages[stage]["processor"] / count,
            stages[stage].get("bytes", 0) / count,
        )
    rates["encode"] = (
        RATES["encode"][0],
        stages["encode"]["bytes"] / stages["encode"]["sentences"],
    )
    drawn = stages["choose"]["processor"] + stages["count"]["processor"]
    rates["choose"] = (drawn / units["choose"], rates["choose"][1])
    spent = sum(stages[stage]["processor"] for stage in ("settle", "ids", "words"))
    rates["settle"] = (spent / n, RATES["settle"][1])
    return rates


# The driver


class Simulated:
    """An engine whose tasks only tell what real ones would of so many articles."""

    workers = 64

    def __init__(self, articles: int, daily: int, shard: int) -> None:
        self._articles, self._daily, self._shard = articles, daily, shard

    def run(
        self, work: Work, parts: Sequence[Part], *, encodes: bool = False, once: bool = False
    ) -> Iterator[tuple[Part, Told | Failure]]:
        stage, job = work.args[:2]  # type: ignore[attr-defined]
        if stage == "finish":
            job.folder.write("rejected.jsonl", b"")
        for part in parts:
            told = getattr(self, stage, lambda part: {"bytes": 10**7})(part)
            yield part, {"seconds": 1.0, "processor": 1.0, "memory": 500.0, **told}

    def list(self, part: Part) -> Told:
        return {"chunks": -(-self._articles // (16 * self._shard)), "files": 1000}

    def read(self, part: Part) -> Told:
        first = int(part["key"]) * 16 * self._shard
        count = min(16 * self._shard, self._articles - first)
        parts = []
        for at in range(first, first + count, self._shard):
            size = min(self._shard, first + count - at)
            days = {
                str(20_000 + day): 0
                for day in range(at // self._daily, (at + size) // self._daily + 1)
            }
            days[next(iter(days))] = size
            parts.append({"name": f"{part['key']}-{at:08}", "days": days, "bytes": 10**7})
        return {"parts": parts, "pages": count}

    def settle(self, part: Part) -> Told:
        return {"exceptions": 0, "refused": 0}

    def words(self, part: Part) -> Told:
        if part["bucket"]:
            return {"days": {}}
        every = range(-(-self._articles // self._daily))
        return {"days": {str(20_000 + day): self._daily for day in every}}

    def shelve(self, part: Part) -> Told:
        found = []
        for at in range(0, part["count"], self._shard):
            first = part["row"] + at
            end = part["row"] + min(at + self._shard, part["count"])
            found.append([first, end, first / self._daily * 24, end / self._daily * 24])
        return {"shards": found, "bytes": 10**8}

    def encode(self, part: Part) -> Told:
        return {"sentences": 20_000, "bytes": 10**8, "gone": []}

    def join(self, part: Part) -> Told:
        shards = -(-self._articles // self._shard)
        return {"reached": [[n, n + 1] for n in range(shards - 1)], "largest": 10**5}

    def group(self, part: Part) -> Told:
        number = int(part["key"])
        return {"begun": {str(number): [number, number + 1]}, "bytes": 10**6}

    def tell(self, part: Part) -> Told:
        return {"articles": self._shard, "stories": 1000, "events": 1500, "limits": {}}

    def close(self) -> None:
        """Nothing is open."""


def driver(articles: int, shard: int = 4096) -> float:
    """MB that the driver has taken at the end of a run, beyond what it had at its beginning."""
    from clusterer.engine import build

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "in"
        place.mkdir()
        build([str(place)], Simulated(10, 10, 10), f"{folder}/small", encoder="hash:", shard=10)
        before = memory()
        engine = Simulated(articles, max(articles // 365, 1), shard)
        build([str(place)], engine, f"{folder}/large", encoder="hash:", shard=shard)
        return memory() - before


def drivers() -> None:
    for articles in (100_000, 1_000_000, 10_000_000):
        code = f"from benchmarks.engine_plan import driver; print(driver({articles}))"
        run = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True)
        print(f"driver of {articles:,} articles: {float(run.stdout):.1f} MB more than of ten")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rates", type=Path)
    parser.add_argument("--days", type=float, default=365)
    parser.add_argument("--share", type=float, default=0.005, help="of pairs that are candidates")
    parser.add_argument("--workers", type=int, default=64)
    parser.add_argument("--gpus", type=int, default=4)
    parser.add_argument("--shard", type=int, default=4096)
    parser.add_argument("--driver", action="store_true")
    asked = parser.parse_args()
    if asked.driver:
        drivers()
        return
    rates = measured(asked.rates) if asked.rates else RATES
    archives = [Archive(n, asked.days, asked.share, asked.shard) for n in (10**6, 10**7, 10**8)]
    for archive in archives:
        plan(archive, asked.workers, asked.gpus, rates)
    linear(archives[0], rates)


if __name__ == "__main__":
    main()
