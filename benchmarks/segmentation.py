"""How well pages are cut: characters kept and dropped, articles counted, headlines found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from benchmarks.pages import GoldPage
from clusterer.news import KEPT
from clusterer.text.segment import Section

Cutter = Callable[[str], Sequence[Section]]


class Cut(NamedTuple):
    """Sums over pages; characters without white space."""

    pages: int
    article: int
    article_kept: int
    furniture: int
    furniture_dropped: int
    counted_right: int
    titles: int
    titles_right: int

    @property
    def kept(self) -> float:
        return self.article_kept / max(self.article, 1)

    @property
    def dropped(self) -> float:
        return self.furniture_dropped / max(self.furniture, 1)

    @property
    def counted(self) -> float:
        return self.counted_right / max(self.pages, 1)

    @property
    def titled(self) -> float:
        return self.titles_right / max(self.titles, 1)


def measure_page(page: GoldPage, sections: Sequence[Section]) -> Cut:
    """The figures of one page."""
    true = _mask(page.text, [span for article in page.articles for span in article])
    kept = [block.span for section in sections for block in section.blocks if block.kind in KEPT]
    mine = _mask(page.text, kept)
    solid = [not letter.isspace() for letter in page.text]
    article = sum(t and s for t, s in zip(true, solid, strict=True))
    both = sum(t and m and s for t, m, s in zip(true, mine, solid, strict=True))
    furniture = sum(s and not t for t, s in zip(true, solid, strict=True))
    dropped = sum(s and not t and not m for t, m, s in zip(true, mine, solid, strict=True))
    right = len(sections) == len(page.articles)
    titles = sum(
        right and (tuple(section.title) if section.title else None) == title
        for section, title in zip(sections, page.titles, strict=False)
    )
    return Cut(1, article, both, furniture, dropped, int(right), len(page.titles), titles)


def _mask(text: str, spans: Iterable[tuple[int, int]]) -> bytearray:
    mask = bytearray(len(text))
    for start, end in spans:
        mask[start:end] = b"\x01" * (end - start)
    return mask


def total(cuts: Iterable[Cut]) -> Cut:
    return Cut(*(sum(column) for column in zip(*cuts, strict=True)))


def measure(pages: Sequence[GoldPage], cutter: Cutter) -> Cut:
    return total(measure_page(page, cutter(page.text)) for page in pages)
