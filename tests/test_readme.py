"""The README keeps its promises: two commands, and code that runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_two_commands_start_from_a_bare_clone_and_the_gate_runs_both() -> None:
    start = README.split("## Start", 1)[1].split("\n## ", 1)[0]
    (commands,) = re.findall(r"^```sh\n(.*?)^```$", start, re.MULTILINE | re.DOTALL)
    given = [line.split("#")[0].strip() for line in commands.splitlines() if line.strip()]
    assert given == ["make seeds", "make test"]
    gate = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert set(given) <= set(gate)


@pytest.mark.parametrize("code", blocks("python"))
def test_python_in_the_readme_runs(code: str, tmp_path: Path) -> None:
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout


def test_there_is_python_in_the_readme() -> None:
    assert blocks("python")


@pytest.mark.parametrize(
    "line",
    [line for block in blocks("console") for line in block.splitlines() if line.startswith("$ ")],
)
def test_commands_in_the_readme_run(line: str, tmp_path: Path) -> None:
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    run = subprocess.run(
        ["sh", "-c", line.removeprefix("$ ")],
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
