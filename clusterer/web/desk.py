"""What all routes share: the source, its snapshots, and answers that readers may keep."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import Depends, HTTPException, Request
from fastapi.responses import Response

from clusterer.errors import InputError
from clusterer.web.catalogue import Catalogue, Found, Query
from clusterer.web.kept import Answer, Kept, asked
from clusterer.web.line import packed
from clusterer.web.meter import Measures
from clusterer.web.openapi import JSON
from clusterer.web.snapshots import Snapshots
from clusterer.web.source import Changing, StorySource
from clusterer.web.waiting import Bell

# The source answers one at a time; a second may wait at its door, more would only queue.
ASKERS = 2

Told = TypeVar("Told")


class Desk:
    """What the routes share: the source, its snapshots, the measures, the last answers."""

    def __init__(self, source: StorySource, measures: Measures) -> None:
        self.source = source
        self.snapshots = Snapshots(source)
        self.measures = measures
        self.kept = Kept()
        self.bell = Bell(lambda: source.version)
        self.waiting = 0
        self._askers = ThreadPoolExecutor(ASKERS, "asker")
        self._reporters = ThreadPoolExecutor(1, "reporter")

    async def catalogue(self, threshold: float | None) -> Catalogue:
        try:
            return await self.snapshots.at(threshold)
        except TypeError as error:
            raise HTTPException(404, str(error)) from None

    async def ask(self, question: Callable[..., Told], *given: Any) -> Told:
        """Ask the source, which may take its time, without holding up other readers."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._askers, partial(question, *given))

    async def news(self, log: Changing, since: int, most: int) -> Sequence[Mapping[str, Any]]:
        """What changed; those who ask do not stand behind those who search."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reporters, log.changes, since, most)

    def answer(
        self, request: Request, catalogue: Catalogue, body: bytes, media: str = JSON
    ) -> Response:
        """An answer made of ``catalogue``, which the next who asks gets as it is."""
        made = Answer(body, media, request.scope.get("route"))
        if catalogue is self.snapshots.latest:
            self.kept.put(catalogue.version, asked(request.scope), made)
        return _response(request, made)


def page(catalogue: Catalogue, wanted: Query) -> bytes:
    """A page of the list."""
    try:
        found = catalogue.find(wanted)
    except InputError as error:
        raise HTTPException(409, str(error)) from None
    return _list(catalogue, found, wanted.size)


def answer(request: Request, body: bytes, media: str = JSON) -> Response:
    """The body with its tag, or 304 where the reader has it already."""
    return _response(request, Answer(body, media))


def _response(request: Request, made: Answer) -> Response:
    status, headers, body = made.reply(request.scope["headers"])
    response = Response(body, status)
    response.raw_headers = headers
    return response


def _list(catalogue: Catalogue, found: Found, size: int) -> bytes:
    head = {
        "version": catalogue.version,
        "total_hits": found.total,
        "page_size": size,
        "next_page_cursor": found.cursor,
    }
    lines = b",".join(map(catalogue.line, found.rows))
    return packed(head)[:-1] + b',"stories":[' + lines + b"]}"


def story_of(catalogue: Catalogue, id: str) -> Mapping[str, Any]:
    try:
        return catalogue.story(id)
    except KeyError:
        raise HTTPException(404, "no story of this id") from None


async def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


Here = Annotated[Desk, Depends(desk_of)]
