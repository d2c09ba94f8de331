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
from itertools import accumulate
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from clusterer.errors import InputError
from clusterer.text.script import fold_text
from clusterer.web.line import Line, line_of, packed
from clusterer.writing.views import Json, speaker

Sort = Literal["last_seen", "first_seen", "article_count", "independent_source_count"]
Order = Literal["desc", "asc"]
SORTS: tuple[Sort, ...] = get_args(Sort)

KINDS = ("language", "outlet", "agency")
NONE: NDArray[np.int64] = np.empty(0, np.int64)


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
    """An immutable snapshot of a contract. Rows are places in the contract's list of stories.

    ``before`` is an earlier catalogue: of stories that are still the same objects nothing is
    worked out again.
    """

    def __init__(self, contract: Json, version: str, before: Catalogue | None = None) -> None:
        self.version = version
        self.contract = contract
        self.stories: Sequence[Json] = contract["stories"]
        self.row = {story["id"]: row for row, story in enumerate(self.stories)}
        self.home = {
            article["id"]: (row, place)
            for row, story in enumerate(self.stories)
            for place, article in enumerate(story["articles"])
        }
        self._lines = _lines(self.stories, before)
        self._first = np.array([line.first for line in self._lines])
        self._last = np.array([line.last for line in self._lines])
        self._sizes = np.array([story["article_count"] for story in self.stories], np.int64)
        self._postings = {
            "language": _postings(line.languages for line in self._lines),
            "outlet": _postings(line.outlets for line in self._lines),
            "agency": _postings(line.agencies for line in self._lines),
        }
        self._words = Words(line.words for line in self._lines)
        self._shelves = self._sorted()

    def story(self, id: str) -> Json:
        """Raises KeyError."""
        return self.stories[self.row[id]]

    def article(self, id: str) -> tuple[Json, Json]:
        """The article and its story. Raises KeyError."""
        row, place = self.home[id]
        return self.stories[row]["articles"][place], self.stories[row]

    def line(self, row: int) -> bytes:
        """The summary of a story as JSON."""
        return self._lines[row].told

    def lines(self) -> Sequence[Line]:
        return self._lines

    def find(self, query: Query) -> Found:
        """Raises InputError for a cursor that this query did not give."""
        shelf = self._shelves[query.sort, query.order]
        fits = self._fits(query)
        start = 0 if query.cursor is None else shelf.after(*_read_cursor(query))
        left = shelf.rows[start:]
        left = left[fits[left]]
        page = tuple(left[: query.size].tolist())
        more = len(left) > query.size
        cursor = self._cursor(query, page[-1]) if more else None
        return Found(page, int(fits.sum()), cursor)

    def agencies(self) -> list[dict[str, Any]]:
        """Every agency with the number of stories that name it and that come from it."""
        return [
            {
                "id": id,
                "story_count": len(rows),
                "origin_count": sum(speaker(self.stories[row]["origin"]) == id for row in rows),
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

    def _sorted(self) -> dict[tuple[str, str], Shelf]:
        independent = [story["independent_source_count"] for story in self.stories]
        numbers: Mapping[str, NDArray[np.float64]] = {
            "last_seen": self._last,
            "first_seen": self._first,
            "article_count": self._sizes.astype(np.float64),
            "independent_source_count": np.array(independent, np.float64),
        }
        ids = sorted(self.row)
        rank = np.empty(len(ids), np.int64)
        rank[[self.row[id] for id in ids]] = np.arange(len(ids))
        return {
            (sort, order): Shelf.of(numbers[sort] * sign, rank, ids)
            for sort in SORTS
            for order, sign in (("desc", -1.0), ("asc", 1.0))
        }

    def _fits(self, query: Query) -> NDArray[np.bool_]:
        fits: NDArray[np.bool_] = self._sizes >= query.smallest
        if query.largest is not None:
            fits &= self._sizes <= query.largest
        if query.since is not None:
            fits &= self._last >= query.since.timestamp()
        if query.until is not None:
            fits &= self._first < query.until.timestamp()
        named = (query.languages, query.outlets, query.agencies)
        for kind, wanted in zip(KINDS, named, strict=True):
            if wanted:
                fits &= self._marked(self._postings[kind].get(name, NONE) for name in wanted)
        for word in fold_text(query.words).split():
            fits &= self._marked([self._words.rows(word)])
        return fits

    def _marked(self, groups: Iterable[NDArray[np.int64]]) -> NDArray[np.bool_]:
        marked = np.zeros(len(self.stories), bool)
        for rows in groups:
            marked[rows] = True
        return marked

    def _cursor(self, query: Query, row: int) -> str:
        number = self._shelves[query.sort, query.order].number(row)
        told = [query.sort, query.order, number, self.stories[row]["id"]]
        return base64.urlsafe_b64encode(packed(told)).decode().rstrip("=")


def _lines(stories: Sequence[Json], before: Catalogue | None) -> list[Line]:
    known = {} if before is None else {line.story["id"]: line for line in before.lines()}
    old = (known.get(story["id"]) for story in stories)
    return [
        line if line is not None and line.story is story else line_of(story)
        for story, line in zip(stories, old, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Shelf:
    """All rows in one order: by ``keys`` rising, the unknown (infinite) last, ties by id."""

    rows: NDArray[np.int64]
    keys: NDArray[np.float64]
    ranks: NDArray[np.int64]
    ids: Sequence[str]
    key_of_row: NDArray[np.float64]

    @classmethod
    def of(cls, keys: NDArray[np.float64], rank: NDArray[np.int64], ids: Sequence[str]) -> Shelf:
        """``rank`` is each row's place among ``ids``, which are sorted; NaN keys are unknown."""
        known = np.where(np.isnan(keys), np.inf, keys)
        rows = np.lexsort((rank, known))
        return cls(rows, known[rows], rank[rows], ids, known)

    def number(self, row: int) -> float | None:
        key = float(self.key_of_row[row])
        return None if math.isinf(key) else key

    def after(self, number: float | None, id: str) -> int:
        """The first place behind a row of this key and id, which may have gone since."""
        key = math.inf if number is None else number
        left, right = (
            np.searchsorted(self.keys, key, "left"),
            np.searchsorted(self.keys, key, "right"),
        )
        rank = bisect_right(self.ids, id)
        return int(left + np.searchsorted(self.ranks[left:right], rank))


class Words:
    """All that is said of every story, folded, in one string that is searched at once."""

    def __init__(self, words: Iterable[str]) -> None:
        said = list(words)
        self._text = "".join(said)
        self._starts = list(accumulate(map(len, said), initial=0))

    def rows(self, word: str) -> NDArray[np.int64]:
        """The stories that hold ``word``, folded, anywhere."""
        found: list[int] = []
        place = self._text.find(word)
        while place >= 0:
            found.append(bisect_right(self._starts, place) - 1)
            place = self._text.find(word, self._starts[found[-1] + 1])
        return np.array(found, np.int64)


def _postings(named: Iterable[Sequence[str]]) -> dict[str, NDArray[np.int64]]:
    """The rows of every name."""
    rows: dict[str, list[int]] = {}
    for row, names in enumerate(named):
        for name in names:
            rows.setdefault(name, []).append(row)
    return {name: np.array(placed, np.int64) for name, placed in rows.items()}


def _most_first(
    rows: Mapping[str, NDArray[np.int64]],
) -> list[tuple[str, NDArray[np.int64]]]:
    return sorted(rows.items(), key=lambda item: (-len(item[1]), item[0]))


def _read_cursor(query: Query) -> tuple[float | None, str]:
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
    return (None if number is None else float(number), id)
