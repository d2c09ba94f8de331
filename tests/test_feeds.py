"""Feeds are asked politely and within bounds; tested against a server on the loopback."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from clusterer.errors import InputError
from clusterer.feeds import LEAST_PAUSE, LONGEST_PAUSE, Freshness, Limits, fetch

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
FEED = b"<rss version='2.0'><channel><title>t</title></channel></rss>"


@dataclass
class Newsroom:
    """A server on the loopback, and the requests that it saw."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = FEED
    drip: float = 0.0
    seen: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    room = Newsroom()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            room.seen.append(dict(self.headers))
            same = room.status == 200 and self.headers.get("If-None-Match") == '"v1"'
            self.send_response(304 if same else room.status)
            for name, value in room.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if same:
                return
            try:
                for byte in room.body if room.drip else (room.body,):
                    self.wfile.write(bytes([byte]) if isinstance(byte, int) else byte)
                    time.sleep(room.drip)
            except OSError:
                pass  # the client has hung up, as it should

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    room.url = f"http://127.0.0.1:{server.server_port}/rss"
    yield room
    server.shutdown()
    server.server_close()


def test_a_second_request_is_conditional_and_costs_no_body(newsroom: Newsroom) -> None:
    newsroom.headers = {"ETag": '"v1"', "Last-Modified": "Mon, 01 Jun 2026 10:00:00 GMT"}
    first = fetch(newsroom.url, Freshness(), NOW)
    assert (first.kind, first.body) == ("new", FEED)
    second = fetch(newsroom.url, first.freshness, NOW)
    assert (second.kind, second.body) == ("same", b"")
    assert newsroom.seen[1]["If-None-Match"] == '"v1"'
    assert newsroom.seen[1]["If-Modified-Since"] == "Mon, 01 Jun 2026 10:00:00 GMT"
    assert second.freshness.etag == '"v1"'


def test_a_feed_is_not_due_before_its_time(newsroom: Newsroom) -> None:
    fresh = fetch(newsroom.url, Freshness(), NOW).freshness
    assert not fresh.due(NOW + LEAST_PAUSE - timedelta(seconds=1))
    assert fresh.due(NOW + LEAST_PAUSE)


def test_the_servers_max_age_is_kept_within_a_day(newsroom: Newsroom) -> None:
    newsroom.headers = {"Cache-Control": "public, max-age=3600"}
    assert fetch(newsroom.url, Freshness(), NOW).freshness.not_before == NOW + timedelta(hours=1)
    newsroom.headers = {"Cache-Control": "max-age=99999999999999999999"}
    assert fetch(newsroom.url, Freshness(), NOW).freshness.not_before == NOW + LONGEST_PAUSE


def test_failures_double_the_pause_and_a_success_ends_it(newsroom: Newsroom) -> None:
    newsroom.status = 500
    known, pauses = Freshness(etag='"old"'), []
    for _ in range(12):
        answer = fetch(newsroom.url, known, NOW)
        assert (answer.kind, answer.why) == ("failed", "HTTP 500")
        known = answer.freshness
        assert known.not_before is not None
        pauses.append(known.not_before - NOW)
    assert pauses[1] == 2 * pauses[0]
    assert pauses[-1] == LONGEST_PAUSE
    assert known.etag == '"old"'
    newsroom.status = 200
    assert fetch(newsroom.url, known, NOW).freshness.failures == 0


@pytest.mark.parametrize("told", ["7200", "Mon, 01 Jun 2026 14:00:00 GMT"])
def test_retry_after_is_kept(newsroom: Newsroom, told: str) -> None:
    newsroom.status, newsroom.headers = 429, {"Retry-After": told}
    answer = fetch(newsroom.url, Freshness(), NOW)
    assert answer.freshness.not_before == NOW + timedelta(hours=2)


def test_a_feed_that_is_gone_is_never_due_again(newsroom: Newsroom) -> None:
    newsroom.status = 410
    assert not fetch(newsroom.url, Freshness(), NOW).freshness.due(NOW + timedelta(days=999))


def test_a_body_too_large_or_too_slow_is_cut_off(newsroom: Newsroom) -> None:
    newsroom.body = b"x" * 100_000
    assert "larger" in fetch(newsroom.url, Freshness(), NOW, Limits(size=50_000)).why
    newsroom.body, newsroom.drip = b"x" * 200, 0.05
    begun = time.monotonic()
    assert "not whole" in fetch(newsroom.url, Freshness(), NOW, Limits(seconds=0.4)).why
    assert time.monotonic() - begun < 3


def test_a_cut_off_body_is_a_failure(newsroom: Newsroom) -> None:
    newsroom.headers = {"Content-Length": str(len(FEED) + 10)}
    assert fetch(newsroom.url, Freshness(), NOW).kind == "failed"


def test_nobody_at_home_is_a_failure_with_a_reason() -> None:
    answer = fetch("http://127.0.0.1:9/rss", Freshness(), NOW, Limits(seconds=2))
    assert answer.kind == "failed"
    assert answer.why


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://h/x", "rss", "http://", "http://["])
def test_only_http_is_spoken(url: str) -> None:
    with pytest.raises(InputError, match="not an http"):
        fetch(url, Freshness(), NOW)


def test_a_redirect_to_a_file_is_not_followed(newsroom: Newsroom) -> None:
    newsroom.status, newsroom.headers = 302, {"Location": "file:///etc/passwd"}
    assert fetch(newsroom.url, Freshness(), NOW).kind == "failed"
