"""The tables back into a state; one read transaction of the caller's sees one whole state."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from clusterer.living.chronicle import Arrival, Home, KeyedPairs, Ruling, State, Told
from clusterer.living.identity import Register
from clusterer.news import Article, Credit, Rejected
from clusterer.reading.ledger import Seen
from clusterer.storing.plain import from_bytes
from clusterer.storing.rows import from_column, unpack_pairs, unpack_text, unpack_vectors


def load_state(
    base: sqlite3.Connection, dimension: int, version: int, keys: Collection[int]
) -> State:
    """The state of a store for one who knows that of ``version`` with the articles ``keys``.

    ``dimension`` is that of the store's encoder.
    """
    meta = dict(base.execute("SELECT name, value FROM meta"))
    (last,) = base.execute("SELECT coalesce(max(number), 0) FROM log").fetchone()
    known = set(keys)
    ids = {
        key: from_column(id) for key, id in base.execute("SELECT key, id FROM articles WHERE live")
    }
    fresh = sorted(ids.keys() - known)
    homes = {ids[key]: Home(*home) for key, *home in base.execute("SELECT * FROM homes")}
    return State(
        version=last,
        next_key=int(meta["next_key"]),
        gone=sorted(known - ids.keys()),
        arrivals=_arrivals(base, dimension, fresh),
        pairs=_pairs(base, fresh),
        events=_register(base, "e", {id: home.event for id, home in homes.items()}),
        stories=_register(base, "s", {id: home.story for id, home in homes.items()}),
        told=_told(base, version),
        rulings={
            number: from_bytes(Ruling, record)
            for number, record in base.execute("SELECT * FROM rulings ORDER BY number")
        },
        rejected={
            from_column(page): Rejected(from_column(page), from_column(why))
            for page, why in base.execute("SELECT page, why FROM rejected")
        },
        seen={
            from_column(path): from_bytes(Seen, record)
            for path, record in base.execute("SELECT path, record FROM seen")
        },
        pages=int(meta["pages"]),
        crowds={key: (depth, found) for key, depth, found in base.execute("SELECT * FROM crowds")},
    )


def _told(base: sqlite3.Connection, version: int) -> dict[str, Told | None]:
    """The stories that are told otherwise than at ``version``."""
    if not version:
        every = base.execute("SELECT id, record FROM stories")
        return {id: from_bytes(Told, record) for id, record in every}
    query = (
        "SELECT DISTINCT story, record FROM log_of_stories "
        "LEFT JOIN stories ON stories.id = story WHERE number > ?"
    )
    return {
        id: None if record is None else from_bytes(Told, record)
        for id, record in base.execute(query, (version,))
    }


def article_of(record: bytes, text: str) -> Article:
    return replace(from_bytes(Article, record), text=text)


def _arrivals(base: sqlite3.Connection, dimension: int, keys: Sequence[int]) -> list[Arrival]:
    """Articles of ascending ``keys``; those of one page share the very same text object."""
    query = (
        "SELECT articles.key, text, packed, record, credits, half, data FROM articles "
        "JOIN texts ON texts.key = text JOIN vectors ON vectors.article = articles.key "
        "WHERE articles.key = ?"
    )
    texts: dict[int, str] = {}
    found = []
    for wanted in keys:
        row = base.execute(query, (wanted,)).fetchone()
        key, text, packed, record, credits, half, data = row
        if text not in texts:
            texts[text] = unpack_text(packed)
        article = article_of(record, texts[text])
        vectors = unpack_vectors(half, data, dimension)
        found.append(Arrival(key, article, from_bytes(tuple[Credit, ...], credits), vectors))
    return found


def _pairs(base: sqlite3.Connection, keys: Sequence[int]) -> KeyedPairs:
    """Pairs of which one of ``keys`` is the younger."""
    young: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    old: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    score: list[NDArray[np.float32]] = [np.empty(0, np.float32)]
    near: list[NDArray[np.int8]] = [np.empty((0, 2), np.int8)]
    query = "SELECT others, scores, near FROM pairs WHERE article = ?"
    for key in keys:
        row = base.execute(query, (key,)).fetchone()
        if row is not None:
            others, scores, told = unpack_pairs(*row)
            # a pair that was left out for a while was told twice
            others, once = np.unique(others, return_index=True)
            young.append(np.full(len(others), key, np.int64))
            old.append(others)
            score.append(scores[once])
            near.append(told[once])
    level, grade = np.concatenate(near).T
    return KeyedPairs(
        np.concatenate(old), np.concatenate(young), np.concatenate(score), level, grade
    )


def _register(base: sqlite3.Connection, kind: str, home: dict[str, str]) -> Register:
    births: dict[str, int] = {}
    redirects: dict[str, str] = {}
    named: Sequence[tuple[str, int, str | None]] = base.execute(
        "SELECT id, birth, successor FROM names WHERE kind = ? ORDER BY birth", (kind,)
    ).fetchall()
    for id, birth, successor in named:
        births[id] = birth
        if successor is not None:
            redirects[id] = successor
    members: dict[str, set[str]] = {}
    for article, name in home.items():
        members.setdefault(name, set()).add(article)
    whole = {name: frozenset(articles) for name, articles in members.items()}
    return Register(whole, home, births, redirects)
