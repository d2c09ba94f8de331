"""Articles of a story along time, one line an outlet."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from clusterer.writing.views import Json, clipped, dated, outlet_of


@dataclass(frozen=True, slots=True)
class Mark:
    """An article at ``at``, which is ``place`` of the way through the story's time.

    ``before`` and ``after`` bound where it may really lie, as shares of the way, in [0, 1].
    """

    id: str
    title: str
    language: str
    at: str
    precision: str
    place: float
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Line:
    """The articles of one outlet, earliest first.

    ``outlet`` is None where it is unknown: then the one article has a line of its own.
    """

    outlet: str | None
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """``start`` and ``end`` are ISO instants, None when no article has a time."""

    start: str | None
    end: str | None
    lines: tuple[Line, ...]
    undated: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def spread(story: Json) -> Timeline:
    """Lay the articles of a story along time; lines in the order of their first article."""
    undated = tuple(article["id"] for article in story["articles"] if not article["published"])
    known = dated(story["articles"])
    if not known:
        return Timeline(None, None, (), undated)
    first, last = known[0][0], known[-1][0]
    lines: dict[tuple[str | None, str], list[Mark]] = {}
    for at, article in known:
        outlet = outlet_of(article)
        line = lines.setdefault((outlet, "" if outlet else article["id"]), [])
        line.append(_mark(article, at, first, last))
    return Timeline(
        known[0][1]["published"]["at"],
        known[-1][1]["published"]["at"],
        tuple(
            Line(outlet and clipped(outlet, 80), tuple(marks))
            for (outlet, _), marks in lines.items()
        ),
        undated,
    )


def _mark(article: Json, at: datetime, first: datetime, last: datetime) -> Mark:
    published = article["published"]
    margin = timedelta(seconds=published.get("uncertainty_seconds", 0))

    def share(moment: datetime) -> float:
        if first == last:
            return 0.5
        return round(min(max((moment - first) / (last - first), 0.0), 1.0), 4)

    return Mark(
        article["id"],
        clipped(article["title"]),
        article["language"],
        published["at"],
        published["precision"],
        share(at),
        share(at - margin),
        share(at + margin),
    )
