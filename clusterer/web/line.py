"""What the list needs of one story, worked out once for as long as the story is told so."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from clusterer.text.script import fold_text
from clusterer.writing.views import Json, agencies, instant, outlets, summary


@dataclass(frozen=True, slots=True)
class Line:
    """A story as a row of the list. ``story`` is the contract's own object, by whose identity
    the next catalogue knows that nothing has to be worked out anew.

    ``told`` is the summary as JSON, ``words`` all that is said of the story, folded, with a
    newline at its end; ``first`` and ``last`` are seconds since 1970, NaN where unknown: NaN
    fits no bound.
    """

    story: Json
    told: bytes
    words: str
    languages: tuple[str, ...]
    outlets: tuple[str, ...]
    agencies: tuple[str, ...]
    first: float
    last: float


def line_of(story: Json) -> Line:
    return Line(
        story,
        packed(summary(story)),
        fold_text(_said(story)) + "\n",
        tuple(story["languages"]),
        outlets(story),
        agencies(story),
        _seconds(story["first_seen"]),
        _seconds(story["last_seen"]),
    )


def packed(value: Any) -> bytes:
    """JSON in UTF-8; halves of surrogate pairs, which pages may hold, become question marks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _said(story: Json) -> str:
    titles = dict.fromkeys([story["title"], *(article["title"] for article in story["articles"])])
    return "\n".join((*titles, *outlets(story), *agencies(story)))


def _seconds(iso: str | None) -> float:
    return math.nan if iso is None else instant(iso).timestamp()
