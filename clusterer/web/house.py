"""The page, the words of its interface, and what those who run the server look at."""

from __future__ import annotations

from importlib import resources
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from clusterer.web import models
from clusterer.web.desk import Here, answer
from clusterer.web.line import packed
from clusterer.web.openapi import JSON, MISSING, NOT_MODIFIED, refusals
from clusterer.writing.words import words

STATIC = resources.files("clusterer.web").joinpath("static")
PAGE = STATIC.joinpath("index.html").read_bytes()
# What the page takes from npm, where the package was built with it; see page/entry.js.
_BUILT = STATIC.joinpath("built", "libraries.js")
LIBRARIES = _BUILT.read_bytes() if _BUILT.is_file() else b"export {};\n"
STYLE = resources.files("clusterer.writing").joinpath("templates", "story.css").read_bytes()

router = APIRouter(tags=["house"], responses=refusals())


@router.get("/", include_in_schema=False)
async def front(request: Request) -> Response:
    return answer(request, PAGE, "text/html; charset=utf-8")


@router.get("/static/libraries.js", include_in_schema=False)
async def libraries(request: Request) -> Response:
    return answer(request, LIBRARIES, "text/javascript; charset=utf-8")


@router.get("/v1/style.css", include_in_schema=False)
async def shared_style(request: Request) -> Response:
    return answer(request, STYLE, "text/css; charset=utf-8")


@router.get(
    "/v1/words/{language}",
    response_model=dict[str, Any],
    responses=refusals(MISSING) | NOT_MODIFIED,
)
async def interface_words(
    request: Request,
    language: Annotated[str, Path(pattern="^(en|fa|ar)$")],
) -> Response:
    """The words of the page in one of its languages."""
    return answer(request, packed(words(language).table))


@router.get("/health", response_model=models.Health)
async def health(desk: Here) -> Response:
    """Whether the server is up; needs no token."""
    told = {"status": "ok", "version": desk.source.version}
    return Response(packed(told), media_type=JSON)


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(desk: Here) -> Response:
    """Numbers for Prometheus."""
    catalogue = await desk.catalogue(None)
    desk.measures.stories.set(len(catalogue.stories))
    desk.measures.articles.set(len(catalogue.home))
    return Response(desk.measures.text(), media_type="text/plain; version=0.0.4")
