"""Vectors to scored pairs: search between two shards, choose for each shard, score between two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.engine.describing import Judged, batch_at, judged_by
from clusterer.engine.engines import Part, Told
from clusterer.engine.job import Job
from clusterer.engine.joining import spanning
from clusterer.engine.shelving import Shard, ids_of, shards_of
from clusterer.engine.tables import array, pairs_table
from clusterer.grouping import least_tie
from clusterer.living.ties import joined, no_pairs, taken
from clusterer.matching import join, load_glance, score
from clusterer.matching.drawing import (
    LEVELS,
    counted,
    depths,
    drawn,
    graded,
    hashes,
    levelled,
    weights,
)
from clusterer.matching.shelves import Shelves
from clusterer.news import Pairs, Sentences

Ints = NDArray[np.int64]

# Pairs scored at a time, as a living collection scores them.
BLOCK = 1 << 16


def search(job: Job, part: Part) -> Told:
    """Pairs of an earlier shard's articles with a later one's, within threshold and window.

    Those are left out that cannot be chosen, whatever else there is: counts tell of them.
    """
    import pyarrow as pa

    every = shards_of(job)
    left, right = every[part["i"]], every[part["j"]]
    early = batch_at(job, part["i"])
    shelves = Shelves(early.spaces[0].shape[1], load_glance(job.stages().encoder.id))
    shelves.put(np.arange(left.first, left.end), early)
    late = early if part["i"] == part["j"] else batch_at(job, part["j"])
    crowd = _Crowd(job, [part["i"], part["j"]])
    none = np.empty(0, np.int64)
    parts = [_Near(none, none, np.empty(0, np.int8), np.empty(0, np.int8))]
    for one, other, cosine in shelves.near(np.arange(right.first, right.end), late, job.settings):
        parts.append(crowd.met(one, other, cosine))
    near = crowd.left_of(_Near(*map(np.concatenate, zip(*parts, strict=True))))
    table = pa.table(dict(zip(_Near._fields, map(pa.array, near), strict=True)))
    size = job.folder.write_table(f"near/{part['key']}.parquet", table)
    job.folder.write_table(f"counts/{part['key']}.parquet", crowd.table())
    compared = (left.end - left.first) * (right.end - right.first)
    return {"compared": compared, "near": len(table), "bytes": size}


class _Near(NamedTuple):
    """Pairs that may be chosen, with their level and grade."""

    left: Ints
    right: Ints
    level: NDArray[np.int8]
    grade: NDArray[np.int8]


class _Crowd:
    """Neighbours of the articles of some shards, counted by level as far as they are met."""

    def __init__(self, job: Job, shards: Sequence[int]) -> None:
        told = [one for shard in sorted(set(shards)) for one in ids_of(job, shard)]
        self._rows = np.array([int(row) for row, _ in told], np.int64)
        self._hashes = hashes([id for _, id in told])
        self._counts = np.zeros((len(told), LEVELS), np.int32)
        self._most = job.settings.max_neighbours

    def met(self, left: Ints, right: Ints, cosine: NDArray[np.float32]) -> _Near:
        one, other = (np.searchsorted(self._rows, side) for side in (left, right))
        grade = graded(cosine)
        level = levelled(grade, drawn(self._hashes[one], self._hashes[other]))
        for side in (one, other):
            some, place = np.unique(side, return_inverse=True)
            self._counts[some] += counted(place, level, len(some))
        return self.left_of(_Near(left, right, level, grade))

    def left_of(self, near: _Near) -> _Near:
        """Pairs without those that cannot be chosen any more."""
        rows, place = np.unique(np.concatenate(near[:2]), return_inverse=True)
        depth = depths(self._counts[np.searchsorted(self._rows, rows)], self._most)[place]
        one, other = depth.reshape(2, -1)
        kept = near.level >= np.minimum(one, other)
        return _Near(near.left[kept], near.right[kept], near.level[kept], near.grade[kept])

    def table(self) -> Any:
        import pyarrow as pa

        place, level = np.nonzero(self._counts)
        columns = (self._rows[place], level, self._counts[place, level])
        return pa.table(dict(zip(("row", "level", "count"), map(pa.array, columns), strict=True)))


def count_neighbours(job: Job, part: Part) -> Told:
    """Which articles of a shard have too many neighbours, how many, and their depth."""
    import pyarrow as pa

    shard = shards_of(job)[part["shard"]]
    counts = np.zeros((shard.end - shard.first, LEVELS), np.int32)
    for key in part["near"]:
        filters = [("row", ">=", shard.first), ("row", "<", shard.end)]
        table = job.folder.read_table(f"counts/{key}.parquet", None, filters)
        row, level, more = (array(table.column(name)) for name in ("row", "level", "count"))
        counts[row - shard.first, level] += more
    total = counts.sum(axis=1)
    many = np.flatnonzero(total > job.settings.max_neighbours)
    depth = depths(counts[many], job.settings.max_neighbours)
    columns = {"row": many + shard.first, "count": total[many], "depth": depth}
    table = pa.table({name: pa.array(column) for name, column in columns.items()})
    return {"bytes": job.folder.write_table(f"crowded/{part['key']}.parquet", table)}


def choose(job: Job, part: Part) -> Told:
    """Which pairs of a shard's articles with earlier ones are scored; all, unless too many."""
    import pyarrow as pa

    depth = np.zeros(shards_of(job)[-1].end, np.int8)
    for key in part["shards"]:
        table = job.folder.read_table(f"crowded/{key}.parquet")
        depth[array(table.column("row"))] = array(table.column("depth"))
    parts = [job.folder.read_table(f"near/{key}.parquet") for key in part["near"]]
    near = _Near(
        *(np.concatenate([array(one.column(name)) for one in parts]) for name in _Near._fields)
    )
    lesser = np.minimum(depth[near.left], depth[near.right])
    kept = near.level >= lesser
    left, right = near.left[kept].astype(np.int32), near.right[kept].astype(np.int32)
    order = np.lexsort((right, left))
    weight = weights(lesser[kept], near.grade[kept])
    columns = {"left": left, "right": right, "weight": weight}
    table = pa.table({name: pa.array(column[order]) for name, column in columns.items()})
    size = job.folder.write_table(f"chosen/{part['key']}.parquet", table)
    return {"chosen": len(left), "bytes": size}


def score_pairs(job: Job, part: Part) -> Told:
    """Probabilities of the chosen pairs between two shards, and a forest of the strong ones."""
    every = shards_of(job)
    left, right = every[part["i"]], every[part["j"]]
    pairs, weight = _chosen_between(job, f"{part['j']:05}", left)
    found, weighed = no_pairs(), weight[:0]
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
        weighed = weight[np.searchsorted(_keys(pairs), _keys(found))]
    size = job.folder.write_table(f"scored/{part['key']}.parquet", pairs_table(found, weighed))
    strong = found.score >= np.float32(least_tie(job.settings))
    size += spanning(job, part["key"], [(found.left[strong], found.right[strong])])
    return {"scored": len(pairs.left), "kept": len(found.left), "bytes": size}


def _keys(pairs: Pairs) -> Ints:
    return (pairs.left.astype(np.int64) << 32) | pairs.right


def _chosen_between(job: Job, late: str, early: Shard) -> tuple[Pairs, NDArray[np.float32]]:
    """Pairs by left, then right, and of how many each was drawn."""
    filters = [("left", ">=", early.first), ("left", "<", early.end)]
    table = job.folder.read_table(f"chosen/{late}.parquet", None, filters)
    left, right = array(table.column("left")), array(table.column("right"))
    return Pairs(left, right, np.zeros(len(left), np.float32)), array(table.column("weight"))


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
