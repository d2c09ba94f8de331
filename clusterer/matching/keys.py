"""Hashed keys of words, worked out once a word: news says much in few words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar
from zlib import crc32

from clusterer.text.names import UNCASED, name_of
from clusterer.text.script import fold_text

BITS = 31  # width of hashed columns, the most that scipy's int32 indices hold
KEPT = 200_000  # words remembered: more than a language has in use, some ten MB
EDGES = ".,:;!?\"'()[]«»|/"

T = TypeVar("T")


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


def key(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass")) >> (32 - BITS)


def distinct(words: Iterable[str]) -> list[int]:
    """Sorted keys of words that come back often."""
    return sorted(set(map(_KEYS.__getitem__, words)))


def of_grams(words: Iterable[str]) -> list[int]:
    """Sorted keys of the character 4-grams inside words."""
    return sorted(set().union(*map(_GRAMS.__getitem__, set(words))))


def of_names(words: Iterable[str]) -> list[int]:
    """Sorted keys by which the names among words as printed may meet."""
    return sorted(set().union(*map(_NAMES.__getitem__, words)))


def of_main_names(words: Iterable[str]) -> list[int]:
    """Sorted keys of the main skeletons of the names among words as printed."""
    return sorted({keys[0] for word in words if (keys := _NAMES[word])})


def of_shingles(words: list[str]) -> list[int]:
    """Sorted keys of all runs of three words."""
    runs = zip(words, words[1:], words[2:], strict=False)
    return sorted(
        {crc32(f"{a} {b} {c}".encode("utf-8", "surrogatepass")) >> (32 - BITS) for a, b, c in runs}
    )


def bare(word: str) -> str:
    """A word folded, without marks at its edges."""
    return _BARE[word]


def grams(word: str) -> list[str]:
    """Character 4-grams of a folded word, its ends marked: morphology-proof word overlap."""
    framed = f" {word} "
    return [framed[i : i + 4] for i in range(max(len(framed) - 3, 1))]


def _of_name(word: str) -> tuple[int, ...]:
    """Keys of a word as printed that may be (part of) a name, the main one first."""
    if not (word[0].isupper() or UNCASED.match(word)):
        return ()
    name = name_of(word)
    return () if name is None else tuple(map(key, name.keys))


_KEYS: Memory[int] = Memory(key)
_GRAMS: Memory[tuple[int, ...]] = Memory(lambda word: tuple(map(key, grams(word))))
_NAMES: Memory[tuple[int, ...]] = Memory(_of_name)
_BARE: Memory[str] = Memory(lambda word: fold_text(word).strip(EDGES))
