"""Bad input is refused with a reason, never expanded, fetched or allowed to stop a run."""

from __future__ import annotations

import gzip
import io
import os
import time
import tracemalloc
from pathlib import Path

import pytest

from clusterer.errors import InputError
from clusterer.gazetteer import Gazetteer
from clusterer.news import Page, Rejected
from clusterer.prepare import prepare
from clusterer.reading import read
from clusterer.settings import Settings

SETTINGS = Settings()
TEXT = (
    "أعلنت الحكومة يوم الاثنين عن خطة جديدة لإصلاح الموانئ في البلاد."
    " وقال الوزير إن العمل يبدأ غدا.\n"
)
ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    "<rss><channel>&b;</channel></rss>"
)
EXTERNAL = (
    '<?xml version="1.0"?><!DOCTYPE nitf SYSTEM "http://127.0.0.1:9/nitf.dtd"><nitf><body/></nitf>'
)
LOCAL_FILE = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    '<rss version="2.0"><channel><item><title>&x;</title></item></channel></rss>'
)


def refused(folder: Path, name: str, data: bytes, settings: Settings = SETTINGS) -> Rejected:
    path = folder / name
    path.write_bytes(data)
    found = list(read([path], settings))
    assert len(found) == 1
    assert isinstance(found[0], Rejected), found[0]
    return found[0]


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \n\t ", "empty"),
        ("a.jsonl", b"", "empty"),
        ("a.txt", b"\x00\x01\x02" * 100, "binary"),
        ("a.txt", b"%PDF-1.7 ...", "PDF"),
        ("a.txt", b"PK\x03\x04....", "ZIP"),
        ("a.txt", b"\x89PNG....", "image"),
        ("a.json", b"{not json", "JSON"),
        ("a.json", b"[]", "records"),
        ("a.json", b"[" * 100_000, "JSON"),
        ("a.html", b"just words, no markup at all", "no HTML"),
        ("a.html", b"<html><body></body></html>", "main text"),
        ("a.csv", b"<html><body>x</body></html>", "not what its suffix says"),
        ("a.csv", b"one column\nx\n", "two columns"),
        ("a.csv", b"title,text\n", "without rows"),
        ("a.parquet", b"PAR1 but not really", "Parquet"),
        ("a.xml", b"<unknown><a/></unknown>", "unknown kind"),
        ("a.xml", b"<rss><channel>", "feed"),
        ("a.xml", b"<nitf><body>", "valid XML"),
        ("a.rss", b'<rss version="2.0"><channel><title>x</title></channel></rss>', "without items"),
        ("a.xml", ENTITIES.encode(), "entities"),
        ("a.xml", EXTERNAL.encode(), "DTD"),
        ("a.xml", LOCAL_FILE.encode(), "entities"),
        ("a.txt.gz", gzip.compress(TEXT.encode() * 500)[:-40], "gzip"),
        ("a.jsonl.gz", gzip.compress(b'{"text": "x"}\n')[:12], "gzip"),
        ("a.txt", TEXT.encode() + "اليوم".encode("cp1256") + TEXT.encode(), "mixed encodings"),
    ],
)
def test_refused_with_a_reason(tmp_path: Path, name: str, data: bytes, why: str) -> None:
    assert why in refused(tmp_path, name, data).why


def test_too_large_a_file_is_not_read_whole(tmp_path: Path) -> None:
    small = Settings(max_page_bytes=10_000)
    bomb = gzip.compress(b"a" * 60_000_000, compresslevel=1)
    tracemalloc.start()
    why = refused(tmp_path, "a.txt.gz", bomb, small).why
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "larger than 10000 bytes" in why
    assert peak < 20_000_000


def test_a_200_megabyte_line_of_json_lines_takes_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as handle:
        handle.write(b'{"text": "')
        for _ in range(200):
            handle.write(b"x" * 1_000_000)
        handle.write(
            b'"}\n{"title": "A good line follows", "text": "It is read as if nothing was."}\n'
        )
    small = Settings(max_line_chars=100_000)
    tracemalloc.start()
    bad, good = read([path], small)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(bad, Rejected)
    assert "a line of more than" in bad.why
    assert isinstance(good, Page)
    assert peak < 20_000_000


def test_a_huge_line_of_a_page_is_refused(tmp_path: Path) -> None:
    assert "a line of more than" in refused(tmp_path, "a.txt", b"a" * 3_000_000).why
    page = Page("p", "p", "a" * 3_000_000)
    assert isinstance(prepare(page, Gazetteer.load(), SETTINGS), Rejected)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", TEXT),
        ("utf-8-sig", TEXT),
        ("utf-16", TEXT),
        ("cp1256", TEXT * 3),
        (
            "cp1251",
            "Президент России поблагодарил военных за службу. Об этом сообщает пресс-служба.\n" * 3,
        ),
        (
            "cp1255",
            "הממשלה הודיעה ביום שני על תוכנית חדשה לשיקום הנמלים במדינה, כך נמסר מהמשרד.\n" * 3,
        ),
        (
            "cp1254",
            "Cumhurbaşkanı, görüşmenin ardından açıklama yaptı ve çalışmaların sürdüğünü söyledi.\n"
            * 3,
        ),
    ],
)
def test_encodings_of_the_region(tmp_path: Path, encoding: str, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    (page,) = read([path], SETTINGS)
    assert isinstance(page, Page), page
    assert page.text == text


def test_one_bad_file_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\x00")
    (tmp_path / "b.txt").write_text(TEXT, "utf-8")
    (tmp_path / ".hidden").write_text(TEXT, "utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "c.txt").write_text(TEXT, "utf-8")
    found = list(read([tmp_path], SETTINGS))
    assert [type(page) for page in found] == [Rejected, Page, Page]
    assert [page.id for page in found if isinstance(page, Page)] == ["b.txt", "sub/c.txt"]


def test_links_that_leave_the_folder_are_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text(TEXT, "utf-8")
    inside = tmp_path / "in"
    inside.mkdir()
    (inside / "good.txt").write_text(TEXT, "utf-8")
    (inside / "near.txt").symlink_to(inside / "good.txt")
    (inside / "far.txt").symlink_to(outside)
    (inside / "up").symlink_to(tmp_path, target_is_directory=True)
    found = {getattr(page, "id", None) or page.page: page for page in read([inside], SETTINGS)}
    assert isinstance(found["far.txt"], Rejected)
    assert isinstance(found["up"], Rejected)
    assert isinstance(found["near.txt"], Page)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (found,) = read([tmp_path], SETTINGS)
    assert isinstance(found, Rejected)


def test_a_missing_input_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        list(read([tmp_path / "none"], SETTINGS))


def test_equal_ids_are_told_apart_and_kept(tmp_path: Path) -> None:
    line = '{"id": "x", "title": "A title of some length", "text": "And a text."}\n'
    (tmp_path / "a.jsonl").write_text(line * 2, "utf-8")
    (tmp_path / "b.jsonl").write_text(line, "utf-8")
    ids = [page.id for page in read([tmp_path], SETTINGS) if isinstance(page, Page)]
    assert ids == ["x", "x~2", "x~3"]


def test_the_order_does_not_depend_on_when_files_were_made(tmp_path: Path) -> None:
    for name in ("c.txt", "a.txt", "b.txt"):
        (tmp_path / name).write_text(TEXT, "utf-8")
    ids = [page.id for page in read([tmp_path], SETTINGS) if isinstance(page, Page)]
    assert ids == ["a.txt", "b.txt", "c.txt"]


@pytest.mark.parametrize(
    "piece",
    [
        "ا",
        "1/",
        "<p>",
        "\n",
        ". ",
        "* ",
        "منبع: ",
        "10:10 ",
        "a\u0301",
        "«",
        "28 أبريل/ ",
        "خبر\n",
        "وقال الوزير إن العمل يبدأ غدا في كل المدن الكبرى.\n",
        "\u200c",
    ],
)
def test_hostile_repetition_is_cut_in_no_time(piece: str) -> None:
    page = Page("p", "p", piece * 4_000)
    names = Gazetteer.load()
    start = time.process_time()
    found = prepare(page, names, SETTINGS)
    assert time.process_time() - start < 10
    if isinstance(found, Rejected):
        assert found.why == "no article found"
    else:
        assert all(article.sentences for article in found)


def test_a_pushed_stdin_line_that_is_no_json_is_one_rejection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Stdin:
        buffer = io.BytesIO(b"no json\n")

    monkeypatch.setattr("sys.stdin", Stdin())
    (found,) = read(["-"], SETTINGS)
    assert isinstance(found, Rejected)
