"""Who is named as a source, and who said it first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from clusterer.news.reported import Span

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


class Named(NamedTuple):
    """Somebody by the gazetteer's id, None where it has none, and a name."""

    id: str | None
    name: str


class Quote(NamedTuple):
    """Words of an article; ``why`` is the kind of words that do not count, else empty."""

    article: str
    words: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One part of an explanation, for whoever tells it in a reader's language.

    ``key`` is a message of ``data/statements``, which the rest fills; ``counts`` are so many
    of so many. ``article`` is the one that is the origin, None where it lies outside.
    """

    key: str
    names: tuple[Named, ...] = ()
    counts: tuple[int, ...] = ()
    share: float | None = None
    article: str | None = None
    reason: str = ""
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """The answer to "who said it first?", with its proof and the right to abstain.

    ``chain`` runs from the nearest supplier to the furthest, as agency ids. ``explanation``
    is one sentence for a journalist, in English; ``statements`` are what it is made of, for
    other languages (``text.explain``). ``ignored`` was seen and not counted. ``lean`` is the
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
    statements: tuple[Statement, ...] = ()

    @classmethod
    def undetermined(cls, why: str = "") -> Origin:
        return cls("undetermined", None, None, None, 0.0, "undetermined", explanation=why)


@dataclass(frozen=True, slots=True)
class Link:
    """One edge of a lineage. ``source`` gave, ``target`` took; ids of articles or agencies."""

    source: str
    target: str
    kind: LinkKind
    confidence: float
