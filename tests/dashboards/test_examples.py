"""The examples run against a real server, as they stand."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from newsstand import fair

from clusterer.web import FixedSource

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def server(serve: Callable[..., str]) -> str:
    return serve(FixedSource(fair()))


def test_grafana_asks_for_fields_that_are_there(server: str) -> None:
    board = json.loads((EXAMPLES / "grafana" / "stories.json").read_text("utf-8"))
    span = {
        "${words}": "",
        "${__from:date:iso}": "2025-01-01T00:00:00.000Z",
        "${__to:date:iso}": "2026-01-01T00:00:00.000Z",
    }
    for panel in board["panels"]:
        for target in panel["targets"]:
            asked = {
                one["key"]: span.get(one["value"], one["value"])
                for one in target["url_options"]["params"]
            }
            with urlopen(f"{server}{target['url']}?{urlencode(asked)}") as answer:
                told = json.load(answer)[target["root_selector"]]
            rows = told if isinstance(told, list) else [told]
            assert rows
            for column in target["columns"]:
                value = rows[0]
                for step in column["selector"].split("."):
                    value = value[step]
                numeric = isinstance(value, int | float)
                assert numeric == (column["type"] == "number"), column


def test_dash(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("dash", reason="the example needs dash", exc_type=ImportError)
    app = load("dash_app", server, monkeypatch)
    told = app.rows("سد")
    assert [row["id"] for row in told] == ["s-dam"]
    assert 'story="s-dam"' in app.story({"row_id": "s-dam"})
    assert app.story(None) == ""


def test_streamlit(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    testing = pytest.importorskip(
        "streamlit.testing.v1", reason="the example needs streamlit", exc_type=ImportError
    )
    monkeypatch.setenv("CLUSTERER", server)
    app = testing.AppTest.from_file(str(EXAMPLES / "streamlit_app.py"), default_timeout=30).run()
    assert not app.exception
    assert app.caption[0].value == "2 stories"
    app.text_input[0].set_value("ремонт").run()
    assert app.caption[0].value == "1 stories"


def load(name: str, server: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("CLUSTERER", server)
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
