"""The page over real news: the founding pages, and a day's stream where it is at hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import settled

from clusterer.collection import Collection
from clusterer.web import LivingSource

ROOT = Path(__file__).parents[2]
STREAM = ROOT.parent / "shared" / "data" / "stream" / "dev.jsonl"


@pytest.fixture(scope="module")
def founding(serve: Callable[..., str]) -> str:
    collection = Collection()
    collection.read([ROOT / "seeds"])
    return serve(LivingSource(collection))


@pytest.fixture(scope="module")
def stream(serve: Callable[..., str]) -> str:
    if not STREAM.is_file():
        pytest.skip(f"{STREAM} is not there")
    collection = Collection("hash:")
    collection.read([STREAM])
    return serve(LivingSource(collection))


@pytest.mark.parametrize("news", ["founding", "stream"])
@pytest.mark.parametrize("language", ["en", "fa", "ar"])
def test_walk_through(
    visit: Any,
    axe: Any,
    picture: Any,
    request: pytest.FixtureRequest,
    news: str,
    language: str,
) -> None:
    address = request.getfixturevalue(news)
    page = visit(f"{address}/?lang={language}", viewport={"width": 1200, "height": 900})
    with page.expect_response("**sort=article_count**"):
        page.locator("select[name=sort]").select_option("article_count")
    page.wait_for_timeout(100)
    picture(page, f"{news}-list-{language}")

    page.locator(".row a").first.click()
    settled(page)
    page.locator("#story-title").wait_for()
    assert page.locator(".verdict").count() >= 1
    assert page.locator(".aligned .sentence").count() >= 2
    page.locator("article details summary").last.click()
    page.locator(".text").wait_for()
    assert language != "fa" or axe(page) == []
    picture(page, f"{news}-story-{language}")


@pytest.mark.parametrize("tool", ["filters", "finder", "line", "doubts"])
def test_every_tool_on_news(visit: Any, stream: str, axe: Any, picture: Any, tool: str) -> None:
    page = visit(f"{stream}/?lang=fa", viewport={"width": 1200, "height": 900}, color_scheme="dark")
    page.locator(f"details.{tool} summary").click()
    if tool == "finder":
        page.locator("textarea").fill("انفجار در تهران")
        page.locator("details.finder button").click()
    if tool in ("finder", "doubts"):
        page.locator(f"details.{tool} li").first.wait_for()
    assert axe(page) == []
    picture(page, f"tool-{tool}")


def test_slider_cuts_the_founding_pages_apart(visit: Any, founding: str) -> None:
    """At a line of one nothing is sure enough to be together."""
    page = visit(f"{founding}/?lang=en")
    page.locator("details.line summary").click()
    with page.expect_response("**/v1/stories?*threshold=1*") as told:
        page.locator("input[type=range]").fill("1")
    stories = told.value.json()["stories"]
    assert sum(story["event_count"] for story in stories) == 6
    with page.expect_response("**/v1/stories?*") as told:
        page.get_by_role("button", name="Reset").click()
    assert "threshold" not in told.value.url


def test_a_constraint_is_obeyed_and_taken_back(visit: Any, serve: Callable[..., str]) -> None:
    collection = Collection()
    collection.read([ROOT / "seeds"])
    page = visit(f"{serve(LivingSource(collection))}/?lang=en")
    page.locator("details.doubts summary").click()
    page.locator(".pairs li").first.wait_for()
    together = page.locator(".pairs li", has_text="now together").count() > 0
    side, answer = ("now together", "Two events") if together else ("now apart", "One event")
    with page.expect_response("**/v1/links") as told:
        page.locator(".pairs li", has_text=side).first.get_by_role("button", name=answer).click()
    assert told.value.ok
    said = told.value.request.post_data_json
    event = {id: event.id for event in collection.result().events for id in event.articles}
    assert (event[said["left"]] == event[said["right"]]) is not together
    assert collection.rulings[-1].pair == tuple(sorted((said["left"], said["right"])))
