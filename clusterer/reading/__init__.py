"""From whatever people have to pages: files, folders and streams in, ``Page | Rejected`` out.

One bad file or record is a ``Rejected`` with a reason and never stops the run. Order is that
of the inputs, inside a folder by POSIX path; ids that occur twice are told apart by ``~2``,
``~3`` in that order, so nothing is lost and nothing depends on chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from clusterer.news import Page, Rejected
from clusterer.reading.files import find_sources
from clusterer.reading.formats import read_source
from clusterer.settings import Settings

__all__ = ["read"]


def read(
    inputs: Sequence[str | Path],
    settings: Settings,
    fields: Mapping[str, str] | None = None,
) -> Iterator[Page | Rejected]:
    """Every page of every input, in a fixed order.

    ``inputs`` are files, folders, or ``-`` for JSON lines on standard input. ``fields`` maps
    our field names (``title``, ``text``, ``published`` …) to those of the input's records.
    Raises InputError when an input does not exist; everything smaller is a ``Rejected``.
    """
    seen: dict[str, int] = {}
    for given in inputs:
        for source in find_sources(given, settings):
            if isinstance(source, Rejected):
                yield source
                continue
            for page in read_source(source, settings, fields or {}):
                yield _told_apart(page, seen) if isinstance(page, Page) else page


def _told_apart(page: Page, seen: dict[str, int]) -> Page:
    """The page under an id that no earlier page of the run has."""
    if page.id not in seen:
        seen[page.id] = 1
        return page
    id = page.id
    while id in seen:
        seen[page.id] += 1
        id = f"{page.id}~{seen[page.id]}"
    seen[id] = 1
    return replace(page, id=id)
