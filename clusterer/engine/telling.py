"""Grouped articles to stories told: who copied whom, who said it first, as the contract has it."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.engine.describing import sentences_at
from clusterer.engine.engines import Part, Told
from clusterer.engine.job import Job
from clusterer.engine.joining import pairs_among
from clusterer.engine.settling import exceptions
from clusterer.engine.shelving import articles_of, shards_of
from clusterer.engine.tables import array, rejected_of, rejected_table, to_bytes, to_text
from clusterer.living.chronicle import Told as ToldStory
from clusterer.living.compose import Material, Plan, tell
from clusterer.living.identity import name_after
from clusterer.living.intake import crowded
from clusterer.living.rulings import Rulings
from clusterer.living.ties import Ties
from clusterer.news import Article, Credit, Limit, Rejected, Sentences
from clusterer.result import REACHED_TOLD, Result, reading_order
from clusterer.sources.translations import Translations
from clusterer.storing.plain import from_bytes
from clusterer.storing.plain import to_bytes as as_json
from clusterer.writing.contract import story_of
from clusterer.writing.table import table_of

Ints = NDArray[np.int64]

# Rows of each file that is merged which are in memory at once.
MERGED = 64


class Known(NamedTuple):
    """What stories are told from, in the order of rows."""

    articles: list[Article]
    credits: list[tuple[Credit, ...]]
    sentences: Sentences


def known_of(job: Job, shard: int, rows: list[int]) -> Known:
    """For some rows of a shard, sorted; their articles with all limits that bit."""
    table = job.folder.read_table(f"credits/{shard:05}.parquet", None, [("row", "in", rows)])
    limits = [from_bytes(tuple[Limit, ...], one) for one in table.column("limits").to_pylist()]
    credits = [from_bytes(tuple[Credit, ...], one) for one in table.column("credits").to_pylist()]
    crowd = _crowded(job, shard)
    articles = [
        replace(article, limits=told).limited(
            *([Limit("max_neighbours", crowd[row])] if row in crowd else ())
        )
        for article, told, row in zip(articles_of(job, shard, rows), limits, rows, strict=True)
    ]
    return Known(articles, credits, sentences_at(job, shard, rows))


def _crowded(job: Job, shard: int) -> dict[int, int]:
    """Rows of a shard that had too many neighbours, and how many."""
    table = job.folder.read_table(f"crowded/{shard:05}.parquet")
    rows, counts = (array(table.column(name)).tolist() for name in ("row", "count"))
    return dict(zip(rows, counts, strict=True))


class _Group(NamedTuple):
    """Articles of some stories by sorted ``rows``: the least row of each one's story and event."""

    rows: Ints
    story: Ints
    event: Ints


def tell_shard(job: Job, part: Part) -> Told:
    """Tell the stories whose first articles lie in a shard, in reading order.

    Stories in ``part["without"]`` are left out, their articles rejected. With ``part["only"]``
    nothing is written: it is tried whether these stories can be told.
    """
    import pyarrow as pa

    found = _grouped(job, part)
    without, only = dict(part.get("without", ())), part.get("only")
    material, places = _material(job, part, found)
    asked = [
        plan
        for plan, first in _plans(found, material.articles)
        if first not in without and (only is None or first in only)
    ]
    told = sorted(tell(asked, material), key=lambda one: reading_order(one.story))
    if only is not None:
        return {}
    result = _result(job, told, material)
    lines = [
        json.dumps(story_of(result, one.story), ensure_ascii=False).encode("utf-8", "surrogatepass")
        for one in told
    ]
    orders = [reading_order(one.story) for one in told]
    table = pa.table(
        {
            "size": pa.array([order[0] for order in orders], pa.int64()),
            "latest": pa.array([order[1] for order in orders], pa.float64()),
            "id": pa.array([one.story.id for one in told], pa.string()),
            "line": pa.array(lines, pa.large_binary()),
            "told": pa.array([as_json(ToldStory, one) for one in told], pa.large_binary()),
        }
    )
    size = job.folder.write_table(f"told/{part['key']}.parquet", table)
    size += job.folder.write_table(f"table/{part['key']}.parquet", table_of(result))
    _reject(job, part["key"], found, material.articles, places, without)
    return {
        "bytes": size,
        "articles": len(result.articles),
        "stories": len(told),
        "events": len(result.events),
        "limits": {one.setting: [one.bitten, one.articles, one.most] for one in result.limits},
    }


def stories_in(job: Job, part: Part) -> Iterator[tuple[str, str]]:
    """(least row, id) of the stories of a shard: what one that fails is searched by."""
    found = _grouped(job, part)
    material, _ = _material(job, part, found)
    for plan, first in _plans(found, material.articles):
        yield first, plan.id


def _grouped(job: Job, part: Part) -> _Group:
    """The articles of the stories that begin in the shard, without those that are no more."""
    first, end = shards_of(job)[part["shard"]][:2]
    filters = [("story", ">=", first), ("story", "<", end)]
    tables = [
        job.folder.read_table(f"grouped/{key}.parquet", None, filters) for key in part["grouped"]
    ]
    rows, story, event = (
        np.concatenate([array(table.column(name)) for table in tables])
        for name in ("row", "story", "event")
    )
    here = ~np.isin(rows, part["gone"])
    order = np.argsort(rows[here])
    return _Group(*(column[here][order] for column in (rows, story, event)))


def _material(job: Job, part: Part, found: _Group) -> tuple[Material, list[int]]:
    """What these stories are told from, by place among their rows."""
    shards = shards_of(job)
    articles: list[Article] = []
    credits: list[tuple[Credit, ...]] = []
    vectors, bounds = [], [np.zeros(1, np.int64)]
    for shard in part["reached"]:
        here = found.rows[(found.rows >= shards[shard].first) & (found.rows < shards[shard].end)]
        if not len(here):
            continue
        known = known_of(job, shard, here.tolist())
        articles += known.articles
        credits += known.credits
        vectors.append(known.sentences.vectors)
        bounds.append(known.sentences.bounds[1:] + bounds[-1][-1])
    stages = job.stages()
    blank = np.empty((0, stages.encoder.dimension), np.float32)
    pairs, _ = pairs_among(job, found.rows, found.story, part["reached"])
    material = Material(
        articles,
        credits,
        Sentences(np.concatenate([blank, *vectors]), np.concatenate(bounds)),
        Ties(pairs),
        Translations(),
        stages.gazetteer,
        Rulings(),
    )
    return material, found.rows.tolist()


def _plans(found: _Group, articles: Sequence[Article]) -> Iterator[tuple[Plan, str]]:
    """Stories before they are told, with their least rows, by these; founders come first, for
    rows are in the order of founding."""
    stories: dict[int, dict[int, list[int]]] = {}
    columns = (found.story.tolist(), found.event.tolist())
    for place, (story, event) in enumerate(zip(*columns, strict=True)):
        stories.setdefault(story, {}).setdefault(event, []).append(place)
    for story, events in sorted(stories.items()):
        named = tuple(
            (name_after("e", articles[rows[0]].id), tuple(rows))
            for _, rows in sorted(events.items())
        )
        yield Plan(name_after("s", articles[named[0][1][0]].id), named), str(story)


def _result(job: Job, told: Sequence[ToldStory], material: Material) -> Result:
    ids = {id for one in told for id in one.story.articles}
    mine = [at for at, article in enumerate(material.articles) if article.id in ids]
    return Result(
        stories=tuple(one.story for one in told),
        articles={material.articles[at].id: material.articles[at] for at in mine},
        credits={material.articles[at].id: material.credits[at] for at in mine},
        why={id: why for one in told for id, why in one.why.items()},
        rejected=(),
        pages=0,
        encoder=job.stages().encoder.id,
        settings=job.settings.told(),
    )


def _reject(
    job: Job,
    key: str,
    found: _Group,
    articles: Sequence[Article],
    rows: Sequence[int],
    without: Mapping[str, str],
) -> None:
    stories = map(str, found.story.tolist())
    rejected = [
        (row, Rejected(article.id, without[story]))
        for row, article, story in zip(rows, articles, stories, strict=True)
        if story in without
    ]
    job.folder.write_table(f"rejected/tell-{key}.parquet", rejected_table(rejected))


# The end


def finish(job: Job, part: Part) -> Told:
    """One file of all stories in reading order, and one of all that was rejected."""
    names = job.folder.names("told")
    told = heapq.merge(*(_lines(job, name) for name in names), key=lambda row: row[:3])
    job.folder.write_parts("stories.jsonl", (line + b"\n" for *_, line in told))
    rejected = sorted(_rejected(job).values(), key=lambda one: one.page)
    plain = (
        json.dumps({"page": one.page, "why": one.why}, ensure_ascii=False) + "\n"
        for one in rejected
    )
    job.folder.write_parts("rejected.jsonl", map(to_bytes, plain))
    return {"rejected": len(rejected)}


def _lines(job: Job, name: str) -> Iterator[tuple[int, float, str, bytes]]:
    for batch in job.folder.batches(f"told/{name}", MERGED):
        columns = [batch.column(name).to_pylist() for name in ("size", "latest", "id", "line")]
        yield from zip(*columns, strict=True)


def _rejected(job: Job) -> dict[str, Rejected]:
    """By page, as a run that goes through the pages in their order would tell them."""
    names = job.folder.names("rejected")
    early = [name for name in names if name.startswith(("list", "read"))]
    known = exceptions(job)
    at: dict[int, Rejected] = {}
    for place, one in _all(job, early):
        at[place] = Rejected(known.renamed[place], one.why) if place in known.renamed else one
    why = crowded(job.settings.max_copies)
    for place, page in _refused(job).items():
        at[place] = Rejected(known.renamed.get(place, page), why)
    found = {at[place].page: at[place] for place in sorted(at)}
    late = [name for name in names if name not in early]
    found.update((one.page, one) for _, one in _all(job, late))
    return found


def _all(job: Job, names: Sequence[str]) -> Iterator[tuple[int, Rejected]]:
    for name in names:
        yield from rejected_of(job.folder.read_table(f"rejected/{name}"))


def _refused(job: Job) -> dict[int, str]:
    """Place → id as read of the pages whose words came too often."""
    found: dict[int, str] = {}
    for name in job.folder.names("settled"):
        table = job.folder.read_table(f"settled/{name}", None, [("refused", "=", True)])
        places, pages = array(table.column("place")).tolist(), table.column("was").to_pylist()
        found.update(zip(places, map(to_text, pages), strict=True))
    return found


def merged_limits(parts: Iterable[Mapping[str, Sequence[Any]]]) -> dict[str, list[Any]]:
    """Limits that bit, told by parts of the articles, as told of all: bitten, first ids, most."""
    found: dict[str, list[Any]] = {}
    for part in parts:
        for name, (bitten, ids, most) in part.items():
            known = found.setdefault(name, [0, [], 0])
            known[0] += bitten
            known[1] = sorted([*known[1], *ids])[:REACHED_TOLD]
            known[2] = max(known[2], most)
    return dict(sorted(found.items()))
