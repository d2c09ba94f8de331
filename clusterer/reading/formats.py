"""What a file is, by content first and suffix second, and the reader for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from clusterer.news import Page, Rejected
from clusterer.reading.charset import decode
from clusterer.reading.files import Source, Unreadable, read_bytes
from clusterer.reading.json_records import read_json, read_json_lines
from clusterer.settings import Settings

_LINES = (".jsonl", ".ndjson", ".jl")


def read_source(
    source: Source, settings: Settings, fields: Mapping[str, str]
) -> Iterator[Page | Rejected]:
    """The pages of one file; a file that yields nothing is one ``Rejected``."""
    try:
        if source.suffix in _LINES:
            yield from read_json_lines(source, settings, fields)
            return
        text = decode(read_bytes(source, settings))
        if source.suffix == ".json":
            yield from read_json(source, text, fields)
        else:
            yield plain(source, text, settings)
    except Unreadable as why:
        yield Rejected(source.name, str(why))


def plain(source: Source, text: str, settings: Settings) -> Page:
    longest = max(map(len, text.split("\n")))
    if longest > settings.max_line_chars:
        raise Unreadable(f"a line of more than {settings.max_line_chars} characters")
    if not text.strip():
        raise Unreadable("empty")
    return Page(source.name, source.name, text)
