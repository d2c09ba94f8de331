"""An origin's explanation: one list of statements, told in three languages."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.news import Issuer, Named, Origin, Quote, Statement
from clusterer.sources.explanation import explain_story
from clusterer.text.explain import explain
from clusterer.writing.told import explanation, explanations
from clusterer.writing.words import LANGUAGES, words

FOUND = Statement(
    "found",
    (Named("reuters", "Reuters"),),
    counts=(2, 3),
    reason="origin",
    quotes=(Quote("fa/a.txt", "به گزارش رویترز"),),
)
RELAYED = Statement("relayed", (Named("mehr", "Mehr"), Named(None, "Desk X")))
IGNORED = Statement("not_counted", quotes=(Quote("b", "AP", "photo"),))


def table(language: str) -> dict[str, Any]:
    place = resources.files("clusterer.data") / "statements" / f"{language}.json"
    told: dict[str, Any] = json.loads(place.read_text("utf-8"))
    return told


def shape(value: Any) -> Any:
    """Keys and gaps of messages, whatever the words; ``…_one`` is a form of its message."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items() if not key.endswith("_one")}
    return sorted(re.findall(r"{\w*}", value))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_message_with_the_same_gaps(language: str) -> None:
    assert shape(table(language)) == shape(table("en"))


def test_an_issuer_of_another_event_is_named_in_the_readers_language() -> None:
    house = Issuer("white-house", "White House", 0.9)
    other = Origin("issuer", None, None, "White House", 0.9, "probable", house)
    (_, told) = explain_story(Origin.undetermined(), [other])
    assert told.names == (Named("white-house", "White House"),)
    assert "White House" not in explain([told], "fa", words("fa").agency_name)


def test_a_sentence_in_three_languages() -> None:
    told = [FOUND, RELAYED, IGNORED]
    assert explain(told) == (
        "Origin: Reuters (not in the collection), to which 2 of 3 separate reports lead: "
        "[\u2068fa/a.txt\u2069] \u2068«به گزارش رویترز»\u2069; "
        "Mehr and Desk X only relayed; not counted: AP (photo credit)."
    )
    assert explain(told, "fa", words("fa").agency_name) == (
        "خاستگاه: رویترز (بیرون از این مجموعه)، که ۲ گزارش از ۳ گزارش جداگانه به آن می‌رسد: "
        "\u2068«به گزارش رویترز»\u2069 [\u2068fa/a.txt\u2069]؛ "
        "مهر و \u2068Desk X\u2069 تنها بازگو کرده‌اند؛ به حساب نیامد: \u2068AP\u2069 (عکس)."
    )
    assert explain(told, "ar", words("ar").agency_name).startswith("المنشأ: رويترز (خارج")


def test_one_who_relayed_is_told_in_the_singular() -> None:
    one = Statement("relayed", RELAYED.names[:1])
    assert explain([one], "fa") == "\u2068Mehr\u2069 تنها بازگو کرده است."


def test_a_story_is_judged_by_its_main_event() -> None:
    told = explain([Statement("main_event"), Statement("undetermined", reason="weak")])
    assert told.startswith("Judged by its main event: Origin undetermined, since only its own")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", [*table("en")["reasons"]])
def test_every_reason_can_be_told(language: str, reason: str) -> None:
    told = [Statement("undetermined", reason=reason)]
    if reason in table(language)["missing"]:
        told.append(Statement("missing", reason=reason))
    assert len(explain(told, language)) > 20


@given(st.text(), st.text(), st.sampled_from(LANGUAGES))
def test_words_of_others_stay_within_their_isolates(name: str, said: str, language: str) -> None:
    """Whatever is quoted, isolates are balanced, nothing overrides, braces are just words."""
    statement = Statement(
        "found", (Named(None, name),), reason="origin", quotes=(Quote(name, said + "\u202e{0}"),)
    )
    told = explain([statement], language)
    assert told.count("\u2068") == told.count("\u2069")
    assert not set(told) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067")
    assert "{0}" in told


def test_a_contract_without_statements_keeps_its_english_sentence() -> None:
    origin = {"explanation": "Two articles name Reuters."}
    assert explanation(origin, {}, words("fa")) == "Two articles name Reuters."
    for broken in ([{"key": "nothing of that name"}], [{}], [3], "x"):
        told = {**origin, "statements": broken}
        assert explanation(told, {}, words("fa")) == "Two articles name Reuters."


def test_articles_are_called_by_their_outlets() -> None:
    article = {"id": "fa/a.txt", "outlet": "mehr", "outlet_name": "Mehr News Agency", "title": "t"}
    quote = {"article": "fa/a.txt", "words": "به گزارش رویترز", "why": ""}
    origin = {
        "explanation": "",
        "statements": [
            {
                "key": "found",
                "reason": "origin",
                "names": [{"id": "reuters", "name": "Reuters"}],
                "quotes": [quote],
            }
        ],
    }
    assert "[\u2068مهر\u2069]" in explanation(origin, {"fa/a.txt": article}, words("fa"))
    story = {"articles": [article], "origin": origin, "events": []}
    assert explanations(story, words("fa")) == ["خاستگاه: رویترز (بیرون از این مجموعه)."]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_issuer_is_told_with_its_words_before_the_doubt(language: str) -> None:
    quote = Quote("a.txt", "وزارت خارجه اعلام کرد")
    one = Statement("issuer", (Named(None, "X"),), reason="nobody_named", quotes=(quote,))
    told = explain([one], language)
    assert (
        told.index("X")
        < told.index(quote.words)
        < told.index(table(language)["reasons"]["nobody_named"])
    )
