"""Pairs become events and stories: average linkage, whatever the order they come in."""

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from clusterer.grouping import group
from clusterer.news import Pairs
from clusterer.settings import Settings

SETTINGS = Settings.load(event_cut=0.5, story_cut=0.2)


def pairs_of(*rows):
    left, right, score = zip(*rows, strict=True) if rows else ((), (), ())
    return Pairs(np.array(left, np.int32), np.array(right, np.int32), np.array(score, np.float32))


def partition(ids, labels):
    found = {}
    for id, label in zip(ids, labels.tolist(), strict=True):
        found.setdefault(label, set()).add(id)
    return {frozenset(cluster) for cluster in found.values()}


@st.composite
def graphs(draw):
    n = draw(st.integers(2, 12))
    every = [(a, b) for a in range(n) for b in range(a + 1, n)]
    kept = draw(st.lists(st.sampled_from(every), unique=True))
    rows = [(a, b, draw(st.integers(1, 63)) / 64) for a, b in kept]
    return n, rows


def test_articles_without_pairs_stay_alone():
    labels = group(["b", "a"], pairs_of(), SETTINGS)
    assert labels.event.tolist() == [1, 0]
    assert labels.story.tolist() == [1, 0]
    assert labels.event.dtype == np.int32


def test_the_cut_is_inclusive():
    ids = ["a", "b"]
    assert group(ids, pairs_of((0, 1, 0.5)), SETTINGS).event.tolist() == [0, 0]
    below = group(ids, pairs_of((0, 1, 0.49)), SETTINGS)
    assert below.event.tolist() == [0, 1]
    assert below.story.tolist() == [0, 0]


def test_one_wrong_edge_does_not_chain_two_events_together():
    cliques = [(a, b, 0.9) for c in (range(4), range(4, 8)) for a in c for b in c if a < b]
    labels = group(list("abcdefgh"), pairs_of(*cliques, (3, 4, 0.8)), SETTINGS)
    assert len(set(labels.event.tolist())) == 2


def test_many_weak_ties_between_large_groups_are_a_strong_one():
    size = 6
    cliques = [
        (a + s, b + s, 0.9) for s in (0, size) for a in range(size) for b in range(a + 1, size)
    ]
    across = [(a, b + size, 0.4) for a in range(size) for b in range(size)]
    ids = [f"{k:02}" for k in range(2 * size)]
    assert set(group(ids, pairs_of(*cliques, *across), SETTINGS).event.tolist()) == {0}
    lone = group(["a", "b"], pairs_of((0, 1, 0.4)), SETTINGS)
    assert lone.event.tolist() == [0, 1]


def test_a_roundup_near_everything_does_not_glue_its_parts():
    edges = [(0, 1, 0.9), (2, 3, 0.9), (0, 4, 0.55), (1, 4, 0.1), (2, 4, 0.55), (3, 4, 0.1)]
    labels = group(list("abcde"), pairs_of(*edges), SETTINGS)
    assert partition("abcde", labels.event) == {frozenset("ab"), frozenset("cd"), frozenset("e")}


@given(graphs())
def test_without_regard_to_size_it_is_average_linkage(graph):
    n, rows = graph
    distance = np.ones((n, n))
    np.fill_diagonal(distance, 0)
    # distinct values: with ties several hierarchies are right
    for k, (a, b, _) in enumerate(rows):
        rows[k] = (a, b, (k + 1) / (len(rows) + 1) + k * k * 1e-5)
        distance[a, b] = distance[b, a] = 1 - np.float32(rows[k][2])
    tree = linkage(squareform(distance), "average")
    ids = [f"{k:02}" for k in range(n)]
    with patch("clusterer.grouping.replay.SIZE", 0.0):
        labels = group(ids, pairs_of(*rows), SETTINGS)
    heights = tree[:, 2]
    for cut, mine in ((0.5, labels.event), (0.2, labels.story)):
        if np.abs(heights - (1 - cut)).min() > 1e-6 and len(set(heights.round(9))) == len(heights):
            assert partition(ids, mine) == partition(ids, fcluster(tree, 1 - cut, "distance"))


@given(graphs(), st.randoms(use_true_random=False))
def test_order_does_not_matter(graph, random):
    n, rows = graph
    ids = [f"{k:02}" for k in range(n)]
    labels = group(ids, pairs_of(*rows), SETTINGS)
    place = list(range(n))
    random.shuffle(place)
    moved = [(place[a], place[b], s) for a, b, s in rows]
    moved = [(min(a, b), max(a, b), s) for a, b, s in moved]
    random.shuffle(moved)
    shuffled = [""] * n
    for row, id in enumerate(ids):
        shuffled[place[row]] = id
    again = group(shuffled, pairs_of(*moved), SETTINGS)
    for mine, theirs in zip(labels, again, strict=True):
        assert mine.tolist() == [int(theirs[place[row]]) for row in range(n)]


@given(graphs())
def test_an_event_lies_inside_one_story(graph):
    n, rows = graph
    labels = group([f"{k:02}" for k in range(n)], pairs_of(*rows), SETTINGS)
    owner = dict(zip(labels.event.tolist(), labels.story.tolist(), strict=True))
    assert all(owner[e] == s for e, s in zip(*map(np.ndarray.tolist, labels), strict=True))


@given(graphs())
def test_components_do_not_touch_each_other(graph):
    n, rows = graph
    ids = [f"{k:02}" for k in range(n)]
    alone = group(ids, pairs_of(*rows), SETTINGS)
    twice = group(
        ids + [f"z{id}" for id in ids],
        pairs_of(*rows, *((a + n, b + n, s) for a, b, s in rows)),
        SETTINGS,
    )
    assert alone.event.tolist() == twice.event[:n].tolist()
    assert partition(ids, alone.story) == partition(ids, twice.story[n:])


@given(graphs(), st.data())
def test_the_user_is_obeyed(graph, data):
    n, rows = graph
    ids = [f"{k:02}" for k in range(n)]
    a, b = data.draw(st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True))
    row = ids.index
    tied = group(ids, pairs_of(*rows), SETTINGS, must=[(a, b)])
    assert tied.event[row(a)] == tied.event[row(b)]
    assert tied.story[row(a)] == tied.story[row(b)]
    parted = group(ids, pairs_of(*rows), SETTINGS, cannot=[(b, a)])
    assert parted.event[row(a)] != parted.event[row(b)]


def test_cannot_wins_over_a_chain_of_musts():
    labels = group(["a", "b", "c"], pairs_of(), SETTINGS, [("a", "b"), ("b", "c")], [("a", "c")])
    assert labels.event[0] != labels.event[2]


def test_parted_articles_may_share_a_story():
    labels = group(["a", "b"], pairs_of((0, 1, 0.9)), SETTINGS, cannot=[("a", "b")])
    assert labels.event.tolist() == [0, 1]
    assert labels.story.tolist() == [0, 0]


def test_links_to_absent_articles_are_passed_over():
    labels = group(["a"], pairs_of(), SETTINGS, must=[("a", "x")], cannot=[("x", "y")])
    assert labels.event.tolist() == [0]


@pytest.mark.parametrize("size", [3000])
def test_a_large_component_is_bounded(size):
    draw = np.random.default_rng(3)
    left = draw.integers(0, size, 60_000)
    right = draw.integers(0, size, 60_000)
    key = np.unique(np.minimum(left, right) * size + np.maximum(left, right))
    left, right = np.divmod(key[key // size != key % size], size)
    score = (draw.random(len(left)) ** 3).astype(np.float32)
    labels = group([f"{k:05}" for k in range(size)], Pairs(left, right, score), SETTINGS)
    assert 1 < len(set(labels.story.tolist())) < len(set(labels.event.tolist())) < size
