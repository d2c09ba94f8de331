"""Who, where and what: a small table of actors, places and acts in six languages.

``data/matching/slots.csv`` gives each slot's stems per language; a stem matches the beginning of
a word (``=`` ends a whole word), several words match in a row. Prefixed articles and particles
of Arabic and Hebrew are taken off. The table fixes what vectors blur: one template with
another city, another counterpart, is another event.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from clusterer.matching.keys import BITS, Ints, Memory, Said, Table, key, packed
from clusterer.text.script import fold_text

WORD = re.compile(r"[^\W_]+")
ARTICLE = re.compile("ال")
ARABIC = re.compile("(?:و|ف)?(?:ال|بال|كال|کال|لل|ب|ل)?")
HEBREW = re.compile(r"[והבלמשכ]{1,2}")
SHORTEST = 3  # letters that must remain when a prefix is taken off
ENDING = 4  # letters that a word may have beyond its stem
KINDS = ("place", "who", "act")


class Stems(NamedTuple):
    """An alias: the slot's kind and key in one number, the words after the first, and whether
    the last word must match whole."""

    slot: int
    rest: tuple[str, ...]
    whole: bool

    def goes_on(self, after: Sequence[str]) -> bool:
        """Whether the words after the first are those of the alias, as many as ``rest`` has."""
        if len(after) < len(self.rest) or not all(map(_begins, after, self.rest)):
            return False
        return not self.whole or after[-1] == self.rest[-1]


class _Aliases(NamedTuple):
    """``alone`` are those of one word, ``begun`` numbers those of several, by their first stem.

    ``several`` has these by number, ``second`` int64 the number of the second stem of each,
    ``seconds`` these numbers, ``longest`` the letters of the longest of them.
    """

    alone: dict[str, list[Stems]]
    begun: dict[str, list[int]]
    several: list[Stems]
    second: Ints
    seconds: dict[str, int]
    longest: int


@cache
def _aliases() -> _Aliases:
    source = files("clusterer.data").joinpath("matching/slots.csv")
    alone: dict[str, list[Stems]] = {}
    begun: dict[str, list[int]] = {}
    several: list[Stems] = []
    seconds: dict[str, int] = {}
    for row in csv.DictReader(source.read_text(encoding="utf-8").splitlines()):
        slot = KINDS.index(row.pop("kind")) << BITS | key(row.pop("id"))
        for alias in "|".join(cell for cell in row.values() if cell).split("|"):
            words = WORD.findall(fold_text(alias))
            if not words:
                continue
            first = _without(ARTICLE, words[0])
            stems = Stems(slot, tuple(words[1:]), alias.endswith("="))
            if stems.rest:
                begun.setdefault(first, []).append(len(several))
                several.append(stems)
                seconds.setdefault(stems.rest[0], len(seconds))
            else:
                alone.setdefault(first, []).append(stems)
    second = np.array([seconds[stems.rest[0]] for stems in several], np.int64)
    return _Aliases(alone, begun, several, second, seconds, max(map(len, seconds)))


def _without(prefix: re.Pattern[str], word: str) -> str:
    """The word without the prefix, or as it is where too little would remain."""
    match = prefix.match(word)
    return word[match.end() :] if match and len(word) - match.end() >= SHORTEST else word


def _bare(word: str) -> list[str]:
    """The word and what is left of it without prefixes, each form once."""
    forms = (word, _without(ARTICLE, word), _without(ARABIC, word), _without(HEBREW, word))
    return list(dict.fromkeys(forms))


def _begins(word: str, stem: str) -> bool:
    if word.startswith(stem):
        return True
    # without its prefixes a word is the end of the word
    return stem in word and any(form.startswith(stem) for form in _bare(word))


class _Part(NamedTuple):
    """What a folded word may be of aliases, packed: slots that it names by itself, aliases of
    several words that it begins, and second stems that it begins with."""

    alone: bytes
    begun: bytes
    second: bytes


def _part(word: str) -> _Part:
    aliases = _aliases()
    alone: list[int] = []
    begun: list[int] = []
    second: list[int] = []
    for form in _bare(word):
        size = len(form)
        beginnings = (form[:end] for end in range(1, min(size, aliases.longest) + 1))
        second.extend(aliases.seconds[stem] for stem in beginnings if stem in aliases.seconds)
        for end in range(size, max(size - ENDING, 1) - 1, -1):
            stem = form[:end]
            one = aliases.alone.get(stem, ())
            alone.extend(stems.slot for stems in one if end == size or not stems.whole)
            begun.extend(aliases.begun.get(stem, ()))
    return _Part(packed(alone), packed(begun), packed(second))


_PARTS: Memory[_Part] = Memory(_part)


class Slots:
    """The slots that are named in texts of folded ``words``, which are numbered as given."""

    def __init__(self, words: Sequence[str]) -> None:
        parts = [_PARTS[word] for word in words]
        self._words = words
        self._alone = Table.of(part.alone for part in parts)
        self._begun = Table.of(part.begun for part in parts)
        second = Table.of(part.second for part in parts)
        owners = np.repeat(np.arange(len(words)), np.diff(second.bounds))
        self._is_second = np.zeros((len(words), len(_aliases().seconds)), bool)
        self._is_second[owners, second.values] = True

    def named(self, said: Said) -> Said:
        """Each slot as its kind's place in KINDS and its key in one number."""
        further = [
            (int(said.text[at]), _aliases().several[alias].slot)
            for at, alias in self._begun_in(said)
            if self._goes_on(said, at, _aliases().several[alias])
        ]
        texts, slots = np.array(further, np.int64).reshape(-1, 2).T
        return Said(texts, slots).after(said.once().told(self._alone))

    def _begun_in(self, said: Said) -> Iterator[tuple[int, int]]:
        """Where the first two words of an alias may stand, and its number."""
        at, alias = Said(np.arange(len(said.text)), said.number).told(self._begun)
        more = at + 1 < len(said.text)
        at, alias = at[more], alias[more]
        sure = self._is_second[said.number[at + 1], _aliases().second[alias]]
        return zip(at[sure].tolist(), alias[sure].tolist(), strict=True)

    def _goes_on(self, said: Said, at: int, stems: Stems) -> bool:
        after = slice(at + 1, at + 1 + len(stems.rest))
        own = said.number[after][said.text[after] == said.text[at]]
        return stems.goes_on([self._words[k] for k in own.tolist()])
