"""A page into its articles: segments, sentences, language, outlet and time, in that order."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from urllib.parse import urlsplit

from clusterer.gazetteer import Agency, Gazetteer
from clusterer.news import (
    KEPT,
    Article,
    Block,
    Hints,
    Limit,
    Outlet,
    Page,
    Published,
    Rejected,
    Span,
)
from clusterer.settings import Settings
from clusterer.text.dating import inferred_date, printed_date, url_date
from clusterer.text.labels import IsName, label_record
from clusterer.text.language import language_of
from clusterer.text.notices import named_in
from clusterer.text.published import read_date
from clusterer.text.script import fold
from clusterer.text.segment import Section, segment_all
from clusterer.text.sentences import split_sentences

# Blocks whose sentences carry the news.
_SPOKEN = ("headline", "standfirst", "body", "dateline", "byline")


def prepare(page: Page, gazetteer: Gazetteer, settings: Settings) -> tuple[Article, ...] | Rejected:
    """The articles of a page, in page order; ``Rejected`` where there are none.

    The first has the page's id, the others ``#2``, ``#3`` … behind it. What a limit left out
    stands in ``limits`` of the article, for further articles of the page in those of the first.
    """
    return prepare_all([page], gazetteer, settings)[0]


def prepare_all(
    pages: Sequence[Page], gazetteer: Gazetteer, settings: Settings
) -> list[tuple[Article, ...] | Rejected]:
    """``prepare`` of each of many pages: the same articles, found in less time together."""
    good = [page for page in pages if _longest_line(page.text) <= settings.max_line_chars]
    sections = dict(zip(map(id, good), _sections(good, gazetteer), strict=True))
    return [
        _articles(page, sections[id(page)], gazetteer, settings)
        if id(page) in sections
        else Rejected(page.id, f"a line of more than {settings.max_line_chars} characters")
        for page in pages
    ]


def _longest_line(text: str) -> int:
    return max(map(len, text.split("\n")))


def _articles(
    page: Page, sections: tuple[Section, ...], gazetteer: Gazetteer, settings: Settings
) -> tuple[Article, ...] | Rejected:
    if not sections:
        return Rejected(page.id, "no article found")
    outlet = _outlet(page, sections, gazetteer)
    found = [
        _bounded(_article(page, section, number, outlet, gazetteer), settings)
        for number, section in enumerate(sections[: settings.max_page_articles], 1)
    ]
    if len(sections) > len(found):
        found[0] = found[0].limited(Limit("max_page_articles", len(sections)))
    return tuple(found)


def _bounded(article: Article, settings: Settings) -> Article:
    """The article with no more, and no wilder, sentences than the settings allow."""
    sentences = article.sentences
    limits: list[Limit] = []
    words = _words_beyond(settings.max_word_chars)
    wild = [match.span() for match in words.finditer(article.text, *article.span)]
    if wild:
        starts = [start for start, _ in wild]
        kept = tuple(one for one in sentences if not _meets(one, starts, wild))
        # something must stand for the article, and no sentence is longer than an encoder reads
        sentences = kept or sentences[:1]
        limits.append(Limit("max_word_chars", max(b - a for a, b in wild)))
    if len(sentences) > settings.max_sentences:
        limits.append(Limit("max_sentences", len(sentences)))
        sentences = sentences[: settings.max_sentences]
    return replace(article, sentences=sentences).limited(*limits) if limits else article


@cache
def _words_beyond(count: int) -> re.Pattern[str]:
    # from the beginning of a word only: otherwise every letter of a long one begins a search
    return re.compile(rf"\b\w{{{count + 1},}}")


def _meets(sentence: Span, starts: list[int], wild: list[tuple[int, int]]) -> bool:
    """Whether a sentence shares a character with one of the stretches, which are in order."""
    last = bisect_left(starts, sentence.end) - 1
    return last >= 0 and wild[last][1] > sentence.start


def _sections(pages: Sequence[Page], gazetteer: Gazetteer) -> Iterator[tuple[Section, ...]]:
    """The reports of each page; those that their carrier does not tell are cut together."""

    def is_name(name: str) -> bool:
        return gazetteer.by_name(name) is not None

    cut = iter(segment_all([page.text for page in pages if page.body is None], is_name))
    for page in pages:
        if page.body is None:
            yield next(cut)
        elif page.text.strip():
            yield (_record(page.text, page.title, page.body, is_name),)
        else:
            yield ()


def _record(text: str, title: Span | None, body: Span, is_name: IsName) -> Section:
    """A record is one article; its title may stand before the body or inside it."""
    blocks = []
    if title is not None:
        blocks.append(Block(title, "headline"))
    rest = body
    if title is not None and body.start <= title.start and title.end <= body.end:
        if text[body.start : title.start].strip():
            blocks.insert(0, Block(Span(body.start, title.start), "body"))
        rest = Span(title.end, body.end)
    if text[rest.start : rest.end].strip():
        blocks += label_record(text, rest, title.of(text) if title else "", is_name)
    kept = [block.span for block in blocks if block.kind in KEPT]
    return Section(Span(kept[0].start, kept[-1].end), title, tuple(blocks))


def _article(
    page: Page, section: Section, number: int, outlet: Outlet | None, gazetteer: Gazetteer
) -> Article:
    sentences = _sentences(page.text, section)
    said = " ".join(span.of(page.text) for span in sentences)
    language = language_of(said)
    agency = gazetteer.get(outlet.id) if outlet and outlet.id else None
    zone = agency.zone if agency else None
    return Article(
        id=page.id if number == 1 else f"{page.id}#{number}",
        page=page.id,
        text=page.text,
        span=section.span,
        title=section.title,
        blocks=section.blocks,
        sentences=sentences,
        language=language,
        outlet=outlet,
        published=_published(page, section, sentences, zone, language),
        hints=page.hints,
    )


def _sentences(text: str, section: Section) -> tuple[Span, ...]:
    """Title first, then standfirst and body in page order."""
    ordered = sorted(section.blocks, key=lambda block: block.kind != "headline")
    found: list[Span] = []
    for block in ordered:
        if block.kind in _SPOKEN:
            found.extend(split_sentences(text, block.span))
    return tuple(found) or (section.span,)


def _published(
    page: Page, section: Section, sentences: tuple[Span, ...], zone: str | None, language: str
) -> Published | None:
    """What the carrier says, else the date line, else the address, else the text's own words."""
    if page.hints.published:
        told = read_date(page.hints.published, zone, language)
        if told is not None:
            return told
    return (
        printed_date(page.text, section.span, section.blocks, zone, language)
        or url_date(page.hints.canonical or page.hints.url, zone, language)
        or inferred_date(page.text, sentences, zone, language)
    )


def _outlet(page: Page, sections: tuple[Section, ...], gazetteer: Gazetteer) -> Outlet | None:
    """Who serves the page; the first of the ways below that says it."""
    notices = [
        block.span.of(page.text)
        for section in sections
        for block in section.blocks
        if block.kind == "rights"
    ]
    return (
        _by_address(page.hints, gazetteer)
        or _by_record(page.hints, gazetteer)
        or _by_notice(notices, gazetteer)
    )


def _by_address(hints: Hints, gazetteer: Gazetteer) -> Outlet | None:
    """The owner of the domain, when it is listed and no platform that carries others' posts."""
    for address in (hints.url, hints.canonical, hints.site):
        agency = gazetteer.by_domain(address) if address else None
        if agency is not None and _serves(agency):
            return Outlet(agency.id, agency.name, "domain")
    return None


def _by_record(hints: Hints, gazetteer: Gazetteer) -> Outlet | None:
    """The name in a field, a channel's handle, or the bare host of the address."""
    for name in filter(None, (hints.outlet, hints.site)):
        handle = name.removeprefix("tg:").lstrip("@")
        for agency in (
            gazetteer.by_name(name),
            gazetteer.by_domain(f"t.me/{handle}"),
            gazetteer.by_domain(name),
            _desk_of(name, gazetteer),
        ):
            if agency is not None and _serves(agency):
                return Outlet(agency.id, agency.name, "record")
    if hints.outlet:
        return Outlet(None, hints.outlet, "record")
    host = _host(hints.url or hints.canonical or hints.site)
    return Outlet(None, host, "domain") if host else None


def _desk_of(name: str, gazetteer: Gazetteer) -> Agency | None:
    """The agency whose name opens a feed's label: "QNA General (Arabic)"."""
    for mention in gazetteer.find(fold(name)):
        if mention.start == 0 and not mention.ambiguous and len(mention.agencies) == 1:
            return gazetteer.get(mention.agency)
    return None


def _by_notice(notices: list[str], gazetteer: Gazetteer) -> Outlet | None:
    for notice in notices:
        for mention in gazetteer.find(fold(notice)):
            agency = gazetteer.get(mention.agency)
            if agency is not None and not mention.ambiguous and _serves(agency):
                return Outlet(agency.id, agency.name, "rights")
        name = named_in(notice)
        if name is not None:
            agency = gazetteer.by_name(name)
            return Outlet(agency.id if agency else None, name, "rights")
    return None


def _serves(agency: Agency) -> bool:
    """Whether it can be an outlet: no platform, search engine or issuer of statements."""
    return not (agency.is_carrier or agency.is_issuer)


def _host(address: str | None) -> str | None:
    if not address:
        return None
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host and "." in host else None
