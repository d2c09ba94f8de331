"""The nouns of reading credits: a line as symbols, and the sources named in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple


class Source(NamedTuple):
    """A medium, body or platform named in a unit.

    ``start`` and ``end`` are folded offsets of the bare name. ``agencies`` are gazetteer
    ids, empty for an unlisted medium. ``doubt`` is that of the mention, 0 where a noun
    licenses the name. ``address`` marks a host or a channel handle, ``quoted`` a name that
    stands in quotes with its noun. ``country`` is the one that vague words speak of.
    """

    agencies: tuple[str, ...]
    start: int
    end: int
    doubt: int = 0
    address: bool = False
    quoted: bool = False
    country: str | None = None

    @property
    def agency(self) -> str | None:
        return self.agencies[0] if self.agencies else None


class Token(NamedTuple):
    """One symbol of a unit and where it stands in the folded text."""

    symbol: str
    start: int
    end: int
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """One line or sentence: ``tokens[k]`` stands behind ``symbols[k]``."""

    symbols: str
    tokens: tuple[Token, ...]

    def sources(self, symbols: frozenset[str]) -> Iterator[tuple[int, Source]]:
        """Positions and sources of the tokens that carry one of ``symbols``."""
        if symbols.isdisjoint(self.symbols):
            return
        for at, token in enumerate(self.tokens):
            if token.source is not None and token.symbol in symbols:
                yield at, token.source


NOTHING = Unit("", ())
