"""What is read off an article beside its vectors: numbers, speakers, slots, kind."""

import pytest

from clusterer.matching import describe, join
from clusterer.matching.facts import keys_of, roundup, speaker
from clusterer.matching.slots import slots
from clusterer.text.script import fold_text
from tests.matching_material import article


def shared(one, other, name):
    a, b = keys_of(one), keys_of(other)
    return set(getattr(a, name)) & set(getattr(b, name))


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
    assert not keys_of(a).numbers


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
    assert ids <= {slot.id for slot in slots(fold_text(text))}


def test_a_stem_is_not_found_inside_other_words():
    ids = {slot.id for slot in slots(fold_text("the Omaniya business usage muscle"))}
    assert "usa" not in ids


def test_roundups_announce_themselves():
    assert roundup(article("a", "Iran war live updates: what we know so far")) == 1.0
    assert roundup(article("a", "Qatar halts gas production")) == 0.0


def test_batches_join_to_what_they_are_together():
    articles = [article(str(k), f"Haifa {k} missiles", hours=k) for k in range(4)]
    whole, joined = describe(articles), join([describe(articles[:1]), describe(articles[1:])])
    for one, other in zip(whole, joined, strict=True):
        difference = one != other
        assert not (difference.nnz if hasattr(difference, "nnz") else difference.any())


def test_an_empty_batch_has_facts():
    assert len(describe([]).at) == 0
