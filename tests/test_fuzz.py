"""The finds of fuzzing stay mended, and a few new inputs are tried at every run."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.fuzz.mixing import mixed, verdict
from benchmarks.fuzz.seeds import seeds
from benchmarks.fuzz.targets import TARGETS
from clusterer import cluster

FINDS = Path(__file__).parent / "finds"
FOUND = sorted(path for path in FINDS.rglob("*") if path.is_file())
briefly = settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_was_found_once_is_mended(path: Path) -> None:
    assert verdict(TARGETS[path.parent.name], path.read_bytes()) == ""


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_and_a_few_mixtures_keep_the_laws(name: str) -> None:
    for data in seeds(name):
        assert verdict(TARGETS[name], data) == ""
    count, finds = mixed(name, TARGETS[name], runs=30, seed=9, seconds=2)
    assert count
    assert finds == []


@pytest.mark.parametrize("name", ["prepare", "sentences", "dates", "names", "credits", "addresses"])
@briefly
@given(text=st.text(st.characters(), max_size=400))
def test_any_text_keeps_the_laws(name: str, text: str) -> None:
    assert verdict(TARGETS[name], text.encode("utf-8", "surrogatepass")) == ""


@pytest.mark.parametrize("suffix", ["json", "jsonl", "csv", "xml", "html", "txt"])
@briefly
@given(data=st.binary(max_size=300))
def test_any_bytes_keep_the_laws(suffix: str, data: bytes) -> None:
    assert verdict(TARGETS[f"read.{suffix}"], data) == ""


def test_half_a_surrogate_pair_stops_no_run(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(
        '{"id": "a", "title": "Flood \\ud800 in Shiraz", "text": "Rescue teams came \\udfff."}\n'
        '{"id": "b", "title": "Flood in Shiraz", "text": "Rescue teams came at night."}\n'
    )
    result = cluster(tmp_path, encoder="hash:")
    assert sorted(result.articles) == ["a", "b"]
