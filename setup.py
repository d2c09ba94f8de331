"""Takes what the page has from npm into wheels and source archives; the rest is pyproject.toml.

Without npm the package is built all the same: then the page draws with what the server lays out.
``CLUSTERER_PAGE=whole`` makes that an error instead.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

ROOT = Path(__file__).parent
SOURCES = (
    *("package.json", "package-lock.json"),
    *("page/entry.js", "page/bundle.js"),
)
BUILT = ROOT / "clusterer" / "web" / "static" / "built" / "libraries.js"
PATIENCE = 300  # seconds for npm


def bundle() -> None:
    """Make the page's libraries, unless they are there and no older than what they are made of."""
    if BUILT.exists() and not any(_newer(ROOT / name) for name in SOURCES):
        return
    npm = shutil.which("npm")
    try:
        if npm is None:
            raise FileNotFoundError("there is no npm")
        for command in (("ci", "--ignore-scripts"), ("run", "build")):
            subprocess.run([npm, *command], cwd=ROOT, check=True, timeout=PATIENCE)
    except (OSError, subprocess.SubprocessError) as error:
        if os.environ.get("CLUSTERER_PAGE") == "whole":
            raise
        logging.warning("the page is built without its libraries: %s", error)


def _newer(source: Path) -> bool:
    return source.exists() and source.stat().st_mtime > BUILT.stat().st_mtime


class Build(build_py):
    def run(self) -> None:
        if not self.editable_mode:
            bundle()
        super().run()


class Archive(sdist):
    def run(self) -> None:
        bundle()
        super().run()


setup(cmdclass={"build_py": Build, "sdist": Archive})
