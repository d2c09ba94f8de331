"""Countries as a text names them: for "the state agency of that country", "Israeli media"."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from importlib import resources
from io import StringIO
from typing import Any

from clusterer.gazetteer.aliases import flat
from clusterer.text.script import fold_text

_LANGUAGES = ("ar", "fa", "en", "ru", "tr", "he", "ur", "ckb")
# Arabic and Hebrew adjectives agree with their noun: masculine, feminine, and both with the
# article.
_AGREEING = {
    "ar": ("{0}", "{0}ة", "ال{0}", "ال{0}ة"),
    "he": ("{0}", "{0}ת", "ה{0}", "ה{0}ת"),
}


@cache
def country_words(language: str) -> dict[str, tuple[str, str]]:
    """Folded words → ISO 3166 code and what they are: "demonym", "country" or "city"."""
    if language not in _LANGUAGES:
        return {}
    path = resources.files("clusterer.data") / "countries.csv"
    words: dict[str, tuple[str, str]] = {}
    for row in csv.DictReader(StringIO(path.read_text(encoding="utf-8"), newline="")):
        for column, function in (("_adjective", "demonym"), ("", "country"), ("_city", "city")):
            for name in filter(None, row.get(language + column, "").split("|")):
                for form in _forms(name, language) if function == "demonym" else (name,):
                    words.setdefault(flat(fold_text(form)).strip(), (row["iso"], function))
    return words


def _forms(adjective: str, language: str) -> Iterator[str]:
    for form in _AGREEING.get(language, ("{0}",)):
        yield " ".join(form.format(word) for word in adjective.split(" "))


def country_before(ground: str, at: int, end: int, language: str) -> str | None:
    """The country that the words ``[at, end)`` of flat folded text speak of.

    One named within them wins, then the country named last before them, then the last city
    that stands for its country ("Beijing denied").
    """
    automaton = _automaton(language)
    if automaton is None:
        return None
    found: str | None = None
    city: str | None = None
    for last, (length, stem, iso, function) in automaton.iter(ground, 0, end):
        start = last - length + 1
        if start and ground[start - 1].isalnum() and not _clitic(ground, start, language):
            continue
        if not stem and last + 1 < len(ground) and ground[last + 1].isalnum():
            continue
        if start >= at:
            return str(iso)
        if function == "city":
            city = iso
        else:
            found = iso
    return found or city


def country_in(ground: str, start: int, end: int, language: str) -> str | None:
    """The country that is named within ``[start, end)`` of flat folded text."""
    return country_before(ground[start:end], 0, end - start, language)


def _clitic(ground: str, start: int, language: str) -> bool:
    return language == "ar" and ground[start - 1] in "وفبلک"


@cache
def _automaton(language: str) -> Any:
    import ahocorasick

    words = country_words(language)
    if not words:
        return None
    automaton = ahocorasick.Automaton()
    for form, (iso, function) in words.items():
        bare = form.rstrip("*")
        automaton.add_word(bare, (len(bare), bare != form, iso, function))
    automaton.make_automaton()
    return automaton
