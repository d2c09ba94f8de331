"""What is fuzzed: bytes in, and laws that must hold whatever they are.

A target takes bytes and returns, or raises what its docstrings allow. Everything else, and
anything that takes longer than ``SECONDS``, is a find.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import tempfile
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from clusterer.errors import ClustererError
from clusterer.gazetteer import Gazetteer
from clusterer.news import Article, Page, Rejected, Span
from clusterer.prepare import prepare
from clusterer.reading.files import Source, Unreadable
from clusterer.reading.formats import STUMBLED, read_source
from clusterer.settings import Settings

SECONDS = 5.0
SETTINGS = Settings()
SUFFIXES = (
    *("txt", "html", "json", "jsonl", "csv", "tsv", "xml", "rss", "atom", "nitf", "newsml"),
    *("parquet", "txt.gz", "jsonl.gz", "weird"),
)
LANGUAGES = ("ar", "fa", "en", "ru", "tr", "he", "ur", "ps", "und", "zh")


@cache
def _folder() -> Path:
    memory = Path("/dev/shm")
    place = tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)
    atexit.register(place.cleanup)
    return Path(place.name)


@cache
def _gazetteer() -> Gazetteer:
    return Gazetteer.load()


def _text(data: bytes) -> str:
    """Any string, lone surrogates included."""
    return data.decode("utf-8", "surrogateescape")


def _said(error: Exception) -> None:
    assert str(error).strip(), "an error without words"


def _whole(page: Page | Rejected) -> None:
    if isinstance(page, Rejected):
        assert page.why.strip(), "a rejection without a reason"
        assert "\n" not in page.why, "a reason of several lines"
        assert STUMBLED not in page.why, page.why
        return
    size = len(page.text)
    for span in filter(None, (page.title, page.body)):
        assert 0 <= span.start <= span.end <= size, "a span outside the text"
    assert page.id, "a page without an id"


def _sound(article: Article) -> None:
    size = len(article.text)
    spans = [article.span, *(block.span for block in article.blocks), *article.sentences]
    for span in (*spans, *filter(None, (article.title,))):
        assert 0 <= span.start <= span.end <= size, "a span outside the text"
    assert article.sentences, "an article without sentences"


def reader(suffix: str) -> Callable[[bytes], None]:
    def target(data: bytes) -> None:
        path = _folder() / f"in.{suffix}"
        path.write_bytes(data)
        for page in read_source(Source(path.name, path), SETTINGS, {}):
            _whole(page)

    return target


def charset(data: bytes) -> None:
    from clusterer.reading.charset import decode

    with contextlib.suppress(Unreadable):
        decode(data[1:], ("cp1256", "utf-16", "no-such", None)[data[0] % 4] if data else None)


def segments(data: bytes) -> None:
    from clusterer.text.segment import segment

    text = _text(data)
    last = 0
    for section in segment(text, lambda name: _gazetteer().by_name(name) is not None):
        assert last <= section.span.start < section.span.end <= len(text), "sections overlap"
        last = section.span.end


def preparing(data: bytes) -> None:
    found = prepare(Page("p", "p", _text(data)), _gazetteer(), SETTINGS)
    if isinstance(found, Rejected):
        _whole(found)
        return
    for article in found:
        _sound(article)


def sentences(data: bytes) -> None:
    from clusterer.text.sentences import MAX_CHARS, split_sentences

    text = _text(data)
    last = 0
    for span in split_sentences(text, Span(0, len(text))):
        assert last <= span.start < span.end <= len(text), "sentences overlap"
        assert span.end - span.start <= MAX_CHARS, "a sentence that an encoder would cut"
        last = span.end


def dates(data: bytes) -> None:
    from clusterer.text.published import read_date

    said = _text(data[1:])
    zone = (None, "Asia/Tehran", "no/zone")[data[0] % 3] if data else None
    zone = None if zone == "no/zone" else zone
    told = read_date(said, zone, LANGUAGES[data[0] % len(LANGUAGES)] if data else "und")
    assert told is None or told.earliest <= told.at <= told.latest, "a time outside itself"


def addresses(data: bytes) -> None:
    from clusterer.text.dating import url_date

    url_date(_text(data), None, "en")


def credits(data: bytes) -> None:
    from clusterer.sources.credits import find_credits

    page = Page("p", "p", _text(data), body=Span(0, len(_text(data))))
    found = prepare(page, _gazetteer(), SETTINGS)
    for article in () if isinstance(found, Rejected) else found:
        _sound(article)
        for credit in find_credits(article, _gazetteer()):
            assert 0 <= credit.span.start <= credit.span.end <= len(page.text)
            assert 0 <= credit.strength <= 1, "no probability"


def names(data: bytes) -> None:
    from clusterer.text.names import names as found
    from clusterer.text.script import fold, fold_text

    text = _text(data)
    found(text)
    folded = fold_text(text)
    assert fold_text(folded) == folded, "folding twice is not folding once"
    assert fold(text).text == folded, "two ways of folding"


def facts(data: bytes) -> None:
    from clusterer.matching import describe
    from clusterer.sources.wording import wording

    found = prepare(Page("p", "p", _text(data)), _gazetteer(), SETTINGS)
    if not isinstance(found, Rejected):
        describe(list(found))
        for article in found:
            wording(article)


def contract(data: bytes) -> None:
    """A saved file; what the loader lets in must be shown without a stumble."""
    from clusterer.errors import InputError
    from clusterer.web import FixedSource

    path = _folder() / "stories.json"
    path.write_bytes(data)
    try:
        FixedSource.load(path)
    except InputError as error:
        _said(error)


def settings(data: bytes) -> None:
    path = _folder() / "settings.toml"
    path.write_bytes(data)
    try:
        Settings.load(path)
    except ClustererError as error:
        _said(error)


def agencies(data: bytes) -> None:
    from clusterer.gazetteer.agencies import read_agencies

    path = _folder() / "agencies.csv"
    path.write_bytes(data)
    try:
        read_agencies(path)
    except ClustererError as error:
        _said(error)


def records(data: bytes) -> None:
    """What a damaged store may hold in place of an article."""
    from clusterer.storing.plain import from_bytes, to_bytes

    try:
        article = from_bytes(Article, data)
    except (ValueError, KeyError, TypeError):
        return
    to_bytes(Article, article)


@cache
def _app() -> Any:
    from clusterer.web import FixedSource
    from clusterer.web.app import create_app
    from clusterer.web.gate import Guard

    seeds = Path(__file__).parents[2] / "seeds"
    from clusterer import cluster

    told = cluster(seeds, encoder="hash:").to_dict(texts=True)
    return create_app(FixedSource(told), Guard(hosts=("*",), rate=1e9)), told


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """A loop in a thread of its own: the calling one may be running another already."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return loop


def http(data: bytes) -> None:
    """One request, taken apart by its lines: method and path, query, headers, body."""
    app, told = _app()
    first, _, rest = data.partition(b"\n")
    query, _, rest = rest.partition(b"\n")
    head, _, body = rest.partition(b"\n\n")
    method = ("GET", "POST", "HEAD", "PUT", "OPTIONS", "DELETE")[first[0] % 6 if first else 0]
    path = _text(first[1:]).replace("{id}", told["stories"][0]["id"])
    if "stream" in path or b"wait" in query:  # these answer when something changes
        return
    headers = [(b"host", b"localhost")]
    for line in head.split(b"\n")[:20]:
        name, colon, value = line.partition(b":")
        if colon:
            headers.append((name.strip().lower(), value.strip()))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "path": path,
        "raw_path": quote(path, errors="replace").encode(),
        "query_string": query,
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 5),
        "server": ("localhost", 80),
    }
    status: list[int] = []
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        if messages:
            return messages.pop()
        return await asyncio.Event().wait()  # the reader stays until it is answered

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            status.append(message["status"])

    asyncio.run_coroutine_threadsafe(app(scope, receive, send), _loop()).result()
    assert status, "no answer"
    assert status[0] < 500, f"answered {status[0]}"


def pipeline(data: bytes) -> None:
    """Everything at once: up to a dozen records through all stages and every writer."""
    import logging

    from clusterer import cluster
    from clusterer.writing.report import render_report

    path = _folder() / "in"
    path.mkdir(exist_ok=True)
    pieces = data.split(b"\xff\xff")[:12]
    lines = [
        json.dumps({"title": _text(piece[:40]), "text": _text(piece), "outlet": _text(piece[:9])})
        for piece in pieces
    ]
    (path / "in.jsonl").write_text("\n".join(lines), "utf-8")
    logging.disable(logging.WARNING)
    try:
        result = cluster(path, encoder="hash:")
    finally:
        logging.disable(logging.NOTSET)
    assert len(result.articles) + len(result.rejected) == len(lines), "an input is lost"
    result.to_json(texts=True).encode("utf-8", "surrogatepass")
    render_report(result.to_dict(texts=True)).encode("utf-8", "replace")


TARGETS: dict[str, Callable[[bytes], None]] = {
    **{f"read.{suffix}": reader(suffix) for suffix in SUFFIXES},
    "charset": charset,
    "segments": segments,
    "prepare": preparing,
    "sentences": sentences,
    "dates": dates,
    "addresses": addresses,
    "credits": credits,
    "names": names,
    "facts": facts,
    "contract": contract,
    "settings": settings,
    "agencies": agencies,
    "records": records,
    "http": http,
    "pipeline": pipeline,
}
