"""What was worked out once is not worked out again, and is never told to the wrong reader."""

from __future__ import annotations

import copy
import gzip
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from newsstand import fair
from test_server import HOME, change, many

from clusterer.web import FixedSource, catalogue, kept
from clusterer.web.app import create_app
from clusterer.web.catalogue import Catalogue, Query
from clusterer.web.desk import page
from clusterer.web.kept import Answer, Kept


class Growing(FixedSource):
    """A source whose stories the test takes away and puts back."""

    def __init__(self, contract: dict[str, Any]) -> None:
        super().__init__(contract)
        self.every = list(contract["stories"])
        self.told = 0

    def show(self, *places: int) -> None:
        stories = [self.every[place] for place in places]
        self._contract = {**self._contract, "stories": stories}
        self.version = f"{self.version}+"

    def contract(self) -> Any:
        self.told += 1
        return super().contract()


@pytest.mark.parametrize("asked", [Query(), Query(words="story 3"), Query(sort="article_count")])
def test_a_catalogue_made_from_the_one_before_is_the_same_as_a_new_one(asked: Query) -> None:
    contract = many(40)
    before = Catalogue(contract, "1")
    stories = [copy.deepcopy(item) for item in contract["stories"][:3]]
    for item in stories:
        item["title"] = "story 3 retold"
    now = {**contract, "stories": [*contract["stories"][10:], *stories]}
    assert page(Catalogue(now, "2", before), asked) == page(Catalogue(now, "2"), asked)
    for kind in ("languages", "outlets"):
        assert Catalogue(now, "2", before).facets()[kind] == Catalogue(now, "2").facets()[kind]


def test_only_stories_told_anew_are_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    contract = many(20)
    before = Catalogue(contract, "1")
    worked: list[str] = []
    made = catalogue.line_of

    def counted(story: Any) -> Any:
        worked.append(story["id"])
        return made(story)

    monkeypatch.setattr(catalogue, "line_of", counted)
    stories = [{**contract["stories"][7]}, *contract["stories"][8:]]
    Catalogue({**contract, "stories": stories}, "2", before)
    assert worked == ["s-0007"]


def test_an_answer_is_made_once_for_each_version(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Growing(fair())
    asked: list[str] = []
    find = Catalogue.find

    def counted(self: Catalogue, query: Query) -> Any:
        asked.append(query.words)
        return find(self, query)

    monkeypatch.setattr(Catalogue, "find", counted)
    reader = TestClient(create_app(source), base_url=HOME)
    first = [reader.get("/v1/stories?q=سد") for _ in range(3)]
    assert asked == ["سد"]
    assert len({answer.content for answer in first}) == 1
    assert len({answer.headers["etag"] for answer in first}) == 1
    assert reader.get("/v1/stories?q=nobody").json()["total_hits"] == 0
    source.show(1)
    assert _until(lambda: reader.get("/v1/stories").json()["total_hits"] == 1)
    assert reader.get("/v1/stories?q=سد").json()["total_hits"] == 0


def test_who_may_not_read_is_not_answered_from_what_was_kept() -> None:
    from clusterer.web.gate import Guard

    reader = TestClient(create_app(FixedSource(fair()), Guard(token="secret")), base_url=HOME)
    allowed = {"Authorization": "Bearer secret"}
    assert reader.get("/v1/stories", headers=allowed).status_code == 200
    assert reader.get("/v1/stories").status_code == 401
    assert reader.get("/v1/stories", headers={**allowed, "Host": "evil"}).status_code == 400


def test_kept_answers_are_measured_and_dressed_as_all_are() -> None:
    reader = TestClient(create_app(FixedSource(many(60))), base_url=HOME)
    first, again = (reader.get("/v1/stories", headers={"Accept-Encoding": "gzip"}) for _ in "12")
    assert dict(first.headers) == dict(again.headers)
    assert again.headers["content-encoding"] == "gzip"
    plain = reader.get("/v1/stories", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == again.content
    assert 'route="/v1/stories",status="200"} 3.0' in reader.get("/metrics").text


def test_an_answer_is_packed_once() -> None:
    answer = Answer(b"x" * 5000)
    packs = [(b"accept-encoding", b"br, gzip")]
    first, again = answer.reply(packs)[2], answer.reply(packs)[2]
    assert first is again
    assert gzip.decompress(first) == b"x" * 5000
    assert answer.reply([*packs, (b"if-none-match", answer.tag)])[0] == 304


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_BYTES", 10_000)
    shelf = Kept()
    for number in range(100):
        shelf.put("1", b"%d" % number, Answer(b"x" * 1000))
        shelf.get("1", b"0")
    held = [number for number in range(100) if shelf.get("1", b"%d" % number)]
    assert 2 <= len(held) <= 10
    assert held[0] == 0
    assert held[-1] == 99
    assert shelf.get("2", b"99") is None


def test_those_who_wait_hear_of_a_change_though_the_source_was_busy() -> None:
    """A change is logged a moment after the version shows it; nobody waits for the next."""

    class Busy(FixedSource):
        log = (change(1, new=["s-dam"]),)
        refusals = 2

        def changes(self, since: int, limit: int) -> Any:
            self.version = "1"
            self.refusals -= 1
            return () if self.refusals >= 0 else self.log

    reader = TestClient(create_app(Busy(fair())), base_url=HOME)
    told = reader.get("/v1/changes?since=0&wait=3")
    assert len(told.json()["changes"]) == 1
    assert told.elapsed.total_seconds() < 2


def _until(condition: Callable[[], bool]) -> bool:
    import time

    end = time.monotonic() + 5
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
