"""The law of the engines: the same stories, ids and origins as one process makes.

One body of tests for the engine in this process and the one on Ray, whatever the number of
workers and the size of a shard.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clusterer import Collection, EngineError, InputError, Result, Settings, cluster
from clusterer.engine import Archive, Engine, open_engine
from clusterer.engine.settling import original, told_apart
from clusterer.news import Rejected
from clusterer.progress import Progress, no_progress
from tests.conftest import SEEDS
from tests.faulty import Faulty
from tests.newsroom import TOPICS

ROOT = Path(__file__).parent.parent
LISTENS = "0A"  # the state of a socket in /proc/net/tcp
# So low that every limit that looks at many articles bites.
TIGHT = Settings.load(None, max_neighbours=4, max_copies=3)


@pytest.fixture(scope="session")
def cluster_of_ray() -> Iterator[type]:
    """Ray, begun once for all tests."""
    if importlib.util.find_spec("ray") is None:
        pytest.skip("Ray is not installed (extra scale)")
    from clusterer.engine.ray_engine import Ray

    first = Ray(workers=4)
    yield Ray
    first.close()


@pytest.fixture(params=["here", "ray-1", "ray-2", "ray-4"])
def engine(request: pytest.FixtureRequest) -> Engine:
    name, _, workers = request.param.partition("-")
    if name == "here":
        return open_engine("here")
    made: Engine = request.getfixturevalue("cluster_of_ray")(workers=int(workers))
    return made


def test_a_cluster_of_one_machine_listens_on_loopback_only(cluster_of_ray: type) -> None:
    heard = {
        line.split()[1].partition(":")[0]
        for process in Path("/proc").glob("[0-9]*")
        if _called(process) in ("raylet", "gcs_server")
        for table in ("tcp", "tcp6")
        for line in (process / "net" / table).read_text().splitlines()[1:]
        if line.split()[3] == LISTENS and _holds(process, line.split()[9])
    }
    assert heard
    assert heard <= {"0100007F", "0000000000000000FFFF00000100007F", "0" * 24 + "01000000"}


def _called(process: Path) -> str:
    try:
        return (process / "comm").read_text().strip()
    except OSError:
        return ""


def _holds(process: Path, inode: str) -> bool:
    held = (str(file.readlink()) for file in (process / "fd").iterdir() if file.is_symlink())
    return f"socket:[{inode}]" in held


@pytest.fixture(scope="session")
def wires(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports of three weeks: ids that come twice, words that come often, times not known."""
    folder = tmp_path_factory.mktemp("wires")
    for file in range(4):
        posts = [_post(file, number) for number in range(file, 96, 4)]
        lines = (json.dumps(post, ensure_ascii=False) + "\n" for post in posts)
        (folder / f"{'abcd'[file]}.jsonl").write_text("".join(lines), "utf-8")
    (folder / "broken.jsonl").write_text('{"title": "cut o\n', "utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n")
    (folder / "page.txt").write_text("\n".join(TOPICS[0]), "utf-8")
    return folder


def _post(file: int, number: int) -> dict[str, Any]:
    headline, lead = TOPICS[number % len(TOPICS)]
    own = "" if number % 6 == 0 else f" The report is number {number % 11}."
    post = {
        "id": f"p{number % 50}" if number % 3 else f"own{number}",
        "title": headline,
        "text": lead + own,
        "outlet": "Reuters" if file else "Alpha Wire",
    }
    if number % 7:
        post["published"] = f"2026-06-{1 + number // 8:02}T{number % 24:02}:00:00Z"
    return post


@pytest.fixture(scope="session")
def told(wires: Path) -> Result:
    return cluster(wires, encoder="hash:", settings=TIGHT)


def built(
    source: Path,
    engine: Engine | str,
    folder: Path,
    shard: int,
    encoder: Any = "hash:",
    progress: Progress = no_progress,
) -> Archive:
    terms: dict[str, Any] = {"settings": TIGHT, "shard": shard, "cache": False}
    terms["progress"] = progress
    return Collection.build(source, engine=engine, folder=folder, encoder=encoder, **terms)


def lines(result: Result) -> list[bytes]:
    """What ``cluster -o stories.jsonl`` writes."""
    stories = result.to_dict()["stories"]
    return [json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in stories]


@pytest.mark.parametrize("shard", [12, 1000])
def test_the_stories_are_those_of_one_process(
    shard: int, wires: Path, told: Result, tmp_path: Path
) -> None:
    archive = built(wires, "here", tmp_path, shard)
    assert list(archive.lines()) == lines(told)
    assert archive.result().to_json() == told.to_json()
    assert archive.result().doubtful(5) == told.doubtful(5)
    limits = {one.setting: [one.bitten, list(one.articles), one.most] for one in told.limits}
    assert archive.summary["limits"] == limits
    assert limits.keys() == {"max_neighbours"}


def test_a_shard_may_hold_a_single_article(tmp_path: Path) -> None:
    posts = tmp_path / "posts.jsonl"
    posts.write_text("".join(json.dumps(_post(0, n)) + "\n" for n in range(0, 60, 5)), "utf-8")
    archive = built(posts, open_engine("here"), tmp_path / "run", 1)
    assert list(archive.lines()) == lines(cluster(posts, encoder="hash:", settings=TIGHT))


def test_the_limits_of_the_test_bite(told: Result) -> None:
    assert any("say these very words" in one.why for one in told.rejected)
    assert any("~2" in id for id in told.articles)
    assert any(article.published is None for article in told.articles.values())
    assert any(len(story.articles) > 1 for story in told.stories)


def test_the_founding_pages(engine: Engine, seeds: Result, tmp_path: Path) -> None:
    archive = Collection.build(SEEDS, engine=engine, folder=tmp_path, shard=4)
    assert archive.result().to_json() == seeds.to_json()


# Faults


def test_a_worker_that_is_killed_is_replaced(
    cluster_of_ray: type, wires: Path, told: Result, tmp_path: Path
) -> None:
    note = tmp_path / "killed"
    faulty = Faulty("Tabriz", "once", note)
    archive = built(wires, cluster_of_ray(workers=2), tmp_path / "run", 40, faulty)
    assert note.exists()
    assert list(archive.lines()) == lines(told)


@pytest.mark.parametrize(
    ("engine", "fault"), [("here", "raise"), ("ray-1", "kill")], indirect=["engine"]
)
def test_what_no_worker_survives_is_rejected_and_stops_nothing(
    engine: Engine, fault: str, tmp_path: Path
) -> None:
    posts = [
        {"id": f"p{n}", "title": head, "text": lead} for n, (head, lead) in enumerate(TOPICS[:2])
    ]
    source, without = tmp_path / "all.jsonl", tmp_path / "some.jsonl"
    source.write_text("".join(json.dumps(post) + "\n" for post in posts), "utf-8")
    without.write_text("".join(json.dumps(p) + "\n" for p in posts if p["id"] != "p1"), "utf-8")
    faulty = Faulty("Tabriz", fault)
    archive = built(source, engine, tmp_path / "run", 100, faulty)
    (rejected,) = archive.rejected()
    assert rejected.page == "p1"
    assert rejected.why.startswith("stage encode failed on it")
    assert ("stumbled" in rejected.why) == (fault == "raise")
    assert ("worker died" in rejected.why) == (fault == "kill")
    assert list(archive.lines()) == lines(cluster(without, encoder="hash:", settings=TIGHT))


def test_a_file_that_no_worker_survives_is_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import clusterer.engine.pages as pages

    for n, (head, lead) in enumerate(TOPICS):
        (tmp_path / f"{n}.txt").write_text(f"{head}\n\n{lead}\n", "utf-8")
    read = pages.read_source

    def stumbling(source: Any, *terms: Any) -> Any:
        if source.name == "3.txt":
            raise MemoryError
        return read(source, *terms)

    monkeypatch.setattr(pages, "read_source", stumbling)
    archive = built(tmp_path, "here", tmp_path / ".run", 2)
    assert list(archive.rejected()) == [Rejected("3.txt", "stage read failed on it (MemoryError)")]
    assert archive.summary["counts"]["pages"] == 4


def test_a_story_that_cannot_be_told_is_rejected(
    wires: Path, told: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import clusterer.engine.telling as telling

    bad, tell = told.stories[0].id, telling.tell

    def stumbling(plans: Any, material: Any) -> Any:
        if any(plan.id == bad for plan in plans):
            raise ArithmeticError("no end")
        return tell(plans, material)

    monkeypatch.setattr(telling, "tell", stumbling)
    archive = built(wires, "here", tmp_path, 40)
    assert list(archive.lines()) == lines(told)[1:]
    why = {one.page: one.why for one in archive.rejected()}
    assert {why[id] for id in told.stories[0].articles} == {
        "stage tell failed on it (ArithmeticError: no end)"
    }


def test_a_broken_shard_is_an_error_that_names_it(
    wires: Path, told: Result, tmp_path: Path
) -> None:
    built(wires, "here", tmp_path, 40)
    for name in ("summary.json", "done/score/00001-00001.json", "done/describe/00001.json"):
        (tmp_path / name).unlink()
    shard = tmp_path / "vectors" / "00001.parquet"
    whole = shard.read_bytes()
    shard.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(EngineError, match="stage describe, part 00001: ArrowInvalid"):
        built(wires, "here", tmp_path, 40)
    shard.write_bytes(whole)
    assert list(built(wires, "here", tmp_path, 40).lines()) == lines(told)


def test_an_encoder_that_fails_on_everything_is_an_error(wires: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="stage encode, part 00000: RuntimeError: stumbled"):
        built(wires, "here", tmp_path, 1000, Faulty("", "raise"))


RUN = """
import os, signal, sys
from pathlib import Path
from tests.test_engine import built

def die(stage, done, total):
    if (stage, done) == ("describe", 1):
        os.kill(os.getpid(), signal.SIGKILL)

built(Path(sys.argv[1]), "ray", Path(sys.argv[2]), 40, progress=die)
"""


def test_a_run_that_was_killed_goes_on(wires: Path, told: Result, tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="Ray is not installed (extra scale)")
    command = [sys.executable, "-c", RUN, str(wires), str(tmp_path)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    driver = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    assert driver.returncode == -signal.SIGKILL
    done = {path: path.stat().st_mtime_ns for path in (tmp_path / "done").rglob("*.json")}
    assert (tmp_path / "done" / "describe").exists()
    assert not (tmp_path / "done" / "search").exists()
    archive = built(wires, "here", tmp_path, 40)
    assert list(archive.lines()) == lines(told)
    assert done == {path: path.stat().st_mtime_ns for path in done}


# Terms of a run


def test_input_and_folder_may_lie_on_any_file_system(told: Result, wires: Path) -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.put(f"{wires}/", "/wires/", recursive=True)
    memory.pipe("/wires/.hidden/x.jsonl", b"{}")
    terms: dict[str, Any] = {"encoder": "hash:", "settings": TIGHT, "shard": 40}
    archive = Collection.build("memory://wires", engine="here", folder="memory://run", **terms)
    assert archive.result().to_json() == told.to_json()


def test_a_folder_keeps_one_run(wires: Path, tmp_path: Path) -> None:
    archive = built(wires, "here", tmp_path, 1000)
    written = (tmp_path / "stories.jsonl").stat().st_mtime_ns
    assert list(built(wires, "here", tmp_path, 1000).lines()) == list(archive.lines())
    assert (tmp_path / "stories.jsonl").stat().st_mtime_ns == written
    with pytest.raises(EngineError, match="holds a run of other"):
        built(wires, "here", tmp_path, 1001)


def test_inputs_and_engines_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        built(tmp_path / "nothing", "here", tmp_path / "run", 10)
    with pytest.raises(InputError, match="standard input"):
        Collection.build("-", engine="here", folder=tmp_path / "run")
    with pytest.raises(EngineError, match="known: here, ray"):
        built(SEEDS, "spark", tmp_path / "run", 10)


def test_an_input_without_articles(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    archive = built(tmp_path, "here", tmp_path / "run", 10)
    assert list(archive.lines()) == []
    assert list(archive.rejected()) == [Rejected("empty.txt", "empty")]
    assert (
        archive.result().to_json()
        == cluster(tmp_path / "empty.txt", encoder="hash:", settings=TIGHT).to_json()
    )


def test_ids_are_told_apart_as_the_ledger_does(tmp_path: Path) -> None:
    ids = ["a", "a", "a~2", "b", "a", "a~2~2", "a~3"]
    found = [list(ids) for _ in range(3)]
    for number, own in enumerate(found):
        text = "".join(
            json.dumps({"id": id, "title": f"Report {number} {at} of {id}"}) + "\n"
            for at, id in enumerate(own)
        )
        (tmp_path / f"{number}.jsonl").write_text(text, "utf-8")
    here = cluster(tmp_path, encoder="hash:")
    archive = Collection.build(tmp_path, engine="here", folder=tmp_path / ".r", encoder="hash:")
    assert sorted(archive.result().articles) == sorted(here.articles)
    assert list(archive.lines()) == lines(here)
    assert dict(told_apart([(0, "a"), (1, "a"), (2, "a~2")])) == {1: "a~2", 2: "a~2~2"}


def test_an_id_of_many_numbers_is_read_once() -> None:
    assert [original(id) for id in ("a", "a~2", "a~2~31", "a~", "a~2b", "~7")] == [
        *("a", "a", "a", "a~", "a~2b", ""),
    ]
    start = time.process_time()
    assert original("~7" * 50_000 + "x").endswith("~7x")
    assert time.process_time() - start < 1


MISSING = """
import sys
sys.modules["{module}"] = None
from clusterer.cli import main
main(["{seeds}", "--engine", "{engine}", "--encoder", "hash:"])
"""


@pytest.mark.parametrize(("module", "engine"), [("ray", "ray"), ("pyarrow", "here")])
def test_a_missing_extra_is_one_line(module: str, engine: str) -> None:
    code = MISSING.format(module=module, engine=engine, seeds=SEEDS)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    (line,) = run.stderr.strip().splitlines()
    assert "pip install 'clusterer[scale]'" in line


def test_nothing_of_the_extra_is_imported_without_an_engine() -> None:
    code = (
        "import sys; from clusterer import cluster; cluster(sys.argv[1], encoder='hash:'); "
        "print({'ray', 'pyarrow', 'fsspec'} & set(sys.modules), 'clusterer.engine' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(SEEDS)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout == "set() False\n"


def test_a_gpu_is_shared_by_what_ray_can_grant() -> None:
    from clusterer.engine.ray_engine import _share

    assert [_share(gpus) for gpus in (0.0, 0.25, 1 / 3, 1.0, 1.9)] == [0.0, 0.25, 0.3333, 1.0, 1.0]


def test_the_command_line(wires: Path, told: Result, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "clusterer", str(wires), "--engine", "here", "--quiet"]
    command += ["--encoder", "hash:", "--set", "max_neighbours=4", "--set", "max_copies=3"]
    output = tmp_path / "stories.jsonl"
    kept = [*command, "--folder", str(tmp_path / "run"), "-o", str(output)]
    subprocess.run(kept, check=True)
    assert output.read_bytes() == b"".join(lines(told))
    run = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    assert run.stdout == told.to_json()
    for wrong in (["--store", "x.db"], ["--prune"]):
        assert subprocess.run([*command, *wrong], capture_output=True, check=False).returncode == 2
