"""The reports of an HTML page that holds more than one.

Two ways tell them apart: whole reports in ``<article>`` elements of their own, and, where the
markup says nothing, the lines of the page as a plain page is cut. Cards that only point to
other pages are no reports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from clusterer.news import KEPT
from clusterer.reading.markup import inner_text, name_of
from clusterer.text.script import fold_text
from clusterer.text.segment import Section, segment

# A card tells less of a report than these, a report on a page of several hardly so little.
MIN_CHARS, MIN_PARAGRAPHS = 200, 2
# Where the headline is a link the rest is more often an excerpt.
LINKED_CHARS, LINKED_PARAGRAPHS = 250, 3
LINKED_SHARE = 0.5  # of a report's text inside links, from which on it is a list of links
MAX_CHARS = 400_000  # of a page that is cut by its lines
_HEADINGS = ("h1", "h2", "h3", "h4")
_NO_HEADING = 9
_AROUND = ("nav", "aside", "footer", "form", "button", "select")
_FURNITURE = ("script", "style", "noscript", "template", "iframe", "svg", *_AROUND)


class Report(NamedTuple):
    """One of several reports on a page: its words and what stands with them."""

    title: str
    body: str
    published: str | None
    url: str | None


def find_reports(tree: Any, main_text: Callable[[Any], str]) -> list[Report]:
    """The reports of a page with several; fewer than two where it holds one.

    ``main_text`` extracts the running text of an element.
    """
    reports = list(_in_elements(tree, main_text))
    return reports if len(reports) > 1 else list(_in_lines(tree))


def _in_elements(tree: Any, main_text: Callable[[Any], str]) -> Iterator[Report]:
    for element in tree.iter("article"):
        inside = [name_of(above) for above in element.iterancestors()]
        heading = _heading(element)
        if "article" in inside or heading is None or any(name in inside for name in _AROUND):
            continue
        said = [_flat(part) for part in element.iter("p") if not _beside(part, element)]
        linked = heading.find(".//a") is not None or name_of(heading.getparent()) == "a"
        if _is_whole(list(filter(None, said)), linked):
            title, body = _flat(heading), main_text(element)
            if title and body.strip():
                yield Report(title, body, _time(element), _link(heading))


def _is_whole(paragraphs: list[str], linked: bool) -> bool:
    chars = sum(map(len, paragraphs))
    if linked:
        return chars >= LINKED_CHARS and len(paragraphs) >= LINKED_PARAGRAPHS
    return chars >= MIN_CHARS and len(paragraphs) >= MIN_PARAGRAPHS


def _beside(part: Any, element: Any) -> bool:
    """Whether a part of a report stands in a box or in another report inside it."""
    for above in part.iterancestors():
        if above is element:
            return False
        if name_of(above) in ("article", *_AROUND):
            return True
    return True


def _heading(element: Any) -> Any:
    for name in _HEADINGS:
        for heading in element.iter(name):
            if _flat(heading) and not _beside(heading, element):
                return heading
    return None


def _time(element: Any) -> str | None:
    for time in element.iter("time"):
        if not _beside(time, element):
            said = (time.get("datetime") or _flat(time)).strip()
            if said:
                return said
    return None


def _link(heading: Any) -> str | None:
    anchors = [*heading.iter("a"), *heading.iterancestors("a")]
    address = next((anchor.get("href") for anchor in anchors if anchor.get("href")), None)
    return address if address and address.startswith("http") else None


def _flat(element: Any) -> str:
    return " ".join(inner_text(element).split())


def _in_lines(tree: Any) -> Iterator[Report]:
    # Blocks stand apart on the screen as paragraphs of a plain page do.
    text = inner_text(_without_furniture(tree)).replace("\n", "\n\n")
    if len(text) > MAX_CHARS:
        return
    sections = segment(text)
    if len(sections) < 2:
        return
    levels = _levels(tree)
    links = {fold_text(_flat(anchor)) for anchor in tree.iter("a")}
    found: list[tuple[int, Report]] = []
    for section in sections:
        title = section.title.of(text) if section.title else ""
        level = levels.get(title, _NO_HEADING)
        if found and (not title or level > found[0][0]):
            continue
        if not found or _is_report(text, section, links):
            found.append((level, _report(text, section, title)))
    yield from (report for _, report in found)


def _without_furniture(tree: Any) -> Any:
    from copy import deepcopy

    body = tree.find("body")
    copy = deepcopy(tree if body is None else body)
    for element in [one for one in copy.iter() if name_of(one).lower() in _FURNITURE]:
        if element.getparent() is not None and element is not copy:
            element.drop_tree()
    return copy


def _levels(tree: Any) -> dict[str, int]:
    """Heading text → the rank of its element, 1 for the highest."""
    return {
        _flat(heading): rank
        for rank, name in reversed(list(enumerate(_HEADINGS, 1)))
        for heading in tree.iter(name)
    }


def _is_report(text: str, section: Section, links: set[str]) -> bool:
    said = [block.span.of(text) for block in section.blocks if block.kind == "body"]
    pointing = sum(len(line) for line in said if fold_text(line) in links)
    if pointing >= LINKED_SHARE * sum(map(len, said)):
        return False
    assert section.title is not None
    return _is_whole(said, fold_text(section.title.of(text)) in links)


def _report(text: str, section: Section, title: str) -> Report:
    kept = [block for block in section.blocks if block.kind in KEPT and block.kind != "headline"]
    dates = [block.span.of(text) for block in section.blocks if block.kind == "date_line"]
    body = "\n".join(block.span.of(text) for block in kept)
    return Report(title, body, dates[0] if dates else None, None)
