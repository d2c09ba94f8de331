"""The parameters of the list of stories, as they stand in an address."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from clusterer.web.catalogue import Order, Query, Sort

Names = Annotated[list[Annotated[str, Field(max_length=500)]], Field(max_length=50)]


def _dated(told: Any) -> Any:
    """Dates and instants of ISO 8601 only: a bare number is more likely a slip than an epoch."""
    if isinstance(told, str) and not re.match(r"\d{4}-\d\d-\d\d(?:[Tt ]|$)", told):
        raise ValueError("expected a date or an instant such as 2025-04-28T07:29:00Z")
    return told


Moment = Annotated[
    datetime,
    BeforeValidator(_dated),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "format": kind} for kind in ("date-time", "date")]}
    ),
]


class Filter(BaseModel):
    """A time without a zone is UTC; ``from`` and ``to`` bound the life of a story."""

    model_config = ConfigDict(populate_by_name=True)

    q: str = Field("", max_length=500, description="words that all occur, in any spelling")
    lang: Names = Field([], description="a language that the story has an article in")
    outlet: Names = Field([], description="an outlet, by its name")
    agency: Names = Field([], description="an agency named or found to be the origin, by its id")
    since: Moment | None = Field(None, alias="from", description="last seen then or later")
    until: Moment | None = Field(None, alias="to", description="first seen before")
    min_size: int = Field(1, ge=1, le=10**9, description="articles")
    max_size: int | None = Field(None, ge=1, le=10**9, description="articles")
    sort: Sort = "last_seen"
    order: Order = "desc"
    page_size: int = Field(50, ge=1, le=200)
    cursor: str | None = Field(None, max_length=2000, description="next_page_cursor of a page")

    def query(self) -> Query:
        return Query(
            words=self.q,
            languages=tuple(self.lang),
            outlets=tuple(self.outlet),
            agencies=tuple(self.agency),
            since=_moment(self.since),
            until=_moment(self.until),
            smallest=self.min_size,
            largest=self.max_size,
            sort=self.sort,
            order=self.order,
            cursor=self.cursor,
            size=self.page_size,
        )


def _moment(told: datetime | None) -> datetime | None:
    return told if told is None or told.tzinfo else told.replace(tzinfo=UTC)
