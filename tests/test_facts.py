"""What is read off an article beside its vectors: numbers, speakers, slots, kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.matching import describe, join, shingles
from clusterer.matching.facts import roundup
from clusterer.matching.keys import Numbering, Table, key, packed
from clusterer.matching.speakers import speaker
from clusterer.matching.wordsets import Texts, keys_of
from clusterer.text.script import fold_text
from tests.matching_material import article


def keys(one, name):
    """The set of that name of one article."""
    return set(getattr(keys_of(Texts.of([one])), name).number.tolist())


def shared(one, other, name):
    return keys(one, name) & keys(other, name)


def slots(text):
    one = article("a", text)
    return set.union(*(keys(one, name) for name in ("places", "actors", "acts")))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("US deaths rise to four", "en"), ("سنتکام: ۴ سرباز کشته شدند", "fa")),
        (("число погибших возросло до четырех", "ru"), ("مقتل أربعة جنود", "ar")),
        (("1,200 prisoners", "en"), ("1200 أسير", "ar")),
        (("اطلاعیه شماره ۱۱", "fa"), ("البيان رقم 11", "ar")),
    ],
)
def test_numbers_meet_in_words_and_digits(one, other):
    a, b = (article("a", text, language=language) for text, language in (one, other))
    assert shared(a, b, "numbers")


def test_clock_times_are_no_counts():
    a, b = article("a", "Sirens at 14:00 in Haifa"), article("b", "Sirens at 15:30 in Haifa")
    assert not shared(a, b, "clocks")
    assert not keys(a, "numbers")


@pytest.mark.parametrize(
    ("head", "who"),
    [
        ("ترامپ: توافق با ایران خوب است", "ترامپ"),
        ("لاريجاني: لن نتفاوض مع أمريكا", "لاريجاني"),
        ("Хегсет заявил, что войск США в Иране нет", "Хегсет"),
        ("Araghchi says no talks are planned", "Araghchi"),
        ("اردوغان خواستار آتش‌بس شد", "اردوغان"),
    ],
)
def test_a_headline_tells_who_speaks(head, who):
    assert who in speaker(head)


def test_nobody_speaks():
    assert speaker("إسقاط ثلاث طائرات مسيرة فوق مطار أربيل في العراق") == ""


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("صفارات الإنذار تدوي في حيفا", {"sirens", "haifa"}),
        ("אזעקות בחיפה", {"sirens", "haifa"}),
        ("Сирены в Хайфе", {"sirens", "haifa"}),
        ("Sirens in Haifa", {"sirens", "haifa"}),
        ("وزير الدفاع القطري في الدوحة", {"defenceministry", "qatar"}),
        ("تماس تلفنی پوتین با امیر قطر", {"call", "putin", "qatar"}),
        ("Kremlin spokesman Peskov", {"kremlin", "peskov"}),
    ],
)
def test_slots_are_named_in_every_language(text, ids):
    assert set(map(key, ids)) <= slots(text)


def test_a_stem_is_not_found_inside_other_words():
    assert key("usa") not in slots("the Omaniya business usage muscle")


def test_words_of_one_slot_are_not_taken_from_two_texts():
    assert key("newyork") in slots("in New York"), "the table has it"
    both = [article("a", "Something new"), article("b", "York said no")]
    for name in ("places", "actors", "acts", "head_slots"):
        together = getattr(keys_of(Texts.of(both)), name)
        alone = [(k, each) for k, one in enumerate(both) for each in sorted(keys(one, name))]
        assert list(zip(together.text.tolist(), together.number.tolist(), strict=True)) == alone


def test_roundups_announce_themselves():
    assert roundup(fold_text("Iran war live updates: what we know so far"), "en") == 1.0
    assert roundup(fold_text("Qatar halts gas production"), "en") == 0.0


def test_batches_join_to_what_they_are_together():
    articles = [article(str(k), f"Haifa {k} missiles", hours=k) for k in range(4)]
    whole, joined = describe(articles), join([describe(articles[:1]), describe(articles[1:])])
    for one, other in zip(whole, joined, strict=True):
        difference = one != other
        assert not (difference.nnz if hasattr(difference, "nnz") else difference.any())


@given(st.lists(st.lists(st.text("abاب😀\ud800", min_size=1, max_size=99), max_size=5)))
def test_runs_of_words_have_the_keys_of_their_words_in_a_row(texts):
    words = Numbering()
    said = words.said(texts).told(Table.of(packed([shingles.spelled(word)]) for word in words))
    runs = shingles.runs(said)
    spelled = [
        (k, key(f"{a} {b} {c}"))
        for k, text in enumerate(texts)
        for a, b, c in zip(text, text[1:], text[2:], strict=False)
    ]
    assert list(zip(runs.text.tolist(), runs.number.tolist(), strict=True)) == spelled


def test_an_empty_batch_has_facts():
    assert len(describe([]).at) == 0
