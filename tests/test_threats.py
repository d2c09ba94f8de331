"""What docs/threats.md claims of boundaries, as far as no other test shows it."""

from __future__ import annotations

import ast
import gzip
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from clusterer.news import Page, Rejected
from clusterer.reading import read
from clusterer.settings import Settings

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "clusterer"
MODULES = sorted(PACKAGE.rglob("*.py"))
TREES = {path: ast.parse(path.read_text("utf-8")) for path in MODULES}

# What could run code that came as data.
FORBIDDEN_MODULES = {
    "pickle",
    "marshal",
    "shelve",
    "dill",
    "joblib",
    "cloudpickle",
    "yaml",
    "runpy",
}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}

# In a process that forbids itself the network and the unpickling of any class.
SEALED = """
import sys
FORBIDDEN = {"socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.listen",
             "urllib.Request", "pickle.find_class", "os.system", "subprocess.Popen"}
def hook(event, args):
    if event in FORBIDDEN:
        print("FORBIDDEN", event, args, file=sys.stderr)
        raise RuntimeError(event)
sys.addaudithook(hook)
from clusterer import cluster
result = cluster(sys.argv[1], encoder=sys.argv[2])
print(len(result.stories))
"""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_code_comes_from_data(path: Path) -> None:
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            assert not {alias.name.split(".")[0] for alias in node.names} & FORBIDDEN_MODULES
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in FORBIDDEN_MODULES
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                assert node.func.id not in FORBIDDEN_CALLS
            for keyword in node.keywords:
                if keyword.arg in ("allow_pickle", "trust_remote_code", "shell"):
                    assert isinstance(keyword.value, ast.Constant)
                    assert keyword.value.value is False


@pytest.mark.parametrize("encoder", ["hash:", "default"])
def test_a_run_touches_no_network_and_unpickles_nothing(encoder: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", SEALED, str(ROOT / "seeds"), encoder],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "FORBIDDEN" not in run.stderr
    assert run.returncode == 0, run.stderr[-2000:]
    assert int(run.stdout) >= 1


def test_the_network_is_opened_in_two_places_only() -> None:
    """Feeds that were asked for, and a model that was asked for by its name on the hub."""
    opening = ("urllib.request", "http.client", "socket", "requests", "httpx", "huggingface_hub")
    found = set()
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            if any(
                name == each or name.startswith(f"{each}.") for name in names for each in opening
            ):
                found.add(path.relative_to(PACKAGE).as_posix())
    assert found == {"feeds.py", "encoding/hub.py"}


def test_a_model_of_pickled_weights_is_refused(tmp_path: Path) -> None:
    from clusterer import EncoderError, open_encoder

    (tmp_path / "config.json").write_text('{"hidden_size": 8}')
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(EncoderError, match="safetensors"):
        open_encoder(f"st:{tmp_path}").encode(["x"])


def test_store_and_vectors_are_their_owners_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        store = tmp_path / "s.db"
        code = (
            "import sys; from clusterer import Collection; "
            "Collection.open(sys.argv[1], encoder='hash:').read(sys.argv[2:])"
        )
        cache = tmp_path / "cache"
        environment = {**os.environ, "CLUSTERER_CACHE": str(cache)}
        command = [sys.executable, "-c", code, str(store), str(ROOT / "seeds")]
        subprocess.run(command, check=True, env=environment, capture_output=True)
    finally:
        os.umask(old)
    made = [path for path in (*tmp_path.glob("s.db*"), *cache.rglob("*")) if path.is_file()]
    assert store in made
    for path in made:
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path
    if cache.exists():
        assert not stat.S_IMODE(cache.stat().st_mode) & 0o077


def test_a_stream_of_records_ends_at_its_limit(tmp_path: Path) -> None:
    """A packed bomb of small lines would go on for ever."""
    line = json.dumps({"title": "A title of some length", "text": "x" * 400}).encode() + b"\n"
    path = tmp_path / "bomb.jsonl.gz"
    path.write_bytes(gzip.compress(line * 20_000, compresslevel=1))
    found = list(read([path], Settings.load(None, max_file_bytes=100_000)))
    assert isinstance(found[-1], Rejected)
    assert found[-1].why.startswith("larger than 100000 bytes, after line ")
    assert all(isinstance(page, Page) for page in found[:-1])
    assert 100 < len(found) < 300


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    (inside / "sub").mkdir(parents=True)
    (inside / "good.txt").write_text("Rescue teams reached the harbour of Karsa at night.\n" * 3)
    (inside / "sub" / "up").symlink_to(inside, target_is_directory=True)
    (inside / "self.txt").symlink_to(inside / "self.txt")
    found = list(read([inside], Settings()))
    assert [page.id for page in found if isinstance(page, Page)] == ["good.txt"]
    assert {page.page for page in found if isinstance(page, Rejected)} == {"self.txt", "sub/up"}


def test_names_of_files_lead_nowhere(tmp_path: Path) -> None:
    """An id is shown and kept, never opened: a record cannot name a file of ours."""
    from clusterer import cluster

    record = {"id": "../../etc/passwd", "title": "Flood in Shiraz", "text": "Teams came at night."}
    (tmp_path / "in.jsonl").write_text(json.dumps(record))
    result = cluster(tmp_path / "in.jsonl", encoder="hash:")
    assert list(result.articles) == ["../../etc/passwd"]
    assert "root:" not in result.to_json(texts=True)
