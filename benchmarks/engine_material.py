"""Articles and vectors for runs on an engine that begin at the shelves, and what such runs tell."""

from __future__ import annotations

import json
import resource
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.invented import LANGUAGES, POOL, Invented, text_key
from clusterer.engine.folder import Folder
from clusterer.engine.inputs import PAGES_OF_FILE
from clusterer.engine.job import Job
from clusterer.engine.pages import _Drafts, _write
from clusterer.matching.reference import load_reference
from clusterer.news import Page
from clusterer.settings import Settings

RATE = 100_000 / 30  # articles a day
SUMMED = (
    "seconds",
    "processor",
    "bytes",
    "compared",
    "near",
    "chosen",
    "scored",
    "kept",
    "pairs",
    "sentences",
)
WEIGHTS = (1.0, 0.7, 0.5)  # of event, sentence and itself in a vector, beside the topic's


class Given:
    """An encoder that knows the vectors of all texts that were invented, from files.

    They are what :class:`benchmarks.invented.Invented` would give for the same mix.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.id = "news@invented"
        self.dimension = 384

    def __reduce__(self) -> tuple[type[Given], tuple[str]]:
        return Given, (self.folder,)

    @cached_property
    def _known(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32], float]:
        place = Path(self.folder)
        parts = (
            np.load(place / f"{name}.npy", mmap_mode="r") for name in ("keys", "mixes", "pool")
        )
        return (*parts, float((place / "crowd").read_text()))

    @cached_property
    def _means(self) -> NDArray[np.float32]:
        reference = load_reference(self.id)
        assert reference is not None
        return reference.means[reference.rows(np.array(LANGUAGES))]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        keys, mixes, pool, crowd = self._known
        at = np.searchsorted(keys, np.array([text_key(text) for text in texts], np.int64))
        mixed = mixes[at.clip(max=len(keys) - 1)]
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for column, weight in zip(mixed[:, 1:].T % POOL, (crowd, *WEIGHTS), strict=True):
            rows += np.float32(weight) * pool[column]
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        means = self._means[mixed[:, 0]]
        rows *= np.sqrt(1 - np.einsum("ij,ij->i", means, means))[:, None]
        rows += means
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def write_drafts(folder: Path, count: int, crowd: float, shard: int) -> Path:
    """Articles as the first stage leaves them, and beside them the world of their vectors."""
    world = folder / "world"
    world.mkdir()
    invented = Invented(RATE, crowd=crowd)
    job = Job(Folder(str(folder)), "hash:", Settings(), shard=shard)
    keys, mixes, parts = [], [], []
    for number, first in enumerate(range(0, count, shard)):
        drafts = _Drafts()
        for at, article in enumerate(invented.articles(min(shard, count - first), first)):
            place = number * PAGES_OF_FILE + at
            drafts.page(place, Page(article.page, "invented", article.text))
            drafts.article(place, 1, article)
        for kept, told in zip((keys, mixes), invented.known(), strict=True):
            kept.append(told)
        invented.forget()
        parts.append(_write(job, f"00000-{number:04}", drafts))
    every, first_of = np.unique(np.concatenate(keys), return_index=True)
    np.save(world / "keys.npy", every)
    np.save(world / "mixes.npy", np.concatenate(mixes)[first_of])
    np.save(world / "pool.npy", invented._pool)
    (world / "crowd").write_text(str(crowd))
    note = {"seconds": 0.0, "processor": 0.0, "memory": 0.0}
    job.folder.write_json("inputs/00000.json", [])
    job.folder.write_json("done/list/all.json", {"chunks": 1, "files": 1, **note})
    job.folder.write_json("done/read/00000.json", {"parts": parts, "pages": count, **note})
    return world


def notes(folder: Path) -> dict[str, dict[str, float]]:
    """What the tasks of each stage told, summed; of memory and components the largest."""
    found: dict[str, dict[str, float]] = {}
    for stage in sorted((folder / "done").iterdir(), key=lambda place: place.stat().st_mtime):
        sums: dict[str, float] = {"tasks": 0, "longest": 0.0, "memory": 0.0}
        for file in stage.iterdir():
            told: dict[str, Any] = json.loads(file.read_text("utf-8"))
            sums["tasks"] += 1
            sums["longest"] = max(sums["longest"], told["seconds"])
            sums["memory"] = max(sums["memory"], told["memory"])
            for name in SUMMED:
                if name in told:
                    sums[name] = round(sums.get(name, 0) + told[name], 3)
            if "largest" in told:
                sums["largest"] = told["largest"]
        found[stage.name] = sums
    return found


def memory() -> float:
    """Peak resident memory of this process, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def processor() -> float:
    """Seconds of processor of this process, helpers that have ended included."""
    own, helpers = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + helpers.ru_utime + helpers.ru_stime
