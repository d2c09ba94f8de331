"""What a run leaves: stories and articles in files, read as a stream or as one result."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusterer.engine.job import Job
from clusterer.engine.tables import array, pairs_of, to_text
from clusterer.engine.telling import known_of
from clusterer.living.chronicle import Told
from clusterer.living.ties import joined, no_pairs, taken
from clusterer.news import Article, Credit, Pairs, Rejected
from clusterer.result import Result, reading_order
from clusterer.storing.plain import from_bytes


class Archive:
    """The finished run in a folder.

    ``stories.jsonl`` has one story a line, as ``cluster -o stories.jsonl`` writes them;
    ``table/`` the articles as rows and ``vectors/`` their vectors, both Parquet.
    """

    def __init__(self, job: Job) -> None:
        self._job = job

    @property
    def url(self) -> str:
        """The folder of the run."""
        return self._job.folder.url

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Encoder, settings, counts and limits that bit, as the contract names them."""
        told: dict[str, Any] = self._job.folder.read_json("summary.json")
        return told

    def lines(self) -> Iterator[bytes]:
        """The stories in reading order, a line of JSON each; in memory one at a time."""
        return self._job.folder.lines("stories.jsonl")

    def stories(self) -> Iterator[dict[str, Any]]:
        """The same as plain data of the contract."""
        return (json.loads(line.decode("utf-8", "surrogatepass")) for line in self.lines())

    def rejected(self) -> Iterator[Rejected]:
        for line in self._job.folder.lines("rejected.jsonl"):
            yield Rejected(**json.loads(line.decode("utf-8", "surrogatepass")))

    def rows(self, at_once: int = 2048) -> Iterator[dict[str, Any]]:
        """The articles that are in stories as rows (``clusterer.writing.table``), in no order."""
        for name in self._job.folder.names("table"):
            for batch in self._job.folder.batches(f"table/{name}", at_once):
                yield from batch.to_pylist()

    def documents(
        self, at_once: int = 2048
    ) -> Iterator[tuple[str, datetime | None, NDArray[np.float32]]]:
        """(id, published, unit document vector (d,)) of every article that has sentences."""
        folder = self._job.folder
        for name in folder.names("vectors"):
            for batch in folder.batches(f"vectors/{name}", at_once):
                flat = batch.column("document").flatten().to_numpy()
                vectors = flat.reshape(batch.num_rows, -1)
                ids, times = (batch.column(one).to_pylist() for one in ("id", "published"))
                for id, at, vector in zip(ids, times, vectors, strict=True):
                    if vector.any():
                        yield to_text(id), at, vector

    def to_postgres(self, connection: Any, schema: str = "clusterer") -> int:
        """Copy all into PostgreSQL with pgvector; see :mod:`clusterer.engine.serving`."""
        from clusterer.engine.serving import to_postgres

        return to_postgres(self, connection, schema)

    def result(self) -> Result:
        """All of it in memory, as ``cluster`` tells it; it cannot be cut at another place."""
        told = sorted(self._told(), key=lambda one: reading_order(one.story))
        ids = {id for one in told for id in one.story.articles}
        articles, credits = {}, {}
        for article, found in self._articles():
            if article.id in ids:
                articles[article.id], credits[article.id] = article, found
        summary = self.summary
        return Result(
            stories=tuple(one.story for one in told),
            articles=dict(sorted(articles.items())),
            credits=dict(sorted(credits.items())),
            why={id: why for one in told for id, why in one.why.items()},
            rejected=tuple(self.rejected()),
            pages=summary["counts"]["pages"],
            encoder=summary["encoder"],
            settings=summary["settings"],
            **self._pairs(sorted(articles)),
        )

    def _articles(self) -> Iterator[tuple[Article, tuple[Credit, ...]]]:
        """In the order of founding, also those that no story has."""
        job = self._job
        for name in job.folder.names("credits"):
            table = job.folder.read_table(f"credits/{name}", ("row",))
            rows = array(table.column("row")).tolist()
            known = known_of(job, int(name.partition(".")[0]), rows)
            yield from zip(known.articles, known.credits, strict=True)

    def _told(self) -> Iterator[Told]:
        folder = self._job.folder
        for name in folder.names("told"):
            for one in folder.read_table(f"told/{name}", ("told",)).column("told").to_pylist():
                yield from_bytes(Told, one)

    def _pairs(self, ids: Sequence[str]) -> dict[str, Any]:
        """``ids`` and the scored pairs of their positions, for :meth:`Result.doubtful`."""
        folder = self._job.folder
        row_ids: dict[int, str] = {}
        for name in folder.names("vectors"):
            table = folder.read_table(f"vectors/{name}", ("row", "id"))
            told = map(to_text, table.column("id").to_pylist())
            row_ids.update(zip(array(table.column("row")).tolist(), told, strict=True))
        place = {id: at for at, id in enumerate(ids)}
        at = np.full(max(row_ids, default=-1) + 1, -1, np.int32)
        for row, id in row_ids.items():
            at[row] = place.get(id, -1)
        found = [no_pairs()]
        for name in folder.names("scored"):
            pairs = pairs_of(folder.read_table(f"scored/{name}"))
            one, other = at[pairs.left], at[pairs.right]
            here = (one >= 0) & (other >= 0)
            low, high = np.minimum(one, other)[here], np.maximum(one, other)[here]
            found.append(Pairs(low, high, pairs.score[here]))
        pairs = joined(found)
        return {"ids": tuple(ids), "pairs": taken(pairs, np.lexsort((pairs.right, pairs.left)))}
