"""Copies, changed facts, translated copies and direction, on invented texts."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from clusterer.news import Article, Sentences
from clusterer.sources.genealogy import MOST_INFERRED, Genealogy, trace
from clusterer.sources.translation import align
from tests.origin_material import article, blank

ARABIC = (
    "دوت صفارات الإنذار في حيفا خشية تسلل طائرات مسيرة صباح اليوم.\n"
    "وقال المتحدث باسم الجيش إن 14 صاروخا أطلقت من الجنوب نحو المدينة الساحلية.\n"
    "ولم ترد تقارير عن وقوع إصابات حتى ساعة إعداد هذا التقرير."
)
ENGLISH = (
    "Ministers met in Vienna on Monday to discuss the price of grain.\n"
    "The delegations agreed to meet again in October, the chairman said.\n"
    "Exports from Russia fell by 12 percent after the harvest."
)


def family(texts: Sequence[Article]) -> Genealogy:
    return trace(texts, blank(texts))


def same(found: Genealogy, one: str, other: str) -> bool:
    return found.copy_groups[one] == found.copy_groups[other]


def test_a_lightly_edited_text_is_a_copy() -> None:
    edited = ARABIC.replace("صباح اليوم", "صباح هذا اليوم").replace("ولم ترد", "فيما لم ترد")
    found = family([article("a", ARABIC, "ar"), article("b", edited, "ar")])
    assert same(found, "a", "b")
    assert found.independent_source_count == 1


@pytest.mark.parametrize(
    ("text", "language", "was", "now"),
    [
        (ARABIC, "ar", "14 صاروخا", "26 صاروخا"),
        (ARABIC, "ar", "حيفا", "نهاريا"),
        (ARABIC, "ar", "من الجنوب", "من الشمال"),
        (ENGLISH, "en", "12 percent", "21 percent"),
        (ENGLISH, "en", "Russia", "Ukraine"),
        (ENGLISH, "en", "Vienna", "Geneva"),
        (ENGLISH, "en", "October", "December"),
    ],
)
def test_a_text_with_another_number_or_name_is_no_copy(
    text: str, language: str, was: str, now: str
) -> None:
    assert was in text
    other = text.replace(was, now)
    found = family([article("a", text, language), article("b", other, language)])
    assert not same(found, "a", "b")
    assert found.links == ()


def test_a_middleman_does_not_join_what_a_number_keeps_apart() -> None:
    short = "\n".join(ARABIC.split("\n")[::2])
    texts = [ARABIC, ARABIC.replace("14", "26"), short]
    found = family([article(id, text, "ar") for id, text in zip("abc", texts, strict=True)])
    assert not same(found, "a", "b")
    assert found.independent_source_count == 2


def test_an_excerpt_descends_from_the_full_report() -> None:
    full = article("long", ENGLISH + "\nThe talks were the third this year.", "en")
    part = article("part", ENGLISH.split("\n", 1)[0].rstrip("."), "en")
    (link,) = family([part, full]).links
    assert (link.source, link.target, link.kind) == ("long", "part", "copy")
    assert link.confidence <= MOST_INFERRED


def test_a_clock_decides_between_equals_and_its_doubt_silences_it() -> None:
    early = article("x", ENGLISH, "en", at="2025-05-01T08:00:00+00:00")
    late = article("w", ENGLISH, "en", at="2025-05-01T11:00:00+00:00")
    near = article("w", ENGLISH, "en", at="2025-05-01T08:10:00+00:00")
    (link,) = family([late, early]).links
    assert (link.source, link.target) == ("x", "w")
    assert family([near, early]).links == ()
    assert family([near, early]).copy_groups == {"w": "x", "x": "x"}


def test_background_paragraphs_make_no_family() -> None:
    stock = (
        "\nيذكر أن رئيس الأركان أبلغ الرئيس يوم السبت بإتمام تحرير المقاطعة الحدودية كلها وأشاد"
        " بدور القوات التي شاركت في العملية إلى جانب الجيش خلال الأشهر الماضية."
    )
    one = article("a", "شكر الرئيس الجنود على بطولتهم في بيان نشره مكتبه." + stock, "ar")
    other = article("b", "وصف وزير الخارجية المعاهدة بأنها تاريخية ومهمة." + stock, "ar")
    assert not same(family([one, other]), "a", "b")


def rotated(rows: NDArray[np.float32], noise: float, seed: int) -> NDArray[np.float32]:
    moved = rows + noise * np.random.default_rng(seed).normal(size=rows.shape)
    unit: NDArray[np.float32] = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(
        np.float32
    )
    return unit


def units(count: int, seed: int) -> NDArray[np.float32]:
    return rotated(np.zeros((count, 64), np.float32), 1.0, seed)


def bundle(*rows: NDArray[np.float32]) -> Sentences:
    bounds = np.concatenate([[0], np.cumsum([len(part) for part in rows])]).astype(np.int64)
    return Sentences(np.vstack(rows), bounds)


def test_sentence_by_sentence_in_another_language_is_a_translated_copy() -> None:
    told = units(3, 1)
    texts = [
        article("ar", ARABIC, "ar", at="2025-05-01T08:00:00+00:00"),
        article("en", ENGLISH.replace("12", "14"), "en", at="2025-05-01T11:00:00+00:00"),
    ]
    found = trace(texts, bundle(told, rotated(told, 0.06, 2)))
    assert same(found, "ar", "en")
    (link,) = found.links
    assert (link.source, link.target, link.kind) == ("ar", "en", "translation")
    assert link.confidence <= MOST_INFERRED


def test_one_sentence_in_common_is_no_translation() -> None:
    told, other = units(3, 1), units(3, 9)
    other[2] = rotated(told[:1], 0.06, 2)[0]
    texts = [article("ar", ARABIC, "ar"), article("en", ENGLISH, "en")]
    assert trace(texts, bundle(told, other)).independent_source_count == 2


def test_a_habit_of_another_language_betrays_the_parent() -> None:
    told = units(2, 4)
    ar = article(
        "z", "أعرب الوزير عن تقديره للتدريب.\nفي 28 أبريل/ نيسان (الجاري) عادت الأرض.", "ar"
    )
    fa = article(
        "a", "وزیر قدردانی کرد از آموزش.\nدر ۲۸ آوریل/ نیسان (جاری) زمین بازپس گرفته شد.", "fa"
    )
    found = trace([fa, ar], bundle(told, rotated(told, 0.05, 5)))
    assert [(link.source, link.target) for link in found.links] == [("z", "a")]


def test_alignment_is_monotone_and_best() -> None:
    rows = units(4, 7)
    cosines = np.zeros((2, 4, 4))
    cosines[0] = rows @ rows[[0, 2, 1, 3]].T
    found = align(cosines, np.array([4, 0]), np.array([4, 4]))
    assert found.size.tolist() == [3, 0]
    left, right = (side[0, :3][::-1].tolist() for side in (found.left, found.right))
    assert left == sorted(left)
    assert right == sorted(right)
    assert found.similarity[0, :3] == pytest.approx(1.0)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 7))
def test_descent_does_not_depend_on_the_order_of_articles(seed: int, count: int) -> None:
    draw = random.Random(seed)
    pool = [*ARABIC.split("\n"), "بدأ الاجتماع في القاهرة.", "وصل الوفد إلى المطار مساء الأحد."]
    texts = ["\n".join(draw.sample(pool, draw.randint(1, 4))) for _ in range(count)]
    told = [article(f"a{number}", text, "ar") for number, text in enumerate(texts)]
    shuffled = draw.sample(told, len(told))
    first, second = family(told), family(shuffled)
    assert first.copy_groups == second.copy_groups
    assert first.links == second.links
    assert first.independent_source_count == len(set(first.copy_groups.values()))
    assert set(first.copy_groups) == {one.id for one in told}


def test_a_thousand_reprints_are_one_group_in_bounded_time() -> None:
    draw = random.Random(3)
    words = ENGLISH.split()
    texts = []
    for _ in range(1200):
        cut = draw.randint(0, len(words) - 8)
        texts.append(" ".join(words[:cut] + ["indeed"] * draw.randint(0, 3) + words[cut:]))
    told = [article(f"a{number:04}", text, "en") for number, text in enumerate(texts)]
    assert family(told).independent_source_count == 1


def test_latin_names_in_an_arabic_text_do_not_hide_its_own_names() -> None:
    told = ARABIC.replace("وقال المتحدث", "وقال المتحدث لوكالة KCNA")
    other = told.replace("حيفا", "نهاريا")
    assert not same(family([article("a", told, "ar"), article("b", other, "ar")]), "a", "b")


def test_hostile_separators_and_empty_texts_do_no_harm() -> None:
    told = [
        article("a", "x\n\x1f\ny\n\x1f\n" + ENGLISH, "en"),
        article("b", "\x1f", "en"),
        article("c", "...", "en"),
    ]
    assert family(told).independent_source_count >= 2
