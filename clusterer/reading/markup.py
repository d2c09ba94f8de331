"""XML without its dangers, and markup into lines of text.

No entity is expanded, no DTD is loaded, nothing is fetched.
"""

from __future__ import annotations

import re
from typing import Any

from clusterer.reading.files import Unreadable

_DOCTYPE = re.compile(r"<!DOCTYPE\s+([\w:.-]+)([^>\[]*)(\[?)", re.IGNORECASE)
_SPACE = re.compile(r"\s*")
_SILENT_MARKUP = (("<?", "?>"), ("<!--", "-->"))
_TAG = re.compile(
    r"</?(?:p|br|div|span|a|b|i|em|strong|ul|ol|li|h[1-6]|img|figure)\b[^<>]{0,500}>", re.IGNORECASE
)
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "tr",
        "table",
        "section",
        "article",
        "blockquote",
        "figure",
        "figcaption",
        "header",
        "footer",
        "pre",
        "hr",
        "block",
        "hl1",
        "hl2",
        "hedline",
        "byline",
        "dateline",
    ]
)
_SILENT = frozenset({"script", "style", "noscript", "template", "head"})
# The text is decoded already: what the document says of its bytes holds no longer.
_DECLARED = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
PROLOGUE_CHARS = 4096


def after_prologue(text: str) -> int:
    """Where the instructions and comments that a document begins with end."""
    at = 0
    while True:
        space = _SPACE.match(text, at)
        at = space.end() if space else at
        for opening, closing in _SILENT_MARKUP:
            if text.startswith(opening, at):
                end = text.find(closing, at + len(opening))
                if end < 0:
                    return at
                at = end + len(closing)
                break
        else:
            return at


def refuse_doctype(text: str) -> None:
    """Raise Unreadable for XML that declares entities or names a DTD."""
    start = after_prologue(text)
    mark = _DOCTYPE.match(text, start)
    if mark and (mark[3] or "system" in mark[2].lower() or "public" in mark[2].lower()):
        raise Unreadable("XML with entities or an external DTD")
    if "<!ENTITY" in text[start : start + PROLOGUE_CHARS]:
        raise Unreadable("XML with entities")


def parse_xml(text: str) -> Any:
    """The root element of an XML document. Raises Unreadable."""
    from lxml import etree

    refuse_doctype(text)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        return etree.fromstring(_DECLARED.sub("", text, count=1).encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(f"not valid XML: {str(error).splitlines()[0][:120]}") from None


def name_of(element: Any) -> str:
    """The element's name without its namespace; empty for comments and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def inner_text(element: Any) -> str:
    """What an element says: block elements become lines, the rest runs on."""
    parts: list[str] = []
    _say(element, parts)
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _say(root: Any, parts: list[str]) -> None:
    """Depth first without recursion: nesting of hostile markup has no bound."""
    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        element, closing = stack.pop()
        name = name_of(element).lower()
        if closing:
            if name in _BLOCKS:
                parts.append("\n")
            if element is not root:
                parts.append(_flat(element.tail))
            continue
        stack.append((element, True))
        if not name or name in _SILENT:
            continue
        if name in _BLOCKS:
            parts.append("\n")
        parts.append(_flat(element.text))
        stack.extend((child, False) for child in reversed(list(element)))


def _flat(text: str | None) -> str:
    return (text or "").replace("\n", " ").replace("\r", " ")


def with_joiners(said: str, element: Any) -> str:
    """Text taken from ``element`` by a library that drops what is not printed, with the
    joiners that Persian is spelled with put back: by whole lines, else word by word where
    the page spells a word in one way only."""
    page = inner_text(element)
    if page.isprintable() or not said:
        return said
    lines = {_printed(line): line for line in page.split("\n") if _printed(line) != line}
    words: dict[str, set[str]] = {}
    for word in page.split():
        words.setdefault(_printed(word), set()).add(word)
    return "\n".join(
        lines[line]
        if line in lines
        else " ".join(_spelled(word, words.get(word)) for word in line.split(" "))
        for line in said.split("\n")
    )


def _spelled(word: str, known: set[str] | None) -> str:
    return next(iter(known)) if known is not None and len(known) == 1 else word


def _printed(said: str) -> str:
    return "".join(letter for letter in said if letter.isprintable() or letter.isspace())


def plain_text(said: str) -> str:
    """A field that may hold HTML, as text; other text comes back unchanged."""
    if "<" not in said or not _TAG.search(said):
        return _unescaped(said)
    from lxml import html

    try:
        return inner_text(html.fragment_fromstring(said, create_parent="div"))
    except (ValueError, AssertionError, html.etree.ParserError):
        return said


def _unescaped(said: str) -> str:
    if "&" not in said:
        return said
    from html import unescape

    return unescape(said)
