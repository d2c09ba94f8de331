"""What the package is made of: licences, locked versions, a bill of materials, a wheel that works.

    python -m benchmarks.supply licences       # of everything that is needed to run
    python -m benchmarks.supply locked         # whether constraints.txt locks all of it
    python -m benchmarks.supply sbom -o sbom.json
    python -m benchmarks.supply wheel          # built, put into a clean environment, run

All but ``wheel`` read what is installed; none asks the network, ``wheel`` builds in isolation,
with npm at hand, from which the page has its libraries.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import venv
import zipfile
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
NAME = "clusterer"
EXTRAS = ("tables", "watch", "web")
# Licences that let the package stay under its own: permissive, or copyleft for a file or a
# library used as it is.
FREE = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software|Zlib|MPL|Mozilla|Unlicense|CC0|0BSD|HPND|LGPL|"
    r"Public Domain|WTFPL|CNRI|BSL|Boost)\b",
    re.IGNORECASE,
)


class Part(NamedTuple):
    name: str
    version: str
    licence: str
    needed_by: tuple[str, ...]
    kind: str = "pypi"

    @property
    def reference(self) -> str:
        return f"pkg:{self.kind}/{self.name.replace('@', '%40')}@{self.version}"


def parts() -> list[Part]:
    """Everything that the package and its extras need to run, as installed here, by name."""
    found: dict[str, Distribution] = {}
    asked_by: dict[str, set[str]] = {}
    waiting: list[tuple[str, frozenset[str], str]] = [(NAME, frozenset(EXTRAS), "")]
    done = set()
    while waiting:
        name, extras, asker = waiting.pop()
        key = canonicalize_name(name)
        asked_by.setdefault(key, set()).add(asker)
        if (key, extras) in done:
            continue
        done.add((key, extras))
        try:
            found[key] = here = distribution(name)
        except PackageNotFoundError:
            raise SystemExit(f"{name}, needed by {asker}, is not installed here") from None
        for line in here.requires or ():
            wanted = Requirement(line)
            if wanted.marker is None or any(
                wanted.marker.evaluate({"extra": extra}) for extra in (*extras, "")
            ):
                waiting.append((wanted.name, frozenset(wanted.extras), key))
    return [
        Part(key, each.version, licence(each), tuple(sorted(asked_by[key] - {""})))
        for key, each in sorted(found.items())
    ]


def page_parts() -> list[Part]:
    """Everything from npm that is bundled into the page, as locked, by name."""
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    asked_by: dict[str, set[str]] = {}
    for path, each in locked.items():
        for name in each.get("dependencies", ()):
            asked_by.setdefault(name, set()).add(path.rpartition("node_modules/")[2] or NAME)
    return [
        Part(name, each["version"], each["license"], tuple(sorted(asked_by[name])), "npm")
        for path, each in sorted(locked.items())
        if (name := path.rpartition("node_modules/")[2]) and not each.get("dev")
    ]


def licence(part: Distribution) -> str:
    """As told by the expression, else the classifiers, else the first line of the field."""
    told = part.metadata
    if told.get("License-Expression"):
        return str(told["License-Expression"])
    classified = [
        line.rpartition("::")[2].strip()
        for line in told.get_all("Classifier") or ()
        if line.startswith("License ::")
    ]
    field = (told.get("License") or "").strip().split("\n")[0][:60]
    return " AND ".join(dict.fromkeys(classified)) or field or "UNKNOWN"


def licences() -> int:
    doubtful = []
    every = [*parts(), *page_parts()]
    for part in every:
        print(f"{part.name:28} {part.version:14} {part.licence}")
        if not FREE.search(part.licence):
            doubtful.append(part)
    for part in doubtful:
        print(f"LOOK AT: {part.name} {part.version}: {part.licence}")
    print(f"{len(every)} packages, {len(doubtful)} whose licence a person must look at")
    return 0


def locked() -> int:
    """Every needed package stands in constraints.txt, in the version that is installed."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = {
        canonicalize_name(name): version.split(";")[0].strip()
        for name, _, version in (line.partition("==") for line in lines if "==" in line)
    }
    wrong = []
    for part in parts():
        if part.name == NAME:
            continue
        version = part.version.split("+")[0]
        if pinned.get(part.name) != version:
            wrong.append(f"{part.name}: installed {version}, locked {pinned.get(part.name)}")
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"{len(parts()) - 1} packages needed, {len(wrong)} not locked as installed")
    return 1 if wrong else 0


def sbom() -> dict[str, Any]:
    """A bill of materials in CycloneDX 1.5: no time and no serial number, the same every time."""
    every = [*parts(), *page_parts()]
    by_name = {part.name: part for part in every}
    (own,) = (part for part in every if part.name == NAME)
    needs: dict[str, list[str]] = {part.name: [] for part in every}
    for part in every:
        for asker in part.needed_by:
            needs[asker].append(part.name)

    def component(part: Part, kind: str) -> dict[str, Any]:
        return {
            "type": kind,
            "bom-ref": part.reference,
            "name": part.name,
            "version": part.version,
            "purl": part.reference,
            "licenses": [{"license": {"name": part.licence}}],
        }

    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": component(own, "application")},
        "components": [component(part, "library") for part in every if part is not own],
        "dependencies": [
            {
                "ref": part.reference,
                "dependsOn": [by_name[name].reference for name in sorted(needs[part.name])],
            }
            for part in every
        ],
    }


def run(*command: str, **options: Any) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True, **options)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def page_is_whole(made: Path) -> None:
    """What the page takes from npm is in the wheel, with its licences."""
    names = set(zipfile.ZipFile(made).namelist())
    built = {f"clusterer/web/static/built/{name}" for name in ("libraries.js", "LICENCES.txt")}
    if built - names:
        raise SystemExit(f"not in the wheel: {', '.join(sorted(built - names))}")


def wheel(python: str, whole: bool) -> int:
    """Build, install, run far from the sources.

    The environment is new and holds the wheel; its dependencies are those of this one, or,
    with ``whole``, are installed anew under the constraints.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
        whole_page = {**os.environ, "CLUSTERER_PAGE": "whole"}
        run(*pip, "wheel", "--no-deps", "--wheel-dir", folder, str(ROOT), env=whole_page)
        (made,) = place.glob("*.whl")
        page_is_whole(made)
        venv.create(place / "env", with_pip=whole) if python == sys.executable else run(
            python, "-m", "venv", *(() if whole else ("--without-pip",)), str(place / "env")
        )
        own = place / "env" / "bin" / "python"
        site = run(str(own), "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])")
        if whole:
            constraints = str(ROOT / "constraints.txt")
            run(str(own), "-m", "pip", "install", "-q", "-c", constraints, "torch")
            run(
                str(own),
                "-m",
                "pip",
                "install",
                "-q",
                "-c",
                constraints,
                f"{made}[tables,watch,web]",
            )
        else:
            run(*pip, "install", "--no-deps", "--target", site.strip(), str(made))
            around = [each for each in sys.path if each.endswith("site-packages")]
            lines = [
                *around,
                f"import sys; sys.path[:] = [p for p in sys.path if p != {str(ROOT)!r}]",
            ]
            (Path(site.strip()) / "around.pth").write_text("\n".join(lines) + "\n")
        environment = {**os.environ, "PYTHONPATH": "", "PYTHONSAFEPATH": "1"}
        options = {"cwd": folder, "env": environment}
        where = run(str(own), "-c", "import clusterer; print(clusterer.__file__)", **options)
        if not where.startswith(str(place)):
            raise SystemExit(f"the package comes from {where.strip()}, not from the wheel")
        version = run(str(own), "-m", "clusterer", "--version", **options).strip()
        told = json.loads(
            run(str(own), "-m", "clusterer", str(ROOT / "seeds"), "--json", "--quiet", **options)
        )
        page = place / "report.html"
        run(str(own), "-m", "clusterer", "report", str(ROOT / "seeds"), "-o", str(page), **options)
        counts = told["counts"]
        print(f"{made.name}: {made.stat().st_size:,} bytes; {version}; {python}")
        print(
            f"{counts['articles']} articles, {counts['stories']} stories, "
            f"report {page.stat().st_size:,} bytes"
        )
        return 0 if (counts["articles"], counts["stories"]) == (6, 3) else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["licences", "locked", "sbom", "wheel"])
    parser.add_argument("-o", "--output", type=Path, help="for sbom: the file to write")
    parser.add_argument("--python", default=sys.executable, help="for wheel: another interpreter")
    parser.add_argument("--whole", action="store_true", help="for wheel: install all anew")
    asked = parser.parse_args()
    if asked.what == "licences":
        return licences()
    if asked.what == "locked":
        return locked()
    if asked.what == "wheel":
        return wheel(asked.python, asked.whole)
    text = json.dumps(sbom(), indent=1, ensure_ascii=False) + "\n"
    if asked.output:
        asked.output.write_text(text, "utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
