"""The nouns of the house: what is read, what is found in it, and what is said about it.

Every span is a half-open pair of code-point offsets into the text of the page that it was
read from. Every instant is UTC-aware. ``None`` means unknown.
"""

from __future__ import annotations

from clusterer.news.arrays import Pairs, Sentences
from clusterer.news.reported import (
    KEPT,
    Article,
    Block,
    BlockKind,
    Calendar,
    Hints,
    Limit,
    Outlet,
    Page,
    Precision,
    Published,
    Rejected,
    Span,
)
from clusterer.news.sourced import (
    Alternative,
    Credit,
    Evidence,
    Issuer,
    Link,
    LinkKind,
    Named,
    Origin,
    OriginKind,
    Quote,
    Role,
    Scope,
    Statement,
    Status,
)
from clusterer.news.told import Changes, Event, Move, Story, Why

__all__ = [
    "KEPT",
    "Alternative",
    "Article",
    "Block",
    "BlockKind",
    "Calendar",
    "Changes",
    "Credit",
    "Event",
    "Evidence",
    "Hints",
    "Issuer",
    "Limit",
    "Link",
    "LinkKind",
    "Move",
    "Named",
    "Origin",
    "OriginKind",
    "Outlet",
    "Page",
    "Pairs",
    "Precision",
    "Published",
    "Quote",
    "Rejected",
    "Role",
    "Scope",
    "Sentences",
    "Span",
    "Statement",
    "Status",
    "Story",
    "Why",
]
