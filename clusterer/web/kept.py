"""Answers that were given once, for as long as the stories stay as they are.

Readers of one version ask the same things. The second who asks is answered before any route,
parameter or story is looked at, with bytes that were packed once; and one who has the answer
already learns so from its tag alone.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable

from starlette.types import ASGIApp, Receive, Scope, Send

from clusterer.web.openapi import JSON

# Bytes of answers, packed and unpacked, that are kept at most; those asked least lately go.
MOST_BYTES = 64_000_000
# Shorter answers fit one network packet either way.
WORTH_PACKING = 1000
LEVEL = 5

Pairs = Iterable[tuple[bytes, bytes]]


class Answer:
    """A body with its tag, ready to be sent again and again. ``route`` is told to the meter."""

    def __init__(self, body: bytes, media: str = JSON, route: object = None) -> None:
        self.route = route
        tag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        self.tag = tag.encode()
        self._plain = body
        self._packed: bytes | None = None
        self._media = media.encode()

    @property
    def size(self) -> int:
        return len(self._plain) + len(self._packed or b"")

    def reply(self, headers: Pairs) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """Status, headers and body for a request with these headers."""
        told = [(b"etag", self.tag), (b"cache-control", b"no-cache"), (b"vary", VARY)]
        packs, known = False, b""
        for name, value in headers:
            if name == b"if-none-match":
                known = value
            elif name == b"accept-encoding":
                packs = b"gzip" in value
        if self.tag in known or known == b"*":
            return 304, told, b""
        body = self._plain
        if packs and len(body) >= WORTH_PACKING:
            if self._packed is None:
                self._packed = gzip.compress(body, LEVEL, mtime=0)
            body = self._packed
            told.append((b"content-encoding", b"gzip"))
        length = str(len(body)).encode()
        return 200, [*told, (b"content-type", self._media), (b"content-length", length)], body


VARY = b"Accept-Encoding"


class Kept:
    """The answers of one version, by path and query; another version begins anew."""

    def __init__(self) -> None:
        self._version = ""
        self._answers: OrderedDict[bytes, Answer] = OrderedDict()
        self._bytes = 0

    def get(self, version: str, asked: bytes) -> Answer | None:
        if version != self._version:
            return None
        answer = self._answers.get(asked)
        if answer is not None:
            self._answers.move_to_end(asked)
        return answer

    def put(self, version: str, asked: bytes, answer: Answer) -> None:
        if version != self._version:
            self._version, self._bytes = version, 0
            self._answers.clear()
        self._drop(asked)
        self._answers[asked] = answer
        self._bytes += _weight(asked, answer)
        while self._bytes > MOST_BYTES:
            self._drop(next(iter(self._answers)))

    def _drop(self, asked: bytes) -> None:
        gone = self._answers.pop(asked, None)
        if gone is not None:
            self._bytes -= _weight(asked, gone)


class Again:
    """ASGI middleware that answers from what was kept. ``version`` tells whose answers hold."""

    def __init__(self, app: ASGIApp, kept: Kept, version: Callable[[], str | None]) -> None:
        self._app = app
        self._kept = kept
        self._version = version

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET":
            version = self._version()
            answer = None if version is None else self._kept.get(version, asked(scope))
            if answer is not None:
                scope["route"] = answer.route
                status, headers, body = answer.reply(scope["headers"])
                await send({"type": "http.response.start", "status": status, "headers": headers})
                await send({"type": "http.response.body", "body": body})
                return
        await self._app(scope, receive, send)


def asked(scope: Scope) -> bytes:
    """What is asked for: the path as it came and the query."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    return path + b"?" + query


def _weight(asked: bytes, answer: Answer) -> int:
    """Bytes an answer may come to hold; packed it adds less than half."""
    return len(asked) + answer.size + answer.size // 2 + 500
