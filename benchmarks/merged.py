"""How many merged pairs of different outlets are right, by a reader's word.

``python -m benchmarks.merged --draw FILE`` draws PAIRS pairs that share an event on days of June
that no one had read into events, one of an event at most, and writes them for reading.
``python -m benchmarks.merged`` counts what was said of them in ``labels/merged.jsonl``: all of
them, and those that are still merged today.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from scipy.stats import binomtest

from benchmarks import data
from clusterer import Collection
from clusterer.news import Article

DAYS = ("12", "19", "25", "27")
PAIRS = 100
LABELS = data.LABELS / "merged.jsonl"


def days(folder: Path) -> list[list[Article]]:
    """The posts of each day."""
    rows = data.records(folder, data.TELEGRAM)
    return [
        data.articles(row for row in rows if row["date"].startswith(f"2026-06-{day}"))
        for day in DAYS
    ]


def merged(articles: list[Article]) -> dict[str, tuple[str, ...]]:
    """Event id to its articles' ids, of a day by itself."""
    collection = Collection()
    collection.add(articles)
    return {
        event.id: tuple(event.articles) for story in collection.stories for event in story.events
    }


def draw(found: list[dict[str, tuple[str, ...]]], outlet: dict[str, str]) -> list[tuple[str, str]]:
    """One pair of different outlets of each of PAIRS events, drawn alike."""
    chance = np.random.default_rng(3)
    pairs = []
    for events in found:
        for id in sorted(events):
            ids = sorted(events[id])
            across = [(a, b) for a in ids for b in ids if a < b and outlet[a] != outlet[b]]
            if across:
                pairs.append(across[int(chance.integers(len(across)))])
    return [pairs[row] for row in sorted(chance.permutation(len(pairs))[:PAIRS])]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data.DEFAULT)
    parser.add_argument("--draw", type=Path, metavar="FILE")
    args = parser.parse_args()
    posts = days(args.data)
    found = [merged(articles) for articles in posts]
    known = {article.id: article for articles in posts for article in articles}
    if args.draw:
        outlet = {
            id: article.outlet.name or "" if article.outlet else "" for id, article in known.items()
        }
        lines = [
            {side: {"id": id, "text": known[id].text} for side, id in zip("ab", pair, strict=True)}
            for pair in draw(found, outlet)
        ]
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        args.draw.write_text(text, "utf-8")
        return
    home = {
        id: (day, event)
        for day, events in enumerate(found)
        for event in events
        for id in events[event]
    }
    said = [json.loads(line) for line in LABELS.read_text("utf-8").splitlines()]
    for name, rows in (
        ("drawn", said),
        ("still merged", [row for row in said if home[row["a"]] == home[row["b"]]]),
    ):
        right = sum(row["same"] for row in rows)
        share = right / max(len(rows), 1)
        low, high = binomtest(right, len(rows)).proportion_ci(method="wilson")
        print(f"{name:14} {len(rows)} pairs, {right} right: {share:.2f} ({low:.2f} to {high:.2f})")


if __name__ == "__main__":
    main()
