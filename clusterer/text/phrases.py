"""The phrases of page furniture: which line of a page carries which cue.

Phrases come from ``data/furniture.toml``; that a line carries one is evidence, not a
verdict. All lines are looked at together, by hashes of letters in a row (Karp and Rabin,
IBM J. Res. Dev. 31, 1987).
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from clusterer.news import BlockKind
from clusterer.text.script import fold_text

INSIDE_LIMIT = 160  # code points: a longer line is a paragraph that happens to hold the words
RIGHTS_LIMIT = 400  # legal notices are the one kind of furniture that runs to paragraphs
DATE_LINE_LIMIT = 80  # code points
LONGEST = 80  # a paragraph is asked for no more than the phrase that it may begin with
GRAM = 4  # letters by which a phrase is looked for
_BEYOND = 0x3000  # letters that no phrase begins behind
_DATE = re.compile(
    r"\d{1,4}[/.\-]\d{1,2}[/.\-]\d{2,4}|\d{1,2}:\d{2}|\d{1,2} \w{2,12}(?: \w{2,9})? \d{4}"
)
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d]{2,}")
_EDGES = " :.,;|*-_/\\()[]<>\"'!?#~=»«+\t\r"


class Cue(NamedTuple):
    kind: BlockKind
    opens: bool = False
    whole: bool = False


_DATE_LINE = Cue("date_line")


class _Phrase(NamedTuple):
    """What a phrase says at the beginning of a line, with its place in the table, and inside."""

    said: str
    start: tuple[int, Cue] | None = None
    inside: Cue | None = None


class _Table(NamedTuple):
    """``phrases`` by their first letters, but for ``short`` ones; ``hashes`` tells which
    hashes of first letters there are, ``apart`` which letters may stand before a word."""

    whole: dict[str, Cue]
    phrases: dict[str, list[_Phrase]]
    short: list[_Phrase]
    hashes: NDArray[np.bool_]
    apart: NDArray[np.bool_]


def bare(text: str) -> str:
    """A folded line without its edges and spaces, so that lost joiners do not matter."""
    return text.replace(" ", "").strip(_EDGES)


def bare_lines(page: str) -> list[str]:
    """``bare`` of every line of ``page``."""
    return [line.strip(_EDGES) for line in page.replace(" ", "").split("\n")]


def find_cues(lines: Sequence[str], keys: Sequence[str]) -> list[Cue | None]:
    """The strongest cue of each folded line: the whole line, then its beginning, then inside.

    ``keys`` are ``bare`` of the lines.
    """
    whole = _table().whole
    cues = [
        whole.get(key) if len(line) <= INSIDE_LIMIT else None
        for line, key in zip(lines, keys, strict=True)
    ]
    said = _spoken(lines, cues)
    for at, line in enumerate(lines):
        if cues[at] is None:
            cues[at] = said.get(at) or (_DATE_LINE if _is_date_line(line) else None)
    return cues


def _spoken(lines: Sequence[str], cues: Sequence[Cue | None]) -> dict[int, Cue]:
    """The cues of phrases at the beginning of lines, first in the table first, and else of
    the phrase inside that ends first."""
    asked = [
        "" if cue else line if len(line) <= RIGHTS_LIMIT else line[:LONGEST]
        for line, cue in zip(lines, cues, strict=True)
    ]
    firsts = [0, *accumulate([len(line) + 1 for line in asked])]
    begun: dict[int, tuple[int, Cue]] = {}
    inside: dict[int, Cue] = {}
    for stop, phrase in sorted(_met("\n".join(asked)), key=_place):
        at = bisect_left(firsts, stop) - 1
        line = lines[at]
        end = stop - firsts[at]
        first = end - len(phrase.said)
        if not _ends_word(line, end):
            continue
        if first == 0 and phrase.start is not None and _heads(line, phrase.said):
            begun[at] = min(begun.get(at, phrase.start), phrase.start)
        if phrase.inside is not None and at not in inside and _counts(line, phrase.inside, first):
            inside[at] = phrase.inside
    return inside | {at: cue for at, (_, cue) in begun.items()}


def _met(text: str) -> Iterator[tuple[int, _Phrase]]:
    """Every phrase that begins where a word may, with where it ends.

    A phrase is looked for by its first ``GRAM`` letters: their hash has to be that of one.
    """
    table = _table()
    for phrase in table.short:
        at = text.find(phrase.said)
        while at >= 0:
            yield at + len(phrase.said), phrase
            at = text.find(phrase.said, at + 1)
    codes = np.frombuffer(f"\n{text}".encode("utf-32-le", "surrogatepass"), np.uint32)
    if len(codes) <= GRAM:
        return
    can_begin = table.apart[np.minimum(codes[:-GRAM], _BEYOND)]
    for at in np.flatnonzero(table.hashes[_hashes(codes[1:])] & can_begin).tolist():
        for phrase in table.phrases.get(text[at : at + GRAM], ()):
            if text.startswith(phrase.said, at):
                yield at + len(phrase.said), phrase


def _hashes(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """16 bits for every ``GRAM`` letters in a row."""
    count = len(codes) - GRAM + 1
    found = codes[:count].copy()
    for by in range(1, GRAM):
        found *= np.uint32(0x9E3779B1)
        found ^= codes[by : by + count]
    return (found * np.uint32(0x85EBCA6B)) >> np.uint32(16)


def _place(met: tuple[int, _Phrase]) -> tuple[int, int]:
    return met[0], -len(met[1].said)


def _counts(line: str, cue: Cue, first: int) -> bool:
    """Whether a phrase inside a line, from ``first`` on, says what the line is."""
    limit = RIGHTS_LIMIT if cue.kind == "rights" else INSIDE_LIMIT
    return len(line) <= limit and (first == 0 or not line[first - 1].isalnum())


def _heads(line: str, phrase: str) -> bool:
    """Whether line and phrase begin with the same word."""
    return _head(line) == _head(phrase)


def _head(text: str) -> str:
    return text.split(" ", 1)[0].rstrip(_EDGES)


def _ends_word(line: str, end: int) -> bool:
    return end >= len(line) or not (line[end].isalnum() and line[end - 1].isalnum())


def _is_date_line(text: str) -> bool:
    """Whether a short line says when and hardly anything else."""
    if len(text) > DATE_LINE_LIMIT or not _DIGIT.search(text) or not _DATE.search(text):
        return False
    return len(_WORD.findall(_DATE.sub(" ", text))) <= 3


@cache
def _table() -> _Table:
    path = files("clusterer.data").joinpath("furniture.toml")
    told = tomllib.loads(path.read_text("utf-8"))
    whole: dict[str, Cue] = {}
    phrases: dict[str, _Phrase] = {}
    for name, modes in told.items():
        kind = cast(BlockKind, name)
        for phrase in modes.get("whole", ()):
            whole.setdefault(bare(fold_text(phrase)), Cue(kind, whole=True))
        for phrase in modes.get("opens", ()):
            whole[bare(fold_text(phrase))] = Cue(kind, opens=True, whole=True)
        for phrase in map(fold_text, modes.get("start", ())):
            known = phrases.setdefault(phrase, _Phrase(phrase))
            if known.start is None:
                phrases[phrase] = known._replace(start=(len(phrases), Cue(kind)))
        for phrase in map(fold_text, modes.get("inside", ())):
            known = phrases.setdefault(phrase, _Phrase(phrase))
            phrases[phrase] = known._replace(inside=Cue(kind))
    by_gram: dict[str, list[_Phrase]] = {}
    for entry in phrases.values():
        by_gram.setdefault(entry.said[:GRAM], []).append(entry)
    short = [entry for entry in phrases.values() if len(entry.said) < GRAM]
    hashes = np.zeros(1 << 16, np.bool_)
    for gram in by_gram:
        if len(gram) == GRAM:
            hashes[_hashes(np.array(list(map(ord, gram)), np.uint32))] = True
    apart = np.array([not chr(code).isalnum() for code in range(_BEYOND)] + [True])
    return _Table(whole, by_gram, short, hashes, apart)
