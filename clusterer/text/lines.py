"""A page as lines: what each says in normal form, how it looks, and which cue it carries.

Everything is found for all lines of a page together: pages have dozens of short lines, and
what is asked of each line alone costs more than the answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from clusterer.news import BlockKind, Span
from clusterer.text.phrases import Cue, bare_lines, find_cues
from clusterer.text.script import Folded, fold

# What reads on: a sentence of some length, or a line as long as only paragraphs are.
PROSE_CHARS, PROSE_WORDS, LONG_CHARS = 45, 7, 200
STEM_CHARS = 160  # a paragraph says in its first words what it is about
STEM_LENGTH = 4
_CLITICS = (" وال", " بال", " ال", " لل", " و", ' "')
_BULLET = re.compile(r"(?:[*>+~]|-(?=\s)|\d{1,2}[.)](?=\s))\s*")
_BULLET_HEADS = frozenset("*>+~-0123456789")
_TERMINAL = re.compile(r"""[.!?…]["'»)\]*]{0,3}$""")
_LAST = frozenset(".!?…\"'»)]*")
# Furniture that is written in whole sentences all the same.
_SPOKEN_FURNITURE = ("rights", "comments", "follow", "related")


@dataclass(slots=True)
class Line:
    """One line with words in it.

    ``span`` lies in the page and leaves out the white space around; ``text`` is its normal
    form without the bullet. ``gap`` counts the blank lines before it, ``indent`` tells
    whether it stands away from the margin. ``key`` is ``bare(text)``; ``prose`` tells
    whether it reads like a sentence or more of running text. ``first_words`` are those of
    ``text`` behind one space, without the article and conjunctions that Arabic writes onto
    them; ``stems`` the first letters of the longer ones, for overlap. ``kind`` is that of
    ``cue``.
    """

    span: Span
    text: str
    gap: int
    bullet: bool
    indent: bool
    cue: Cue | None
    terminal: bool
    words: int
    key: str
    prose: bool
    first_words: str
    kind: BlockKind | None
    _stems: frozenset[str] | None = field(default=None, repr=False, compare=False)

    @property
    def stems(self) -> frozenset[str]:
        if self._stems is None:
            words = self.first_words.split()
            self._stems = frozenset([w[:STEM_LENGTH] for w in words if len(w) >= STEM_LENGTH])
        return self._stems


def read_lines(text: str) -> list[Line]:
    """All lines of ``text`` that hold a letter or digit, in page order."""
    return read_pages([text])[0]


def read_pages(texts: Sequence[str]) -> list[list[Line]]:
    """``read_lines`` of each of many texts."""
    spans: list[Span] = []
    said: list[str] = []
    looks: list[tuple[int, bool, bool]] = []
    stops = []
    for text in texts:
        _look(fold(text), spans, said, looks)
        stops.append(len(said))
    keys = bare_lines("\n".join(said)) if said else []
    cues = find_cues(said, keys)
    first = without_clitics(said)
    lines = []
    for at, line in enumerate(said):
        terminal = line[-1] in _LAST and _TERMINAL.search(line[-5:]) is not None
        words = line.count(" ") + 1
        look, cue = looks[at], cues[at]
        kind = cue.kind if cue else None
        prose = _reads_on(len(line), words, terminal, kind)
        lines.append(
            Line(spans[at], line, *look, cue, terminal, words, keys[at], prose, first[at], kind)
        )
    return [lines[start:stop] for start, stop in zip([0, *stops], stops, strict=False)]


def _look(
    folded: Folded, spans: list[Span], said: list[str], looks: list[tuple[int, bool, bool]]
) -> None:
    """Add the lines of one page, and of each its gap, whether it has a bullet, and is indented."""
    starts: list[int] = []
    ends: list[int] = []
    at, gap = 0, 0
    for raw in folded.text.split("\n"):
        words = raw.strip()
        if words and _has_words(words):
            start = at if raw[0] == words[0] else at + len(raw) - len(raw.lstrip())
            starts.append(start)
            ends.append(start + len(words))
            line = _without_bullet(words)
            said.append(line)
            looks.append((gap, line is not words, raw[0] in " \t"))
            gap = 0
        else:
            gap += 1
        at += len(raw) + 1
    spans += folded.spans(starts, ends)


def _reads_on(size: int, words: int, terminal: bool, kind: BlockKind | None) -> bool:
    if size >= LONG_CHARS:
        return kind != "menu"
    sentence = terminal and size >= PROSE_CHARS and words >= PROSE_WORDS
    return sentence and kind not in _SPOKEN_FURNITURE


def _without_bullet(words: str) -> str:
    if words[0] in _BULLET_HEADS:
        bullet = _BULLET.match(words)
        if bullet and bullet.end() < len(words):
            return words[bullet.end() :]
    return words


def _has_words(words: str) -> bool:
    return words[0].isalnum() or any(map(str.isalnum, words))


def without_clitics(lines: Sequence[str]) -> list[str]:
    """``first_words`` of folded lines."""
    text = "\n".join([f" {line[:STEM_CHARS]}" for line in lines])
    for clitic in _CLITICS:
        text = text.replace(clitic, " ")
    return text.split("\n")


def overlap(few: frozenset[str], many: frozenset[str]) -> float:
    """Share of ``few`` that ``many`` holds, in [0, 1]; 0 where ``few`` is empty."""
    return len(few & many) / len(few) if few else 0.0
