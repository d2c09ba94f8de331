"""What all routes share: the source, its snapshots, and answers that readers may keep."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import Depends, HTTPException, Request
from fastapi.responses import Response

from clusterer.errors import InputError
from clusterer.web.catalogue import Catalogue, Found, Query, packed
from clusterer.web.meter import Measures
from clusterer.web.openapi import JSON
from clusterer.web.snapshots import Snapshots
from clusterer.web.source import StorySource

REMEMBERED_ANSWERS = 512
# The source answers one at a time; a second may wait at its door, more would only queue.
ASKERS = 2

Told = TypeVar("Told")


class Desk:
    """What the routes share: the source, its snapshots, the measures, the last answers."""

    def __init__(self, source: StorySource, measures: Measures) -> None:
        self.source = source
        self.snapshots = Snapshots(source)
        self.measures = measures
        self.waiting = 0
        self._askers = ThreadPoolExecutor(ASKERS, "asker")
        self._answers: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    async def catalogue(self, threshold: float | None) -> Catalogue:
        try:
            return await self.snapshots.at(threshold)
        except TypeError as error:
            raise HTTPException(404, str(error)) from None

    async def ask(self, question: Callable[..., Told], *given: Any) -> Told:
        """Ask the source, which may take its time, without holding up other readers."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._askers, partial(question, *given))

    async def page(self, catalogue: Catalogue, wanted: Query) -> bytes:
        """A page of the list; the same question to the same version is answered once."""
        key = (catalogue.version, repr(wanted))
        body = self._answers.get(key)
        if body is None:
            try:
                found = catalogue.find(wanted)
            except InputError as error:
                raise HTTPException(409, str(error)) from None
            body = self._answers[key] = _list(catalogue, found, wanted.size)
            if len(self._answers) > REMEMBERED_ANSWERS:
                self._answers.popitem(last=False)
        return body


def answer(request: Request, body: bytes, media: str = JSON) -> Response:
    """The body with its tag, or 304 where the reader has it already."""
    tag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media, headers=headers)


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
