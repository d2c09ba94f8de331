"""Who, where and what: a small table of actors, places and acts in six languages.

``data/matching/slots.csv`` gives each slot's stems per language; a stem matches the beginning of
a word (``=`` ends a whole word), several words match in a row. Prefixed articles and particles
of Arabic and Hebrew are taken off. The table fixes what vectors blur: one template with
another city, another counterpart, is another event.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from clusterer.text.script import fold_text

WORD = re.compile(r"[^\W_]+")
ARTICLE = re.compile("ال")
ARABIC = re.compile("(?:و|ف)?(?:ال|بال|كال|کال|لل|ب|ل)?")
HEBREW = re.compile(r"[והבלמשכ]{1,2}")
SHORTEST = 3  # letters that must remain when a prefix is taken off
ENDING = 4  # letters that a word may have beyond its stem


class Slot(NamedTuple):
    kind: str  # place, who or act
    id: str


class Stems(NamedTuple):
    """The words of one alias after the first, and whether its last word must match whole."""

    slot: Slot
    rest: tuple[str, ...]
    whole: bool


@cache
def _table() -> dict[str, list[Stems]]:
    source = files("clusterer.data").joinpath("matching/slots.csv")
    found: dict[str, list[Stems]] = {}
    for row in csv.DictReader(source.read_text(encoding="utf-8").splitlines()):
        slot = Slot(row.pop("kind"), row.pop("id"))
        for alias in "|".join(cell for cell in row.values() if cell).split("|"):
            words = WORD.findall(fold_text(alias))
            if words:
                words[0] = _without(ARTICLE, words[0])
                stems = Stems(slot, tuple(words[1:]), alias.endswith("="))
                found.setdefault(words[0], []).append(stems)
    return found


def _without(prefix: re.Pattern[str], word: str) -> str:
    """The word without the prefix, or as it is where too little would remain."""
    match = prefix.match(word)
    return word[match.end() :] if match and len(word) - match.end() >= SHORTEST else word


@lru_cache(maxsize=200_000)
def _bare(word: str) -> list[str]:
    """The word and what is left of it without prefixes, each form once."""
    forms = (word, _without(ARTICLE, word), _without(ARABIC, word), _without(HEBREW, word))
    return list(dict.fromkeys(forms))


@lru_cache(maxsize=200_000)
def _begun(word: str) -> tuple[tuple[Stems, bool], ...]:
    """Aliases whose first stem begins this word, and whether it is all of the word."""
    table = _table()
    found: list[tuple[Stems, bool]] = []
    for form in _bare(word):
        for end in range(len(form), max(len(form) - ENDING, 1) - 1, -1):
            found.extend((stems, end == len(form)) for stems in table.get(form[:end], ()))
    return tuple(found)


def slots(folded: str) -> Iterator[Slot]:
    """Every slot named in a folded text, with repeats, in order."""
    words = WORD.findall(folded)
    for at, begun in enumerate(map(_begun, words)):
        for stems, whole in begun:
            if stems.rest:
                after = words[at + 1 : at + 1 + len(stems.rest)]
                if len(after) < len(stems.rest) or not all(map(_begins, after, stems.rest)):
                    continue
                whole = after[-1] == stems.rest[-1]
            if whole or not stems.whole:
                yield stems.slot


def _begins(word: str, stem: str) -> bool:
    if word.startswith(stem):
        return True
    # without its prefixes a word is the end of the word
    return stem in word and any(form.startswith(stem) for form in _bare(word))
