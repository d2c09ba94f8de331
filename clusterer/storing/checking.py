"""Does the file hold together? SQLite's own checks, and that every part has its counterpart."""

from __future__ import annotations

import sqlite3

# What to ask, and what a row of the answer means. None of these should ever answer.
_QUESTIONS = (
    (
        "SELECT id FROM articles LEFT JOIN vectors ON vectors.article = articles.key "
        "WHERE live AND vectors.article IS NULL",
        "article {} has no vectors",
    ),
    (
        "SELECT id FROM articles LEFT JOIN homes ON homes.article = articles.key "
        "WHERE live AND homes.article IS NULL",
        "article {} is in no story",
    ),
    (
        "SELECT DISTINCT story FROM homes LEFT JOIN stories ON stories.id = homes.story "
        "WHERE stories.id IS NULL",
        "story {} has articles and is not told",
    ),
    (
        "SELECT stories.id FROM stories LEFT JOIN homes ON homes.story = stories.id "
        "WHERE homes.article IS NULL",
        "story {} is told and has no articles",
    ),
    (
        "SELECT id FROM names WHERE successor IS NOT NULL AND "
        "(id IN (SELECT story FROM homes) OR id IN (SELECT event FROM homes))",
        "{} was merged away and still has articles",
    ),
    (
        "SELECT number FROM log WHERE number - 1 NOT IN (SELECT number FROM log) AND number > 1",
        "the log has a gap before entry {}",
    ),
    (
        "SELECT key FROM articles WHERE key >= "
        "(SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'next_key')",
        "article key {} is beyond the next key",
    ),
    (
        "SELECT texts.key FROM texts LEFT JOIN articles ON articles.text = texts.key "
        "WHERE articles.key IS NULL",
        "text {} belongs to no article",
    ),
)
TOLD = 10


def problems(base: sqlite3.Connection) -> tuple[str, ...]:
    """What is wrong in a store, a sentence each, at most TOLD of one kind."""
    found = [
        f"the file is damaged: {said}"
        for (said,) in base.execute(f"PRAGMA integrity_check({TOLD})")
        if said != "ok"
    ]
    found += [
        f"table {table} refers to {parent} for a row that is not there"
        for table, _, parent, _ in base.execute("PRAGMA foreign_key_check").fetchmany(TOLD)
    ]
    for question, meaning in _QUESTIONS:
        found += [meaning.format(row[0]) for row in base.execute(question).fetchmany(TOLD)]
    return tuple(found)
