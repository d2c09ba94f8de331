"""Articles per second from a folder to stories, stage by stage, beside others, against the floor.

``python -m benchmarks.speed [--quick] [--posts N …] [--articles N] [--encoder NAME …]
[--sample N] [--json FILE]`` measures, each in a process of its own:

- a first run over N real posts and over full articles, with nothing encoded before;
- a second run over the same folder, with the vectors at hand, and with a store;
- the plain pipeline (float32 ``SentenceTransformer.encode`` of full texts and community
  detection) and other peers on a sample of the same posts, with nothing extrapolated;
- the floor: the operations that the encoder must do for the tokens that are needed, at the
  rate at which this processor multiplies matrices of 8-bit integers;
- ``cluster seeds/`` with a warm cache, and the share of imports in it.

What follows encoding is measured at 100,000 and 1,000,000 articles by ``benchmarks.scale``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.data import DEFAULT, MissingError, Record, records
from clusterer.encoding.cached_folder import cache_folder

Figures = dict[str, Any]
ROOT = Path(__file__).resolve().parents[1]
POSTS = "telegram/posts_2026-06.jsonl.gz"


def posts(data: Path, count: int) -> list[Record]:
    """The first ``count`` posts of the month: what a monitor meets in a row."""
    return records(data, POSTS)[:count]


def full_articles(data: Path, count: int) -> list[Record]:
    """Full articles: those that people compared, then translations, language after language."""
    found = records(data, "semeval/articles_dev.jsonl.gz") + records(data, "ntrex/docs.jsonl.gz")
    return found[:count]


@contextmanager
def folder_of(rows: Sequence[Record]) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder with the records, and an environment in which nothing was encoded yet."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "inputs").mkdir()
        with (place / "inputs" / "records.jsonl").open("w", encoding="utf-8") as out:
            out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (place / "cache").mkdir()
        (cache_folder() / "models").mkdir(exist_ok=True)
        (place / "cache" / "models").symlink_to(cache_folder() / "models")
        yield place / "inputs", {**os.environ, "CLUSTERER_CACHE": str(place / "cache")}


def child(task: str, told: Figures, environment: dict[str, str]) -> Figures:
    """What ``benchmarks.speed_child`` measures in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.speed_child", task, json.dumps(told)]
    done = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        return {"failed": f"exit status {done.returncode}"}
    found: Figures = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def ours(rows: Sequence[Record], encoder: str, name: str) -> Iterator[Figures]:
    """A first run; a second with the vectors at hand; two with a store."""
    with folder_of(rows) as (inputs, environment):
        told: Figures = {"inputs": str(inputs), "encoder": encoder}
        kept = {**told, "store": str(inputs.parent / "stories.db")}
        first = {**told, "open": True}
        runs = (("first", first), ("again", told), ("store", kept), ("store again", kept))
        for run, what in runs:
            figures = child("ours", what, environment)
            yield {"set": name, "n": len(rows), "encoder": encoder, "run": run, **figures}


def others(rows: Sequence[Record], name: str, peers: Sequence[str]) -> Iterator[Figures]:
    with folder_of(rows) as (inputs, environment):
        for peer in peers:
            figures = child("peer", {"inputs": str(inputs), "peer": peer}, environment)
            yield {"set": name, "n": len(rows), "run": peer, **figures}


def growth(lines: Sequence[Figures]) -> dict[str, float]:
    """The exponent e of seconds ~ n^e between smallest and largest set of posts."""
    found = {}
    for encoder in sorted({line["encoder"] for line in lines if "encoder" in line}):
        mine = [x for x in lines if x.get("encoder") == encoder and x["set"] == "posts"]
        first = sorted(
            (x["n"], x["seconds"]) for x in mine if x["run"] == "first" and "seconds" in x
        )
        if len(first) > 1 and first[0][0] < first[-1][0]:
            (few, short), (many, long) = first[0], first[-1]
            found[encoder] = round(float(np.log(long / short) / np.log(many / few)), 3)
    return found


def seeds() -> Figures:
    """Seconds of ``cluster seeds/`` with a warm cache, and of the imports in it."""
    command = [sys.executable, "-X", "importtime", "-m", "clusterer", "seeds/"]
    for _ in range(2):
        begun = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        seconds = time.perf_counter() - begun
    spent = re.findall(r"import time:\s+(\d+) \|", done.stderr)
    return {
        "run": "cluster seeds/, warm",
        "seconds": round(seconds, 2),
        "imports": round(sum(map(int, spent)) / 1e6, 2),
    }


def show(line: Figures) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)


def ratios(lines: Sequence[Figures]) -> Iterator[str]:
    """First runs of ours over the plain pipeline on sets of the same name and the same size."""
    for line in lines:
        if line["run"] != "plain" or "articles/s" not in line:
            continue
        for one in lines:
            same = (one["set"], one["n"]) == (line["set"], line["n"])
            if same and one["run"] == "first" and "articles/s" in one:
                wall = line["seconds"] / one["seconds"]
                spent = line["processor seconds"] / one["processor seconds"]
                name = f"{one['encoder']} on {one['n']} {one['set']}"
                yield f"{name}: plain takes {wall:.2f} x its time, {spent:.2f} x its processor time"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT)
    parser.add_argument("--posts", type=int, nargs="*", default=[1_000, 10_000, 27_477])
    parser.add_argument("--articles", type=int, default=2_000)
    parser.add_argument("--encoder", nargs="*", default=["default"])
    parser.add_argument("--sample", type=int, default=1_000, help="posts that peers get")
    parser.add_argument("--peers", nargs="*", default=["plain", "hdbscan", "bertopic", "semhash"])
    parser.add_argument("--quick", action="store_true", help="300 posts, no articles")
    parser.add_argument("--json", type=Path)
    told = parser.parse_args()
    if told.quick:
        told.posts, told.articles, told.sample = [100, 300], 0, 300
    lines: list[Figures] = []

    def keep(found: Iterator[Figures]) -> None:
        for line in found:
            lines.append(line)
            show(line)

    sizes = sorted({*told.posts, told.sample} if told.peers else set(told.posts))
    try:
        for encoder in told.encoder:
            for size in sizes:
                keep(ours(posts(told.data, size), encoder, "posts"))
            if told.articles:
                keep(ours(full_articles(told.data, told.articles), encoder, "articles"))
        keep(others(posts(told.data, told.sample), "posts", told.peers))
        few = min(told.articles, max(told.sample // 4, 40))
        if few and "plain" in told.peers:
            part = full_articles(told.data, few)
            for encoder in told.encoder:
                keep(ours(part, encoder, "articles"))
            keep(others(part, "articles", ["plain"]))
        show(child("quality", {"data": str(told.data), "encoders": told.encoder}, {**os.environ}))
    except MissingError as missing:
        raise SystemExit(str(missing)) from None
    show({"growth": growth(lines)})
    show(seeds())
    for ratio in ratios(lines):
        print(ratio)
    if told.json:
        told.json.write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
