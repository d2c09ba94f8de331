"""A pair's score is a fact about the pair: the same alone, in company, and from both sides."""

import json

import numpy as np
import pytest

from benchmarks.gate import fallen
from clusterer.matching import candidates, describe, score
from clusterer.matching.features import FEATURES, features
from clusterer.matching.reference import load_reference
from clusterer.matching.scorer import load_scorer, take
from clusterer.news import Pairs, Sentences
from clusterer.settings import Settings
from tests.matching_material import article, vectors

ENCODER = "packaged@test"
ALL = Settings.load(pair_floor=0.0, candidate_similarity=-1.0)

TEXTS = [
    ("en", "Trump: the deal with Iran will be signed tomorrow", 1.0),
    ("fa", "ترامپ: توافق با ایران فردا امضا خواهد شد", 1.1),
    ("ar", "صفارات الإنذار تدوي في حيفا", 3.0),
    ("he", "אזעקות בחיפה ובקריות", 3.1),
    ("ru", "Хегсет заявил, что войск США в Иране нет", 5.0),
    ("en", "Roundup: what we know on day three", None),
]


@pytest.fixture(scope="module")
def batch():
    articles = [
        article(f"a{k}", text, "It was said on Monday.", language=language, hours=hours)
        for k, (language, text, hours) in enumerate(TEXTS)
    ]
    return describe(articles), vectors([2] * len(articles), 384)


def test_a_score_does_not_know_its_company(batch):
    facts, sentences = batch
    pairs = candidates(sentences, facts, ALL)
    together = score(pairs, sentences, facts, ENCODER, ALL)
    for k in range(len(pairs.left)):
        rows = np.array([pairs.left[k], pairs.right[k]])
        two = Pairs(np.zeros(1, np.int32), np.ones(1, np.int32), pairs.score[k : k + 1])
        alone = score(two, take(sentences, rows), facts.take(rows), ENCODER, ALL)
        assert alone.score[0] == together.score[k]
        turned = score(two, take(sentences, rows[::-1]), facts.take(rows[::-1]), ENCODER, ALL)
        assert turned.score[0] == together.score[k]


def test_scores_are_probabilities_and_the_hopeless_are_dropped(batch):
    facts, sentences = batch
    pairs = candidates(sentences, facts, ALL)
    every = score(pairs, sentences, facts, ENCODER, ALL)
    assert ((every.score > 0) & (every.score < 1)).all()
    assert len(every.score) == len(pairs.score)
    middle = float(np.median(every.score))
    upper = score(pairs, sentences, facts, ENCODER, Settings.load(pair_floor=middle))
    assert upper.score.tolist() == every.score[every.score >= np.float32(middle)].tolist()


def test_the_same_text_nearby_is_the_same_event_and_another_city_is_not():
    same = [
        article("a", "Sirens sound in Haifa after rocket fire", hours=1.0, outlet="A"),
        article("b", "Sirens sound in Haifa after rocket fire", hours=1.1, outlet="B"),
        article("c", "Sirens sound in Eilat after rocket fire", hours=1.1, outlet="C"),
    ]
    one = vectors([1], 384).vectors
    sentences = Sentences(np.repeat(one, 3, axis=0), np.arange(4))
    pairs = Pairs(np.array([0, 0], np.int32), np.array([1, 2], np.int32), np.zeros(2, np.float32))
    told = score(pairs, sentences, describe(same), ENCODER, ALL).score
    assert told[0] > 0.5
    assert told[1] < told[0]


def test_an_encoder_of_ones_own_gets_the_generic_scorer(batch, caplog):
    facts, sentences = batch
    load_scorer.cache_clear()
    pairs = candidates(sentences, facts, ALL)
    told = score(pairs, sentences, facts, "hash:@0", ALL).score
    assert ((told > 0) & (told < 1)).all()
    assert "generic" in caplog.text


@pytest.mark.parametrize("name", ["news", "packaged"])
def test_what_ships_fits_together(name):
    reference = load_reference(f"{name}@0")
    assert reference is not None
    assert reference.means.shape == (len(reference.languages), 384)
    assert reference.sample.shape[0] == len(reference.sampled)
    assert len(load_scorer(f"{name}@0").weight) == len(FEATURES)


def test_columns_are_named_one_by_one(batch):
    facts, sentences = batch
    left, right = (part.astype(np.int32) for part in np.triu_indices(len(TEXTS), 1))
    table = features(left, right, sentences, facts, ENCODER)
    assert table.shape == (len(left), len(FEATURES))
    assert len(set(FEATURES)) == len(FEATURES)
    assert table.dtype == np.float32


def test_the_gate_sees_what_fell():
    floors = json.loads('{"set": {"f1": 0.5, "wrong": {"at_most": 0.1}, "corpus": "abc"}}')
    assert fallen(floors, {"set": {"f1": 0.6, "wrong": 0.05, "corpus": "abc"}}) == []
    lines = fallen(floors, {"set": {"f1": 0.4, "wrong": 0.2, "corpus": "xyz"}})
    assert len(lines) == 3
    assert len(fallen(floors, {})) == 3


def test_networks_add_up_row_by_row_whatever_the_number_of_rows():
    chance = np.random.default_rng(5)
    scorer = load_scorer("no such encoder")
    rows = chance.normal(0.0, 1.5, (1300, len(FEATURES))).astype(np.float32)
    together = scorer.network.log_odds(rows)
    for size in (1, 7, 513):
        for start in range(0, 1300, 431):
            part = scorer.network.log_odds(rows[start : start + size])
            assert np.array_equal(part, together[start : start + size])
    wide = [part.astype(np.float64) for part in scorer.network]
    for row, told in zip(rows[:20].astype(np.float64), together, strict=False):
        odds = []
        for first, first_bias, second, second_bias, last, bias in zip(*wide, strict=True):
            inner = np.maximum(first_bias + row @ first, 0)
            odds.append(np.maximum(second_bias + inner @ second, 0) @ last + bias)
        assert told == pytest.approx(np.mean(odds), abs=1e-5)


def test_a_forest_read_at_once_says_what_walking_down_says() -> None:
    chance = np.random.default_rng(5)
    forest = load_scorer("no such encoder").forest
    table = chance.normal(0.5, 1, (700, len(FEATURES))).astype(np.float32)
    table[chance.random(table.shape) < 0.2] = np.nan
    walked = np.full(len(table), forest.base)
    rows = np.arange(len(table))
    for root in forest.roots:
        node = np.full(len(table), root, np.int32)
        while (forest.left[node] != node).any():
            value = table[rows, forest.feature[node]]
            low = (value <= forest.threshold[node]) | (np.isnan(value) & forest.missing[node])
            node = np.where(low, forest.left[node], forest.right[node])
        walked += forest.value[node]
    assert np.array_equal(forest.log_odds(table), walked)
