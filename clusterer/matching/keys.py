"""Hashed keys of words, worked out once a word, and sets of them for many texts at once.

News says much in few words. What is known of a word is packed into bytes, so that the keys of
all words of a batch are one join and one view away.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple, TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

BITS = 31  # width of hashed columns, the most that scipy's int32 indices hold
MASK = (1 << BITS) - 1
KEPT = 200_000  # words remembered: more than a language has in use, some twenty to fifty MB

T = TypeVar("T")
Ints = NDArray[np.int64]


class Memory(dict[str, T]):
    """What a function says of a word, remembered; begun anew when it holds KEPT words."""

    def __init__(self, tell: Callable[[str], T]) -> None:
        super().__init__()
        self._tell = tell

    def __missing__(self, word: str) -> T:
        if len(self) >= KEPT:
            self.clear()
        value = self[word] = self._tell(word)
        return value

    def of(self, words: Iterable[str]) -> Iterator[T]:
        return map(self.__getitem__, words)


class Numbering(dict[str, int]):
    """Numbers for words, in the order in which they are met."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number

    def said(self, texts: Iterable[Sequence[str]]) -> Said:
        """The words of each text."""
        listed = list(texts)
        lengths = np.fromiter(map(len, listed), np.int64, len(listed))
        words = chain.from_iterable(listed)
        number = np.fromiter(map(self.__getitem__, words), np.int64, int(lengths.sum()))
        return Said(np.repeat(np.arange(len(listed)), lengths), number)


class Said(NamedTuple):
    """Things said, in order: which text says which; both int64 (m,)."""

    text: Ints
    number: Ints

    def once(self) -> Said:
        """Each text's own but once, sorted. Both are below ``2**BITS``."""
        both = (self.text << BITS) | self.number
        both.sort()
        first = np.ones(len(both), bool)
        np.not_equal(both[1:], both[:-1], out=first[1:])
        both = both[first]
        return Said(both >> BITS, both & MASK)

    def after(self, other: Said) -> Said:
        """What ``other`` and then this one says, text by text."""
        text = np.concatenate([other.text, self.text])
        order = np.argsort(text, kind="stable")
        return Said(text[order], np.concatenate([other.number, self.number])[order])

    def told(self, table: Table) -> Said:
        """What the table tells of the words that are said, in their stead."""
        starts = table.bounds[self.number]
        counts = table.bounds[self.number + 1] - starts
        ends = np.cumsum(counts)
        places = np.repeat(starts + counts - ends, counts) + np.arange(counts.sum())
        return Said(np.repeat(self.text, counts), table.values[places])


class Table(NamedTuple):
    """What is told of numbered words: ``values[bounds[k] : bounds[k + 1]]`` of word k; int64."""

    values: Ints
    bounds: Ints

    @classmethod
    def of(cls, told: Iterable[bytes]) -> Table:
        """From what is told of each word, as ``packed``."""
        rows = list(told)
        bounds = np.zeros(len(rows) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, rows), np.int64, len(rows)) >> 3, out=bounds[1:])
        return cls(np.frombuffer(b"".join(rows), np.int64), bounds)

    def firsts(self) -> Table:
        """The first of what is told of each word."""
        filled = np.diff(self.bounds) > 0
        bounds = np.concatenate([[0], np.cumsum(filled)])
        return Table(self.values[self.bounds[:-1][filled]], bounds)


def packed(numbers: Iterable[int]) -> bytes:
    """Numbers as a row of a ``Table`` is made of."""
    return array("q", numbers).tobytes()


def key(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass")) >> (32 - BITS)


def grams(word: str) -> list[str]:
    """Character 4-grams of a folded word, its ends marked: morphology-proof word overlap."""
    framed = f" {word} "
    return [framed[i : i + 4] for i in range(max(len(framed) - 3, 1))]
