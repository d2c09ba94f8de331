"""From the constructions of single lines to the credits of a whole article.

A dateline, byline, source line or end tag speaks for the whole text; the first report in the
lead does so where there is none, and otherwise tells whom that supplier took it from. What
comes later is quoted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from clusterer.gazetteer import Gazetteer
from clusterer.news import Article, BlockKind, Credit, Role, Scope, Span
from clusterer.sources.constructions import Constructions, Row
from clusterer.sources.mentions import once
from clusterer.sources.units import Source, Unit
from clusterer.text.script import Folded, fold_text

Position = Literal["lead", "second", "later"]

# Constructions that speak for the whole article, the nearest hop first: a byline names the
# outlet that wrote the copied text, a source line whom the page took it from, a dateline or
# an end tag the agency at whose desk it was written.
_WHOLE: tuple[tuple[str, ...], ...] = (("D3",), ("S1", "S3", "M1"), ("D1", "D5", "D7"))
# The constructions in which a label names the source.
_LABELS = ("S1", "S4")
# Priors: a hop told by apposition only, and a supplier named in the metadata of a page.
CHAIN_STRENGTH = 0.93
METADATA_STRENGTH = 0.9
# An agency that carried a statement is a hop to its issuer however late it is named.
_CARRIED = "B11"
# Lines of furniture that may still hold a labelled source ("Подробнее: https://tass.ru/1").
LABELLED: frozenset[BlockKind] = frozenset({"related", "rights", "metadata"})


@dataclass(frozen=True, slots=True)
class Line:
    """A unit with its place: which block, how many lines before it, how far into the text."""

    unit: Unit
    kind: BlockKind
    number: int
    position: Position
    places: frozenset[str]


@dataclass(frozen=True, slots=True)
class Found:
    """A named source and the row that fits it.

    ``nearer`` took from it in the same line; ``beside`` tells that it only follows another
    source, "Axios and CNN", and shares its row.
    """

    kind: str
    source: Source
    row: Row | None
    line: Line
    nearer: Source | None = None
    beside: bool = False


class _Names:
    """How sources are called in one article: ids, words, and which are the outlet's own."""

    def __init__(
        self, article: Article, extent: Span, folded: Folded, gazetteer: Gazetteer
    ) -> None:
        self.extent = extent
        self._text = article.text
        self._folded = folded
        self._own = article.outlet.id if article.outlet else None
        self._own_words = _own_words(article.outlet.name) if article.outlet else ""
        own = gazetteer.get(self._own) if self._own else None
        self._own_domains = own.domains if own else ()
        self._gazetteer = gazetteer

    def span(self, source: Source) -> Span:
        span = self._folded.span(source.start, source.end)
        return Span(span.start + self.extent.start, span.end + self.extent.start)

    def words(self, source: Source) -> str:
        return self.span(source).of(self._text)

    def key(self, source: Source) -> str:
        """The id, or the folded words of an unlisted medium."""
        return source.agency or fold_text(self.words(source))

    def is_own(self, source: Source) -> bool:
        if self._own is None and not self._own_words:
            return False
        if self._own in source.agencies:
            return True
        if not source.agencies:
            return len(self._own_words) > 2 and self.key(source) == self._own_words
        agency = self._gazetteer.get(source.agencies[0])
        return agency is not None and any(
            mine.endswith(f".{theirs}") for mine in self._own_domains for theirs in agency.domains
        )


@lru_cache(maxsize=4096)
def _own_words(name: str) -> str:
    """The folded name of an outlet: few serve many articles."""
    return fold_text(name)


def settle(
    article: Article,
    extent: Span,
    folded: Folded,
    found: Sequence[Found],
    gazetteer: Gazetteer,
    table: Constructions,
) -> tuple[Credit, ...]:
    """The credits of an article, in text order, each medium once per role."""
    if not found and not article.hints.credits:
        return ()
    names = _Names(article, extent, folded, gazetteer)
    found = [item for item in found if _may_count(item)]
    media = [item for item in found if item.kind == "medium"]
    credits = list(_from_metadata(article, gazetteer))
    voices = _Voices(media, names, table)
    credits += voices.credits()
    credits += (
        _other(item, names, table, gazetteer, voices.nearest)
        for item in found
        if item.kind != "medium"
    )
    return tuple(once(sorted(credits, key=lambda credit: credit.span)))


def _from_metadata(article: Article, gazetteer: Gazetteer) -> Iterable[Credit]:
    start = Span(article.span.start, article.span.start)
    for name in article.hints.credits:
        agency = gazetteer.by_domain(name) or gazetteer.by_name(name)
        yield Credit(
            agency.id if agency else None,
            "supplier",
            start,
            "article",
            METADATA_STRENGTH,
            "M1",
            name=name,
        )


def _may_count(item: Found) -> bool:
    """Signatures and furniture count only where a label says that they are the source."""
    if item.source.address or item.line.kind in LABELLED:
        return item.kind == "medium" and item.row is not None and item.row.code in _LABELS
    return item.row is None or item.row.role is not None


class _Voices:
    """The media of one article, sorted into suppliers, their suppliers and the quoted."""

    def __init__(self, media: Sequence[Found], names: _Names, table: Constructions) -> None:
        self._media = media
        self._names = names
        self._table = table
        self._whole = self._whole_voices()
        self._whole_keys = {names.key(item.source) for item in self._whole}
        self._furthest = {_rank(item): names.key(item.source) for item in self._whole}
        self._taken_from = {id(item.nearer) for item in media if item.nearer is not None}
        self._leader: str | None = None

    @property
    def nearest(self) -> str | None:
        """The furthest voice of the whole article: whoever is quoted within was quoted by it."""
        return self._names.key(self._whole[-1].source) if self._whole else None

    def credits(self) -> Iterable[Credit]:
        for item in self._media:
            if item.row is None or item.row.role == "supplier":
                credit = self._voice(item)
                if credit is not None:
                    yield credit
            elif item.row.role is not None:
                yield self._credit(item, item.row.role)

    def _voice(self, item: Found) -> Credit | None:
        key = self._names.key(item.source)
        if self._names.is_own(item.source):
            return self._own(item)
        if item.nearer is not None and not self._names.is_own(item.nearer):
            return self._credit(item, "relayed", consumer=self._names.key(item.nearer))
        if item.row is None and id(item.source) not in self._taken_from:
            known = not item.source.doubt and item.source.agencies
            return self._credit(item, "subject", code="B8", strength=0.0) if known else None
        if _rank(item) is not None:
            consumer = self._nearer_voice(item)
            return self._credit(item, "relayed" if consumer else "supplier", consumer=consumer)
        nearest = self.nearest
        if item.nearer is not None:
            return self._credit(item, "supplier")
        if item.line.position == "later" and not (item.row and item.row.code == _CARRIED):
            return self._credit(item, "quoted", consumer=nearest)
        if nearest is not None:
            if key in self._whole_keys:
                return self._credit(item, "supplier")
            return self._credit(item, "relayed", consumer=nearest)
        if self._leader not in (None, key) and not item.beside:
            return self._credit(item, "quoted")
        self._leader = self._leader or key
        return self._credit(item, "supplier")

    def _own(self, item: Found) -> Credit | None:
        if item.row is not None:
            return self._credit(item, "self")
        if item.line.position == "lead" and not item.source.doubt:
            return self._credit(item, "self", code="B8", strength=0.0)
        return None

    def _whole_voices(self) -> list[Found]:
        """Who speaks for the whole article, nearest first."""
        voices = [item for item in self._media if _rank(item) is not None]
        strangers = (item for item in voices if not self._names.is_own(item.source))
        return sorted(strangers, key=lambda item: _rank(item) or 0)

    def _nearer_voice(self, item: Found) -> str | None:
        """The nearer voice of the whole article; those of one rank stand side by side."""
        key, rank = self._names.key(item.source), _rank(item) or 0
        nearer = (self._furthest[at] for at in range(rank - 1, -1, -1) if at in self._furthest)
        return next((other for other in nearer if other != key), None)

    def _credit(
        self,
        item: Found,
        role: Role,
        *,
        consumer: str | None = None,
        code: str | None = None,
        strength: float | None = None,
    ) -> Credit:
        credit = _credit(item, role, self._names, self._table)
        if consumer is None and code is None and strength is None:
            return credit
        return replace(
            credit,
            consumer=consumer,
            construction=code or credit.construction,
            strength=credit.strength if strength is None else strength,
        )


def _rank(item: Found) -> int | None:
    """How far a voice of the whole article stands from the page; None for other voices."""
    if item.row is None or item.row.role != "supplier":
        return None
    return next((rank for rank, codes in enumerate(_WHOLE) if item.row.code in codes), None)


def _other(
    item: Found, names: _Names, table: Constructions, gazetteer: Gazetteer, nearest: str | None
) -> Credit:
    assert item.row is not None
    assert item.row.role is not None
    credit = _credit(item, item.row.role, names, table)
    if credit.role != "vague":
        return credit
    country = item.source.country
    media = gazetteer.media_of(country) if country else ()
    return replace(credit, candidates=media, consumer=nearest)


def _credit(item: Found, role: Role, names: _Names, table: Constructions) -> Credit:
    """A credit in the role; a medium without a row of its own is a hop of a chain."""
    row, line = item.row, item.line
    strength = row.strength if row else CHAIN_STRENGTH
    scope: Scope = "lead" if line.position == "lead" else "secondary"
    if _rank(item) is not None:
        scope = "article"
    elif role == "background":
        scope = "background"
    else:
        positions = table.issuer_positions if role == "issuer" else table.positions
        strength *= positions[line.position]
        if role == "quoted" and line.position != "later":
            strength *= table.positions["quoted"]
        if line.kind == "headline":
            strength *= table.positions["headline"]
    return Credit(
        agency=item.source.agency,
        role=role,
        span=names.span(item.source),
        scope=scope,
        strength=round(strength, 4),
        construction=row.code if row else "L4",
        name=names.words(item.source),
        first_hand=row.first_hand if row else False,
    )
