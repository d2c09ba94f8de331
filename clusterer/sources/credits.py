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
from clusterer.news import KEPT, Article, Block, BlockKind, Credit, Span
from clusterer.sources.constructions import Constructions, constructions
from clusterer.sources.media import Reader
from clusterer.sources.settle import LABELLED, Found, Line, Position, settle
from clusterer.text.lines import find_cue
from clusterer.text.script import Folded, fold, fold_text

# Sentences of the body that may still speak for the whole text, and those just behind them.
_LEAD, _SECOND = 2, 5
# A dateline stands within the first characters, however a page is cut into sentences.
_START_CHARS = 350
# Code points: a longer line is prose, whatever words it holds, and ends a list of links.
_PROSE = 160
# Where a survey of the press says that it is one.
_FIRST_LINES = 3
_OTHER_KINDS = ("body", "platform", "vague", "vague_label", "house")
_READ_BLOCKS = KEPT | {"photo_credit"}


def find_credits(article: Article, gazetteer: Gazetteer) -> tuple[Credit, ...]:
    """Every source that the article names, in text order.

    The same medium in the same role is told once, at its first mention. Names from the
    carrier's metadata (``Hints.credits``) come first, as construction "M1" with an empty span
    at the article's start: they are no words of the text.
    """
    blocks = [block for block in article.blocks if block.kind in _READ_BLOCKS]
    if not blocks:
        return ()
    extent = Span(blocks[0].span.start, max(block.span.end for block in blocks))
    text = extent.of(article.text)
    folded = fold(text)
    reader = _reader(article.language, gazetteer)
    table = constructions(reader.words.language)
    lines = _lines(article, blocks, extent, text, folded, reader)
    review = reader.words.of("review")
    surveyed = any(not review.isdisjoint(line.unit.symbols) for line in lines[:_FIRST_LINES])
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


def _lines(
    article: Article,
    blocks: list[Block],
    extent: Span,
    text: str,
    folded: Folded,
    reader: Reader,
) -> list[Line]:
    """The article cut at line ends and sentences, read and placed."""
    pieces = list(_pieces(article, blocks))
    bounds = np.searchsorted(
        folded.offsets, [at - extent.start for piece in pieces for at in piece[:2]]
    )
    cuts = [(int(bounds[k]), int(bounds[k + 1])) for k in range(0, len(bounds), 2)]
    units = reader.read(folded, text, cuts)
    lines = []
    order = 0
    for number, (unit, piece) in enumerate(zip(units, pieces, strict=True)):
        places = {"anywhere"}
        near = piece.start - extent.start < _START_CHARS
        if piece.kind != "body" or order < _LEAD or near:
            places.add("start")
        if number == len(pieces) - 1 or piece.kind in ("end_tag", "source_line"):
            places.add("end")
        position: Position = "lead" if order < _LEAD else "second" if order < _SECOND else "later"
        lines.append(Line(unit, piece.kind, position, frozenset(places)))
        order += piece.kind == "body"
    return lines


def _pieces(article: Article, blocks: Sequence[Block]) -> Iterator[_Piece]:
    """Lines without the furniture that stands inside a body, cut where sentences end."""
    ends = sorted({span.end for span in article.sentences})
    for block in blocks:
        section: BlockKind | None = None
        for start, end in _line_spans(article.text, block.span):
            kind, cue = block.kind, None
            if kind == "body":
                cue = find_cue(fold_text(article.text[start:end])) if end - start < _PROSE else None
                if cue is not None:
                    section = cue.kind if cue.opens else None
                elif end - start >= _PROSE:
                    section = None
                kind = cue.kind if cue else section or kind
            if kind not in _READ_BLOCKS and not (cue and kind in LABELLED):
                continue
            cuts = ends[bisect_right(ends, start) : bisect_left(ends, end)]
            for first, last in pairwise((start, *cuts, end)):
                yield from _stripped(article.text, first, last, kind)


def _line_spans(text: str, span: Span) -> Iterator[tuple[int, int]]:
    start = span.start
    while start < span.end:
        end = text.find("\n", start, span.end)
        end = span.end if end < 0 else end
        if not text[start:end].isspace() and start < end:
            yield start, end
        start = end + 1


def _stripped(text: str, start: int, end: int, kind: BlockKind) -> Iterator[_Piece]:
    words = text[start:end]
    bare = words.strip()
    if bare:
        first = start + len(words) - len(words.lstrip())
        yield _Piece(first, first + len(bare), kind)


def _fitted(line: Line, table: Constructions, reader: Reader, reading: str) -> Iterator[Found]:
    """The constructions of a line, media linked to the nearer medium that took from them."""
    unit, words = line.unit, reader.words
    joints = words.of("joint") | words.of("comma") | words.of("plus") | words.of("slash")
    before: tuple[int, Found] | None = None
    for at, source in unit.sources(words.of("medium")):
        found = Found("medium", source, table.fit(reading, unit, at, line.places), line)
        if before is not None:
            nearer = before[1]
            if table.linked(unit, before[0], at):
                found = replace(found, nearer=nearer.source)
            elif (
                found.row is None
                and not source.doubt
                and _joined(unit.symbols[before[0] + 1 : at], joints)
            ):
                found = replace(nearer, source=source, beside=True)
        yield found
        before = (at, found)
    for kind in _OTHER_KINDS:
        for at, source in unit.sources(words.of(kind)):
            row = table.fit(kind, unit, at, line.places)
            if row is not None:
                named = source._replace(agencies=(row.agency,)) if row.agency else source
                yield Found("medium" if row.agency else kind, named, row, line)


def _joined(between: str, joints: frozenset[str]) -> bool:
    return bool(between) and joints.issuperset(between)
