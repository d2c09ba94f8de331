"""The measures agree with examples worked out by hand and with scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, average_precision_score

from benchmarks import metrics

labels = st.lists(st.integers(0, 4), min_size=2, max_size=30).map(np.array)


def test_b_cubed_by_hand():
    score = metrics.b_cubed(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]))
    assert score.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert score.recall == pytest.approx((1 + 1 + 1 / 2 + 1 / 2) / 4)


@given(labels)
def test_a_partition_agrees_with_itself(true):
    assert metrics.b_cubed(true, true).f1 == pytest.approx(1)
    assert metrics.adjusted_rand(true, true) == pytest.approx(1)


@given(labels, st.randoms(use_true_random=False))
def test_adjusted_rand_is_scikit_learns(true, random):
    found = np.array([random.randrange(3) for _ in true])
    assert metrics.adjusted_rand(found, true) == pytest.approx(adjusted_rand_score(true, found))


@given(st.lists(st.tuples(st.integers(0, 1000), st.booleans()), min_size=1, max_size=40))
def test_average_precision_is_scikit_learns(rows):
    score = np.array([value + k / 100 for k, (value, _) in enumerate(rows)])
    true = np.array([is_true for _, is_true in rows])
    if true.any():
        mine = metrics.average_precision(score, true)
        assert mine == pytest.approx(average_precision_score(true, score))


def test_a_missed_pair_costs_recall():
    score, true = np.array([0.9, 0.8, 0.1]), np.array([True, True, False])
    assert metrics.best_threshold(score, true)[1].f1 == pytest.approx(1)
    assert metrics.best_threshold(score, true, missed=2) == (
        0.8,
        metrics.Score(1.0, 0.5, pytest.approx(2 / 3)),
    )


def test_multi_item_rows():
    assert metrics.multi_item(np.array([3, 1, 3, 2])).tolist() == [True, False, True, False]


def test_pairs_stay_inside_windows():
    left, right = metrics.all_pairs(4, np.array([0, 1, 0, 1]))
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == [(0, 2), (1, 3)]


def test_an_interval_holds_the_figure():
    groups = np.arange(50)
    low, high = metrics.bootstrap(lambda rows: float(rows.mean()), groups)
    assert low < groups.mean() < high
