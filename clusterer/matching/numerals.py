"""Numbers and clock times in folded text, in digits and in words."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from clusterer.text.script import fold_text

# One optional group of decimals or thousands at a time: linear, and dates fall apart into parts.
NUMBER = re.compile(r"\d+(?:[.,:]\d+)?")
THOUSANDS = re.compile(r"\d{1,3},\d{3}")
CLOCK = re.compile(r"\d{1,2}:\d{2}")


def numbers_in(folded: str) -> tuple[list[str], list[str]]:
    """The numbers in digits, without leading zeros, and the clock times."""
    numbers: list[str] = []
    clocks: list[str] = []
    for token in NUMBER.findall(folded):
        if CLOCK.fullmatch(token):
            clocks.append(token)
        elif THOUSANDS.fullmatch(token):
            numbers.append(token.replace(",", ""))
        else:
            numbers.extend([token] if "." in token else token.replace(":", ",").split(","))
    return [_plain(number) for number in numbers], clocks


def spelled_number(word: str) -> str | None:
    """The number, in digits, that a word without digits spells: "three"."""
    return _numerals().get(word)


def _plain(number: str) -> str:
    return number.lstrip("0") or "0"


@cache
def _numerals() -> dict[str, str]:
    source = files("clusterer.data").joinpath("matching/numerals.toml")
    table = tomllib.loads(source.read_text(encoding="utf-8"))
    return {fold_text(word): _plain(number) for number, words in table.items() for word in words}
