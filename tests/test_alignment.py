"""Sentences find their best partners, the same way from both sides."""

import numpy as np
import pytest

from clusterer.matching import centre, explain
from clusterer.matching.alignment import MOST, NAMES, align, summarise
from clusterer.news import Sentences
from tests.matching_material import vectors


def all_pairs(n):
    return tuple(part.astype(np.int32) for part in np.triu_indices(n, 1))


def plain(left, right, sentences):
    crowd = np.zeros((len(sentences.vectors), 1), np.float32)
    return align(left, right, sentences, crowd, np.zeros(len(sentences.bounds) - 1, np.int64))


def test_summaries_by_hand():
    cosine = np.array([[[0.9, 0.1], [0.2, 0.4], [0.0, 0.3]]], np.float32)
    told = dict(zip(NAMES, summarise(cosine.transpose(1, 2, 0))[:, 0].tolist(), strict=True))
    assert told == pytest.approx(
        {
            "head_head": 0.9,
            "head_any_low": 0.9,
            "head_any_high": 0.9,
            "lead_low": (0.9 + 0.4 + 0.3) / 3,
            "lead_high": (0.9 + 0.4) / 2,
            "cover_low": (0.9 + 0.4 + 0.3) / 3,
            "cover_high": (0.9 + 0.4) / 2,
            "best": 0.9,
            "worst": 0.3,
        }
    )


def test_the_best_pair_is_told():
    sentences = vectors([3, 4])
    mine, theirs, best = explain(*all_pairs(2), sentences)
    cosine = sentences.vectors[:3] @ sentences.vectors[3:].T
    assert best[0] == pytest.approx(cosine.max())
    assert (mine[0], theirs[0]) == np.unravel_index(cosine.argmax(), cosine.shape)


def test_only_the_first_sentences_take_part():
    sentences = vectors([MOST + 5, MOST + 5])
    mine, theirs, _ = explain(*all_pairs(2), sentences)
    assert mine[0] < MOST
    assert theirs[0] < MOST


def test_an_article_without_sentences_has_no_alignment():
    left, right = all_pairs(3)
    table = plain(left, right, vectors([2, 0, 1]))
    assert np.isnan(table[[0, 2]]).all()
    assert not np.isnan(table[1]).any()


def test_swapping_the_sides_changes_not_a_bit():
    sentences = vectors([1, 3, 3, 8, 12, 2, 5], 384)
    left, right = all_pairs(7)
    assert (plain(left, right, sentences) == plain(right, left, sentences)).all()


def test_a_pair_does_not_know_its_company():
    sentences = vectors([1, 3, 3, 8, 12, 2, 5, 3, 3], 384)
    left, right = all_pairs(9)
    together = plain(left, right, sentences)
    for k in range(len(left)):
        alone = plain(left[k : k + 1], right[k : k + 1], sentences)
        assert (alone[0] == together[k]).all()


def test_an_encoder_without_reference_is_used_as_it_is(caplog):
    sentences = vectors([1, 2])
    same = centre(sentences, np.array(["fa", "xx"]), "hash:unseen@0")
    assert (same.vectors == sentences.vectors.astype(np.float16)).all()  # what a shelf can keep
    assert "no reference" in caplog.text


def test_language_means_are_removed():
    sentences = vectors([4, 4], 384)
    centred = centre(sentences, np.array(["fa", "tlh"]), "packaged@0")
    assert np.linalg.norm(centred.vectors, axis=1) == pytest.approx(1, abs=1e-3)
    assert (centred.vectors == centred.vectors.astype(np.float16)).all()
    assert not np.allclose(centred.vectors[:4], sentences.vectors[:4], atol=1e-3)
    assert isinstance(centred, Sentences)
