"""An archive in PostgreSQL with pgvector, where one index is to serve many.

Two tables: ``articles``, a row an article as ``table/`` has them, and ``vectors``, its document
vector as 16-bit numbers, which an HNSW index searches by cosine (Malkov & Yashunin 2018).
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from clusterer.writing.table import COLUMNS

if TYPE_CHECKING:
    from clusterer.engine.archive import Archive

ROWS = 2048  # at a time: what the export holds in memory
NUL = "\x00"  # which PostgreSQL's text cannot hold


def to_postgres(archive: Archive, connection: Any, schema: str = "clusterer") -> int:
    """Copy an archive through a connection of psycopg 3, in one transaction of the caller's.

    The schema is made anew: what another run left in it goes. Returns the number of articles
    with vectors. The database needs pgvector 0.7 or later.
    """
    place = '"' + schema.replace('"', '""') + '"'
    columns = ", ".join(
        f"{name} {'double precision' if name == 'origin_confidence' else 'text'}"
        for name in COLUMNS
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS vector")
        cursor.execute(f"DROP SCHEMA IF EXISTS {place} CASCADE")
        cursor.execute(f"CREATE SCHEMA {place}")
        cursor.execute(f"CREATE TABLE {place}.articles ({columns})")
        with cursor.copy(f"COPY {place}.articles FROM STDIN") as sink:
            for row in archive.rows(ROWS):
                sink.write_row([_clean(row[name]) for name in COLUMNS])
        count = _copy_vectors(archive, cursor, place)
        for index in (
            "articles (article)",
            "articles (story)",
            "vectors USING hnsw (document halfvec_cosine_ops)",
        ):
            cursor.execute(f"CREATE INDEX ON {place}.{index}")
    return count


def _copy_vectors(archive: Archive, cursor: Any, place: str) -> int:
    documents = archive.documents(ROWS)
    first = next(documents, None)
    cursor.execute(
        f"CREATE TABLE {place}.vectors (article text PRIMARY KEY, published timestamptz, "
        f"document halfvec({len(first[2]) if first else 1}) NOT NULL)"
    )
    count = 0
    with cursor.copy(f"COPY {place}.vectors FROM STDIN") as sink:
        for id, published, vector in chain([first] if first else [], documents):
            text = ",".join(f"{value:.5g}" for value in vector.tolist())
            sink.write_row([_clean(id), published, f"[{text}]"])
            count += 1
    return count


def _clean(value: Any) -> Any:
    """The value as PostgreSQL takes it: no NUL, no lone surrogate."""
    if not isinstance(value, str):
        return value
    return value.replace(NUL, "").encode("utf-8", "replace").decode()
