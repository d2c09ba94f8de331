"""A page as lines: what each says in normal form, how it looks, and which cue it carries.

Cues are phrases of page furniture from ``data/furniture.toml``; that a line carries one is
evidence, not a verdict.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple, cast

from clusterer.news import BlockKind, Span
from clusterer.text.script import fold, fold_text

INSIDE_LIMIT = 160  # code points: a longer line is a paragraph that happens to hold the words
RIGHTS_LIMIT = 400  # legal notices are the one kind of furniture that runs to paragraphs
DATE_LINE_LIMIT = 80  # code points
# What reads on: a sentence of some length, or a line as long as only paragraphs are.
PROSE_CHARS, PROSE_WORDS, LONG_CHARS = 45, 7, 200
STEM_CHARS = 160  # a paragraph says in its first words what it is about
_STEM_LENGTH = 4
_CLITICS = (" وال", " بال", " ال", " لل", " و", ' "')
_BULLET = re.compile(r"(?:[*>+~]|-(?=\s)|\d{1,2}[.)](?=\s))\s*")
_TERMINAL = re.compile(r"""[.!?…]["'»)\]*]{0,3}$""")
_DATE = re.compile(
    r"\d{1,4}[/.\-]\d{1,2}[/.\-]\d{2,4}|\d{1,2}:\d{2}|\d{1,2} \w{2,12}(?: \w{2,9})? \d{4}"
)
_WORD = re.compile(r"[^\W\d]{2,}")
_EDGES = " :.,;|*-_/\\()[]<>\"'!?#~=»«+\t\r"


class Cue(NamedTuple):
    kind: BlockKind
    opens: bool = False
    whole: bool = False


@dataclass(slots=True)
class Line:
    """One line with words in it.

    ``span`` lies in the page and leaves out the white space around; ``text`` is its normal
    form without the bullet. ``gap`` counts the blank lines before it, ``indent`` tells
    whether it stands away from the margin. ``key`` is ``bare(text)``; ``prose`` tells
    whether it reads like a sentence or more of running text; ``stems`` are rough stems of
    its first words, for overlap.
    """

    span: Span
    text: str
    gap: int
    bullet: bool
    indent: bool = False
    cue: Cue | None = field(init=False)
    terminal: bool = field(init=False)
    words: int = field(init=False)
    key: str = field(init=False)
    prose: bool = field(init=False)
    stems: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        text = self.text
        size = len(text)
        self.terminal = _TERMINAL.search(text[-5:]) is not None
        self.words = text.count(" ") + 1
        self.key = bare(text)
        self.cue = find_cue(text, self.key)
        self.prose = self._reads_on(size)
        self.stems = stems(text[:STEM_CHARS])

    def _reads_on(self, size: int) -> bool:
        if size >= LONG_CHARS:
            return self.kind != "menu"
        sentence = self.terminal and size >= PROSE_CHARS and self.words >= PROSE_WORDS
        return sentence and self.kind not in ("rights", "comments", "follow", "related")

    @property
    def kind(self) -> BlockKind | None:
        return self.cue.kind if self.cue else None


def read_lines(text: str) -> list[Line]:
    """All lines of ``text`` that hold a letter or digit, in page order."""
    folded = fold(text)
    lines: list[Line] = []
    at, gap = 0, 0
    for raw in folded.text.split("\n"):
        words = raw.strip()
        if words and _has_words(words):
            start = at + len(raw) - len(raw.lstrip())
            bullet = _BULLET.match(words)
            said = words[bullet.end() :] if bullet and bullet.end() < len(words) else words
            span = folded.span(start, start + len(words))
            lines.append(Line(span, said, gap, said is not words, raw[0] in " \t"))
            gap = 0
        else:
            gap += 1
        at += len(raw) + 1
    return lines


def _has_words(words: str) -> bool:
    return words[0].isalnum() or any(map(str.isalnum, words))


def stems(text: str) -> frozenset[str]:
    """Rough word stems of a folded text: the first letters of its longer words, without the
    article and conjunctions that Arabic writes onto them."""
    text = f" {text}"
    for clitic in _CLITICS:
        if clitic in text:
            text = text.replace(clitic, " ")
    return frozenset([word[:_STEM_LENGTH] for word in text.split() if len(word) >= _STEM_LENGTH])


def overlap(few: frozenset[str], many: frozenset[str]) -> float:
    """Share of ``few`` that ``many`` holds, in [0, 1]; 0 where ``few`` is empty."""
    return len(few & many) / len(few) if few else 0.0


def find_cue(text: str, key: str) -> Cue | None:
    """The strongest cue of a folded line: the whole line, then its beginning, then inside.

    ``key`` is ``bare(text)``.
    """
    table = _table()
    whole = table.whole.get(key) if len(text) <= INSIDE_LIMIT else None
    if whole is not None:
        return whole
    head = text.split(" ", 1)[0].rstrip(_EDGES)
    for phrase, cue in table.start.get(head, ()):
        if text.startswith(phrase) and _ends_word(text, phrase):
            return cue
    if len(text) > RIGHTS_LIMIT:
        return None
    for last, (phrase, cue) in table.inside.iter(text):
        first = last - len(phrase) + 1
        if len(text) > INSIDE_LIMIT and cue.kind != "rights":
            continue
        if (first == 0 or not text[first - 1].isalnum()) and _ends_word(text[first:], phrase):
            return cast(Cue, cue)
    return Cue("date_line") if _is_date_line(text) else None


def _is_date_line(text: str) -> bool:
    """Whether a short line says when and hardly anything else."""
    if len(text) > DATE_LINE_LIMIT or not any(map(str.isdecimal, text)):
        return False
    rest, dates = _DATE.subn(" ", text)
    return dates > 0 and len(_WORD.findall(rest)) <= 3


def bare(text: str) -> str:
    """A folded line without its edges and spaces, so that lost joiners do not matter."""
    return text.replace(" ", "").strip(_EDGES)


def _ends_word(text: str, phrase: str) -> bool:
    end = len(phrase)
    return end >= len(text) or not (text[end].isalnum() and phrase[-1].isalnum())


class _Table(NamedTuple):
    whole: dict[str, Cue]
    start: dict[str, list[tuple[str, Cue]]]
    inside: Any


@cache
def _table() -> _Table:
    import ahocorasick

    path = files("clusterer.data").joinpath("furniture.toml")
    told = tomllib.loads(path.read_text("utf-8"))
    whole: dict[str, Cue] = {}
    start: dict[str, list[tuple[str, Cue]]] = {}
    inside = ahocorasick.Automaton()
    for name, modes in told.items():
        kind = cast(BlockKind, name)
        for phrase in modes.get("whole", ()):
            whole.setdefault(bare(fold_text(phrase)), Cue(kind, whole=True))
        for phrase in modes.get("opens", ()):
            whole[bare(fold_text(phrase))] = Cue(kind, opens=True, whole=True)
        for phrase in map(fold_text, modes.get("start", ())):
            head = phrase.split(" ", 1)[0].rstrip(_EDGES)
            start.setdefault(head, []).append((phrase, Cue(kind)))
        for phrase in map(fold_text, modes.get("inside", ())):
            inside.add_word(phrase, (phrase, Cue(kind)))
    inside.make_automaton()
    return _Table(whole, start, inside)
