"""Who is credited: every named source of an article, with its role, words and strength.

Lines are read by ``media``, fitted to ``constructions`` one by one, and then settled for the
article as a whole by ``settle``: which medium supplied the text, which one that supplier took
it from, and which were only quoted.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from clusterer.gazetteer import Gazetteer
from clusterer.news import KEPT, Article, Block, Credit, Span
from clusterer.sources.constructions import Constructions, constructions
from clusterer.sources.media import Reader, Source
from clusterer.sources.settle import Found, Line, Position, settle
from clusterer.text.script import Folded, fold

# Sentences of the body that may still speak for the whole text, and those just behind them.
_LEAD, _SECOND = 2, 5
# A dateline stands within the first characters, however a page is cut into sentences.
_START_CHARS = 350
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
    found: list[Found] = []
    for line in _lines(article, blocks, extent, text, folded, reader):
        found += _fitted(line, table, reader)
    return settle(article, extent, folded, found, gazetteer, table)


@lru_cache(maxsize=32)
def _reader(language: str, gazetteer: Gazetteer) -> Reader:
    return Reader(language, gazetteer)


def _lines(
    article: Article,
    blocks: list[Block],
    extent: Span,
    text: str,
    folded: Folded,
    reader: Reader,
) -> list[Line]:
    """The article cut at line ends and sentences, read and placed."""
    starts = sorted({span.start for span in article.sentences})
    pieces: list[tuple[int, int, Block]] = []
    for block in blocks:
        pieces += [(start, end, block) for start, end in _pieces(article.text, block, starts)]
    bounds = np.searchsorted(
        folded.offsets, [at - extent.start for piece in pieces for at in piece[:2]]
    )
    cuts = [(int(bounds[k]), int(bounds[k + 1])) for k in range(0, len(bounds), 2)]
    units = reader.read(folded, text, cuts)
    lines = []
    order = 0
    for number, (unit, (start, _, block)) in enumerate(zip(units, pieces, strict=True)):
        places = {"anywhere"}
        if block.kind != "body" or order < _LEAD or start - extent.start < _START_CHARS:
            places.add("start")
        if number == len(pieces) - 1 or block.kind in ("end_tag", "source_line"):
            places.add("end")
        position: Position = "lead" if order < _LEAD else "second" if order < _SECOND else "later"
        lines.append(Line(unit, block.kind, position, number, frozenset(places)))
        order += block.kind == "body"
    return lines


def _pieces(text: str, block: Block, starts: list[int]) -> Iterator[tuple[int, int]]:
    cuts = {block.span.start, block.span.end}
    cuts.update(start for start in starts if block.span.start < start < block.span.end)
    at = text.find("\n", block.span.start, block.span.end)
    while at >= 0:
        cuts.add(at + 1)
        at = text.find("\n", at + 1, block.span.end)
    ordered = sorted(cuts)
    for start, end in itertools.pairwise(ordered):
        piece = text[start:end]
        stripped = piece.strip()
        if stripped:
            first = start + piece.index(stripped[0])
            yield first, first + len(stripped)


def _fitted(line: Line, table: Constructions, reader: Reader) -> Iterator[Found]:
    """The constructions of a line, media linked to the nearer medium that took from them."""
    unit, words = line.unit, reader.words
    before: tuple[int, Source] | None = None
    for at, source in unit.sources(words.of("medium")):
        row = table.credit(unit, at, line.places, doubt=source.doubt)
        linked = before is not None and table.linked(unit, before[0], at)
        yield Found("medium", source, row, line, at, before[1] if linked and before else None)
        before = (at, source)
    for at, source in unit.sources(words.of("body")):
        row = table.issuer(unit, at, line.places)
        if row is not None:
            yield Found("body", source, row, line, at)
    for at, source in unit.sources(words.of("platform")):
        row = table.carrier(unit, at, line.places)
        if row is not None:
            yield Found("platform", source, row, line, at)
