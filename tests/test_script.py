"""The normal form for matching: what it unifies, that it is stable, that it finds its way back."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clusterer.text.script import BREAK, fold, fold_all, fold_text, fold_texts

anything = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("ابپتيىئكةآأـًّٰ‌‏۱٣ﷲﻻİıßẞéе́ёЁ각ᄀ ᅡᆨが…ﬁ½ͅᾳ\n\t\u00a0«»״"),
    )
)

_VOID = ("Cn", "Co", "Cs")


@given(anything)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold_text(text)
    assert fold_text(once) == once


@given(anything)
def test_both_doors_lead_to_the_same_form(text: str) -> None:
    assert fold(text).text == fold_text(text)


@given(st.lists(st.one_of(anything, st.just(BREAK))))
@example(["\u0651", "a"])  # nothing but a mark
def test_many_texts_fold_together_as_they_do_alone(texts: list[str]) -> None:
    assert fold_texts(texts) == list(map(fold_text, texts))
    for one, other in zip(fold_all(texts), map(fold, texts), strict=True):
        assert one.text == other.text
        assert one.offsets.tolist() == other.offsets.tolist()
        assert one.ends.tolist() == other.ends.tolist()


@given(anything)
@example("\u0651")
def test_offsets_rise_and_stay_inside(text: str) -> None:
    folded = fold(text)
    assert len(folded.offsets) == len(folded.text) + 1
    assert len(folded.ends) == len(folded.text)
    offsets = folded.offsets.tolist()
    assert offsets == sorted(offsets)
    assert offsets[-1] == len(text)
    for at in range(len(folded.text)):
        start, end = folded.span(at, at + 1)
        assert 0 <= start < end <= len(text)


@given(anything)
def test_the_way_back_holds_the_folded_character(text: str) -> None:
    folded = fold(text)
    for at, letter in enumerate(folded.text):
        assert letter in fold_text(folded.span(at, at + 1).of(text))


@given(anything, anything)
def test_pieces_fold_like_the_whole_across_a_line_feed(left: str, right: str) -> None:
    assert fold_text(f"{left}\n{right}") == f"{fold_text(left)}\n{fold_text(right)}"


@given(anything)
def test_canonical_equals_fold_equal(text: str) -> None:
    composed = fold_text(unicodedata.normalize("NFC", text))
    assert composed == fold_text(unicodedata.normalize("NFD", text))


def test_every_assigned_character_is_stable() -> None:
    points = (chr(point) for point in range(sys.maxunicode + 1))
    lines = "\n".join(letter for letter in points if unicodedata.category(letter) not in _VOID)
    once = fold_text(lines)
    assert fold_text(once) == once


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("كتاب", "کتاب"),
        ("می‌شود", "میشود"),
        ("الأناضول", "الاناضول"),
        ("وكالةُ الأنباءِ", "وکاله الانباء"),
        ("جمهوری‌هـــای ۱۴۰۴", "جمهوریهای 1404"),
        ("٢٦ أبريل", "26 ابریل"),
        ("رئیس", "رییس"),
        ("ANADOLU AJANSI", "Anadolu Ajansı"),
        ("İstanbul", "istanbul"),
        ("Ёнхап", "ЕНХАП"),
        ("«ТАСС»", '"тасс"'),
        ("צה״ל", 'צה"ל'),
        ("שָׁלוֹם", "שלום"),
        ("Rûdaw", "RUDAW"),
        ("a\u00a0b", "a b"),
        ("الله", "ﷲ"),
        ("2023–24", "2023-24"),
    ],
)
def test_what_a_reader_takes_for_the_same(left: str, right: str) -> None:
    assert fold_text(left) == fold_text(right)


@pytest.mark.parametrize(
    ("left", "right"), [("ایرنا", "ایسنا"), ("سنا", "سبا"), ("がく", "かく"), ("по", "про")]
)
def test_what_a_reader_tells_apart(left: str, right: str) -> None:
    assert fold_text(left) != fold_text(right)


def test_a_span_covers_marks_but_not_joiners() -> None:
    text = "وَكَالَةُ\u200c خبر"
    folded = fold(text)
    at = folded.text.index("وکاله")
    assert folded.span(at, at + 5).of(text) == "وَكَالَةُ"
