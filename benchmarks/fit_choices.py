"""Whether labelled events support the choices that the candidate score was built with.

``python -m benchmarks.fit_choices [--data FOLDER] [--cache FILE]`` tries values of how fully a
report that cites nobody ends at its own outlet: unmarked, signed by a reporter, under the
outlet's own dateline, or compiled from unnamed agencies. For each value the weights of the
candidate score are fitted anew on the other folds, and whole events are held out. "Chosen
inside" picks the value on the training folds: what fitting it would bring on new events.

A loop cannot be fitted so: no labelled event holds one. Printed is how its weight, and the say
of looped reports, do where two reports of a labelled event are made to credit each other: the
label stays, but is "nobody" where the source is one of the two.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from benchmarks.calibration import Floats
from benchmarks.fit_candidates import FOLDS, Choice, choices, editors, fit, surprise
from benchmarks.origin import TABLE
from benchmarks.origin_events import Labelled, gazetteer, judge_all
from benchmarks.origin_fits import material
from benchmarks.vectors import Vectors
from clusterer.news import Article, Credit, Origin, Sentences, Span
from clusterer.sources.credits import find_credits
from clusterer.sources.genealogy import Genealogy, trace
from clusterer.sources.origin import Case, close_case, open_case

VALUES: Mapping[str, tuple[float, ...]] = {
    "uncited": (0.3, 0.4, 0.5, 0.6, 0.7),
    "signed": (0.5, 0.6, 0.7, 0.8, 0.9, 1.0),
    "datelined": (0.5, 0.65, 0.75, 0.85, 0.95, 1.0),
    "compiled": (0.1, 0.25, 0.4, 0.5),
}
LOOP_WEIGHTS = (0.0, 0.2, 0.4, 0.6, 0.9, 1.2, 1.8, 2.35, 3.0)
LOOPED_SHARES = (0.0, 0.5, 1.0)
PENALTY = 3.0  # as chosen by fit_candidates
ROUNDS = 3
# Pairs of reports of one event that are made to credit each other.
MOST_LOOPS = 3
Told = Mapping[str, float]


class Read(NamedTuple):
    """One labelled event with all that does not depend on a choice."""

    labelled: Labelled
    credits: list[tuple[Credit, ...]]
    genealogy: Genealogy

    def case(self, told: Told) -> Case:
        return open_case(self.labelled.articles, self.credits, self.genealogy, gazetteer(), told)


def read(labelled: Sequence[Labelled], vectors: Vectors) -> list[Read]:
    told = vectors([article for one in labelled for article in one.articles])
    reads, first = [], 0
    for one in labelled:
        last = first + len(one.articles)
        bounds = told.bounds[first : last + 1]
        sentences = Sentences(told.vectors[bounds[0] : bounds[-1]], bounds - bounds[0])
        credits = [find_credits(article, gazetteer()) for article in one.articles]
        reads.append(Read(one, credits, trace(one.articles, sentences)))
        first = last
    return reads


class Held(NamedTuple):
    """Held-out surprise (rounds, events), and the cost of the answers by kind of event."""

    surprises: Floats
    several: float
    single: float

    def beside(self, shipped: Floats) -> str:
        apart = (self.surprises - shipped)[:, ~np.isnan(self.surprises - shipped).any(axis=0)]
        apart = apart.mean(axis=0)
        return (
            f"log loss {np.nanmean(self.surprises):.4f} ({apart.mean():+.4f} ±"
            f" {apart.std() / np.sqrt(len(apart)):.4f}), cost of several reports"
            f" {self.several:.3f}, of one {self.single:.3f}"
        )


class Bench:
    """The events as cases, for every set of values once; those of several reports first."""

    def __init__(self, reads: Sequence[Read]) -> None:
        self.reads = reads
        self.many = sum(one.labelled.several for one in reads)
        table = json.loads(TABLE.read_text("utf-8"))
        self.shipped: Told = table["lineage"]
        self.score: Told = table["score"]
        self.prior, self.heat = editors(table)
        self._known: dict[tuple[float, ...], tuple[list[Case], list[Choice | None]]] = {}

    def known(self, told: Told) -> tuple[list[Case], list[Choice | None]]:
        key = tuple(told.values())
        if key not in self._known:
            cases = [one.case(told) for one in self.reads]
            self._known[key] = cases, choices([one.labelled for one in self.reads], cases)
        return self._known[key]

    def fitted(self, told: Told, rows: Sequence[int]) -> dict[str, float]:
        _, known = self.known(told)
        return fit([known[row] for row in rows], self.prior, PENALTY, self.heat)

    def loss(self, told: Told, rows: Sequence[int]) -> float:
        """Mean surprise of the very events that the weights are fitted on."""
        _, known = self.known(told)
        weights = self.fitted(told, rows)
        mine = [known[row] for row in rows]
        return float(np.mean([surprise(one, weights, self.heat) for one in mine if one]))

    def best(self, name: str, rows: Sequence[int]) -> float:
        losses = [self.loss({**self.shipped, name: value}, rows) for value in VALUES[name]]
        return VALUES[name][int(np.argmin(losses))]

    def held(self, pick: Callable[[Sequence[int]], Told]) -> Held:
        """Whole events held out; ``pick`` gives the values of the training rows."""
        surprises = np.full((ROUNDS, len(self.reads)), np.nan)
        costs = []
        for seed in range(ROUNDS):
            fold = np.random.default_rng(seed).permutation(len(self.reads)) % FOLDS
            origins: dict[int, Origin] = {}
            for number in range(FOLDS):
                told = pick(np.flatnonzero(fold != number).tolist())
                weights = self.fitted(told, np.flatnonzero(fold != number).tolist())
                cases, known = self.known(told)
                for row in np.flatnonzero(fold == number).tolist():
                    one = known[row]
                    surprises[seed, row] = surprise(one, weights, self.heat) if one else np.nan
                    origins[row] = close_case(cases[row], weights)
            costs.append([self._cost(origins, range(self.many)), self._cost(origins)])
        several, single = np.mean(costs, axis=0).tolist()
        return Held(surprises, several, single)

    def _cost(self, origins: Mapping[int, Origin], rows: Sequence[int] | None = None) -> float:
        rows = range(self.many, len(self.reads)) if rows is None else rows
        labelled = [self.reads[row].labelled for row in rows]
        return judge_all(labelled, [origins[row] for row in rows]).cost


def compare(bench: Bench, name: str) -> None:
    """Prints what each value of one choice brings beside the shipped one."""
    shipped = bench.held(lambda rows: bench.shipped).surprises
    print(f"{name}, shipped {bench.shipped[name]:g}")
    for value in VALUES[name]:
        held = bench.held(lambda rows, value=value: {**bench.shipped, name: value})  # type: ignore[misc]
        print(f"  {value:4g}: {held.beside(shipped)}")
    picked: list[float] = []

    def inside(rows: Sequence[int]) -> Told:
        picked.append(bench.best(name, rows))
        return {**bench.shipped, name: picked[-1]}

    held = bench.held(inside)
    counts = {value: picked.count(value) for value in sorted(set(picked))}
    print(f"  chosen inside, {counts}: {held.beside(shipped)}")
    print(f"  best on all events: {bench.best(name, range(len(bench.reads))):g}")


def looped(reads: Sequence[Read]) -> Iterator[Read]:
    """Labelled events in which two reports of different outlets credit each other."""
    for one in reads:
        outlets = [
            article.outlet.id if article.outlet else None for article in one.labelled.articles
        ]
        pairs = [
            (i, j)
            for i, j in combinations(range(len(outlets)), 2)
            if outlets[i] and outlets[j] and outlets[i] != outlets[j]
        ]
        for i, j in pairs[:MOST_LOOPS]:
            credits = list(one.credits)
            for row, other in ((i, outlets[j]), (j, outlets[i])):
                credits[row] = (*credits[row], _credit(one.labelled.articles[row], other or ""))
            gone = {outlets[i], outlets[j]} & one.labelled.origin
            origin = frozenset[str]() if gone else one.labelled.origin
            yield one._replace(labelled=one.labelled._replace(origin=origin), credits=credits)


def _credit(article: Article, agency: str) -> Credit:
    at = Span(article.span.start, article.span.start)
    return Credit(agency, "supplier", at, "lead", 0.9, "L1", name=agency)


def compare_loops(bench: Bench) -> None:
    reads = list(looped(bench.reads[: bench.many]))
    for share in LOOPED_SHARES:
        cases = [one.case({**bench.shipped, "looped": share}) for one in reads]
        rows = [row for row, case in enumerate(cases) if case.scene.citations.loops]
        known = choices([reads[row].labelled for row in rows], [cases[row] for row in rows])
        print(f"{len(rows)} events made to hold a loop, say of a looped report {share:g}")
        for weight in LOOP_WEIGHTS:
            # A loop speaks for nobody: its weight adds to that of abstention.
            told = {**bench.score, "abstain": bench.score["abstain"] + weight}
            losses = [surprise(one, told, bench.heat) for one in known if one]
            weights = {**bench.score, "loop": weight}
            origins = [close_case(cases[row], weights) for row in rows]
            outcome = judge_all([reads[row].labelled for row in rows], origins)
            print(f"  weight {weight:4g}: log loss {np.mean(losses):.3f}, {outcome.told()}")


def main() -> int:
    asked = material(__doc__, writes=False)
    if asked is None:
        return 2
    reads = read(asked.labelled, asked.vectors)
    bench = Bench(reads)
    for name in VALUES:
        compare(bench, name)
    compare_loops(bench)
    return 0


if __name__ == "__main__":
    sys.exit(main())
