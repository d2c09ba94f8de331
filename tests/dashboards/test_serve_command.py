"""``cluster serve`` as a process: what it serves, and what it refuses to do."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from newsstand import fair

COMMAND = (sys.executable, "-m", "clusterer", "serve")


@contextmanager
def serving(*words: str) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [*COMMAND, *words, "--port", str(port), "--quiet"], stderr=subprocess.PIPE
    )
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 60
        while not _answers(address):
            assert process.poll() is None, process.stderr and process.stderr.read().decode()
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _answers(address: str) -> bool:
    try:
        return bool(urlopen(f"{address}/health").status == 200)
    except URLError:
        return False


def test_a_saved_file(tmp_path: Path) -> None:
    saved = tmp_path / "stories.json"
    saved.write_text(json.dumps(fair(), ensure_ascii=False), encoding="utf-8")
    with serving(str(saved)) as address, urlopen(f"{address}/v1/stories") as told:
        assert json.load(told)["total_hits"] == 2


def test_a_folder_can_be_searched_and_corrected(tmp_path: Path) -> None:
    record = {"id": "a", "title": "Dam opened", "text": "The dam on the Green River was opened."}
    (tmp_path / "news.jsonl").write_text(json.dumps(record), encoding="utf-8")
    with serving(str(tmp_path), "--encoder", "hash:") as address, urlopen(f"{address}/v1") as told:
        about = json.load(told)
        assert about["counts"]["articles"] == 1
        assert all(about["abilities"].values())


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "nothing to serve"),
        (("--host", "0.0.0.0", "saved"), "ask for a token"),
        (("--read-only", "saved"), "--read-only follows a --store"),
        (("nowhere.json",), "nowhere.json"),
    ],
)
def test_refusals_are_one_line(tmp_path: Path, words: tuple[str, ...], why: str) -> None:
    saved = tmp_path / "stories.json"
    saved.write_text(json.dumps(fair()), encoding="utf-8")
    told = [str(saved) if word == "saved" else word for word in words]
    done = subprocess.run(
        [*COMMAND, *told, "--encoder", "hash:"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert why in done.stderr.splitlines()[-1]
