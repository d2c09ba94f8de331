"""House habits and calques that survive translation: hints at the language of the parent."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any, NamedTuple

from clusterer.news import Article
from clusterer.text.script import fold_text


class Habit(NamedTuple):
    """One row of ``data/habits.toml``: how to find it and what it hints at."""

    name: str
    pattern: re.Pattern[str]
    parent: frozenset[str]
    foreign: frozenset[str]
    house: str


class Style(NamedTuple):
    """How an agency's hand shows in its own language: found at least ``least`` times."""

    house: str
    language: str
    pattern: re.Pattern[str]
    least: int


def houses_of(article: Article) -> tuple[str, ...]:
    """Agencies whose hand an article shows, by id; a hint, never a citation."""
    text = article.span.of(article.text)
    return tuple(
        style.house
        for style in _styles()
        if style.language == article.language
        and sum(1 for _ in islice(style.pattern.finditer(text), style.least)) == style.least
    )


class Hints:
    """Hints of the articles of one event, each looked at once."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Habit, ...]] = {}

    def of(self, one: Article, other: Article) -> float:
        """In [-1, 1]: 1 where ``other`` writes as only the language of ``one`` does; 0 unknown."""
        return float(self._kept_from(one, other)) - float(self._kept_from(other, one))

    def _kept_from(self, parent: Article, child: Article) -> bool:
        habits = self._known.get(child.id)
        if habits is None:
            habits = self._known[child.id] = habits_of(child)
        return any(parent.language in habit.parent for habit in habits)


def habits_of(article: Article) -> tuple[Habit, ...]:
    """The habits foreign to its language that an article shows."""
    nearby = [habit for habit in _habits() if article.language in habit.foreign]
    if not nearby:
        return ()
    folded = fold_text(article.span.of(article.text))
    return tuple(habit for habit in nearby if habit.pattern.search(folded))


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("clusterer.data").joinpath("habits.toml").read_text("utf-8"))


@cache
def _styles() -> tuple[Style, ...]:
    return tuple(
        Style(row["house"], row["language"], re.compile(row["pattern"]), row["least"])
        for row in _table()["style"]
    )


@cache
def _habits() -> tuple[Habit, ...]:
    return tuple(
        Habit(
            row["name"],
            re.compile(row["pattern"]),
            frozenset(row["parent"]),
            frozenset(row["foreign"]),
            row["house"],
        )
        for row in _table()["habit"]
    )
