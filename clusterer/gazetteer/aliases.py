"""How a listed name may stand in a text: spacing, clitics, case endings, capitals.

Every form is made from folded text, so that tashkeel, look-alike letters, joiners and
accents never matter. Endings are data (``data/endings.toml``).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import pairwise, product
from typing import Literal

from clusterer.text.script import fold_text

Capitals = Literal["none", "first", "all"]

# Marks that stand where a space could: "al-arabiya", "ا.ف.ب", "العربية.نت", "قناة_الجزيرة".
_SEPARATORS = "-._/|"
_ARABIC_CLITICS = re.compile("[وف]?[بلک]?")
_ARABIC_AFTER_LAM = re.compile("[وف]?")
_HEBREW_CLITICS = re.compile("ו?(?:ש|כש)?[בלמהכ]?")
_LONGEST_CLITIC = 4
# Beyond this many gaps only "all open" and "all closed" are tried: 2**5 forms are enough.
_MOST_GAPS = 5
# A suffix is only taken off a name long enough not to be another word by chance.
_SHORTEST_WITH_SUFFIX = 4
_LONGEST_ACRONYM = 6
_LONGEST_LETTER = 2
# What a sentence may begin with before a word that is no name: "The mirror was broken".
_ARTICLE = re.compile(r"the\s+(?=\w)", re.IGNORECASE)
_UNSPACED = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


@dataclass(frozen=True, slots=True)
class Alias:
    """One written form of a name. ``skip`` leading characters belong to a fused clitic.

    ``doubt`` is 0 for a name that means nothing else, 1 for one that is also a word and needs
    a cue, 2 for an everyday word or a place that needs a noun such as "newspaper" or a label.
    """

    form: str
    agencies: tuple[str, ...]
    doubt: int
    languages: tuple[str, ...]
    capitals: Capitals
    skip: int = 0

    def joined(self, other: Alias) -> Alias:
        """The same form of several names or languages, in the order they were told."""
        ranks: tuple[Capitals, ...] = ("none", "first", "all")
        return replace(
            self,
            agencies=tuple(dict.fromkeys((*self.agencies, *other.agencies))),
            doubt=max(self.doubt, other.doubt),
            languages=tuple(dict.fromkeys((*self.languages, *other.languages))),
            capitals=min(self.capitals, other.capitals, key=ranks.index),
            skip=min(self.skip, other.skip),
        )

    def joins(self) -> tuple[bool, bool]:
        """Whether a letter may stand right before it at all, and right behind it."""
        unspaced = _UNSPACED.search(self.form) is not None
        suffixed = not self.doubt and len(self.form) >= _SHORTEST_WITH_SUFFIX
        another = not self.doubt and self.capitals == "first"
        return unspaced or not {"ar", "he"}.isdisjoint(self.languages), (
            unspaced or suffixed or another
        )

    def written_as_name(self, words: str, text: str, start: int) -> bool:
        """Whether the original words carry the capitals that make a Latin word a name."""
        if self.capitals == "none" or (start and text[start - 1] in "#@"):
            return True
        if self.capitals == "all":
            return words == words.upper()
        article = _ARTICLE.match(words)
        return _is_capital(words) and (not article or _is_capital(words[article.end() :]))


def _is_capital(words: str) -> bool:
    letter = next((letter for letter in words if letter.isalpha()), "")
    return letter != letter.lower() or words[0].isdigit()


def flat(folded: str) -> str:
    """Folded text with every separator a space; same length, so offsets stay."""
    for mark in _SEPARATORS:
        folded = folded.replace(mark, " ")
    return folded


def spellings(name: str, language: str, agency: str, doubts: Mapping[str, int]) -> Iterator[Alias]:
    """All forms in which ``name`` may be met; ``doubts`` is keyed flat and folded."""
    plain = flat(fold_text(name)).strip()
    if not plain:
        return
    doubt = doubts.get(plain, 0)
    capitals = _capitals(name)
    # Acronyms stay as they are: "АПА" is no genitive of "АП".
    forms = (plain,) if capitals == "all" else _inflected(plain, language)
    for inflected in dict.fromkeys(forms):
        for form in _spaced(inflected.split()):
            yield Alias(form, (agency,), doubt, (language,), capitals)
            if language == "ar" and form.startswith("ال") and len(form) > _SHORTEST_WITH_SUFFIX:
                yield Alias("لل" + form[2:], (agency,), doubt, ("ar",), capitals, skip=1)
            if language == "ar" and _is_spelled(form):
                yield Alias("ال" + form, (agency,), doubt, ("ar",), capitals, skip=2)


def _is_spelled(form: str) -> bool:
    """Whether a name is a foreign acronym letter by letter, "سي ان ان", which takes an article."""
    words = form.split()
    return len(words) > 2 and all(len(word) <= _LONGEST_LETTER for word in words)


def bounded(ground: str, start: int, end: int, alias: Alias) -> str | None:
    """The clitic before the match ("" for none), or None when it lies inside another word."""
    if end < len(ground) and ground[end].isalnum() and not _suffixed(ground, end, alias):
        return None
    if start == 0 or not ground[start - 1].isalnum():
        return ground[start : start + alias.skip]
    if _UNSPACED.search(alias.form):
        return ""
    first = start
    while first and start - first <= _LONGEST_CLITIC and ground[first - 1].isalnum():
        first -= 1
    clitic = ground[first:start]
    if "ar" in alias.languages:
        rule = _ARABIC_AFTER_LAM if alias.skip else _ARABIC_CLITICS
        long_enough = len(alias.form) >= _SHORTEST_WITH_SUFFIX or clitic in ("ل", "ول")
        if rule.fullmatch(clitic) and long_enough:
            return clitic
    if "he" in alias.languages and _HEBREW_CLITICS.fullmatch(clitic):
        return clitic
    return None


def _suffixed(ground: str, end: int, alias: Alias) -> bool:
    if _UNSPACED.search(alias.form):
        return True
    if alias.doubt or len(alias.form) < _SHORTEST_WITH_SUFFIX:
        return False
    last = end
    while last < len(ground) and last - end <= _LONGEST_CLITIC and ground[last].isalnum():
        last += 1
    suffixes = _endings()["suffixes"]
    return any(ground[end:last] in suffixes.get(language, ()) for language in alias.languages)


def _capitals(name: str) -> Capitals:
    letters = [letter for letter in name if letter.isalpha()]
    if not letters or unicodedata.category(letters[0]) != "Lu":
        return "none"
    if 1 < len(letters) <= _LONGEST_ACRONYM and all(letter.isupper() for letter in letters):
        return "all"
    return "first"


def _spaced(words: list[str]) -> Iterator[str]:
    """Persian writes a joiner, nothing or a space between words; others sometimes nothing.

    Between single letters a gap stays a gap: "و م ع" is an agency, "ومع" is "and with".
    """
    gaps = [
        (" ", "  ") if len(left) == 1 and len(right) == 1 else (" ", "")
        for left, right in pairwise(words)
    ]
    if len(gaps) > _MOST_GAPS:
        yield " ".join(words)
        yield "".join(words)
        return
    for chosen in product(*gaps):
        yield "".join(gap + word for gap, word in zip(("", *chosen), words, strict=True))


def _inflected(plain: str, language: str) -> Iterable[str]:
    """Russian and Ukrainian cases, all words agreeing or only the leading or last ones."""
    yield plain
    if language not in ("ru", "uk"):
        return
    words = plain.split(" ")
    for case in range(_CASES):
        turned = [_turned(word, case) for word in words]
        for agreeing in range(1, len(words) + 1):
            yield " ".join((*turned[:agreeing], *words[agreeing:]))
        yield " ".join((*words[:-1], turned[-1]))


_CONSONANTS = frozenset("бвгджзклмнпрстфхцчшщ")
_CASES = 5  # genitive, dative, accusative, instrumental, prepositional


def _turned(word: str, case: int) -> str:
    quote = len(word) - len(word.rstrip('"'))
    bare = word[: len(word) - quote]
    for ending, turned in _endings()["russian"].items():
        stem = bare[: len(bare) - len(ending)] if ending else bare
        fits = bare.endswith(ending) if ending else bare[-1:] in _CONSONANTS
        if fits and len(stem) > 1 and stem.isalpha():
            return stem + turned[case] + '"' * quote
    return word


@cache
def _endings() -> dict[str, dict[str, list[str]]]:
    path = resources.files("clusterer.data") / "endings.toml"
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        table: {
            fold_text(ending): [fold_text(form) for form in forms]
            for ending, forms in endings.items()
        }
        for table, endings in told.items()
    }
