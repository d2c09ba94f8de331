"""Where an article has more neighbours than the limit: who is compared, and what is promised."""

from __future__ import annotations

import itertools
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusterer import Collection, Settings
from clusterer.grouping import group
from clusterer.matching.drawing import (
    LEVELS,
    counted,
    depths,
    drawn,
    graded,
    hashes,
    levelled,
    weights,
)
from clusterer.news import Article, Pairs
from tests.newsroom import TOPICS, article, report
from tests.test_living import told

few = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))

# Of many articles that are alike, in two crowds with some others.
crowds = st.lists(
    st.tuples(st.sampled_from([0, 0, 0, 1, 1, 2]), st.integers(0, 11)), min_size=6, max_size=16
).map(lambda told: [report(number, topic, turn) for number, (topic, turn) in enumerate(told)])
limits = st.integers(2, 6)


def collection(most: int, path: Path | None = None) -> Collection:
    chosen = Settings.load(None, max_neighbours=most, candidate_similarity=-1.0)
    if path is None:
        return Collection("hash:", settings=chosen)
    return Collection.open(path, encoder="hash:", settings=chosen)


def pairs(living: Collection) -> set[tuple[str, str, float]]:
    result = living.result()
    assert result.pairs is not None
    sides = zip(*map(np.ndarray.tolist, result.pairs), strict=True)
    return {(result.ids[a], result.ids[b], score) for a, b, score in sides}


@few
@given(crowds, limits, st.randoms(use_true_random=False), st.integers(1, 5))
def test_who_is_compared_does_not_depend_on_who_came_first(
    coming: list[Article], most: int, chance: random.Random, size: int
) -> None:
    whole = collection(most)
    whole.add(coming)
    parts = collection(most)
    shuffled = chance.sample(coming, len(coming))
    for start in range(0, len(coming), size):
        parts.add(shuffled[start : start + size])
    assert pairs(parts) == pairs(whole)
    assert told(parts) == told(whole)
    assert parts.result().limits == whole.result().limits
    assert not parts.problems()


@few
@given(crowds, limits, st.data())
def test_what_came_and_went_leaves_no_trace_in_a_crowd(
    coming: list[Article], most: int, data: st.DataObject
) -> None:
    passing = data.draw(st.sets(st.integers(0, len(coming) - 1), max_size=len(coming) - 1))
    staying = [one for place, one in enumerate(coming) if place not in passing]
    plain, visited = collection(most), collection(most)
    plain.add(staying)
    order = data.draw(st.permutations(coming))
    for one in order:
        visited.add([one])
    first, *others = np.array_split(sorted(passing), 2)
    visited.remove([coming[place].id for place in first.tolist()])
    for one in staying[:3]:
        visited.correct([report(int(one.id[1:]), 3, version=2)])
    visited.correct(staying[:3])
    for part in others:
        visited.remove([coming[place].id for place in part.tolist()])
    assert pairs(visited) == pairs(plain)
    assert told(visited) == told(plain)
    assert visited.result().limits == plain.result().limits
    assert not visited.problems()


def test_a_crowd_that_was_gone_for_a_while_is_counted_whole() -> None:
    coming = [report(number, number % 2, number % 12) for number in range(14)]
    living, plain = collection(4), collection(4)
    living.add(coming[:9])
    living.remove([one.id for one in coming[1:9]])
    living.add(coming[9:12])  # now too few for any to have too many
    living.add(coming[12:])
    plain.add([coming[0], *coming[9:]])
    assert plain.result().limits
    assert pairs(living) == pairs(plain)
    assert told(living) == told(plain)
    assert living.result().limits == plain.result().limits


def test_a_crowd_goes_on_after_a_restart_as_if_there_were_none(tmp_path: Path) -> None:
    coming = [report(number, number % 2, number % 12) for number in range(24)]
    plain = collection(4)
    path = tmp_path / "s.db"
    follower: Collection | None = None
    for start in range(0, 24, 4):
        with collection(4, path) as kept:
            for living in (plain, kept):
                living.add(coming[start : start + 4])
            assert pairs(kept) == pairs(plain)
            if follower is None:
                follower = Collection.open(path, read_only=True)
            follower.refresh()
            assert pairs(follower) == pairs(plain)
            assert told(kept) == told(plain)
    for start in range(0, 20, 5):
        with collection(4, path) as kept:
            for living in (plain, kept):
                living.remove([one.id for one in coming[start : start + 5]])
            assert pairs(kept) == pairs(plain)
            assert told(kept) == told(plain)
            assert kept.result().limits == plain.result().limits
            assert follower is not None
            follower.refresh()
            assert pairs(follower) == pairs(plain)
        assert Collection.check(path) == ()
    assert follower is not None
    follower.close()


def test_pairs_that_come_and_go_lie_in_a_store_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clusterer.living.ties.WAITING", 0)
    monkeypatch.setattr("clusterer.living.ties.SHARE", 0)
    coming = [report(number, 0, number % 12) for number in range(16)]
    path = tmp_path / "s.db"
    with collection(3, path) as kept:
        kept.add(coming[:8])
        for _ in range(3):
            for one in coming[8:]:
                kept.add([one])
            kept.remove([one.id for one in coming[8:]])
    with closing(sqlite3.connect(path)) as base:
        stored = [row for (row,) in base.execute("SELECT others FROM pairs")]
    assert stored
    for others in stored:
        keys = np.frombuffer(others, "<i8").tolist()
        assert len(keys) == len(set(keys))


def test_a_tidied_crowd_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clusterer.living.shelf.CLUTTER", 0)
    coming = [report(number, number % 2, number % 12) for number in range(20)]
    living, plain = collection(3), collection(3)
    living.add(coming)
    living.remove([one.id for one in coming[:12]])
    living.add(coming[:4])
    plain.add([*coming[:4], *coming[12:]])
    assert pairs(living) == pairs(plain)
    assert told(living) == told(plain)


def test_no_one_has_many_more_pairs_than_the_limit_and_the_nearest_are_among_them() -> None:
    coming = [
        article(f"a{n:03}", TOPICS[0][0], f"{TOPICS[0][1]} Team {n}.", hours=n / 50)
        for n in range(120)
    ]
    living = collection(20)
    living.add(coming)
    shelf = living._keeper.held.shelf
    bounds, _ = shelf.ties.around(np.arange(len(coming)))
    assert np.diff(bounds).mean() <= 2 * 20
    assert np.diff(bounds).mean() >= 10
    assert np.diff(bounds).min() >= 5


def test_luck_halves_with_each_level_and_is_the_same_both_ways() -> None:
    some = hashes([f"article {n}" for n in range(400)])
    one, other = np.triu_indices(400, 1)
    luck = drawn(some[one], some[other])
    assert np.array_equal(luck, drawn(some[other], some[one]))
    for level in range(1, 8):
        assert (luck >= level).mean() == pytest.approx(2.0**-level, rel=0.1)


@given(st.lists(st.lists(st.integers(0, LEVELS - 1), max_size=30), min_size=1), st.integers(1, 9))
def test_a_depth_is_the_least_that_leaves_no_more_than_the_limit(
    levels: list[list[int]], most: int
) -> None:
    rows = np.repeat(np.arange(len(levels)), [len(own) for own in levels])
    flat = np.array(list(itertools.chain(*levels)), np.int8)
    found = depths(counted(rows, flat, len(levels)), most).tolist()
    for own, depth in zip(levels, found, strict=True):
        fits = [k for k in range(LEVELS) if sum(level >= k for level in own) <= most]
        assert depth == min([*fits, LEVELS - 1])


def test_drawn_pairs_stand_for_those_that_were_not() -> None:
    """The mean over a part of the pairs, weighed, is that over all: one event stays one."""
    count, most = 600, 20
    chance = np.random.default_rng(2)
    ids = [f"{n:04}" for n in range(count)]
    left, right = np.triu_indices(count, 1)
    cosine = chance.uniform(0.5, 0.7, len(left)).astype(np.float32)
    score = chance.uniform(0.05, 0.6, len(left)).astype(np.float32)
    some = hashes(ids)
    grade = graded(cosine)
    level = levelled(grade, drawn(some[left], some[right]))
    depth = depths(counted(left, level, count) + counted(right, level, count), most)
    lesser = np.minimum(depth[left], depth[right])
    kept = level >= lesser
    assert kept.sum() <= count * most
    weight = weights(lesser, grade)[kept]
    assert weight.sum() == pytest.approx(len(left), rel=0.1)
    few = Pairs(left[kept].astype(np.int32), right[kept].astype(np.int32), score[kept])
    chosen = Settings.load(None, event_cut=0.2, story_cut=0.1)
    weighed = np.bincount(group(ids, few, chosen, weight=weight).event)
    assert weighed.max() > 0.95 * count
    assert np.bincount(group(ids, few, chosen).event).max() < 0.1 * count
