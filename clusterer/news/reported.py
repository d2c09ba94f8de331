"""What is read: pages, and the articles found on them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

Precision = Literal["second", "minute", "hour", "day", "month", "year"]
Calendar = Literal["gregorian", "jalali", "hijri"]

BlockKind = Literal[
    # kept: these make up an article
    "headline",
    "standfirst",
    "byline",
    "dateline",
    "body",
    "source_line",
    "end_tag",
    # cut away: these may lie on the page, between or inside articles, and never count
    "title_repeat",
    "date_line",
    "photo_credit",
    "follow",
    "advert",
    "tags",
    "menu",
    "related",
    "comments",
    "rights",
    "metadata",
]
KEPT: frozenset[BlockKind] = frozenset(
    {"headline", "standfirst", "byline", "dateline", "body", "source_line", "end_tag"}
)


class Span(NamedTuple):
    """Half-open code-point offsets ``[start, end)`` into the page's text as read."""

    start: int
    end: int

    def of(self, text: str) -> str:
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Hints:
    """What the carrier of a text says about it: feed fields, HTML metadata, table columns.

    ``published`` is the string as found; only ``prepare`` turns it into an instant.
    ``credits`` are names of suppliers found in provenance metadata (``isBasedOn``,
    ``original-source``, ``<source url>``), never words of the text.
    """

    url: str | None = None
    canonical: str | None = None
    site: str | None = None
    outlet: str | None = None
    author: str | None = None
    language: str | None = None
    published: str | None = None
    credits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One text as it came in: a file, or one record of a feed, table or wire.

    ``id`` is the file's path relative to the input, or the record's own id. ``path`` is
    always the file. When ``body`` is given the carrier has already told title from body
    and the page holds exactly one article; otherwise it has to be segmented.
    """

    id: str
    path: str
    text: str
    title: Span | None = None
    body: Span | None = None
    hints: Hints = Hints()


@dataclass(frozen=True, slots=True)
class Rejected:
    """An input that yielded nothing, and the one-line reason a person can act upon."""

    page: str
    why: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that bit: the name of the setting, and how many there were."""

    setting: str
    found: int


@dataclass(frozen=True, slots=True)
class Published:
    """When an article came out: ``at`` ± ``uncertainty``, with the words it was read from.

    ``at`` is the middle of the interval ``[earliest, latest)`` that the words allow: for a
    day, the noon of that day where it was written.
    """

    at: datetime
    precision: Precision
    calendar: Calendar
    uncertainty: timedelta
    evidence: str
    span: Span | None = None

    def __post_init__(self) -> None:
        if self.at.utcoffset() != timedelta(0):
            raise ValueError("Published.at must be aware and in UTC")

    @property
    def earliest(self) -> datetime:
        return self.at - self.uncertainty

    @property
    def latest(self) -> datetime:
        return self.at + self.uncertainty


@dataclass(frozen=True, slots=True)
class Outlet:
    """Who serves an article. ``id`` is the gazetteer's, or None for an outlet not listed."""

    id: str | None
    name: str
    evidence: Literal["domain", "metadata", "record", "byline", "dateline", "rights"]


@dataclass(frozen=True, slots=True)
class Block:
    """One run of lines of a page, and what it is."""

    span: Span
    kind: BlockKind


@dataclass(frozen=True, slots=True)
class Article:
    """One report: where it lies on its page and what was read off it.

    ``text`` is the whole page's text, shared by all articles of the page, so that every
    span can be checked. ``span`` reaches from the first to the last kept character.
    ``blocks`` are in page order and hold both what was kept and what was cut away within or
    right after the article (a photo credit, a follow line). ``sentences`` cover headline,
    standfirst and body, in page order, without repeats of the headline. ``limits`` say what
    was not taken of it; they are no part of what it says, and two articles that differ in
    them alone are equal.
    """

    id: str
    page: str
    text: str = field(repr=False)
    span: Span
    title: Span | None
    blocks: tuple[Block, ...]
    sentences: tuple[Span, ...]
    language: str
    outlet: Outlet | None = None
    published: Published | None = None
    hints: Hints = Hints()
    limits: tuple[Limit, ...] = field(default=(), compare=False)

    @property
    def headline(self) -> str:
        """The title, or the first sentence where the article has none."""
        if self.title is not None:
            return self.title.of(self.text).strip()
        return self.sentences[0].of(self.text).strip() if self.sentences else ""

    def limited(self, *limits: Limit) -> Article:
        """The article with further limits told, the last of each setting."""
        if not limits:
            return self
        told = {limit.setting: limit for limit in (*self.limits, *limits)}
        return replace(self, limits=tuple(told.values()))

    def kept(self) -> tuple[Block, ...]:
        return tuple(block for block in self.blocks if block.kind in KEPT)
