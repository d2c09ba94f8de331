"""Where to cut: the windows read into events, grouped by chances that never saw them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks import data, metrics
from clusterer.grouping import group
from clusterer.news import Pairs
from clusterer.settings import Settings

Ints = NDArray[np.int64]
CUTS = (0.08, 0.1, 0.12, 0.13, 0.14, 0.16, 0.18, 0.2, 0.25)


class Read(NamedTuple):
    """A set read into events, and the rows (p,), (p,) of its pairs."""

    labelled: data.Labelled
    left: Ints
    right: Ints


class Figures(NamedTuple):
    precision: float
    recall: float
    f1: float
    b3: float
    b3_multi: float


def at_cut(read: Read, probability: NDArray[np.float64], cut: float) -> list[Figures]:
    """Figures of every window when events are cut at ``cut``."""
    labelled = read.labelled
    settings = Settings.load(event_cut=cut, story_cut=min(cut, Settings().story_cut))
    keep = probability >= settings.pair_floor
    pairs = Pairs(
        read.left[keep].astype(np.int32),
        read.right[keep].astype(np.int32),
        probability[keep].astype(np.float32),
    )
    found = group([article.id for article in labelled.articles], pairs, settings).event
    figures = []
    for window in np.unique(labelled.window):
        rows = np.flatnonzero(labelled.window == window)
        mine, true = found[rows].astype(np.int64), labelled.event[rows]
        left, right = metrics.all_pairs(len(rows))
        pair = metrics.pair_counts(mine[left] == mine[right], true[left] == true[right])
        cubed = metrics.b_cubed(mine, true).f1
        multi = metrics.b_cubed(mine, true, metrics.multi_item(true)).f1
        figures.append(Figures(*pair, cubed, multi))
    return figures


def show(sets: Sequence[tuple[Read, NDArray[np.float64]]]) -> None:
    """Means over windows, for each set and cut."""
    print("out of fold, mean over windows: pair precision, recall, F1; B3, B3 of multi-item events")
    for read, probability in sets:
        for cut in CUTS:
            means = np.mean(at_cut(read, probability, cut), axis=0)
            print(f"  {read.labelled.name:16} {cut:.2f}  " + "  ".join(f"{m:.3f}" for m in means))
