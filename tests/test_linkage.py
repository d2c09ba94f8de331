"""A linkage that is kept says after any changes what one that starts anew says."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clusterer.grouping import Near
from clusterer.grouping.linkage import Linkage, Story

COUNT = 14
Edges = dict[tuple[int, int], tuple[float, float]]
Partition = set[frozenset[frozenset[int]]]

every = [(a, b) for a in range(COUNT) for b in range(a + 1, COUNT)]
# few values: many groups are equally well supported, and order must not decide
coarse = st.sampled_from([0.125, 0.25, 0.375, 0.5, 0.75])
fine = st.integers(1, 255).map(lambda value: value / 256)
weights = st.sampled_from([1.0, 1.0, 2.0, 8.0])


@st.composite
def edges(draw: Callable[..., object]) -> Edges:
    values = draw(st.sampled_from([coarse, fine]))
    dense = draw(st.sampled_from([8, 20, 60]))
    kept = st.lists(st.sampled_from(every), unique=True, max_size=dense)
    return {pair: (draw(values), draw(weights)) for pair in draw(kept)}  # type: ignore


links = st.lists(st.sampled_from(every), max_size=3)
rows = st.sets(st.integers(0, COUNT - 1), max_size=8)
changes = st.lists(st.tuples(rows, rows, links, links), min_size=1, max_size=6)


def near(edges: Edges, here: set[int]) -> Callable[[np.ndarray], Near]:
    def ask(asked: np.ndarray) -> Near:
        found = [
            [
                (b if a == row else a, *value)
                for (a, b), value in edges.items()
                if row in (a, b) and {a, b} <= here
            ]
            for row in asked.tolist()
        ]
        flat = np.array([one for part in found for one in part], np.float64).reshape(-1, 3)
        bounds = np.concatenate([[0], np.cumsum([len(part) for part in found])]).astype(np.int64)
        return Near(
            bounds,
            flat[:, 0].astype(np.int64),
            flat[:, 1].astype(np.float32),
            flat[:, 2].astype(np.float32),
        )

    return ask


def partition(stories: list[Story]) -> Partition:
    return {frozenset(frozenset(event) for event in story) for story in stories}


def names(rows: set[int]) -> dict[int, str]:
    """Names in another order than rows."""
    return {row: f"{row * 5 % COUNT:02}" for row in rows}


@given(edges(), changes, st.sampled_from([(0.5, 0.2), (0.25, 0.25), (0.4, 0.0625)]))
def test_any_changes_end_where_a_new_one_begins(
    told: Edges, acts: list[tuple[set[int], set[int], object, object]], cuts: tuple[float, float]
) -> None:
    kept, here = Linkage(*cuts), set[int]()
    state: dict[int, frozenset[frozenset[int]]] = {}
    for coming, going, must, cannot in acts:
        gone = going & here
        fresh = coming - (here - gone)
        back = fresh & gone  # leaves and comes again: the same row with the same pairs
        gone, here = gone - back, (here - gone) | fresh
        tied, apart = (
            [(a, b) for a, b in said if {a, b} <= here]  # type: ignore[attr-defined]
            for said in (must, cannot)
        )
        stories = partition(kept.update(gone, names(fresh), near(told, here), tied, apart))
        for row in gone:
            state.pop(row)
        touched = {row for story in stories for event in story for row in event}
        assert fresh <= touched
        for story in list(state.values()):
            members = {row for event in story for row in event}
            assert members <= touched | gone or not members & (touched | gone)
        for story in stories:
            state.update((row, story) for event in story for row in event)
        anew = Linkage(*cuts).update((), names(here), near(told, here), tied, apart)
        assert set(state.values()) == partition(anew)
        assert len(kept) == len(here)


def test_what_is_far_from_a_change_is_let_be() -> None:
    told = {(0, 1): (0.9, 1.0), (2, 3): (0.9, 1.0), (1, 2): (0.01, 1.0), (3, 4): (0.9, 1.0)}
    kept = Linkage(0.5, 0.2)
    kept.update((), names({0, 1, 2, 3}), near(told, {0, 1, 2, 3}))
    asked: list[int] = []

    def watched(rows: np.ndarray) -> Near:
        asked.extend(rows.tolist())
        return near(told, {0, 1, 2, 3, 4})(rows)

    assert partition(kept.update((), names({4}), watched)) == {
        frozenset({frozenset({3, 4}), frozenset({2})})
    }
    assert not {0, 1} & set(asked)
