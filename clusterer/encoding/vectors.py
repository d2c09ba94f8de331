"""The vector cache: one SQLite file, keyed by what was read and who read it."""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clusterer.encoding.cached_folder import cache_folder
from clusterer.errors import EncoderError

logger = logging.getLogger(__name__)

# 1,000,000 vectors of 384 halves are 0.8 GB on disk: a month of a busy monitor.
MAX_ROWS = 1_000_000
_SHRINK_TO = 0.8
_BUSY_SECONDS = 30.0
# SQLite's own limit on variables is 999 in old builds
_CHUNK = 900
_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    encoder TEXT NOT NULL, key BLOB NOT NULL, vector BLOB NOT NULL,
    PRIMARY KEY (encoder, key)
)
"""


def text_key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class VectorCache:
    """float16 vectors by encoder id and text, shared by all processes of a user.

    It holds at most ``max_rows``; when more are put, the oldest go. It is a cache: a file
    that cannot be read is put away and begun anew, and one that cannot be written is left
    alone, each with a warning to the log, never an error.
    """

    def __init__(self, path: Path | None = None, max_rows: int = MAX_ROWS) -> None:
        """``path`` None means ``vectors.db`` in the user's cache folder."""
        self.path = path if path is not None else cache_folder() / "vectors.db"
        self._max_rows = max_rows
        # kept open: opening and closing costs more than all that one article asks for
        self._base: sqlite3.Connection | None = None
        self._process = 0
        self._lock = threading.Lock()

    @classmethod
    def open_default(cls) -> VectorCache | None:
        """The cache of this user; None, with a warning, where no folder can be had."""
        try:
            return cls()
        except EncoderError as error:
            logger.warning("vectors are not kept: %s", error)
            return None

    def get(self, encoder: str, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float16]]:
        """The vectors that are known, read-only, float16 (d,)."""
        found: dict[bytes, NDArray[np.float16]] = {}
        with self._guarded(), self._open() as base:
            for at in range(0, len(keys), _CHUNK):
                chunk = keys[at : at + _CHUNK]
                marks = ",".join("?" * len(chunk))
                rows = base.execute(
                    f"SELECT key, vector FROM vectors WHERE encoder = ? AND key IN ({marks})",
                    (encoder, *chunk),
                )
                found.update((key, np.frombuffer(blob, np.float16)) for key, blob in rows)
        return found

    def put(self, encoder: str, keys: Sequence[bytes], vectors: NDArray[np.float16]) -> None:
        """Keeps one row of ``vectors`` (n, d) for each of the n keys."""
        rows = [(encoder, key, vector.tobytes()) for key, vector in zip(keys, vectors, strict=True)]
        with self._guarded(), self._open() as base, base:
            base.execute("BEGIN IMMEDIATE")
            base.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)
            # an upper bound: counting a million rows takes as long as encoding an article
            (count,) = base.execute("SELECT max(rowid) - min(rowid) + 1 FROM vectors").fetchone()
            if count > self._max_rows:
                surplus = count - int(self._max_rows * _SHRINK_TO)
                base.execute(
                    "DELETE FROM vectors WHERE rowid IN "
                    "(SELECT rowid FROM vectors ORDER BY rowid LIMIT ?)",
                    (surplus,),
                )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The connection, for one thread at a time; a forked process opens its own."""
        with self._lock:
            if self._base is None or self._process != os.getpid() or not self.path.exists():
                self._base = self._connect()
                self._process = os.getpid()
            yield self._base

    def _connect(self) -> sqlite3.Connection:
        if not self.path.exists():
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.touch(mode=0o600)
        base = sqlite3.connect(
            self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            base.execute("PRAGMA journal_mode = WAL")
            base.execute("PRAGMA synchronous = NORMAL")
            base.execute(_SCHEMA)
        except BaseException:
            base.close()
            raise
        return base

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            logger.warning("the vector cache %s is not used: %s", self.path, error)
        except sqlite3.DatabaseError as error:
            logger.warning("the vector cache %s is damaged (%s); begun anew", self.path, error)
            if self._base is not None:
                self._base.close()
                self._base = None
            for suffix in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        except OSError as error:
            logger.warning("the vector cache %s is not used: %s", self.path, error)
