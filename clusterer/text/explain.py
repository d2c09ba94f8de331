"""An origin's explanation told in a reader's language, from its statements.

The messages stand in ``data/statements``, a table a language. Words of others, and names in
the other direction of writing, are isolated (Unicode Standard Annex 9), so that each sentence
stays in order whatever it quotes.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from clusterer.news import Named, Quote, Statement

# Embeddings, overrides and isolates: what the words of others may not do to ours.
UNRULY = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
STRONG = {"L": "ltr", "R": "rtl", "AL": "rtl"}


def explain(
    statements: Sequence[Statement],
    language: str = "en",
    agency: Callable[[str], str | None] = lambda id: None,
    article: Callable[[str], str] = str,
) -> str:
    """One sentence in ``language`` (en, fa, ar); empty where nothing is stated.

    ``agency`` gives the name of a gazetteer's id in that language, None where it has none;
    ``article`` what an article is called. Raises FileNotFoundError for another language.
    """
    return _Teller(_messages(language), agency, article).sentence(statements)


@cache
def _messages(language: str) -> Mapping[str, Any]:
    place = resources.files("clusterer.data") / "statements" / f"{language}.json"
    messages: dict[str, Any] = json.loads(place.read_text("utf-8"))
    return messages


@dataclass(frozen=True, slots=True)
class _Teller:
    messages: Mapping[str, Any]
    agency: Callable[[str], str | None]
    article: Callable[[str], str]

    def sentence(self, statements: Sequence[Statement]) -> str:
        frame = "{}"
        if statements and statements[0].key == "main_event":
            frame, statements = self.messages["main_event"], statements[1:]
        if not statements:
            return ""
        told: str = self.messages["between"].join(map(self._part, statements))
        return _filled("{}{}", _filled(frame, told), self.messages["end"])

    def _part(self, one: Statement) -> str:
        told = self._message(one)
        if one.key in ("found", "issuer") and one.counts:
            n, m = map(self._number, one.counts)
            told = _filled(self.messages["supported"], found=told, n=n, m=m)
        if one.quotes and one.key not in ("not_counted", "issuer"):
            return _filled(self.messages["quoted"], told, self._quoted(one.quotes))
        return told

    def _message(self, one: Statement) -> str:
        message = self.messages[one.key]
        if one.key in ("found", "missing"):
            message = message[one.reason]
        elif len(one.names) == 1:
            message = self.messages.get(f"{one.key}_one", message)
        names = [self._name(name) for name in one.names]
        said = one.quotes if one.key == "issuer" else ()
        n, m = map(self._number, one.counts or (0, 0))
        return _filled(
            message,
            name=names[0] if names else self.messages["this_article"],
            names=self._listed(names),
            n=n,
            m=m,
            share=self._percent(one.share or 0.0),
            place=self._place(one.article, names),
            reason=self.messages["reasons"].get(one.reason, ""),
            said=_filled(self.messages["said"], self._quoted(said)) if said else "",
            quotes=self._noted(one.quotes) if one.key == "not_counted" else "",
        )

    def _name(self, named: Named) -> str:
        return self._isolated((named.id and self.agency(named.id)) or named.name)

    def _place(self, article: str | None, names: Sequence[str]) -> str:
        """An article that is called as the source itself is told only to be here."""
        if article is None:
            return str(self.messages["outside"])
        if self._isolated(self.article(article)) in names:
            return str(self.messages["inside"])
        return _filled(self.messages["article"], self._isolated(self.article(article)))

    def _quoted(self, quotes: Sequence[Quote]) -> str:
        quote, comma = self.messages["quote"], str(self.messages["comma"])
        return comma.join(
            quote.format(
                article=_apart(self.article(one.article)), words=_apart(f"«{_plain(one.words)}»")
            )
            for one in quotes
        )

    def _noted(self, quotes: Sequence[Quote]) -> str:
        noted, comma = self.messages["noted"], str(self.messages["comma"])
        reasons = self.messages["uncounted"]
        return comma.join(
            noted.format(words=self._isolated(one.words), why=reasons[one.why]) for one in quotes
        )

    def _listed(self, names: Sequence[str]) -> str:
        if len(names) < 2:
            return "".join(names)
        return _filled(self.messages["and"], self.messages["comma"].join(names[:-1]), names[-1])

    def _number(self, value: int) -> str:
        return str(value).translate(str.maketrans("0123456789", self.messages["digits"]))

    def _percent(self, share: float) -> str:
        return _filled(self.messages["percent"], self._number(round(share * 100)))

    def _isolated(self, words: str) -> str:
        words = _plain(words)
        found = {STRONG.get(unicodedata.bidirectional(letter)) for letter in words} - {None}
        return words if found <= {self.messages["direction"]} else _apart(words)


def _apart(words: str) -> str:
    return f"\u2068{_plain(words)}\u2069"


def _plain(words: str) -> str:
    """Without controls that would reach beyond the words."""
    return words.translate(UNRULY)


def _filled(message: str, *parts: str, **gaps: str) -> str:
    """The message with its gaps filled; braces in what fills them are left as they are."""
    return message.format(*parts, **gaps)
