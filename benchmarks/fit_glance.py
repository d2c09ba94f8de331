"""Draws the table of the first look from what the scorer says, and prints what the table costs.

``python -m benchmarks.fit_glance [--encoder NAME] [--check]`` writes ``glance-….csv`` into
``clusterer/data/matching``; with ``--check`` the shipped one is judged alone. To be run anew after
the scorer was: the table is only as true as the probabilities that it was drawn from.

For a band of hours and a step of document cosines the least headline cosine is chosen such that
scoring one pair more costs 1 and losing a pair that the scorer gives at least ``KEPT`` costs
``worth``, counted in probability; ``worth`` is the least that loses no more than ``LOST`` of that
on any of the sets. A pair with an unknown time is a pair whose time was taken away.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks import data, metrics
from benchmarks.reference import FOLDER
from benchmarks.vectors import centred_vectors
from clusterer.encoding import Encoder, open_encoder
from clusterer.grouping import group
from clusterer.matching import Facts, candidates, describe, load_glance, score
from clusterer.matching.glance import NEVER, Glance, read_glance, scorer_mark, written
from clusterer.matching.index import cosines, documents, gap, headlines
from clusterer.matching.reference import slug
from clusterer.news import Article, Pairs, Sentences
from clusterer.settings import Settings

KEPT = 0.05  # probability: half of what some pair of two groups that become one story reaches
LOST = 0.001  # of the probability of such pairs, on every set
BANDS = np.array([1.0, 3.0, 6.0, 12.0, 24.0, 48.0])
STEPS = np.round(np.arange(0.0, 0.7, 0.04), 2).astype(np.float32)
# headline cosines to choose of; the first is reached by all
GRID = np.round(np.arange(-0.11, 0.8, 0.01), 2).astype(np.float32)
GRID[0] = -1.01
MOST = 400_000  # pairs of a set, drawn
EXACT = Settings.load(pair_floor=0.0)


class Seen(NamedTuple):
    """Candidate pairs of one set: both cosines, hours (NaN: unknown), probability, each (p,)."""

    name: str
    document: NDArray[np.float32]
    headline: NDArray[np.float32]
    hours: NDArray[np.float64]
    p: NDArray[np.float32]


class Set(NamedTuple):
    name: str
    articles: list[Article]
    facts: Facts
    sentences: Sentences
    pairs: Pairs  # all candidates, scored


def opened(name: str, articles: list[Article], encoder: Encoder) -> Set:
    facts = describe(articles)
    sentences = centred_vectors(articles, facts, encoder)
    found = candidates(sentences, facts, EXACT)
    return Set(name, articles, facts, sentences, score(found, sentences, facts, encoder.id, EXACT))


def seen(one: Set) -> Seen:
    """What a first look sees of the pairs of a set."""
    left, right, p = one.pairs
    whole, heads = documents(one.sentences), headlines(one.sentences)
    return Seen(
        one.name,
        cosines(whole, left, whole, right),
        cosines(heads, left, heads, right),
        gap(one.facts, left, right),
        p,
    )


def undated(one: Set, encoder: Encoder) -> Seen:
    """The same pairs, some of them, as they would be judged if no time were known."""
    draw = np.random.default_rng(0)
    some = np.sort(draw.permutation(len(one.pairs.left))[: MOST // 4])
    pairs = Pairs(*(column[some] for column in one.pairs))
    facts = one.facts._replace(at=np.full(len(one.articles), np.nan))
    told = one._replace(facts=facts, pairs=score(pairs, one.sentences, facts, encoder.id, EXACT))
    return seen(told)._replace(name=f"{one.name}, undated")


def drawn(many: Seen) -> Seen:
    some = np.sort(np.random.default_rng(0).permutation(len(many.p))[:MOST])
    return Seen(many.name, *(column[some] for column in many[1:]))


def fitted(dated: list[Seen], undated: list[Seen]) -> Glance:
    """The bands of known times as the dated sets have it, that of unknown ones as the others."""
    one, other = _cheapest(dated), _cheapest(undated)
    return one._replace(least=np.concatenate([one.least[:-1], other.least[-1:]]))


def _cheapest(sets: list[Seen]) -> Glance:
    """The table of the least ``worth`` that loses no more than LOST on any set."""
    for worth in np.geomspace(100, 1e6, 60):
        tried = table(sets, worth)
        if max(lost(tried, each) for each in sets) <= LOST:
            return tried
    raise SystemExit("no table loses so little: raise LOST")


def table(sets: list[Seen], worth: float) -> Glance:
    shape = (len(BANDS) + 2, len(STEPS), len(GRID) + 1)
    pairs, mass = np.zeros(shape), np.zeros(shape)
    for one in sets:
        band = np.where(
            np.isnan(one.hours), len(BANDS) + 1, np.searchsorted(BANDS, one.hours, side="right")
        )
        step = np.searchsorted(STEPS[1:], one.document, side="right")
        place = band, step, np.searchsorted(GRID, one.headline, side="right")
        heft = 1 / len(one.p)
        np.add.at(pairs, place, heft)
        np.add.at(mass, place, heft * np.where(one.p >= KEPT, one.p, 0))
    # by the number of grid cosines that a headline reaches: kept from there on, lost before
    scored = pairs[..., ::-1].cumsum(axis=2)[..., ::-1][..., 1:]
    wasted = mass.cumsum(axis=2)[..., :-1]
    best = np.argmin(scored + worth * wasted, axis=2)
    none = mass.sum(axis=2) == 0
    least = np.where(none, NEVER, GRID[best])
    # more alike or nearer in time is never asked for more; an unknown time stands for itself
    least = np.minimum.accumulate(least, axis=1)
    least[:-1] = np.minimum.accumulate(least[-2::-1], axis=0)[::-1]
    return Glance(BANDS, STEPS, least.astype(np.float32))


def lost(glance: Glance, one: Seen, least: float = KEPT) -> float:
    """Share of the probability of pairs with at least ``least`` that the table loses."""
    p = np.where(one.p >= least, one.p, 0)
    away = ~glance.admits(one.document, one.headline, one.hours)
    return float(p[away].sum(dtype=np.float64) / max(p.sum(dtype=np.float64), 1e-9))


def compared(one: Set, glance: Glance) -> str:
    """Events and stories of a set with and without the first look."""
    sight = seen(one)
    keep = glance.admits(sight.document, sight.headline, sight.hours)
    kept = one.pairs.score >= Settings().pair_floor
    ids = [article.id for article in one.articles]
    exact, quick = (
        group(ids, Pairs(*(column[rows] for column in one.pairs)), Settings())
        for rows in (kept, kept & keep)
    )
    event, story = (
        metrics.adjusted_rand(getattr(exact, tier), getattr(quick, tier))
        for tier in ("event", "story")
    )
    return f"  events ARI {event:.4f}  stories ARI {story:.4f}"


def told(glance: Glance, one: Seen) -> str:
    keep = glance.admits(one.document, one.headline, one.hours)
    shares = "  ".join(
        f">= {least:g}: {np.mean(~keep[one.p >= least]):.4f}"
        for least in (0.05, 0.09, 0.5)
        if (one.p >= least).any()
    )
    return f"{one.name:24} {len(keep):8} pairs, {keep.mean():.3f} scored; lost of p {shares}"


def june(first: int, last: int) -> Callable[[Path], list[Article]]:
    def read(folder: Path) -> list[Article]:
        rows = data.records(folder, data.TELEGRAM)
        return data.articles([r for r in rows if first <= int(r["date"][8:10]) <= last])

    return read


FITTED: dict[str, Callable[[Path], list[Article]]] = {
    "june 3-6": june(3, 6),
    "june 22-25": june(22, 25),
    "stream/train": lambda folder: data.events(folder, "stream/train").articles,
    "telegram/train": lambda folder: data.events(folder, "telegram/train").articles,
}
JUDGED: dict[str, Callable[[Path], list[Article]]] = {
    "june 14-16": june(14, 16),
    "june 10-11": june(10, 11),
    "stream/dev": lambda folder: data.events(folder, "stream/dev").articles,
    "stream/read": lambda folder: data.read_events(folder, "stream/read").articles,
    "telegram/read": lambda folder: data.read_events(folder, "telegram/read").articles,
    "ntrex": lambda folder: data.ntrex(folder).articles,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoder", default="default")
    parser.add_argument("--data", type=Path, default=data.DEFAULT)
    parser.add_argument("--out", type=Path, help="the table is written here")
    parser.add_argument("--check", action="store_true", help="nothing is fitted")
    asked = parser.parse_args()
    encoder = open_encoder(asked.encoder)
    path = asked.out or FOLDER / f"glance-{slug(encoder.id)}.csv"
    if asked.check:
        glance = read_glance(path.read_text(encoding="utf-8").splitlines())
    else:
        opens = [opened(name, read(asked.data), encoder) for name, read in FITTED.items()]
        dated = [drawn(seen(one)) for one in opens]
        timeless = [undated(one, encoder) for one in opens]
        glance = fitted(dated, timeless)
        path.write_text(written(glance, scorer_mark(encoder.id)), encoding="utf-8")
        load_glance.cache_clear()
        print("fitted on")
        for sight in dated + timeless:
            print(told(glance, sight))
    print("not fitted on")
    for name, read in JUDGED.items():
        one = opened(name, read(asked.data), encoder)
        print(told(glance, seen(one)) + compared(one, glance), flush=True)


if __name__ == "__main__":
    main()
