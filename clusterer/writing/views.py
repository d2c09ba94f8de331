"""What people are shown of a story, worked out once from the contract.

The report and the server read these; both see only ``clusterer.stories/1`` as plain data, so
a saved file shows the same as a living collection. Times are ISO strings of the contract, UTC.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import chain
from typing import Any, NamedTuple

Json = Mapping[str, Any]

VOLUME_BUCKETS = 24
PRECISIONS = ("second", "minute", "hour", "day", "month", "year")
SHOWN_TITLE = 500
LONGEST_LINE = 4000
LONGEST_WORD = 200
TOKEN = re.compile(rf"\n|\S{{1,{LONGEST_WORD}}}|[^\S\n]{{1,{LONGEST_WORD - 1}}}")


class Piece(NamedTuple):
    """A run of an article's text; ``credit`` is its place in the article's credits, or None."""

    text: str
    credit: int | None


class Reason(NamedTuple):
    """Two aligned sentences, of the articles ``left`` and ``right``."""

    left: str
    right: str
    similarity: float
    mine: str
    theirs: str


def instant(iso: str) -> datetime:
    """The contract's instant as an aware datetime in UTC."""
    return datetime.fromisoformat(iso.replace("Z", "+00:00")).astimezone(UTC)


def clipped(words: str, limit: int = SHOWN_TITLE) -> str:
    """At most ``limit`` code points, the cut shown by an ellipsis."""
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def outlet_of(article: Json) -> str | None:
    """The name people know the outlet by, clipped; None when nothing on the page tells it."""
    name: str | None = article.get("outlet_name") or article.get("outlet")
    return name and clipped(name)


def outlets(story: Json) -> tuple[str, ...]:
    """Names of the outlets of a story, those with most articles first."""
    named = Counter(filter(None, map(outlet_of, story["articles"])))
    return tuple(name for name, _ in sorted(named.items(), key=lambda item: (-item[1], item[0])))


def agencies(story: Json) -> tuple[str, ...]:
    """Ids of all whom a story credits, passes through or comes from, sorted."""
    credited = (credit["agency"] for article in story["articles"] for credit in article["credits"])
    origins = [story["origin"], *(event["origin"] for event in story["events"])]
    traced = chain.from_iterable((speaker(origin), *origin["chain"]) for origin in origins)
    return tuple(sorted({id for id in chain(credited, traced) if id}))


def speaker(origin: Json) -> str | None:
    """Id of the agency that the news is from, or of the issuer where it comes from no wire."""
    issuer: Json | None = origin["issuer"] if origin["kind"] == "issuer" else None
    id: str | None = issuer["id"] if issuer else origin["agency"]
    return id


def precision_at(story: Json, iso: str | None) -> str | None:
    """How precisely the story's first or last instant is known: as its best known article."""
    known = {item["published"]["precision"] for item in story["articles"] if _is_at(item, iso)}
    return min(known, key=PRECISIONS.index, default=None)


def _is_at(article: Json, iso: str | None) -> bool:
    published: Json | None = article["published"]
    return published is not None and published["at"] == iso


def dated(articles: Iterable[Json]) -> list[tuple[datetime, Json]]:
    """The articles whose time is known, earliest first, ties by id."""
    known = [(instant(item["published"]["at"]), item) for item in articles if item["published"]]
    return sorted(known, key=lambda pair: (pair[0], pair[1]["id"]))


def volume(story: Json, buckets: int = VOLUME_BUCKETS) -> tuple[int, ...]:
    """Articles per equal slice of time from the first to the last, for a sparkline.

    Empty when no article has a time; one bucket when all have the same.
    """
    times = [at.timestamp() for at, _ in dated(story["articles"])]
    if not times:
        return ()
    first, length = times[0], times[-1] - times[0]
    if not length:
        return (len(times),)
    counts = Counter(min(int((time - first) / length * buckets), buckets - 1) for time in times)
    return tuple(counts[bucket] for bucket in range(buckets))


def titles(story: Json) -> dict[str, str]:
    """A headline in each language of a story, for its readers: the story's own, or the earliest."""
    told = {article["id"]: article for article in story["articles"]}
    known = [item for _, item in dated(story["articles"])]
    found: dict[str, str] = {}
    if story["representative"] in told:
        found[told[story["representative"]]["language"]] = clipped(story["title"])
    for article in (*known, *story["articles"]):
        if article["title"]:
            found.setdefault(article["language"], clipped(article["title"]))
    return found


def summary(story: Json) -> dict[str, Any]:
    """A story as one row of a list. ``title`` is clipped to SHOWN_TITLE code points."""
    return {
        "id": story["id"],
        "title": clipped(story["title"]),
        "titles": titles(story),
        "languages": story["languages"],
        "article_count": story["article_count"],
        "cluster_size": story["article_count"],
        "independent_source_count": story["independent_source_count"],
        "event_count": len(story["events"]),
        "first_seen": story["first_seen"],
        "last_seen": story["last_seen"],
        "first_precision": precision_at(story, story["first_seen"]),
        "last_precision": precision_at(story, story["last_seen"]),
        "representative": story["representative"],
        "outlets": list(outlets(story)),
        "agencies": list(agencies(story)),
        "origin": _origin_line(story),
        "volume": list(volume(story)),
    }


def _origin_line(story: Json) -> dict[str, Any]:
    origin = story["origin"]
    lean = next((item for item in story["articles"] if item["id"] == origin.get("lean")), None)
    told = {key: origin[key] for key in ("kind", "article", "name", "confidence", "status")}
    return {
        **told,
        "agency": speaker(origin),
        "lean": lean and (outlet_of(lean) or clipped(lean["title"])),
    }


def mentioned(story: Json) -> tuple[str, ...]:
    """Ids in a story that are of agencies or issuers, wherever they stand, sorted."""
    origins = [story["origin"], *(event["origin"] for event in story["events"])]
    ids = {link[end] for link in story["lineage"] for end in ("from", "to")}
    ids |= {other["id"] for origin in origins for other in origin["alternatives"]}
    ids |= {origin["issuer"]["id"] for origin in origins if origin["issuer"]}
    ids -= {article["id"] for article in story["articles"]}
    return tuple(sorted(ids.union(agencies(story)) - {None}))


def pieces(article: Json) -> tuple[Piece, ...]:
    """An article's text cut where credits begin and end; of overlapping credits the first stays.

    Empty when the contract was written without texts.
    """
    text: str | None = article.get("text")
    if text is None:
        return ()
    start, end = article["span"]
    cut: list[Piece] = []
    marks = sorted((*credit["span"], place) for place, credit in enumerate(article["credits"]))
    for left, right, place in marks:
        if left < start or right > end or left >= right:
            continue
        cut.append(Piece(text[start:left], None))
        cut.append(Piece(text[left:right], place))
        start = right
    cut.append(Piece(text[start:end], None))
    return tuple(piece for piece in cut if piece.text)


def paragraphs(article: Json) -> tuple[tuple[Piece, ...], ...]:
    """The pieces line by line: as written, after LONGEST_LINE code points, in endless words.

    Browsers lay out what is in view line by line, and a line without end, or a word without
    end, would halt them: their time grows with the square of its length.
    """
    lines: list[list[Piece]] = [[]]
    length = 0
    for piece in pieces(article):
        kept: list[str] = []
        for match in TOKEN.finditer(piece.text):
            token = match.group()
            kept.append(token)
            length += len(token)
            if token == "\n" or len(token) == LONGEST_WORD or length >= LONGEST_LINE:
                lines[-1].append(Piece("".join(kept), piece.credit))
                lines.append([])
                kept, length = [], 0
        if kept:
            lines[-1].append(Piece("".join(kept), piece.credit))
    return tuple(tuple(line) for line in lines if line)


def reasons(story: Json) -> tuple[Reason, ...]:
    """Why articles are together: each pair of sentences once, the most alike first."""
    found: dict[frozenset[tuple[str, str]], Reason] = {}
    for article in story["articles"]:
        for why in article["why"]:
            sides = frozenset(((article["id"], why["mine"]), (why["article"], why["theirs"])))
            told = (why["article"], why["similarity"], why["mine"], why["theirs"])
            found.setdefault(sides, Reason(article["id"], *told))
    return tuple(sorted(found.values(), key=lambda reason: (-reason.similarity, reason)))
