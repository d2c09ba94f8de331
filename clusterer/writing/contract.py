"""The versioned contract ``clusterer.stories/1``: what other programs may rely on.

``stories.schema.json`` beside this file is its JSON Schema (draft 2020-12).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any

from clusterer.living.chronicle import Ruling
from clusterer.news import (
    Article,
    Credit,
    Event,
    Evidence,
    Origin,
    Published,
    Span,
    Statement,
    Story,
    Why,
)
from clusterer.result import Result

Json = Mapping[str, Any]

SCHEMA = "clusterer.stories/1"


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema that every output of :func:`contract` satisfies."""
    text = resources.files("clusterer.writing").joinpath("stories.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def contract(result: Result, *, texts: bool = False) -> dict[str, Any]:
    """Plain data in contract order. ``texts`` adds ``text``, the page's text, to each article."""
    return frame(result, [story_of(result, story, texts=texts) for story in result.stories])


def frame(result: Result, stories: Sequence[Json]) -> dict[str, Any]:
    """The contract around ``stories``, which are ``result``'s as :func:`story_of` tells them."""
    told = {
        "schema": SCHEMA,
        "encoder": result.encoder,
        "settings": dict(result.settings),
        "counts": {
            "pages": result.pages,
            "articles": len(result.articles),
            "events": len(result.events),
            "stories": len(result.stories),
            "rejected": len(result.rejected),
        },
        "stories": stories,
        "rejected": [{"page": item.page, "why": item.why} for item in result.rejected],
    }
    if limits := result.limits:
        told["limits"] = [{**one._asdict(), "articles": list(one.articles)} for one in limits]
    if result.notices:
        told["notices"] = list(result.notices)
    if result.rulings:
        told["rulings"] = [_ruling(ruling) for ruling in result.rulings]
    return told


def _ruling(ruling: Ruling) -> dict[str, Any]:
    return {
        "number": ruling.number,
        "kind": ruling.kind,
        "at": _iso(ruling.at),
        "article": ruling.article,
        "other": ruling.other,
        "agency": ruling.agency,
    }


def story_of(result: Result, story: Story, *, texts: bool = False) -> dict[str, Any]:
    """One story as plain data; the same for as long as ``story`` is the same object."""
    languages: dict[str, int] = {}
    for id in story.articles:
        language = result.articles[id].language
        languages[language] = languages.get(language, 0) + 1
    return {
        "id": story.id,
        "title": story.title,
        "languages": dict(sorted(languages.items(), key=lambda item: (-item[1], item[0]))),
        "article_count": len(story.articles),
        "independent_source_count": story.independent_source_count,
        "first_seen": _iso(story.first_seen),
        "last_seen": _iso(story.last_seen),
        "representative": story.representative,
        "origin": _origin(story.origin),
        "events": [
            {
                "id": event.id,
                "origin": _origin(event.origin),
                "independent_source_count": event.independent_source_count,
                "articles": list(event.articles),
            }
            for event in story.events
        ],
        "articles": [
            _article(result, id, event, texts) for event in story.events for id in event.articles
        ],
        "lineage": [
            {
                "from": link.source,
                "to": link.target,
                "kind": link.kind,
                "confidence": _share(link.confidence),
            }
            for event in story.events
            for link in event.lineage
        ],
    }


def _article(result: Result, id: str, event: Event, texts: bool) -> dict[str, Any]:
    article = result.articles[id]
    told = {
        "id": article.id,
        "page": article.page,
        "span": list(article.span),
        "title": article.headline,
        "title_span": _span(article.title),
        "language": article.language,
        **_outlet(article),
        "published": _published(article.published),
        "event": event.id,
        "copy_group": event.copy_groups.get(id),
        "credits": [_credit(article, credit) for credit in result.credits.get(id, ())],
        "why": [_why(result, id, why) for why in result.why.get(id, ())],
    }
    if article.hints.url:
        told["url"] = article.hints.url
    if texts:
        told["text"] = article.text
    return told


def _outlet(article: Article) -> dict[str, str | None]:
    """``outlet`` is the gazetteer's id, or the name as found where the outlet is not listed."""
    outlet = article.outlet
    if outlet is None:
        return {"outlet": None, "outlet_name": None, "outlet_evidence": None}
    return {
        "outlet": outlet.id or outlet.name,
        "outlet_name": outlet.name,
        "outlet_evidence": outlet.evidence,
    }


def _published(published: Published | None) -> dict[str, Any] | None:
    if published is None:
        return None
    return {
        "at": _iso(published.at),
        "precision": published.precision,
        "calendar": published.calendar,
        "uncertainty_seconds": int(published.uncertainty.total_seconds()),
        "evidence": published.evidence,
        "span": _span(published.span),
    }


def _credit(article: Article, credit: Credit) -> dict[str, Any]:
    return {
        "agency": credit.agency,
        "words": credit.span.of(article.text) or credit.name,
        "span": list(credit.span),
        "role": credit.role,
        "consumer": credit.consumer,
        "scope": credit.scope,
        "strength": _share(credit.strength),
        "construction": credit.construction,
    }


def _why(result: Result, id: str, why: Why) -> dict[str, Any]:
    return {
        "article": why.article,
        "similarity": _share(why.similarity),
        "mine": result.words(id, why.mine),
        "theirs": result.words(why.article, why.theirs),
    }


def _origin(origin: Origin) -> dict[str, Any]:
    return {
        "kind": origin.kind,
        "article": origin.article,
        "agency": origin.agency,
        "name": origin.name,
        "confidence": _share(origin.confidence),
        "status": origin.status,
        "issuer": None
        if origin.issuer is None
        else {
            "id": origin.issuer.id,
            "name": origin.issuer.name,
            "confidence": _share(origin.issuer.confidence),
            "evidence": [_evidence(item) for item in origin.issuer.evidence],
        },
        "nearest_copy": origin.nearest_copy,
        "first_publisher": origin.first_publisher,
        "lean": origin.lean,
        "chain": list(origin.chain),
        "evidence": [_evidence(item) for item in origin.evidence],
        "ignored": [_evidence(item) for item in origin.ignored],
        "alternatives": [
            {"id": item.id, "confidence": _share(item.confidence)} for item in origin.alternatives
        ],
        "flags": list(origin.flags),
        "explanation": origin.explanation,
        "statements": [_statement(one) for one in origin.statements],
    }


def _statement(one: Statement) -> dict[str, Any]:
    """What is empty is left out."""
    told = {
        "key": one.key,
        "reason": one.reason,
        "names": [{"id": name.id, "name": name.name} for name in one.names],
        "counts": list(one.counts),
        "share": None if one.share is None else _share(one.share),
        "article": one.article,
        "quotes": [quote._asdict() for quote in one.quotes],
    }
    return {name: value for name, value in told.items() if value not in (None, "", [])}


def _evidence(item: Evidence) -> dict[str, Any]:
    return {
        "article": item.article,
        "span": list(item.span),
        "words": item.words,
        "code": item.code,
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _span(span: Span | None) -> list[int] | None:
    return None if span is None else list(span)


def _share(value: float) -> float:
    # Three decimals: the last bits of a float32 product may differ between processors.
    return round(float(value), 3)
