"""Every limit on what is taken bites where it says, and the result says that it did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema

from clusterer import Collection, Settings, cluster
from clusterer.result import Result
from clusterer.writing.contract import schema
from tests.newsroom import article


def told(tmp_path: Path, records: list[dict[str, Any]], **overrides: int) -> Result:
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    (tmp_path / "in.jsonl").write_text(lines, "utf-8")
    settings = Settings.load(None, **overrides)
    result = cluster(tmp_path / "in.jsonl", encoder="hash:", settings=settings)
    jsonschema.validate(result.to_dict(), schema())
    return result


def reached(result: Result) -> dict[str, tuple[int, int]]:
    return {one.setting: (one.bitten, one.most) for one in result.limits}


def record(number: int, *body: str) -> dict[str, Any]:
    text = " ".join(body) or f"Rescue teams reached village number {number} after the flood."
    return {"id": f"a{number:04}", "title": f"Flood reaches village {number}", "text": text}


def test_nothing_is_told_where_nothing_bites(tmp_path: Path) -> None:
    result = told(tmp_path, [record(1), record(2)])
    assert result.limits == ()
    assert "limits" not in result.to_dict()


def test_sentences_of_an_article(tmp_path: Path) -> None:
    many = " ".join(f"Village number {n} was reached by the rescue teams." for n in range(40))
    result = told(tmp_path, [record(1, many), record(2)], max_sentences=10)
    assert reached(result) == {"max_sentences": (1, 41)}
    assert len(result.articles["a0001"].sentences) == 10
    assert many in result.articles["a0001"].text


def test_words_without_end(tmp_path: Path) -> None:
    packed = "x" * 3_000
    body = ("The flood came at night.", packed + " and more.", "All are safe, the mayor said.")
    result = told(tmp_path, [record(1, *body)], max_word_chars=200)
    assert reached(result) == {"max_word_chars": (1, 3_000)}
    (one,) = result.articles.values()
    said = [span.of(one.text) for span in one.sentences]
    assert said[1:] == ["The flood came at night.", "All are safe, the mayor said."]


def test_an_article_of_one_endless_word_is_still_an_article(tmp_path: Path) -> None:
    result = told(tmp_path, [{"id": "a", "text": "x" * 5_000}])
    assert reached(result) == {"max_word_chars": (1, 5_000)}
    assert len(result.articles["a"].sentences) == 1


def test_credits_of_an_article(tmp_path: Path) -> None:
    lines = [f"The mayor told the newspaper Morning Herald {n}." for n in range(8)]
    names = ["Reuters", "TASS", "Anadolu", "AFP", "Xinhua", "IRNA", "Mehr News Agency", "KCNA"]
    body = [f"{line} This was reported by {name}." for line, name in zip(lines, names, strict=True)]
    free = told(tmp_path, [record(1, *body)])
    many = len(free.credits["a0001"])
    assert many > 3
    result = told(tmp_path, [record(1, *body)], max_credits=3)
    assert reached(result) == {"max_credits": (1, many)}
    assert result.credits["a0001"] == free.credits["a0001"][:3]


def test_sources_far_down_a_long_article(tmp_path: Path) -> None:
    body = "The flood came at night and left at noon. " * 40 + "This was reported by Reuters."
    result = told(tmp_path, [record(1, body)], max_credit_chars=1_000)
    (one,) = result.limits
    assert (one.setting, one.bitten) == ("max_credit_chars", 1)


def test_articles_of_a_page(tmp_path: Path) -> None:
    seed = (Path(__file__).parent.parent / "seeds" / "002_17b01c5e88c50eb0.txt").read_text("utf-8")
    (tmp_path / "page.txt").write_text(seed, "utf-8")
    settings = Settings.load(None, max_page_articles=1)
    result = cluster(tmp_path / "page.txt", encoder="hash:", settings=settings)
    assert reached(result) == {"max_page_articles": (1, 2)}
    assert list(result.articles) == ["page.txt"]


def test_copies_of_one_text_are_counted_and_the_flood_is_rejected(tmp_path: Path) -> None:
    copy = {"title": "Flood reaches the village", "text": "Rescue teams came at night."}
    flood = [{"id": f"c{n:03}", "outlet": f"Outlet {n}", **copy} for n in range(30)]
    result = told(tmp_path, [record(1), *flood], max_copies=20)
    assert len(result.articles) == 21
    assert len(result.rejected) == 10
    assert {one.why for one in result.rejected} == {"more than 20 articles say these very words"}
    assert {one.page for one in result.rejected} | result.articles.keys() == {
        "a0001",
        *(f"c{n:03}" for n in range(30)),
    }
    assert max(result.stories, key=lambda s: len(s.articles)).independent_source_count <= 2


def test_a_flood_that_comes_drop_by_drop(tmp_path: Path) -> None:
    settings = Settings.load(None, max_copies=3)
    with Collection.open(tmp_path / "s.db", encoder="hash:", settings=settings) as collection:
        for n in range(5):
            collection.add([article(f"a{n}", "Flood reaches the village", "All are safe.")])
        collection.add([article("b", "Flood leaves the village", "All are safe.")])
        assert len(collection) == 4
        collection.add([article("a0", "Flood reaches the village", "All are safe.", hours=3.0)])
        assert len(collection) == 4
        collection.remove(["a1"])
        collection.add([article("a4", "Flood reaches the village", "All are safe.")])
        assert sorted(collection.result().articles) == ["a0", "a2", "a4", "b"]
        assert collection.problems() == ()


def test_a_crowd_is_told_kept_and_one_event(tmp_path: Path) -> None:
    coming = [
        article(f"a{n:03}", "Flood reaches the village", f"Team {n} came at night.", hours=n / 10)
        for n in range(60)
    ]
    settings = Settings.load(None, max_neighbours=30)
    path = tmp_path / "s.db"
    with Collection.open(path, encoder="hash:", settings=settings) as collection:
        collection.add(coming)
        (one,) = collection.result().limits
        assert (one.setting, one.value, one.bitten, one.most) == ("max_neighbours", 30, 60, 59)
        assert len(collection.result().events) == 1
    with Collection.open(path, read_only=True) as again:
        assert again.result().limits == (one,)
        assert again.problems() == ()
        again_told = again.result().to_json()
    batch = Collection("hash:", settings=settings)
    batch.add(reversed(coming))
    assert batch.result().to_json() == again_told
