"""Events that are traced in one go, and stories told in one go, come out as each by itself."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from clusterer import Collection
from clusterer.living import compose
from clusterer.news import Article, Sentences
from clusterer.sources.copies import NEAREST, _of_few, _of_many
from clusterer.sources.genealogy import trace, trace_all
from clusterer.sources.translation import LEAST_SIMILARITY, translation_features
from clusterer.sources.translations import Translations
from clusterer.sources.wording import wording
from tests.origin_material import article

LINES = {
    "ar": ("دوت صفارات الإنذار في حيفا.", "وقال المتحدث إن 14 صاروخا أطلقت.", "لا إصابات."),
    "en": ("Sirens sounded in Haifa.", "14 rockets were fired, he said.", "Nobody was hurt."),
    "fa": ("آژیر خطر در حیفا به صدا درآمد.", "سخنگو گفت ۱۴ راکت شلیک شد.", "تلفات نداشت."),
}
Seeds = st.integers(0, 100_000)


def material(seed: int, count: int) -> tuple[list[Article], Sentences]:
    """Reports in three languages of the same few sentences, and vectors of these."""
    draw, chance = random.Random(seed), np.random.default_rng(seed)
    axes = chance.normal(size=(3, 16))
    articles, rows = [], [np.empty((0, 16))]
    for number in range(count):
        language = draw.choice(sorted(LINES))
        told = [draw.randrange(3) for _ in range(draw.randint(1, 5))]
        text = "\n".join(LINES[language][at] for at in told)
        hour = f"2026-06-01T{draw.randrange(24):02}:00+00:00"
        articles.append(article(f"a{number}", text, language, at=hour))
        rows.append(axes[told] + 0.4 * chance.normal(size=(len(told), 16)))
    vectors = np.concatenate(rows).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    bounds = np.concatenate([[0], np.cumsum([len(a.sentences) for a in articles])])
    return articles, Sentences(vectors, bounds.astype(np.int64))


def part(sentences: Sentences, rows: list[int]) -> Sentences:
    pieces = [sentences.vectors[sentences.bounds[r] : sentences.bounds[r + 1]] for r in rows]
    bounds = np.concatenate([[0], np.cumsum([len(piece) for piece in pieces])]).astype(np.int64)
    return Sentences(np.concatenate(pieces), bounds)


@settings(max_examples=40, deadline=None)
@given(Seeds, st.integers(1, 12))
def test_events_in_company_descend_as_each_alone(seed: int, count: int) -> None:
    articles, sentences = material(seed, count)
    draw = random.Random(seed)
    events = [draw.sample(range(count), draw.randint(1, count)) for _ in range(4)]
    known = Translations()
    alone = [trace([articles[r] for r in rows], part(sentences, rows)) for rows in events]
    assert trace_all(articles, sentences, events, range(count), known) == alone
    assert trace_all(articles, sentences, events, range(count), known) == alone  # remembered


def total(similarity: NDArray[np.float64]) -> float:
    """Of the best monotone alignment, cell by cell (Needleman and Wunsch 1970, no penalty)."""
    best = np.zeros((similarity.shape[0] + 1, similarity.shape[1] + 1))
    for i, row in enumerate(similarity - LEAST_SIMILARITY, 1):
        for j, gain in enumerate(row, 1):
            best[i, j] = max(best[i - 1, j], best[i, j - 1], best[i - 1, j - 1] + gain)
    return float(best[-1, -1])


@settings(max_examples=40, deadline=None)
@given(Seeds)
def test_texts_are_aligned_as_well_as_can_be_in_any_company(seed: int) -> None:
    sentences = material(seed, 8)[1]
    left, right = (side.ravel() for side in np.meshgrid(range(8), range(8)))
    left, right = left[left < right], right[left < right]
    nothing = [(frozenset[str](), frozenset[str]())] * len(left)
    signs = translation_features(sentences, left, right, nothing)
    for at, (one, other) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        here = slice(at, at + 1)
        alone = translation_features(sentences, left[here], right[here], nothing[:1])
        assert alone.tobytes() == signs[at].tobytes()
        mine, theirs = (part(sentences, [row]).vectors for row in (one, other))
        shorter = min(len(mine), len(theirs))
        pairs = round(float(np.expm1(signs[at, 1])))
        found = signs[at, 0] * shorter - pairs * LEAST_SIMILARITY
        assert found == pytest.approx(total(mine.astype(np.float64) @ theirs.T), abs=1e-5)


@settings(max_examples=40, deadline=None)
@given(Seeds, st.integers(2, NEAREST + 1))
def test_few_texts_are_compared_as_many_are(seed: int, count: int) -> None:
    draw = random.Random(seed)
    words = [f"word{k}" for k in range(15)]
    texts = [" ".join(draw.sample(words, draw.randint(1, 12))) for _ in range(count)]
    told = [wording(article(f"a{k}", text, "en")) for k, text in enumerate(texts)]
    assert sorted(_of_few(told)) == sorted(_of_many(told))


def told_in_parts(size: int, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(compose, "TOGETHER", size)
    collection = Collection("hash:")
    collection.add(material(3, 60)[0])
    assert {len(story.articles) > 1 for story in collection.stories} == {False, True}
    return collection.result().to_json()


def test_how_many_stories_are_told_in_one_go_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert told_in_parts(1, monkeypatch) == told_in_parts(1000, monkeypatch)


def test_a_collection_in_memory_lets_go_of_what_only_a_store_keeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = material(5, 8)[0]
    sizes = {}
    for name, collection in (
        ("memory", Collection("hash:")),
        ("store", Collection.open(tmp_path / "stories.db", encoder="hash:")),
    ):
        journal = collection._keeper.journal
        commit = journal.commit

        def committed(step: Any, name: str = name, commit: Any = commit) -> None:
            sizes[name] = [len(arrival.vectors) for arrival in step.came]
            commit(step)

        monkeypatch.setattr(journal, "commit", committed)
        collection.add(articles)
        collection.close()
    assert sizes["memory"] == [0] * 8
    in_order = sorted(articles, key=compose.founder_key)
    assert sizes["store"] == [len(one.sentences) for one in in_order]
    with Collection.open(tmp_path / "stories.db", encoder="hash:") as again:
        assert len(again) == 8
        assert not again.problems()
