"""Files that mean harm, read and grouped as any others, then looked at in a browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from conftest import settled
from newsstand import ATTACKS

from clusterer.collection import Collection
from clusterer.web import LivingSource
from clusterer.writing.report import render_notebook, render_report

WORD = "ب" * 1_000_000


def lay_down(folder: Path) -> None:
    """Every attack as a file name, a headline, an outlet and a body; and a word of a megabyte."""
    for place, attack in enumerate(ATTACKS):
        name = "".join(letter for letter in attack if letter not in "/\x00")
        body = f"{attack}\n\nبه گزارش رویترز، {attack} گفت. The minister said {attack} on Monday.\n"
        (folder / f"{place} {name}.txt").write_text(body * 3, encoding="utf-8")
        record = {"id": f"{attack}{place}", "title": attack, "source": attack, "text": body * 3}
        lines = (folder / "records.jsonl").open("a", encoding="utf-8")
        with lines:
            lines.write(json.dumps(record) + "\n")
        page = (
            f"<html><head><title>{attack}</title></head><body><p>{attack}</p>{body}</body></html>"
        )
        (folder / f"{place}.html").write_text(page, encoding="utf-8")
    (folder / "long.txt").write_text(f"{WORD}\n\n{WORD}\n", encoding="utf-8")


def test_hostile_files_are_only_words(visit: Any, serve: Any, picture: Any, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    lay_down(folder)
    collection = Collection("hash:")
    collection.read([folder])
    assert len(collection) >= 2 * len(ATTACKS)
    page = visit(
        f"{serve(LivingSource(collection))}/?lang=fa", viewport={"width": 900, "height": 800}
    )
    links = page.locator(".row a")
    picture(page, "hostile-files-list")
    for place in range(0, links.count(), 3):
        links.nth(place).click()
        settled(page)
        page.locator("#story-title").wait_for()
        page.locator("article > section:last-child summary").first.click()
        page.locator(".text").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 900
        assert page.evaluate("window.harmed") is None
        page.go_back()
        settled(page)
        page.locator(".rows").wait_for()


def test_their_report_and_its_frame_in_a_notebook_are_inert(visit: Any, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    lay_down(folder)
    collection = Collection("hash:")
    collection.read([folder])
    told = collection.result().to_dict(texts=True)
    for name, words in (("report", render_report(told, "ar")), ("frame", render_notebook(told))):
        saved = tmp_path / f"{name}.html"
        saved.write_text(words, encoding="utf-8")
        page = visit(saved.as_uri(), viewport={"width": 900, "height": 800})
        assert page.evaluate("window.harmed") is None
        assert page.evaluate("document.documentElement.scrollWidth") <= 900
