"""Credits of articles whose errors were never looked at, beside those the rules were written with.

    python -m benchmarks.unseen_credits [--data ../shared/data] [--half test|test2|…] [--misses]

``benchmarks/labels/credits.jsonl`` holds what a reader saw, before looking at any verdict, in
two draws from the data folder's articles: who is credited, in which role, and where (code
points of the title or the text). Errors on ``test`` and ``test2`` are never looked at, and
never printed; rules were mended after reading those of ``tune`` and ``tune2``.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from benchmarks.credits import Read, Record, Score, measure_articles, read_articles
from benchmarks.data import DEFAULT, MissingError, articles, records
from clusterer.gazetteer import Gazetteer
from clusterer.sources.credits import find_credits

LABELS = Path(__file__).resolve().parent / "labels" / "credits.jsonl"
SEALED = ("test", "test2")
READ = ("tune", "tune2")
HALVES = (*SEALED, *READ)


def labelled(folder: Path, half: str) -> list[Record]:
    """The labelled articles of a half with their texts, labels in the form of ``credits/dev``."""
    told = [json.loads(line) for line in LABELS.read_text("utf-8").splitlines()]
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in told:
        wanted[row["set"]].add(row["id"])
    texts = {
        row["id"]: row
        for name, ids in sorted(wanted.items())
        for row in records(folder, f"{name}.jsonl.gz")
        if row["id"] in ids
    }
    return [_joined(row, texts[row["id"]]) for row in told if row["half"] == half]


def _joined(label: Record, text: Record) -> Record:
    credits = [
        {**credit, "span": (text.get(credit["field"]) or "")[credit["start"] : credit["end"]]}
        for credit in label["credits"]
    ]
    return {**text, "lang": label["lang"], "credits": credits}


def read_half(folder: Path, half: str, gazetteer: Gazetteer) -> list[Read]:
    rows = labelled(folder, half)
    return [
        Read(row, find_credits(article, gazetteer))
        for row, article in zip(rows, articles(rows), strict=True)
    ]


def seed_ids(folder: Path) -> frozenset[str]:
    """Ids of the seed table: a label outside it stands for any medium outside it."""
    path = folder.parent / "domain" / "agencies.csv"
    if not path.is_file():
        raise MissingError(f"{path} is not there; give the folder of the sets with --data")
    with path.open(encoding="utf-8", newline="") as rows:
        return frozenset(row["id"] for row in csv.DictReader(rows))


def figures(folder: Path, halves: Sequence[str], misses: bool = False) -> dict[str, float]:
    gazetteer, listed = Gazetteer.load(), seed_ids(folder)
    reads = {"dev": read_articles(folder, gazetteer)}
    reads |= {half: read_half(folder, half, gazetteer) for half in halves}
    if set(SEALED) <= set(halves):
        reads["sealed"] = [read for half in SEALED for read in reads[half]]
    told: dict[str, float] = {}
    for name, mine in reads.items():
        scores = measure_articles(mine, listed)
        whole = Score()
        for language in sorted(scores):
            whole.add(scores[language])
            print(f"{name}, {language}: {scores[language].told()}")
        print(f"{name}, {len(mine)} articles: {whole.told()}; exact words {whole.exact}")
        for line in whole.misses if misses and name in READ else ():
            print("   ", line)
        told[f"credits_{name}_f1"] = whole.f1
    return told


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT)
    parser.add_argument("--half", choices=HALVES, help="default: all")
    parser.add_argument("--misses", action="store_true", help="print the errors of tune and tune2")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    told = parser.parse_args(arguments)
    try:
        found = figures(told.data, (told.half,) if told.half else HALVES, told.misses)
    except MissingError as missing:
        print(missing, file=sys.stderr)
        return 2
    if told.json:
        told.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
