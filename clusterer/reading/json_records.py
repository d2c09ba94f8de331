"""JSON and JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from clusterer.news import Page, Rejected
from clusterer.reading.charset import decode
from clusterer.reading.files import Source, Unreadable, open_bytes
from clusterer.reading.records import page_of
from clusterer.reading.wires import is_ninjs, read_ninjs
from clusterer.settings import Settings

# Where a JSON document keeps its list of records.
_LISTS = ("articles", "items", "records", "data", "results", "entries", "posts", "hits", "docs")


def read_json_lines(
    source: Source, settings: Settings, fields: Mapping[str, str]
) -> Iterator[Page | Rejected]:
    """One page a line, streamed; a broken line is a ``Rejected`` that names it."""
    limit = min(settings.max_page_bytes, 4 * settings.max_line_chars)
    number = size = 0
    try:
        with open_bytes(source) as handle:
            while line := handle.readline(limit + 1):
                number += 1
                size += len(line)
                if size > settings.max_file_bytes:
                    raise Unreadable(f"larger than {settings.max_file_bytes} bytes")
                place = f"{source.name}!{number}"
                if len(line) > limit:
                    yield Rejected(place, f"a line of more than {limit} bytes")
                    while line and not line.endswith(b"\n"):
                        line = handle.readline(limit + 1)
                        size += len(line)
                elif line.strip():
                    yield _record(line, place, source.name, fields)
    except Unreadable as why:
        # What came before the break is good and has been told; the rest is lost and said so.
        yield Rejected(source.name, f"{why}, after line {number}" if number else str(why))
        return
    if not number:
        raise Unreadable("empty")


def _record(line: bytes, place: str, path: str, fields: Mapping[str, str]) -> Page | Rejected:
    try:
        record = json.loads(decode(line.strip()))
    except Unreadable as why:
        return Rejected(place, str(why))
    except (ValueError, RecursionError):
        return Rejected(place, "not valid JSON")
    if not isinstance(record, dict):
        return Rejected(place, "a JSON value that is no object")
    return _page(record, place, path, fields)


def _page(
    record: dict[str, Any], place: str, path: str, fields: Mapping[str, str]
) -> Page | Rejected:
    if is_ninjs(record):
        return read_ninjs(path, record, place)
    return page_of(record, place, path, fields)


def read_json(source: Source, text: str, fields: Mapping[str, str]) -> Iterator[Page | Rejected]:
    """The records of a JSON document: an object, a list, or an object that holds a list."""
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("not valid JSON") from None
    records = _records(document)
    if not records:
        raise Unreadable("JSON without records")
    for number, record in enumerate(records, 1):
        place = source.name if len(records) == 1 else f"{source.name}!{number}"
        if isinstance(record, dict):
            yield _page(record, place, source.name, fields)
        else:
            yield Rejected(place, "a JSON value that is no object")


def _records(document: Any) -> list[Any]:
    if isinstance(document, list):
        return document
    if not isinstance(document, dict):
        return []
    for name in _LISTS:
        if isinstance(document.get(name), list):
            return list(document[name])
    return [document]
