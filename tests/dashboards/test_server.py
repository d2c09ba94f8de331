"""The interface over HTTP: filters, pages, tags, changes, and who is let in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import jsonschema
import pytest
from fastapi.testclient import TestClient
from newsstand import article, fair, hostile, origin, paper, story

from clusterer.errors import ClustererError, InputError
from clusterer.web import FixedSource, models
from clusterer.web.app import create_app, serve
from clusterer.web.gate import Guard
from clusterer.web.source import STORY_CHANGES
from clusterer.writing.contract import schema

HOME = "http://localhost"


def client(contract: dict[str, Any] | None = None, **guard: Any) -> TestClient:
    app = create_app(FixedSource(contract or fair()), Guard(**guard))
    return TestClient(app, base_url=HOME)


def many(count: int) -> dict[str, Any]:
    """Stories of one to three articles, an hour apart, some without a time."""
    stories = []
    for number in range(count):
        hour = datetime(2025, 4, 1) + timedelta(hours=number)
        at = None if number % 7 == 6 else f"{hour:%Y-%m-%dT%H:00:00Z}"
        language, outlet = ("fa", "ar", "en")[number % 3], f"outlet {number % 5}"
        articles = [
            article(f"{number}-{part}.txt", f"story {number}", "words", language, outlet, at)
            for part in range(1 + number % 3)
        ]
        stories.append(story(f"s-{number:04}", articles, origin()))
    return paper(stories)


def walk(reader: TestClient, **asked: Any) -> list[str]:
    """Ids of all stories, page after page."""
    found: list[str] = []
    cursor = None
    while True:
        told = reader.get("/v1/stories", params={**asked, **({"cursor": cursor} if cursor else {})})
        assert told.status_code == 200, told.text
        page = models.StoryPage.model_validate_json(told.content)
        found += [item.id for item in page.stories]
        cursor = page.next_page_cursor
        if cursor is None:
            assert page.total_hits == len(found)
            return found


@pytest.mark.parametrize("sort", ["last_seen", "first_seen", "article_count"])
@pytest.mark.parametrize("order", ["desc", "asc"])
def test_pages_tell_every_story_once_in_order(sort: str, order: str) -> None:
    contract = many(100)
    found = walk(client(contract), sort=sort, order=order, page_size=7)
    known = [item for item in contract["stories"] if item[sort] is not None]
    unknown = [item["id"] for item in contract["stories"] if item[sort] is None]
    by = sorted(known, key=lambda item: item["id"])
    by = sorted(by, key=lambda item: item[sort], reverse=order == "desc")
    assert found == [item["id"] for item in by] + unknown


def test_filters() -> None:
    contract = many(60)
    reader = client(contract)
    wanted: list[tuple[dict[str, Any], Callable[[dict[str, Any]], bool]]] = [
        ({"lang": "fa"}, lambda item: "fa" in item["languages"]),
        ({"lang": ["fa", "ar"]}, lambda item: "en" not in item["languages"]),
        ({"outlet": "outlet 3"}, lambda item: item["articles"][0]["outlet"] == "outlet 3"),
        ({"min_size": 2, "max_size": 2}, lambda item: item["article_count"] == 2),
        (
            {"from": "2025-04-02T00:00:00Z", "to": "2025-04-02T05:00"},
            lambda item: "2025-04-02T00" <= (item["first_seen"] or "") < "2025-04-02T05",
        ),
        ({"q": "STORY 17"}, lambda item: item["title"] in ("story 17",)),
        ({"lang": "xx"}, lambda item: False),
    ]
    for asked, fits in wanted:
        assert set(walk(reader, **asked)) == {i["id"] for i in contract["stories"] if fits(i)}


def test_words_are_found_in_any_spelling() -> None:
    # Arabic kaf and yeh for the Persian letters, and no half-space.
    assert walk(client(), q="بهره‌برداري") == ["s-dam"]
    assert walk(client(), agency="reuters") == ["s-dam"]


def test_a_cursor_of_another_query_is_refused() -> None:
    reader = client(many(10))
    cursor = reader.get("/v1/stories?page_size=2").json()["next_page_cursor"]
    for told in (f"{cursor}x", "!!", "e30", "bnVsbA", "WzEsMiwzLDRd"):
        assert reader.get("/v1/stories", params={"cursor": told}).status_code == 409
    assert reader.get(f"/v1/stories?sort=article_count&cursor={cursor}").status_code == 409


def test_a_story_satisfies_the_contract_and_has_no_texts() -> None:
    told = client().get("/v1/stories/s-dam").json()
    nouns = {**schema(), "$ref": "#/$defs/story"}
    for key in ("type", "properties", "required", "additionalProperties"):
        nouns.pop(key, None)
    jsonschema.validate(told, nouns)
    assert not [item for item in told["articles"] if "text" in item]


def test_article_by_id_with_its_text() -> None:
    told = client().get("/v1/article", params={"id": "en/dam.txt#2"}).json()
    assert told["story"] == "s-dam"
    assert told["text"].startswith("Minister opens")


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/v1", models.About),
        ("/v1/stories", models.StoryPage),
        ("/v1/stories/s-dam/lineage", models.Lineage),
        ("/v1/stories/s-dam/timeline", models.Timeline),
        ("/v1/stories/s-dam/reasons", models.Reasons),
        ("/v1/agencies", models.Agencies),
        ("/health", models.Health),
    ],
)
@pytest.mark.parametrize(
    "contract", [fair(), hostile(), paper([])], ids=["fair", "hostile", "none"]
)
def test_answers_are_what_the_description_says(
    path: str, model: type[models.Answer], contract: dict[str, Any]
) -> None:
    told = client(contract).get(path)
    if told.status_code == 404 and contract["stories"] != fair()["stories"]:
        return
    assert told.status_code == 200, told.text
    model.model_validate_json(told.content)


def test_agencies_are_named_in_the_interface_language() -> None:
    told = client().get("/v1/agencies?interface=fa").json()["agencies"]
    assert told == [{"id": "reuters", "name": "رویترز", "story_count": 1, "origin_count": 1}]


def test_what_the_reader_has_is_not_sent_again() -> None:
    reader = client()
    for path in ("/v1/stories", "/v1/stories/s-dam", "/v1", "/"):
        first = reader.get(path)
        again = reader.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_long_answers_are_packed() -> None:
    told = client(many(60)).get("/v1/stories", headers={"Accept-Encoding": "gzip"})
    assert told.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("path", ["/v1/stories/nobody", "/v1/article?id=nobody", "/v1/nowhere"])
def test_what_is_not_there_is_a_problem_document(path: str) -> None:
    told = client().get(path)
    assert told.status_code == 404
    assert told.headers["content-type"] == "application/problem+json"
    models.Problem.model_validate_json(told.content)


def test_wrong_parameters_name_themselves() -> None:
    told = client().get("/v1/stories?page_size=0&from=yesterday")
    assert told.status_code == 422
    assert "page_size" in told.json()["detail"]


def test_abilities_that_the_source_lacks_are_not_found() -> None:
    reader = client()
    assert not any(reader.get("/v1").json()["abilities"].values())
    assert reader.get("/v1/changes").status_code == 404
    assert reader.get("/v1/stories?threshold=0.5").status_code == 404
    assert reader.post("/v1/search", json={"text": "words"}).status_code == 404


def test_strangers_without_the_token_see_no_data() -> None:
    reader = client(token="secret")
    for path in ("/v1/stories", "/v1", "/openapi.json", "/metrics", "/v1/article?id=x"):
        assert reader.get(path).status_code == 401
        assert reader.get(path, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert reader.get("/").status_code == 200
    assert reader.get("/health").status_code == 200
    assert reader.get("/v1", headers={"Authorization": "Bearer secret"}).status_code == 200


def test_another_host_name_is_not_answered() -> None:
    assert client().get("/v1", headers={"Host": "evil.example"}).status_code == 400
    for host in ("127.0.0.1:8000", "[::1]:80", "LOCALHOST"):
        assert client().get("/v1", headers={"Host": host}).status_code == 200


def test_other_sites_may_read_only_when_asked() -> None:
    asked = {"Origin": "https://desk.example"}
    assert "access-control-allow-origin" not in client().get("/v1", headers=asked).headers
    allowed = client(origins=("https://desk.example",)).get("/v1", headers=asked)
    assert allowed.headers["access-control-allow-origin"] == "https://desk.example"


def test_large_bodies_and_bursts_are_refused() -> None:
    reader = client(largest_body=1000, rate=2.0)
    assert reader.post("/v1/search", content=b"x" * 1001).status_code == 413
    codes = [reader.get("/health").status_code for _ in range(5)]
    assert codes.count(429) >= 1


def test_a_body_of_untold_length_is_counted() -> None:
    def endless() -> Any:
        yield from (b'{"text": "', *[b"x" * 500] * 10, b'"}')

    assert client(largest_body=1000).post("/v1/search", content=endless()).status_code == 413


def test_every_answer_carries_the_policy() -> None:
    reader = client()
    for path in ("/", "/v1", "/v1/nowhere", "/health"):
        told = reader.get(path)
        assert "default-src 'none'" in told.headers["content-security-policy"]
        assert told.headers["x-content-type-options"] == "nosniff"


def test_metrics_count_by_route_not_by_id() -> None:
    reader = client()
    reader.get("/v1/stories/s-dam")
    reader.get("/v1/stories/nobody")
    told = reader.get("/metrics").text
    assert 'route="/v1/stories/{story_id}",status="200"} 1.0' in told
    assert "clusterer_articles 5.0" in told
    assert "nobody" not in told


def test_hostile_words_travel_as_data() -> None:
    contract = hostile()
    reader = client(contract)
    for item in contract["stories"][:-1]:
        for one in item["articles"]:
            told = reader.get("/v1/article", params={"id": one["id"]})
            assert told.headers["content-type"] == "application/json"
            assert told.json()["title"] == one["title"]


def test_half_of_a_surrogate_pair_breaks_nothing() -> None:
    broken = article("x.txt", "half \ud83d", "of it", "en", None, None)
    told = client(paper([story("s-x", [broken], origin())])).get("/v1/stories")
    assert told.json()["stories"][0]["title"] == "half ?"


def test_exports() -> None:
    reader = client()
    item = reader.get("/v1/stories/s-dam/ninjs").json()
    assert item["standard"]["version"] == "2.1"
    assert [one["uri"] for one in item["infosources"]] == ["urn:clusterer:agency:reuters"]
    told = reader.get("/v1/stories/s-dam/schema-org")
    assert told.headers["content-type"] == "application/ld+json"
    parts = {part["@id"]: part for part in told.json()["hasPart"]}
    copied = parts["urn:clusterer:article:ar%2Fcopy.txt"]
    assert copied["isBasedOn"] == [{"@id": "urn:clusterer:article:ar%2Fdam.txt"}]


def test_a_saved_file_is_a_source(tmp_path: Any) -> None:
    saved = tmp_path / "stories.json"
    saved.write_text(json.dumps(fair()), encoding="utf-8")
    source = FixedSource.load(saved)
    assert (
        TestClient(create_app(source), base_url=HOME).get("/v1/stories").json()["total_hits"] == 2
    )
    for broken in ('{"schema": "other"}', '{"schema": "clusterer.stories/1"}', "[1]", "{"):
        saved.write_text(broken, encoding="utf-8")
        with pytest.raises(InputError, match=re.escape(str(saved))):
            FixedSource.load(saved)


def test_serving_beyond_this_machine_needs_a_token() -> None:
    with pytest.raises(ClustererError, match="token"):
        serve(FixedSource(fair()), "0.0.0.0", 8000)


class Desk(FixedSource):
    """A source with every ability, over stories that the test puts in by hand."""

    def __init__(self) -> None:
        super().__init__(fair())
        self.log: list[dict[str, Any]] = []
        self.bonds: list[tuple[str, str, str]] = []

    def search(self, text: str, limit: int) -> Sequence[dict[str, Any]]:
        return [{"story": "s-dam", "article": "fa/dam.txt", "similarity": 0.9}][:limit]

    def recut(self, threshold: float) -> dict[str, Any]:
        stories = fair()["stories"] if threshold <= 0.5 else fair()["stories"][:1]
        return paper(stories)

    def doubtful(self, limit: int) -> Sequence[dict[str, Any]]:
        pair = {"left": "fa/dam.txt", "right": "ru/bridge.txt"}
        return [{**pair, "probability": 0.5, "together": False}]

    def link(self, bond: str, left: str, right: str) -> None:
        if left == "nobody":
            raise KeyError(left)
        self.bonds.append((bond, left, right))
        self.version = f"{len(self.bonds)}"
        self.log.append(change(len(self.bonds), grown=["s-dam"]))

    def changes(self, since: int, limit: int) -> Sequence[dict[str, Any]]:
        return [item for item in self.log if item["sequence"] > since][:limit]


def change(sequence: int, **what: list[str]) -> dict[str, Any]:
    return {
        "sequence": sequence,
        "at": None,
        "act": "add",
        **{kind: list[str]() for kind in STORY_CHANGES},
        **what,
    }


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def able(desk: Desk) -> TestClient:
    return TestClient(create_app(desk), base_url=HOME)


def test_search_tells_stories(able: TestClient) -> None:
    told = able.post("/v1/search", json={"text": "سد", "limit": 1})
    hits = models.Hits.model_validate_json(told.content)
    assert [hit.story.id for hit in hits.hits] == ["s-dam"]


def test_another_line_is_a_parameter_and_changes_nothing_for_others(able: TestClient) -> None:
    assert able.get("/v1/stories?threshold=0.9").json()["total_hits"] == 1
    assert able.get("/v1/stories/s-bridge?threshold=0.9").status_code == 404
    assert able.get("/v1/stories").json()["total_hits"] == 2


def test_a_word_on_a_pair_is_kept_and_seen_at_once(able: TestClient, desk: Desk) -> None:
    models.Doubts.model_validate_json(able.get("/v1/doubtful").content)
    said = {"bond": "must", "left": "fa/dam.txt", "right": "ru/bridge.txt"}
    assert able.post("/v1/links", json=said).json() == {"version": "1"}
    assert desk.bonds == [("must", "fa/dam.txt", "ru/bridge.txt")]
    assert able.post("/v1/links", json={**said, "left": "nobody"}).status_code == 404
    assert able.post("/v1/links", json={**said, "right": "fa/dam.txt"}).status_code == 409


def test_a_form_of_another_site_cannot_link(able: TestClient, desk: Desk) -> None:
    body = '{"bond": "must", "left": "a", "right": "b"}'
    told = able.post("/v1/links", content=body, headers={"Content-Type": "text/plain"})
    assert told.status_code == 422
    assert desk.bonds == []


def test_changes_since_a_cursor(able: TestClient, desk: Desk) -> None:
    desk.log = [change(1, new=["s-dam"]), change(2, gone=["s-x"])]
    told = models.Changes.model_validate_json(able.get("/v1/changes?since=1").content)
    assert [item.sequence for item in told.changes] == [2]
    assert told.next_page_cursor == 2
    assert able.get("/v1/changes?since=2&wait=0.3").json() == {
        "next_page_cursor": 2,
        "changes": [],
    }
