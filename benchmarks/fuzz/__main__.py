"""Fuzzing, counted.

    python -m benchmarks.fuzz                       # both ways, every target
    python -m benchmarks.fuzz mix dates --runs 300000
    python -m benchmarks.fuzz cover names --seconds 60

``mix`` mutates seeds and mixes words of the grammars; ``cover`` lets atheris (extra ``fuzz``)
steer by the branches that an input reaches. The same ``--seed`` gives the same inputs to
``mix``. Finds are minimised and written below ``--finds``; those that were mended live in
``tests/finds`` and are fed to their targets by the tests. Exit status 1 when there is a find.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.fuzz.mixing import Find, minimised, mixed, verdict
from benchmarks.fuzz.seeds import seeds, tokens
from benchmarks.fuzz.targets import SECONDS, TARGETS

_DONE = re.compile(r"^(?:stat::number_of_executed_units: |Done )(\d+)", re.MULTILINE)


def cover(name: str, runs: int, seed: int, seconds: float) -> tuple[int, list[Find]]:
    """Let libFuzzer steer, in a process of its own, which ends with its first find."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        corpus = place / "corpus"
        corpus.mkdir()
        for number, data in enumerate(seeds(name)):
            (corpus / str(number)).write_bytes(data)
        words = place / "words"
        words.write_text(
            "".join(
                '"' + "".join(f"\\x{byte:02x}" for byte in token) + '"\n'
                for token in tokens(name)
                if len(token) <= 60
            )
        )
        command = [sys.executable, "-m", "benchmarks.fuzz.covering", name]
        command += [f"-runs={runs}", f"-seed={seed + 1}", f"-max_total_time={int(seconds)}"]
        command += [f"-dict={words}", f"-artifact_prefix={folder}/find-", "-max_len=4000"]
        command += [f"-timeout={int(SECONDS) * 4}", "-rss_limit_mb=4096", "-print_final_stats=1"]
        run = subprocess.run(
            [*command, str(corpus)], capture_output=True, text=True, errors="replace", check=False
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


def kept(find: Find, folder: Path) -> Path:
    place = folder / find.target
    place.mkdir(parents=True, exist_ok=True)
    path = place / hashlib.sha256(find.data).hexdigest()[:12]
    path.write_bytes(find.data)
    return path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", nargs="?", choices=["mix", "cover", "both"], default="both")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--runs", type=int, default=50_000, help="inputs a target and way")
    parser.add_argument("--seconds", type=float, default=60.0, help="at most, a target and way")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--finds", type=Path, default=Path("build/finds"))
    asked = parser.parse_args()
    total, finds = 0, []
    for name in asked.targets or TARGETS:
        for way in ("mix", "cover") if asked.way == "both" else (asked.way,):
            start = time.monotonic()
            if way == "mix":
                count, found = mixed(name, TARGETS[name], asked.runs, asked.seed, asked.seconds)
            else:
                count, found = cover(name, asked.runs, asked.seed, asked.seconds)
            total += count
            took = time.monotonic() - start
            print(
                f"{way:5} {name:14} {count:>9,} inputs in {took:6.1f} s, {len(found)} finds",
                flush=True,
            )
            for find in found:
                path = kept(minimised(TARGETS[name], find), asked.finds)
                print(f"      {path} ({path.stat().st_size} bytes): {find.why}", flush=True)
            finds += found
    print(f"{total:,} inputs, {len(finds)} finds")
    return 1 if finds else 0


if __name__ == "__main__":
    raise SystemExit(main())
