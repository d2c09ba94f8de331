"""What a file is, by content first and suffix second, and the reader for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from clusterer.news import Page, Rejected
from clusterer.reading.charset import decode
from clusterer.reading.feeds import read_feed
from clusterer.reading.files import Source, Unreadable, first_bytes, read_bytes
from clusterer.reading.html import read_html
from clusterer.reading.json_records import read_json, read_json_lines
from clusterer.reading.markup import (
    PROLOGUE_CHARS,
    after_prologue,
    name_of,
    parse_xml,
    refuse_doctype,
)
from clusterer.reading.tables import read_parquet, read_table
from clusterer.reading.wires import read_newsml, read_nitf
from clusterer.settings import Settings

STUMBLED = "the reader stumbled over it"
_LINES = (".jsonl", ".ndjson", ".jl")
_TABLES = (".csv", ".tsv", ".tab")
_HTML = (".html", ".htm", ".xhtml")
_XML = (".xml", ".rss", ".atom", ".nitf", ".newsml", ".rdf")
_PARQUET = b"PAR1"
_ALIEN = {
    b"%PDF": "a PDF, not text",
    b"PK\x03\x04": "a ZIP archive, not text",
    b"\x89PNG": "an image, not text",
    b"\xff\xd8\xff": "an image, not text",
    b"GIF8": "an image, not text",
    b"SQLite format 3": "a database, not text",
    b"BZh": "a bzip2 archive, not text",
    b"\xfd7zXZ": "an xz archive, not text",
}
_DECLARED = re.compile(rb"(?:charset|encoding)\s{0,4}=\s{0,4}[\"']?([\w-]{2,20})")
# The first element of a document, whatever instructions and comments stand before it.
_FIRST = re.compile(r"<(!doctype\s+)?([A-Za-z][\w:.-]{0,40})")
_PROLOGUE = re.compile(r"\A\s*+<(?:[!?]|[A-Za-z])")
_HTML_NAMES = ("html", "head", "body")
_XML_NAMES = ("rss", "feed", "rdf:rdf", "newsmessage", "newsitem", "packageitem", "nitf")
_ANY_TAG = re.compile(r"<(?:p|div|html|body|article|title|h1|a|span)\b", re.IGNORECASE)


def read_source(
    source: Source, settings: Settings, fields: Mapping[str, str]
) -> Iterator[Page | Rejected]:
    """The pages of one file; a file that yields nothing is one ``Rejected``."""
    try:
        if source.suffix in _LINES:
            yield from read_json_lines(source, settings, fields)
            return
        head = first_bytes(source)
        for magic, why in _ALIEN.items():
            if head.startswith(magic):
                raise Unreadable(why)
        if head.startswith(_PARQUET) or source.suffix == ".parquet":
            yield from read_parquet(source, settings, fields)
            return
        data = read_bytes(source, settings)
        declared = _DECLARED.search(data[:2000])
        text = decode(data, declared[1].decode("ascii") if declared else None)
        yield from _read_text(source, text, settings, fields)
    except Unreadable as why:
        yield Rejected(source.name, str(why))
    except Exception as error:  # noqa: BLE001 - parsers of others may stumble over anything
        said = " ".join(str(error).split())[:120]
        yield Rejected(source.name, f"{STUMBLED} ({type(error).__name__}: {said})")


def _read_text(
    source: Source, text: str, settings: Settings, fields: Mapping[str, str]
) -> Iterator[Page | Rejected]:
    kind = sniff(text)
    suffix = source.suffix
    if suffix == ".json":
        yield from read_json(source, text, fields)
    elif suffix in _TABLES:
        if kind != "plain":
            raise Unreadable(f"not what its suffix says: {kind} in {suffix}")
        yield from read_table(source, text, settings, fields)
    elif kind == "XML" or (suffix in _XML and kind != "HTML"):
        yield from _read_xml(source, text)
    elif kind == "HTML" or suffix in _HTML:
        if not _ANY_TAG.search(text):
            raise Unreadable(f"not what its suffix says: no HTML in {suffix}")
        yield from read_html(source, text)
    elif kind == "JSON" and suffix in ("", ".txt"):
        yield from read_json(source, text, fields)
    else:
        yield plain(source, text, settings)


def sniff(text: str) -> str:
    """``HTML``, ``XML``, ``JSON`` or ``plain``, by how the text begins."""
    start = after_prologue(text)
    head = text[start : start + PROLOGUE_CHARS]
    if _PROLOGUE.match(head):
        mark = _FIRST.search(head)
        name = mark[2].lower() if mark else ""
        if name in _HTML_NAMES:
            return "HTML"
        if name in _XML_NAMES or text.lstrip().startswith("<?xml"):
            return "XML"
    begins = text.lstrip()[:1]
    ends = text.rstrip()[-1:]
    return "JSON" if (begins, ends) in (("{", "}"), ("[", "]")) and '"' in text else "plain"


def _read_xml(source: Source, text: str) -> Iterator[Page | Rejected]:
    refuse_doctype(text)
    start = after_prologue(text)
    head = text[start : start + PROLOGUE_CHARS].lower()
    if "<rss" in head or "<feed" in head or "<rdf:rdf" in head:
        yield from read_feed(source, text)
        return
    root = parse_xml(text)
    name = name_of(root)
    if name in ("newsItem", "newsMessage", "packageItem"):
        yield from read_newsml(source, root)
    elif name == "nitf":
        yield from read_nitf(source, root)
    else:
        raise Unreadable(f"XML of an unknown kind: <{name}>")


def plain(source: Source, text: str, settings: Settings) -> Page:
    """A plain text page; its text is kept to the last character."""
    longest = max(map(len, text.split("\n")))
    if longest > settings.max_line_chars:
        raise Unreadable(f"a line of more than {settings.max_line_chars} characters")
    if not text.strip():
        raise Unreadable("empty")
    return Page(source.name, source.name, text)
