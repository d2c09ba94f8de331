"""A story as readers of one interface language are told it: explanations and names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from clusterer.news import Named, Quote, Statement
from clusterer.text.explain import explain
from clusterer.writing.views import Json, clipped, mentioned, outlet_of
from clusterer.writing.words import Words

# An article is called by its outlet, where that is known; the list of evidence has its id.
LONGEST_NAME = 80


def in_words_of(story: Json, words: Words) -> Json:
    """The same story, its outlets called as readers of this language call them."""
    articles = [{**article, "outlet_name": called(article, words)} for article in story["articles"]]
    return {**story, "articles": articles}


def called(article: Json, words: Words) -> str | None:
    """What readers call an article's outlet; None where it is unknown."""
    outlet = outlet_of(article)
    return outlet and words.outlet(outlet)


def names(story: Json, words: Words) -> dict[str, str]:
    """What readers call the agencies, issuers and outlets of a story, by id."""
    outlets = {
        article["outlet"]: name
        for article in story["articles"]
        if article["outlet"] and (name := called(article, words))
    }
    return outlets | {id: words.agency(id) for id in mentioned(story)}


def explanations(story: Json, words: Words) -> list[str]:
    """Of the story, then of each of its events; without the quotes that ``evidence`` has."""
    articles = {article["id"]: article for article in story["articles"]}
    origins = [story["origin"], *(event["origin"] for event in story["events"])]
    return [explanation(origin, articles, words, quoting=False) for origin in origins]


def explanation(
    origin: Json, articles: Mapping[str, Json], words: Words, *, quoting: bool = True
) -> str:
    """One sentence; the contract's own English one where it has no statements that we know.

    ``articles`` are those of the story, by id.
    """

    def name(id: str) -> str:
        return clipped((id in articles and called(articles[id], words)) or id, LONGEST_NAME)

    told: str = origin["explanation"]
    try:
        stated = [_statement(plain) for plain in origin.get("statements", ())]
        if not quoting:
            stated = [replace(one, quotes=()) if one.key == "found" else one for one in stated]
        return explain(stated, words.language, words.agency_name, name) or told
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return told


def _statement(plain: Json) -> Statement:
    return Statement(
        plain["key"],
        tuple(Named(name["id"], name["name"]) for name in plain.get("names", ())),
        tuple(plain.get("counts", ())),
        plain.get("share"),
        plain.get("article"),
        plain.get("reason", ""),
        tuple(Quote(one["article"], one["words"], one["why"]) for one in plain.get("quotes", ())),
    )
