"""What is read: the collection, its stories, articles and agencies.

Every answer is made from one snapshot, so no answer mixes two versions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import Response

from clusterer.web import models, source
from clusterer.web.desk import Here, page, story_of
from clusterer.web.filter import Filter
from clusterer.web.line import packed
from clusterer.web.openapi import AT_ODDS, MISSING, NOT_MODIFIED, noun, refusals
from clusterer.writing.exchange import ninjs, schema_org
from clusterer.writing.lineage import lay_out
from clusterer.writing.timeline import spread
from clusterer.writing.told import explanations, in_words_of, names
from clusterer.writing.views import reasons, titles
from clusterer.writing.words import words

Threshold = Annotated[
    float | None,
    Query(ge=0, le=1, description="cut events at this pair probability instead"),
]
StoryId = Annotated[str, Path(min_length=1, max_length=200)]
Language = Annotated[str, Query(pattern="^(en|fa|ar)$")]

LD = {
    "description": "JSON-LD",
    "content": {"application/ld+json": {"schema": {"type": "object"}}},
}


router = APIRouter(prefix="/v1", tags=["stories"], responses=refusals())
OK: dict[str, Any] = {"responses": NOT_MODIFIED}
FOUND: dict[str, Any] = {"responses": refusals(MISSING) | NOT_MODIFIED}


@router.get("", response_model=models.About, **OK)
async def about(request: Request, desk: Here) -> Response:
    """The collection as a whole, and what this server can do with it."""
    catalogue = await desk.catalogue(None)
    contract = catalogue.contract
    told = {
        "contract": contract["schema"],
        "version": catalogue.version,
        "encoder": contract["encoder"],
        "counts": contract["counts"],
        "settings": contract["settings"],
        "abilities": {
            "search": isinstance(desk.source, source.Searching),
            "recut": isinstance(desk.source, source.Recutting),
            "doubtful": isinstance(desk.source, source.Doubting),
            "link": isinstance(desk.source, source.Linking),
            "changes": isinstance(desk.source, source.Changing),
        },
        "facets": catalogue.facets(),
    }
    return desk.answer(request, catalogue, packed(told))


@router.get(
    "/stories",
    response_model=models.StoryPage,
    responses=refusals(MISSING | AT_ODDS) | NOT_MODIFIED,
)
async def stories(
    request: Request,
    desk: Here,
    asked: Annotated[Filter, Query()],
    threshold: Threshold = None,
) -> Response:
    """Stories that fit, a page at a time; a cursor stays good while stories come and go."""
    catalogue = await desk.catalogue(threshold)
    return desk.answer(request, catalogue, page(catalogue, asked.query()))


@router.get("/stories/{story_id}", responses={200: noun("story"), **FOUND["responses"]})
async def story(
    request: Request,
    desk: Here,
    story_id: StoryId,
    interface: Language = "en",
    threshold: Threshold = None,
) -> Response:
    """One story of the contract, without the articles' texts.

    Beside it, in the interface language: ``names`` has the names of all its agencies and outlets
    by id, ``explanations`` the origin's explanation of the story, then of each of its events.
    ``titles`` has a headline in each language of the story.
    """
    catalogue = await desk.catalogue(threshold)
    told = story_of(catalogue, story_id)
    said = words(interface)
    beside = {
        "names": names(told, said),
        "explanations": explanations(told, said),
        "titles": titles(told),
    }
    return desk.answer(request, catalogue, packed(_without_texts(told) | beside))


@router.get("/stories/{story_id}/lineage", response_model=models.Lineage, **FOUND)
async def lineage(
    request: Request,
    desk: Here,
    story_id: StoryId,
    interface: Language = "en",
    threshold: Threshold = None,
) -> Response:
    """Who took from whom, laid out for drawing; everybody named in the interface language."""
    catalogue = await desk.catalogue(threshold)
    told, said = story_of(catalogue, story_id), words(interface)
    return desk.answer(
        request, catalogue, packed(lay_out(in_words_of(told, said), said.agency).to_dict())
    )


@router.get("/stories/{story_id}/timeline", response_model=models.Timeline, **FOUND)
async def timeline(
    request: Request,
    desk: Here,
    story_id: StoryId,
    interface: Language = "en",
    threshold: Threshold = None,
) -> Response:
    """The articles along time, one line an outlet."""
    catalogue = await desk.catalogue(threshold)
    told = story_of(catalogue, story_id)
    return desk.answer(
        request, catalogue, packed(spread(in_words_of(told, words(interface))).to_dict())
    )


@router.get("/stories/{story_id}/reasons", response_model=models.Reasons, **FOUND)
async def why(
    request: Request, desk: Here, story_id: StoryId, threshold: Threshold = None
) -> Response:
    """Why the articles are together: their nearest sentences side by side."""
    catalogue = await desk.catalogue(threshold)
    told = story_of(catalogue, story_id)
    found = [reason._asdict() for reason in reasons(told)]
    return desk.answer(request, catalogue, packed({"reasons": found}))


@router.get("/stories/{story_id}/ninjs", response_model=dict[str, Any], **FOUND)
async def as_ninjs(
    request: Request, desk: Here, story_id: StoryId, threshold: Threshold = None
) -> Response:
    """The story as an IPTC ninjs 2.1 composite item."""
    catalogue = await desk.catalogue(threshold)
    told = story_of(catalogue, story_id)
    return desk.answer(request, catalogue, packed(ninjs(told)))


@router.get("/stories/{story_id}/schema-org", responses={**FOUND["responses"], 200: LD})
async def as_schema_org(
    request: Request, desk: Here, story_id: StoryId, threshold: Threshold = None
) -> Response:
    """The story in the vocabulary of schema.org."""
    catalogue = await desk.catalogue(threshold)
    told = story_of(catalogue, story_id)
    return desk.answer(request, catalogue, packed(schema_org(told)), "application/ld+json")


@router.get("/article", responses={200: noun("article"), **FOUND["responses"]})
async def article(
    request: Request, desk: Here, id: Annotated[str, Query(min_length=1, max_length=10_000)]
) -> Response:
    """One article with its text and the id of its story.

    The id is a parameter, not part of the path: ids are paths of files.
    """
    catalogue = await desk.catalogue(None)
    try:
        told, home = catalogue.article(id)
    except KeyError:
        raise HTTPException(404, "no article of this id") from None
    return desk.answer(request, catalogue, packed({**told, "story": home["id"]}))


@router.get("/agencies", response_model=models.Agencies, **OK)
async def agencies(request: Request, desk: Here, interface: Language = "en") -> Response:
    """Every agency named or found to be an origin, those in most stories first."""
    catalogue = await desk.catalogue(None)
    said = words(interface)
    lines = [
        {"id": line["id"], "name": said.agency(line["id"]), **line} for line in catalogue.agencies()
    ]
    return desk.answer(
        request, catalogue, packed({"version": catalogue.version, "agencies": lines})
    )


@router.get("/outlets", response_model=models.Outlets, **OK)
async def outlets(request: Request, desk: Here, interface: Language = "en") -> Response:
    """Every outlet, those in most stories first, with what readers of a language call it."""
    catalogue = await desk.catalogue(None)
    said = words(interface)
    lines = [
        {"name": name, "called": said.outlet(name), "story_count": count}
        for name, count in catalogue.facets()["outlets"].items()
    ]
    told = {"version": catalogue.version, "outlets": lines}
    return desk.answer(request, catalogue, packed(told))


def _without_texts(story: Mapping[str, Any]) -> dict[str, Any]:
    articles = [
        {key: value for key, value in article.items() if key != "text"}
        for article in story["articles"]
    ]
    return {**story, "articles": articles}
