"""One step of a collection into the tables, inside a transaction of the caller's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from clusterer.living.chronicle import Arrival, Entry, KeyedPairs, Ruling, Step, Told
from clusterer.news import Article, Credit
from clusterer.reading.ledger import Seen
from clusterer.storing.plain import to_bytes
from clusterer.storing.rows import pack_pairs, pack_text, pack_vectors, to_column, unpack_pairs


def keep(base: sqlite3.Connection, step: Step) -> None:
    """Write all of ``step``; order matters to the foreign keys."""
    _let_go(base, step)
    _take_in(base, step.came)
    if step.pairs is not None and len(step.pairs.left):
        _pair(base, step.pairs)
    base.executemany("DELETE FROM crowds WHERE article = ?", ((key,) for key in step.crowds))
    base.executemany(
        "INSERT INTO crowds VALUES (?, ?, ?)",
        ((key, *told) for key, told in step.crowds.items() if any(told)),
    )
    _name(base, step)
    base.executemany(
        "INSERT OR REPLACE INTO homes VALUES (?, ?, ?)",
        ((key, home.event, home.story) for key, home in step.homes.items()),
    )
    _put(base, "stories", "id", ((id, _bytes(Told, told)) for id, told in step.told.items()))
    _put(base, "rulings", "number", ((n, _bytes(Ruling, said)) for n, said in step.rulings.items()))
    _put(
        base,
        "rejected",
        "page",
        (
            (to_column(page), None if why is None else to_column(why.why))
            for page, why in step.rejected.items()
        ),
    )
    seen = ((to_column(path), _bytes(Seen, known)) for path, known in step.seen.items())
    _put(base, "seen", "path", seen)
    if step.pages is not None:
        base.execute("UPDATE meta SET value = ? WHERE name = 'pages'", (str(step.pages),))
    if step.entry is not None:
        _log(base, step.entry)


def _let_go(base: sqlite3.Connection, step: Step) -> None:
    """Forget removed articles with all their versions; keep the text of corrected ones."""
    keys = [(key,) for key in step.went.values()]
    for table in ("homes", "pairs", "vectors", "crowds"):
        base.executemany(f"DELETE FROM {table} WHERE article = ?", keys)
    corrected = {arrival.article.id for arrival in step.came} & step.went.keys()
    base.executemany(
        "UPDATE articles SET live = 0 WHERE key = ?", [(step.went[id],) for id in sorted(corrected)]
    )
    gone = [(to_column(id),) for id in step.went if id not in corrected]
    texts = {
        row for id in gone for row in base.execute("SELECT text FROM articles WHERE id = ?", id)
    }
    base.executemany("DELETE FROM articles WHERE id = ?", gone)
    base.executemany(
        "DELETE FROM texts WHERE key = ?1 AND NOT EXISTS "
        "(SELECT 1 FROM articles WHERE articles.text = ?1)",
        sorted(texts),
    )


def _take_in(base: sqlite3.Connection, came: Sequence[Arrival]) -> None:
    texts: dict[str, int] = {}
    for arrival in came:
        text = arrival.article.text
        if text not in texts:
            texts[text] = _text_key(base, text)
        base.execute(
            "INSERT INTO articles VALUES (?, ?, 1, ?, ?, ?)",
            (
                arrival.key,
                to_column(arrival.article.id),
                texts[text],
                # the page's text lies once in a table of its own
                to_bytes(Article, replace(arrival.article, text="")),
                to_bytes(tuple[Credit, ...], arrival.credits),
            ),
        )
        half, data = pack_vectors(arrival.vectors)
        base.execute("INSERT INTO vectors VALUES (?, ?, ?)", (arrival.key, half, data))
    if came:
        following = max(arrival.key for arrival in came) + 1
        base.execute("UPDATE meta SET value = ? WHERE name = 'next_key'", (str(following),))


def _text_key(base: sqlite3.Connection, text: str) -> int:
    digest, packed = pack_text(text)
    base.execute(
        "INSERT INTO texts (digest, packed) VALUES (?, ?) ON CONFLICT DO NOTHING", (digest, packed)
    )
    (key,) = base.execute("SELECT key FROM texts WHERE digest = ?", (digest,)).fetchone()
    return int(key)


def _pair(base: sqlite3.Connection, pairs: KeyedPairs) -> None:
    """Write one row for each key that is the younger one of a pair, or add to it."""
    young, old = np.maximum(pairs.left, pairs.right), np.minimum(pairs.left, pairs.right)
    order = np.lexsort((old, young))
    young, old = young[order], old[order]
    near = np.stack([pairs.level[order], pairs.grade[order]], axis=1)
    keys, starts = np.unique(young, return_index=True)
    columns = [np.split(column, starts[1:]) for column in (old, pairs.score[order], near)]
    for key, *parts in zip(keys.tolist(), *columns, strict=True):
        query = "SELECT others, scores, near FROM pairs WHERE article = ?"
        if (here := base.execute(query, (key,)).fetchone()) is not None:
            before = unpack_pairs(*here)
            parts = [np.concatenate([before[at], part]) for at, part in enumerate(parts)]
        # a pair that was left out for a while is told again
        _, once = np.unique(parts[0], return_index=True)
        parts = [part[once] for part in parts]
        packed = pack_pairs(parts[0], parts[1], parts[2])
        base.execute("INSERT OR REPLACE INTO pairs VALUES (?, ?, ?, ?)", (key, *packed))


def _name(base: sqlite3.Connection, step: Step) -> None:
    base.executemany(
        "INSERT INTO names (id, kind, birth) VALUES (?, ?, ?)",
        ((id, kind, birth) for kind, born in step.named.items() for id, birth in born),
    )
    base.executemany(
        "UPDATE names SET successor = ? WHERE id = ?",
        ((heir, id) for merged in step.redirected.values() for id, heir in merged),
    )


def _put(
    base: sqlite3.Connection, table: str, key: str, rows: Iterable[tuple[int | str, object]]
) -> None:
    """Write the rows of a two-column table; a value of None takes the row away."""
    for name, value in rows:
        if value is None:
            base.execute(f"DELETE FROM {table} WHERE {key} = ?", (name,))
        else:
            base.execute(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", (name, value))


def _bytes(kind: type, value: object | None) -> bytes | None:
    return None if value is None else to_bytes(kind, value)


def _log(base: sqlite3.Connection, entry: Entry) -> None:
    base.execute(
        "INSERT INTO log VALUES (?, ?, ?, ?)",
        (entry.number, entry.at.isoformat(), entry.act, to_bytes(Entry, entry)),
    )
    base.executemany(
        "INSERT INTO log_of_stories VALUES (?, ?)",
        ((story, entry.number) for story in sorted(entry.concerns())),
    )
