"""Cue phrases by language, and a text as a string of cue symbols.

Every token (a name, a cue phrase, a word, a mark) becomes one character, so that a
construction is an ordinary regular expression over a short string. Which character stands
for which set of functions is private to a language's ``Lexicon``; patterns are written with
function names and compiled by ``Lexicon.pattern``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import product
from typing import Any

from clusterer.gazetteer.aliases import flat
from clusterer.sources.places import country_words
from clusterer.text.script import fold_text

MARKS: Mapping[str, str] = {
    ":": "colon",
    ",": "comma",
    ";": "comma",
    ".": "stop",
    "?": "stop",
    "!": "stop",
    "(": "open",
    ")": "close",
    "[": "open",
    "]": "close",
    "-": "dash",
    "/": "slash",
    "|": "slash",
    '"': "quote",
    "\n": "line",
    "+": "plus",
    "©": "photo",
}
# Functions given by the tokeniser and the gazetteer, not by the tables.
_GIVEN = (
    *("medium", "body", "platform", "word", "name", "number", "other", "to", "state_agency"),
    *sorted(set(MARKS.values())),
)
_TERM = re.compile(r"([\w|^$]+)([?*+]|\{\d+(?:,\d+)?\})?")
_NAMED = re.compile(r"<(\w+)=([\w|]+)>")
_FIRST_SYMBOL = 0xE000
_CASELESS = frozenset({"ar", "fa", "he", "ur", "ckb"})
_ARABIC_CLITIC = re.compile("[وف]?[بلک]?")
_SHORTEST_WORD = 2
_LONGEST_ENDING = 6
_SHORTEST_STEM = 3
# Functions whose Arabic words are verbs of a medium, "she reported".
_WITH_OBJECT = frozenset({"report", "transmit", "aired"})
# What can make a line worth reading although no listed name stands in it.
_NAMING = frozenset(
    {
        *("agency_noun", "site_noun", "press_noun", "by_report", "source"),
        *("vague", "vague_label", "state_agency", "house", "review"),
    }
)
_ENDS = frozenset({"stop", "line"})
# A medium for sure, and a name that is also a word and so may be read as either.
SURE, DOUBTFUL = frozenset({"medium"}), frozenset({"medium", "word"})
# The mark of a topic is a sign like others, and may name a source.
HASH = frozenset({"hash", "other"})
# The classes that take nearly everything, and what else they leave out.
_WIDE: Mapping[str, tuple[frozenset[str], ...]] = {
    "any": (),
    "gap": (SURE,),
    "plain": (SURE, frozenset({"body"})),
}
HERE, THERE = "@", "&"


@dataclass(slots=True)
class Lexicon:
    """The cue phrases of one language and the alphabet that its texts are written in."""

    language: str
    words: dict[str, frozenset[str]]
    stems: dict[str, frozenset[str]]
    phrases: dict[str, frozenset[str]]
    automaton: Any
    triggers: Any
    alphabet: dict[frozenset[str], str] = field(default_factory=dict)
    _symbols: dict[tuple[str, ...], frozenset[str]] = field(default_factory=dict)

    @property
    def caseless(self) -> bool:
        """Whether the script has no capitals, so that a Latin word stands out as a name."""
        return self.language in _CASELESS

    def symbol(self, functions: frozenset[str]) -> str:
        return self.alphabet.get(functions) or self.alphabet[frozenset({"word"})]

    def of(self, *functions: str) -> frozenset[str]:
        """Every symbol that may have one of the functions."""
        known = self._symbols.get(functions)
        if known is None:
            known = self._symbols[functions] = frozenset(
                symbol for group, symbol in self.alphabet.items() if not group.isdisjoint(functions)
            )
        return known

    def triggered(self, ground: str) -> list[int]:
        """Where a word stands that can name a source without a listed name, in order."""
        return [] if self.triggers is None else [last for last, _ in self.triggers.iter(ground)]

    def given(self, function: str) -> str:
        """The symbol of a token that has one function only."""
        return self.alphabet[frozenset({function})]

    def functions(self, word: str) -> tuple[frozenset[str], str]:
        """What a word may do, and the clitic that was taken off it."""
        known = self._known(word)
        if known is not None:
            return known, ""
        if self.language == "ar":
            for length in (1, 2):
                clitic, rest = word[:length], word[length:]
                if len(rest) > _SHORTEST_WORD and _ARABIC_CLITIC.fullmatch(clitic):
                    if clitic.endswith("ل") and rest.startswith("ل"):
                        rest = "ا" + rest
                    known = self._known(rest)
                    if known is not None:
                        return known, clitic
        elif self.language == "he" and word[:1] in "ובלמשהכ":
            known = self._known(word[1:])
            if known is not None:
                return known, word[0]
        return frozenset(), ""

    def _known(self, word: str) -> frozenset[str] | None:
        known = self.words.get(word)
        if known is None and self.stems:
            for length in range(len(word), _SHORTEST_STEM - 1, -1):
                if len(word) - length > _LONGEST_ENDING:
                    break
                known = self.stems.get(word[:length])
                if known is not None:
                    break
        return known

    def find(self, ground: str) -> list[tuple[int, int, frozenset[str], str]]:
        """Phrases of several words in flat folded text, longest first: where, what, clitic."""
        if self.automaton is None:
            return []
        found = []
        for last, (length, functions) in self.automaton.iter(ground):
            start, end = last - length + 1, last + 1
            if end < len(ground) and ground[end].isalnum():
                continue
            clitic = ""
            if start and ground[start - 1].isalnum():
                if not self._after_clitic(ground, start):
                    continue
                clitic = ground[start - 1]
            found.append((start, end, functions, clitic))
        found.sort(key=lambda item: (item[0] - item[1], item[0]))
        return found

    def _after_clitic(self, ground: str, start: int) -> bool:
        first = ground[start - 1]
        alone = start < _SHORTEST_WORD or not ground[start - 2].isalnum()
        return alone and (
            (self.language == "ar" and first in "وفبلک")
            or (self.language == "he" and first in "ובלמשהכ")
        )

    def pattern(self, written: str) -> re.Pattern[str]:
        """Compile a construction: see the head of ``data/cues/constructions.toml``."""
        return re.compile("".join(self._terms(written)))

    def _terms(self, written: str) -> Iterable[str]:
        text = written
        while text:
            text = text.lstrip(" ")
            if text.startswith(("(", ")")):
                closing = re.match(r"\)([?*+]|\{\d+(?:,\d+)?\})?|\(", text)
                assert closing is not None
                yield closing.group().replace("(", "(?:")
                text = text[closing.end() :]
                continue
            if text.startswith("|"):
                yield "|"
                text = text[1:]
                continue
            named = _NAMED.match(text)
            if named is not None:
                yield f"(?P<{named[1]}>{self._class(named[2])})"
                text = text[named.end() :]
                continue
            term = _TERM.match(text)
            if term is None:
                raise ValueError(f"cannot read construction {written!r} at {text!r}")
            yield self._class(term[1]) + (term[2] or "")
            text = text[term.end() :]

    def _class(self, term: str) -> str:
        if term in ("^", "$"):
            return term
        if term in ("HERE", "THERE"):
            return HERE if term == "HERE" else THERE
        wanted: set[str] = set()
        for name in term.split("|"):
            if name in _WIDE:
                wanted |= {
                    symbol
                    for group, symbol in self.alphabet.items()
                    if not group & _ENDS and group not in _WIDE[name]
                }
            else:
                wanted |= self.of(name)
        if not wanted:
            # A function that this language has no phrase for can never be met.
            return "(?!)"
        return "[" + "".join(sorted(wanted)) + "]"


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of ``language``; English where there is no table for it."""
    folder = resources.files("clusterer.data") / "cues"
    path = folder / f"{language}.toml"
    if not path.is_file():
        return lexicon("en")
    told: dict[str, list[str]] = tomllib.loads(path.read_text(encoding="utf-8"))
    every = tomllib.loads((folder / "every.toml").read_text(encoding="utf-8"))
    merged: dict[str, set[str]] = {}
    for table in (every, told):
        for function, phrases in table.items():
            for phrase in phrases:
                form = flat(fold_text(phrase)).strip()
                for written in _with_object(form, function, language):
                    merged.setdefault(written, set()).add(function)
    for form, (_, function) in country_words(language).items():
        # A country or a city may stand wherever a name or a plain word may.
        names = set() if function == "demonym" else {"word", "name"}
        merged.setdefault(form, set()).update(names, {function})
    words: dict[str, frozenset[str]] = {}
    stems: dict[str, frozenset[str]] = {}
    phrases_: dict[str, frozenset[str]] = {}
    for form, functions in merged.items():
        known = frozenset(functions)
        if form.endswith("*") and " " not in form:
            stems[form[:-1]] = known
        elif " " in form:
            for spelling in _joined(form.rstrip("*"), language):
                target = phrases_ if " " in spelling else words
                target[spelling] = target.get(spelling, frozenset()) | known
        else:
            words[form] = words.get(form, frozenset()) | known
    for word in words:
        for length in range(_SHORTEST_STEM, len(word) + 1):
            words[word] |= stems.get(word[:length], frozenset())
    naming = {
        form: known
        for table in (words, stems, phrases_)
        for form, known in table.items()
        if known & _NAMING
    }
    made = Lexicon(language, words, stems, phrases_, _automaton(phrases_), _automaton(naming))
    groups = {*words.values(), *stems.values(), *phrases_.values()}
    groups |= {frozenset({name}) for name in _GIVEN} | {DOUBTFUL, HASH}
    for number, group in enumerate(sorted(groups, key=sorted)):
        made.alphabet[group] = chr(_FIRST_SYMBOL + number)
    return made


def _with_object(form: str, function: str, language: str) -> Iterable[str]:
    """Arabic verbs take their object as an ending: "رصدت" and "رصدتها وكالة …"."""
    yield form
    if language == "ar" and function in _WITH_OBJECT and form.endswith("ت") and " " not in form:
        yield from (form + ending for ending in ("ه", "ها", "هم"))


def _joined(form: str, language: str) -> Iterable[str]:
    """Persian phrases may be written with joiners, which folding drops: any gap may close."""
    if language != "fa":
        return (form,)
    first, *others = form.split(" ")
    return (
        first + "".join(gap + word for gap, word in zip(gaps, others, strict=True))
        for gaps in product((" ", ""), repeat=len(others))
    )


def _automaton(phrases: Mapping[str, frozenset[str]]) -> Any:
    import ahocorasick

    if not phrases:
        return None
    automaton = ahocorasick.Automaton()
    for phrase, functions in phrases.items():
        automaton.add_word(phrase, (len(phrase), functions))
    automaton.make_automaton()
    return automaton
