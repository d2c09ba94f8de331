"""Shards of articles to vectors and facts: encoding by workers that hold the model, the rest by
any."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.engine.engines import Part, Told
from clusterer.engine.job import Job
from clusterer.engine.shelving import articles_of
from clusterer.engine.tables import (
    array,
    facts_columns,
    facts_of,
    groups_column,
    groups_of,
    rejected_table,
    sentences_of,
    to_bytes,
    vectors_column,
    vectors_of,
)
from clusterer.living.shelf import slice_sentences, times_of
from clusterer.matching import Facts, centre, crowding, describe, leading
from clusterer.matching.index import Batch, batch_of
from clusterer.news import Credit, Limit, Rejected, Sentences
from clusterer.storing.plain import to_bytes as as_json
from clusterer.storing.rows import restored


def encode(job: Job, part: Part) -> Told:
    """Vectors of a shard's sentences, centred, and what finds its articles: by row, Parquet.

    Articles in ``part["without"]`` stay without vectors: nothing finds them. With ``part["only"]``
    nothing is written: it is tried whether these rows can be encoded.
    """
    import pyarrow as pa

    shard, without, only = part["shard"], dict(part.get("without", ())), part.get("only")
    articles = articles_of(job, shard)
    rows = range(part["first"], part["first"] + len(articles))
    chosen = [
        at
        for at, row in enumerate(rows)
        if str(row) not in without and (only is None or str(row) in only)
    ]
    stages = job.stages()
    vectors = stages.encoded([articles[at] for at in chosen]) if chosen else []
    if only is not None:
        return {}
    parts = [np.empty((0, stages.encoder.dimension), np.float16)] * len(articles)
    for at, found in zip(chosen, vectors, strict=True):
        parts[at] = found
    bounds = np.concatenate([[0], np.cumsum([len(one) for one in parts])]).astype(np.int64)
    languages = np.array([article.language for article in articles], dtype="<U16")
    halves = np.concatenate(parts)
    sentences = centre(Sentences(restored(halves), bounds), languages, stages.encoder.id)
    batch = batch_of(sentences, *times_of(articles))
    table = pa.table(
        {
            "row": pa.array(rows, pa.int64()),
            "id": pa.array([to_bytes(article.id) for article in articles], pa.binary()),
            "published": pa.array(
                [one.published.at if one.published else None for one in articles],
                pa.timestamp("us", tz="UTC"),
            ),
            "language": pa.array([article.language for article in articles]),
            "at": pa.array(batch.at),
            "spread": pa.array(batch.spread),
            "document": vectors_column(batch.spaces[0]),
            "headline": vectors_column(batch.spaces[1]),
            "sentences": groups_column(bounds, vectors_column(halves)),
        }
    )
    size = job.folder.write_table(f"vectors/{shard:05}.parquet", table)
    rejected = [(row, Rejected(articles[row - rows[0]].id, why)) for row, why in _told(without)]
    job.folder.write_table(f"rejected/encode-{shard:05}.parquet", rejected_table(rejected))
    return {"sentences": int(bounds[-1]), "bytes": size, "gone": [row for row, _ in rejected]}


def _told(without: dict[str, str]) -> list[tuple[int, str]]:
    return sorted((int(row), why) for row, why in without.items())


def describe_shard(job: Job, part: Part) -> Told:
    """Credits and facts of a shard's articles, and how crowded their sentences are."""
    import pyarrow as pa

    shard = part["shard"]
    articles = articles_of(job, shard)
    stages = job.stages()
    told, credits = stages.credited(articles)
    facts, widths = facts_columns(describe(articles))
    sentences = sentences_at(job, shard)
    chosen, bounds = leading(sentences.bounds, np.arange(len(articles)))
    crowd = crowding(sentences.vectors[chosen], stages.encoder.id)
    table = pa.table({**facts, "crowd": groups_column(bounds, vectors_column(crowd))})
    size = job.folder.write_table(
        f"facts/{shard:05}.parquet", table.replace_schema_metadata(widths)
    )
    columns = {
        "row": pa.array(range(part["first"], part["first"] + len(articles)), pa.int64()),
        "limits": pa.array([as_json(tuple[Limit, ...], one.limits) for one in told], pa.binary()),
        "credits": pa.array([as_json(tuple[Credit, ...], one) for one in credits], pa.binary()),
    }
    size += job.folder.write_table(f"credits/{shard:05}.parquet", pa.table(columns))
    return {"bytes": size}


def _vectors(job: Job, shard: int, columns: tuple[str, ...], rows: Any = None) -> Any:
    filters = None if rows is None else [("row", "in", list(rows))]
    return job.folder.read_table(f"vectors/{shard:05}.parquet", columns, filters)


def raw_of(table: Any) -> Sentences:
    """The sentences of a table of vectors, as the encoder gave them."""
    found = sentences_of(table.column("sentences"))
    if found.vectors.dtype == np.float16:
        return Sentences(restored(found.vectors.astype(np.float16)), found.bounds)
    return found


def sentences_at(job: Job, shard: int, rows: list[int] | None = None) -> Sentences:
    """The sentences of a shard, or of some rows of it, centred."""
    table = _vectors(job, shard, ("sentences", "language"), rows)
    languages = np.array(table.column("language").to_pylist(), dtype="<U16")
    return centre(raw_of(table), languages, job.stages().encoder.id)


def batch_at(job: Job, shard: int) -> Batch:
    """The rows of a shard as they are searched by."""
    table = _vectors(job, shard, ("document", "headline", "at", "spread"))
    spaces = (vectors_of(table.column("document")), vectors_of(table.column("headline")))
    return Batch(spaces, array(table.column("at")), array(table.column("spread")))


class Judged(NamedTuple):
    """What pairs are judged by: leading sentences, how crowded they are, and facts."""

    sentences: Sentences
    crowd: NDArray[np.float32]
    facts: Facts


def judged_by(job: Job, shard: int, rows: NDArray[np.int64]) -> Judged:
    """For some articles of a shard, by their positions in it."""
    vectors = sentences_at(job, shard)
    table = job.folder.read_table(f"facts/{shard:05}.parquet")
    every = np.arange(len(vectors.bounds) - 1)
    chosen, bounds = leading(vectors.bounds, every)
    lead = Sentences(vectors.vectors[chosen], bounds)
    _, crowd = groups_of(table.column("crowd"))
    width = table.column("crowd").type.value_type.list_size
    crowds = crowd.flatten().to_numpy(zero_copy_only=False).reshape(-1, width)
    known = slice_sentences(Sentences(crowds, bounds), rows)
    return Judged(slice_sentences(lead, rows), known.vectors, facts_of(table).take(rows))
