"""Ties say the same as a plain list of pairs, however they came and whatever went."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import clusterer.living.ties
from clusterer.living.ties import Drawn, Ties
from clusterer.news import Pairs

COUNT = 8
Plain = dict[tuple[int, int], float]

edges = st.dictionaries(
    st.tuples(st.integers(0, COUNT - 1), st.integers(0, COUNT - 1)).filter(lambda e: e[0] < e[1]),
    st.sampled_from([0.125, 0.25, 0.5, 0.75]),
)
some_rows = st.sets(st.integers(0, COUNT - 1)).map(sorted)


def as_pairs(edges: Plain) -> Pairs:
    left, right = np.array(list(edges), np.int32).reshape(-1, 2).T
    return Pairs(left, right, np.array(list(edges.values()), np.float32))


def grown(edges: Plain, gone: list[int], batch: int) -> tuple[Ties, Plain]:
    """Ties made batch by batch with ``gone`` dropped at the end, and what should be left."""
    ties, items = Ties(), list(edges.items())
    for start in range(0, len(items), batch):
        ties.tie(Drawn.always(as_pairs(dict(items[start : start + batch]))))
    ties.drop(np.array(gone, np.int64))
    return ties, {pair: score for pair, score in edges.items() if not set(pair) & set(gone)}


@pytest.fixture(params=[0, 6, 4096], autouse=True, scope="module")
def waiting(request: pytest.FixtureRequest) -> object:
    before = clusterer.living.ties.WAITING
    clusterer.living.ties.WAITING = request.param
    yield
    clusterer.living.ties.WAITING = before


@given(edges, some_rows, st.integers(1, 5))
def test_of_and_pairs(edges: Plain, gone: list[int], batch: int) -> None:
    ties, left = grown(edges, gone, batch)
    for row in range(COUNT):
        mine = {(b if a == row else a): s for (a, b), s in left.items() if row in (a, b)}
        assert ties.of(row) == sorted(mine.items())
    told = ties.pairs
    assert {(a, b): s for a, b, s in zip(*map(np.ndarray.tolist, told), strict=True)} == left


@given(edges, some_rows, some_rows, st.sampled_from([0.25, 0.5]), st.integers(1, 5))
def test_reach_is_the_union_of_components(
    edges: Plain, gone: list[int], asked: list[int], least: float, batch: int
) -> None:
    ties, left = grown(edges, gone, batch)
    asked = [row for row in asked if row not in gone]
    links = [(0, COUNT - 1)] if not {0, COUNT - 1} & set(gone) else []
    reached = set(asked)
    while True:
        strong = [pair for pair, score in left.items() if score >= least] + links
        more = {row for pair in strong for row in pair if reached & set(pair)} - reached
        if not more:
            break
        reached |= more
    assert ties.reach(np.array(asked, np.int64), least, links).tolist() == sorted(reached)


@given(edges, some_rows, st.permutations(range(COUNT)), st.integers(1, 5))
def test_around_tells_the_pairs_of_each_row_asked_for(
    edges: Plain, gone: list[int], order: list[int], batch: int
) -> None:
    ties, left = grown(edges, gone, batch)
    rows = order[: COUNT // 2]
    bounds, found = ties.around(np.array(rows, np.int64))
    assert len(bounds) == len(rows) + 1
    for place, row in enumerate(rows):
        part = slice(bounds[place], bounds[place + 1])
        mine = {(b if a == row else a): s for (a, b), s in left.items() if row in (a, b)}
        assert set(found.left[part].tolist()) <= {row}
        told = zip(found.right[part].tolist(), found.score[part].tolist(), strict=True)
        assert dict(told) == mine
        assert bounds[place + 1] - bounds[place] == len(mine)


@given(edges, some_rows, some_rows.filter(bool), st.sets(st.integers(0, COUNT - 1)))
def test_reach_stops_at_what_is_known(
    edges: Plain, gone: list[int], asked: list[int], known: set[int]
) -> None:
    ties, left = grown(edges, gone, 3)
    rows = np.array([row for row in asked if row not in gone], np.int64)
    walked, edge = set(rows.tolist()), set(rows.tolist())
    while edge:
        edge = {r for pair in left for r in pair if edge & set(pair)} - walked - known
        walked |= edge
    assert ties.reach(rows, 0.0, known=known).tolist() == sorted(walked)


@given(edges, some_rows, st.permutations(range(COUNT)), st.integers(1, 5))
def test_among_renumbers(edges: Plain, gone: list[int], order: list[int], batch: int) -> None:
    ties, left = grown(edges, gone, batch)
    rows = order[: COUNT // 2]
    place = {row: k for k, row in enumerate(rows)}
    wanted = sorted(
        (*sorted((place[a], place[b])), s)
        for (a, b), s in left.items()
        if a in place and b in place
    )
    told = ties.among(np.array(rows, np.int64))
    assert list(zip(*map(np.ndarray.tolist, told), strict=True)) == wanted


levels = st.lists(st.integers(0, 5), min_size=COUNT, max_size=COUNT)


@given(edges, st.randoms(use_true_random=False), st.lists(levels, min_size=1, max_size=3))
def test_a_pair_is_there_while_it_reaches_the_lesser_depth(
    edges: Plain, chance: random.Random, depths: list[list[int]]
) -> None:
    ties = Ties()
    pairs = as_pairs(edges)
    level = np.array([chance.randrange(6) for _ in edges], np.int8)
    grade = np.array([chance.randrange(6) for _ in edges], np.int8)
    ties.tie(Drawn(*pairs, level, grade))
    for row, depth in enumerate(max(column) for column in zip(*depths, strict=True)):
        ties.deepen(np.array([row]), np.array([depth], np.int8))
    deepest = [max(column) for column in zip(*depths, strict=True)]
    wanted = {
        pair: score
        for (pair, score), own in zip(edges.items(), level.tolist(), strict=True)
        if own >= min(deepest[row] for row in pair)
    }
    for rows in (list(range(COUNT)), [3, 1, 6]):
        _, found = ties.around(np.array(rows))
        told = set(zip(found.left.tolist(), found.right.tolist(), strict=True))
        assert told == {(a, b) for pair in wanted for a, b in (pair, pair[::-1]) if a in rows}
    assert len(ties.pairs.left) == len(wanted)
    both = ties.drawn_among(np.arange(COUNT))
    whole = dict(zip(edges, zip(level.tolist(), grade.tolist(), strict=True), strict=True))
    for a, b, _, own, near in zip(*map(np.ndarray.tolist, both), strict=True):
        assert whole[a, b] == (own, near)
