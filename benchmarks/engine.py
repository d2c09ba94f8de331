"""Runs on an engine: are they the same, what do they cost, what does the driver hold?

``python -m benchmarks.engine law|overhead|synthetic [--data FOLDER]``

- law: the founding pages, NTREX and some of June's posts by Ray with 1, 2 and 4 workers and by
  this process, each with another size of shard, must be what one process makes, to the last byte.
- overhead: the same posts by ``cluster`` and by Ray with two workers, nothing encoded before,
  each in a process of its own: wall seconds and those of processors.
- synthetic: invented articles with given vectors (``benchmarks/invented.py``) from the shelves
  on: seconds and bytes of each stage, memory of driver and workers.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import data
from benchmarks.engine_material import Given, memory, notes, processor, write_drafts
from clusterer import Collection, Result, cluster
from clusterer.engine import Engine, build, open_engine

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
JUNE = "telegram/posts_2026-06.jsonl.gz"
# Engine, workers and articles in a shard, every one another.
WAYS = (("here", 1, 500), ("ray", 1, 900), ("ray", 2, 250), ("ray", 4, 100_000))


def law(folder: Path, posts: int, sets: Sequence[str]) -> bool:
    """Whether all runs of the sets came out as one process makes them."""
    same = True
    with tempfile.TemporaryDirectory() as name, engines() as opened:
        for source in (SEEDS, *written(folder, Path(name), posts)):
            if sets and source.name not in sets:
                continue
            true = lines(cluster(source))
            for kind, workers, shard in WAYS:
                with tempfile.TemporaryDirectory() as run:
                    engine = opened(kind, workers)
                    archive = Collection.build(source, engine=engine, folder=run, shard=shard)
                    equal = list(archive.lines()) == true
                    counts = archive.summary["counts"]
                same &= equal
                say(
                    f"{source.name}: {counts['articles']} articles, {counts['stories']} stories, "
                    f"{kind}, {workers} workers, {shard} a shard: "
                    f"{'the same' if equal else 'NOT THE SAME'}"
                )
    return same


class engines:  # noqa: N801 - used as a function
    """Engines by name and workers; Ray is begun once."""

    def __enter__(self) -> engines:
        from clusterer.engine.ray_engine import Ray

        self._ray, self._first = Ray, Ray(workers=4)
        return self

    def __call__(self, kind: str, workers: int) -> Engine:
        return open_engine(kind) if kind == "here" else self._ray(workers=workers)

    def __exit__(self, *raised: object) -> None:
        self._first.close()


def written(folder: Path, here: Path, posts: int) -> Iterator[Path]:
    """The measured sets as folders of JSON lines."""
    ntrex = data.records(folder, "ntrex/docs.jsonl.gz")
    yield as_lines(here / "ntrex", ntrex, 4)
    yield as_lines(here / "june", june(folder, posts), 6)


def june(folder: Path, posts: int) -> list[data.Record]:
    """The first posts of the month."""
    rows = data.records(folder, JUNE)
    return sorted(rows, key=lambda row: (row["date"], row["id"]))[:posts]


def as_lines(place: Path, rows: Sequence[data.Record], files: int) -> Path:
    place.mkdir(parents=True)
    size = -(-len(rows) // files)
    for number in range(files):
        some = rows[number * size : (number + 1) * size]
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in some)
        (place / f"{number}.jsonl").write_text(text, "utf-8")
    return place


def lines(result: Result) -> list[bytes]:
    stories = result.to_dict()["stories"]
    return [json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in stories]


# Overhead


def overhead(folder: Path, posts: int, shard: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        source = as_lines(Path(name) / "june", june(folder, posts), 8)
        here = alone("one_process", str(source))
        say(f"one process: {here}")
        ray = alone("two_workers", str(source), shard)
        say(f"Ray, two workers: {ray}")
    return {
        "posts": posts,
        "here": here,
        "ray": ray,
        "wall_ratio": round(ray["wall"] / here["wall"], 3),
        "processor_ratio": round(ray["processor"] / here["processor"], 3),
    }


def alone(name: str, *asked: Any) -> dict[str, float]:
    """What a function of this file tells, run in a process of its own."""
    code = (
        "import json, sys; from benchmarks import engine; "
        f"print(json.dumps(engine.{name}(*json.loads(sys.argv[1]))))"
    )
    command = [sys.executable, "-c", code, json.dumps(asked)]
    run = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    told: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return told


def one_process(source: str) -> dict[str, float]:
    from benchmarks.scale import _without_cache

    collection = _without_cache(Collection())
    began = time.perf_counter()
    collection.read([source])
    wall = time.perf_counter() - began
    return {
        "wall": round(wall, 1),
        "processor": round(processor(), 1),
        "stories": len(collection.stories),
    }


def two_workers(source: str, shard: int) -> dict[str, float]:
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        archive = build([source], "ray", folder, shard=shard, cache=False)
        wall = time.perf_counter() - began
        told = notes(Path(folder))
        spent = sum(one["processor"] for one in told.values())
        return {
            "wall": round(wall, 1),
            "processor": round(spent + processor(), 1),
            "stories": archive.summary["counts"]["stories"],
            "begin_and_idle": round(2 * wall - sum(one["seconds"] for one in told.values()), 1),
        } | {f"{name}_processor": round(one["processor"], 1) for name, one in told.items()}


# Given vectors


def synthetic(articles: int, crowd: float, workers: int, shard: int, engine: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.perf_counter()
        world = write_drafts(folder, articles, crowd, shard)
        say(f"{articles} articles invented in {time.perf_counter() - began:.0f} s")
        told = alone("given", name, str(world), workers, shard, engine)
    return {"articles": articles, "crowd": crowd, "workers": workers, "shard": shard, **told}


def given(folder: str, world: str, workers: int, shard: int, engine: str) -> dict[str, Any]:
    """A run whose articles are read and whose vectors are given."""
    opened = open_engine(engine)
    if engine == "ray":
        from clusterer.engine.ray_engine import Ray

        opened.close()
        opened = Ray(workers=workers)
    before, began = memory(), time.perf_counter()
    archive = build([world], opened, folder, encoder=Given(world), shard=shard, cache=False)
    wall = time.perf_counter() - began
    stages = notes(Path(folder))
    opened.close()
    return {
        "wall": round(wall, 1),
        "driver_mb_before": round(before),
        "driver_mb_peak": round(memory()),
        "worker_mb_peak": round(max(one["memory"] for one in stages.values())),
        "counts": archive.summary["counts"],
        "largest_component": stages["join"]["largest"],
        "stages": stages,
    }


def say(line: str) -> None:
    print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=["law", "overhead", "synthetic"])
    parser.add_argument("--sets", nargs="*", default=(), help="of law: seeds ntrex june")
    parser.add_argument("--data", type=Path, default=data.DEFAULT)
    parser.add_argument("--posts", type=int, default=3000)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--crowd", type=float, default=0.2)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--shard", type=int, default=4096)
    parser.add_argument("--engine", default="ray")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    asked = parser.parse_args()
    if asked.part == "law":
        sys.exit(0 if law(asked.data, asked.posts, asked.sets) else 1)
    if asked.part == "overhead":
        figures = overhead(asked.data, asked.posts, asked.shard)
    else:
        figures = synthetic(asked.articles, asked.crowd, asked.workers, asked.shard, asked.engine)
    say(json.dumps(figures, indent=1))
    if asked.json is not None:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
