"""What the server measures of itself, in the text format of Prometheus."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)


class Measures:
    """The numbers of one server; nothing is shared with another in the same process."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self.requests = Counter(
            "clusterer_requests", "Answers given", ("route", "method", "status"), registry=registry
        )
        self.seconds = Histogram(
            "clusterer_request_seconds",
            "Seconds until the answer began",
            ("route",),
            buckets=SECONDS,
            registry=registry,
        )
        self.stories = Gauge("clusterer_stories", "Stories listed", registry=registry)
        self.articles = Gauge("clusterer_articles", "Articles listed", registry=registry)
        self.waiting = Gauge("clusterer_waiting", "Readers waiting for changes", registry=registry)

    def count(self, route: str, method: str, status: int, seconds: float) -> None:
        """One more answer; ``seconds`` until it began."""
        self.requests.labels(route, method, status).inc()
        self.seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self._registry)


class Meter:
    """ASGI middleware. Routes are told by their template, so that ids do not become labels."""

    def __init__(self, app: ASGIApp, measures: Measures) -> None:
        self._app = app
        self._measures = measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "none")
                method = scope["method"] if scope["method"] in ("GET", "POST") else "other"
                seconds = time.perf_counter() - begun
                self._measures.count(route, method, message["status"], seconds)
            await send(message)

        await self._app(scope, receive, counted)
