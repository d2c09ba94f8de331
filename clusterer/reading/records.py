"""Records (JSON, tables, feeds) into pages: which field says what, under whose names."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from clusterer.news import Hints, Page, Rejected, Span
from clusterer.reading.markup import plain_text
from clusterer.text.script import fold_text

BREAK = "\n\n"
MAX_LEAD_LINES = 4  # a post may open with an emoji line or two before its title


def page_of(
    record: Mapping[str, Any], place: str, path: str, fields: Mapping[str, str]
) -> Page | Rejected:
    """The page of one record. ``place`` names it where the record has no id of its own.

    The text is title, blank line, body; where the body already begins with the title it is
    the body alone.
    """
    told = {name: _first(record, name, fields) for name in _names()}
    title, body = plain_text(told["title"] or ""), plain_text(told["text"] or "")
    if not title and not body:
        return Rejected(place, "a record without title and text")
    text, title_span, body_span = lay_out(title, body)
    return Page(told["id"] or place, path, text, title_span, body_span, _hints(told))


def lay_out(title: str, body: str) -> tuple[str, Span | None, Span]:
    """Text, title span and body span of a record."""
    title, body = title.strip(), body.strip()
    if not title:
        return body, None, Span(0, len(body))
    if not body:
        return title, Span(0, len(title)), Span(len(title), len(title))
    inside = _title_in(title, body)
    if inside is not None:
        return body, inside, Span(0, len(body))
    start = len(title) + len(BREAK)
    return title + BREAK + body, Span(0, len(title)), Span(start, start + len(body))


def _title_in(title: str, body: str) -> Span | None:
    """Where the body's first lines say the title, cut-off marks aside."""
    said = fold_text(title).rstrip(". ")
    at = 0
    for line in body.split("\n")[:MAX_LEAD_LINES]:
        lead = len(line) - len(line.lstrip())
        shown = line.strip()
        if said and fold_text(shown).startswith(said):
            end = len(shown)
            while end > 1 and fold_text(shown[: end - 1]).startswith(said):
                end -= 1
            return Span(at + lead, at + lead + end)
        at += len(line) + 1
    return None


def _first(record: Mapping[str, Any], name: str, fields: Mapping[str, str]) -> str | None:
    """The first filled field that goes by ``name``; the caller's map comes first."""
    keys = (fields[name],) if name in fields else _names()[name]
    for key in keys:
        value = _text(_inside(record, key))
        if value:
            return value
    return None


def _inside(record: Mapping[str, Any], key: str) -> Any:
    """``key`` itself, or a path of keys with dots."""
    if key in record:
        return record[key]
    value: Any = record
    for part in key.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return value


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, (bool, bytes)):
        return None
    if isinstance(value, (list, tuple)):
        return ", ".join(filter(None, map(_text, value))) or None
    if isinstance(value, Mapping):
        return _text(value.get("name") or value.get("title") or value.get("value"))
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    said = str(value).strip()
    return said if said and said.lower() not in ("nan", "nat", "none", "null") else None


def _hints(told: Mapping[str, str | None]) -> Hints:
    credits = told["credits"]
    if credits in (told["url"], told["canonical"], told["site"], told["outlet"]):
        credits = None  # the page itself, or who serves it, is no source of it
    return Hints(
        url=told["url"],
        canonical=told["canonical"],
        site=told["site"],
        outlet=told["outlet"],
        author=told["author"],
        language=told["language"],
        published=told["published"],
        credits=(credits,) if credits else (),
    )


@cache
def _names() -> dict[str, tuple[str, ...]]:
    path = files("clusterer.data").joinpath("fields.toml")
    told = tomllib.loads(path.read_text("utf-8"))["fields"]
    return {name: tuple(keys) for name, keys in told.items()}
