"""The report: whole, sealed, in three languages, and deaf to what its articles say."""

from __future__ import annotations

import copy
import re
from html.parser import HTMLParser

import pytest
from newsstand import ATTACKS, alone, fair, hostile, paper

from clusterer import Result
from clusterer.errors import InputError
from clusterer.writing.report import render_notebook, render_report

VOID = {"meta", "br", "img", "input", "link", "hr"}


class Reader(HTMLParser):
    """Collects tags, attributes and words; knows whether every tag was closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.said: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    @property
    def words(self) -> str:
        return "".join(self.said)


def test_the_report_tells_what_is_a_copy_and_heads_in_the_readers_language() -> None:
    page = render_report(fair(), "en")
    assert '<bdi dir="auto">Minister opens the Green River dam</bdi></h2>' in page
    assert '<span class="took copy">copied</span><bdi dir="auto">صحيفة الصباح</bdi>' in page
    assert '<g class="copy">' in page


def test_an_origin_that_nobody_took_from_is_marked_on_the_time_line() -> None:
    assert render_report(paper([alone()]), "en").count('<g class="origin">') == 1


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("fa", "rtl"), ("ar", "rtl")])
def test_whole_page_in_every_interface_language(language: str, direction: str) -> None:
    page = Reader(render_report(fair(), language))
    assert page.open == []
    assert ("lang", language) in page.attributes
    assert ("dir", direction) in page.attributes
    assert "سد «رود سبز» به بهره‌برداری رسید" in page.words
    assert "the file is empty" in page.words


def test_nothing_is_fetched_and_nothing_runs() -> None:
    page = Reader(render_report(fair()))
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "style"]
    targets = [value or "" for name, value in page.attributes if name in ("href", "src")]
    assert targets
    assert all(value.startswith("#") for value in targets)


def test_hostile_content_stays_words() -> None:
    calm, harmed = Reader(render_report(fair())), Reader(render_report(hostile()))
    assert harmed.open == []
    assert set(harmed.tags) <= set(calm.tags)
    assert {name for name, _ in harmed.attributes} <= {name for name, _ in calm.attributes}
    assert ATTACKS[0] in harmed.words
    assert "49" not in harmed.words.split()


def test_the_style_is_the_one_that_the_policy_allows() -> None:
    import base64
    import hashlib

    page = render_report(fair())
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style.group(1).encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page


def test_credits_are_marked_in_the_text_and_only_there() -> None:
    page = render_report(fair())
    assert re.search(r"<mark title=\"supplier: Reuters\">به گزارش رویترز</mark>", page)
    without = fair()
    for story in without["stories"]:
        for article in story["articles"]:
            del article["text"]
    assert "<mark" not in render_report(without)


def test_same_contract_same_bytes_and_the_contract_is_left_alone() -> None:
    contract = fair()
    before = copy.deepcopy(contract)
    assert render_report(contract) == render_report(fair())
    assert contract == before


def test_nothing_to_show_is_said() -> None:
    assert "Nothing to show." in render_report(paper([]))


def test_persian_dates_are_persian() -> None:
    page = render_report(fair(), "fa")
    assert "۸ اردیبهشت ۱۴۰۴ ۰۷:۲۹ UTC" in page
    assert "رویترز" in page


def test_unknown_interface_language_is_refused() -> None:
    with pytest.raises(InputError, match="no interface in 'xx'"):
        render_report(fair(), "xx")


def test_notebook_frame_is_sealed() -> None:
    frame = Reader(render_notebook(hostile()))
    assert frame.tags == ["iframe"]
    assert ("sandbox", None) in frame.attributes


def test_notebooks_show_a_run_sealed(seeds: Result) -> None:
    frame = Reader(seeds._repr_html_())
    assert frame.tags == ["iframe"]
    assert ("sandbox", None) in frame.attributes
