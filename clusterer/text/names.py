"""Names across scripts: consonant skeletons in which پاکپور, باكبور, Пакпур and Pakpour meet.

A word is reduced to the classes of its consonants (``data/letters/skeletons.toml``); vowels,
doubled letters, articles and case endings fall out. Skeletons of common words collide, so
whoever compares them weighs each by its rarity in the language it was read in. The idea is
that of Soundex-like keys for transliterated names (e.g. Freeman et al., HLT-NAACL 2006),
here with one table for five scripts.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

WORD = re.compile(r"[^\W\d_]+")
# Scripts without capitals cannot tell a name from another word; all their words are keyed.
UNCASED = re.compile(r"[\u0590-\u05ff\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")
MARKS = re.compile(r"[\u064b-\u065f\u0670\u0640\u0591-\u05c7]")
SHORTEST = 2  # consonants; a single one says nothing


class Name(NamedTuple):
    """One word that may be (part of) a name: its main skeleton and all that it may meet by."""

    key: str
    keys: tuple[str, ...]


class _Letters(NamedTuple):
    digraphs: dict[str, str]
    plain: dict[str, str]
    initial: dict[str, str]
    mute: frozenset[str]
    articles: tuple[str, ...]
    particles: frozenset[str]
    minimum: int
    endings: tuple[str, ...]


@cache
def _letters() -> _Letters:
    source = files("clusterer.data").joinpath("letters/skeletons.toml")
    table = tomllib.loads(source.read_text(encoding="utf-8"))

    def by_letter(classes: dict[str, str]) -> dict[str, str]:
        return {
            letter: kind
            for kind, letters in classes.items()
            for letter in letters
            if not letter.isspace()
        }

    particles = table["particles"]
    return _Letters(
        table["digraphs"],
        by_letter(table["letters"]),
        by_letter(table["initial"]),
        frozenset(table["mute"]["letters"]),
        tuple(table["articles"]["arab"]),
        frozenset(particles["arab"] + particles["hebr"]),
        particles["minimum"],
        tuple(table["endings"]["cyrl"]),
    )


def skeleton(word: str) -> str:
    """Consonant classes of one word, in order, doubles collapsed; may be empty.

    >>> skeleton("پاکپور") == skeleton("Пакпур") == skeleton("Pakpour")
    True
    """
    table = _letters()
    word = MARKS.sub("", word.casefold())
    out: list[str] = []
    at = 0
    while at < len(word):
        kind = table.digraphs.get(word[at : at + 2])
        step = 2 if kind is not None else 1
        if kind is None:
            letter = word[at]
            kind = table.plain.get(letter, "")
            if at == 0:
                kind = table.initial.get(letter, "" if letter in table.mute else kind)
        if kind and (not out or out[-1] != kind):
            out.append(kind)
        at += step
    return "".join(out)


def name_of(word: str) -> Name | None:
    """The word as a name, or None where fewer than two consonants remain."""
    table = _letters()
    bare = MARKS.sub("", word.casefold())
    article = next(
        (a for a in table.articles if bare.startswith(a) and len(bare) - len(a) >= 3), ""
    )
    bare = bare[len(article) :]
    forms = [bare]
    if not article and len(bare) >= table.minimum and bare[0] in table.particles:
        forms.append(bare[1:])
    ending = next((e for e in table.endings if bare.endswith(e) and len(bare) - len(e) >= 3), "")
    if ending:
        forms.append(bare[: -len(ending)])
    keys = tuple(dict.fromkeys(key for f in forms if len(key := skeleton(f)) >= SHORTEST))
    return Name(keys[0], keys) if keys else None


def names(text: str) -> list[Name]:
    """Every word of ``text`` (as printed, case kept) that may belong to a name, in order.

    In scripts with capitals only capitalised words are taken; in the others every word is.
    """
    found = []
    for match in WORD.finditer(text):
        word = match.group()
        if word[0].isupper() or UNCASED.match(word):
            name = name_of(word)
            if name is not None:
                found.append(name)
    return found
