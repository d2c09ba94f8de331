"""The media, bodies and platforms that a line or sentence names, listed or not.

A name is taken together with its noun, adjectives and quotes: صحيفة "ماركا" الإسبانية is one
medium. A noun licenses a name that is also a common word, and lets a medium be read that no
table lists; such a medium has no ids, only its words.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from clusterer.aliases import flat
from clusterer.gazetteer import Gazetteer
from clusterer.sources.cues import DOUBTFUL, MARKS, SURE, Lexicon, lexicon
from clusterer.text.script import Folded


class Source(NamedTuple):
    """A medium, body or platform named in a unit.

    ``start`` and ``end`` are folded offsets of the bare name. ``agencies`` are gazetteer
    ids, empty for an unlisted medium. ``doubt`` is that of the mention, 0 where a noun
    licenses the name. ``address`` marks a host or a channel handle.
    """

    agencies: tuple[str, ...]
    start: int
    end: int
    doubt: int = 0
    address: bool = False

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

    def sources(self, symbols: Container[str]) -> Iterator[tuple[int, Source]]:
        """Positions and sources of the tokens that carry one of ``symbols``."""
        for at, token in enumerate(self.tokens):
            if token.source is not None and token.symbol in symbols:
                yield at, token.source


class _Mark(NamedTuple):
    """A stretch of the folded text whose function is known before tokenising."""

    start: int
    end: int
    functions: frozenset[str]
    source: Source | None = None
    clitic: str = ""


_BODY = frozenset({"body"})
_PLATFORM = frozenset({"platform"})
_TOKEN = re.compile(r"'[^\W\d_]+|[^\W_]+(?:'[^\W_]+)*|\n|[^\w\s]|_")
# A handle or a host, in folded text. Every run is bounded, so the search is linear.
_ADDRESS = re.compile(r"@[a-z0-9_]{3,40}|[a-z0-9-]{1,60}(?:\.[a-z0-9-]{2,60}){1,5}")
_LATIN = re.compile("[a-z]")
_NOUN = "(agency_noun|site_noun) (agency_noun|site_noun|official|demonym){0,4}"


class Reader:
    """Reads the units of texts in one language."""

    def __init__(self, language: str, gazetteer: Gazetteer) -> None:
        self.words = lexicon(language)
        self._gazetteer = gazetteer

    def read(self, folded: Folded, text: str, cuts: Sequence[tuple[int, int]]) -> list[Unit]:
        """The units between the given folded offsets; empty where nothing could be named."""
        ground = flat(folded.text)
        marks = self._marks(folded, text, ground)
        made = []
        at = 0
        for start, end in cuts:
            while at < len(marks) and marks[at].end <= start:
                at += 1
            last = at
            while last < len(marks) and marks[last].start < end:
                last += 1
            made.append(self._unit(folded, text, start, end, marks[at:last]))
        return made

    def _marks(self, folded: Folded, text: str, ground: str) -> list[_Mark]:
        """Names and cue phrases, in order, not overlapping; addresses and names win."""
        taken = bytearray(len(ground))
        found: list[_Mark] = []
        phrases = (
            _Mark(start, end, functions, None, clitic)
            for start, end, functions, clitic in self.words.find(ground)
        )
        for mark in (*self._addresses(folded.text), *self._names(folded, text), *phrases):
            if not any(taken[mark.start : mark.end]):
                taken[mark.start : mark.end] = b"\x01" * (mark.end - mark.start)
                found.append(mark)
        found.sort(key=lambda mark: mark.start)
        return found

    def _addresses(self, folded: str) -> Iterator[_Mark]:
        if "." not in folded and "@" not in folded:
            return
        for match in _ADDRESS.finditer(folded):
            words = match.group()
            owner = self._gazetteer.by_domain(words.replace("@", "t.me/", 1))
            if owner is None or owner.is_carrier:
                if words.startswith("@"):
                    yield _Mark(match.start(), match.end(), frozenset({"other"}))
                continue
            source = Source((owner.id,), match.start(), match.end(), address=True)
            yield _Mark(match.start(), match.end(), SURE, source)

    def _names(self, folded: Folded, text: str) -> Iterator[_Mark]:
        for mention in self._gazetteer.find(folded, text):
            known = [agency for id in mention.agencies if (agency := self._gazetteer.get(id))]
            media = tuple(a.id for a in known if not a.is_issuer and not a.is_carrier)
            functions = DOUBTFUL if mention.doubt else SURE
            if not media:
                functions = _BODY if known[0].is_issuer else _PLATFORM
            source = Source(media or mention.agencies, mention.start, mention.end, mention.doubt)
            yield _Mark(mention.start, mention.end, functions, source, mention.clitic)

    def _unit(
        self, folded: Folded, text: str, start: int, end: int, marks: Sequence[_Mark]
    ) -> Unit:
        tokens: list[Token] = []
        at = start
        for mark in marks:
            first = max(mark.start, start)
            tokens += self._words(folded, text, at, first - len(mark.clitic))
            if "ل" in mark.clitic:
                tokens.append(Token(self.words.given("to"), first, first))
            tokens.append(Token(self.words.symbol(mark.functions), first, mark.end, mark.source))
            at = mark.end
        tokens += self._words(folded, text, at, end)
        return _gathered(tokens, self.words)

    def _words(self, folded: Folded, text: str, start: int, end: int) -> Iterator[Token]:
        given = self.words.given
        for match in _TOKEN.finditer(folded.text, start, end):
            word = match.group()
            first = match.start()
            if word in MARKS:
                yield Token(given(MARKS[word]), first, match.end())
            elif word[0] == "'":
                continue
            elif word[0].isdigit():
                yield Token(given("number"), first, match.end())
            elif not word[0].isalnum():
                yield Token(given("other"), first, match.end())
            else:
                functions, clitic = self.words.functions(word)
                if "ل" in clitic:
                    yield Token(given("to"), first, first)
                if not functions:
                    letter = text[int(folded.offsets[first])]
                    latin = self.words.caseless and _LATIN.match(word)
                    name = latin or letter != letter.lower()
                    functions = frozenset({"name" if name else "word"})
                yield Token(self.words.symbol(functions), first, match.end())


class _Shapes(NamedTuple):
    listed: re.Pattern[str]
    twice: re.Pattern[str]
    noun: re.Pattern[str]
    quoted: re.Pattern[str]
    named: re.Pattern[str]
    numbered: re.Pattern[str]
    plain: re.Pattern[str]
    bounded: re.Pattern[str]
    adjectives: re.Pattern[str]


@cache
def _shapes(language: str) -> _Shapes:
    pattern = lexicon(language).pattern
    return _Shapes(
        listed=pattern(f"({_NOUN})? quote? <name=medium> quote? (official|demonym){{0,3}}"),
        twice=pattern("medium open? quote? <second=medium> quote? close?"),
        noun=pattern(_NOUN),
        quoted=pattern("quote (word|name|number|small|demonym|official|dash){1,6} quote"),
        named=pattern("name{1,5}"),
        numbered=pattern("number (demonym|official)?"),
        plain=pattern("agency_noun (agency_noun|official|demonym){0,3}"),
        bounded=pattern(
            "word{1,5} (demonym|official|report|says|comma|colon|chain|small|quote|transmit)"
        ),
        adjectives=pattern("(official|demonym){1,3}"),
    )


def _gathered(tokens: list[Token], words: Lexicon) -> Unit:
    """Nouns, quotes and adjectives drawn into the name that they belong to."""
    symbols = "".join(token.symbol for token in tokens)
    shapes = _shapes(words.language)
    if any(token.source is not None for token in tokens):
        tokens = list(_listed(symbols, tokens, shapes, words))
        symbols = "".join(token.symbol for token in tokens)
        tokens = list(_once(symbols, tokens, shapes))
        symbols = "".join(token.symbol for token in tokens)
    if shapes.noun.search(symbols):
        tokens = list(_unlisted(symbols, tokens, shapes, words))
        symbols = "".join(token.symbol for token in tokens)
    return Unit(symbols, tuple(tokens))


def _listed(symbols: str, tokens: list[Token], shapes: _Shapes, words: Lexicon) -> Iterator[Token]:
    at = 0
    for match in shapes.listed.finditer(symbols):
        yield from tokens[at : match.start()]
        token = tokens[match.start("name")]
        assert token.source is not None
        if shapes.noun.match(symbols, match.start()):
            sure = token.source._replace(doubt=0)
            token = token._replace(symbol=words.given("medium"), source=sure)
        yield token
        at = match.end()
    yield from tokens[at:]


def _once(symbols: str, tokens: list[Token], shapes: _Shapes) -> Iterator[Token]:
    """A medium told twice in two forms, "خبرگزاری امارات (وام)", is one and no other word."""
    at = 0
    for match in shapes.twice.finditer(symbols):
        first, second = tokens[match.start()], tokens[match.start("second")]
        assert first.source is not None
        assert second.source is not None
        shared = tuple(id for id in first.source.agencies if id in second.source.agencies)
        if not shared or first.end - first.start == second.end - second.start:
            continue
        yield from tokens[at : match.start()]
        short = first if match.end() - match.start() > 2 else second
        assert short.source is not None
        yield short._replace(source=short.source._replace(agencies=shared, doubt=0))
        at = match.end()
    yield from tokens[at:]


def _unlisted(
    symbols: str, tokens: list[Token], shapes: _Shapes, words: Lexicon
) -> Iterator[Token]:
    at = 0
    for noun in shapes.noun.finditer(symbols):
        if noun.start() < at:
            continue
        name = _name_after(symbols, noun.end(), noun, shapes, words)
        if name is None:
            continue
        first, last, after = name
        if trailing := shapes.adjectives.match(symbols, after):
            after = trailing.end()
        yield from tokens[at : noun.start()]
        source = Source((), tokens[first].start, tokens[last - 1].end)
        yield Token(words.given("medium"), source.start, source.end, source)
        at = after
    yield from tokens[at:]


def _name_after(
    symbols: str, at: int, noun: re.Match[str], shapes: _Shapes, words: Lexicon
) -> tuple[int, int, int] | None:
    """First and last token of an unlisted name, and where its phrase ends."""
    if quoted := shapes.quoted.match(symbols, at):
        return at + 1, quoted.end() - 1, quoted.end()
    if named := shapes.named.match(symbols, at):
        return at, named.end(), named.end()
    if numbered := shapes.numbered.match(symbols, at):
        return at, numbered.end(), numbered.end()
    if shapes.plain.fullmatch(symbols, noun.start(), at):
        plain = shapes.bounded.match(symbols, at)
        if plain:
            return at, plain.end() - 1, plain.end() - 1
    return None
