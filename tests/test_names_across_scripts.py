"""One name in five scripts meets in one key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.text.names import names, skeleton


def keys(text):
    return {key for name in names(text) for key in name.keys}


@pytest.mark.parametrize(
    "spellings",
    [
        "پاکپور باكبور Пакпур Pakpour",
        "پزشکیان بزشكيان Пезешкиан Pezeshkian פזשכיאן",
        "خامنه‌ای خامنئي Хаменеи Khamenei חמינאי",
        "پسکوف بيسكوف Песков Песковым Peskov",
        "گروسی غروسي Гросси Grossi גרוסי",
        "پوتین بوتين Путин Путиным Putin פוטין",
        "ترامپ ترامب ترمب Трамп Трампу Trump טראמפ",
    ],
)
def test_spellings_of_a_name_share_a_key(spellings):
    first, *others = (keys(word) for word in spellings.split())
    common = first.intersection(*others)
    assert common


@pytest.mark.parametrize(
    ("one", "other"),
    [("Krasnodar", "Геленджик"), ("حيفا", "بئر السبع"), ("Erdogan", "الدبيبة")],
)
def test_different_names_do_not_meet(one, other):
    assert not keys(one) & keys(other)


def test_articles_and_particles_are_taken_off():
    assert keys("بالكويت") & keys("الكويت") & keys("Kuwait")
    assert keys("בטהראן") & keys("Tehran")


def test_capitals_tell_names_where_a_script_has_them():
    assert [n.key for n in names("the missile hit Haifa")] == ["XP"]
    assert len(names("الصاروخ أصاب حيفا")) > 1


def test_vowels_and_single_consonants_say_nothing():
    assert names("A I ا و O") == []


@given(st.text())
def test_any_text_is_taken(text):
    for name in names(text):
        assert name.key == name.keys[0]
        assert all(len(key) >= 2 for key in name.keys)


@given(st.text(alphabet="abcdefkmnprstзбпрстаиоуپتثجحدرسشفقکگلمن", min_size=1))
def test_doubling_a_letter_changes_nothing(word):
    assert skeleton("".join(letter * 2 for letter in word if letter not in "st")) == skeleton(
        "".join(letter for letter in word if letter not in "st")
    )
