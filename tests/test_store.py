"""A store keeps what a collection is, refuses what would harm it, and survives its troubles."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from clusterer import Collection, Settings, StoreError, open_encoder
from clusterer.storing.schema import SCHEMA
from tests.doomed import acts
from tests.killing import as_of
from tests.newsroom import START, report

ROOT = Path(__file__).parent.parent


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "stories.db"


def opened(path: Path, **options: object) -> Collection:
    return Collection.open(path, encoder="hash:", **options)  # type: ignore[arg-type]


def filled(path: Path, count: int = 8) -> None:
    with opened(path) as collection:
        collection.add([report(number, number % 3, number) for number in range(count)])


def test_a_store_opened_again_is_the_same_in_everything(path: Path) -> None:
    with opened(path) as first:
        first.add([report(number, number % 3, number) for number in range(9)])
        first.correct([report(3, 1, version=2)])
        first.remove(["a004"])
        first.must_link("a000", "a001")
        first.set_origin("a002")
        before = (first.result().to_json(texts=True), list(first.changes()), first.rulings)
        versions = first.versions("a003")
        vectors = first._keeper.held.shelf.sentences.vectors.copy()
    with opened(path) as second:
        after = (second.result().to_json(texts=True), list(second.changes()), second.rulings)
        assert after == before
        assert second.versions("a003") == versions
        held = second._keeper.held.shelf
        assert {row.tobytes() for row in held.sentences.vectors} <= {v.tobytes() for v in vectors}
        assert second.problems() == ()


def test_what_comes_after_opening_is_as_if_never_closed(path: Path) -> None:
    given = [report(number, number % 4, number) for number in range(12)]
    whole = Collection("hash:")
    for number, one in enumerate(given):
        whole.add([one])
        with opened(path) as collection:
            collection.add([one])
            assert collection.version == number + 1
    with opened(path) as collection:
        assert collection.result().to_json() == whole.result().to_json()


def test_a_removed_article_is_forgotten_with_its_text(path: Path) -> None:
    filled(path)
    with opened(path) as collection:
        collection.correct([report(2, 2, version=2)])
        collection.remove([f"a{number:03}" for number in range(8)])
        assert collection.stories == ()
        assert collection.problems() == ()
    with sqlite3.connect(path) as base:
        for table in ("articles", "texts", "vectors", "pairs", "homes", "stories"):
            assert base.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    base.close()


def test_a_second_writer_is_refused_and_readers_are_not(path: Path) -> None:
    with opened(path) as writer:
        writer.add([report(0, 0)])
        with pytest.raises(StoreError, match="being written by another process"):
            opened(path)
        with opened(path, read_only=True) as reader:
            assert len(reader) == 1
            writer.add([report(1, 1)])
            assert len(reader) == 1
            assert reader.refresh()
            assert len(reader) == 2
            assert not reader.refresh()
            with pytest.raises(StoreError, match="read only"):
                reader.add([report(2, 2)])
    opened(path).close()


def test_another_encoder_is_refused_with_what_to_do(path: Path) -> None:
    filled(path)

    class Other:
        id, dimension = "other@1", 256

        def encode(self, texts: list[str], progress: object = None) -> np.ndarray:
            raise AssertionError("never asked")

    with pytest.raises(StoreError, match=r"hash@1, not other@1.*--encoder hash:"):
        Collection.open(path, encoder=Other())  # type: ignore[arg-type]
    with Collection.open(path) as collection:
        assert collection.encoder.id == open_encoder("hash:").id


def test_other_settings_are_refused_and_by_default_kept(path: Path) -> None:
    with opened(path, settings=Settings.load(None, event_cut=0.5)):
        pass
    with pytest.raises(StoreError, match=r"event_cut=0\.5 \(not 0\.6\)"):
        opened(path, settings=Settings.load(None, event_cut=0.6))
    with opened(path) as collection:
        assert collection.settings.event_cut == 0.5


def test_another_table_of_agencies_is_refused(path: Path, tmp_path: Path) -> None:
    filled(path)
    table = tmp_path / "agencies.csv"
    with pytest.raises(StoreError, match=r"agencies\.csv"):
        opened(path, agencies=table)
    table.write_bytes((ROOT / "clusterer" / "data" / "agencies.csv").read_bytes())
    with pytest.raises(StoreError, match="another table of agencies"):
        opened(path, agencies=table)


def test_a_store_keeps_its_table_of_agencies(path: Path, tmp_path: Path) -> None:
    table = tmp_path / "agencies.csv"
    own = (ROOT / "clusterer" / "data" / "agencies.csv").read_text("utf-8").splitlines()
    head, first = own[0], own[1]
    id = first.split(",")[0]
    table.write_text(f"{head}\n{first.replace(id, 'ourown', 1)}\n", "utf-8")
    with opened(path, agencies=table) as collection:
        assert collection._keeper.stages.gazetteer.get("ourown") is not None
    table.unlink()
    with opened(path) as collection:
        assert collection._keeper.stages.gazetteer.get("ourown") is not None
    assert Collection.check(path) == ()


def test_a_newer_schema_is_refused_and_let_be(path: Path) -> None:
    filled(path)
    base = sqlite3.connect(path)
    base.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    base.close()
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(StoreError, match=r"newer version.*upgrade"):
            opened(path, read_only=read_only)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"plain words, no database at all", b"x" * 5000])
def test_a_file_that_is_no_database_is_refused_and_let_be(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged or no store"):
        opened(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_refused_and_let_be(path: Path) -> None:
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE recipes (name TEXT)")
    base.commit()
    base.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program's database"):
        opened(path)
    assert path.read_bytes() == before


def test_reading_where_there_is_nothing_is_an_error_and_makes_nothing(path: Path) -> None:
    with pytest.raises(StoreError, match="no such store"):
        opened(path, read_only=True)
    assert not path.exists()


def test_a_missing_folder_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such folder"):
        opened(tmp_path / "nowhere" / "stories.db")


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_only_the_owner_may_read(path: Path) -> None:
    filled(path)
    with opened(path) as collection:
        collection.add([report(20, 1)])
        for file in path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


@pytest.mark.parametrize("version", range(SCHEMA))
def test_every_older_schema_is_brought_up_to_date(path: Path, version: int) -> None:
    """A file as the older version left it: its tables, and what it kept in them."""
    filled(path)
    with opened(path) as collection:
        before = collection.result().to_json()
    kept = as_of(path, version)
    with pytest.raises(StoreError, match="open it once for writing"):
        opened(kept, read_only=True)
    with opened(kept) as collection:
        if version:
            assert collection.result().to_json() == before
        assert collection.problems() == ()
        collection.add([report(30, 2)])
    base = sqlite3.connect(kept)
    assert base.execute("PRAGMA user_version").fetchone() == (SCHEMA,)
    base.close()


def test_a_full_disk_leaves_everything_as_it_was(path: Path) -> None:
    filled(path)
    with opened(path) as collection:
        before = collection.result().to_json(texts=True)
        base = collection._keeper.journal._base  # type: ignore[attr-defined]
        (pages,) = base.execute("PRAGMA page_count").fetchone()
        base.execute(f"PRAGMA max_page_count = {pages}")
        many = [report(number, number % 5, number) for number in range(100, 160)]
        with pytest.raises(StoreError, match="disk is full; nothing was changed"):
            collection.add(many)
        assert collection.result().to_json(texts=True) == before
        base.execute("PRAGMA max_page_count = 1000000")
        collection.add(many)
        assert len(collection) == 68
        assert collection.problems() == ()


# As any user but root, for whom no disk is read-only.
UNPRIVILEGED = """
import os, sys
from clusterer import Collection, StoreError
from tests.newsroom import report
path = sys.argv[1]
Collection("hash:").add([report(0, 0), report(1, 0)])  # what is imported late is imported now
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
with Collection.open(path, encoder="hash:", read_only=True) as reader:
    assert len(reader) == 8, len(reader)
try:
    Collection.open(path, encoder="hash:")
except StoreError as error:
    print(error)
"""


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_read_only_disk_can_be_read_and_says_why_it_cannot_be_written(path: Path) -> None:
    filled(path)
    path.chmod(0o444)
    path.with_name(path.name + ".lock").unlink()
    path.parent.chmod(0o555)
    above = [(each, stat.S_IMODE(each.stat().st_mode)) for each in path.parent.parents]
    opened_up = [(each, mode) for each, mode in above if not mode & stat.S_IXOTH]
    for folder, mode in opened_up:
        folder.chmod(mode | 0o055)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CLUSTERER_CACHE": "/nonexistent"}
    try:
        run = subprocess.run(
            [sys.executable, "-c", UNPRIVILEGED, str(path)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=environment,
            check=False,
        )
    finally:
        path.parent.chmod(0o755)
        for folder, mode in opened_up:
            folder.chmod(mode)
    assert run.returncode == 0, run.stderr
    assert "Permission denied" in run.stdout


def test_what_breaks_a_store_is_found_by_the_check(path: Path) -> None:
    filled(path)
    assert Collection.check(path) == ()
    for harm in (
        "DELETE FROM vectors WHERE article = 1",
        "DELETE FROM homes WHERE article = 2",
        "DELETE FROM stories WHERE id = (SELECT min(id) FROM stories)",
        "UPDATE homes SET story = (SELECT max(story) FROM homes)",
        "DELETE FROM pairs",
        "DELETE FROM log WHERE number = 1",
    ):
        copy = path.with_name("harmed.db")
        copy.write_bytes(path.read_bytes())
        base = sqlite3.connect(copy)
        base.execute(harm)
        base.commit()
        base.close()
        assert Collection.check(copy), harm
        copy.unlink()


def test_an_act_that_fails_midway_leaves_everything_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(path)
    with opened(path) as collection:
        before = collection.result().to_json(texts=True)

        def broken(*given: object) -> object:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr("clusterer.living.assembly.tell", broken)
            with pytest.raises(KeyboardInterrupt):
                collection.add([report(50, 1)])
        assert collection.result().to_json(texts=True) == before
        collection.expire(START + timedelta(days=9))
        assert len(collection) == 0


def test_a_reader_that_follows_knows_what_one_who_opens_anew_knows(path: Path) -> None:
    with opened(path) as writer, opened(path, read_only=True) as reader:
        for number, act in enumerate(acts(24, seed=5)):
            act(writer)
            if number % 7 == 3 and len(writer) > 1:
                writer.must_link(*sorted(writer.result().articles)[:2])
            if number % 2:
                assert reader.refresh()
                with opened(path, read_only=True) as fresh:
                    told = fresh.result()
                    assert reader.result().to_json(texts=True) == told.to_json(texts=True)
                    assert reader.result().pairs is not None
                    assert told.pairs is not None
                    for mine, theirs in zip(reader.result().pairs, told.pairs, strict=True):
                        assert np.array_equal(mine, theirs)
                    assert reader.search("strong earthquake") == fresh.search("strong earthquake")
        assert reader.problems() == ()
