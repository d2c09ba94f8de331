"""Does a collection live? Orders, a month replayed, killed writers, and the price of one article.

``python -m benchmarks.living [orders|replay|kills|price ...] [--data FOLDER]``; all by default.

- orders: the items of one labelled day in random orders and batch sizes, one by one included,
  must end in the partition of one batch.
- replay: a month of posts in time order into a store; every change of an article's story must
  be in its log, and the log alone must give the state.
- kills: writers killed (SIGKILL) at random moments, migrations of older stores included, must leave
  whole stores and lose nothing.
- price: milliseconds for one more article in a collection of many.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks import data
from benchmarks.metrics import adjusted_rand
from clusterer import Collection
from clusterer.living.chronicle import Home, replay
from clusterer.news import Article, Block, Outlet, Published, Span
from tests.killing import homes, kill_often

Figures = dict[str, float]


def orders(folder: Path, encoder: str, runs: int) -> Figures:
    """ARI of the worst order with the partition of one batch, for events and for stories."""
    given = data.events(folder, "stream/dev").articles
    whole = homes(_grown([given], encoder))
    worst = {"event": 1.0, "story": 1.0}
    chance = random.Random(0)
    for run in range(runs):
        shuffled = chance.sample(given, len(given))
        batches = _cut(shuffled, chance, largest=1 if run == 0 else 2 ** chance.randint(0, 8))
        parts = homes(_grown(batches, encoder))
        for kind in worst:
            found, true = (
                np.unique([getattr(homes[id], kind) for id in sorted(whole)], return_inverse=True)[
                    1
                ]
                for homes in (parts, whole)
            )
            worst[kind] = min(worst[kind], adjusted_rand(found, true))
        _say(f"order {run + 1} in {len(batches)} batches: worst ARI so far {min(worst.values())}")
    return {"orders_event_ari": worst["event"], "orders_story_ari": worst["story"]}


def replay_month(folder: Path, encoder: str, every: int, batch: int) -> Figures:
    """Silent changes over a month, of which each ``every``-th post; what the log's replay gives."""
    rows = data.records(folder, "telegram/posts_2026-06.jsonl.gz")
    posts = data.articles(sorted(rows, key=lambda row: (row["date"], row["id"]))[::every])
    silent = told = 0
    before: dict[str, Home] = {}
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder_name:
        path = Path(folder_name) / "month.db"
        with Collection.open(path, encoder=encoder) as collection:
            for start in range(0, len(posts), batch):
                changes = collection.add(posts[start : start + batch])
                now = homes(collection)
                moved = {move.article for move in changes.moved}
                changed = {id for id, home in now.items() if before.get(id) != home}
                silent += len(changed ^ moved)
                told += len(moved)
                before = now
                if start // 5000 != (start + batch) // 5000:
                    _say(f"{start + batch} posts in {time.monotonic() - began:.0f} s")
            spent = time.monotonic() - began
        with Collection.open(path, read_only=True) as collection:
            logged, _ = replay(collection.changes())
            same = float(logged == homes(collection) == before)
            problems = len(collection.problems())
        size = path.stat().st_size / 1e6
    _say(f"{len(posts)} posts in {spent:.0f} s, {told} moves told, store of {size:.0f} MB")
    return {"replay_silent": silent, "replay_state": same, "replay_problems": problems}


def kills(count: int) -> Figures:
    """Stores harmed by ``count`` kills; the count of those that were brought to their end."""
    with tempfile.TemporaryDirectory() as folder:
        told = kill_often(Path(folder), count)
    _say(
        f"{count} kills, {told.ended} stores ended well, {told.unheard} kills just before a word "
        f"was given, {told.migrating} in the middle of a migration"
    )
    return {"kills": count, "kills_migrating": told.migrating, "kills_lost": 0}


def price(size: int, more: int, encoder: str) -> Figures:
    """Milliseconds of one ``add`` in a collection of ``size``, all stages and encoding."""
    chance = np.random.default_rng(0)
    collection = Collection(encoder)
    began = time.monotonic()
    collection.add(_invented(chance, size, 0, days=30.0))
    _say(f"{size} articles at once in {time.monotonic() - began:.0f} s")
    spent = []
    for one in _invented(chance, more, size, days=30.0):
        start = time.perf_counter()
        collection.add([one])
        spent.append((time.perf_counter() - start) * 1000)
    middle, high = np.percentile(spent, [50, 95])
    _say(f"one article more: median {middle:.0f} ms, p95 {high:.0f} ms")
    return {"price_median_ms": round(float(middle), 1), "price_p95_ms": round(float(high), 1)}


def _invented(chance: np.random.Generator, count: int, first: int, days: float) -> list[Article]:
    """Articles of random words, a quarter of them told anew by another outlet."""
    words = np.array([f"w{number:05x}" for number in chance.permutation(1 << 20)[:20_000]])
    start = datetime(2026, 6, 1, tzinfo=UTC)
    texts: list[list[str]] = []
    found = []
    for number in range(count):
        if number % 4 == 3:
            lines = [*texts[-int(chance.integers(1, min(50, len(texts)) + 1))][:3], ""]
        else:
            lines = [" ".join(chance.choice(words, 9)) for _ in range(4)]
        lines[3] = " ".join(chance.choice(words, 9))
        texts.append(lines)
        at = start + timedelta(days=days * number / count)
        found.append(_article(f"i{first + number:07}", lines, at))
    return found


def _article(id: str, lines: Sequence[str], at: datetime) -> Article:
    spans, end = [], 0
    for line in lines:
        spans.append(Span(end, end + len(line)))
        end += len(line) + 1
    text = "\n".join(lines)
    blocks = (Block(spans[0], "headline"), Block(Span(spans[1].start, len(text)), "body"))
    time_told = Published(at, "minute", "gregorian", timedelta(seconds=30), "invented")
    return Article(
        id=id,
        page=id,
        text=text,
        span=Span(0, len(text)),
        title=spans[0],
        blocks=blocks,
        sentences=tuple(spans),
        language="en",
        outlet=Outlet(None, f"Outlet {int(id[1:]) % 53}", "record"),
        published=time_told,
    )


def _grown(batches: Sequence[Sequence[Article]], encoder: str) -> Collection:
    collection = Collection(encoder)
    for batch in batches:
        collection.add(batch)
    return collection


def _cut(items: Sequence[Article], chance: random.Random, largest: int) -> list[Sequence[Article]]:
    batches, start = [], 0
    while start < len(items):
        size = chance.randint(1, largest)
        batches.append(items[start : start + size])
        start += size
    return batches


def _say(line: str) -> None:
    print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", help="orders, replay, kills, price; all by default")
    parser.add_argument("--data", type=Path, default=data.DEFAULT)
    parser.add_argument("--encoder", default="default")
    parser.add_argument("--runs", type=int, default=20, help="random orders")
    parser.add_argument("--every", type=int, default=1, help="thin the month's posts")
    parser.add_argument("--batch", type=int, default=50, help="posts at a time")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    asked = parser.parse_args()
    known: dict[str, Callable[[], Figures]] = {
        "orders": lambda: orders(asked.data, asked.encoder, asked.runs),
        "replay": lambda: replay_month(asked.data, asked.encoder, asked.every, asked.batch),
        "kills": lambda: kills(asked.kills),
        "price": lambda: price(asked.size, 300, "hash:"),
    }
    figures: Figures = {}
    for part in asked.parts or known:
        try:
            figures |= known[part]()
        except data.MissingError as why:
            sys.exit(str(why))
    for name, value in figures.items():
        _say(f"{name} {value:g}")
    if asked.json is not None:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
