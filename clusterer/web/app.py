"""The server: the interface, the page built on it, and what watches over both."""

from __future__ import annotations

import asyncio
import gc
import sys
from contextlib import suppress
from http import HTTPStatus
from importlib import resources
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from clusterer.errors import ClustererError
from clusterer.web import house, models, routes, work
from clusterer.web.desk import Desk
from clusterer.web.gate import LOOPBACK, Gate, Guard
from clusterer.web.kept import LEVEL, WORTH_PACKING, Again
from clusterer.web.line import packed
from clusterer.web.meter import Measures, Meter
from clusterer.web.openapi import PROBLEM, describe
from clusterer.web.source import StorySource

if TYPE_CHECKING:
    import uvicorn

DESCRIPTION = """Stories found in the news: who is in them, who said it first, how it spread.

Field names are those of the contract `clusterer.stories/1`. Times are UTC. Lists are paged by
cursors. Every answer carries an ETag."""


def create_app(source: StorySource, guard: Guard | None = None) -> FastAPI:
    """An ASGI application that serves ``source``; see :class:`Guard` for who is let in."""
    app = FastAPI(
        title="clusterer",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    measures = Measures()
    desk = app.state.desk = Desk(source, measures)
    for router in (routes.router, work.router, house.router):
        app.include_router(router)
    static = str(resources.files("clusterer.web").joinpath("static"))
    app.mount("/static", StaticFiles(directory=static), name="static")
    app.openapi = lambda: _description(app)  # type: ignore[method-assign]
    app.add_exception_handler(HTTPException, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_wrong_parameter)
    _watch_over(app, desk, guard or Guard())
    return app


def serve(source: StorySource, host: str, port: int, guard: Guard | None = None) -> None:
    """Serve until interrupted.

    Raises ClustererError for a host that is not this machine's own unless a token is asked.
    """
    import uvicorn

    guard = guard or Guard()
    if host not in LOOPBACK and guard.token is None:
        raise ClustererError(f"{host}: to serve beyond this machine, ask for a token")
    # Adding and telling are Python too; readers get their turn within a millisecond.
    sys.setswitchinterval(0.001)
    app = create_app(source, guard)
    config = uvicorn.Config(app, host=host, port=port, log_level="warning", server_header=False)
    with suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=config.get_loop_factory()) as run:
        run.run(_listen(app, uvicorn.Server(config)))


async def _listen(app: FastAPI, server: uvicorn.Server) -> None:
    """The first reader waits for nothing, and none for a search of all memory for garbage.

    What is there at the start stays: millions of objects that a collector of cycles would
    walk through in vain, holding everybody up for most of a second.
    """
    await app.state.desk.snapshots.now()
    gc.collect()
    gc.freeze()
    await server.serve()


def _watch_over(app: FastAPI, desk: Desk, guard: Guard) -> None:
    """The last added is the outermost: every answer is measured, refusals too."""
    app.add_middleware(GZipMiddleware, minimum_size=WORTH_PACKING, compresslevel=LEVEL)
    app.add_middleware(Again, kept=desk.kept, version=desk.snapshots.version)
    app.add_middleware(Gate, guard=guard)
    if guard.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(guard.origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "If-None-Match", "Last-Event-ID"],
            expose_headers=["ETag"],
        )
    app.add_middleware(Meter, measures=desk.measures)


def _description(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        app.openapi_schema = describe(app, (models.Problem,))
    return app.openapi_schema


def _problem(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    title = HTTPStatus(status).phrase
    told = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Response(packed(told), status_code=status, media_type=PROBLEM, headers=headers)


async def _on_refusal(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers) if error.headers else None
    return _problem(error.status_code, str(error.detail), headers)


async def _on_wrong_parameter(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    wrong = "; ".join(
        f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()
    )
    return _problem(422, wrong)
