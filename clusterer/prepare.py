"""A page into its articles: segments, sentences, language, outlet and time, in that order."""

from __future__ import annotations

from clusterer.gazetteer import Gazetteer
from clusterer.news import Article, Block, Page, Rejected, Span
from clusterer.settings import Settings
from clusterer.text.language import language_of
from clusterer.text.segment import Section, segment
from clusterer.text.sentences import split_sentences

# Blocks whose sentences carry the news.
_SPOKEN = ("headline", "standfirst", "body", "dateline", "byline")


def prepare(page: Page, gazetteer: Gazetteer, settings: Settings) -> tuple[Article, ...] | Rejected:
    """The articles of a page, in page order; ``Rejected`` where there are none.

    The first has the page's id, the others ``#2``, ``#3`` … behind it.
    """
    longest = max(map(len, page.text.split("\n")), default=0)
    if longest > settings.max_line_chars:
        return Rejected(page.id, f"a line of more than {settings.max_line_chars} characters")
    sections = _sections(page, gazetteer)
    if not sections:
        return Rejected(page.id, "no article found")
    return tuple(
        _article(page, section, number, gazetteer) for number, section in enumerate(sections, 1)
    )


def _sections(page: Page, gazetteer: Gazetteer) -> tuple[Section, ...]:
    if page.body is None:
        return segment(page.text, lambda name: gazetteer.by_name(name) is not None)
    if not page.text.strip():
        return ()
    return (_record(page.text, page.title, page.body),)


def _record(text: str, title: Span | None, body: Span) -> Section:
    """A record is one article; its title may stand before the body or inside it."""
    blocks = []
    if title is not None:
        blocks.append(Block(title, "headline"))
    rest = body
    if title is not None and body.start <= title.start and title.end <= body.end:
        if title.start > body.start and text[body.start : title.start].strip():
            blocks.insert(0, Block(Span(body.start, title.start), "body"))
        rest = Span(title.end, body.end)
    if text[rest.start : rest.end].strip():
        blocks.append(Block(rest, "body"))
    return Section(Span(blocks[0].span.start, blocks[-1].span.end), title, tuple(blocks))


def _article(page: Page, section: Section, number: int, gazetteer: Gazetteer) -> Article:
    sentences = _sentences(page.text, section)
    said = " ".join(span.of(page.text) for span in sentences)
    return Article(
        id=page.id if number == 1 else f"{page.id}#{number}",
        page=page.id,
        text=page.text,
        span=section.span,
        title=section.title,
        blocks=section.blocks,
        sentences=sentences,
        language=language_of(said),
        hints=page.hints,
    )


def _sentences(text: str, section: Section) -> tuple[Span, ...]:
    """Title first, then standfirst and body in page order."""
    ordered = sorted(section.blocks, key=lambda block: block.kind != "headline")
    found: list[Span] = []
    for block in ordered:
        if block.kind in _SPOKEN:
            found.extend(split_sentences(text, block.span))
    if not found and section.blocks:
        found.append(section.span)
    return tuple(found)
