"""A living collection behind the server: what is added, linked and asked is seen by readers."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from clusterer.collection import Collection
from clusterer.errors import StoreError
from clusterer.storing.store import Store
from clusterer.web import FollowingSource, LivingSource, models
from clusterer.web.app import create_app

DAM = "The dam on the Green River was opened on Monday by the minister of energy."
BRIDGE = "A bridge in the old town stays closed for repairs until June, the mayor said."


@pytest.fixture
def source() -> Iterator[LivingSource]:
    with Collection("hash:") as collection:
        yield LivingSource(collection)


@pytest.fixture
def reader(source: LivingSource) -> TestClient:
    return TestClient(create_app(source), base_url="http://localhost")


def take(source: LivingSource, folder: Path, **texts: str) -> None:
    """Add a record for each keyword."""
    lines = [
        json.dumps({"id": id, "title": text[:20], "text": text, "date": "2025-04-28T07:29:00Z"})
        for id, text in texts.items()
    ]
    records = folder / f"{'-'.join(texts)}.jsonl"
    records.write_text("\n".join(lines), encoding="utf-8")
    with source.alone() as collection:
        collection.read([records])


def listed(reader: TestClient) -> int:
    return models.StoryPage.model_validate_json(reader.get("/v1/stories").content).total_hits


def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


def test_what_is_added_is_listed_and_logged(
    source: LivingSource, reader: TestClient, tmp_path: Path
) -> None:
    assert listed(reader) == 0
    take(source, tmp_path, a=DAM, b=BRIDGE)
    until(lambda: listed(reader) == 2)
    told = models.Changes.model_validate_json(reader.get("/v1/changes").content)
    assert sum(len(item.new) for item in told.changes) == 2
    assert reader.get(f"/v1/changes?since={told.next_page_cursor}").json()["changes"] == []


def test_a_long_poll_ends_when_something_happens(
    source: LivingSource, reader: TestClient, tmp_path: Path
) -> None:
    later = threading.Timer(0.3, take, (source, tmp_path), {"a": DAM})
    later.start()
    begun = time.monotonic()
    told = reader.get("/v1/changes?since=0&wait=20").json()
    later.join()
    assert len(told["changes"]) == 1
    assert time.monotonic() - begun < 15


def test_links_are_obeyed_and_taken_back(
    source: LivingSource, reader: TestClient, tmp_path: Path
) -> None:
    take(source, tmp_path, a=DAM, b=BRIDGE)
    for bond, stories in (("must", 1), ("none", 2), ("must", 1), ("cannot", 2)):
        said = reader.post("/v1/links", json={"bond": bond, "left": "a", "right": "b"})
        assert said.status_code == 200, said.text
        assert listed(reader) == stories


def test_search_finds_the_nearest_story(
    source: LivingSource, reader: TestClient, tmp_path: Path
) -> None:
    take(source, tmp_path, a=DAM, b=BRIDGE)
    until(lambda: listed(reader) == 2)
    told = reader.post("/v1/search", json={"text": DAM, "limit": 2})
    hits = models.Hits.model_validate_json(told.content).hits
    assert [hit.article for hit in hits] == ["a", "b"]
    assert hits[0].similarity > hits[1].similarity


def test_readers_do_not_wait_for_writers(
    source: LivingSource, reader: TestClient, tmp_path: Path
) -> None:
    take(source, tmp_path, a=DAM)
    until(lambda: listed(reader) == 1)
    with source.alone():
        begun = time.monotonic()
        assert listed(reader) == 1
        assert reader.get("/v1/changes?since=0").status_code == 200
        assert time.monotonic() - begun < 2


def test_another_line_leaves_the_collection_as_it_is(
    source: LivingSource, reader: TestClient, tmp_path: Path
) -> None:
    take(source, tmp_path, a=DAM, b=BRIDGE)
    before = source.version
    assert reader.get("/v1/stories?threshold=0.99").json()["total_hits"] == 2
    assert source.version == before


def test_events_are_streamed_and_resumed(serve: Callable[..., str], tmp_path: Path) -> None:
    import httpx

    with Collection("hash:") as collection:
        source = LivingSource(collection)
        address = serve(source)
        take(source, tmp_path, a=DAM)
        take(source, tmp_path, b=BRIDGE)
        assert _first_event(httpx, address, {}) == "1"
        assert _first_event(httpx, address, {"Last-Event-ID": "1"}) == "2"


def _first_event(httpx: Any, address: str, headers: dict[str, str]) -> str:
    with httpx.stream("GET", f"{address}/v1/changes/stream", headers=headers) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        for line in stream.iter_lines():
            if line.startswith("id: "):
                return str(line.removeprefix("id: "))
    raise AssertionError("the stream ended")


def test_a_search_does_not_wait_for_the_reading_of_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, reading, read_on = tmp_path / "kept.db", threading.Event(), threading.Event()
    load = Store.load

    def slowly(self: Store, version: int = 0, keys: Any = ()) -> Any:
        if version:
            reading.set()
            assert read_on.wait(10)
        return load(self, version, keys)

    with Collection.open(store, encoder="hash:") as writer:
        take(LivingSource(writer), tmp_path, a=DAM)
        with Collection.open(store, read_only=True) as kept:
            source = FollowingSource(kept)
            monkeypatch.setattr(Store, "load", slowly)
            with source.follow(0.01):
                take(LivingSource(writer), tmp_path, b=BRIDGE)
                assert reading.wait(10)
                assert [hit["article"] for hit in source.search(BRIDGE, 5)] == ["a"]
                assert len(source.contract()["stories"]) == 1
                read_on.set()
                until(lambda: source.version == "2")
                assert source.search(BRIDGE, 5)[0]["article"] == "b"


def test_a_store_that_cannot_be_read_for_a_while_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, refused = tmp_path / "kept.db", threading.Event()
    load = Store.load

    def refusing(self: Store, version: int = 0, keys: Any = ()) -> Any:
        if version and not refused.is_set():
            refused.set()
            raise StoreError("the disk cannot be read")
        return load(self, version, keys)

    with Collection.open(store, encoder="hash:") as writer:
        take(LivingSource(writer), tmp_path, a=DAM)
        with Collection.open(store, read_only=True) as kept:
            source = FollowingSource(kept)
            monkeypatch.setattr(Store, "load", refusing)
            with source.follow(0.01):
                take(LivingSource(writer), tmp_path, b=BRIDGE)
                until(lambda: source.version == "2")
    assert refused.is_set()
