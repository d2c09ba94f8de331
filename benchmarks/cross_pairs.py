"""What layers that read two texts together are taught: doubtful pairs of the labelled sets.

A pair is doubtful for the pair scorer as it would be without having seen it (out of fold). Some
windows, and parts of the judged sets, are held out: on them the readings are weighed and judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks import cuts, data
from benchmarks.pair_tables import SETS, Sight, Table
from benchmarks.train_scorer import calibration, out_of_fold, together
from clusterer.encoding import Encoder
from clusterer.matching.alignment import MOST
from clusterer.news import Article

Doubles = NDArray[np.float64]
Bools = NDArray[np.bool_]

HELD_WINDOWS = ("L0301", "L0303", "L0313", "L0621", "L0624", "L0630")
HELD_SETS = ("telegram/train",)
PART = 3  # of a judged set every third group of linked articles is held out
LOW, LOWER = 0.03, 0.01  # probabilities: all pairs above, some above, few below are learnt from
SOME, FEW = 0.3, 0.03
CHARS = 600  # of an article that are read
# How often pairs of a set are taken in one round.
OFTEN = {"telegram/read": 0.5, "telegram/train": 0.5, "ans": 2.0, "semeval": 3.0, "ntrex": 0.5}


class Taught(NamedTuple):
    """Pairs of one set: ``texts`` of its articles, rows ``left`` and ``right`` (p,), truth
    ``y``, ``odds`` of the scorer out of fold, ``often`` (p,) each is drawn in one round, ``held``
    (p,) which are held out, and ``window`` (p,) by name."""

    name: str
    texts: list[str]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    y: Bools
    odds: Doubles
    often: Doubles
    held: Bools
    window: NDArray[np.str_]
    weight: Doubles
    read: cuts.Read | None


def gather(
    folder: Path, encoder: Encoder, cache: Path | None, names: Sequence[str]
) -> list[Taught]:
    """The sets with what the pair scorer says of them out of fold."""
    tables = [SETS[name](folder, Sight(encoder, cache, encoder.id)) for name in names]
    margins = out_of_fold(tables)
    _, y, weight = together(tables)
    slope, shift = calibration(np.concatenate(margins), y, weight)
    windows = {row["id"]: row["window"] for row in data.records(data.LABELS, "events.jsonl")}
    return [
        _taught(table, slope * margin + shift, windows)
        for table, margin in zip(tables, margins, strict=True)
    ]


def beginning(article: Article) -> str:
    """The first sentences of an article, as they are read together with another's."""
    return " ".join(span.of(article.text) for span in article.sentences[:MOST])[:CHARS]


def _taught(table: Table, odds: Doubles, windows: dict[str, str]) -> Taught:
    read = table.read is not None
    ids = [article.id for article in table.articles]
    named = table.name.endswith("/read")
    window = np.array([windows[ids[row]] if named else table.name for row in table.left])
    if read:
        held = np.isin(window, HELD_WINDOWS) | np.isin(window, HELD_SETS)
    else:
        held = table.fold % PART == 0
    chance = 1 / (1 + np.exp(-odds))
    often = np.where(chance > LOW, 1.0, np.where(chance > LOWER, SOME, FEW))
    often[table.y] = np.clip(table.weight[table.y], 0.1, 1.0) if read else 1.0
    if table.name in ("ans", "semeval"):
        often[:] = 1.0
    return Taught(
        table.name,
        [beginning(article) for article in table.articles],
        table.left.astype(np.int64),
        table.right.astype(np.int64),
        table.y,
        odds,
        often * OFTEN.get(table.name, 1.0),
        held,
        window,
        table.weight if read else np.ones(len(odds)),
        table.read,
    )
