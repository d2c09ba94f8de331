"""Vectors to scored pairs: search between two shards, choose for each shard, score between two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusterer.engine.describing import Judged, batch_at, judged_by
from clusterer.engine.engines import Part, Told
from clusterer.engine.job import Job
from clusterer.engine.joining import spanning
from clusterer.engine.shelving import Shard, shards_of
from clusterer.engine.tables import array, pairs_table
from clusterer.grouping import least_tie
from clusterer.living.ties import joined, no_pairs, taken
from clusterer.matching import join, score
from clusterer.matching.shelves import Shelves, chosen, promising
from clusterer.news import Pairs, Sentences

Ints = NDArray[np.int64]

# Pairs scored at a time, as a living collection scores them.
BLOCK = 1 << 16


def search(job: Job, part: Part) -> Told:
    """Pairs of an earlier shard's articles with a later one's, within threshold and window."""
    import pyarrow as pa

    every = shards_of(job)
    left, right = every[part["i"]], every[part["j"]]
    early = batch_at(job, part["i"])
    shelves = Shelves(early.spaces[0].shape[1])
    shelves.put(np.arange(left.first, left.end), early)
    late = early if part["i"] == part["j"] else batch_at(job, part["j"])
    none = np.empty(0, np.int64)
    parts = [_columns(none, none, np.empty(0, np.float32), none)]
    most = job.settings.max_neighbours
    for near in shelves.near(np.arange(right.first, right.end), late, job.settings):
        _, counts = np.unique(near[1], return_counts=True)
        kept = promising(*near, most)
        repeated = np.repeat(counts, counts)
        parts.append(_columns(near[0][kept], near[1][kept], near[2][kept], repeated[kept]))
    table = pa.table(
        {name: pa.array(np.concatenate([one[name] for one in parts])) for name in parts[0]}
    )
    size = job.folder.write_table(f"near/{part['key']}.parquet", table)
    compared = (left.end - left.first) * (right.end - right.first)
    return {"compared": compared, "near": len(table), "bytes": size}


def _columns(left: Ints, right: Ints, cosine: NDArray[Any], count: Ints) -> dict[str, NDArray[Any]]:
    """``count`` tells with how many of the earlier shard the right article is near."""
    return {
        "left": left.astype(np.int32),
        "right": right.astype(np.int32),
        "cosine": cosine,
        "count": count.astype(np.int32),
    }


def choose(job: Job, part: Part) -> Told:
    """Which pairs of a shard's articles with earlier ones are scored; all, unless too many."""
    import pyarrow as pa

    parts = [job.folder.read_table(f"near/{key}.parquet") for key in part["near"]]
    columns = [
        {name: array(one.column(name)) for name in ("left", "right", "cosine", "count")}
        for one in parts
    ]
    left, right, cosine = (
        np.concatenate([one[name] for one in columns]) for name in ("left", "right", "cosine")
    )
    most = job.settings.max_neighbours
    crowded = _crowded(columns, most)
    order = np.lexsort((left, right))
    left, right = left[order].astype(np.int64), right[order].astype(np.int64)
    kept, _ = chosen(left, right, cosine[order], most)
    left, right = left[kept], right[kept]
    order = np.lexsort((right, left))
    table = pa.table(
        {
            "left": pa.array(left[order].astype(np.int32)),
            "right": pa.array(right[order].astype(np.int32)),
        }
    )
    size = job.folder.write_table(f"chosen/{part['key']}.parquet", table)
    told = pa.table({"row": pa.array(list(crowded)), "count": pa.array(list(crowded.values()))})
    job.folder.write_table(f"crowded/{part['key']}.parquet", told)
    return {"chosen": len(left), "bytes": size}


def _crowded(columns: Sequence[dict[str, NDArray[Any]]], most: int) -> dict[int, int]:
    """Articles with more than ``most`` earlier neighbours, and how many they have."""
    rows = [np.unique(one["right"], return_index=True) for one in columns]
    right = np.concatenate([found for found, _ in rows])
    count = np.concatenate([one["count"][at] for one, (_, at) in zip(columns, rows, strict=True)])
    every, place = np.unique(right, return_inverse=True)
    total = np.bincount(place, count, len(every)).astype(np.int64)
    many = total > most
    return dict(zip(every[many].tolist(), total[many].tolist(), strict=True))


def score_pairs(job: Job, part: Part) -> Told:
    """Probabilities of the chosen pairs between two shards, and a forest of the strong ones."""
    every = shards_of(job)
    left, right = every[part["i"]], every[part["j"]]
    pairs = _chosen_between(job, f"{part['j']:05}", left)
    found = no_pairs()
    if len(pairs.left):
        judged, rows = _judged(job, part, pairs, left, right)
        encoder = job.stages().encoder.id
        blocks = []
        for at in range(0, len(pairs.left), BLOCK):
            block = _placed(taken(pairs, slice(at, at + BLOCK)), rows)
            blocks.append(_score(job, encoder, block, judged))
        scored = joined(blocks)
        short = rows.astype(np.int32)
        found = Pairs(short[scored.left], short[scored.right], scored.score)
    size = job.folder.write_table(f"scored/{part['key']}.parquet", pairs_table(found))
    strong = found.score >= np.float32(least_tie(job.settings))
    size += spanning(job, part["key"], [(found.left[strong], found.right[strong])])
    return {"scored": len(pairs.left), "kept": len(found.left), "bytes": size}


def _chosen_between(job: Job, late: str, early: Shard) -> Pairs:
    filters = [("left", ">=", early.first), ("left", "<", early.end)]
    table = job.folder.read_table(f"chosen/{late}.parquet", None, filters)
    left, right = array(table.column("left")), array(table.column("right"))
    return Pairs(left, right, np.zeros(len(left), np.float32))


def _judged(job: Job, part: Part, pairs: Pairs, left: Shard, right: Shard) -> tuple[Judged, Ints]:
    """What the articles of some pairs are judged by, and their rows."""
    rows = np.unique(np.concatenate([pairs.left, pairs.right])).astype(np.int64)
    shards = (
        [(part["i"], left)] if part["i"] == part["j"] else [(part["i"], left), (part["j"], right)]
    )
    parts = []
    for number, shard in shards:
        here = rows[(rows >= shard.first) & (rows < shard.end)]
        parts.append(judged_by(job, number, here - shard.first))
    bounds = [parts[0].sentences.bounds]
    bounds += [one.sentences.bounds[1:] + bounds[0][-1] for one in parts[1:]]
    vectors = np.concatenate([one.sentences.vectors for one in parts])
    judged = Judged(
        Sentences(vectors, np.concatenate(bounds)),
        np.concatenate([one.crowd for one in parts]),
        join([one.facts for one in parts]),
    )
    return judged, rows


def _placed(pairs: Pairs, rows: Ints) -> Pairs:
    left, right = (np.searchsorted(rows, side).astype(np.int32) for side in pairs[:2])
    return Pairs(left, right, pairs.score)


def _score(job: Job, encoder: str, pairs: Pairs, judged: Judged) -> Pairs:
    return score(pairs, judged.sentences, judged.facts, encoder, job.settings, crowd=judged.crowd)
