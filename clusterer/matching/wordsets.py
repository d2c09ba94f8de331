"""The words, names, numbers and slots of articles, as sets of hashed keys.

A batch is read together: its texts are folded in one go, each is cut into words once, what is
known of a word is looked up once a batch, and sets are arrays from there on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from clusterer.matching import shingles
from clusterer.matching.keys import BITS, MASK, Memory, Numbering, Said, Table, grams, key, packed
from clusterer.matching.numerals import numbers_in, spelled_number
from clusterer.matching.slots import KINDS, Slots
from clusterer.matching.slots import WORD as TOKEN
from clusterer.matching.speakers import speaker
from clusterer.news import Article
from clusterer.text.names import UNCASED, name_of
from clusterer.text.script import fold_texts

HEAD_CHARS = 300  # a headline; posts without one begin with their first sentence
LEAD_CHARS = 700  # headline and lead: what the report mainly says
TEXT_CHARS = 3000  # enough running text to tell a copy

WORD = re.compile(r"[^\W\d_]+")  # a part of a TOKEN, nearly always all of it


class Texts(NamedTuple):
    """What is read of a batch, as printed and folded; ``rests`` is what follows the leads."""

    heads: list[str]
    leads: list[str]
    folded_heads: list[str]
    folded_leads: list[str]
    folded_rests: list[str]

    @classmethod
    def of(cls, articles: Sequence[Article]) -> Texts:
        heads = [article.headline[:HEAD_CHARS] for article in articles]
        told = [_told(article) for article in articles]
        leads = [lead for lead, _ in told]
        folded = fold_texts([*heads, *(text for _, text in told)])
        leading: list[str] = []
        rests: list[str] = []
        for lead, text in zip(leads, folded[len(heads) :], strict=True):
            # the lead is the text's first lines, and no line's letters change the next line's
            count = lead.count("\n") + 1
            lines = text.split("\n", count)
            leading.append("\n".join(lines[:count]))
            rests.append("".join(lines[count:]))
        return cls(heads, leads, folded[: len(heads)], leading, rests)


def _told(article: Article) -> tuple[str, str]:
    """The lead of an article, and what is read of it."""
    lines: list[str] = []
    lead = length = 0
    for start, end in article.sentences:
        lines.append(article.text[start:end])
        length += end - start
        if length >= LEAD_CHARS and not lead:
            lead = len(lines)
        if length >= TEXT_CHARS:
            break
    return "\n".join(lines[: lead or len(lines)]), "\n".join(lines)


class Keys(NamedTuple):
    """Sets of hashed keys of n texts, before weighing: what each says, sorted, each but once."""

    head_names: Said
    names: Said
    head_words: Said
    words: Said
    grams: Said
    shingles: Said
    numbers: Said
    clocks: Said
    speakers: Said
    places: Said
    actors: Said
    acts: Said
    head_slots: Said


def keys_of(texts: Texts) -> Keys:
    """All keys of articles, from their headlines and first sentences."""
    words = Numbering()
    heads, leads = (
        words.said(map(TOKEN.findall, some)) for some in (texts.folded_heads, texts.folded_leads)
    )
    leading = list(words)
    rests = words.said(map(TOKEN.findall, texts.folded_rests))
    spelled = Table.of(_SPELLED.of(words))
    lead_words = leads.once()
    slots = Slots(leading)
    named, head_named = slots.named(leads), slots.named(heads)
    said = {
        **_names(texts),
        "head_words": shingles.singles(heads.once().told(spelled)),
        "words": shingles.singles(lead_words.told(spelled)),
        "grams": lead_words.told(Table.of(_GRAMS.of(leading))),
        "shingles": shingles.runs(rests.after(leads).told(spelled)),
        **_numbers(texts.folded_leads, lead_words.told(Table.of(_NUMERALS.of(leading)))),
        "places": _of_kind(named, "place"),
        "actors": _of_kind(named, "who"),
        "acts": _of_kind(named, "act"),
        "head_slots": head_named._replace(number=head_named.number & MASK),
    }
    return Keys(**{name: one.once() for name, one in said.items()})


def _of_kind(named: Said, kind: str) -> Said:
    mine = named.number >> BITS == KINDS.index(kind)
    return Said(named.text[mine], named.number[mine] & MASK)


def _names(texts: Texts) -> dict[str, Said]:
    """The names among words as printed; of a speaker's the main keys alone."""
    words = Numbering()
    heads, leads, speakers = (
        words.said(map(WORD.findall, some))
        for some in (texts.heads, texts.leads, map(speaker, texts.heads))
    )
    names = Table.of(_NAMES.of(words))
    return {
        "head_names": heads.once().told(names),
        "names": leads.once().told(names),
        "speakers": speakers.told(names.firsts()),
    }


def _numbers(leads: Sequence[str], spelled: Said) -> dict[str, Said]:
    told = list(map(numbers_in, leads))
    words = Numbering()
    numbers, clocks = (words.said([one[part] for one in told]) for part in (0, 1))
    keys = Table.of(packed([key(word)]) for word in words)
    return {"numbers": numbers.told(keys).after(spelled), "clocks": clocks.told(keys)}


def _name_keys(word: str) -> tuple[int, ...]:
    """Keys of a word as printed that may be (part of) a name, the main one first."""
    if not (word[0].isupper() or UNCASED.match(word)):
        return ()
    name = name_of(word)
    return () if name is None else tuple(map(key, name.keys))


def _gram_keys(token: str) -> set[int]:
    return {key(gram) for word in WORD.findall(token) for gram in grams(word)}


def _numeral(token: str) -> list[int]:
    spelled = map(spelled_number, WORD.findall(token))
    return [key(number) for number in spelled if number is not None]


_NAMES = Memory(lambda word: packed(_name_keys(word)))
_SPELLED = Memory(lambda token: packed(map(shingles.spelled, WORD.findall(token))))
_GRAMS = Memory(lambda token: packed(_gram_keys(token)))
_NUMERALS = Memory(lambda token: packed(_numeral(token)))
