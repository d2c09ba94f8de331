"""The shape of the file: one migration a schema version, each in a transaction of its own."""

from __future__ import annotations

import sqlite3

from clusterer.errors import StoreError

# "clst": tells our files from every other SQLite file (PRAGMA application_id).
APPLICATION = 0x636C7374

# Articles have a key for each version, never used twice. Pairs lie with the younger key, so
# that they are written once, or added to; those of keys that are gone do not count.
_FOUNDING = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE texts (
    key INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, packed BLOB NOT NULL
);
CREATE TABLE articles (
    key INTEGER PRIMARY KEY, id TEXT NOT NULL, live INTEGER NOT NULL CHECK (live IN (0, 1)),
    text INTEGER NOT NULL REFERENCES texts, record BLOB NOT NULL, credits BLOB NOT NULL
);
CREATE UNIQUE INDEX living_articles ON articles (id) WHERE live;
CREATE INDEX versions_of_articles ON articles (id);
CREATE INDEX articles_of_texts ON articles (text);
CREATE TABLE vectors (
    article INTEGER PRIMARY KEY REFERENCES articles, half INTEGER NOT NULL, data BLOB NOT NULL
);
CREATE TABLE pairs (
    article INTEGER PRIMARY KEY REFERENCES articles, others BLOB NOT NULL, scores BLOB NOT NULL
);
CREATE TABLE names (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, birth INTEGER NOT NULL, successor TEXT
) WITHOUT ROWID;
CREATE TABLE homes (
    article INTEGER PRIMARY KEY REFERENCES articles,
    event TEXT NOT NULL REFERENCES names, story TEXT NOT NULL REFERENCES names
);
CREATE TABLE stories (id TEXT PRIMARY KEY REFERENCES names, record BLOB NOT NULL);
CREATE TABLE log (number INTEGER PRIMARY KEY, at TEXT NOT NULL, act TEXT NOT NULL,
    record BLOB NOT NULL);
CREATE TABLE log_of_stories (
    story TEXT NOT NULL, number INTEGER NOT NULL REFERENCES log, PRIMARY KEY (story, number)
) WITHOUT ROWID;
CREATE TABLE rulings (number INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE rejected (page TEXT PRIMARY KEY, why TEXT NOT NULL) WITHOUT ROWID;
"""

# What was read from where, so that a second run reads only what changed.
_LEDGER = "CREATE TABLE seen (path TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;"

# What feeds said of their freshness, for conditional requests.
_FEEDS = "CREATE TABLE feeds (url TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;"

# How pairs were chosen where an article has too many neighbours, and which articles have.
_CROWDS = """
ALTER TABLE pairs ADD COLUMN near BLOB;
CREATE TABLE crowds (
    article INTEGER PRIMARY KEY REFERENCES articles, depth INTEGER NOT NULL, found INTEGER NOT NULL
);
"""

MIGRATIONS = (_FOUNDING, _LEDGER, _FEEDS, _CROWDS)
SCHEMA = len(MIGRATIONS)


def schema_of(base: sqlite3.Connection, name: str) -> int:
    """The schema version of a file, 0 when it is empty.

    Raises StoreError for another program's file and for a newer schema; ``name`` is told.
    """
    (application,) = base.execute("PRAGMA application_id").fetchone()
    (version,) = base.execute("PRAGMA user_version").fetchone()
    (tables,) = base.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != APPLICATION and (application or version or tables):
        raise StoreError(f"{name} is no store of stories but another program's database")
    if version > SCHEMA:
        raise StoreError(
            f"{name} was written by a newer version of this package (schema {version}, known up "
            f"to {SCHEMA}): upgrade the package, or give another --store"
        )
    return int(version)


def migrate(base: sqlite3.Connection, name: str) -> None:
    """Bring a file to :data:`SCHEMA`, one version a transaction; a crash leaves a whole one."""
    for version in range(schema_of(base, name), SCHEMA):
        script = MIGRATIONS[version]
        base.executescript(
            f"BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION}; {script}"
            f"PRAGMA user_version = {version + 1}; COMMIT;"
        )
