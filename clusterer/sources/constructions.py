"""The ways of words in which a medium is credited, read from ``data/cues/constructions.toml``.

Rows are tried in the order of the table; the first that fits a mention names its role.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, cast

from clusterer.news import Role
from clusterer.sources.cues import HERE, THERE, lexicon
from clusterer.sources.media import Unit

# Tokens looked at on either side of a mention; a credit is worded close to the name.
_REACH = 40


@dataclass(frozen=True, slots=True)
class Row:
    """One construction. ``role`` is None for furniture, which yields no credit."""

    code: str
    role: Role | None
    pattern: re.Pattern[str]
    strength: float
    place: str
    bears: int
    first_hand: bool


@dataclass(frozen=True, slots=True)
class Constructions:
    """All rows of one language. ``links`` join two media of a unit, the nearer one HERE."""

    rows: tuple[Row, ...]
    issuers: tuple[Row, ...]
    carriers: tuple[Row, ...]
    links: tuple[re.Pattern[str], ...]
    positions: Mapping[str, float]

    def credit(self, unit: Unit, at: int, places: frozenset[str], *, doubt: int) -> Row | None:
        """The first row that fits the medium at token ``at``."""
        return _first(self.rows, unit, at, places, doubt)

    def issuer(self, unit: Unit, at: int, places: frozenset[str]) -> Row | None:
        """The first row by which the body at token ``at`` issued the news."""
        return _first(self.issuers, unit, at, places, 0)

    def carrier(self, unit: Unit, at: int, places: frozenset[str]) -> Row | None:
        """The first row by which the platform at token ``at`` carried the news."""
        return _first(self.carriers, unit, at, places, 0)

    def linked(self, unit: Unit, near: int, far: int) -> bool:
        """Whether the medium at ``near`` took from the one at ``far``."""
        symbols = unit.symbols
        window = (
            symbols[max(0, near - _REACH) : near]
            + HERE
            + symbols[near + 1 : far]
            + THERE
            + symbols[far + 1 : far + _REACH]
        )
        return any(link.search(window) for link in self.links)


def _first(
    rows: tuple[Row, ...], unit: Unit, at: int, places: frozenset[str], doubt: int
) -> Row | None:
    symbols = unit.symbols
    window = f"{symbols[max(0, at - _REACH) : at]}{HERE}{symbols[at + 1 : at + _REACH]}"
    for row in rows:
        if row.place in places and doubt <= row.bears and row.pattern.search(window):
            return row
    return None


@cache
def constructions(language: str) -> Constructions:
    """The table compiled for the lexicon of ``language``."""
    path = resources.files("clusterer.data") / "cues" / "constructions.toml"
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    words = lexicon(language)
    here = words.language
    return Constructions(
        rows=tuple(_row(row, here) for row in told["row"] if _spoken(row, here)),
        issuers=tuple(_row(row, here) for row in told["issuer"] if _spoken(row, here)),
        carriers=tuple(_row(row, here) for row in told["carrier"] if _spoken(row, here)),
        links=tuple(
            words.pattern(pattern)
            for link in told["link"]
            if _spoken(link, here)
            for pattern in link["patterns"]
        ),
        positions=told["positions"],
    )


def _spoken(row: Mapping[str, Any], language: str) -> bool:
    return language in row.get("languages", (language,))


def _row(row: Mapping[str, Any], language: str) -> Row:
    words = lexicon(language)
    either = "|".join(f"(?:{words.pattern(written).pattern})" for written in row["patterns"])
    return Row(
        code=row["code"],
        role=None if row["role"] == "nothing" else cast(Role, row["role"]),
        pattern=re.compile(either),
        strength=row["strength"],
        place=row.get("place", "anywhere"),
        bears=row.get("bears", 1),
        first_hand=row.get("first_hand", False),
    )
