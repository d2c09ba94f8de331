"""The user's word on a collection: links and origins, said, shown and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from clusterer.living.chronicle import Ruling, RulingKind
from clusterer.living.keeper import Act, Keeper
from clusterer.news import Changes


class UsersWord:
    """The part of a collection that listens to its users. What they say outlives articles."""

    _keeper: Keeper

    @property
    def rulings(self) -> tuple[Ruling, ...]:
        """What users said and did not take back, in that order."""
        return tuple(self._keeper.held.rulings)

    def must_link(self, left: str, right: str) -> Changes:
        """Keep two articles in one event, in this and every later grouping."""
        return self._rule("must_link", *_ordered(left, right))

    def cannot_link(self, left: str, right: str) -> Changes:
        """Keep two articles in different events, in this and every later grouping."""
        return self._rule("cannot_link", *_ordered(left, right))

    def unlink(self, left: str, right: str) -> Changes:
        """Take back all that was said of two articles together."""
        pair = _ordered(left, right)
        self._keeper.held.shelf.rows_of(pair)
        return self._take_back(self._keeper.held.rulings.on_link(pair))

    def set_origin(self, article: str, agency: str | None = None) -> Changes:
        """Say that the event of ``article`` comes from it, or from ``agency``."""
        return self._rule("origin", article, agency=agency)

    def not_source(self, article: str | None = None, agency: str | None = None) -> Changes:
        """Say that ``article`` is no origin; that it took nothing from ``agency``; or, with
        ``agency`` alone, that nothing here did."""
        if article is None and agency is None:
            raise ValueError("not_source needs an article, an agency, or both")
        return self._rule("not_source", article, agency=agency)

    def undo(self, number: int | None = None) -> Changes:
        """Take back the ruling of that number, by default the last. Raises KeyError."""
        if number is None:
            number = max((one.number for one in self._keeper.held.rulings), default=0)
        return self._take_back([self._keeper.held.rulings[number].number])

    def _rule(
        self,
        kind: RulingKind,
        article: str | None,
        other: str | None = None,
        agency: str | None = None,
    ) -> Changes:
        if agency is not None and self._keeper.stages.gazetteer.get(agency) is None:
            raise KeyError(agency)
        self._keeper.held.shelf.rows_of([id for id in (article, other) if id is not None])
        ruling = Ruling(self._keeper.version + 1, kind, datetime.now(UTC), article, other, agency)
        said = self._keeper.held.rulings
        return self._keeper.do(
            Act("rule", touched=self._borne(ruling), ruling=ruling, rulings=said.and_also(ruling))
        )

    def _take_back(self, numbers: Sequence[int]) -> Changes:
        if not numbers:
            return Changes()
        said = self._keeper.held.rulings
        touched = [id for number in numbers for id in self._borne(said[number])]
        last = said[max(numbers)]
        return self._keeper.do(
            Act("undo", touched=touched, ruling=last, rulings=said.without(numbers))
        )

    def _borne(self, ruling: Ruling) -> list[str]:
        """Ids of the articles here that a ruling bears upon."""
        shelf = self._keeper.held.shelf
        if ruling.article is None:
            return [
                article.id
                for article in shelf.living()
                if any(c.agency == ruling.agency for c in shelf.credits[shelf.rows[article.id]])
            ]
        return [id for id in (ruling.article, ruling.other) if id is not None and id in shelf.rows]


def _ordered(left: str, right: str) -> tuple[str, str]:
    if left == right:
        raise ValueError(f"{left!r} cannot be linked with itself")
    return (left, right) if left < right else (right, left)
