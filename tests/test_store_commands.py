"""The commands on a store, each as a user runs it."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from clusterer.cli import main
from tests.newsroom import TOPICS
from tests.test_rereading import page

ROOT = Path(__file__).parent.parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "news"
    made.mkdir()
    for number in range(3):
        page(made / f"{number}.txt", *TOPICS[number])
    return made


@pytest.fixture
def store(tmp_path: Path, folder: Path) -> str:
    path = str(tmp_path / "s.db")
    run("run", str(folder), "--store", path, "--encoder", "hash:", "-q")
    return path


def run(*words: str, status: int = 0) -> Result:
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code == status, result.output + str(result.exception)
    return result


def stories(store: str) -> dict[str, Any]:
    told = json.loads(run("export", "--store", store).stdout)
    return {story["articles"][0]["id"]: story for story in told["stories"]}


def event_of(store: str, article: str) -> dict[str, Any]:
    told = json.loads(run("export", "--store", store).stdout)
    events = (event for story in told["stories"] for event in story["events"])
    return next(event for event in events if article in event["articles"])


def test_a_folder_with_a_store_says_the_same_as_without(folder: Path, store: str) -> None:
    plain = run(str(folder), "--encoder", "hash:", "--json", "-q").stdout
    assert run(str(folder), "--store", store, "--json", "-q").stdout == plain
    assert run("export", "--store", store).stdout == plain


def test_the_log_tells_what_happened(folder: Path, store: str) -> None:
    page(folder / "3.txt", *TOPICS[4])
    run(str(folder), "--store", store, "-q")
    (folder / "3.txt").unlink()
    run(str(folder), "--store", store, "--prune", "-q")
    lines = [
        json.loads(line) for line in run("log", "--store", store, "--json").stdout.splitlines()
    ]
    assert [line["act"] for line in lines] == ["add", "add", "remove"]
    assert [line["number"] for line in lines] == [1, 2, 3]
    assert lines[1]["changes"]["new"] == lines[2]["changes"]["gone"]
    told = run("log", "--store", store, "--since", "1").stdout.splitlines()
    assert len(told) == 2
    assert "new: " in told[0]


def test_show_tells_a_story_with_its_history(store: str) -> None:
    story = next(iter(stories(store).values()))
    told = run("show", story["id"], "--store", store).stdout
    assert story["title"] in told
    assert re.search(r"\b1\b.*add.*new", told)
    assert "nothing here is called" in run("show", "s-none", "--store", store, status=1).stderr


def test_rulings_are_kept_shown_and_undone(folder: Path, store: str) -> None:
    line = json.loads(run("rule", "together", "0.txt", "2.txt", "--store", store).stdout)
    assert line["act"] == "rule"
    assert line["ruling"]["kind"] == "must_link"
    run(str(folder), "--store", store, "-q")
    assert "2.txt" in event_of(store, "0.txt")["articles"]
    run("rule", "origin", "2.txt", "--store", store)
    origin = event_of(store, "0.txt")["origin"]
    assert (origin["article"], origin["confidence"]) == ("2.txt", 1.0)
    assert "user_origin" in origin["flags"]
    told = json.loads(run("export", "--store", store).stdout)
    (story,) = (one["id"] for one in told["stories"] if "2.txt" in str(one["events"]))
    assert "must_link" in run("show", story, "--store", store).stdout
    told = run("rule", "list", "--store", store).stdout.splitlines()
    assert [line.split()[1] for line in told] == ["must_link", "origin"]
    run("rule", "undo", "--store", store)
    run("rule", "undo", "--store", store)
    assert run("rule", "list", "--store", store).stdout == ""
    assert "user_origin" not in event_of(store, "2.txt")["origin"]["flags"]
    run("rule", "not-source", "0.txt", "--store", store)
    assert "user_refused" in event_of(store, "0.txt")["origin"]["flags"]
    run("rule", "not-source", "--store", store, status=2)
    run("rule", "apart", "0.txt", "0.txt", "--store", store, status=2)
    assert "nothing here" in run("rule", "origin", "no.txt", "--store", store, status=1).stderr


def test_articles_are_removed_and_expire(store: str) -> None:
    run("remove", "0.txt", "--store", store)
    run("expire", "--before", "2020-01-01", "--store", store)
    told = json.loads(run("export", "--store", store).stdout)
    assert told["counts"]["articles"] == 2


def test_check_finds_a_sound_store_sound_and_a_broken_one_broken(store: str) -> None:
    assert "sound" in run("check", "--store", store).stdout
    data = bytearray(Path(store).read_bytes())
    data[len(data) // 2 : len(data) // 2 + 2000] = b"\xff" * 2000
    Path(store).write_bytes(data)
    run("check", "--store", store, status=1)


def test_a_missing_store_is_one_line_and_nothing_is_made(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    for words in (["log"], ["export"], ["check"], ["show", "s-x"], ["remove", "x"]):
        result = run(*words, "--store", str(path), status=1)
        assert result.stderr.count("\n") == 1
        assert "no such store" in result.stderr
    assert list(tmp_path.iterdir()) == []


def lines_of(process: subprocess.Popen[str], count: int, seconds: float = 60) -> list[Any]:
    """The next ``count`` lines of JSON of a process."""
    assert process.stdout is not None
    found, deadline = [], time.monotonic() + seconds
    while len(found) < count:
        ready, _, _ = select.select([process.stdout], [], [], deadline - time.monotonic())
        assert ready, "the process said nothing"
        line = process.stdout.readline()
        assert line, "the process has ended"
        found.append(json.loads(line))
    return found


def test_watch_tells_each_change_as_a_line_and_ends_politely(folder: Path) -> None:
    store = folder / "stories.db"  # inside the folder: its own writing must not wake it
    command = [sys.executable, "-m", "clusterer", "watch", str(folder), "--store", str(store)]
    with subprocess.Popen(
        [*command, "--encoder", "hash:", "-q"],
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        (first,) = lines_of(process, 1)
        assert len(first["changes"]["moved"]) == 3
        page(folder / "new.txt", *TOPICS[4])
        (second,) = lines_of(process, 1)
        assert [move[0] for move in second["changes"]["moved"]] == ["new.txt"]
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
        assert process.stdout is not None
        assert process.stdout.read() == ""


FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Alpha</title>
{items}</channel></rss>"""
ITEM = "<item><guid>{n}</guid><title>{title}</title><description>{text}</description></item>"


@pytest.fixture
def feed() -> Iterator[dict[str, Any]]:
    told: dict[str, Any] = {"items": [0, 1], "asked": 0}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told["asked"] += 1
            items = "".join(
                ITEM.format(n=f"g{n}", title=TOPICS[n][0], text=TOPICS[n][1]) for n in told["items"]
            )
            self.send_response(200 if self.path == "/rss" else 503)
            self.send_header("Content-Type", "application/rss+xml")
            self.end_headers()
            self.wfile.write(FEED.format(items=items).encode())

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    told["url"] = f"http://127.0.0.1:{server.server_port}/rss"
    yield told
    server.shutdown()
    server.server_close()


def test_a_feed_fills_a_store_and_is_asked_no_more_than_is_polite(
    feed: dict[str, Any], tmp_path: Path
) -> None:
    store = str(tmp_path / "feeds.db")
    words = ["feed", feed["url"], "--store", store, "--encoder", "hash:", "-q"]
    line = json.loads(run(*words).stdout)
    assert len(line["changes"]["moved"]) == 2
    assert "not due yet" in run(*words).stderr
    assert feed["asked"] == 1


def test_items_that_a_feed_no_longer_tells_stay(feed: dict[str, Any]) -> None:
    from datetime import UTC, datetime, timedelta

    from clusterer import Collection

    collection = Collection("hash:")
    now = datetime(2026, 6, 1, tzinfo=UTC)
    collection.feed(feed["url"], now=now)
    feed["items"] = [1, 2]
    assert collection.feed(feed["url"], now=now + timedelta(minutes=1)) is None
    answer = collection.feed(feed["url"], now=now + timedelta(hours=1))
    assert answer is not None
    assert answer.kind == "new"
    assert len(collection) == 3
    assert collection.result().pages == 3


def test_a_failing_feed_is_told_and_does_no_harm(feed: dict[str, Any], tmp_path: Path) -> None:
    store = str(tmp_path / "feeds.db")
    url = feed["url"].replace("/rss", "/broken")
    result = run("feed", url, feed["url"], "--store", store, "--encoder", "hash:", "-q")
    assert "HTTP 503" in result.stderr
    assert len(result.stdout.splitlines()) == 1
    assert "not an http" in run("feed", "file:///x", "--store", store, status=1).stderr


def test_rulings_are_part_of_the_contract(store: str) -> None:
    from clusterer.writing.contract import schema

    run("rule", "apart", "0.txt", "1.txt", "--store", store)
    told = json.loads(run("export", "--store", store).stdout)
    assert [ruling["kind"] for ruling in told["rulings"]] == ["cannot_link"]
    jsonschema.validate(told, schema())


def test_python_in_the_page_on_living_collections_runs(tmp_path: Path) -> None:
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    text = (ROOT / "docs" / "living.md").read_text("utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    code = code.replace('"stories.db"', '"stories.db", encoder="hash:"')
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "1 add" in done.stdout


@pytest.mark.parametrize("command", ["watch", "feed", "log", "show", "export", "check", "rule"])
def test_every_command_tells_its_use(command: str) -> None:
    assert "Usage:" in run(command, "--help").stdout
