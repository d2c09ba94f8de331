"""Articles as flat rows: for CSV, Parquet and data frames."""

from __future__ import annotations

import csv
import io
from typing import Any

from clusterer.errors import MissingExtraError
from clusterer.result import Result
from clusterer.writing.contract import contract

COLUMNS = (
    "story",
    "story_title",
    "event",
    "article",
    "page",
    "title",
    "language",
    "outlet",
    "outlet_name",
    "published",
    "precision",
    "copy_group",
    "credits",
    "origin_kind",
    "origin",
    "origin_confidence",
    "origin_status",
    "url",
)


def rows(result: Result) -> list[dict[str, Any]]:
    """One dict an article, keys as in ``COLUMNS``; ``origin`` is the event's."""
    told = contract(result)
    table = []
    for story in told["stories"]:
        origins = {event["id"]: event["origin"] for event in story["events"]}
        for article in story["articles"]:
            origin = origins[article["event"]]
            published = article["published"] or {}
            table.append(
                {
                    "story": story["id"],
                    "story_title": story["title"],
                    "event": article["event"],
                    "article": article["id"],
                    "page": article["page"],
                    "title": article["title"],
                    "language": article["language"],
                    "outlet": article["outlet"],
                    "outlet_name": article["outlet_name"],
                    "published": published.get("at"),
                    "precision": published.get("precision"),
                    "copy_group": article["copy_group"],
                    "credits": " ".join(
                        dict.fromkeys(c["agency"] for c in article["credits"] if c["agency"])
                    ),
                    "origin_kind": origin["kind"],
                    "origin": origin["article"] or origin["agency"] or origin["name"],
                    "origin_confidence": origin["confidence"],
                    "origin_status": origin["status"],
                    "url": article.get("url"),
                }
            )
    return table


def to_csv(result: Result) -> str:
    """RFC 4180. Cells that a spreadsheet would run as a formula are quoted with an apostrophe."""
    sink = io.StringIO(newline="")
    writer = csv.DictWriter(sink, COLUMNS)
    writer.writeheader()
    for row in rows(result):
        writer.writerow({key: _inert(value) for key, value in row.items()})
    return sink.getvalue()


def to_parquet(result: Result) -> bytes:
    """Needs the extra ``tables``; raises MissingExtraError without it."""
    try:
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtraError("Parquet output", "tables") from None
    sink = io.BytesIO()
    pq.write_table(table_of(result), sink)
    return sink.getvalue()


def table_of(result: Result) -> Any:
    """The rows as a table of Arrow, which the caller has."""
    import pyarrow as pa

    strings = [name for name in COLUMNS if name != "origin_confidence"]
    schema = pa.schema([(n, pa.string() if n in strings else pa.float64()) for n in COLUMNS])
    return pa.Table.from_pylist(rows(result), schema=schema)


def _inert(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value
