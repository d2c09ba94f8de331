"""What is built once is built whole, checked, and built again when it is harmed."""

from __future__ import annotations

import logging
import stat
import threading
from pathlib import Path

import pytest

from clusterer.encoding.cached_folder import built_folder, cache_folder
from clusterer.errors import EncoderError


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTERER_CACHE", str(tmp_path / "cache"))


class Builder:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self, folder: Path) -> None:
        self.times += 1
        (folder / "sub").mkdir()
        (folder / "weights").write_bytes(b"0123456789")
        (folder / "sub" / "config.json").write_text("{}")


def test_built_once_and_private() -> None:
    build = Builder()
    first, second = built_folder("m", build), built_folder("m", build)
    assert first == second
    assert build.times == 1
    assert (first / "weights").read_bytes() == b"0123456789"
    for folder in (cache_folder(), first.parent, first):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in first.parent.iterdir()] == ["m"]


@pytest.mark.parametrize("harm", ["change", "cut", "remove", "add", "manifest"])
def test_a_harmed_folder_is_built_again_with_a_word(
    harm: str, caplog: pytest.LogCaptureFixture
) -> None:
    build = Builder()
    folder = built_folder("m", build)
    if harm == "change":
        (folder / "weights").write_bytes(b"0123456780")
    elif harm == "cut":
        (folder / "weights").write_bytes(b"01")
    elif harm == "remove":
        (folder / "sub" / "config.json").unlink()
    elif harm == "add":
        (folder / "pytorch_model.bin").write_bytes(b"?")
    else:
        (folder / "manifest.json").write_text("no json")
    with caplog.at_level(logging.WARNING):
        built_folder("m", build)
    assert build.times == 2
    assert "damaged" in caplog.text
    assert (folder / "weights").read_bytes() == b"0123456789"
    assert not (folder / "pytorch_model.bin").exists()


def test_a_failed_build_leaves_nothing() -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_bytes(b"x")
        raise OSError("no space left on device")

    with pytest.raises(EncoderError, match="no space left"):
        built_folder("m", fail)
    assert list((cache_folder() / "models").iterdir()) == []


def test_two_builders_at_once_agree() -> None:
    gate = threading.Barrier(2)

    def build(folder: Path) -> None:
        gate.wait(timeout=30)
        Builder()(folder)

    found: list[Path] = []
    threads = [
        threading.Thread(target=lambda: found.append(built_folder("m", build))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert [path.name for path in found[0].parent.iterdir()] == ["m"]


def test_a_cache_that_cannot_be_made_is_an_error_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CLUSTERER_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(EncoderError, match="CLUSTERER_CACHE"):
        cache_folder()
