"""From the constructions of single lines to the credits of a whole article.

A dateline, byline, source line or end tag speaks for the whole text; the first report in the
lead does so where there is none, and otherwise tells whom that supplier took it from. What
comes later is quoted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from clusterer.gazetteer import Gazetteer
from clusterer.news import Article, BlockKind, Credit, Role, Scope, Span
from clusterer.sources.constructions import Constructions, Row
from clusterer.sources.media import Source, Unit
from clusterer.text.script import Folded, fold_text

Position = Literal["lead", "second", "later"]

# Constructions that speak for the whole article, the nearest hop first: a byline names the
# outlet that wrote the copied text, a source line whom the page took it from, a dateline or
# an end tag the agency at whose desk it was written.
_WHOLE: tuple[tuple[str, ...], ...] = (("D3",), ("S1", "S3", "M1"), ("D1", "D5", "D7"))
# A host or a handle is a signature unless a label says that it is the source.
_ADDRESSED = ("S1", "S4")
_HEADLINE = 0.85


@dataclass(frozen=True, slots=True)
class Line:
    """A unit with its place: which block, how far into the text, and which line it is."""

    unit: Unit
    kind: BlockKind
    position: Position
    number: int
    places: frozenset[str]


@dataclass(frozen=True, slots=True)
class Found:
    """A named source and the row that fits it; ``nearer`` took from it in the same line."""

    what: Literal["medium", "body", "platform"]
    source: Source
    row: Row | None
    line: Line
    at: int
    nearer: Source | None = None


class _Names:
    """How sources are called in one article: ids, words, and which are the outlet's own."""

    def __init__(
        self, article: Article, extent: Span, folded: Folded, gazetteer: Gazetteer
    ) -> None:
        self.extent = extent
        self._text = article.text
        self._folded = folded
        self._own = article.outlet.id if article.outlet else None
        self._own_words = fold_text(article.outlet.name) if article.outlet else ""
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


def settle(
    article: Article,
    extent: Span,
    folded: Folded,
    found: Sequence[Found],
    gazetteer: Gazetteer,
    table: Constructions,
) -> tuple[Credit, ...]:
    """The credits of an article, in text order, each medium once per role."""
    names = _Names(article, extent, folded, gazetteer)
    credits = list(_from_metadata(article, extent, gazetteer))
    media = [item for item in found if item.what == "medium"]
    credits += _suppliers(media, names, table)
    credits += (_other(item, names, table) for item in found if item.what != "medium")
    return tuple(_once(sorted(credits, key=lambda credit: credit.span)))


def _from_metadata(article: Article, extent: Span, gazetteer: Gazetteer) -> Iterable[Credit]:
    start = Span(extent.start, extent.start)
    for name in article.hints.credits:
        agency = gazetteer.by_domain(name) or gazetteer.by_name(name)
        yield Credit(
            agency.id if agency else None, "supplier", start, "article", 0.9, "M1", name=name
        )


def _suppliers(media: Sequence[Found], names: _Names, table: Constructions) -> Iterable[Credit]:
    whole = _whole(media, names)
    nearest = [names.key(item.source) for item in whole]
    led = False
    told: set[str] = set()
    for item in media:
        row = item.row
        role: Role
        if item.source.address and (row is None or row.code not in _ADDRESSED):
            continue
        linked = item.nearer is not None and not names.is_own(item.nearer)
        if linked and (row is None or row.role in (None, "supplier")):
            assert item.nearer is not None
            yield _credit(item, "relayed", names, table, consumer=names.key(item.nearer))
            continue
        if row is None:
            if _is_taken_from(item, media):
                yield _credit(item, "supplier", names, table, code="L3", strength=0.95)
            elif not item.source.doubt and item.source.agencies:
                own = names.is_own(item.source) and item.line.position == "lead"
                role = "self" if own else "subject"
                yield _credit(item, role, names, table, code="B8", strength=0.0)
            continue
        if row.role is None:
            continue
        role = row.role
        consumer = None
        key = names.key(item.source)
        if role == "supplier":
            if names.is_own(item.source):
                role = "self"
            elif item in whole:
                consumer = _consumer(item, whole, names)
                role = "relayed" if consumer else "supplier"
            elif item.line.position == "later":
                role = "quoted"
            elif nearest:
                if key in nearest:
                    continue
                role, consumer = "relayed", nearest[-1]
            elif led and key not in told:
                role = "quoted"
            else:
                led = True
                told.add(key)
        yield _credit(item, role, names, table, consumer=consumer)


def _is_taken_from(item: Found, media: Sequence[Found]) -> bool:
    return any(other.nearer is item.source for other in media)


def _whole(media: Sequence[Found], names: _Names) -> list[Found]:
    """Who speaks for the whole article, nearest first."""
    ranked = []
    for rank, codes in enumerate(_WHOLE):
        for item in media:
            if item.row and item.row.code in codes and not names.is_own(item.source):
                ranked.append((rank, item))
    return [item for _, item in sorted(ranked, key=lambda pair: pair[0])]


def _consumer(item: Found, whole: Sequence[Found], names: _Names) -> str | None:
    """The nearer voice of the whole article; those of one rank stand side by side."""
    assert item.row is not None
    key = names.key(item.source)
    rank = next(rank for rank, codes in enumerate(_WHOLE) if item.row.code in codes)
    for other in reversed(whole):
        assert other.row is not None
        nearer = next(rank for rank, codes in enumerate(_WHOLE) if other.row.code in codes)
        if nearer < rank and names.key(other.source) != key:
            return names.key(other.source)
    return None


def _credit(
    item: Found,
    role: Role,
    names: _Names,
    table: Constructions,
    *,
    consumer: str | None = None,
    code: str | None = None,
    strength: float | None = None,
) -> Credit:
    row = item.row
    base = strength if strength is not None else row.strength if row else 0.93
    scope: Scope = {"lead": "lead", "second": "secondary", "later": "secondary"}[  # type: ignore[assignment]
        item.line.position
    ]
    named = code or (row.code if row else "L4")
    if any(named in codes for codes in _WHOLE):
        scope = "article"
    elif role == "background":
        scope = "background"
        base = base
    else:
        base *= table.positions[item.line.position]
        if item.line.kind == "headline":
            base *= _HEADLINE
    return Credit(
        agency=item.source.agency,
        role=role,
        span=names.span(item.source),
        scope=scope,
        strength=round(base, 4),
        construction=named,
        name=names.words(item.source),
        consumer=consumer,
        first_hand=row.first_hand if row else False,
    )


def _other(item: Found, names: _Names, table: Constructions) -> Credit:
    assert item.row is not None
    assert item.row.role is not None
    return _credit(item, item.row.role, names, table)


def _once(credits: Iterable[Credit]) -> Iterable[Credit]:
    """Each source once per role and scope; a relay of the chain is no supplier beside it."""
    ordered = list(credits)
    relayed = {_who(credit): credit for credit in reversed(ordered) if credit.role == "relayed"}
    voiced = {_who(credit) for credit in ordered if credit.role not in ("subject", "photo")}
    voices = {_who(credit) for credit in ordered if credit.role in _VOICES}
    seen: set[tuple[str, Role, bool]] = set()
    for credit in ordered:
        who = _who(credit)
        further = relayed.get(who)
        if credit.role == "supplier" and credit.scope != "article" and further is not None:
            credit = replace(credit, role="relayed", consumer=further.consumer)
        if (credit.role == "subject" and who in voiced) or (
            credit.role in ("quoted", "background") and who in voices
        ):
            continue
        key = (who, credit.role, credit.scope == "article")
        if key not in seen:
            seen.add(key)
            yield credit


_VOICES = ("supplier", "relayed", "self")


def _who(credit: Credit) -> str:
    return credit.agency or fold_text(credit.name)
