"""The words of dates: months, weekdays, halves of the day, zones and labels, from tables."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from typing import Any, cast

from clusterer.news import Calendar
from clusterer.text.script import fold_text

_WORDS = re.compile(r"[^\W\d_]+|[^\w\s]")
_HEBREW_PREFIXES = ("ב", "ל", "מ")


@cache
def _told(name: str) -> dict[str, Any]:
    return tomllib.loads(files("clusterer.data").joinpath(name).read_text("utf-8"))


@cache
def months() -> dict[str, frozenset[tuple[Calendar, int]]]:
    """Folded month name, words parted by one space → the months that it may mean."""
    meant: dict[str, set[tuple[Calendar, int]]] = {}
    for calendar, table in _told("months.toml").items():
        for number, names in table.items():
            # Persian writes the word for month onto the names of its own.
            joined = [name + "ماه" for name in names] if calendar == "jalali" else []
            for name in map(spaced, [*names, *joined]):
                meant.setdefault(name, set()).add((cast(Calendar, calendar), int(number)))
                if "\u05d0" <= name[0] <= "\u05ea":
                    for prefix in _HEBREW_PREFIXES:
                        meant.setdefault(prefix + name, set()).add(
                            (cast(Calendar, calendar), int(number))
                        )
    return {name: frozenset(months) for name, months in meant.items()}


@cache
def month_heads() -> frozenset[str]:
    """The first words of all month names."""
    return frozenset(name.split(" ", 1)[0] for name in months())


def spaced(name: str) -> str:
    """A name as its tokens, parted by one space."""
    return " ".join(_WORDS.findall(fold_text(name)))


@cache
def fillers() -> frozenset[str]:
    """Words that may stand between a day, a month and a year."""
    table = _told("dates.toml")["fillers"]
    return frozenset(map(fold_text, table["words"] + table["ordinals"]))


@cache
def _weekdays() -> dict[str, int]:
    table = _told("dates.toml")["weekdays"]
    return {spaced(name): int(number) for number, names in table.items() for name in names}


def weekday_in(text: str) -> int | None:
    """The weekday that a folded text names, Monday 0; None for none or more than one."""
    known = _weekdays()
    words = re.findall(r"[^\W\d_]+", text)
    found = []
    at = 0
    while at < len(words):
        two = " ".join(words[at : at + 2])
        if two in known:
            found.append(known[two])
            at += 2
            continue
        if words[at] in known:
            found.append(known[words[at]])
        at += 1
    return found[0] if len(set(found)) == 1 else None


@cache
def _meridiem() -> tuple[re.Pattern[str], dict[str, str]]:
    table = _told("dates.toml")["meridiem"]
    halves = {fold_text(word): half for half, words in table.items() for word in words}
    return _any_of(halves, r"(?![^\W_])"), halves


def _any_of(words: Collection[str], follows: str) -> re.Pattern[str]:
    """One pattern for all ``words``, the longest first; ``follows`` must hold behind them."""
    ordered = sorted(words, key=lambda word: -len(word))
    return re.compile(f"(?:{'|'.join(map(re.escape, ordered))}){follows}")


def meridiem(text: str, at: int) -> tuple[str | None, int]:
    """``am`` or ``pm`` said right behind a time in a folded text, and where that ends."""
    ahead = text[at : at + 16].lstrip()
    skipped = at + len(text[at : at + 16]) - len(ahead)
    words, halves = _meridiem()
    mark = words.match(ahead)
    return (halves[mark.group()], skipped + mark.end()) if mark else (None, at)


@cache
def _spoken_zones() -> tuple[re.Pattern[str], dict[str, str]]:
    table = _told("dates.toml")["spoken_zones"]
    zones = {fold_text(words): name for name, many in table.items() for words in many}
    return _any_of(zones, r"(?![^\W_]|[+-])"), zones


def spoken_zone(text: str) -> tuple[str, str] | None:
    """The words that a folded text begins with when they name a zone, and its IANA name."""
    words, zones = _spoken_zones()
    mark = words.match(text)
    return (mark.group(), zones[mark.group()]) if mark else None


@cache
def home_zones() -> dict[str, tuple[str, float]]:
    """Language or calendar → (IANA name, spread in hours)."""
    table = _told("dates.toml")["zones"]
    return {name: (told["zone"], float(told["spread"])) for name, told in table.items()}


@cache
def labels(kind: str) -> tuple[str, ...]:
    """Folded words that announce a date of ``published`` or ``updated``."""
    return tuple(map(fold_text, _told("dates.toml")["labels"][kind]))
