"""Candidates are complete: every pair above a threshold inside the window, however it arrives."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.matching import candidates
from clusterer.matching.index import documents, headlines
from clusterer.news import Sentences
from clusterer.settings import Settings
from tests.matching_material import timed, vectors

WIDE = Settings.load(candidate_hours=48.0, candidate_similarity=0.2, candidate_headline=0.3)


def keys(pairs):
    return set(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))


def by_hand(sentences, hours, spread, told):
    whole, heads = documents(sentences), headlines(sentences)
    found = set()
    for a in range(len(hours)):
        for b in range(a + 1, len(hours)):
            near = hours[a] is None or hours[b] is None
            if not near:
                near = abs(hours[a] - hours[b]) - spread[a] - spread[b] <= told.candidate_hours
            alike = whole[a] @ whole[b] >= told.candidate_similarity
            if near and (alike or heads[a] @ heads[b] >= told.candidate_headline):
                found.add((a, b))
    return found


@st.composite
def batches(draw):
    n = draw(st.integers(2, 25))
    times = st.one_of(st.none(), st.integers(-200, 200).map(float))
    hours = draw(st.lists(times, min_size=n, max_size=n))
    spread = draw(st.lists(st.sampled_from([0.0, 1.0, 12.0, 400.0]), min_size=n, max_size=n))
    counts = draw(st.lists(st.integers(0, 4), min_size=n, max_size=n))
    return vectors(counts, 6, draw(st.integers(0, 9))), hours, spread


@settings(deadline=None, max_examples=60)
@given(batches())
def test_exactly_the_pairs_of_a_full_comparison(batch):
    sentences, hours, spread = batch
    pairs = candidates(sentences, timed(hours, spread), WIDE)
    assert keys(pairs) == by_hand(sentences, hours, spread, WIDE)
    assert (pairs.left < pairs.right).all()
    order = np.lexsort((pairs.right, pairs.left))
    assert (order == np.arange(len(order))).all()


@settings(deadline=None, max_examples=60)
@given(batches(), st.data())
def test_adding_in_steps_finds_the_same_pairs(batch, data):
    sentences, hours, spread = batch
    n = len(hours)
    cut = data.draw(st.integers(1, n))
    facts = timed(hours, spread)
    whole = candidates(sentences, facts, WIDE)
    first = np.arange(cut)
    part = Sentences(sentences.vectors[: sentences.bounds[cut]], sentences.bounds[: cut + 1])
    before = candidates(part, facts.take(first), WIDE)
    after = candidates(sentences, facts, WIDE, new=np.arange(n) >= cut)
    assert keys(before) | keys(after) == keys(whole)
    assert not keys(before) & keys(after)


def test_an_unknown_time_is_near_to_everything():
    sentences = Sentences(np.tile(np.eye(1, 4, dtype=np.float32), (3, 1)), np.arange(4))
    pairs = candidates(sentences, timed([None, 0.0, 9000.0]), WIDE)
    assert keys(pairs) == {(0, 1), (0, 2)}


def test_a_day_known_by_its_date_reaches_further():
    sentences = Sentences(np.tile(np.eye(1, 4, dtype=np.float32), (2, 1)), np.arange(3))
    assert keys(candidates(sentences, timed([0.0, 60.0]), WIDE)) == set()
    assert keys(candidates(sentences, timed([0.0, 60.0], [12.0, 0.0]), WIDE)) == {(0, 1)}


def test_nothing_to_compare():
    empty = Sentences(np.empty((0, 4), np.float32), np.zeros(1, np.int64))
    assert len(candidates(empty, timed([]), WIDE).left) == 0
    silent = Sentences(np.empty((0, 4), np.float32), np.zeros(3, np.int64))
    assert len(candidates(silent, timed([0.0, 0.0]), WIDE).left) == 0
