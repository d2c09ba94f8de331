"""House habits and calques that survive translation: hints at the language of the parent."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from clusterer.news import Article
from clusterer.text.script import fold_text


class Habit(NamedTuple):
    """One row of ``data/habits.toml``: how to find it and what it hints at."""

    name: str
    pattern: re.Pattern[str]
    parent: frozenset[str]
    foreign: frozenset[str]
    house: str


def habit_hint(one: Article, other: Article) -> float:
    """In [-1, 1]: 1 where ``other`` writes as only the language of ``one`` does; 0 unknown."""
    return float(_kept_from(one, other)) - float(_kept_from(other, one))


def _kept_from(parent: Article, child: Article) -> bool:
    return any(parent.language in habit.parent for habit in habits_of(child))


def habits_of(article: Article) -> tuple[Habit, ...]:
    """The habits foreign to its language that an article shows."""
    nearby = [habit for habit in _habits() if article.language in habit.foreign]
    if not nearby:
        return ()
    folded = fold_text(article.span.of(article.text))
    return tuple(habit for habit in nearby if habit.pattern.search(folded))


@cache
def _habits() -> tuple[Habit, ...]:
    told = tomllib.loads(files("clusterer.data").joinpath("habits.toml").read_text("utf-8"))
    return tuple(
        Habit(
            row["name"],
            re.compile(row["pattern"]),
            frozenset(row["parent"]),
            frozenset(row["foreign"]),
            row["house"],
        )
        for row in told["habit"]
    )
