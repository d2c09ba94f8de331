"""Scored pairs to groups: components by merging spanning forests, then grouping inside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusterer.engine.engines import Part, Told
from clusterer.engine.job import Job
from clusterer.engine.shelving import Shard, pair_key, shard_pairs, shards_of
from clusterer.engine.tables import array, pairs_of, to_text
from clusterer.grouping import group
from clusterer.living.ties import joined, no_pairs
from clusterer.news import Pairs

Ints = NDArray[np.int64]
Edges = tuple[NDArray[np.integer[Any]], NDArray[np.integer[Any]]]

FOREST = 16  # forests that one task merges into one


def spanning(job: Job, key: str, edges: Sequence[Edges]) -> int:
    """Write a spanning forest of some graphs together: the same components, fewest edges."""
    import pyarrow as pa
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import minimum_spanning_tree

    left = np.concatenate([np.asarray(one, np.int64) for one, _ in edges])
    right = np.concatenate([np.asarray(other, np.int64) for _, other in edges])
    rows, places = np.unique(np.concatenate([left, right]), return_inverse=True)
    ends = places.reshape(2, -1)
    graph = coo_matrix((np.ones(ends.shape[1]), (ends[0], ends[1])), shape=(len(rows),) * 2)
    graph = graph.tocsr()
    graph.data[:] = 1  # an edge told twice is one edge
    tree = minimum_spanning_tree(graph).tocoo()
    table = pa.table({"left": pa.array(rows[tree.row]), "right": pa.array(rows[tree.col])})
    return job.folder.write_table(f"forest/{key}.parquet", table)


def merge(job: Job, part: Part) -> Told:
    """One forest out of several."""
    size = spanning(job, part["key"], [_edges(job, key) for key in part["forests"]])
    return {"bytes": size}


def _edges(job: Job, key: str) -> Edges:
    table = job.folder.read_table(f"forest/{key}.parquet")
    return array(table.column("left")), array(table.column("right"))


def join(job: Job, part: Part) -> Told:
    """Components of all articles, dealt out to the shards of their first articles.

    Tells for each of these shards which shards its components reach, and the largest component.
    """
    import pyarrow as pa
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    shards = shards_of(job)
    count = shards[-1].end
    left, right = _edges(job, part["forest"])
    graph = coo_matrix((np.ones(len(left), np.int8), (left, right)), shape=(count, count))
    _, label = connected_components(graph, directed=False)
    _, first = np.unique(label, return_index=True)  # the least row of each component
    root = first[label]
    order = np.lexsort((np.arange(count), root))
    starts = np.searchsorted(root[order], [shard.first for shard in shards])
    ends = [*starts[1:].tolist(), count]
    reached = []
    for number, (start, end) in enumerate(zip(starts.tolist(), ends, strict=True)):
        rows = order[start:end]
        table = pa.table({"row": pa.array(rows), "root": pa.array(root[rows])})
        job.folder.write_table(f"members/{number:05}.parquet", table)
        reached.append(_homes(rows, shards))
    return {"reached": reached, "largest": int(np.bincount(label).max(initial=0))}


def _homes(rows: Ints, shards: Sequence[Shard]) -> list[int]:
    firsts = np.array([shard.first for shard in shards])
    homes: list[int] = np.unique(np.searchsorted(firsts, rows, side="right") - 1).tolist()
    return homes


def group_members(job: Job, part: Part) -> Told:
    """Events and stories among the components that begin in a shard, by their least rows.

    Tells for each shard in which of these stories begin which shards they reach.
    """
    import pyarrow as pa

    members = job.folder.read_table(f"members/{part['key']}.parquet")
    rows = array(members.column("row"))
    order = np.argsort(rows)
    rows, root = rows[order], array(members.column("root"))[order]
    ids = _ids(job, rows, part)
    pairs, weight = pairs_among(job, rows, root, part["reached"])
    labels = group(ids, pairs, job.settings, weight=weight)
    story, event = _least(rows, labels.story), _least(rows, labels.event)
    order = np.lexsort((rows, event, story))
    table = pa.table(
        {
            name: pa.array(one[order])
            for name, one in (("row", rows), ("story", story), ("event", event))
        }
    )
    size = job.folder.write_table(f"grouped/{part['key']}.parquet", table)
    shards = shards_of(job)
    begun = {}
    for shard in _homes(np.unique(story), shards):
        mine = (story >= shards[shard].first) & (story < shards[shard].end)
        begun[str(shard)] = _homes(rows[mine], shards)
    return {"bytes": size, "begun": begun, "pairs": len(pairs.left)}


def _ids(job: Job, rows: Ints, part: Part) -> list[str]:
    """Ids of sorted rows."""
    shards = shards_of(job)
    found: list[str] = []
    for shard in part["reached"]:
        here = rows[(rows >= shards[shard].first) & (rows < shards[shard].end)]
        column = job.folder.read_table(f"articles/{shard:05}.parquet", ("id",)).column("id")
        told = column.take(_positions(here - shards[shard].first))
        found += [to_text(id) for id in told.to_pylist()]
    return found


def _positions(rows: Ints) -> Any:
    import pyarrow as pa

    return pa.array(rows)


def _least(rows: Ints, labels: NDArray[np.int32]) -> Ints:
    """The least row of each row's group; ``rows`` are sorted."""
    _, first, place = np.unique(labels, return_index=True, return_inverse=True)
    return rows[first][place]


def pairs_among(
    job: Job, rows: Ints, kin: Ints, reached: Sequence[int]
) -> tuple[Pairs, NDArray[np.float32]]:
    """Scored pairs of sorted ``rows`` of one kin, as positions among them, in a fixed order; and
    of how many each was drawn.

    ``reached`` are the shards that the rows lie in.
    """
    parts, weights = [no_pairs()], [np.empty(0, np.float32)]
    shards = [shards_of(job)[number] for number in reached]
    near = shard_pairs(shards, job.settings.candidate_hours)
    for key in [pair_key(reached[i], reached[j]) for i, j in near] if len(rows) else ():
        table = job.folder.read_table(
            f"scored/{key}.parquet",
            None,
            [("left", ">=", int(rows[0])), ("right", "<=", int(rows[-1]))],
        )
        pairs = pairs_of(table)
        left, right = (np.searchsorted(rows, side) for side in pairs[:2])
        last = len(rows) - 1
        here = (rows[left.clip(max=last)] == pairs.left) & (
            rows[right.clip(max=last)] == pairs.right
        )
        left, right = left[here], right[here]
        one = kin[left] == kin[right]
        weights.append(array(table.column("weight"))[here][one])
        parts.append(
            Pairs(left[one].astype(np.int32), right[one].astype(np.int32), pairs.score[here][one])
        )
    found = joined(parts)
    order = np.lexsort((found.right, found.left))
    sorted_pairs = Pairs(found.left[order], found.right[order], found.score[order])
    return sorted_pairs, np.concatenate(weights)[order]
