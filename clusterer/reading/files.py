"""Which files an input holds, and their bytes within bounds."""

from __future__ import annotations

import gzip
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from clusterer.errors import InputError
from clusterer.news import Rejected
from clusterer.settings import Settings

STDIN = "-"
_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """One file to be read: ``name`` is the id of its page, a POSIX path below the input."""

    name: str
    path: Path | None

    @property
    def suffix(self) -> str:
        """Lower-case suffix without ``.gz``; JSON lines for standard input."""
        if self.path is None:
            return ".jsonl"
        suffixes = [suffix.lower() for suffix in self.path.suffixes]
        if suffixes[-1:] == [".gz"]:
            suffixes.pop()
        return suffixes[-1] if suffixes else ""


def find_sources(given: str | Path, settings: Settings) -> Iterator[Source | Rejected]:
    """The files of one input, by POSIX path; hidden files and folders are passed over.

    A link that leaves the folder is a ``Rejected``. Raises InputError for a missing input.
    """
    if str(given) == STDIN:
        yield Source(STDIN, None)
        return
    root = Path(given)
    if not root.exists():
        raise InputError(f"{root}: no such file or folder")
    if not root.is_dir():
        yield Source(root.name, root)
        return
    inside = root.resolve()
    for path in sorted(_walk(root), key=lambda path: path.relative_to(root).as_posix()):
        name = path.relative_to(root).as_posix()
        if path.is_symlink() and (why := _astray(path, inside)):
            yield Rejected(name, why)
        elif not path.is_file():
            yield Rejected(name, "not a regular file")
        else:
            yield Source(name, path)


def _astray(link: Path, inside: Path) -> str:
    """Why a link is not followed; empty where it stays inside."""
    try:
        target = link.resolve()
    except (OSError, RuntimeError):
        return "a link that leads back to itself"
    return "" if target.is_relative_to(inside) else "a link that leaves the input folder"


def _walk(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        here = Path(folder)
        yield from (here / name for name in folders if (here / name).is_symlink())
        yield from (here / name for name in names if not name.startswith("."))


class Unreadable(Exception):  # noqa: N818 - a reason inside the room, never an error outside
    """Why a file yields nothing; becomes a ``Rejected`` at the door of the room."""


@contextmanager
def open_bytes(source: Source) -> Iterator[BinaryIO]:
    """The file's bytes as a stream, unpacked where it is gzip by content, not by name.

    Raises Unreadable, also from within the block, for broken gzip and unreadable files.
    """
    if source.path is None:
        yield sys.stdin.buffer
        return
    try:
        with source.path.open("rb") as handle:
            if handle.peek(2)[:2] == _GZIP:
                with gzip.GzipFile(fileobj=handle) as unpacked:
                    yield cast(BinaryIO, unpacked)
            else:
                yield handle
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise Unreadable("a truncated or broken gzip file") from None
    except OSError as error:
        raise Unreadable(error.strerror or "cannot be read") from None


def first_bytes(source: Source, count: int = 16) -> bytes:
    """The first bytes, unpacked, for telling what a file is. Raises Unreadable."""
    if source.path is None:
        return b""
    with open_bytes(source) as handle:
        return handle.read(count)


def read_bytes(source: Source, settings: Settings) -> bytes:
    """The whole file, at most ``settings.max_page_bytes``, unpacked.

    Raises Unreadable when it is empty, too large, cut off or not allowed to be read.
    """
    limit = settings.max_page_bytes
    parts: list[bytes] = []
    size = 0
    with open_bytes(source) as handle:
        while part := handle.read(_CHUNK):
            size += len(part)
            if size > limit:
                raise Unreadable(f"larger than {limit} bytes")
            parts.append(part)
    if not size:
        raise Unreadable("empty")
    return b"".join(parts)
