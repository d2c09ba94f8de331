"""One normal form for matching, reversible to the offsets of the original.

A reader takes «كتاب» and «کتاب», «می‌شود» and «میشود», "AJANSI" and "Ajansı" for the same
words; so does the normal form. It is NFKC and full case folding (Unicode Standard Annex 15;
chapter 5.18), then one letter for each family of look-alikes (``data/letters.toml``), ASCII
digits, plain punctuation, and no tashkeel, niqqud, accents, kashida, joiners or bidi marks.
Line feeds stay, runs of spaces stay: nothing is moved, so every folded character knows
where it came from.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from clusterer.news import Span

Offsets = NDArray[np.int32]

# Stands between texts that are folded in one go; folding keeps it, and nothing joins over it.
BREAK = "\x1f"
# Code points folded in one go: their arrays stay in the processor's cache.
TOGETHER = 1 << 15
_UNSEEN, _MARK, _INVISIBLE, _LONGER = -1, -2, -3, -4
# Canonical combining classes of marks that only decorate: Hebrew and Arabic fixed positions
# and everything attached above or below. Nukta, virama, dakuten and Thai vowels spell words.
_DECORATION = frozenset({*range(10, 37), *range(200, 256)})


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in normal form and the way back.

    ``offsets`` int32 (len(text) + 1,): ``offsets[k]`` is the code point of the original that
    folded character ``k`` came from; the last entry is the original's length. ``ends`` int32
    (len(text),): where that original character ends, its dropped marks included and the
    joiners after it not.
    """

    text: str
    offsets: Offsets
    ends: Offsets

    def span(self, start: int, end: int) -> Span:
        """The original's half-open span behind the folded characters ``[start, end)``."""
        first = int(self.offsets[start])
        return Span(first, int(self.ends[end - 1]) if end > start else first)

    def spans(self, starts: Sequence[int], ends: Sequence[int]) -> list[Span]:
        """``span`` of each of many stretches, none of them empty."""
        firsts = self.offsets[np.array(starts, np.intp)].tolist()
        lasts = self.ends[np.array(ends, np.intp) - 1].tolist()
        return list(map(Span, firsts, lasts))


def fold(text: str) -> Folded:
    """Normal form of ``text`` with offsets; ``fold(fold(x).text).text == fold(x).text``."""
    if not text:
        return Folded("", np.zeros(1, np.int32), np.zeros(0, np.int32))
    if text.isascii() and text.isprintable():
        places = np.arange(len(text) + 1, dtype=np.int32)
        return Folded(fold_text(text), places, places[1:])
    folded = _letter_by_letter(text)
    return folded if unicodedata.is_normalized("NFC", folded.text) else _compose(folded)


def fold_all(texts: Sequence[str]) -> Iterator[Folded]:
    """``fold`` of each; many are folded in less time together, a part of them at a time."""
    for part in _together(texts):
        yield from _fold_joined(part)


def _fold_joined(texts: Sequence[str]) -> list[Folded]:
    joined = BREAK.join(texts)
    if not joined or joined.count(BREAK) != len(texts) - 1:
        return list(map(fold, texts))
    whole = _letter_by_letter(joined)
    sound = unicodedata.is_normalized("NFC", whole.text)
    found = []
    start = first = 0
    for text, part in zip(texts, whole.text.split(BREAK), strict=True):
        end = start + len(part)
        if sound or unicodedata.is_normalized("NFC", part):
            offsets = whole.offsets[start : end + 1] - np.int32(first)
            found.append(Folded(part, offsets, whole.ends[start:end] - np.int32(first)))
        else:
            found.append(fold(text))
        start, first = end + 1, first + len(text) + 1
    return found


def _letter_by_letter(text: str) -> Folded:
    """The normal form of a text that is not empty, but for what marks and letters compose."""
    codes = _look_up(_code_points(text))
    if codes.min() >= 0:
        # Nothing is dropped and nothing grows: every letter stays where it was.
        chosen, kept = codes, np.arange(len(codes), dtype=np.int32)
        ends = kept + np.int32(1)
    else:
        kept = np.flatnonzero((codes >= 0) | (codes == _LONGER)).astype(np.int32)
        ends = _ends(codes, kept)
        chosen = codes[kept]
        if (chosen == _LONGER).any():
            chosen, times = _spell_out(text, chosen, kept)
            kept, ends = np.repeat(kept, times), np.repeat(ends, times)
    return Folded(_string(chosen), np.append(kept, np.int32(len(text))), ends)


def fold_text(text: str) -> str:
    """``fold(text).text``, for those who need no way back."""
    if text.isascii() and text.isprintable():
        return text.lower().replace("`", "'")
    codes = _look_up(_code_points(text))
    if (codes == _LONGER).any():
        kept = np.flatnonzero((codes >= 0) | (codes == _LONGER)).astype(np.int32)
        codes, _ = _spell_out(text, codes[kept], kept)
    return unicodedata.normalize("NFC", _string(codes[codes >= 0]))


def fold_texts(texts: Sequence[str]) -> list[str]:
    """``fold_text`` of each; many are folded in less time together."""
    found: list[str] = []
    for part in _together(texts):
        joined = BREAK.join(part)
        if joined.count(BREAK) == len(part) - 1:
            found += fold_text(joined).split(BREAK)
        else:
            found += map(fold_text, part)
    return found


def _together(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Texts in runs of a bounded length, each of one text at least."""
    first = length = 0
    for at, text in enumerate(texts, 1):
        length += len(text)
        if length >= TOGETHER or at == len(texts):
            yield texts[first:at]
            first, length = at, 0


def _code_points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _string(codes: NDArray[np.int32]) -> str:
    return str(codes.astype("<u4", copy=False).data, "utf-32-le", "surrogatepass")


def _look_up(points: NDArray[np.uint32]) -> NDArray[np.int32]:
    table = _table()
    codes = table[points]
    if (codes == _UNSEEN).any():
        for point in np.unique(points[codes == _UNSEEN]).tolist():
            table[point] = _code(chr(point))
        codes = table[points]
    return codes


def _ends(codes: NDArray[np.int32], kept: Offsets) -> Offsets:
    """An original character reaches over its dropped marks, up to the next or a joiner."""
    ends = np.append(kept[1:], np.int32(len(codes)))[: len(kept)]
    invisible = np.flatnonzero(codes == _INVISIBLE).astype(np.int32)
    if len(invisible):
        place = np.searchsorted(invisible, kept)
        following = np.append(invisible, np.int32(len(codes)))[place]
        ends = np.minimum(ends, following)
    return ends.astype(np.int32)


def _spell_out(
    text: str, chosen: NDArray[np.int32], kept: Offsets
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Characters that fold to more than one spelled out, and how many each has become."""
    longer = np.flatnonzero(chosen == _LONGER)
    pieces = [_code_points(_fold_character(text[kept[at]])).astype(np.int32) for at in longer]
    times = np.ones(len(chosen), np.int64)
    times[longer] = [len(piece) for piece in pieces]
    spread = np.repeat(chosen, times)
    spread[spread == _LONGER] = np.concatenate(pieces)
    return spread, times


def _compose(folded: Folded) -> Folded:
    """Canonical composition, cluster by cluster, for the few scripts that still need it."""
    text = folded.text
    starts = [at for at, letter in enumerate(text) if at == 0 or _begins(letter)]
    parts: list[str] = []
    firsts: list[int] = []
    lasts: list[int] = []
    for at, stop in zip(starts, [*starts[1:], len(text)], strict=True):
        part = unicodedata.normalize("NFC", text[at:stop])
        parts.append(part)
        firsts += [int(folded.offsets[at])] * len(part)
        lasts += [int(folded.ends[stop - 1])] * len(part)
    offsets = np.array([*firsts, int(folded.offsets[-1])], np.int32)
    return Folded("".join(parts), offsets, np.array(lasts, np.int32))


def _begins(letter: str) -> bool:
    """Whether no canonical composition can reach over the place before ``letter``."""
    return unicodedata.category(letter)[0] != "M" and not "\u1160" <= letter <= "\u11ff"


@cache
def _table() -> NDArray[np.int32]:
    """Code point → folded code point or a negative sign; filled as code points are met."""
    return np.full(0x110000, _UNSEEN, np.int32)


def _code(letter: str) -> int:
    folded = _fold_character(letter)
    if not folded:
        return _MARK if unicodedata.category(letter)[0] == "M" else _INVISIBLE
    return ord(folded) if len(folded) == 1 else _LONGER


@cache
def _fold_character(letter: str) -> str:
    folded, before = _fold_once(letter), letter
    while folded != before:
        before, folded = folded, _fold_once(folded)
    return folded


def _fold_once(letters: str) -> str:
    known = "".join(_letters().get(letter, letter) for letter in letters)
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", known).casefold())
    return unicodedata.normalize("NFC", "".join(map(_plain, plain)))


def _plain(letter: str) -> str:
    if letter in _letters():
        return _letters()[letter]
    if unicodedata.category(letter) == "Cf" or unicodedata.combining(letter) in _DECORATION:
        return ""
    digit = unicodedata.decimal(letter, None)
    if digit is not None:
        return str(digit)
    return " " if unicodedata.category(letter) == "Zs" else letter


@cache
def _letters() -> dict[str, str]:
    told = tomllib.loads(files("clusterer.data").joinpath("letters.toml").read_text("utf-8"))
    table = dict.fromkeys(told["dropped"]["letters"], "")
    for section in ("letters", "punctuation"):
        for becomes, family in told[section].items():
            table.update(dict.fromkeys(family, becomes))
    return table
