"""What the adapter is trained on: views of items that say the same.

A view is a headline, a lead, or a machine translation of one of them. Two views of one item,
or of two items of one event, are positives; views of other items of the same hours are the
negatives. Nothing of ``stream/dev``, of its day, or of ``telegram/train`` is ever used.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmarks.data import records
from clusterer.text.script import fold_text

Record = dict[str, Any]

TEST_DAY = "2026-03-02"
TEST_HOURS = ("2026-06-17T05:", "2026-06-17T19:")
LABELLED_WINDOWS = ("T1", "T2", "T3")
# Every eighth NTREX report is trained on; the seven others measure.
NTREX_TRAINED = 8
_SENTENCE_END = re.compile(r"(?<=[.!?؟。])\s+|\n+")
_NO_SUMMARY = "[Not relevant"
_LEAD_CHARS = 320


@dataclass(frozen=True, slots=True)
class Item:
    """One report: ``event`` groups items known to be of one event; ``views`` are texts."""

    event: str
    time: str
    views: tuple[str, ...]


def sentences(text: str, most: int = 3) -> list[str]:
    parts = (part.strip() for part in _SENTENCE_END.split(text))
    return [part for part in parts if len(part) > 15][:most]


def _views(row: Record) -> tuple[str, ...]:
    lead = sentences(row.get("text") or "")
    summary = row.get("summary_en_machine") or ""
    found = [row["title"], row.get("title_en_machine") or "", *lead[:2]]
    if len(lead) > 1:
        found.append(" ".join(lead)[:_LEAD_CHARS])
    if not summary.startswith(_NO_SUMMARY):
        found += sentences(summary, 1)
    kept: dict[str, str] = {}
    for view in found:
        if len(view) >= 12:
            kept.setdefault(fold_text(view), view)
    return tuple(kept.values())


def stream_items(data: Path) -> list[Item]:
    """Unlabelled items outside the test's day, and windows T1-T3 with their events."""
    dev = records(data, "stream/dev.jsonl")
    labelled = records(data, "stream/train.jsonl")
    barred_ids = {row["id"] for row in dev} | {
        row["id"] for row in labelled if row["window"] not in LABELLED_WINDOWS
    }
    barred_texts = {fold_text(row["title"]) for row in dev}
    events = {row["id"]: row["event"] for row in labelled if row["window"] in LABELLED_WINDOWS}
    found = []
    for row in records(data, "stream/unlabelled.jsonl.gz"):
        if row["id"] in barred_ids or row["published"].startswith(TEST_DAY):
            continue
        if fold_text(row["title"]) in barred_texts:
            continue
        views = _views(row)
        if len(views) > 1:
            event = events.get(row["id"], row["id"])
            found.append(Item(event, row["published"], views))
    return found


def telegram_items(data: Path) -> list[Item]:
    """June's posts outside the labelled half-day; near copies share an event."""
    barred = {row["id"] for row in records(data, "telegram/train.jsonl")}
    barred_texts = {fold_text(row["text"])[:200] for row in records(data, "telegram/train.jsonl")}
    copy_of: dict[str, str] = {}
    for pair in records(data, "telegram/neardup_pairs_silver_2026-06.jsonl"):
        root = copy_of.get(pair["id_earlier"], pair["id_earlier"])
        copy_of[pair["id_later"]] = root
    found = []
    for row in records(data, "telegram/posts_2026-06.jsonl.gz"):
        if row["id"] in barred or TEST_HOURS[0] <= row["date"] <= TEST_HOURS[1]:
            continue
        if fold_text(row["text"])[:200] in barred_texts:
            continue
        body = row["text"].replace(row["title"], " ", 1)
        views = _views({"title": row["title"].strip("🔴🔹🔻 \n"), "text": body})
        if len(views) > 1 and len(views[0]) > 25:
            found.append(Item(copy_of.get(row["id"], row["id"]), row["date"], views))
    return found


def ntrex_items(data: Path, languages: Sequence[str]) -> list[Item]:
    """Parallel sentences of the trained eighth of NTREX, one item per sentence."""
    by_label: dict[str, list[Record]] = defaultdict(list)
    for row in records(data, "ntrex/docs.jsonl.gz"):
        if row["lang"] in languages:
            by_label[row["label"]].append(row)
    found = []
    for label in sorted(by_label)[::NTREX_TRAINED]:
        lines = [row["text"].split("\n") for row in by_label[label]]
        if len({len(part) for part in lines}) == 1:
            for i, views in enumerate(zip(*lines, strict=True)):
                found.append(Item(f"{label}/{i}", label, tuple(views)))
    return found


def fact_items(data: Path) -> list[Item]:
    """Headline pairs of every second ANS pair: one event where people saw the same fact."""
    found = []
    for pair in records(data, "ans/title_pairs_dev.jsonl"):
        if is_trained_pair(pair):
            for key in ("title1", "title2"):
                event = pair["pair_id"] if pair["same_fact"] else f"{pair['pair_id']}/{key}"
                found.append(Item(event, pair["pair_id"], (pair[key],)))
    return found


def is_trained_pair(pair: Record) -> bool:
    return int(pair["pair_id"].rpartition(":")[2]) % 2 == 0


def blocks(items: Iterable[Item], size: int, rng: random.Random) -> list[list[Item]]:
    """Runs of ``size`` items near in time, in shuffled order, from a random offset on."""
    ordered = sorted(items, key=lambda item: (item.time, item.event, item.views))
    start = rng.randrange(0, size, 2)
    found = [ordered[at : at + size] for at in range(start, len(ordered) - size + 1, size)]
    rng.shuffle(found)
    return found


def crowded(items: Sequence[Item], size: int, rng: random.Random) -> list[list[Item]]:
    """Blocks of labelled items in which half are of events told more than once.

    Drawn from stretches four times as long, so that the reports of one event, hours apart,
    meet each other and the other events of their hours.
    """
    found = []
    for block in blocks(items, 4 * size, rng):
        times = Counter(item.event for item in block)
        told_again = [item for item in block if times[item.event] > 1]
        events = sorted({item.event for item in told_again})
        rng.shuffle(events)
        chosen: set[str] = set()
        for event in events:
            if sum(times[e] for e in chosen) < size // 2:
                chosen.add(event)
        members = [item for item in told_again if item.event in chosen][: size * 3 // 4]
        others = [item for item in block if item.event not in chosen]
        found.append(members + rng.sample(others, min(len(others), size - len(members))))
    return found


def two_views(item: Item, rng: random.Random) -> tuple[str, ...]:
    """Two views of an item, mostly such as share few words, where meaning has to help."""
    if len(item.views) < 3:
        return item.views
    pairs = list(combinations(item.views, 2))
    shares = [1.05 - _overlap(a, b) for a, b in pairs]
    return rng.choices(pairs, [share**2 for share in shares])[0]


def _overlap(left: str, right: str) -> float:
    a, b = (set(fold_text(text).split()) for text in (left, right))
    return len(a & b) / max(1, min(len(a), len(b)))
