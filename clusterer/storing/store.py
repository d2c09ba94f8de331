"""The journal on disk: each step of a collection is one transaction, whole or not at all."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Self

from filelock import FileLock

from clusterer.errors import StoreError
from clusterer.feeds import Freshness
from clusterer.living.chronicle import Entry, State, Step
from clusterer.news import Article
from clusterer.storing.checking import problems
from clusterer.storing.keeping import keep
from clusterer.storing.loading import article_of, load_state
from clusterer.storing.opening import (
    Terms,
    check_terms,
    lock_writer,
    open_to_read,
    open_to_write,
    plain_errors,
    read_terms,
    write_terms,
)
from clusterer.storing.plain import from_bytes, to_bytes
from clusterer.storing.rows import to_column, unpack_text


class Store:
    """A store of stories, a ``Journal`` on disk. Close it, or use ``with``."""

    keeps_vectors = True

    def __init__(self, path: Path, base: sqlite3.Connection, lock: FileLock | None) -> None:
        self.path = path
        self._base = base
        self._lock = lock

    @classmethod
    def open(cls, path: str | Path, *, read_only: bool = False) -> Self:
        """Open a store; for writing it is made where it does not exist.

        Raises StoreError for another program's file, a newer schema, a second writer, and a
        disk that does not let us.
        """
        path = Path(path)
        with plain_errors(path):
            if read_only:
                return cls(path, open_to_read(path), None)
            lock = lock_writer(path)
            try:
                return cls(path, open_to_write(path), lock)
            except BaseException:
                lock.release()
                raise

    @property
    def read_only(self) -> bool:
        return self._lock is None

    @property
    def terms(self) -> Terms | None:
        """What it was made with, None when it is new."""
        with plain_errors(self.path):
            return read_terms(self._base)

    def agree(self, terms: Terms) -> None:
        """Make a new store under ``terms``. Raises StoreError for one made under others."""
        kept = self.terms
        if kept is not None:
            check_terms(self.path, kept, terms)
        elif self.read_only:
            raise StoreError(f"{self.path} holds nothing yet")
        else:
            with plain_errors(self.path), self._whole():
                write_terms(self._base, terms)

    @property
    def version(self) -> int:
        with plain_errors(self.path):
            (last,) = self._base.execute("SELECT max(number) FROM log").fetchone()
            return last or 0

    def load(self, version: int = 0, keys: Collection[int] = ()) -> State | None:
        """The last whole state, whatever a writer does meanwhile."""
        terms = self.terms
        if terms is None:
            return None
        with plain_errors(self.path):
            self._base.execute("BEGIN")
            try:
                return load_state(self._base, terms.dimension, version, keys)
            except (KeyError, ValueError, TypeError, zlib.error) as error:
                raise StoreError(f"{self.path} is damaged: {error!r}; see cluster check") from error
            finally:
                self._base.execute("ROLLBACK")

    def commit(self, step: Step) -> None:
        if self.read_only:
            raise StoreError(f"{self.path} was opened to read only")
        with plain_errors(self.path), self._whole():
            keep(self._base, step)

    def entries(self, since: int = 0, story: str | None = None) -> Iterator[Entry]:
        query = "SELECT record FROM log WHERE number > ? ORDER BY number"
        asked: tuple[int | str, ...] = (since,)
        if story is not None:
            query = (
                "SELECT record FROM log JOIN log_of_stories USING (number) "
                "WHERE number > ? AND story = ? ORDER BY number"
            )
            asked = (since, story)
        with plain_errors(self.path):
            for (record,) in self._base.execute(query, asked):
                yield from_bytes(Entry, record)

    def versions(self, article: str) -> tuple[Article, ...]:
        query = (
            "SELECT record, packed FROM articles JOIN texts ON texts.key = articles.text "
            "WHERE id = ? ORDER BY articles.key"
        )
        with plain_errors(self.path):
            rows = self._base.execute(query, (to_column(article),)).fetchall()
        return tuple(article_of(record, unpack_text(packed)) for record, packed in rows)

    def freshness(self, url: str) -> Freshness:
        with plain_errors(self.path):
            found = self._base.execute("SELECT record FROM feeds WHERE url = ?", (url,)).fetchone()
        return from_bytes(Freshness, found[0]) if found else Freshness()

    def remember(self, url: str, freshness: Freshness) -> None:
        row = (url, to_bytes(Freshness, freshness))
        with plain_errors(self.path), self._whole():
            self._base.execute("INSERT OR REPLACE INTO feeds VALUES (?, ?)", row)

    @property
    def files(self) -> frozenset[str]:
        """The store, its lock, and what SQLite lays beside it."""
        path = self.path.absolute()
        return frozenset(f"{path}{end}" for end in ("", "-wal", "-shm", "-journal", ".lock"))

    def problems(self) -> tuple[str, ...]:
        with plain_errors(self.path):
            return problems(self._base)

    def close(self) -> None:
        self._base.close()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def _whole(self) -> _Transaction:
        return _Transaction(self._base)


class _Transaction:
    """All or nothing; SQLite has sometimes rolled back by itself when it fails."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base

    def __enter__(self) -> None:
        self._base.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *raised: object) -> None:
        try:
            if kind is None:
                self._base.execute("COMMIT")
        finally:
            if self._base.in_transaction:
                self._base.execute("ROLLBACK")
