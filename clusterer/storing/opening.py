"""From a path to an open file: who may write, in which schema, under which terms.

One writer at a time, told apart by a lock on a file beside the store that the operating
system lets go when the process dies. Readers need no lock: in WAL mode they see the last
whole state while the next is written.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from filelock import FileLock, Timeout

from clusterer.errors import StoreError
from clusterer.settings import Settings
from clusterer.storing.schema import SCHEMA, migrate, schema_of

_BUSY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Terms:
    """What all of a store was made with: mixing would make its stories meaningless."""

    encoder: str
    encoder_name: str  # what open_encoder calls it, empty for one of the caller's own
    dimension: int
    settings: Mapping[str, float | int | str]
    agencies: str  # the text of the table of further agencies, empty for none

    def as_settings(self) -> Settings:
        """The settings, without those that are no longer known."""
        known = Settings().told()
        return Settings.load(None, **{k: v for k, v in self.settings.items() if k in known})


def table_of(path: Path | None) -> str:
    """The text of a table of agencies, empty for none. Raises StoreError."""
    if path is None:
        return ""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise StoreError(f"{path}: {error}") from None


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Say SQLite's and the system's troubles as one StoreError each."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(_plain(path, error)) from error
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror or error}") from error


def _plain(path: Path, error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", "")
    if name == "SQLITE_FULL":
        return f"{path}: the disk is full; nothing was changed"
    if name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN")):
        return f"{path}: the disk cannot be read or written ({error}); nothing was changed"
    if name.startswith("SQLITE_READONLY"):
        return f"{path}: the disk or the file is read-only; nothing was changed"
    if name.startswith("SQLITE_BUSY"):
        return f"{path} is in use by another program; nothing was changed"
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return f"{path} is damaged or no store of stories ({error})"
    return f"{path}: {error}; nothing was changed"


def lock_writer(path: Path) -> FileLock:
    """The right to write, held until released or until the process ends.

    Raises StoreError when another holds it.
    """
    if not path.parent.is_dir():  # the lock would make the folder
        raise StoreError(f"{path.parent}: no such folder")
    lock = FileLock(f"{path}.lock", timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise StoreError(
            f"{path} is being written by another process: wait for it, or open it to read only"
        ) from None
    return lock


def open_to_write(path: Path) -> sqlite3.Connection:
    """An existing or new file, in the current schema, readable by its owner alone."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    base = _connect(path, "rw")
    try:
        schema_of(base, str(path))  # refuse before anything is touched
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = FULL")
        base.execute("PRAGMA foreign_keys = ON")
        migrate(base, str(path))
    except BaseException:
        base.close()
        raise
    return base


def open_to_read(path: Path) -> sqlite3.Connection:
    """An existing store. Raises StoreError where there is none or its schema is another."""
    if not path.exists():
        raise StoreError(f"{path}: no such store")
    base = _connect(path, "ro")
    try:
        version = schema_of(base, str(path))
    except sqlite3.OperationalError:
        # On a read-only disk the files of WAL mode cannot be made; without a writer's
        # leftovers the file alone is the whole state.
        base.close()
        if Path(f"{path}-wal").exists():
            raise
        base = _connect(path, "ro&immutable=1")
        version = schema_of(base, str(path))
    if version < SCHEMA:
        base.close()
        raise StoreError(
            f"{path} is of an older schema ({version}, now {SCHEMA}): "
            "open it once for writing, which brings it up to date"
        )
    return base


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?mode={mode}",
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        # the collection is one thread's at a time, not always the same one's
        check_same_thread=False,
    )


def read_terms(base: sqlite3.Connection) -> Terms | None:
    """The terms of a store, None when it is new."""
    told = dict(base.execute("SELECT name, value FROM meta"))
    if "encoder" not in told:
        return None
    return Terms(
        told["encoder"],
        told["encoder_name"],
        int(told["dimension"]),
        json.loads(told["settings"]),
        told["agencies"],
    )


def write_terms(base: sqlite3.Connection, terms: Terms) -> None:
    rows = [
        ("encoder", terms.encoder),
        ("encoder_name", terms.encoder_name),
        ("dimension", str(terms.dimension)),
        ("settings", json.dumps(dict(terms.settings), sort_keys=True)),
        ("agencies", terms.agencies),
        ("next_key", "1"),
        ("pages", "0"),
    ]
    base.executemany("INSERT INTO meta VALUES (?, ?)", rows)


def check_terms(path: Path, kept: Terms, asked: Terms) -> None:
    """Raises StoreError, with what to do, where a store was made with something else."""
    if kept.encoder != asked.encoder:
        raise StoreError(
            f"{path} was made with the encoder {kept.encoder}, not {asked.encoder}: choose "
            f"--encoder {kept.encoder_name or 'as then'}, or give another --store"
        )
    if kept.agencies != asked.agencies:
        raise StoreError(
            f"{path} was made with another table of agencies: "
            "give the same --agencies, or another --store"
        )
    other = [
        f"{name}={value} (not {asked.settings[name]})"
        for name, value in kept.settings.items()
        if name in asked.settings and asked.settings[name] != value
    ]
    if other:
        raise StoreError(
            f"{path} was made with other settings: {', '.join(other)}; "
            "use those, or give another --store"
        )
