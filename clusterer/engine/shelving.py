"""Articles in the order of their founding, dealt into shards by day; then what is known of each.

A shard holds whole days, or a part of a day that is larger than a shard. An article's row is its
place in the order of all articles, the same as in a collection that gets them in one ``add``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from clusterer.engine.engines import Part, Told
from clusterer.engine.job import Job
from clusterer.engine.pages import DAY, UNDATED
from clusterer.engine.settling import dropped_of, keys_of, named
from clusterer.engine.tables import array, to_bytes, to_text
from clusterer.news import Article
from clusterer.storing.plain import from_bytes
from clusterer.storing.plain import to_bytes as as_json

SLACK = 1e-3  # hours: shards that may hold a pair are looked into, the pair itself is checked


class Shard(NamedTuple):
    """Rows ``first`` to ``end`` (exclusive), and the hours since 1970 that their times span,
    uncertainty included; both None where the articles have no time."""

    first: int
    end: int
    low: float | None
    high: float | None


def shelf_parts(
    days: Mapping[str, int], parts: Sequence[Mapping[str, Any]], shard: int
) -> list[Part]:
    """The tasks of :func:`shelve`: runs of days with about a shard's articles, or one large day.

    ``days`` counts the articles of each day, ``parts`` say which days their articles are of.
    """
    dated = sorted((int(day) for day, count in days.items() if day != UNDATED and count > 0))
    runs: list[list[int]] = []
    filled = shard
    for day in dated:
        count = days[str(day)]
        if filled + count > shard:
            runs.append([])
            filled = 0
        runs[-1].append(day)
        filled += count
    found: list[Part] = []
    row = number = 0
    groups = [([str(day) for day in run], run[0], run[-1]) for run in runs]
    if days.get(UNDATED, 0) > 0:
        groups.append(([UNDATED], None, None))  # type: ignore[arg-type]
    for names, first, last in groups:
        count = sum(days[name] for name in names)
        found.append(
            {
                "key": f"{number:05}",
                "days": [first, last],
                "row": row,
                "count": count,
                "parts": [part["name"] for part in parts if part["days"].keys() & set(names)],
            }
        )
        row += count
        number += -(-count // shard)
    return found


def note_shards(job: Job, shards: Sequence[Shard]) -> None:
    """Tell all later tasks what the shards are."""
    job.folder.write_json("shards.json", shards)


def shards_of(job: Job) -> list[Shard]:
    return [Shard(*one) for one in job.folder.read_json("shards.json")]


def shard_pairs(shards: Sequence[Shard], hours: float) -> list[tuple[int, int]]:
    """Pairs of shards (places in the sequence, each with itself too) that may hold articles
    within the window, the later one of a pair in order, then the earlier."""
    low = np.array([np.nan if one.low is None else one.low for one in shards])
    high = np.array([np.nan if one.high is None else one.high for one in shards])
    found = []
    for late in range(len(shards)):
        apart = np.maximum(low[late] - high[: late + 1], low[: late + 1] - high[late])
        near = np.flatnonzero(~(apart > hours + SLACK))
        found += [(early, late) for early in near.tolist()]
    return found


def pair_key(early: int, late: int) -> str:
    return f"{early:05}-{late:05}"


def shelve(job: Job, part: Part) -> Told:
    """Write the shards of some days: their articles in order, under their ids and rows."""
    import pyarrow.compute as pc

    low, high = part["days"]
    if low is None:
        filters = pc.field("at").is_null()
    else:
        filters = (pc.field("at") >= low * DAY) & (pc.field("at") < (high + 1) * DAY)
    gone = dropped_of(job, "ids-", "words-")
    rows = []
    for number, name in enumerate(part["parts"]):
        keys = keys_of(job, name, filters)
        columns = (keys.place.tolist(), keys.number.tolist(), keys.ids, keys.at)
        for place, count, id, at in zip(*columns, strict=True):
            if (place, count) not in gone:
                rows.append((at or 0.0, id, number, place, count))
    rows.sort()
    assert len(rows) == part["count"], "articles were counted otherwise than found"
    shards, size = [], 0
    for start in range(0, len(rows), job.shard):
        shard, written = _write(
            job,
            int(part["key"]) + start // job.shard,
            part["row"] + start,
            rows[start : start + job.shard],
            part["parts"],
        )
        shards.append(shard)
        size += written
    return {"shards": shards, "bytes": size}


def _write(
    job: Job,
    shard: int,
    first: int,
    rows: Sequence[tuple[float, str, int, int, int]],
    parts: Sequence[str],
) -> tuple[Shard, int]:
    """One shard; its texts are looked for only now, in the parts that have them."""
    import pyarrow as pa

    texts = {}
    for number in {row[2] for row in rows}:
        wanted = {(place, count) for _, _, part, place, count in rows if part == number}
        places = sorted({place for place, _ in wanted})
        filters = [("place", ">=", places[0]), ("place", "<=", places[-1])]
        name = f"drafts/{parts[number]}.parquet"
        table = job.folder.read_table(name, ("place", "number", "json"), filters)
        where = [array(table.column(each)).tolist() for each in ("place", "number")]
        column = table.column("json")
        for at, key in enumerate(zip(*where, strict=True)):
            if key in wanted:
                texts[key] = column[at].as_py()
    articles = [
        _called(from_bytes(Article, texts[place, count]), id, count)
        for _, id, _, place, count in rows
    ]
    table = pa.table(
        {
            "row": pa.array(range(first, first + len(rows)), pa.int64()),
            "id": pa.array([to_bytes(id) for _, id, *_ in rows], pa.binary()),
            "place": pa.array([place for _, _, _, place, _ in rows], pa.int64()),
            "json": pa.array([as_json(Article, one) for one in articles], pa.large_binary()),
        }
    )
    size = job.folder.write_table(f"articles/{shard:05}.parquet", table)
    return Shard(first, first + len(rows), *_span(articles)), size


def _called(article: Article, id: str, number: int) -> Article:
    """The article under the id that it got when all ids were known."""
    if article.id == id:
        return article
    page = id.removesuffix(f"#{number}") if number > 1 else id
    assert named(page, number) == id
    return replace(article, id=id, page=page)


def _span(articles: Sequence[Article]) -> tuple[float | None, float | None]:
    told = [article.published for article in articles if article.published is not None]
    if not told:
        return None, None
    return (
        min(one.earliest.timestamp() for one in told) / 3600,
        max(one.latest.timestamp() for one in told) / 3600,
    )


def articles_of(job: Job, shard: int, rows: Sequence[int] | None = None) -> list[Article]:
    """The articles of a shard, or of some rows of it (sorted), in their order."""
    filters = None if rows is None else [("row", "in", list(rows))]
    table = job.folder.read_table(f"articles/{shard:05}.parquet", ("json",), filters)
    return [from_bytes(Article, one) for one in table.column("json").to_pylist()]


def ids_of(job: Job, shard: int) -> list[tuple[str, str]]:
    """(row, id) of the articles of a shard: what a shard that fails is searched by."""
    table = job.folder.read_table(f"articles/{shard:05}.parquet", ("row", "id"))
    ids = [to_text(id) for id in table.column("id").to_pylist()]
    return list(zip(map(str, array(table.column("row")).tolist()), ids, strict=True))
