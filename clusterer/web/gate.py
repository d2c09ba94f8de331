"""What stands between the network and the interface: host, size, rate, token, headers."""

from __future__ import annotations

import hmac
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clusterer.web.line import packed

LOOPBACK = ("localhost", "127.0.0.1", "::1")
OPEN_TO_ALL = ("/health", "/static/", "/v1/words/")

# Nothing but our own files: no inline script or style, no string ever parsed as markup.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
RAW_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


@dataclass(frozen=True, slots=True)
class Guard:
    """What the server lets in.

    ``token``: bearer token that every request for data must carry, None for none.
    ``origins``: web origins of other sites whose pages may read (CORS), none by default.
    ``hosts``: names this server answers to, against DNS rebinding; ``*`` for any.
    ``rate``: requests a second for one client, with bursts of two seconds' worth.
    ``largest_body``: bytes.
    """

    token: str | None = None
    origins: tuple[str, ...] = ()
    hosts: tuple[str, ...] = LOOPBACK
    rate: float = 500.0
    largest_body: int = 1_000_000


class Gate:
    """ASGI middleware that refuses with a problem document, and adds the headers to all."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self._app = app
        self._guard = guard
        self._buckets = Buckets(guard.rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        limited = _Limited(receive, self._guard.largest_body)
        refusal = self._refusal(scope)
        if refusal is not None:
            await _refuse(_dressed(send), *refusal)
            return

        async def unless_exceeded(message: Message) -> None:
            # Whatever the application makes of a body cut short is not the reader's answer.
            if not limited.exceeded:
                await dressed(message)

        dressed = _dressed(send)
        with suppress(ClientDisconnect):
            await self._app(scope, limited, unless_exceeded)
        if limited.exceeded:
            await _refuse(dressed, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large")

    def _refusal(self, scope: Scope) -> tuple[HTTPStatus, str] | None:
        headers = Headers(scope=scope)
        guard = self._guard
        if "*" not in guard.hosts and _host(headers.get("host", "")) not in guard.hosts:
            return HTTPStatus.BAD_REQUEST, "this server does not answer to this host name"
        if not self._buckets.take((scope.get("client") or ("",))[0]):
            return HTTPStatus.TOO_MANY_REQUESTS, "too many requests; wait a second"
        if not scope["query_string"].isascii():
            return HTTPStatus.BAD_REQUEST, "the query holds bytes that have to be escaped"
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length) > guard.largest_body:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large"
        path = scope["path"]
        if guard.token is None or path == "/" or path.startswith(OPEN_TO_ALL):
            return None
        told = headers.get("authorization", "")
        if hmac.compare_digest(told.encode(), f"Bearer {guard.token}".encode()):
            return None
        return HTTPStatus.UNAUTHORIZED, "this server asks for a bearer token"


class Buckets:
    """Token buckets, one a client; the ten thousand clients seen last are remembered."""

    REMEMBERED = 10_000

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> bool:
        now = time.monotonic()
        left, seen = self._left.pop(client, (2 * self._rate, now))
        left = min(2 * self._rate, left + (now - seen) * self._rate)
        allowed = left >= 1
        self._left[client] = (left - allowed, now)
        if len(self._left) > self.REMEMBERED:
            self._left.popitem(last=False)
        return allowed


class _Limited:
    """Counts a body that did not tell its length, and ends it where it is too large."""

    def __init__(self, receive: Receive, largest: int) -> None:
        self._receive = receive
        self._left = largest
        self.exceeded = False

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                self.exceeded = True
                return {"type": "http.disconnect"}
        return message


def _dressed(send: Send) -> Send:
    """The same, with our headers on every answer."""

    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *RAW_HEADERS]
        await send(message)

    return dressed


def _host(header: str) -> str:
    """The name without its port; an IPv6 address without its brackets."""
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower()


async def _refuse(send: Send, status: HTTPStatus, detail: str) -> None:
    body = packed(
        {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    )
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
    ]
    if status is HTTPStatus.UNAUTHORIZED:
        headers.append((b"www-authenticate", b"Bearer"))
    if status is HTTPStatus.TOO_MANY_REQUESTS:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": body})
