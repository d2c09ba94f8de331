"""What grew row by row is what was made at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clusterer.living.growing import Column, FactsByRow
from clusterer.matching import Facts, describe
from clusterer.news import Article
from tests.newsroom import report

ARTICLES = [report(number, number % 5, number % 7) for number in range(12)]
WHOLE = describe(ARTICLES)


@given(st.lists(st.integers(0, 30), max_size=8))
def test_a_column_holds_what_was_put(sizes: list[int]) -> None:
    column = Column(np.float32, 2)
    parts = [np.full((size, 2), turn, np.float32) for turn, size in enumerate(sizes)]
    for part in parts:
        column.extend(part)
    assert np.array_equal(column.all, np.concatenate([np.empty((0, 2), np.float32), *parts]))
    assert len(column) == sum(sizes)


@given(st.lists(st.lists(st.integers(0, 11), min_size=1, max_size=6), min_size=1, max_size=5))
def test_facts_are_those_of_one_description_and_made_once(asked: list[list[int]]) -> None:
    described: list[str] = []

    def noted(articles: Sequence[Article]) -> Facts:
        described.extend(article.id for article in articles)
        return describe(articles)

    facts = FactsByRow(noted)
    for rows in asked:
        found, wanted = facts.take(np.array(rows), ARTICLES), WHOLE.take(np.array(rows))
        for part, right in zip(found, wanted, strict=True):
            if isinstance(part, np.ndarray):
                assert np.array_equal(part, right, equal_nan=part.dtype.kind == "f")
            else:
                assert (part != right).nnz == 0
    assert len(described) == len(set(described))
