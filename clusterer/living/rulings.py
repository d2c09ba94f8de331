"""The user's word: links and origins that were said, kept until taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from clusterer.living.chronicle import Ruling
from clusterer.news import Credit

Link = tuple[str, str]


class Rulings:
    """What is in force. Of two rulings on one thing the later counts; the earlier waits."""

    def __init__(self, said: Mapping[int, Ruling] | None = None) -> None:
        self._said = dict(sorted((said or {}).items()))
        links = {one.pair: one for one in self if one.kind in ("must_link", "cannot_link")}
        self.must: tuple[Link, ...] = self._of(links, "must_link")
        self.cannot: tuple[Link, ...] = self._of(links, "cannot_link")
        self._origins = {one.article: one for one in self if one.kind == "origin"}
        refused = [one for one in self if one.kind == "not_source"]
        self._no_origin = {one.article for one in refused if one.agency is None}
        self._unheard = {(one.article, one.agency) for one in refused if one.agency is not None}

    def __iter__(self) -> Iterator[Ruling]:
        """In the order in which they were said."""
        return iter(self._said.values())

    def __getitem__(self, number: int) -> Ruling:
        return self._said[number]

    def told(self) -> dict[int, Ruling]:
        return dict(self._said)

    def and_also(self, ruling: Ruling) -> Rulings:
        return Rulings({**self._said, ruling.number: ruling})

    def without(self, numbers: Collection[int]) -> Rulings:
        return Rulings({n: one for n, one in self._said.items() if n not in numbers})

    def since(self, before: Rulings) -> dict[int, Ruling | None]:
        """What was said since ``before``, and None for what was taken back."""
        old, new = before.told(), self.told()
        gone: dict[int, Ruling | None] = dict.fromkeys(old.keys() - new.keys())
        return gone | {number: one for number, one in new.items() if number not in old}

    def on_link(self, pair: Link) -> list[int]:
        """Numbers of the rulings on two articles (in the order of their ids)."""
        return [
            one.number
            for one in self
            if one.kind in ("must_link", "cannot_link") and one.pair == pair
        ]

    def refuses(self, article: str) -> bool:
        """Whether it was said that ``article`` is no source."""
        return article in self._no_origin

    def heard(self, article: str, credits: tuple[Credit, ...]) -> tuple[Credit, ...]:
        """The credits of an article without those of agencies that are no source of it."""
        if not self._unheard:
            return credits
        return tuple(
            credit
            for credit in credits
            if not {(article, credit.agency), (None, credit.agency)} & self._unheard
        )

    def origin_of(self, articles: Iterable[str]) -> Ruling | None:
        """The last word on where the event of these articles comes from."""
        found = [self._origins[article] for article in articles if article in self._origins]
        return max(found, key=lambda one: one.number, default=None)

    def _of(self, links: Mapping[Link, Ruling], kind: str) -> tuple[Link, ...]:
        return tuple(sorted(pair for pair, one in links.items() if one.kind == kind))
