"""The tables back into a state; one read transaction of the caller's sees one whole state."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from clusterer.chronicle import Arrival, Home, Ruling, State, Told
from clusterer.identity import Register
from clusterer.news import Article, Credit, Pairs, Rejected
from clusterer.reading.ledger import Seen
from clusterer.storing.plain import from_bytes
from clusterer.storing.rows import from_column, unpack_pairs, unpack_text, unpack_vectors


def load_state(base: sqlite3.Connection, dimension: int) -> State:
    """All of a store. ``dimension`` is that of its encoder."""
    meta = dict(base.execute("SELECT name, value FROM meta"))
    (version,) = base.execute("SELECT coalesce(max(number), 0) FROM log").fetchone()
    arrivals = _arrivals(base, dimension)
    ids = {arrival.key: arrival.article.id for arrival in arrivals}
    homes = {ids[key]: Home(*home) for key, *home in base.execute("SELECT * FROM homes")}
    return State(
        version=version,
        next_key=int(meta["next_key"]),
        arrivals=arrivals,
        pairs=_pairs(base, np.array(list(ids), np.int64)),
        events=_register(base, "e", {id: home.event for id, home in homes.items()}),
        stories=_register(base, "s", {id: home.story for id, home in homes.items()}),
        told={
            id: from_bytes(Told, record)
            for id, record in base.execute("SELECT id, record FROM stories")
        },
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
    )


def article_of(record: bytes, text: str) -> Article:
    return replace(from_bytes(Article, record), text=text)


def _arrivals(base: sqlite3.Connection, dimension: int) -> list[Arrival]:
    """Living articles by key; those of one page share the very same text object."""
    texts = {
        key: unpack_text(packed) for key, packed in base.execute("SELECT key, packed FROM texts")
    }
    rows = base.execute(
        "SELECT articles.key, text, record, credits, half, data FROM articles "
        "JOIN vectors ON vectors.article = articles.key WHERE live ORDER BY articles.key"
    )
    return [
        Arrival(
            key,
            article_of(record, texts[text]),
            from_bytes(tuple[Credit, ...], credits),
            unpack_vectors(half, data, dimension),
        )
        for key, text, record, credits, half, data in rows
    ]


def _pairs(base: sqlite3.Connection, keys: NDArray[np.int64]) -> Pairs:
    """Pairs of living articles by rows; ``keys`` ascend."""
    young: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    old: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    score: list[NDArray[np.float32]] = [np.empty(0, np.float32)]
    for key, *packed in base.execute("SELECT article, others, scores FROM pairs ORDER BY article"):
        others, scores = unpack_pairs(*packed)
        young.append(np.full(len(others), key, np.int64))
        old.append(others)
        score.append(scores)
    left, right = np.concatenate(old), np.concatenate(young)
    alive = np.isin(left, keys) & np.isin(right, keys)
    return Pairs(
        np.searchsorted(keys, left[alive]).astype(np.int32),
        np.searchsorted(keys, right[alive]).astype(np.int32),
        np.concatenate(score)[alive],
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
