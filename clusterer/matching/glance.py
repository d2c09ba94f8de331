"""A first look at a pair, by its two cosines and the hours between: can it be one event at all?

Most pairs that resemble each other a little are hopeless, and saying so takes three numbers and
no text. The shipped table tells, for a band of hours and a document cosine, the least headline
cosine of pairs worth the scorer's time. ``benchmarks/fit_glance.py`` draws it from what the
scorer says, and prints what it costs. A verdict depends on the pair alone.
"""

from __future__ import annotations

import csv
import logging
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusterer.matching.reference import slug

logger = logging.getLogger(__name__)

Floats = NDArray[np.float32]

MARK = "# scorer "
UNKNOWN = "unknown"  # the band of pairs with an unknown time
NEVER = 9.0  # a headline cosine that no pair reaches


class Glance(NamedTuple):
    """``hours`` float64 (b,): where a band ends, exclusive; the last band has no end, and after
    it comes that of unknown times. ``cosines`` float32 (c,): where a step of document cosines
    begins, inclusive; what is below the first counts as the first. ``least`` float32 (b + 2, c):
    the headline cosine asked for on each step, never more on a later one."""

    hours: NDArray[np.float64]
    cosines: Floats
    least: Floats

    def admits(
        self, document: Floats, headline: Floats, hours: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Which pairs are worth scoring, bool (p,). ``hours`` is NaN where unknown."""
        band = np.searchsorted(self.hours, hours, side="right")
        band[np.isnan(hours)] = len(self.least) - 1
        step = np.searchsorted(self.cosines[1:], document, side="right")
        return np.asarray(headline >= self.least[band, step])

    def floors(self, hours: float) -> tuple[float, float]:
        """The least document cosine, and the least sum of both cosines, that an admitted pair
        has, at least so many ``hours`` apart or, for NaN, of unknown time.

        A document cosine below the table counts as its first, which as a floor is -inf.
        """
        first = int(np.searchsorted(self.hours, hours, side="right"))
        bands = slice(-1, None) if np.isnan(hours) else slice(first, -1)
        open_ = np.asarray((self.least[bands] <= 1).any(axis=0))
        step = int(open_.argmax()) if open_.any() else len(open_) - 1
        document = -np.inf if step == 0 and open_[0] else float(self.cosines[step])
        return document, float((self.least[bands] + self.cosines).min())


@cache
def load_glance(encoder_id: str) -> Glance | None:
    """The table of an encoder; None where none was drawn from the scorer as it is now, and
    every pair is then scored (told to the log)."""
    source = files("clusterer.data").joinpath(f"matching/glance-{slug(encoder_id)}.csv")
    if not source.is_file():
        return None
    lines = source.read_text(encoding="utf-8").splitlines()
    if lines[0] != f"{MARK}{scorer_mark(encoder_id)}":
        logger.info("no first look: the table of %s is of another scorer", encoder_id)
        return None
    return read_glance(lines)


def scorer_mark(encoder_id: str) -> str:
    """What tells the scorer that ships for an encoder from every other; empty where none does."""
    source = files("clusterer.data").joinpath(f"matching/scorer-{slug(encoder_id)}.npz")
    return blake2b(source.read_bytes(), digest_size=8).hexdigest() if source.is_file() else ""


def read_glance(lines: Iterable[str]) -> Glance:
    """A table as ``written`` tells it."""
    (_, *cosines), *rows = csv.reader(line for line in lines if not line.startswith(MARK))
    bands = [row[0] for row in rows]
    least = np.array([row[1:] for row in rows], np.float32)
    return Glance(np.array(bands[:-2], np.float64), np.array(cosines, np.float32), least)


def written(glance: Glance, mark: str) -> str:
    """The table as CSV under the mark of its scorer: one line a band, told by the hours at
    which it ends."""
    bands = [*(f"{end:g}" for end in glance.hours), "inf", UNKNOWN]
    lines = [f"{MARK}{mark}", ",".join(["hours", *(f"{cosine:.2f}" for cosine in glance.cosines)])]
    for band, row in zip(bands, glance.least, strict=True):
        lines.append(",".join([band, *(f"{value:.3f}" for value in row)]))
    return "\n".join(lines) + "\n"
