"""RSS 2.0 and Atom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from clusterer.news import Hints, Page, Rejected
from clusterer.reading.files import Source, Unreadable
from clusterer.reading.markup import plain_text, refuse_doctype
from clusterer.reading.records import lay_out


def read_feed(source: Source, text: str) -> Iterator[Page | Rejected]:
    """One page an item. Raises Unreadable when it is no feed or has no items."""
    import feedparser

    refuse_doctype(text)
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        feed = feedparser.parse(text.encode("utf-8"), response_headers=headers)
    except Exception as error:  # noqa: BLE001
        # its tolerant parser stumbles in many ways over broken markup, such as &#x110000;
        raise Unreadable(f"not a readable feed: {str(error)[:120]}") from None
    if not feed.entries:
        raise Unreadable("a feed without items" if feed.version else "not a readable feed")
    for number, entry in enumerate(feed.entries, 1):
        yield _page(source, feed.feed, entry, f"{source.name}!{number}")


def _page(source: Source, feed: Any, entry: Any, place: str) -> Page | Rejected:
    title = plain_text(entry.get("title") or "")
    bodies = [content.get("value") or "" for content in entry.get("content", ())]
    body = plain_text(max([*bodies, entry.get("summary") or ""], key=len))
    if not title.strip() and not body.strip():
        return Rejected(place, "a feed item without title and text")
    text, title_span, body_span = lay_out(title, body)
    origin = entry.get("source") or {}
    credits = tuple(filter(None, (origin.get("title"), origin.get("href") or origin.get("link"))))
    hints = Hints(
        url=entry.get("link"),
        site=feed.get("link"),
        outlet=feed.get("title"),
        author=entry.get("author"),
        language=entry.get("language") or feed.get("language"),
        published=entry.get("published") or entry.get("updated"),
        credits=credits,
    )
    return Page(
        entry.get("id") or entry.get("link") or place,
        source.name,
        text,
        title_span,
        body_span,
        hints,
    )
