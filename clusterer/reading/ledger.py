"""What was read from which file, so that a second run reads only what changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from clusterer.news import Page, Rejected
from clusterer.reading.files import Source, find_sources
from clusterer.reading.formats import read_source
from clusterer.settings import Settings


class Seen(NamedTuple):
    """A file as it was when it was last read; ``digest`` is of its bytes, in hexadecimal.

    ``pages`` are ids of what it held, ``refused`` those of its ``Rejected``.
    """

    size: int
    mtime_ns: int
    digest: str
    pages: tuple[str, ...]
    refused: tuple[str, ...] = ()


class Leaf(NamedTuple):
    """One file of a run: what to note of it, and its pages where they had to be read.

    ``seen`` maps absolute paths to what is known of them now, None for a path that the file
    has left. ``pages`` is None when the file says what it said before. ``before`` is what it
    held when last read, None for a new file; ``lasting`` pages stay though they are not found
    again.
    """

    seen: Mapping[str, Seen | None]
    pages: Sequence[Page | Rejected] | None
    before: Seen | None = None
    lasting: bool = False


def read_changed(
    inputs: Sequence[str | Path],
    settings: Settings,
    fields: Mapping[str, str] | None,
    known: Mapping[str, Seen],
    passed_over: frozenset[str] = frozenset(),
) -> Iterator[Leaf | Rejected]:
    """The files of ``inputs`` in a fixed order, read only where their bytes are new.

    A file that was moved or renamed keeps its pages. Pages of one id in two files are told
    apart by ``~2``, ``~3``, also from those of files that are not among ``inputs``. Absolute
    paths in ``passed_over`` are not read. Raises InputError when an input does not exist.
    """
    ledger = _Ledger(known)
    for given in inputs:
        for source in find_sources(given, settings):
            if isinstance(source, Rejected):
                yield source
            elif source.path is None or _absolute(source.path) not in passed_over:
                yield ledger.leaf(source, settings, fields or {})


def read_feed(
    url: str,
    body: bytes,
    settings: Settings,
    fields: Mapping[str, str] | None,
    known: Mapping[str, Seen],
) -> Leaf:
    """The items of a feed as it was fetched. Those that it told before stay."""
    before = known.get(url)
    digest = hashlib.blake2b(body, digest_size=16).hexdigest()
    if before is not None and before.digest == digest:
        return Leaf({}, None, before)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "feed.xml"
        file.write_bytes(body)
        items = read_source(Source(url, file), settings, fields or {})
        pages = _Ledger(known).told_apart(items, url)
    held, refused = _ids(pages)
    told = dict.fromkeys((*(before.pages if before else ()), *held))
    return Leaf({url: Seen(len(body), 0, digest, tuple(told), refused)}, pages, before, True)


def vanished(inputs: Sequence[str | Path], known: Mapping[str, Seen]) -> dict[str, Seen]:
    """The files that were once read below ``inputs`` and are no longer there."""
    roots = [Path(given).absolute() for given in inputs]
    return {
        path: seen
        for path, seen in sorted(known.items())
        if any(Path(path).is_relative_to(root) for root in roots) and not Path(path).exists()
    }


class _Ledger:
    def __init__(self, known: Mapping[str, Seen]) -> None:
        self._known = dict(known)
        self._owner = {page: path for path, seen in known.items() for page in seen.pages}
        self._by_digest = {seen.digest: path for path, seen in sorted(known.items())}

    def leaf(self, source: Source, settings: Settings, fields: Mapping[str, str]) -> Leaf:
        if source.path is None:
            return Leaf({}, self.told_apart(read_source(source, settings, fields), ""))
        path = _absolute(source.path)
        try:
            stat = source.path.stat()
            old = self._known.get(path)
            if old is not None and (old.size, old.mtime_ns) == (stat.st_size, stat.st_mtime_ns):
                return Leaf({}, None)
            digest = _digest(source.path)
        except OSError:  # the reader will say what is wrong with it
            return Leaf({}, list(read_source(source, settings, fields)))
        left = self._by_digest.get(digest) if old is None else None
        if left is not None and not Path(left).exists():
            old = self._known.pop(left)
            self._owner.update(dict.fromkeys(old.pages, path))
        else:
            left = None
        gone: dict[str, Seen | None] = {left: None} if left else {}
        pages = None
        if old is not None and old.digest == digest:
            now = old._replace(size=stat.st_size, mtime_ns=stat.st_mtime_ns)
        else:
            pages = self.told_apart(read_source(source, settings, fields), path)
            now = Seen(stat.st_size, stat.st_mtime_ns, digest, *_ids(pages))
        self._note(path, now)
        return Leaf({**gone, path: now}, pages, old)

    def _note(self, path: str, seen: Seen) -> None:
        self._known[path] = seen
        self._by_digest[seen.digest] = path

    def told_apart(self, pages: Iterator[Page | Rejected], path: str) -> list[Page | Rejected]:
        """Pages under ids that no other file's page and no earlier page of this file has."""
        found: list[Page | Rejected] = []
        mine: set[str] = set()
        copies: dict[str, int] = {}
        for page in pages:
            if isinstance(page, Rejected):
                found.append(page)
                continue
            id = page.id
            while id in mine or self._owner.get(id, path) != path:
                copies[page.id] = copies.get(page.id, 1) + 1
                id = f"{page.id}~{copies[page.id]}"
            mine.add(id)
            self._owner[id] = path
            found.append(replace(page, id=id))
        return found


def _absolute(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100 - links inside a folder stay links


def _ids(pages: Sequence[Page | Rejected]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    held = tuple(page.id for page in pages if isinstance(page, Page))
    return held, tuple(page.page for page in pages if isinstance(page, Rejected))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
