"""Settings say what they are, and refuse what they cannot be."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from clusterer.errors import SettingsError
from clusterer.settings import Settings


@pytest.mark.parametrize("item", fields(Settings), ids=lambda item: item.name)
def test_every_setting_tells_its_unit_reason_source_and_range(item) -> None:  # type: ignore[no-untyped-def]
    assert {"unit", "why", "source", "low", "high"} <= item.metadata.keys()
    assert item.metadata["low"] <= item.default <= item.metadata["high"]


def test_toml_then_keywords(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("max_page_bytes = 5000\nmax_line_chars = 2000\n")
    settings = Settings.load(file, max_line_chars=3000)
    assert (settings.max_page_bytes, settings.max_line_chars) == (5000, 3000)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("no_such_setting", 1),
        ("max_page_bytes", "much"),
        ("max_page_bytes", -1),
        ("max_page_bytes", True),
    ],
)
def test_a_wrong_setting_is_one_clear_error(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.load(None, **{name: value})


def test_a_broken_file_is_one_clear_error(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("max_page_bytes = ")
    with pytest.raises(SettingsError, match=r"settings\.toml"):
        Settings.load(file)
