"""The page in a real browser: read, clicked through, heard, attacked, and weighed."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from conftest import settled
from newsstand import fair, hostile
from test_server import Desk, many

from clusterer.web import FixedSource
from clusterer.writing.report import render_report

INTERFACES = [("en", "ltr"), ("fa", "rtl"), ("ar", "rtl")]
HEADLINES = {
    "en": "Minister opens the Green River dam",
    "fa": "سد «رود سبز» به بهره‌برداری رسید",
    "ar": "افتتاح سد النهر الأخضر",
}


@pytest.fixture(scope="module")
def desk(serve: Callable[[Any], str]) -> str:
    return serve(Desk())


@pytest.fixture(scope="module")
def attacked(serve: Callable[[Any], str]) -> str:
    return serve(FixedSource(hostile()))


@pytest.mark.parametrize(("language", "direction"), INTERFACES)
def test_walk_through(
    visit: Any, desk: str, axe: Any, picture: Any, language: str, direction: str
) -> None:
    page = visit(f"{desk}/?lang={language}", viewport={"width": 1200, "height": 900})
    assert page.locator("html").get_attribute("dir") == direction
    assert page.locator(".row").count() == 2
    assert axe(page) == []
    picture(page, f"list-{language}")

    page.get_by_role("link", name=HEADLINES[language]).click()
    settled(page)
    page.locator(".lineage svg").wait_for()
    assert page.url.endswith("#/story/s-dam")
    assert page.locator("#story-title").text_content() == HEADLINES[language]
    assert page.locator(".lineage g.origin").count() == 1
    assert page.locator(".timeline circle").count() == 3
    assert page.locator(".aligned .sentence").count() == 2
    page.locator("article details", has_text="به بهره‌برداری رسید").last.locator("summary").click()
    assert page.locator("mark").first.text_content() == "به گزارش رویترز"
    assert axe(page) == []
    picture(page, f"story-{language}")

    page.go_back()
    settled(page)
    page.locator(".rows").wait_for()
    assert page.locator(".row").count() == 2


def test_origin_stands_where_reading_begins(visit: Any, desk: str) -> None:
    """Right-to-left readers meet the giver at the right."""
    for language, leads in (("en", False), ("fa", True)):
        page = visit(f"{desk}/?lang={language}#/story/s-dam")
        boxes = page.locator(".lineage rect:not(.legend rect)")
        places = [boxes.nth(place).bounding_box()["x"] for place in range(boxes.count())]
        giver = page.locator(".lineage g.origin rect").bounding_box()["x"]
        assert giver == (max(places) if leads else min(places))


def test_search_and_filters(visit: Any, desk: str) -> None:
    page = visit(f"{desk}/?lang=en")
    page.locator("input[name=q]").fill("bridge.txt nobody")
    page.get_by_text("Nothing to show.").wait_for()
    page.locator("input[name=q]").fill("ремонт")
    page.get_by_text("shown 1 of 1").wait_for()
    page.locator("input[name=q]").fill("")
    page.get_by_text("shown 2 of 2").wait_for()
    page.get_by_text("Filters", exact=True).click()
    page.locator("select[name=lang]").select_option("ar")
    page.get_by_text("shown 1 of 1").wait_for()
    page.get_by_role("button", name="Clear").click()
    page.get_by_text("shown 2 of 2").wait_for()
    page.locator("select[name=lang]").select_option("ar")
    page.locator("select[name=agency]").select_option("reuters")
    page.get_by_text("shown 1 of 1").wait_for()


def test_slider_cuts_anew_and_back(visit: Any, desk: str, picture: Any) -> None:
    page = visit(f"{desk}/?lang=en")
    page.locator("details.line summary").click()
    page.locator("input[type=range]").fill("0.9")
    page.get_by_text("shown 1 of 1").wait_for()
    picture(page, "slider")
    page.get_by_role("button", name="Reset").click()
    page.get_by_text("shown 2 of 2").wait_for()


def test_doubtful_pair_is_settled(visit: Any, serve: Any, axe: Any, picture: Any) -> None:
    source = Desk()
    page = visit(f"{serve(source)}/?lang=en")
    page.locator("details.doubts summary").click()
    page.get_by_role("button", name="One event").wait_for()
    assert axe(page) == []
    picture(page, "doubtful")
    with page.expect_response("**/v1/links"):
        page.get_by_role("button", name="One event").click()
    assert source.bonds == [("must", "fa/dam.txt", "ru/bridge.txt")]
    page.get_by_role("button", name="Take back").click()
    page.get_by_role("button", name="Take back").wait_for(state="detached")
    assert source.bonds[-1] == ("none", "fa/dam.txt", "ru/bridge.txt")
    page.get_by_text("The collection has changed.").wait_for()
    page.get_by_role("button", name="Show it").click()
    settled(page)


def test_stories_of_a_pasted_text(visit: Any, desk: str) -> None:
    page = visit(f"{desk}/?lang=fa")
    page.locator("details.finder summary").click()
    page.locator("textarea").fill("سد تازه گشوده شد")
    page.locator("details.finder button").click()
    page.locator("details.finder li a").first.wait_for()
    assert page.locator("details.finder li").count() == 1


def test_tools_stay_in_one_line_and_one_is_open(visit: Any, desk: str) -> None:
    page = visit(f"{desk}/?lang=fa")
    names = page.locator(".tools summary")
    tops = {names.nth(place).bounding_box()["y"] for place in range(names.count())}
    for place in range(names.count()):
        names.nth(place).click()
        assert page.locator(".tools details[open]").count() == 1
        now = {names.nth(other).bounding_box()["y"] for other in range(names.count())}
        assert now == tops
        assert len(now) == 1


def test_times_as_clocks_show_them_here(visit: Any, desk: str) -> None:
    page = visit(f"{desk}/?lang=en#/story/s-dam", timezone_id="Asia/Tehran")
    page.get_by_text("28 April 2025 07:29 UTC").first.wait_for()
    page.locator("#times").select_option("local")
    page.get_by_text("28 April 2025 10:59").first.wait_for()
    assert page.get_by_text("UTC", exact=False).locator("visible=true").count() <= 1


def test_words_that_prove_it_lead_to_their_text(visit: Any, desk: str) -> None:
    page = visit(f"{desk}/?lang=fa#/story/s-dam")
    page.locator(".verdict button.link").first.click()
    page.locator("article details[open] mark").first.wait_for()


def test_keyboard_alone_opens_a_story(visit: Any, desk: str) -> None:
    page = visit(f"{desk}/?lang=en")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.shadowRoot?.activeElement?.closest('h2')"):
            break
    page.keyboard.press("Enter")
    page.locator("#story-title").wait_for()
    page.locator("#story-title:focus").wait_for()


def test_the_choice_of_language_and_colours_is_kept(visit: Any, desk: str) -> None:
    page = visit(f"{desk}/")
    page.locator("#language").select_option("ar")
    page.locator("#theme").select_option("dark")
    page.locator("html[dir=rtl]").wait_for(state="attached")
    page.reload()
    settled(page)
    assert page.locator("html").get_attribute("lang") == "ar"
    assert page.locator("html").get_attribute("data-theme") == "dark"


@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1200)])
def test_no_page_is_wider_than_its_screen(
    visit: Any, desk: str, axe: Any, picture: Any, width: int, scheme: str
) -> None:
    for place in ("", "#/story/s-dam"):
        page = visit(
            f"{desk}/?lang=fa{place}",
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert scheme == "light" or axe(page) == []
        picture(page, f"{scheme}-{width}-{'story' if place else 'list'}")


def test_hostile_words_neither_run_nor_break_the_page(
    visit: Any, attacked: str, picture: Any
) -> None:
    page = visit(f"{attacked}/?lang=en", viewport={"width": 900, "height": 800})
    assert page.locator(".row").count() == 10
    picture(page, "hostile-list")
    for place in (0, 1, 6, 9):
        page.locator(".row a").nth(place).click()
        settled(page)
        page.locator("#story-title").wait_for()
        for summary in page.locator("article > section:last-child summary").all():
            summary.click()
        page.locator(".text").last.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 900
        assert page.evaluate("window.harmed") is None
        picture(page, f"hostile-{place}")
        page.get_by_role("link", name="All stories").click()
        settled(page)
        page.locator(".rows").wait_for()


@pytest.mark.parametrize("language", ["en", "fa", "ar"])
def test_the_report_as_a_file(
    visit: Any, axe: Any, picture: Any, tmp_path: Path, language: str
) -> None:
    saved = tmp_path / "report.html"
    saved.write_text(render_report(fair(), language), encoding="utf-8")
    page = visit(saved.as_uri())
    assert axe(page) == []
    picture(page, f"report-{language}")


def test_a_hostile_report_as_a_file(visit: Any, picture: Any, tmp_path: Path) -> None:
    saved = tmp_path / "report.html"
    saved.write_text(render_report(hostile()), encoding="utf-8")
    page = visit(saved.as_uri(), viewport={"width": 900, "height": 800})
    assert page.evaluate("window.harmed") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= 900
    picture(page, "report-hostile")


def test_the_component_in_a_page_of_others(
    visit: Any, serve: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One script tag and one element, from another origin that the server lets read."""
    import functools
    import http.server
    import threading

    example = Path(__file__).parents[2] / "examples" / "plain.html"
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    host = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(quiet, directory=str(tmp_path))
    )
    threading.Thread(target=host.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{host.server_port}"
    server = serve(FixedSource(fair()), origins=(site,))
    page = example.read_text("utf-8").replace("http://127.0.0.1:8000", server)
    (tmp_path / "index.html").write_text(page, encoding="utf-8")
    (tmp_path / "favicon.ico").touch()
    shown = visit(f"{site}/index.html")
    assert shown.locator(".row").count() == 2
    shown.locator(".row a").first.click()
    settled(shown)
    shown.locator("#story-title").wait_for()
    assert shown.url == f"{site}/index.html"
    host.shutdown()
    host.server_close()


def test_a_token_is_asked_for(browser: Any, serve: Any) -> None:
    server = serve(FixedSource(fair()), token="open sesame")
    page = browser.new_context().new_page()
    page.goto(f"{server}/?lang=en")
    settled(page)
    page.get_by_label("Access token").fill("open sesame")
    page.get_by_role("button", name="Enter").click()
    page.locator(".row").first.wait_for()
    assert page.locator(".row").count() == 2


def test_page_weight() -> None:
    """All that a first visit loads, packed: at most 300 KB."""
    package = Path(str(resources.files("clusterer")))
    static = [path for path in (package / "web" / "static").rglob("*") if path.is_file()]
    style = package / "writing" / "templates" / "story.css"
    words = package / "writing" / "messages" / "fa.json"
    weight = sum(len(gzip.compress(path.read_bytes())) for path in (*static, style, words))
    assert weight <= 300_000


def test_first_paint_with_a_thousand_stories(visit: Any, serve: Any) -> None:
    address = serve(FixedSource(many(1000)))
    visit(address)
    page = visit(address)
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    page.locator(".row").first.wait_for()
    told = {"first_contentful_paint_ms": round(painted)}
    if folder := os.environ.get("SCREENSHOTS"):
        Path(folder, "paint.json").write_text(json.dumps(told), encoding="utf-8")
    assert painted <= 1000
