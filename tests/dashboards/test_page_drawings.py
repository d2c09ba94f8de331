"""Lineages and time lines as the browser draws them, with the page's libraries and without."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from conftest import settled
from newsstand import alone, paper
from test_server import Desk

from clusterer.web.source import FixedSource

LIBRARIES = Path(str(resources.files("clusterer"))) / "web" / "static" / "built" / "libraries.js"


@pytest.fixture(scope="module")
def desk(serve: Callable[[Any], str]) -> str:
    return serve(Desk())


def test_a_graph_is_laid_out_by_the_library_where_there_is_one(visit: Any, desk: str) -> None:
    """On a narrow page takers stand below their givers; the server's layout has them beside."""
    if not LIBRARIES.is_file():
        pytest.skip("the page's libraries are not built: make web")
    page = visit(f"{desk}/?lang=fa#/story/s-dam", viewport={"width": 360, "height": 800})
    boxes = page.locator(".lineage g > rect")
    tops = [boxes.nth(place).bounding_box()["y"] for place in range(boxes.count())]
    assert len({round(top) for top in tops}) == boxes.count() == 4
    assert page.locator(".lineage").evaluate("box => box.scrollWidth <= box.clientWidth")
    assert page.locator(".axis > span").count() >= 2


def test_an_origin_that_nobody_took_from_is_marked(visit: Any, serve: Any) -> None:
    page = visit(f"{serve(FixedSource(paper([alone()])))}/?lang=ar#/story/s-alone")
    assert page.locator(".timeline g.origin circle").count() == 1


def test_any_graph_is_laid_out_whole_and_without_overlaps(visit: Any, desk: str) -> None:
    """Circles and many links between the same two included."""
    script = Path(__file__).with_name("any_graphs.js").read_text("utf-8")
    assert visit(f"{desk}/?lang=en").evaluate(script) == []


@pytest.mark.parametrize("language", ["en", "fa"])
def test_without_the_libraries_all_is_drawn(
    visit: Any, desk: str, browser: Any, axe: Any, picture: Any, language: str
) -> None:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    plain = {"body": "export {};", "content_type": "text/javascript"}
    context.route("**/static/libraries.js", lambda route: route.fulfill(**plain))
    page = context.new_page()
    page.goto(f"{desk}/?lang={language}#/story/s-dam")
    settled(page)
    assert page.locator(".lineage g > rect").count() == 4
    assert page.locator(".lineage path.tip").count() == 4
    assert page.locator(".timeline circle").count() == 3
    assert page.locator(".timeline .ends span").count() == 2
    assert axe(page) == []
    picture(page, f"plain-{language}")
    context.close()
