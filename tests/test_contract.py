"""The contract clusterer.stories/1 is what the schema says, and repeats itself byte for byte."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from clusterer import Result, cluster
from clusterer.news import Rejected
from clusterer.writing.contract import schema
from tests.conftest import SEEDS


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("texts", [False, True])
def test_output_satisfies_the_schema(seeds: Result, texts: bool) -> None:
    jsonschema.Draft202012Validator(schema()).validate(json.loads(seeds.to_json(texts=texts)))


def test_counts_are_those_of_the_lists(seeds: Result) -> None:
    told = seeds.to_dict()
    assert told["counts"] == {
        "pages": 5,
        "articles": sum(story["article_count"] for story in told["stories"]),
        "events": sum(len(story["events"]) for story in told["stories"]),
        "stories": len(told["stories"]),
        "rejected": len(told["rejected"]),
    }


def test_words_are_at_their_spans(seeds: Result) -> None:
    for story in seeds.to_dict(texts=True)["stories"]:
        texts = {article["id"]: article["text"] for article in story["articles"]}
        for article in story["articles"]:
            for credit in article["credits"]:
                start, end = credit["span"]
                assert article["text"][start:end] == credit["words"]
            for why in article["why"]:
                assert why["mine"] in article["text"]
                assert why["theirs"] in texts[why["article"]]
        for event in story["events"]:
            for item in event["origin"]["evidence"]:
                start, end = item["span"]
                assert texts[item["article"]][start:end] == item["words"]


def test_tiers_are_nested(seeds: Result) -> None:
    for story in seeds.to_dict()["stories"]:
        events = [event["articles"] for event in story["events"]]
        assert sorted(id for ids in events for id in ids) == sorted(
            article["id"] for article in story["articles"]
        )
        event_of = {id: event["id"] for event in story["events"] for id in event["articles"]}
        group_of = {}
        for article in story["articles"]:
            assert article["event"] == event_of[article["id"]]
            group_of.setdefault(article["copy_group"], set()).add(article["event"])
        assert all(len(of) == 1 for group, of in group_of.items() if group is not None)


def test_same_bytes_again_and_in_another_order(seeds: Result, tmp_path: Path) -> None:
    copies = sorted(SEEDS.glob("*.txt"), reverse=True)
    for page in copies:
        shutil.copy(page, tmp_path / page.name)
    shuffled = cluster([tmp_path / page.name for page in copies])
    straight = cluster(tmp_path)
    assert shuffled.to_json() == straight.to_json()
    assert json.loads(straight.to_json())["stories"] == json.loads(seeds.to_json())["stories"]


def test_gold_beside_the_pages_is_told_and_not_taken_for_news(seeds: Result) -> None:
    assert [item.page for item in seeds.rejected] == ["gold.json"]
    assert isinstance(seeds.rejected[0], Rejected)
