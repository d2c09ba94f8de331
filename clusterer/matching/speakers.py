"""Who speaks in a headline: the words before a colon, or near a verb of speech."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from clusterer.matching.keys import Memory
from clusterer.text.script import fold_text

FRAME = 8  # words before a colon that can still name a speaker
REACH = 4  # words between a verb of speech and its subject
EDGES = ".,:;!?\"'()[]«»|/"
AROUND, FIRST = 1, 2  # where the subject of a verb of speech stands


def speaker(head: str) -> str:
    """The words of a headline that name who speaks, empty where nobody does.

    What stands before a colon, or near a verb of speech (``data/matching/speech.toml``); a
    headline of a few words is taken whole, the quotation then begins below it.
    """
    before, colon, _ = head.partition(":")
    if colon and len(words := before.split()) <= FRAME:
        return " ".join(words)
    words = head.split()
    if len(words) < REACH:
        return head
    verbs = [_VERBS[word] for word in words]
    if not any(verbs):
        return ""
    near = {
        place
        for at, verb in enumerate(verbs)
        if verb & AROUND
        for place in range(at - REACH, at + REACH + 1)
    }
    if any(verb & FIRST for verb in verbs):
        near.update(range(REACH))
    return " ".join(word for place, word in enumerate(words) if place in near)


def _verb(word: str) -> int:
    """Whether a word as printed is a verb of speech: AROUND, FIRST, both or neither."""
    around, first = _speech()
    bare = fold_text(word).strip(EDGES)
    return AROUND * (bare in around) + FIRST * (bare in first)


_VERBS: Memory[int] = Memory(_verb)


@cache
def _speech() -> tuple[frozenset[str], frozenset[str]]:
    source = files("clusterer.data").joinpath("matching/speech.toml")
    table = tomllib.loads(source.read_text(encoding="utf-8"))

    def all_of(place: str) -> frozenset[str]:
        return frozenset(fold_text(word) for words in table[place].values() for word in words)

    return all_of("around"), all_of("first")
