"""What needs an ability of the source: search, doubts, links, changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response, StreamingResponse

from clusterer.errors import ClustererError
from clusterer.web import models, source
from clusterer.web.catalogue import Catalogue, packed
from clusterer.web.desk import Desk, Here
from clusterer.web.openapi import AT_ODDS, JSON, MISSING, refusals
from clusterer.writing.views import clipped, summary

LONGEST_WAIT = 30.0  # seconds
LOOK_EVERY = 0.5  # seconds
HEARTBEAT = 15.0  # seconds; shorter than the patience of common proxies
MOST_WAITING = 200
MOST_CHANGES = 1000

Since = Annotated[int, Query(ge=0, le=2**53, description="number of the last change known")]

STREAM = {
    "description": "Server-sent events named `change`, one JSON Change each",
    "content": {"text/event-stream": {"schema": {"type": "string"}}},
}


router = APIRouter(prefix="/v1", tags=["work"], responses=refusals(MISSING))


@router.post("/search", response_model=models.Hits)
async def search(desk: Here, body: models.SearchBody) -> Response:
    """The stories nearest to a text in any language."""
    found: source.Searching = _able(desk.source, source.Searching, "search")
    hits = await desk.ask(found.search, body.text, body.limit)
    catalogue = await desk.snapshots.now()
    told = [
        {
            "similarity": hit["similarity"],
            "article": hit["article"],
            "story": summary(catalogue.story(hit["story"])),
        }
        for hit in hits
        if hit["story"] in catalogue.row
    ]
    return Response(packed({"version": catalogue.version, "hits": told}), media_type=JSON)


@router.get("/doubtful", response_model=models.Doubts)
async def doubtful(desk: Here, limit: Annotated[int, Query(ge=1, le=100)] = 10) -> Response:
    """Pairs of articles nearest to the line between one event and two."""
    unsure: source.Doubting = _able(desk.source, source.Doubting, "doubtful pairs")
    pairs = await desk.ask(unsure.doubtful, limit)
    catalogue = await desk.snapshots.now()
    told = [
        {**pair, **_side("left", pair, catalogue), **_side("right", pair, catalogue)}
        for pair in pairs
        if pair["left"] in catalogue.home and pair["right"] in catalogue.home
    ]
    return Response(packed({"version": catalogue.version, "pairs": told}), media_type=JSON)


@router.post("/links", response_model=models.Linked, responses=refusals(AT_ODDS))
async def link(desk: Here, body: models.LinkBody) -> Response:
    """Say that two articles are one event, or two, or take it back; it is obeyed at once."""
    linking: source.Linking = _able(desk.source, source.Linking, "links")
    if body.left == body.right:
        raise HTTPException(409, "an article cannot be linked with itself")
    try:
        await desk.ask(linking.link, body.bond, body.left, body.right)
    except KeyError:
        raise HTTPException(404, "no article of this id") from None
    except ClustererError as error:
        raise HTTPException(409, str(error)) from None
    catalogue = await desk.snapshots.now(fresh=True)
    return Response(packed({"version": catalogue.version}), media_type=JSON)


@router.get("/changes", response_model=models.Changes)
async def changes(
    request: Request,
    desk: Here,
    since: Since = 0,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT, description="seconds")] = 0.0,
) -> Response:
    """What happened after a change; with ``wait``, hold on until something does."""
    log: source.Changing = _able(desk.source, source.Changing, "changes")
    until = asyncio.get_running_loop().time() + wait
    with _waiting(desk):
        news = await desk.ask(log.changes, since, MOST_CHANGES)
        while not news and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(LOOK_EVERY)
            if await request.is_disconnected():
                break
            news = await desk.ask(log.changes, since, MOST_CHANGES)
    cursor = news[-1]["sequence"] if news else since
    told = {"next_page_cursor": cursor, "changes": list(news)}
    return Response(packed(told), media_type=JSON)


@router.get("/changes/stream", responses={200: STREAM}, response_class=StreamingResponse)
async def stream(request: Request, desk: Here, since: Since = 0) -> StreamingResponse:
    """Changes as server-sent events; ``Last-Event-ID`` goes on where a reader left."""
    log: source.Changing = _able(desk.source, source.Changing, "changes")
    last = request.headers.get("last-event-id", "")
    begin = int(last) if last.isdecimal() and len(last) < 16 else since
    if desk.waiting >= MOST_WAITING:
        raise HTTPException(429, "too many readers are waiting")
    events = _events(desk, log, request, begin)
    return StreamingResponse(
        events, media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


def _able(kept: source.StorySource, ability: Any, name: str) -> Any:
    if not isinstance(kept, ability):
        raise HTTPException(404, f"this source has no {name}")
    return kept


@contextmanager
def _waiting(desk: Desk) -> Iterator[None]:
    """A place in the waiting room, which is not endless."""
    if desk.waiting >= MOST_WAITING:
        raise HTTPException(429, "too many readers are waiting")
    desk.waiting += 1
    desk.measures.waiting.set(desk.waiting)
    try:
        yield
    finally:
        desk.waiting -= 1
        desk.measures.waiting.set(desk.waiting)


async def _events(
    desk: Desk, log: source.Changing, request: Request, since: int
) -> AsyncIterator[bytes]:
    silent = 0.0
    with _waiting(desk):
        yield b"retry: 2000\n\n"
        while not await request.is_disconnected():
            news = await desk.ask(log.changes, since, MOST_CHANGES)
            for change in news:
                since = change["sequence"]
                yield b"id: %d\nevent: change\ndata: %s\n\n" % (since, packed(change))
            silent = 0.0 if news else silent + LOOK_EVERY
            if silent >= HEARTBEAT:
                silent = 0.0
                yield b": still here\n\n"
            await asyncio.sleep(LOOK_EVERY)


def _side(side: str, pair: Mapping[str, Any], catalogue: Catalogue) -> dict[str, str]:
    article, _ = catalogue.article(pair[side])
    return {f"{side}_title": clipped(article["title"]), f"{side}_language": article["language"]}
