"""The answers that are not the contract's own nouns, for the OpenAPI description and its tests.

Stories and articles are described by the contract's JSON Schema; see ``openapi.py``.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Problem(Answer):
    """What went wrong, as RFC 9457 has it."""

    type: Literal["about:blank"] = "about:blank"
    title: str
    status: int
    detail: str


class Health(Answer):
    status: Literal["ok"]
    version: str


class Abilities(Answer):
    """What this server's source can do beyond telling its stories."""

    search: bool
    recut: bool
    doubtful: bool
    link: bool
    changes: bool


class Facets(Answer):
    """Number of stories each language and outlet is in, most first."""

    languages: dict[str, int]
    outlets: dict[str, int]


class About(Answer):
    contract: str
    version: str = Field(description="changes whenever the stories do")
    encoder: str
    counts: dict[str, int]
    settings: dict[str, float | str]
    abilities: Abilities
    facets: Facets


class OriginLine(Answer):
    kind: Literal["article", "external", "issuer", "undetermined"]
    article: str | None
    agency: str | None = Field(description="of an issuer, where the news comes from no wire")
    name: str | None
    confidence: float
    status: Literal["origin", "probable", "possible", "undetermined"]
    lean: str | None = Field(description="outlet that an undetermined origin leans to")


class Summary(Answer):
    """A story as one row of a list."""

    id: str
    title: str = Field(max_length=500, description="clipped; the whole title is in the story")
    titles: dict[str, str] = Field(
        description="a headline in each language of the story: its own, or the earliest; clipped"
    )
    languages: dict[str, int]
    article_count: int
    cluster_size: int = Field(description="the same as article_count")
    independent_source_count: int
    event_count: int
    first_seen: str | None
    last_seen: str | None
    first_precision: str | None = Field(description="second, minute, hour, day, month or year")
    last_precision: str | None
    representative: str
    outlets: list[str]
    agencies: list[str]
    origin: OriginLine
    volume: list[int] = Field(
        description="articles per equal slice of time between first_seen and last_seen"
    )


class StoryPage(Answer):
    version: str
    total_hits: int
    page_size: int
    next_page_cursor: str | None
    stories: list[Summary]


class AgencyLine(Answer):
    id: str
    name: str
    story_count: int
    origin_count: int


class Agencies(Answer):
    version: str
    agencies: list[AgencyLine]


class OutletLine(Answer):
    name: str = Field(description="as in stories and in the filter of the list")
    called: str
    story_count: int


class Outlets(Answer):
    version: str
    outlets: list[OutletLine]


class Node(Answer):
    id: str
    kind: Literal["article", "agency"]
    label: str
    title: str
    language: str | None
    at: str | None
    origin: bool
    column: int
    row: float


class Edge(Answer):
    source: str = Field(alias="from")
    target: str = Field(alias="to")
    kind: Literal["credit", "copy", "translation"]
    confidence: float
    via: list[tuple[int, float]]


class Lineage(Answer):
    """A layered drawing in cells; givers stand in lower columns than takers."""

    nodes: list[Node]
    edges: list[Edge]
    columns: int
    rows: int
    alone: list[str]


class Mark(Answer):
    id: str
    title: str
    language: str
    at: str
    precision: str
    place: float
    before: float
    after: float


class Line(Answer):
    outlet: str | None
    marks: list[Mark]


class Timeline(Answer):
    start: str | None
    end: str | None
    lines: list[Line]
    undated: list[str]


class Reason(Answer):
    """Two aligned sentences, of the articles ``left`` and ``right``."""

    left: str
    right: str
    similarity: float
    mine: str
    theirs: str


class Reasons(Answer):
    reasons: list[Reason] = Field(description="the most alike first")


class Doubt(Answer):
    left: str
    right: str
    left_title: str
    right_title: str
    left_language: str
    right_language: str
    left_outlet: str | None
    right_outlet: str | None
    left_story: str
    right_story: str
    probability: float
    together: bool


class Doubts(Answer):
    version: str
    pairs: list[Doubt]


class Change(Answer):
    """What one act did to the stories; ids of stories."""

    sequence: int
    at: str | None
    act: str = Field(description="add, remove, correct, expire, rule, undo")
    new: list[str]
    grown: list[str]
    shrunk: list[str]
    merged: list[tuple[str, str]] = Field(description="(gone, survivor)")
    split: list[tuple[str, str]] = Field(description="(parent, child)")
    origin_changed: list[str]
    retold: list[str] = Field(description="the same articles and origin, told otherwise")
    gone: list[str]


class Changes(Answer):
    next_page_cursor: int = Field(description="ask again with since=this")
    changes: list[Change]


class SearchBody(Answer):
    text: str = Field(min_length=1, max_length=100_000)
    limit: int = Field(default=10, ge=1, le=100)


class Hit(Answer):
    similarity: float
    article: str
    story: Summary


class Hits(Answer):
    version: str
    hits: list[Hit]


class LinkBody(Answer):
    bond: Literal["must", "cannot", "none"] = Field(
        description="keep in one event, in two, or take back what was said"
    )
    left: str = Field(min_length=1, max_length=10_000)
    right: str = Field(min_length=1, max_length=10_000)


class Linked(Answer):
    version: str
