"""The line that names an outlet's own reporter: the weakest mark of an outlet's own work."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from clusterer.news import Article, Span
from clusterer.text.script import fold_text


# Asked up to three times of an article that is alone.
@lru_cache(maxsize=256)
def byline(article: Article) -> Span | None:
    """The byline of ``article``: a short line near the top, or a block kept as one."""
    for block in article.blocks:
        if block.kind == "byline":
            return block.span
    openers = _openers().get(article.language)
    if openers is None:
        return None
    start = article.title.end if article.title else article.span.start
    seen = 0
    for line in article.text[start : article.span.end].split("\n"):
        bare = line.strip()
        if bare:
            seen += 1
            if len(bare) <= _table()["longest"] and fold_text(bare).startswith(openers):
                first = start + line.index(bare)
                return Span(first, first + len(bare))
        if seen >= _table()["deepest"]:
            return None
        start += len(line) + 1
    return None


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("clusterer.data").joinpath("bylines.toml").read_text("utf-8"))


@cache
def _openers() -> Mapping[str, tuple[str, ...]]:
    told = _table()["openers"]
    return {language: tuple(map(fold_text, openers)) for language, openers in told.items()}
