"""HTML pages: main text by trafilatura, provenance by what the page's head declares.

The text of such a page is the extracted text; spans refer to it, not to the markup.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from clusterer.news import Hints, Page
from clusterer.reading.files import Source, Unreadable
from clusterer.reading.records import lay_out

_NEWS_TYPES = (
    "NewsArticle",
    "Article",
    "ReportageNewsArticle",
    "AnalysisNewsArticle",
    "BlogPosting",
    "LiveBlogPosting",
    "OpinionNewsArticle",
    "BackgroundNewsArticle",
    "WebPage",
)
_DATES = (
    *("article:published_time", "datepublished", "og:published_time", "dc.date.issued"),
    *("dc.date", "dcterms.created", "pubdate", "publishdate", "publish-date", "date"),
    *("parsely-pub-date", "sailthru.date", "publication_date", "dc.date.created"),
)
MAX_NODES = 2_000  # of a page's JSON-LD; more is a data dump or an attack


def read_html(source: Source, text: str) -> Page:
    """The page of an HTML document. Raises Unreadable when nothing can be read from it."""
    from lxml import etree, html

    try:
        tree = html.document_fromstring(text)
    except (etree.LxmlError, ValueError, AssertionError):
        raise Unreadable("not readable as HTML") from None
    meta = _meta(tree)
    news = _news_article(tree)
    body = _main_text(text)
    title = _first(news.get("headline"), meta.get("og:title"), tree.findtext(".//title"))
    if not body.strip():
        raise Unreadable("an HTML page without main text")
    said, title_span, body_span = lay_out(" ".join((title or "").split()), body)
    return Page(source.name, source.name, said, title_span, body_span, _hints(tree, meta, news))


def _main_text(text: str) -> str:
    import trafilatura

    return trafilatura.extract(text, include_comments=False, include_tables=False) or ""


def _hints(tree: Any, meta: dict[str, str], news: dict[str, Any]) -> Hints:
    canonical = next(iter(tree.xpath("//link[@rel='canonical']/@href")), None)
    credits = (
        *_names(news.get("isBasedOn")),
        *_names(news.get("creditText")),
        *_names(news.get("sourceOrganization")),
        *filter(None, (meta.get("original-source"), meta.get("syndication-source"))),
    )
    return Hints(
        url=meta.get("og:url") or _first(news.get("url")),
        canonical=canonical,
        site=_host_only(canonical or meta.get("og:url")),
        outlet=meta.get("og:site_name") or next(iter(_names(news.get("publisher"))), None),
        author=next(iter(_names(news.get("author"))), None) or meta.get("author"),
        language=tree.get("lang") or _first(news.get("inLanguage")),
        published=_first(news.get("datePublished"), *(meta.get(name) for name in _DATES)),
        credits=tuple(dict.fromkeys(credits)),
    )


def _host_only(address: str | None) -> str | None:
    return address if address and address.startswith("http") else None


def _meta(tree: Any) -> dict[str, str]:
    """``<meta>`` by lower-case name, property or itemprop; the first of each counts."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        content = (element.get("content") or "").strip()
        for key in ("property", "name", "itemprop"):
            name = (element.get(key) or "").strip().lower()
            if name and content:
                found.setdefault(name, content)
    return found


def _news_article(tree: Any) -> dict[str, Any]:
    """The first JSON-LD object that describes an article, preferring the news types."""
    found: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if (script.get("type") or "").lower().startswith("application/ld+json"):
            try:
                found.extend(_objects(json.loads(script.text or "", strict=False)))
            except (ValueError, RecursionError):
                continue
    found.sort(key=_rank)
    return found[0] if found and _rank(found[0]) < len(_NEWS_TYPES) else {}


def _objects(document: Any) -> Iterator[dict[str, Any]]:
    waiting = [document]
    for _ in range(MAX_NODES):
        if not waiting:
            return
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            yield node
            waiting.extend(node[key] for key in ("@graph", "mainEntity") if key in node)


def _rank(node: dict[str, Any]) -> int:
    types = node.get("@type")
    kinds = types if isinstance(types, list) else [types]
    places = [_NEWS_TYPES.index(kind) for kind in kinds if kind in _NEWS_TYPES]
    return min(places, default=len(_NEWS_TYPES))


def _names(value: Any) -> tuple[str, ...]:
    """Names or addresses in a JSON-LD value of any of its shapes."""
    if isinstance(value, str):
        return (value.strip(),) if value.strip() else ()
    if isinstance(value, list):
        return tuple(name for part in value[:20] for name in _names(part))
    if isinstance(value, dict):
        return _names(value.get("name") or value.get("url") or value.get("@id"))
    return ()


def _first(*values: Any) -> str | None:
    return next(
        (value.strip() for value in values if isinstance(value, str) and value.strip()), None
    )
