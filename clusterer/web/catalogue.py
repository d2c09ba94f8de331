"""Stories ready to be listed: filtered, ordered and paged without touching the contract again."""

from __future__ import annotations

import base64
import binascii
import json
import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from clusterer.errors import InputError
from clusterer.text.script import fold_text
from clusterer.writing.views import Json, agencies, instant, outlets, summary

Sort = Literal["last_seen", "first_seen", "article_count", "independent_source_count"]
Order = Literal["desc", "asc"]
SORTS: tuple[Sort, ...] = get_args(Sort)

KINDS = ("language", "outlet", "agency")

Key = tuple[float, str]


@dataclass(frozen=True, slots=True)
class Query:
    """What a reader asks for. ``since`` ≤ a story's life < ``until``; empty means any.

    Of ``languages``, ``outlets`` and ``agencies`` a story must have one each; of ``words``
    all, anywhere in its headlines, outlets and agencies, in any spelling that folds alike.
    """

    words: str = ""
    languages: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    smallest: int = 1
    largest: int | None = None
    sort: Sort = "last_seen"
    order: Order = "desc"
    cursor: str | None = None
    size: int = 50


@dataclass(frozen=True, slots=True)
class Found:
    """One page of rows; ``cursor`` leads to the next, None after the last."""

    rows: tuple[int, ...]
    total: int
    cursor: str | None


class Catalogue:
    """An immutable snapshot of a contract. Rows are places in the contract's list of stories."""

    def __init__(self, contract: Json, version: str) -> None:
        self.version = version
        self.contract = contract
        self.stories: Sequence[Json] = contract["stories"]
        self.row = {story["id"]: row for row, story in enumerate(self.stories)}
        self.home = {
            article["id"]: (row, place)
            for row, story in enumerate(self.stories)
            for place, article in enumerate(story["articles"])
        }
        self._lines: dict[int, bytes] = {}
        self._first = _times(story["first_seen"] for story in self.stories)
        self._last = _times(story["last_seen"] for story in self.stories)
        self._sizes = np.array([story["article_count"] for story in self.stories], np.int64)
        self._outlets = [outlets(story) for story in self.stories]
        self._agencies = [agencies(story) for story in self.stories]

    def story(self, id: str) -> Json:
        """Raises KeyError."""
        return self.stories[self.row[id]]

    def article(self, id: str) -> tuple[Json, Json]:
        """The article and its story. Raises KeyError."""
        row, place = self.home[id]
        return self.stories[row]["articles"][place], self.stories[row]

    def line(self, row: int) -> bytes:
        """The summary of a story as JSON, made once."""
        made = self._lines.get(row)
        if made is None:
            made = self._lines[row] = packed(summary(self.stories[row]))
        return made

    def find(self, query: Query) -> Found:
        """Raises InputError for a cursor that this query did not give."""
        keys, rows = self._ordered[query.sort, query.order]
        fits = self._fits(query)
        start = 0
        if query.cursor is not None:
            start = bisect_right(keys, _read_cursor(query))
        left = rows[start:]
        left = left[fits[left]]
        page = tuple(left[: query.size].tolist())
        more = len(left) > query.size
        cursor = self._cursor(query, page[-1]) if more and page else None
        return Found(page, int(fits.sum()), cursor)

    def agencies(self) -> list[dict[str, Any]]:
        """Every agency with the number of stories that name it and that come from it."""
        return [
            {
                "id": id,
                "story_count": len(rows),
                "origin_count": sum(self.stories[row]["origin"]["agency"] == id for row in rows),
            }
            for id, rows in _most_first(self._postings["agency"])
        ]

    def facets(self) -> dict[str, dict[str, int]]:
        """How many stories each language and each outlet is in, most first."""
        return {
            "languages": {
                name: len(rows) for name, rows in _most_first(self._postings["language"])
            },
            "outlets": {name: len(rows) for name, rows in _most_first(self._postings["outlet"])},
        }

    @cached_property
    def _postings(self) -> dict[str, dict[str, list[int]]]:
        """The rows of every language, outlet and agency."""
        languages = [tuple(story["languages"]) for story in self.stories]
        told = zip(KINDS, (languages, self._outlets, self._agencies), strict=True)
        postings: dict[str, dict[str, list[int]]] = {}
        for kind, groups in told:
            rows = postings.setdefault(kind, {})
            for row, names in enumerate(groups):
                for name in names:
                    rows.setdefault(name, []).append(row)
        return postings

    @cached_property
    def _folded(self) -> list[str]:
        return [
            fold_text(
                "\n".join((*(a["title"] for a in story["articles"]), story["title"], *names, *ids))
            )
            for story, names, ids in zip(self.stories, self._outlets, self._agencies, strict=True)
        ]

    @cached_property
    def _ordered(self) -> dict[tuple[str, str], tuple[list[Key], NDArray[np.int64]]]:
        numbers: Mapping[str, NDArray[Any]] = {
            "last_seen": self._last,
            "first_seen": self._first,
            "article_count": self._sizes,
            "independent_source_count": np.array(
                [story["independent_source_count"] for story in self.stories], np.int64
            ),
        }
        made: dict[tuple[str, str], tuple[list[Key], NDArray[np.int64]]] = {}
        for sort in SORTS:
            for order in get_args(Order):
                sign = -1.0 if order == "desc" else 1.0
                keyed = sorted(
                    (_key(number, sign, story["id"]), row)
                    for row, (number, story) in enumerate(
                        zip(numbers[sort].tolist(), self.stories, strict=True)
                    )
                )
                rows = np.array([row for _, row in keyed], np.int64)
                made[sort, order] = ([key for key, _ in keyed], rows)
        return made

    def _fits(self, query: Query) -> NDArray[np.bool_]:
        fits = self._sizes >= query.smallest
        if query.largest is not None:
            fits &= self._sizes <= query.largest
        if query.since is not None:
            fits &= self._last >= query.since.timestamp()
        if query.until is not None:
            fits &= self._first < query.until.timestamp()
        named = (query.languages, query.outlets, query.agencies)
        for kind, wanted in zip(KINDS, named, strict=True):
            if wanted:
                fits &= self._among(kind, wanted)
        words = fold_text(query.words).split()
        if words:
            for row in np.flatnonzero(fits).tolist():
                fits[row] = all(word in self._folded[row] for word in words)
        return fits

    def _among(self, kind: str, wanted: Sequence[str]) -> NDArray[np.bool_]:
        among = np.zeros(len(self.stories), bool)
        for name in wanted:
            among[self._postings[kind].get(name, [])] = True
        return among

    def _cursor(self, query: Query, row: int) -> str:
        keys, rows = self._ordered[query.sort, query.order]
        number, id = keys[int(np.flatnonzero(rows == row)[0])]
        told = [query.sort, query.order, None if math.isinf(number) else number, id]
        return base64.urlsafe_b64encode(packed(told)).decode().rstrip("=")


def packed(value: Any) -> bytes:
    """JSON in UTF-8; halves of surrogate pairs, which pages may hold, become question marks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _times(instants: Iterable[str | None]) -> NDArray[np.float64]:
    """Seconds since the epoch, NaN where unknown: NaN fits no bound."""
    return np.array([math.nan if iso is None else instant(iso).timestamp() for iso in instants])


def _key(number: float, sign: float, id: str) -> Key:
    return (math.inf if math.isnan(number) else sign * number, id)


def _most_first(rows: Mapping[str, Sequence[int]]) -> list[tuple[str, Sequence[int]]]:
    return sorted(rows.items(), key=lambda item: (-len(item[1]), item[0]))


def _read_cursor(query: Query) -> Key:
    wrong = InputError("this cursor does not belong to this query")
    try:
        padded = (query.cursor or "") + "=" * (-len(query.cursor or "") % 4)
        sort, order, number, id = json.loads(base64.b64decode(padded, b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise wrong from None
    if (sort, order) != (query.sort, query.order) or not isinstance(id, str):
        raise wrong
    if number is not None and (isinstance(number, bool) or not isinstance(number, (int, float))):
        raise wrong
    return (math.inf if number is None else float(number), id)
