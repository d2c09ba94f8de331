"""The measured sets as articles, by the same way that a user's files take.

Nothing of the sets lies in the project: every loader reads the folder given as ``--data`` and
raises :class:`MissingError` with one clear line where a file is not there.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.gazetteer import Gazetteer
from clusterer.news import Article, Hints, Page, Rejected, Span
from clusterer.prepare import prepare
from clusterer.settings import Settings

DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "data"
LABELS = Path(__file__).with_name("labels")
SPOKEN = ("fa", "ar", "en", "ru", "he", "tr", "ur", "de")  # languages of NTREX to learn from
TELEGRAM = "telegram/posts_2026-06.jsonl.gz"
Record = dict[str, Any]
Ints = NDArray[np.int64]


class MissingError(Exception):
    """A file of the measured sets is not in the data folder."""


class Labelled(NamedTuple):
    """Articles with events: ``event`` and ``window`` int64 (n,), pairs count inside windows."""

    name: str
    articles: list[Article]
    event: Ints
    window: Ints


class Judged(NamedTuple):
    """Pairs of articles with a human verdict ``value`` float64 (p,) on each."""

    name: str
    articles: list[Article]
    left: Ints
    right: Ints
    value: NDArray[np.float64]


def records(folder: Path, name: str) -> list[Record]:
    """All records of a set's file, gzipped or not."""
    path = folder / name
    if not path.is_file():
        raise MissingError(f"{path} is not there; give the folder of the sets with --data")
    opener: Callable[..., Any] = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream if line.strip()]


def checksum(folder: Path, names: Iterable[str]) -> str:
    """First 16 hex digits over the bytes of some files: which corpus a figure belongs to."""
    digest = hashlib.sha256()
    for name in names:
        path = folder / name
        if not path.is_file():
            raise MissingError(f"{path} is not there; give the folder of the sets with --data")
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def articles(rows: Iterable[Record]) -> list[Article]:
    """One article per record, in order. Raises ValueError for a record that yields none."""
    found = []
    for row in rows:
        prepared = prepare(page(row), _gazetteer(), Settings())
        if isinstance(prepared, Rejected) or not prepared:
            raise ValueError(f"{row['id']}: no article in it: {prepared}")
        found.append(prepared[0])
    return found


def page(row: Record) -> Page:
    """A record as the reader of JSON lines would hand it on."""
    title, body = row.get("title") or "", row.get("text") or ""
    text = f"{title}\n\n{body}" if title and body else title or body
    start = len(text) - len(body)
    hints = Hints(
        url=row.get("url"),
        outlet=row.get("outlet"),
        language=row.get("lang"),
        published=row.get("published") or row.get("date"),
    )
    return Page(
        row["id"],
        "records.jsonl",
        text,
        title=Span(0, len(title)) if title else None,
        body=Span(start, len(text)),
        hints=hints,
    )


@cache
def _gazetteer() -> Gazetteer:
    return Gazetteer.load()


def _numbered(labels: Iterable[Any]) -> Ints:
    _, index = np.unique(np.array([str(label) for label in labels]), return_inverse=True)
    return index.astype(np.int64)


def events(folder: Path, name: str) -> Labelled:
    """A set read into events: ``stream/dev``, ``stream/train`` or ``telegram/train``."""
    rows = records(folder, f"{name}.jsonl")
    window = [row.get("window", "") for row in rows]
    event = [f"{w} {row['event']}" for w, row in zip(window, rows, strict=True)]
    return Labelled(name, articles(rows), _numbered(event), _numbered(window))


def read_events(folder: Path, name: str) -> Labelled:
    """Windows read for this project, ``stream/read`` or ``telegram/read``, in the sets' form."""
    source = {"stream/read": "stream/unlabelled.jsonl.gz"}.get(name, TELEGRAM)
    texts = {row["id"]: row for row in records(folder, source)}
    labels = [row for row in records(LABELS, "events.jsonl") if row["id"] in texts]
    rows = [_post(texts[row["id"]]) for row in labels]
    window = [row["window"] for row in labels]
    return Labelled(
        name, articles(rows), _numbered(row["event"] for row in labels), _numbered(window)
    )


def _post(row: Record) -> Record:
    """A raw post as ``telegram/train.jsonl`` has it: headline, and the rest in one line."""
    title, text = row["title"] or "", row["text"] or ""
    before, found, after = text.partition(title)
    if title and found and not any(sign.isalnum() for sign in before):
        text = after
    return row | {"text": " ".join(text.split())}


def ntrex(folder: Path) -> Labelled:
    """Translations of 123 reports into 18 languages; the report is the event."""
    rows = records(folder, "ntrex/docs.jsonl.gz")
    none = np.zeros(len(rows), np.int64)
    return Labelled("ntrex", articles(rows), _numbered(row["label"] for row in rows), none)


def every_fourth(labelled: Labelled) -> Labelled:
    """Every fourth report in the SPOKEN languages; the rest is left to the benchmark."""
    rows = [
        row
        for row, article in enumerate(labelled.articles)
        if labelled.event[row] % 4 == 0 and article.id.partition(":")[0] in SPOKEN
    ]
    articles = [labelled.articles[row] for row in rows]
    return Labelled(labelled.name, articles, labelled.event[rows], labelled.window[rows])


def every_second(labelled: Labelled) -> Labelled:
    """The same set where every other article keeps its title and every second sentence only."""
    thinned = []
    for place, article in enumerate(labelled.articles):
        kept = article.sentences
        if place % 2 and len(kept) > 2:
            kept = (kept[0], *kept[1::2])
        thinned.append(_with_sentences(article, kept))
    return labelled._replace(name=f"{labelled.name}/half", articles=thinned)


def _with_sentences(article: Article, kept: tuple[Span, ...]) -> Article:
    from dataclasses import replace

    return replace(article, sentences=kept)


def semeval(folder: Path) -> Judged:
    """Pairs of full articles, ``value`` 1 (same story) to 4 (unrelated)."""
    rows = records(folder, "semeval/articles_dev.jsonl.gz")
    place = {row["id"]: k for k, row in enumerate(rows)}
    pairs = [
        (place[p["id1"]], place[p["id2"]], float(p["overall"]))
        for p in records(folder, "semeval/pairs_dev.jsonl")
        if p["id1"] in place and p["id2"] in place
    ]
    left, right, value = (np.array(column) for column in zip(*pairs, strict=True))
    return Judged("semeval", articles(rows), left, right, value.astype(np.float64))


def ans(folder: Path) -> Judged:
    """Arabic headline pairs, ``value`` 1 where both state the same fact, else 0."""
    pairs = records(folder, "ans/title_pairs_dev.jsonl")
    titles = sorted({p[side] for p in pairs for side in ("title1", "title2")})
    place = {title: k for k, title in enumerate(titles)}
    rows = [{"id": f"ans:{k}", "title": t, "lang": "ar"} for k, t in enumerate(titles)]
    left = np.array([place[p["title1"]] for p in pairs])
    right = np.array([place[p["title2"]] for p in pairs])
    value = np.array([p["same_fact"] for p in pairs], np.float64)
    return Judged("ans", articles(rows), left, right, value)
