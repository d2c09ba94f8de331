"""The first look: a table that says which pairs are worth scoring, of each pair alone."""

from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.matching import candidates, load_glance
from clusterer.matching.glance import Glance, read_glance, written
from clusterer.matching.index import batch_of, cosines, gap, headlines
from clusterer.matching.nearby import Limits
from clusterer.matching.shelves import Shelves
from clusterer.settings import Settings
from tests.matching_material import timed, vectors

TABLE = files("clusterer.data").joinpath("matching/glance-news.csv").read_text("utf-8")
SHIPPED = read_glance(TABLE.splitlines())
WIDE = Settings.load(candidate_hours=400.0, candidate_similarity=-0.5, candidate_headline=-0.5)
cosine = st.floats(-1, 1, width=32)
hours = st.one_of(st.just(float("nan")), st.floats(0, 200))


@st.composite
def glances(draw):
    least = np.array(
        draw(st.lists(st.lists(cosine, min_size=4, max_size=4), min_size=4, max_size=4))
    )
    least = np.minimum.accumulate(least, axis=1).astype(np.float32)
    return Glance(np.array([2.0, 50.0]), np.array([-0.2, 0.0, 0.2, 0.4], np.float32), least)


def one(glance, document, headline, hours):
    told = glance.admits(
        np.array([document], np.float32), np.array([headline], np.float32), np.array([hours])
    )
    return bool(told[0])


@settings(deadline=None, max_examples=50)
@given(glances(), st.integers(0, 9), st.lists(hours, min_size=12, max_size=12))
def test_candidates_are_those_that_the_table_admits(glance, seed, at):
    sentences = vectors([1, 2, 3, 0, 1, 2, 3, 1, 2, 3, 1, 2], 6, seed)
    facts = timed([None if np.isnan(h) else h for h in at])
    every = candidates(sentences, facts, WIDE)
    some = candidates(sentences, facts, WIDE, glance=glance)
    heads = headlines(sentences)
    headline = cosines(heads, every.left, heads, every.right)
    keep = glance.admits(every.score, headline, gap(facts, every.left, every.right))
    assert some.left.tolist() == every.left[keep].tolist()
    assert some.right.tolist() == every.right[keep].tolist()
    off = replace(WIDE, first_look=0)
    assert len(candidates(sentences, facts, off, glance=glance).left) == len(every.left)


@settings(deadline=None, max_examples=30)
@given(glances(), st.integers(0, 9), st.permutations(range(12)), st.integers(1, 12))
def test_the_order_of_arrival_changes_nothing(glance, seed, order, step):
    sentences, rows = vectors([1] * 12, 6, seed), np.array(order)
    at = np.arange(12) * 7.0
    shelves, found = Shelves(6, glance), set()
    for start in range(0, 12, step):
        new = rows[start : start + step]
        places = np.arange(start, start + len(new))
        part = sentences._replace(vectors=sentences.vectors[new], bounds=np.arange(len(new) + 1))
        batch = batch_of(part, at[new], np.zeros(len(new)))
        shelves.put(places, batch)
        for left, right, _ in shelves.near(places, batch, WIDE):
            ends = rows[left].tolist(), rows[right].tolist()
            found |= {frozenset(pair) for pair in zip(*ends, strict=True)}
    whole = candidates(sentences, timed(at.tolist()), WIDE, glance=glance)
    assert found == {
        frozenset(pair) for pair in zip(whole.left.tolist(), whole.right.tolist(), strict=True)
    }


@given(glances(), cosine, cosine, hours)
def test_no_admitted_pair_is_below_the_floors(glance, document, headline, apart):
    if one(glance, document, headline, apart):
        both = max(np.float32(document), glance.cosines[0]) + np.float32(headline)
        for nearer in (apart, apart / 2):
            least, total = glance.floors(nearer)
            assert document >= least
            assert both >= total - 1e-6


@given(cosine, cosine, hours, cosine, cosine)
def test_what_is_more_alike_or_nearer_is_never_turned_away(document, headline, apart, more, higher):
    if one(SHIPPED, document, headline, apart):
        assert one(SHIPPED, max(document, more), max(headline, higher), apart)
        assert np.isnan(apart) or one(SHIPPED, document, headline, apart / 2)


@pytest.mark.parametrize("apart", [0.0, 5.0, 95.0, 96.0, float("nan")])
def test_near_copies_are_always_scored(apart):
    assert one(SHIPPED, 0.8, 0.7, apart)
    assert one(SHIPPED, 0.7, 0.8, apart)


@given(glances())
def test_a_table_is_read_as_it_was_written(glance):
    again = read_glance(written(glance, "a").splitlines())
    assert np.allclose(again.least, glance.least, atol=6e-4)
    assert again.hours.tolist() == glance.hours.tolist()
    assert written(again, "a") == written(glance, "a")


def test_a_table_serves_the_scorer_that_it_was_drawn_from_alone(monkeypatch):
    load_glance.cache_clear()
    monkeypatch.setattr("clusterer.matching.glance.scorer_mark", lambda id: "another")
    assert load_glance("news@1") is None
    monkeypatch.setattr(
        "clusterer.matching.glance.scorer_mark", lambda id: TABLE.splitlines()[0].split()[-1]
    )
    load_glance.cache_clear()
    assert load_glance("news@1") is not None
    load_glance.cache_clear()


def test_an_encoder_without_a_table_has_every_pair_scored():
    assert load_glance("nobody's encoder") is None
    assert Limits.of(Settings(), None).glance is None
