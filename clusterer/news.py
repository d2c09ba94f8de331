"""The nouns of the house: what is read, what is found in it, and what is said about it.

Every span is a half-open pair of code-point offsets into the text of the page that it was
read from. Every instant is UTC-aware. ``None`` means unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

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

Role = Literal[
    "self",
    "supplier",
    "relayed",
    "quoted",
    "issuer",
    "background",
    "photo",
    "subject",
    "denied",
    "carrier",
    "vague",
]
Scope = Literal["article", "lead", "secondary", "background"]
OriginKind = Literal["article", "external", "issuer", "undetermined"]
Status = Literal["origin", "probable", "possible", "undetermined"]
LinkKind = Literal["credit", "copy", "translation"]


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
    standfirst and body, in page order, without repeats of the headline.
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

    @property
    def headline(self) -> str:
        """The title, or the first sentence where the article has none."""
        if self.title is not None:
            return self.title.of(self.text).strip()
        return self.sentences[0].of(self.text).strip() if self.sentences else ""

    def kept(self) -> tuple[Block, ...]:
        return tuple(block for block in self.blocks if block.kind in KEPT)


@dataclass(frozen=True, slots=True)
class Credit:
    """One mention of a source: who, in which role, by which words, how strongly.

    ``agency`` is the gazetteer's id (for role ``issuer`` an issuer id; None when the words
    name nobody listed or are vague). ``consumer`` says who took from it: None for the
    article itself, otherwise the id of the agency one hop nearer. ``construction`` is the
    code of the rule that read it (see ``data/cues``). ``strength`` is the probability that
    the article's text really descends from the named source, in [0, 1].
    """

    agency: str | None
    role: Role
    span: Span
    scope: Scope
    strength: float
    construction: str
    name: str = ""
    consumer: str | None = None
    first_hand: bool = False
    # ids that a vague source may stand for, such as the state media of a country
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of an article that prove something; ``code`` names the kind (V1 … V15, Z0)."""

    article: str
    span: Span
    words: str
    code: str = "V1"


@dataclass(frozen=True, slots=True)
class Alternative:
    id: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose act or document the news is: always an actor, never a medium."""

    id: str | None
    name: str
    confidence: float
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """The answer to "who said it first?", with its proof and the right to abstain.

    ``chain`` runs from the nearest supplier to the furthest, as agency ids. ``explanation``
    is one sentence for a journalist. ``ignored`` was seen and not counted. ``lean`` is the
    article of the collection that an abstention or an external origin leans to.
    """

    kind: OriginKind
    article: str | None
    agency: str | None
    name: str | None
    confidence: float
    status: Status
    issuer: Issuer | None = None
    nearest_copy: str | None = None
    first_publisher: str | None = None
    lean: str | None = None
    chain: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    ignored: tuple[Evidence, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    flags: tuple[str, ...] = ()
    explanation: str = ""

    @classmethod
    def undetermined(cls, why: str) -> Origin:
        return cls("undetermined", None, None, None, 0.0, "undetermined", explanation=why)


@dataclass(frozen=True, slots=True)
class Link:
    """One edge of a lineage. ``source`` gave, ``target`` took; ids of articles or agencies."""

    source: str
    target: str
    kind: LinkKind
    confidence: float


@dataclass(frozen=True, slots=True)
class Why:
    """Why an article is where it is: its sentence nearest to one of a neighbour."""

    article: str
    similarity: float
    mine: Span
    theirs: Span


@dataclass(frozen=True, slots=True)
class Event:
    """Reports of one specific happening, act or statement."""

    id: str
    articles: tuple[str, ...]
    origin: Origin
    copy_groups: Mapping[str, str]
    independent_source_count: int
    lineage: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """Events that an editor would put under one headline. Ids never change once given."""

    id: str
    title: str
    representative: str
    events: tuple[Event, ...]
    origin: Origin
    independent_source_count: int
    first_seen: datetime | None
    last_seen: datetime | None

    @property
    def articles(self) -> tuple[str, ...]:
        return tuple(article for event in self.events for article in event.articles)


class Pairs(NamedTuple):
    """Scored pairs of rows. ``left`` < ``right``, int32 (n,); ``score`` float32 (n,)."""

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    score: NDArray[np.float32]


class Sentences(NamedTuple):
    """Sentence vectors of a batch of articles, grouped by article in row order.

    ``vectors`` float32 (m, d), unit rows. ``bounds`` int64 (n + 1,): article ``i`` owns rows
    ``bounds[i]:bounds[i + 1]``; its first row is the title where it has one.
    """

    vectors: NDArray[np.float32]
    bounds: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Changes:
    """What one ``add``, ``remove``, ``correct`` or ``expire`` did to the stories."""

    new: tuple[str, ...] = ()
    grown: tuple[str, ...] = ()
    shrunk: tuple[str, ...] = ()
    merged: tuple[tuple[str, str], ...] = ()
    split: tuple[tuple[str, str], ...] = ()
    origin_changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def by_id(articles: Sequence[Article]) -> dict[str, Article]:
    return {article.id: article for article in articles}
