"""The command line: what a person types, what is shown, and what the exit status means."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from clusterer.cli import main
from tests.conftest import SEEDS

# The tests of manners need no meaning: the hashing encoder keeps them quick.
HASH = ("--encoder", "hash:")


def run(*words: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], input=stdin)


def test_a_folder_is_shown_as_a_table() -> None:
    shown = run(SEEDS, *HASH)
    assert shown.exit_code == 0
    assert "5 pages, 6 articles" in shown.output
    assert "KCNA" in shown.output or "Korean Central News Agency" in shown.output


def test_json_goes_to_standard_output_and_nothing_else() -> None:
    told = json.loads(run(SEEDS, "--json", *HASH).stdout)
    assert told["schema"] == "clusterer.stories/1"
    assert told["encoder"].startswith("hash")


def test_python_dash_m_is_the_same_and_silent_beside_the_data(seeds: object) -> None:
    words = [sys.executable, "-m", "clusterer", str(SEEDS), "--json"]
    first = subprocess.run(words, capture_output=True, check=True)
    second = subprocess.run(words, capture_output=True, check=True)
    assert first.stdout == second.stdout
    assert json.loads(first.stdout)["counts"]["articles"] == 6
    assert first.stderr == b""


def test_json_lines_from_standard_input() -> None:
    record = {"id": "mine", "title": "Talks end", "text": "Talks ended on Monday in Geneva."}
    told = json.loads(run("-", "--json", *HASH, stdin=json.dumps(record) + "\n").stdout)
    assert [a["id"] for s in told["stories"] for a in s["articles"]] == ["mine"]


@pytest.mark.parametrize("suffix", [".json", ".jsonl", ".csv", ".html"])
def test_output_is_written_by_suffix(tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"stories{suffix}"
    assert run(SEEDS, "-o", target, *HASH).exit_code == 0
    assert target.stat().st_size > 1000
    assert [item.name for item in tmp_path.iterdir()] == [target.name]


def test_csv_has_one_row_an_article(tmp_path: Path) -> None:
    target = tmp_path / "stories.csv"
    run(SEEDS, "-o", target, *HASH)
    with target.open(encoding="utf-8-sig", newline="") as lines:
        assert len(list(csv.DictReader(lines))) == 6


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("/no/such/folder",), 1, "/no/such/folder"),
        ((SEEDS, "-o", "/no/such/folder/x.json"), 1, "does not exist"),
        ((SEEDS, "-o", "stories.docx"), 1, ".docx"),
        ((SEEDS, "--encoder", "nonsense"), 1, "nonsense"),
        ((SEEDS, "--set", "no_such=1"), 1, "no_such"),
        ((SEEDS, "--set", "nonsense"), 2, "NAME=VALUE"),
        ((), 2, ""),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(
    words: Sequence[object], status: int, said: str
) -> None:
    shown = run("run", *words)
    assert shown.exit_code == status
    assert said in shown.stderr
    assert "Traceback" not in shown.output
    if status == 1:
        assert len(shown.stderr.strip().splitlines()) == 1


def test_an_empty_folder_is_said_to_be_empty(tmp_path: Path) -> None:
    shown = run(tmp_path, *HASH)
    assert shown.exit_code == 3
    assert "no article" in shown.stderr


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.txt", b""),
        ("binary.txt", bytes(range(256)) * 40),
        ("menu.txt", "الرئيسية\n\nاتصل بنا\n\nمن نحن\n".encode()),
        ("cut.json.gz", b"\x1f\x8b\x08\x00\x00"),
        ("broken.json", b'{"title": '),
    ],
)
def test_a_bad_page_is_rejected_by_name_and_stops_nothing(
    tmp_path: Path, name: str, data: bytes
) -> None:
    (tmp_path / name).write_bytes(data)
    (tmp_path / "good.txt").write_bytes(next(SEEDS.glob("003*")).read_bytes())
    shown = run(tmp_path, "--json", *HASH)
    told = json.loads(shown.stdout)
    assert shown.exit_code == 0
    assert told["counts"]["articles"] == 1
    assert [item["page"] for item in told["rejected"]] == [name]
    assert told["rejected"][0]["why"]


def test_only_bad_pages_are_exit_status_three_with_reasons(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    shown = run(tmp_path, *HASH)
    assert shown.exit_code == 3
    assert "empty.txt" in shown.stderr


def test_an_old_arabic_encoding_is_read(tmp_path: Path) -> None:
    page = next(SEEDS.glob("004*")).read_text("utf-8")
    (tmp_path / "old.txt").write_bytes(page.encode("windows-1256", "ignore"))
    told = json.loads(run(tmp_path, "--json", *HASH).stdout)
    (story,) = told["stories"]
    assert story["articles"][0]["language"] == "ar"
    assert "بوتين" in story["title"]


def test_explain_quotes_the_words_that_prove_it() -> None:
    shown = run("explain", SEEDS, *HASH)
    assert shown.exit_code == 0
    assert "به گزارش خبرگزاری مهر به نقل از تاس" in shown.output


def test_terminal_text_of_pages_cannot_move_the_cursor(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        json.dumps(
            {"id": "x", "title": "\x1b[2J\u202eTalks\x07 end", "text": "Talks ended on Monday."}
        )
    )
    shown = run(tmp_path, *HASH)
    assert not {"\x1b", "\x07", "\u202e"} & set(shown.output)
