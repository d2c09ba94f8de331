"""Who is credited: every named source of an article, with its role, words and strength.

Lines are read by ``media``, fitted to ``constructions`` one by one, and then settled for the
article as a whole by ``settle``: which medium supplied the text, which one that supplier took
it from, and which were only quoted.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from clusterer.gazetteer import Gazetteer
from clusterer.news import KEPT, Article, BlockKind, Credit, Span
from clusterer.sources.constructions import Constructions, constructions
from clusterer.sources.cues import Lexicon
from clusterer.sources.media import Marked, Reader
from clusterer.sources.settle import LABELLED, Found, Line, Position, settle
from clusterer.sources.units import NOTHING
from clusterer.text.script import Folded, fold_all

# Sentences of the body that may still speak for the whole text, and those just behind them.
_LEAD, _SECOND = 2, 5
# A dateline stands within the first characters, however a page is cut into sentences.
_START_CHARS = 350
# Headers of lists, at most so many words; lines of so many code points are no list items.
_OPENERS = frozenset({"related", "comments", "menu", "tags"})
_HEADER_WORDS = 4
_PROSE = 160
_ANYWHERE = frozenset({"anywhere"})
_START, _END = _ANYWHERE | {"start"}, frozenset({"end"})
# Where a survey of the press says that it is one.
_FIRST_LINES = 3
# Code points read of one article; a longer text is a dump or an attack, not a report.
LONGEST = 60_000
_OTHER_KINDS = ("body", "platform", "vague", "vague_label", "house")
_READ_BLOCKS = KEPT | LABELLED | {"photo_credit", "date_line"}


def find_credits(
    article: Article, gazetteer: Gazetteer, longest: int = LONGEST
) -> tuple[Credit, ...]:
    """Every source that the article names in its first ``longest`` code points, in text order.

    The same medium in the same role is told once, at its first mention. Names from the
    carrier's metadata (``Hints.credits``) come first, as construction "M1" with an empty span
    at the article's start: they are no words of the text.
    """
    return find_all([article], gazetteer, longest)[0]


def find_all(
    articles: Sequence[Article], gazetteer: Gazetteer, longest: int = LONGEST
) -> list[tuple[Credit, ...]]:
    """``find_credits`` of each; many are read in less time together."""
    extents = [_extent(article, longest) for article in articles]
    texts = [extent.of(article.text) for article, extent in zip(articles, extents, strict=True)]
    return [
        _found(article, extent, text, folded, gazetteer) if article.blocks else ()
        for article, extent, text, folded in zip(
            articles, extents, texts, fold_all(texts), strict=True
        )
    ]


def _extent(article: Article, longest: int) -> Span:
    if not article.blocks:
        return Span(0, 0)
    first = min(block.span.start for block in article.blocks)
    last = max(block.span.end for block in article.blocks)
    return Span(first, min(last, first + longest))


def _found(
    article: Article, extent: Span, text: str, folded: Folded, gazetteer: Gazetteer
) -> tuple[Credit, ...]:
    reader = _reader(article.language, gazetteer)
    table = constructions(reader.words.language)
    page = reader.mark(folded, text)
    lines = [] if page.silent else _lines(article, extent, page, reader)
    review = reader.words.of("review")
    surveyed = any(
        line.number < _FIRST_LINES and not review.isdisjoint(line.unit.symbols) for line in lines
    )
    found: list[Found] = []
    for line in lines:
        found += _fitted(line, table, reader, "survey" if surveyed else "medium")
    return settle(article, extent, folded, found, gazetteer, table)


@lru_cache(maxsize=32)
def _reader(language: str, gazetteer: Gazetteer) -> Reader:
    return Reader(language, gazetteer)


class _Piece(NamedTuple):
    """A line or sentence of the page's text, and what it is."""

    start: int
    end: int
    kind: BlockKind


def _lines(article: Article, extent: Span, page: Marked, reader: Reader) -> list[Line]:
    """The article cut at line ends and sentences; those that may name a source, read and placed."""
    pieces = [
        piece if piece.end <= extent.end else piece._replace(end=extent.end)
        for piece in _pieces(article)
        if piece.start < extent.end
    ]
    bounds = np.array([at for piece in pieces for at in piece[:2]], np.int32)
    bounds = page.folded.offsets.searchsorted(bounds - np.int32(extent.start)).tolist()
    lines = []
    order = 0
    for number, piece in enumerate(pieces):
        unit = reader.read(page, bounds[2 * number], bounds[2 * number + 1])
        if unit is not NOTHING:
            places = _START if piece.kind != "body" or order < _LEAD else _ANYWHERE
            if piece.start - extent.start < _START_CHARS:
                places = _START
            if piece.kind in ("end_tag", "source_line") or (
                number == len(pieces) - 1 and _ends_report(article.text, pieces)
            ):
                places |= _END
            position: Position = (
                "lead" if order < _LEAD else "second" if order < _SECOND else "later"
            )
            lines.append(Line(unit, piece.kind, number, position, places))
        order += piece.kind == "body"
    return lines


def _pieces(article: Article) -> Iterator[_Piece]:
    """Lines that may name a source, cut where sentences end, without the space around them.

    Short lines right behind a header such as "Read also" are its list, even where they were
    taken for text.
    """
    text = article.text
    ends = sorted({end for _, end in article.sentences})
    listing = False
    for block in article.blocks:
        if block.kind in _OPENERS:
            listing = len(block.span.of(text).split()) <= _HEADER_WORDS
        listing = listing and not (block.kind == "body" and _is_prose(block.span.of(text)))
        if block.kind not in _READ_BLOCKS or (listing and block.kind == "body"):
            continue
        for start, end in _line_spans(text, block.span):
            cuts = ends[bisect_right(ends, start) : bisect_left(ends, end)]
            for first, last in pairwise((start, *cuts, end)):
                words = text[first:last]
                bare = words.strip()
                if bare:
                    first += len(words) - len(words.lstrip())
                    yield _Piece(first, first + len(bare), block.kind)


def _ends_report(text: str, pieces: list[_Piece]) -> bool:
    """Whether the last line follows upon text: a tag under a menu is no agency's."""
    return len(pieces) == 1 or _is_prose(text[pieces[-2].start : pieces[-2].end])


def _is_prose(words: str) -> bool:
    return len(words) >= _PROSE or words.rstrip().endswith((".", "!", "?", "…"))


def _line_spans(text: str, span: Span) -> Iterator[tuple[int, int]]:
    start = span.start
    while start < span.end:
        end = text.find("\n", start, span.end)
        end = span.end if end < 0 else end
        yield start, end
        start = end + 1


def _fitted(line: Line, table: Constructions, reader: Reader, reading: str) -> Iterator[Found]:
    """The constructions of a line: of its media, linked to each other, and of other sources."""
    yield from _media(line, table, reader.words, reading)
    unit, words = line.unit, reader.words
    if words.of(*_OTHER_KINDS).isdisjoint(unit.symbols):
        return
    for kind in _OTHER_KINDS:
        for at, source in unit.sources(words.of(kind)):
            row = table.fit(kind, unit, at, line.places)
            if row is not None:
                named = source._replace(agencies=(row.agency,)) if row.agency else source
                yield Found("medium" if row.agency else kind, named, row, line)


def _media(line: Line, table: Constructions, words: Lexicon, reading: str) -> list[Found]:
    """Every medium of a line with the nearer one that took from it."""
    unit = line.unit
    joints = words.of("joint", "comma", "plus", "slash")
    media: list[Found] = []
    before = -1
    for at, source in unit.sources(words.of("medium")):
        found = Found("medium", source, table.fit(reading, unit, at, line.places), line)
        if media:
            nearer = media[-1]
            if table.linked(unit, before, at):
                found = replace(found, nearer=nearer.source)
            elif table.passed_on(unit, before, at):
                media[-1] = replace(nearer, nearer=source)
            elif (
                found.row is None
                and not source.doubt
                and _joined(unit.symbols[before + 1 : at], joints)
            ):
                found = replace(nearer, source=source, beside=True)
        media.append(found)
        before = at
    return media


def _joined(between: str, joints: frozenset[str]) -> bool:
    return bool(between) and joints.issuperset(between)
