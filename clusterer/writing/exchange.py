"""A story in the words of two standards: IPTC ninjs 2.1 and schema.org (JSON-LD)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from clusterer.writing.views import Json, outlet_of, outlets

NINJS = {
    "name": "ninjs",
    "version": "2.1",
    "schema": "https://www.iptc.org/std/ninjs/ninjs-schema_2.1.json",
}


def ninjs(story: Json) -> dict[str, Any]:
    """A composite item with one associated text item for each article.

    Sources are ``infosources``: the role says what the article credits them with, ``origin``
    where the story comes from.
    """
    origin = story["origin"]
    told = {
        "uri": _urn("story", story["id"]),
        "type": "composite",
        "standard": NINJS,
        "firstcreated": story["first_seen"],
        "versioncreated": story["last_seen"],
        "language": next(iter(story["languages"]), None),
        "headlines": [{"value": story["title"]}],
        "ednote": origin["explanation"] or None,
        "infosources": [_source(origin["agency"], origin["name"] or origin["agency"], "origin")]
        if origin["agency"]
        else None,
        "associations": [_ninjs_article(article) for article in story["articles"]],
    }
    return _known(told)


def _ninjs_article(article: Json) -> dict[str, Any]:
    published = article["published"]
    credited = {
        (credit["agency"], credit["role"]): _source(
            credit["agency"], credit["words"], credit["role"]
        )
        for credit in article["credits"]
        if credit["agency"]
    }
    told = {
        "name": article["id"],
        "uri": _article_uri(article),
        "type": "text",
        "contentcreated": published and published["at"],
        "language": article["language"],
        "headlines": [{"value": article["title"]}],
        "copyrightholder": outlet_of(article),
        "infosources": list(credited.values()) or None,
        "bodies": [{"role": "main", "contenttype": "text/plain", "value": _body(article)}]
        if "text" in article
        else None,
        "altids": [{"role": "event", "value": article["event"]}],
    }
    return _known(told)


def _source(agency: str, name: str, role: str) -> dict[str, Any]:
    return {"name": name, "role": f"urn:clusterer:role:{role}", "uri": _urn("agency", agency)}


def schema_org(story: Json) -> dict[str, Any]:
    """A ``Collection`` of ``NewsArticle``s; links of the lineage as the vocabulary has them.

    A translation is a ``translationOfWork``, a copy ``isBasedOn`` its giver, a credited source
    a ``citation``.
    """
    articles = {article["id"]: article for article in story["articles"]}
    told = {
        "@context": "https://schema.org",
        "@type": "Collection",
        "@id": _urn("story", story["id"]),
        "name": story["title"],
        "inLanguage": list(story["languages"]),
        "collectionSize": story["article_count"],
        "temporalCoverage": _span(story),
        "publisher": [{"@type": "NewsMediaOrganization", "name": name} for name in outlets(story)]
        or None,
        "isBasedOn": _origin(story["origin"], articles),
        "hasPart": [
            _schema_org_article(article, story["lineage"], articles)
            for article in story["articles"]
        ],
    }
    return _known(told)


def _schema_org_article(article: Json, links: Iterable[Json], articles: Json) -> dict[str, Any]:
    terms = {"translation": "translationOfWork", "copy": "isBasedOn", "credit": "citation"}
    given: dict[str, list[dict[str, str]]] = {}
    for link in links:
        if link["to"] == article["id"]:
            given.setdefault(terms[link["kind"]], []).append(_giver(link["from"], articles))
    outlet, published = outlet_of(article), article["published"]
    told = {
        "@type": "NewsArticle",
        "@id": _article_uri(article),
        "headline": article["title"],
        "inLanguage": article["language"],
        "datePublished": published and published["at"],
        "url": article.get("url"),
        "publisher": outlet and {"@type": "NewsMediaOrganization", "name": outlet},
        "articleBody": _body(article) if "text" in article else None,
        **given,
    }
    return _known(told)


def _giver(id: str, articles: Json) -> dict[str, str]:
    if id in articles:
        return {"@id": _article_uri(articles[id])}
    return {"@type": "NewsMediaOrganization", "@id": _urn("agency", id)}


def _origin(origin: Json, articles: Json) -> dict[str, str] | None:
    id = origin["article"] if origin["kind"] == "article" else origin["agency"]
    return _giver(id, articles) if id else None


def _span(story: Json) -> str | None:
    if story["first_seen"] is None:
        return None
    return f"{story['first_seen']}/{story['last_seen']}"


def _body(article: Json) -> str:
    start, end = article["span"]
    text: str = article["text"]
    return text[start:end]


def _article_uri(article: Json) -> str:
    uri: str = article.get("url") or _urn("article", article["id"])
    return uri


def _urn(kind: str, id: str) -> str:
    return f"urn:clusterer:{kind}:{quote(id, safe='', errors='replace')}"


def _known(told: dict[str, Any]) -> dict[str, Any]:
    """Neither standard has a word for unknown: what is not known is left out."""
    return {key: value for key, value in told.items() if value is not None}
