"""A second run reads only what changed, and nothing that a user gave is lost or taken twice."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from clusterer import Collection
from clusterer.news import Changes
from tests.newsroom import TOPICS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "news"
    made.mkdir()
    for number, (headline, lead) in enumerate(TOPICS):
        page(made / f"{number}.txt", headline, lead)
    return made


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with Collection.open(tmp_path / "stories.db", encoder="hash:") as opened:
        yield opened


def page(path: Path, headline: str, lead: str) -> None:
    """A page long enough to be taken for an article by any reader."""
    more = "The news was confirmed on Monday by two officials who asked not to be named."
    last = f"Local residents said that they had heard of it before. {lead}"
    path.write_text(f"{headline}\n\n{lead} {more}\n\n{last}\n", "utf-8")


def ids(collection: Collection) -> list[str]:
    return sorted(collection.result().articles)


def reads(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Pages prepared from now on."""
    seen: list[str] = []
    prepare = type(collection._keeper.stages).prepare

    def noted(stages: object, pages: object) -> object:
        seen.extend(page.id for page in pages)  # type: ignore[attr-defined]
        return prepare(stages, pages)  # type: ignore[arg-type]

    monkeypatch.setattr(type(collection._keeper.stages), "prepare", noted)
    return seen


def test_a_second_run_reads_nothing(
    folder: Path, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection.read([folder])
    seen, version = reads(collection, monkeypatch), collection.version
    assert collection.read([folder]) == Changes()
    assert seen == []
    assert collection.version == version


def test_only_the_file_that_changed_is_read_and_its_article_corrected(
    folder: Path, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection.read([folder])
    before = ids(collection)
    page(folder / "4.txt", "Harvest fails in the north", "Rye farmers report losses as well.")
    os.utime(folder / "3.txt", (1, 1))  # touched, not changed
    seen = reads(collection, monkeypatch)
    collection.read([folder])
    assert seen == ["4.txt"]
    assert ids(collection) == before
    assert len(collection.versions("4.txt")) == 2
    assert collection.result().pages == len(TOPICS)


def test_a_file_that_vanished_stays_until_pruned(folder: Path, collection: Collection) -> None:
    collection.read([folder])
    (folder / "2.txt").unlink()
    assert collection.read([folder]) == Changes()
    assert "2.txt" in collection
    collection.prune([folder])
    assert "2.txt" not in collection
    assert collection.result().pages == len(TOPICS) - 1
    page(folder / "2.txt", *TOPICS[2])
    collection.read([folder])
    assert "2.txt" in collection


def test_a_file_that_was_renamed_keeps_its_article(folder: Path, collection: Collection) -> None:
    collection.read([folder])
    before = ids(collection)
    (folder / "2.txt").rename(folder / "other name.txt")
    collection.read([folder])
    assert ids(collection) == before
    page(folder / "other name.txt", "Minister resigns in Baghdad", "He gave no reason at all.")
    collection.read([folder])
    assert "other name.txt" in collection
    assert len(collection) == len(before)


def test_another_folders_page_of_the_same_name_is_another_page(
    folder: Path, collection: Collection, tmp_path: Path
) -> None:
    collection.read([folder])
    for path in folder.iterdir():
        path.unlink()  # the day is over, its files are gone
    page(folder / "0.txt", "Election called in spring", "Voters go to the polls in May.")
    tomorrow = tmp_path / "tomorrow"
    tomorrow.mkdir()
    page(tomorrow / "0.txt", "Bridge closed for repairs", "The old bridge is closed for a year.")
    collection.read([tomorrow])
    assert "0.txt~2" in collection
    assert TOPICS[0][0] in collection.result().articles["0.txt"].text


def test_a_rejection_is_forgotten_when_the_page_is_good(
    folder: Path, collection: Collection
) -> None:
    (folder / "bad.txt").write_bytes(b"")
    collection.read([folder])
    assert [item.page for item in collection.result().rejected] == ["bad.txt"]
    collection.read([folder])
    assert [item.page for item in collection.result().rejected] == ["bad.txt"]
    page(folder / "bad.txt", "Now it is good", "A page that says something after all.")
    collection.read([folder])
    assert collection.result().rejected == ()
    (folder / "bad.txt").write_bytes(b"")
    collection.read([folder])
    assert "bad.txt" not in collection


def test_records_that_left_their_file_leave_the_collection(
    folder: Path, collection: Collection
) -> None:
    def write(numbers: range) -> None:
        lines = (
            json.dumps({"id": f"r{n}", "title": TOPICS[n][0], "text": TOPICS[n][1]})
            for n in numbers
        )
        (folder / "day.jsonl").write_text("\n".join(lines), "utf-8")

    write(range(4))
    collection.read([folder / "day.jsonl"])
    assert ids(collection) == ["r0", "r1", "r2", "r3"]
    write(range(1, 5))
    collection.read([folder / "day.jsonl"])
    assert ids(collection) == ["r1", "r2", "r3", "r4"]


def test_a_store_inside_the_folder_is_not_read(folder: Path) -> None:
    with Collection.open(folder / "stories.db", encoder="hash:") as collection:
        collection.read([folder])
        assert collection.result().rejected == ()
        assert len(collection) == len(TOPICS)


def test_in_memory_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collection = Collection("hash:")
    collection.read([folder])
    seen = reads(collection, monkeypatch)
    collection.read([folder])
    assert seen == []
