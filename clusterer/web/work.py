"""What needs an ability of the source: search, doubts, links, changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response, StreamingResponse

from clusterer.errors import ClustererError
from clusterer.web import models, source
from clusterer.web.catalogue import Catalogue
from clusterer.web.desk import Desk, Here
from clusterer.web.line import packed
from clusterer.web.openapi import AT_ODDS, JSON, MISSING, refusals
from clusterer.writing.views import clipped, outlet_of, summary

LONGEST_WAIT = 30.0  # seconds
LOOK_EVERY = 5.0  # seconds; sooner where the version changes
BUSY = 0.25  # seconds
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
    with _waiting(desk):
        news = await _news(desk, log, request, since, wait)
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
    with _waiting(desk):
        yield b"retry: 2000\n\n"
        while not await request.is_disconnected():
            news = await _news(desk, log, request, since, HEARTBEAT)
            for change in news:
                since = change["sequence"]
                yield b"id: %d\nevent: change\ndata: %s\n\n" % (since, packed(change))
            if not news:
                yield b": still here\n\n"


async def _news(
    desk: Desk, log: source.Changing, request: Request, since: int, wait: float
) -> Sequence[Mapping[str, Any]]:
    """What happened after ``since``, at once or when it happens within ``wait`` seconds."""
    now = asyncio.get_running_loop().time
    until, patience = now() + wait, LOOK_EVERY
    while True:
        known = desk.source.version
        news = await desk.news(log, since, MOST_CHANGES)
        left = until - now()
        if news or left <= 0 or await request.is_disconnected():
            return news
        # A source that is busy changing tells what has changed when it is done.
        changed = await desk.bell.heard(known, min(left, patience))
        patience = BUSY if changed else LOOK_EVERY


def _side(side: str, pair: Mapping[str, Any], catalogue: Catalogue) -> dict[str, str | None]:
    article, story = catalogue.article(pair[side])
    return {
        f"{side}_title": clipped(article["title"]),
        f"{side}_language": article["language"],
        f"{side}_outlet": outlet_of(article),
        f"{side}_story": story["id"],
    }
