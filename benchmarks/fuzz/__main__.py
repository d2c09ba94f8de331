"""Fuzzing, counted.

    python -m benchmarks.fuzz                       # both ways, every target
    python -m benchmarks.fuzz mix dates --runs 300000
    python -m benchmarks.fuzz cover names --seconds 60

``mix`` mutates seeds and mixes words of the grammars; ``cover`` lets atheris (extra ``fuzz``)
steer by the branches that an input reaches. The same ``--seed`` gives the same inputs to
``mix``. Finds are minimised and written below ``--finds``; those that were mended live in
``tests/finds`` and are fed to their targets by the tests. A table at the end has the inputs of
each target and their sums; with ``--tally`` those of earlier runs with the same file, too, and
with ``--corpus`` the steering goes on from what earlier runs found worth keeping. Exit status 1
when there is a find.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.fuzz.mixing import Find, minimised, mixed, verdict
from benchmarks.fuzz.seeds import seeds, tokens
from benchmarks.fuzz.targets import SECONDS, TARGETS

WAYS = ("mix", "cover")
Tally = dict[str, dict[str, int]]  # inputs by target and way

_DONE = re.compile(r"^(?:stat::number_of_executed_units: |Done )(\d+)", re.MULTILINE)


class Effort(NamedTuple):
    """How long a target is fed: inputs and seconds at most, by a number."""

    runs: int
    seconds: float
    seed: int


def cover(name: str, effort: Effort, corpus: Path | None) -> tuple[int, list[Find]]:
    """Let libFuzzer steer, in a process of its own, which ends with its first find."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        kept = corpus / name if corpus else place / "corpus"
        kept.mkdir(parents=True, exist_ok=True)
        for data in seeds(name):
            (kept / hashlib.sha1(data).hexdigest()).write_bytes(data)  # libFuzzer's own names
        run = subprocess.run(
            [*_command(name, effort, place), str(kept)],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        count = max((int(told) for told in _DONE.findall(run.stderr)), default=0)
        found = []
        for path in sorted(place.glob("find-*")):
            data = path.read_bytes()
            why = verdict(TARGETS[name], data) or "not seen again: " + run.stderr[-300:]
            found.append(Find(name, data, why))
        if run.returncode and not found:
            raise SystemExit(f"{name}: {run.stderr[-2000:]}")
        return count, found


def _command(name: str, effort: Effort, place: Path) -> list[str]:
    words = place / "words"
    words.write_text(
        "".join(
            '"' + "".join(f"\\x{byte:02x}" for byte in token) + '"\n'
            for token in tokens(name)
            if len(token) <= 60
        )
    )
    command = [sys.executable, "-m", "benchmarks.fuzz.covering", name]
    command += [f"-runs={effort.runs}", f"-seed={effort.seed + 1}"]
    command += [f"-max_total_time={int(effort.seconds)}", f"-dict={words}", "-max_len=4000"]
    # an input's processor time is watched by its verdict; this clock also runs while others work
    command += [f"-artifact_prefix={place}/find-", f"-timeout={int(SECONDS) * 100}"]
    return [*command, "-rss_limit_mb=4096", "-print_final_stats=1"]


def kept(find: Find, folder: Path) -> Path:
    place = folder / find.target
    place.mkdir(parents=True, exist_ok=True)
    path = place / hashlib.sha256(find.data).hexdigest()[:12]
    path.write_bytes(find.data)
    return path


def counted(tally: Tally, path: Path | None) -> Tally:
    """The inputs of this run, with those of earlier ones where a file keeps them."""
    if path is None:
        return tally
    before: Tally = json.loads(path.read_text()) if path.exists() else {}
    for name, ways in tally.items():
        for way, count in ways.items():
            mine = before.setdefault(name, {})
            mine[way] = mine.get(way, 0) + count
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(before, indent=1) + "\n")
    return before


def table(tally: Tally) -> str:
    """Inputs by target and way, with sums."""
    here = [(name, tally[name]) for name in TARGETS if name in tally]
    rows = [(name, ways.get("mix", 0), ways.get("cover", 0)) for name, ways in here]
    rows.append(("all", sum(row[1] for row in rows), sum(row[2] for row in rows)))
    lines = [f"{'target':14} {'mixed':>10} {'steered':>10} {'both':>10}"]
    lines += [f"{name:14} {mix:>10,} {cover:>10,} {mix + cover:>10,}" for name, mix, cover in rows]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", nargs="?", choices=[*WAYS, "both"], default="both")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--runs", type=int, default=50_000, help="inputs a target and way")
    parser.add_argument("--seconds", type=float, default=60.0, help="at most, a target and way")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--finds", type=Path, default=Path("build/finds"))
    parser.add_argument("--corpus", type=Path, help="keep what steering found worth keeping here")
    parser.add_argument("--tally", type=Path, help="add the counts to those of this file")
    asked = parser.parse_args()
    effort = Effort(asked.runs, asked.seconds, asked.seed)
    tally: Tally = {}
    finds: list[Find] = []
    for name in asked.targets or TARGETS:
        for way in WAYS if asked.way == "both" else (asked.way,):
            start = time.monotonic()
            if way == "mix":
                count, found = mixed(name, TARGETS[name], effort.runs, effort.seed, effort.seconds)
            else:
                count, found = cover(name, effort, asked.corpus)
            tally.setdefault(name, {})[way] = count
            counted({name: {way: count}}, asked.tally)
            took = time.monotonic() - start
            print(
                f"{way:5} {name:14} {count:>9,} inputs in {took:6.1f} s, {len(found)} finds",
                flush=True,
            )
            for find in found:
                path = kept(minimised(TARGETS[name], find), asked.finds)
                print(f"      {path} ({path.stat().st_size} bytes): {find.why}", flush=True)
            finds += found
    print(table(counted({}, asked.tally) if asked.tally else tally))
    print(f"{len(finds)} finds")
    return 1 if finds else 0


if __name__ == "__main__":
    raise SystemExit(main())
