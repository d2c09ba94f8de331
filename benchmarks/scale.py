"""After encoding: seconds, memory and growth from given vectors to told stories.

``python -m benchmarks.scale [batch|stream|one ...] [--sizes 25000 50000 100000]``

Articles, texts and vectors are invented (``benchmarks/invented.py``); the seconds in which the
vectors are made are not counted. All sizes come at the same daily rate, so a larger one lasts
longer: ``growth`` is the exponent of processor time over size. Each size is a process of its own.

- batch: all articles in one ``add``.
- stream: one ``add`` a day, for archives that are read in the order in which they came.
- one: one article more at the end of the largest batch, encoding by ``hash:`` left out too.

``--crowd`` sets how alike unrelated articles are: 0.2 makes a candidate of 1 pair in 1,000, 0.5 of
15, 1.2 of 40; on real posts of one crisis it is 180.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.invented import Invented
from clusterer import Collection
from clusterer.progress import no_progress

Figures = dict[str, float]
RATE = 100_000 / 30  # articles a day


def batch(count: int, crowd: float, more: int = 0, daily: bool = False) -> Figures:
    """``count`` articles in one ``add``, or one a day; then ``more``, each by itself."""
    world = Invented(RATE, crowd=crowd)
    collection = forgetting(world)
    step = round(RATE) if daily else count
    wall = cpu = 0.0
    for first in range(0, count, step):
        given = world.articles(min(step, count - first), first)
        made, began, used = world.spent, time.perf_counter(), _processor()
        collection.add(given)
        own = world.spent - made
        wall += time.perf_counter() - began - own
        cpu += _processor() - used - own
        if daily and not (first // step + 1) % 30:
            _note(f"{first + step} articles in {wall:.0f} s ({cpu:.0f} s of processor)")
    peak = _peak()
    pairs = len(collection._keeper.held.shelf.ties.pairs.left)
    figures: Figures = {
        "articles": count,
        "seconds": round(wall, 1),
        "processor_seconds": round(cpu, 1),
        "peak_gb": round(peak, 2),
        "stories": len(collection.stories),
        "pairs": pairs,
    }
    return figures | (_one_more(collection, world, count, more) if more else {})


def _one_more(collection: Collection, world: Invented, first: int, more: int) -> Figures:
    spent, used = [], []
    keeper = collection._keeper
    keeper.stages = replace(keeper.stages, progress=no_progress)  # they are all invented at once
    for article in world.articles(more, first):
        made, began, start = world.spent, time.perf_counter(), time.process_time()
        collection.add([article])
        own = world.spent - made
        spent.append(1000 * (time.perf_counter() - began - own))
        used.append(1000 * (time.process_time() - start - own))
    return {
        "one_median_ms": round(float(np.median(spent)), 1),
        "one_p95_ms": round(float(np.percentile(spent, 95)), 1),
        "one_p95_processor_ms": round(float(np.percentile(used, 95)), 1),
    }


def growth(figures: list[Figures]) -> float:
    """Exponent of processor time over size, by least squares of logarithms."""
    size = np.log([one["articles"] for one in figures])
    spent = np.log([one["processor_seconds"] for one in figures])
    return round(float(np.polyfit(size, spent, 1)[0]), 2)


def forgetting(world: Invented) -> Collection:
    """One that lets go of what the encoder knows as soon as it was asked: that is no memory of
    what follows."""

    def forget(stage: str, done: int, total: int | None) -> None:
        if stage == "encode" and done == total:
            world.forget()

    return _without_cache(Collection(world, progress=forget))


def _without_cache(collection: Collection) -> Collection:
    keeper = collection._keeper
    keeper.stages = replace(keeper.stages, cache=None)
    return collection


def _processor() -> float:
    """Seconds of processor, helpers that have ended included."""
    own, helpers = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + helpers.ru_utime + helpers.ru_stime


def _peak() -> float:
    """Peak resident memory in GB, of this process; helpers share it but for what they write."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def _alone(count: int, crowd: float, more: int, daily: bool) -> Figures:
    """One size in a process of its own, whose memory is its own."""
    asked = {"count": count, "crowd": crowd, "more": more, "daily": daily}
    code = f"import json; from benchmarks.scale import batch; print(json.dumps(batch(**{asked})))"
    run = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True)
    told: Figures = json.loads(run.stdout.splitlines()[-1])
    print(" ".join(f"{name}={value:g}" for name, value in told.items()), flush=True)
    return told


def _note(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", help="batch, stream, one; batch and one by default")
    parser.add_argument("--sizes", type=int, nargs="+", default=[25_000, 50_000, 100_000])
    parser.add_argument("--crowd", type=float, default=0.2)
    parser.add_argument("--more", type=int, default=300, help="articles added one by one")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    asked = parser.parse_args()
    parts = asked.parts or ["batch", "one"]
    figures: dict[str, Any] = {}
    for part, daily in (("batch", False), ("stream", True)):
        if part in parts:
            more = [0] * len(asked.sizes)
            if "one" in parts:
                more[-1] = asked.more
            told = [
                _alone(size, asked.crowd, extra, daily)
                for size, extra in zip(asked.sizes, more, strict=True)
            ]
            figures[part] = {f"{one['articles']:.0f}": one for one in told}
            if len(told) > 1:
                figures[f"{part}_growth"] = growth(told)
                print(f"{part}: processor time grows as n^{figures[f'{part}_growth']}", flush=True)
    if asked.json is not None:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
