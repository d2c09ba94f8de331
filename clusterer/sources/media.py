"""A text read as units of symbols: names and addresses, cue phrases, words and marks."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from clusterer.gazetteer import Agency, Gazetteer
from clusterer.gazetteer.aliases import flat
from clusterer.sources.cues import DOUBTFUL, HASH, MARKS, SURE, lexicon
from clusterer.sources.phrases import gathered
from clusterer.sources.places import country_before, country_in, country_words
from clusterer.sources.units import NOTHING, Source, Token, Unit
from clusterer.text.script import Folded


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
# Hebrew sets a hyphen between its prefixes and a foreign word, "ל-CNN", and a double stroke
# before the last letter of an acronym.
_HEBREW_PREFIX = re.compile(r"[ושכלבמה]{1,3}- ?")
_HEBREW_TOKEN = re.compile(
    rf'(?<![^\W_]){_HEBREW_PREFIX.pattern}|[א-ת]{{2,20}}"[א-ת](?![^\W_])|{_TOKEN.pattern}'
)
# A handle or a host, in folded text. Every run is bounded, so the search is linear.
_ADDRESS = re.compile(r"@[a-z0-9_]{3,40}|[a-z0-9-]{1,60}+(?:\.[a-z0-9-]{2,60}){1,5}")
_MAYBE_ADDRESS = re.compile(r"[.@][a-z0-9_-]{2}")
_HASHTAG = re.compile(r"#\w{1,60}")
_LATIN = re.compile("[a-z]")
# Clitics that say to whom something was told.
_TO = frozenset("\u0644\u05dc")  # Arabic and Hebrew lam
# Functions of words that stand for a source without naming it.
_UNNAMED = frozenset({"vague", "vague_label", "state_agency", "house"})


class Marked(NamedTuple):
    """One text on its way: as folded, as written, flat, and with its marks.

    ``starts`` are those of the marks, ``naming`` the places where a source may be named.
    """

    folded: Folded
    written: str
    ground: str
    marks: Sequence[_Mark]
    starts: Sequence[int]
    naming: Sequence[int]

    @property
    def silent(self) -> bool:
        """Whether nothing can be named in any of its units."""
        return not self.naming and "(" not in self.folded.text

    def names_before(self, at: int) -> bool:
        return any(mark.start < at and mark.functions == SURE for mark in self.marks)


def _unheld(names: Iterable[_Mark], phrases: Iterable[_Mark]) -> list[_Mark]:
    """The names that do not lie within a longer phrase."""
    reach: dict[int, int] = {}
    for phrase in phrases:
        for at in range(phrase.start, phrase.end):
            reach[at] = max(reach.get(at, 0), phrase.end)
    kept = []
    for name in names:
        longer = reach.get(name.start, 0) > name.end or (
            reach.get(name.start - 1, 0) >= name.end and name.start - 1 in reach
        )
        if not longer:
            kept.append(name)
    return kept


def _hashtags(folded: str) -> Iterator[_Mark]:
    """Topics of posts: "#إعلام_العدو القناة 12: …" begins with the channel."""
    if "#" in folded:
        for match in _HASHTAG.finditer(folded):
            yield _Mark(match.start(), match.end(), frozenset({"other"}))


def _holder(tags: Sequence[_Mark], mark: _Mark) -> _Mark | None:
    """The tag that holds a mark whole; tags are in order and do not overlap."""
    before = bisect_right(tags, mark.start, key=lambda tag: tag.start)
    held = before > 0 and mark.end <= tags[before - 1].end
    return tags[before - 1] if held else None


class _Meaning(NamedTuple):
    """A word's symbol, that of the "to" written onto it, and what makes it a source."""

    symbol: str
    to: str = ""
    functions: frozenset[str] = frozenset()


# A word of no function in a script with capitals: those decide, each time anew.
_UNKNOWN = "?"
# Languages in which a body's country stands behind it.
_COUNTRY_BEHIND = frozenset({"fa", "ar", "ckb"})
# A country's name reaches so far, in code points and words.
_LONGEST_COUNTRY, _COUNTRY_WORDS = 24, 3
# Words remembered per language; beyond it the memory starts afresh.
_MOST_KNOWN = 100_000


class Reader:
    """Reads the units of texts in one language."""

    def __init__(self, language: str, gazetteer: Gazetteer) -> None:
        self.words = lexicon(language)
        self._gazetteer = gazetteer
        self._countries = country_words(self.words.language)
        self._plain = (self.words.given("word"), self.words.given("name"))
        self._token = _HEBREW_TOKEN if language == "he" else _TOKEN
        self._known: dict[str, _Meaning] = {}

    def mark(self, folded: Folded, text: str) -> Marked:
        """What is known of a text before it is cut into units."""
        ground = flat(folded.text)
        marks = self._marks(folded, text, ground)
        naming = [mark.start for mark in marks if mark.source is not None]
        naming = sorted((*naming, *self.words.triggered(ground)))
        return Marked(folded, text, ground, marks, [mark.start for mark in marks], naming)

    def read(self, page: Marked, start: int, end: int) -> Unit:
        """The unit between two folded offsets; NOTHING where nothing could be named."""
        silent = bisect_left(page.naming, start) == bisect_left(page.naming, end)
        if silent and not page.folded.text.startswith("(", start):
            return NOTHING
        own = page.marks[bisect_left(page.starts, start) : bisect_left(page.starts, end)]
        return self._unit(page, start, end, own)

    def _marks(self, folded: Folded, text: str, ground: str) -> list[_Mark]:
        """Addresses, names and phrases; a phrase wins over a name only by holding it whole."""
        phrases = [
            _Mark(start, end, functions, None, clitic)
            for start, end, functions, clitic in self.words.find(ground)
        ]
        hashtags = list(_hashtags(folded.text))
        surveys = {_holder(hashtags, phrase) for phrase in phrases if "review" in phrase.functions}
        hashtags = [tag for tag in hashtags if tag not in surveys]
        names = _unheld(self._names(folded, text), phrases)
        names = [name for name in names if name.functions != _BODY or not _holder(hashtags, name)]
        taken = bytearray(len(ground))
        found: list[_Mark] = []
        for mark in (*self._addresses(folded.text), *names, *hashtags, *phrases):
            if not any(taken[mark.start : mark.end]):
                taken[mark.start : mark.end] = b"\x01" * (mark.end - mark.start)
                found.append(mark)
        found.sort(key=lambda mark: mark.start)
        return found

    def _addresses(self, folded: str) -> Iterator[_Mark]:
        if not _MAYBE_ADDRESS.search(folded):
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
            if functions is _BODY and self._is_office(folded.text[mention.start : mention.end]):
                end = self._abroad(folded.text, mention.end, known)
                source = Source((), mention.start, end, mention.doubt) if end else source
            yield _Mark(mention.start, source.end, functions, source, mention.clitic)

    def _is_office(self, name: str) -> bool:
        """Whether a body is called by what it is, "the ministry", where its country follows."""
        if self.words.language not in _COUNTRY_BEHIND:
            return False
        words = flat(name)
        known = (self.words.words.get(words.split()[0]), self.words.words.get(words))
        return any("body_noun" in functions for functions in known if functions)

    def _abroad(self, folded: str, at: int, bodies: Sequence[Agency]) -> int:
        """Where the country behind an office ends that is not its own, 0 for none.

        "رئیس‌جمهور فرانسه" is no president of Iran, whose papers leave their country out.
        """
        words = _TOKEN.findall(folded[at : at + _LONGEST_COUNTRY])[:_COUNTRY_WORDS]
        for many in range(len(words), 0, -1):
            named = self._countries.get(" ".join(words[:many]))
            if named is not None and named[1] == "country":
                away = all(body.country != named[0] for body in bodies)
                last = folded.find(words[many - 1], at) + len(words[many - 1])
                return last if away else 0
        return 0

    def _unit(self, whole: Marked, start: int, end: int, marks: Sequence[_Mark]) -> Unit:
        tokens: list[Token] = []
        at = start
        for mark in marks:
            first = max(mark.start, start)
            tokens += self._words(whole, at, first - len(mark.clitic))
            if _TO & {*mark.clitic}:
                tokens.append(Token(self.words.given("to"), first, first))
            token = Token(self.words.symbol(mark.functions), first, mark.end, mark.source)
            tokens.append(token if mark.source else self._unnamed(whole, token, mark.functions))
            at = mark.end
            # An ending written onto the name is no word of its own.
            while mark.source and at < end and whole.ground[at].isalnum():
                at += 1
        tokens += self._words(whole, at, end)
        unit = gathered(tokens, self.words)
        vague = self.words.of("vague")
        if vague.isdisjoint(unit.symbols):
            return unit
        return Unit(
            unit.symbols,
            tuple(self._placed(whole, t) if t.symbol in vague else t for t in unit.tokens),
        )

    def _placed(self, whole: Marked, token: Token) -> Token:
        """Vague words with the country that stands among them: "North Korean state media"."""
        if token.source is None:
            return token
        country = country_in(whole.ground, token.start, token.end, self.words.language)
        return token._replace(source=token.source._replace(country=country))

    def _words(self, whole: Marked, start: int, end: int) -> Iterator[Token]:
        known = self._known
        for match in self._token.finditer(whole.folded.text, start, end):
            word = match.group()
            meaning = known.get(word)
            if meaning is None:
                meaning = known[word] = self._meaning(word)
            first, last = match.span()
            symbol, to, functions = meaning
            if to:
                yield Token(to, first, first)
            if symbol == _UNKNOWN:
                letter = whole.written[int(whole.folded.offsets[first])]
                yield Token(self._plain[letter != letter.lower()], first, last)
            elif functions:
                yield self._unnamed(whole, Token(symbol, first, last), functions)
            elif symbol:
                yield Token(symbol, first, last)

    def _meaning(self, word: str) -> _Meaning:
        """What a token of the folded text says by itself, wherever it stands."""
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        given = self.words.given
        if word == "#":
            return _Meaning(self.words.symbol(HASH))
        if word in MARKS:
            return _Meaning(given(MARKS[word]))
        if word[0] == "'":
            return _Meaning("")
        if self._token is _HEBREW_TOKEN and _HEBREW_PREFIX.fullmatch(word):
            return _Meaning("", given("to") if _TO & {*word} else "")
        if not word[0].isalpha():
            return _Meaning(given("number" if word[0].isdigit() else "other"))
        functions, clitic = self.words.functions(word.removesuffix("'s"))
        to = given("to") if _TO & {*clitic} else ""
        if functions:
            return _Meaning(self.words.symbol(functions), to, functions & _UNNAMED)
        if self.words.caseless:
            return _Meaning(self._plain[_LATIN.match(word) is not None], to)
        return _Meaning(_UNKNOWN, to)

    def _unnamed(self, whole: Marked, token: Token, functions: frozenset[str]) -> Token:
        """Words that stand for a source without its name: "local media", "the state agency".

        A state agency is that of the country spoken of, unless an agency was named before:
        then "the official agency" only means that one again.
        """
        if not functions & _UNNAMED:
            return token
        source = Source((), token.start, token.end)
        if functions & {"house", "vague", "vague_label"}:
            return token._replace(source=source)
        country = country_before(whole.ground, token.start, token.end, self.words.language)
        if country is None or whole.names_before(token.start):
            return token
        agencies = self._gazetteer.state_agencies(country)
        if len(agencies) != 1:
            return token
        named = source._replace(agencies=agencies)
        return token._replace(symbol=self.words.given("medium"), source=named)
