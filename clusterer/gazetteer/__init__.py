"""Who may be named as a source: media, issuers and platforms, and finding their names in text.

The tables are ``data/agencies.csv`` (media, aggregators, platforms) and ``data/issuers.csv``
(bodies whose statement is the news); users add rows of the same columns. Names are found by
Aho-Corasick (Aho & Corasick, CACM 18(6), 1975) over folded text, longest first, and a match
counts only between word boundaries or next to the clitics and endings of its language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from clusterer.gazetteer.agencies import (
    COLUMNS,
    Agency,
    merged,
    packaged_agencies,
    read_agencies,
)
from clusterer.gazetteer.aliases import Alias, bounded, flat, spellings
from clusterer.news import Span
from clusterer.text.script import Folded, fold_text

__all__ = ["COLUMNS", "Agency", "Gazetteer", "Mention"]

_MEDIA_KINDS = ("state_agency", "wire", "broadcaster", "newspaper", "news_site")


class Mention(NamedTuple):
    """A name found in a text.

    ``agencies`` are the ids that the words may mean, in table order. ``span`` points into
    the original text, ``start`` and ``end`` into the folded one. ``doubt`` is 0 for a plain
    name, 1 for one that is also a word, 2 for an everyday word or a place; ``clitic`` is the
    prefix that was written onto the name, "" for none.
    """

    agencies: tuple[str, ...]
    span: Span
    start: int
    end: int
    doubt: int
    languages: tuple[str, ...]
    clitic: str

    @property
    def agency(self) -> str:
        return self.agencies[0]

    @property
    def ambiguous(self) -> bool:
        return self.doubt > 0


class Gazetteer:
    """The table of sources with its indexes. Build with ``Gazetteer.load``."""

    def __init__(self, agencies: Iterable[Agency]) -> None:
        self._agencies = {agency.id: agency for agency in agencies}
        self._domains = {
            domain.lower(): agency.id
            for agency in reversed(self._agencies.values())
            for domain in agency.domains
        }
        self._aliases = _index(self._agencies.values())
        self._automaton = _automaton(self._aliases)

    @classmethod
    def load(cls, extra: Path | None = None) -> Gazetteer:
        """The packaged tables, with the rows of ``extra`` (same columns) merged in by id.

        Raises InputError when ``extra`` cannot be read or a row of it is wrong.
        """
        if extra is None:
            return _packaged()
        agencies = dict(_packaged()._agencies)
        for agency in read_agencies(extra):
            known = agencies.get(agency.id)
            agencies[agency.id] = agency if known is None else merged(known, agency)
        return cls(agencies.values())

    def __iter__(self) -> Iterator[Agency]:
        return iter(self._agencies.values())

    def __len__(self) -> int:
        return len(self._agencies)

    def get(self, id: str) -> Agency | None:
        return self._agencies.get(id)

    def family(self, id: str) -> str:
        """The id at the top of the ownership tree; an unlisted id is its own family."""
        seen = {id}
        while (agency := self._agencies.get(id)) and agency.parent and agency.parent not in seen:
            id = agency.parent
            seen.add(id)
        return id

    def state_agencies(self, country: str) -> tuple[str, ...]:
        """Ids of the state news agencies of an ISO 3166 country, in table order."""
        return self._of(country, ("state_agency",))

    def media_of(self, country: str) -> tuple[str, ...]:
        """Ids of all media at home in an ISO 3166 country, in table order."""
        return self._of(country, _MEDIA_KINDS)

    def _of(self, country: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            agency.id
            for agency in self._agencies.values()
            if agency.country == country and agency.kind in kinds
        )

    def by_domain(self, host: str) -> Agency | None:
        """The owner of a host or URL; subdomains and ``www.`` belong to their domain.

        A first path segment is looked at where the table lists one (``t.me/farsna``).
        """
        try:
            parts = urlsplit(host if "//" in host else f"//{host}")
        except ValueError:
            return None
        name = (parts.hostname or "").rstrip(".")
        segment = parts.path.strip("/").split("/", 1)[0].lower()
        labels = name.split(".")
        for first in range(len(labels) - 1):
            domain = ".".join(labels[first:])
            for key in (f"{domain}/{segment}", domain) if segment else (domain,):
                if key in self._domains:
                    return self._agencies[self._domains[key]]
        return None

    def by_name(self, name: str) -> Agency | None:
        """The agency that a whole string names after folding, ambiguous spellings included."""
        found = self._aliases.get(flat(fold_text(name)).strip())
        return self._agencies[found.agencies[0]] if found else None

    def find(self, folded: Folded, text: str | None = None) -> list[Mention]:
        """Names in a folded text, longest first, not overlapping, in text order.

        With the original ``text`` given, acronyms and Latin or Cyrillic names also have to
        be written with the capitals of a name.
        """
        if self._automaton is None:
            return []
        ground = flat(folded.text)
        found: list[tuple[int, int, Alias, str]] = []
        size = len(ground)
        for last, (alias, length, onto, behind) in self._automaton.iter(ground):
            start = last - length + 1
            if not onto and start and ground[start - 1].isalnum():
                continue
            if not behind and last + 1 < size and ground[last + 1].isalnum():
                continue
            clitic = bounded(ground, start, last + 1, alias)
            if clitic is None and text is not None and _runs_on(folded, text, last + 1, alias):
                clitic = bounded(ground[: last + 1], start, last + 1, alias)
            if clitic is not None:
                found.append((start, last + 1, alias, clitic))
        found.sort(key=lambda item: (item[0] - item[1], item[0]))
        taken = bytearray(len(ground))
        mentions: list[Mention] = []
        for start, end, alias, clitic in found:
            if any(taken[start:end]):
                continue
            start += alias.skip
            span = folded.span(start, end)
            if text is not None and not alias.written_as_name(span.of(text), text, span.start):
                continue
            taken[start:end] = b"\x01" * (end - start)
            mentions.append(
                Mention(alias.agencies, span, start, end, alias.doubt, alias.languages, clitic)
            )
        mentions.sort(key=lambda mention: mention.start)
        return mentions


def _runs_on(folded: Folded, text: str, end: int, alias: Alias) -> bool:
    """Whether a capital right behind the name starts another word: "— ReutersPolice said"."""
    if alias.capitals != "first" or alias.doubt or end >= len(folded.text):
        return False
    last, after = text[int(folded.offsets[end - 1])], text[int(folded.offsets[end])]
    return last.islower() and after.isupper()


@lru_cache(maxsize=1)
def _packaged() -> Gazetteer:
    return Gazetteer(packaged_agencies())


def _index(agencies: Iterable[Agency]) -> dict[str, Alias]:
    aliases: dict[str, Alias] = {}
    for agency in agencies:
        doubts: dict[str, int] = {}
        for form in agency.ambiguous_forms:
            plain = flat(fold_text(form.rstrip("!"))).strip()
            doubts[plain] = max(doubts.get(plain, 0), 2 if form.endswith("!") else 1)
        for language, names in agency.names.items():
            for name in names:
                for alias in spellings(name, language, agency.id, doubts):
                    known = aliases.get(alias.form)
                    aliases[alias.form] = alias if known is None else known.joined(alias)
    return aliases


def _automaton(aliases: Mapping[str, Alias]) -> Any:
    import ahocorasick

    if not aliases:
        return None
    automaton = ahocorasick.Automaton()
    for form, alias in aliases.items():
        automaton.add_word(form, (alias, len(form), *alias.joins()))
    automaton.make_automaton()
    return automaton
