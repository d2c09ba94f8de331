"""A name with what is written around it: صحيفة "ماركا" الإسبانية is one medium.

A noun licenses a name that is also a common word, and lets a medium be read that no table
lists; such a medium has no ids, only its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from clusterer.sources.cues import Lexicon, lexicon
from clusterer.sources.units import Source, Token, Unit

_SHORTEST_NAME = 2
_AROUND = "official|demonym|country"
_NOUN = f"(agency_noun|site_noun) (agency_noun|site_noun|{_AROUND}){{0,4}}"
_INSIDE = f"word|name|number|small|dash|{_AROUND}"


class _Shapes(NamedTuple):
    listed: re.Pattern[str]
    twice: re.Pattern[str]
    noun: re.Pattern[str]
    firm_noun: re.Pattern[str]
    channel: re.Pattern[str]
    quoted: re.Pattern[str]
    named: re.Pattern[str]
    bounded: re.Pattern[str]
    around: re.Pattern[str]
    vague: re.Pattern[str]
    body: re.Pattern[str]
    trailing: re.Pattern[str]
    told_by: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]


@cache
def _shapes(language: str) -> _Shapes:
    pattern = lexicon(language).pattern
    return _Shapes(
        listed=pattern(
            f"({_NOUN} (quote|open)? <named=medium> (quote|close)? |"
            f" quote <quoted=medium> quote | <bare=medium>) ({_AROUND}){{0,3}} press_noun?"
        ),
        twice=pattern("medium open? quote? <second=medium> quote? close?"),
        noun=pattern(_NOUN),
        # "صحيفة الرياضية": a plain word can be a name after a firm noun, not after "site".
        firm_noun=pattern(f"agency_noun (agency_noun|{_AROUND}){{0,3}}"),
        channel=pattern("channel_noun number (demonym|country|official){0,2}"),
        quoted=pattern(f"quote ({_INSIDE}){{1,6}} quote"),
        named=pattern("name{1,5}"),
        bounded=pattern(
            f"word{{1,5}} ({_AROUND}|report|says|comma|colon|chain|small|quote|transmit)"
        ),
        around=pattern(f"({_AROUND}){{1,3}}"),
        vague=pattern(f"({_AROUND}){{0,3}} <name=vague> ({_AROUND}|body){{0,3}}"),
        body=pattern(
            f"({_AROUND}|name){{0,2}} <name=body_noun> (({_AROUND}|name|body_noun){{1,3}}|word)?"
        ),
        trailing=pattern(
            "(word|name){1,3} press_noun" if lexicon(language).caseless else "name{1,4} press_noun"
        ),
        # A cue so strong that whoever follows is a medium, and the name up to its end.
        told_by=(
            (pattern("by_report"), pattern("(word|name){1,3} (comma|chain|slash)")),
            (pattern("^ (other|dash)* source colon"), pattern("(word|name){1,4} $")),
            (pattern("^ open (name{1,3} dash)?"), pattern("name{1,3} (close|dash)")),
            (pattern("number open"), pattern("name{1,3} close dash")),
        ),
    )


def gathered(tokens: list[Token], words: Lexicon) -> Unit:
    """Nouns, quotes and adjectives drawn into the names that they belong to."""
    shapes = _shapes(words.language)
    symbols = "".join([token.symbol for token in tokens])
    if words.of(*(needed for _, needed in _STEPS)).isdisjoint(symbols):
        return Unit(symbols, tuple(tokens))
    for step, needed in _STEPS:
        if not words.of(needed).isdisjoint(symbols):
            tokens = list(step(symbols, tokens, shapes, words))
            symbols = "".join([token.symbol for token in tokens])
    return Unit(symbols, tuple(tokens))


def _listed(symbols: str, tokens: list[Token], shapes: _Shapes, words: Lexicon) -> Iterator[Token]:
    at = 0
    for match in shapes.listed.finditer(symbols):
        yield from tokens[at : match.start()]
        shape = match.lastgroup or "bare"
        token = tokens[match.start(shape)]
        assert token.source is not None
        source = token.source
        if shape == "named" or symbols[match.end() - 1] in words.of("press_noun"):
            sure = source._replace(doubt=0)
            token = token._replace(symbol=words.given("medium"), source=sure)
        elif shape == "quoted":
            quoted = source._replace(quoted=True, doubt=max(0, source.doubt - 1))
            token = token._replace(source=quoted)
        yield token
        at = match.end()
    yield from tokens[at:]


def _once(symbols: str, tokens: list[Token], shapes: _Shapes, words: Lexicon) -> Iterator[Token]:
    """A medium told twice in two forms, "خبرگزاری امارات (وام)", is one and no other word."""
    at = 0
    for match in shapes.twice.finditer(symbols):
        first, second = tokens[match.start()].source, tokens[match.start("second")].source
        assert first is not None
        assert second is not None
        shared = tuple(id for id in first.agencies if id in second.agencies)
        if not shared or first.end - first.start == second.end - second.start:
            continue
        yield from tokens[at : match.start()]
        kept = first if match.end() - match.start() > 2 else second
        kept = kept._replace(agencies=shared, doubt=0)
        yield Token(words.given("medium"), kept.start, kept.end, kept)
        at = match.end()
    yield from tokens[at:]


class _Name(NamedTuple):
    """Tokens ``[first, last)`` of an unlisted name, and where its phrase ends."""

    first: int
    last: int
    after: int
    quoted: bool = False
    doubt: int = 0


def _unlisted(
    symbols: str, tokens: list[Token], shapes: _Shapes, words: Lexicon
) -> Iterator[Token]:
    at = 0
    for noun in shapes.noun.finditer(symbols):
        name = _name(symbols, noun, shapes, words)
        if noun.start() < at or name is None:
            continue
        named = tokens[name.first : name.last]
        if any(token.source and not token.source.doubt for token in named):
            continue
        source = Source((), named[0].start, named[-1].end, name.doubt)
        if source.end - source.start < _SHORTEST_NAME:
            continue
        listed = next((token.source for token in named if token.source), None)
        if listed is not None and not name.quoted:
            # "خبرگزاری معتبر فارس": the noun reaches the listed name over an adjective.
            source = listed._replace(doubt=0)
        after = name.after
        if trailing := shapes.around.match(symbols, after):
            after = trailing.end()
        yield from tokens[at : min(name.first, noun.start())]
        yield Token(words.given("medium"), source.start, source.end, source)
        at = after
    yield from tokens[at:]


def _name(symbols: str, noun: re.Match[str], shapes: _Shapes, words: Lexicon) -> _Name | None:
    if channel := shapes.channel.match(symbols, noun.start()):
        return _Name(channel.start(), channel.end(), channel.end())
    at = noun.end()
    if quoted := shapes.quoted.match(symbols, at):
        return _Name(at + 1, quoted.end() - 1, quoted.end(), quoted=True)
    if words.language == "tr":
        # Its nouns stand behind the name; "gazeteci İsmail Güneş" is a person.
        return None
    if named := shapes.named.match(symbols, at):
        # A Russian noun takes a person's name as easily as a medium's.
        return _Name(at, named.end(), named.end(), doubt=int(words.language == "ru"))
    if words.caseless and shapes.firm_noun.fullmatch(symbols, noun.start(), at):
        plain = shapes.bounded.match(symbols, at)
        if plain:
            return _Name(at, plain.end() - 1, plain.end() - 1, doubt=1)
    return None


def _told_by(symbols: str, tokens: list[Token], shapes: _Shapes, words: Lexicon) -> Iterator[Token]:
    """ "به گزارش شفقنا،", "Source: Valley Post", "(Valley Post) -": media by their place."""
    places = words.of("country") | words.of("city")
    names: dict[int, int] = {}
    for head, name in shapes.told_by:
        opened = head in shapes.told_by[-1] or head in shapes.told_by[-2]
        for cue in head.finditer(symbols):
            found = name.match(symbols, cue.end())
            if found is None or (opened and found.end() == len(symbols)):
                # "(Ibrahim Ipbüker)" at the end of a report is its writer.
                continue
            end = found.end() - (not name.pattern.endswith("$"))
            if places.isdisjoint(symbols[cue.end() : end]):
                names.setdefault(cue.end(), end)
    at = 0
    for start, end in sorted(names.items()):
        if start < at or any(token.source for token in tokens[start:end]):
            continue
        yield from tokens[at:start]
        source = Source((), tokens[start].start, tokens[end - 1].end)
        yield Token(words.given("medium"), source.start, source.end, source)
        at = end
    yield from tokens[at:]


def _trailing(
    symbols: str, tokens: list[Token], shapes: _Shapes, words: Lexicon
) -> Iterator[Token]:
    """ "the Cyprus Mail newspaper", "ایوننگ نیوز": the noun stands behind the name."""
    at = 0
    places = words.of("country") | words.of("city")
    for match in shapes.trailing.finditer(symbols):
        if places.issuperset(symbols[match.start() : match.end() - 1]):
            # "Resmi Çin gazetesi", an official Chinese paper, has no name.
            continue
        yield from tokens[at : match.start()]
        start, end = tokens[match.start()].start, tokens[match.end() - 2].end
        yield Token(words.given("medium"), start, end, Source((), start, end, doubt=1))
        at = match.end()
    yield from tokens[at:]


def _vague(symbols: str, tokens: list[Token], shapes: _Shapes, words: Lexicon) -> Iterator[Token]:
    """ "North Korean state media": vague words with the adjectives that narrow them."""
    at = 0
    for match in shapes.vague.finditer(symbols):
        yield from tokens[at : match.start()]
        token = tokens[match.start("name")]
        assert token.source is not None
        start, end = tokens[match.start()].start, tokens[match.end() - 1].end
        yield token._replace(
            start=start, end=end, source=token.source._replace(start=start, end=end)
        )
        at = match.end()
    yield from tokens[at:]


def _bodies(symbols: str, tokens: list[Token], shapes: _Shapes, words: Lexicon) -> Iterator[Token]:
    """ "وزارة الصحة", "the commission": bodies that no table lists; only a document counts."""
    at = 0
    for match in shapes.body.finditer(symbols):
        if any(token.source for token in tokens[match.start() : match.end()]):
            continue
        yield from tokens[at : match.start()]
        start, end = tokens[match.start()].start, tokens[match.end() - 1].end
        yield Token(words.given("body"), start, end, Source((), start, end, doubt=1))
        at = match.end()
    yield from tokens[at:]


_STEPS = (
    (_listed, "medium"),
    (_once, "medium"),
    (_unlisted, "agency_noun"),
    (_unlisted, "site_noun"),
    (_trailing, "press_noun"),
    (_told_by, "by_report"),
    (_told_by, "source"),
    (_told_by, "open"),
    (_vague, "vague"),
    (_bodies, "in_statement"),
)
