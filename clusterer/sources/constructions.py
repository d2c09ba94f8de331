"""The ways of words in which a medium is credited, read from ``data/cues/constructions.toml``.

Rows are tried in the order of the table; the first that fits a mention names its role.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, cast

from clusterer.news import Role
from clusterer.sources.cues import HERE, THERE, lexicon
from clusterer.sources.units import Unit

# A kind of source, or of reading it, and the table of its constructions.
KINDS = {
    "medium": "row",
    "survey": "survey",
    "body": "issuer",
    "platform": "carrier",
    "vague": "vague",
    "vague_label": "vague_label",
    "house": "house",
}
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
    quoted: bool
    agency: str | None


@dataclass(frozen=True, slots=True)
class Constructions:
    """All rows of one language, by the kind of source that they are about.

    ``links`` join two media of a unit, the nearer one HERE; in ``tails`` it comes behind.
    ``positions`` are the weights of places in the text, ``issuer_positions`` those of a
    body's words.
    """

    rows: Mapping[str, tuple[Row, ...]]
    links: tuple[re.Pattern[str], ...]
    tails: tuple[re.Pattern[str], ...]
    positions: Mapping[str, float]
    issuer_positions: Mapping[str, float]

    def fit(self, kind: str, unit: Unit, at: int, places: frozenset[str]) -> Row | None:
        """The first row of ``kind`` that fits the source at token ``at``."""
        source = unit.tokens[at].source
        assert source is not None
        symbols = unit.symbols
        window = f"{symbols[max(0, at - _REACH) : at]}{HERE}{symbols[at + 1 : at + _REACH]}"
        for row in self.rows[kind]:
            if (
                row.place in places
                and source.doubt <= row.bears
                and (source.quoted or not row.quoted)
                and row.pattern.search(window)
            ):
                return row
        return None

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

    def passed_on(self, unit: Unit, far: int, near: int) -> bool:
        """Whether the medium at ``near``, behind the one at ``far``, took from it."""
        symbols = unit.symbols
        window = (
            symbols[max(0, far - _REACH) : far]
            + THERE
            + symbols[far + 1 : near]
            + HERE
            + symbols[near + 1 : near + _REACH]
        )
        return any(tail.search(window) for tail in self.tails)


@cache
def constructions(language: str) -> Constructions:
    """The table compiled for the lexicon of ``language``."""
    path = resources.files("clusterer.data") / "cues" / "constructions.toml"
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    words = lexicon(language)
    here = words.language
    return Constructions(
        rows={
            kind: tuple(_row(row, here) for row in told[table] if _spoken(row, here))
            for kind, table in KINDS.items()
        },
        links=_patterns(told["link"], here),
        tails=_patterns(told["tail"], here),
        positions=told["positions"],
        issuer_positions=told["issuer_positions"],
    )


def _patterns(rows: Iterable[Mapping[str, Any]], language: str) -> tuple[re.Pattern[str], ...]:
    pattern = lexicon(language).pattern
    return tuple(
        pattern(written) for row in rows if _spoken(row, language) for written in row["patterns"]
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
        quoted=row.get("quoted", False),
        agency=row.get("agency"),
    )
