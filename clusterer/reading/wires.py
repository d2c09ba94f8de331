"""The wire formats of the IPTC: NewsML-G2, NITF and ninjs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clusterer.news import Hints, Page, Rejected
from clusterer.reading.files import Source, Unreadable
from clusterer.reading.markup import inner_text, name_of, plain_text
from clusterer.reading.records import lay_out

NINJS_MARKS = (
    "versioncreated",
    "firstcreated",
    "headlines",
    "bodies",
    "body_xhtml",
    "contributors",
)


def is_ninjs(record: Mapping[str, Any]) -> bool:
    return "uri" in record and any(mark in record for mark in NINJS_MARKS)


def read_newsml(source: Source, root: Any) -> Iterator[Page | Rejected]:
    """The news items of a NewsML-G2 document, one page each."""
    items = [root] if name_of(root) == "newsItem" else _all(root, "newsItem")
    if not items:
        raise Unreadable("NewsML without news items")
    for number, item in enumerate(items, 1):
        place = source.name if len(items) == 1 else f"{source.name}!{number}"
        yield _newsml_item(source, item, place)


def _newsml_item(source: Source, item: Any, place: str) -> Page | Rejected:
    nitf = next(iter(_all(item, "nitf")), None)
    inner = next(iter(_all(item, "inlineXML")), None)
    if inner is None:
        inner = next(iter(_all(item, "inlineData")), None)
    title = _said(item, "headline") or (_said(nitf, "hl1") if nitf is not None else None)
    if nitf is not None:
        body = _nitf_body(nitf)
    else:
        body = plain_text(inner_text(inner)) if inner is not None else ""
    source_names = [_label(element) for element in _all(item, "infoSource")]
    hints = Hints(
        outlet=_label(next(iter(_all(item, "provider")), None)),
        author=_said(item, "by"),
        language=_attribute(item, "language", "tag"),
        published=_said(item, "contentCreated")
        or _said(item, "versionCreated")
        or _said(item, "firstCreated"),
        credits=_told([*source_names, _said(item, "creditline")]),
    )
    return _page(item.get("guid") or place, source.name, title, body, hints, place)


def read_nitf(source: Source, root: Any) -> Iterator[Page | Rejected]:
    """The one report of an NITF document."""
    date = next(iter(_all(root, "date.issue")), None)
    doc_id = _attribute(root, "doc-id", "id-string")
    hints = Hints(
        outlet=_attribute(root, "doc.copyright", "holder") or _attribute(root, "pubdata", "name"),
        author=_said(root, "byline"),
        published=(date.get("norm") if date is not None else None)
        or _attribute(root, "story.date", "norm"),
        credits=_told([_said(root, "distributor"), _attribute(root, "doc-id", "regsrc")]),
    )
    title = _said(root, "hl1") or _said(root, "title")
    yield _page(doc_id or source.name, source.name, title, _nitf_body(root), hints, source.name)


def _nitf_body(nitf: Any) -> str:
    """Dateline and content; headline, byline and captions stand elsewhere."""
    dateline = _said(nitf, "dateline")
    content = next(iter(_all(nitf, "body.content")), None)
    text = inner_text(content) if content is not None else ""
    return f"{dateline}\n{text}" if dateline else text


def read_ninjs(path: str, record: Mapping[str, Any], place: str) -> Page | Rejected:
    """One ninjs object, of version 1 or 2."""
    title = record.get("headline") or _first_value(record.get("headlines"))
    body = record.get("body_text") or record.get("body_xhtml") or record.get("body_html")
    body = body or _first_value(record.get("bodies")) or record.get("description_text") or ""
    sources = [part.get("name") for part in _dicts(record.get("infosources"))]
    hints = Hints(
        url=_text(record.get("url")) or _web(record.get("uri")),
        outlet=_text(record.get("provider")) or _text(record.get("copyrightholder")),
        author=_text(record.get("byline")) or _text(record.get("by")),
        language=_text(record.get("language")),
        published=_text(record.get("firstcreated")) or _text(record.get("versioncreated")),
        credits=_told([*map(_text, sources), _text(record.get("creditline"))]),
    )
    return _page(str(record["uri"]), path, _text(title), plain_text(str(body)), hints, place)


def _page(
    id: str, path: str, title: str | None, body: str, hints: Hints, place: str
) -> Page | Rejected:
    if not (title or "").strip() and not body.strip():
        return Rejected(place, "a news item without headline and text")
    text, title_span, body_span = lay_out(title or "", body)
    return Page(id, path, text, title_span, body_span, hints)


def _all(root: Any, name: str) -> list[Any]:
    return [element for element in root.iter() if name_of(element) == name]


def _said(root: Any, name: str) -> str | None:
    for element in _all(root, name):
        text = " ".join(inner_text(element).split())
        if text:
            return text
    return None


def _attribute(root: Any, name: str, attribute: str) -> str | None:
    for element in _all(root, name):
        if element.get(attribute):
            return str(element.get(attribute))
    return None


def _label(element: Any) -> str | None:
    """The name inside a party element, or its code."""
    if element is None:
        return None
    return _said(element, "name") or element.get("literal") or element.get("qcode")


def _told(names: list[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _dicts(value: Any) -> list[Mapping[str, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _first_value(value: Any) -> str | None:
    return next((str(part["value"]) for part in _dicts(value) if part.get("value")), None)


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _web(value: Any) -> str | None:
    return value if isinstance(value, str) and value.startswith("http") else None
