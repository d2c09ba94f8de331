"""Feeds fetched politely: only when due, only what is new, never more than a bound.

A request carries the validators of the last answer (RFC 9110, conditional requests), a
failing server is asked ever more seldom, ``Retry-After`` and ``Cache-Control: max-age`` are
kept, and a feed that is gone for good (410) is left alone. Only http and https are spoken.
"""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from clusterer.errors import InputError

AGENT = "clusterer (feed reader)"
LEAST_PAUSE = timedelta(minutes=5)  # customary among feed readers
FIRST_RETREAT = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(days=1)
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Freshness:
    """What is known of a feed since it was last asked."""

    etag: str | None = None
    modified: str | None = None
    not_before: datetime | None = None
    failures: int = 0
    gone: bool = False

    def due(self, now: datetime) -> bool:
        return not self.gone and (self.not_before is None or self.not_before <= now)


class Limits(NamedTuple):
    """Seconds for the whole of one request, and bytes of its body."""

    seconds: float = 20.0
    size: int = 20_000_000


class Answer(NamedTuple):
    """``body`` only where ``kind`` is new; ``why`` only where it is failed."""

    kind: Literal["new", "same", "failed"]
    freshness: Freshness
    body: bytes = b""
    why: str = ""


class _Trouble(Exception):  # noqa: N818 - a reason inside the room
    pass


def check_url(url: str) -> None:
    """Raises InputError for what is no http(s) address."""
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        valid = False
    if not valid:
        raise InputError(f"{url}: not an http or https address")


def fetch(url: str, known: Freshness, now: datetime, limits: Limits = Limits()) -> Answer:  # noqa: B008
    """Ask once. Raises InputError for what is no http(s) address, and nothing else."""
    check_url(url)
    try:
        with _opener().open(_request(url, known), timeout=limits.seconds) as response:
            body = _body(response, limits)
            headers = response.headers
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 304:
            return Answer("same", _rested(known, error.headers, now))
        return Answer("failed", _retreat(known, error, now), why=f"HTTP {error.code}")
    except (OSError, HTTPException, _Trouble, ValueError) as error:
        return Answer("failed", _retreat(known, None, now), why=_reason(error))
    fresh = Freshness(headers.get("ETag"), headers.get("Last-Modified"))
    return Answer("new", _rested(fresh, headers, now), body)


def _opener() -> urllib.request.OpenerDirector:
    """Redirects included, nothing but http and https; no files, no ftp."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _request(url: str, known: Freshness) -> urllib.request.Request:
    headers = {
        "User-Agent": AGENT,
        "Accept": "application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5",
        "Accept-Encoding": "identity",
    }
    if known.etag:
        headers["If-None-Match"] = known.etag
    if known.modified:
        headers["If-Modified-Since"] = known.modified
    return urllib.request.Request(url, headers=headers)


def _body(response: HTTPResponse, limits: Limits) -> bytes:
    """The whole body within both bounds: a server that drips is cut off in time."""
    deadline = time.monotonic() + limits.seconds
    parts: list[bytes] = []
    size = 0
    # read1 gives what has arrived; read would wait for the whole chunk
    while part := response.read1(_CHUNK):
        size += len(part)
        if size > limits.size:
            raise _Trouble(f"larger than {limits.size} bytes")
        if time.monotonic() > deadline:
            raise _Trouble(f"not whole after {limits.seconds:g} s")
        parts.append(part)
    told = response.headers.get("Content-Length")
    if told is not None and told.isdigit() and size < int(told):
        raise _Trouble("cut off")
    return b"".join(parts)


def _reason(error: Exception) -> str:
    inner = getattr(error, "reason", error)
    return str(inner) or type(error).__name__


def _rested(fresh: Freshness, headers: Message, now: datetime) -> Freshness:
    """After a good answer: ask again when the server says, within sensible bounds."""
    pause = min(max(_max_age(headers), LEAST_PAUSE), LONGEST_PAUSE)
    return replace(fresh, not_before=now + pause, failures=0)


def _max_age(headers: Message) -> timedelta:
    for part in (headers.get("Cache-Control") or "").split(","):
        name, _, value = part.strip().partition("=")
        if name.lower() == "max-age" and value.isdigit():
            return timedelta(seconds=min(int(value), LONGEST_PAUSE.total_seconds()))
    return timedelta(0)


def _retreat(known: Freshness, error: urllib.error.HTTPError | None, now: datetime) -> Freshness:
    """After a failure: twice as long as last time, or as long as the server asks."""
    failures = known.failures + 1
    pause = min(FIRST_RETREAT * 2 ** min(failures - 1, 20), LONGEST_PAUSE)
    if error is not None:
        pause = max(pause, min(_retry_after(error.headers, now), LONGEST_PAUSE))
    gone = error is not None and error.code == 410
    return replace(known, not_before=now + pause, failures=failures, gone=gone)


def _retry_after(headers: Message, now: datetime) -> timedelta:
    told = (headers.get("Retry-After") or "").strip()
    if told.isdigit():
        return timedelta(seconds=min(int(told), LONGEST_PAUSE.total_seconds()))
    try:
        at = parsedate_to_datetime(told)
    except ValueError:
        return timedelta(0)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
