"""HTML pages: main text by trafilatura, provenance by what the page's head declares.

The text of such a page is the extracted text; spans refer to it, not to the markup.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from clusterer.news import Hints, Page
from clusterer.reading.files import Source, Unreadable
from clusterer.reading.html_reports import Report, find_reports
from clusterer.reading.markup import name_of, with_joiners
from clusterer.reading.records import lay_out
from clusterer.text.script import fold_text

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


def read_html(source: Source, text: str) -> Iterator[Page]:
    """One page for each report of an HTML document, the first under the name of the file.

    Raises Unreadable when nothing can be read from it.
    """
    from lxml import etree, html

    try:
        tree = html.document_fromstring(text)
    except (etree.LxmlError, ValueError, AssertionError):
        raise Unreadable("not readable as HTML") from None
    meta = _meta(tree)
    news = _news_articles(tree)
    reports = find_reports(tree, _text_of)
    if len(reports) > 1:
        yield from _several(source, tree, meta, news, reports)
        return
    body = _main_text(text, tree)
    first = news[0] if news else {}
    title = _first(first.get("headline"), meta.get("og:title")) or _heading(tree)
    if not body.strip():
        raise Unreadable("an HTML page without main text")
    said, title_span, body_span = lay_out(" ".join((title or "").split()), body)
    yield Page(source.name, source.name, said, title_span, body_span, _hints(tree, meta, first))


def _several(
    source: Source,
    tree: Any,
    meta: dict[str, str],
    news: list[dict[str, Any]],
    reports: list[Report],
) -> Iterator[Page]:
    """What the head of the page says is said of the report that it names, else of the first."""
    named = [fold_text(str(one.get("headline") or "")) for one in news]
    titled = [fold_text(report.title) for report in reports]
    head = (*named, fold_text(meta.get("og:title", "")), fold_text(_heading(tree) or ""))
    owner = next((titled.index(title) for title in head if title in titled), 0)
    whole = _hints(tree, meta, news[0] if news else {})
    shared = Hints(site=whole.site, outlet=whole.outlet, language=whole.language)
    for number, report in enumerate(reports, 1):
        own = next(
            (one for one, title in zip(news, named, strict=True) if title == titled[number - 1]),
            None,
        )
        hints = _hints(tree, meta, own) if own else whole if number - 1 == owner else shared
        if report.published and (number - 1 != owner or not hints.published):
            hints = replace(hints, published=report.published)
        hints = replace(hints, url=report.url or hints.url)
        said, title_span, body_span = lay_out(report.title, report.body)
        name = source.name if number == 1 else f"{source.name}!{number}"
        yield Page(name, source.name, said, title_span, body_span, hints)


def _heading(tree: Any) -> str | None:
    """The page's one main heading, else its title as the browser shows it."""
    shown = " ".join((tree.findtext(".//title") or "").split())
    inside = tree.xpath("//article//h1 | //main//h1") or tree.xpath("//h1")
    headings = {" ".join(one.text_content().split()): one for one in inside}
    if len(headings) == 1:
        ((said, heading),) = headings.items()
        # The h1 of many sites is their own name.
        within = any(name_of(above) in ("article", "main") for above in heading.iterancestors())
        if " " in said and (within or not shown or fold_text(said) in fold_text(shown)):
            return said
    return shown or None


def _main_text(text: str, tree: Any) -> str:
    import trafilatura

    found = trafilatura.extract(text, include_comments=False, include_tables=False) or ""
    return with_joiners(found, tree)


def _text_of(element: Any) -> str:
    from lxml import html

    markup = html.tostring(element, encoding="unicode", with_tail=False)
    return _main_text(f"<html><body>{markup}</body></html>", element)


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


def _news_articles(tree: Any) -> list[dict[str, Any]]:
    """The JSON-LD objects that describe articles, news types first."""
    found: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if (script.get("type") or "").lower().startswith("application/ld+json"):
            try:
                found.extend(_objects(json.loads(script.text or "", strict=False)))
            except (ValueError, RecursionError):
                continue
    return sorted((one for one in found if _rank(one) < len(_NEWS_TYPES)), key=_rank)


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
