"""The server under load: lists, stories, changes and search, while articles are being added.

A store of real headlines and leads is followed by ``cluster serve --read-only`` while another
process keeps on adding to it and taking out (``--same-process``: one process does both);
``hey`` (Debian's package) asks at a fixed rate on loopback. Told are percentiles of the answer
times, errors, and the memory of the server::

    python -m benchmarks.web_load --articles 10000 --rate 200 --seconds 60
    python -m benchmarks.web_load --endurance 1000000 --seconds 3600

``--endurance`` asks so many times as fast as answers come, or for so long, whichever is
shorter, and tells the memory as it goes, with the version that the adding has come to: what
grows with requests and what with versions can be told apart (``--still`` adds nothing).
``--store`` keeps what was built for the next time.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.data import DEFAULT, MissingError, page, records
from clusterer.collection import Collection
from clusterer.gazetteer import Gazetteer
from clusterer.news import Article, Rejected
from clusterer.prepare import prepare
from clusterer.settings import Settings

PORT = 8971
ADDRESS = f"http://127.0.0.1:{PORT}"
BATCH = 20  # articles in one add
PAUSE = 1.0  # seconds between two adds
SPARE = 600  # records beyond, to be added meanwhile
WORKERS = 5  # connections for each kind of request
TICKS = 10  # times that the memory is told

# What a desk's page and its readers ask for, each at the same share of the rate.
LISTS = {
    "list": "/v1/stories?page_size=30",
    "persian": "/v1/stories?lang=fa&sort=article_count&page_size=30",
    "words": "/v1/stories?q=" + urllib.parse.quote("ایران"),
    "long list": "/v1/stories?page_size=50&sort=independent_source_count",
}
# Asked beside the lists, at so many a second in all.
BESIDE = 20.0


def main() -> None:
    told = _arguments()
    if told.role:
        {"server": _serve, "writer": _write}[told.role](told)
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and with us those whom we started
    if shutil.which("hey") is None:
        sys.exit("no load generator here: apt-get install hey")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        store = told.store or folder / "kept.db"
        if not store.exists():
            _build(store, told)
        told.store = folder / "load.db"
        shutil.copy(store, told.store)
        server = stack.enter_context(_server(told))
        if not (told.same_process or told.still):
            stack.enter_context(_running(_command("writer", told)))
        act = _endure if told.endurance else _measure
        print(json.dumps(act(server, told), indent=1))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--rate", type=int, default=200, help="lists asked for a second")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--endurance", type=int, default=0, metavar="REQUESTS")
    parser.add_argument("--encoder", default="hash:", help="what new articles are encoded with")
    parser.add_argument("--data", type=Path, default=DEFAULT)
    parser.add_argument("--store", type=Path, help="where the articles are kept for the next time")
    parser.add_argument("--same-process", action="store_true", help="add where is served")
    parser.add_argument("--still", action="store_true", help="add nothing meanwhile")
    parser.add_argument("--role", choices=["server", "writer"], help=argparse.SUPPRESS)
    return parser.parse_args()


def _build(store: Path, told: argparse.Namespace) -> None:
    articles = _stream(told.data, told.articles)
    with Collection.open(store, encoder=told.encoder) as collection:
        collection.add(articles)


def _stream(data: Path, most: int) -> list[Article]:
    """Headlines and leads of one week in five languages, then posts of a month in two."""
    names = ("stream/unlabelled.jsonl.gz", "telegram/posts_2026-06.jsonl.gz")
    gazetteer, settings = Gazetteer.load(), Settings()
    found: dict[str, Article] = {}
    try:
        rows = (row for name in names for row in records(data, name))
        for row in islice(rows, most):
            made = prepare(page(row), gazetteer, settings)
            if not isinstance(made, Rejected):
                found |= {article.id: article for article in made}
    except MissingError as missing:
        sys.exit(str(missing))
    return list(found.values())


def _spare(told: argparse.Namespace, known: Collection) -> list[Article]:
    found = _stream(told.data, told.articles + SPARE)
    return [article for article in found if article.id not in known]


def _command(role: str, told: argparse.Namespace) -> list[str]:
    options = ["--articles", told.articles, "--data", told.data, "--store", told.store]
    command = [sys.executable, "-m", "benchmarks.web_load", "--role", role]
    return [*command, *map(str, options)]


@contextmanager
def _running(command: Sequence[str]) -> Iterator[int]:
    """A process of its own, until the end of the block; its number."""
    with subprocess.Popen(command) as process:
        try:
            yield process.pid
        finally:
            process.terminate()


@contextmanager
def _server(told: argparse.Namespace) -> Iterator[int]:
    serve = [sys.executable, "-m", "clusterer", "serve", "--read-only", "--rate", "1000000"]
    command = [*serve, "--port", str(PORT), "--store", str(told.store)]
    with _running(_command("server", told) if told.same_process else command) as process:
        until = time.monotonic() + 300
        while True:
            try:
                for path in LISTS.values():
                    urllib.request.urlopen(ADDRESS + path).read()
                break
            except OSError:
                if time.monotonic() > until:
                    sys.exit("the server did not start")
                time.sleep(0.5)
        yield process


def _serve(told: argparse.Namespace) -> None:
    """Serve a store, and go on adding to it and taking out, in this one process."""
    from clusterer.web import LivingSource
    from clusterer.web.app import serve
    from clusterer.web.gate import Guard

    with Collection.open(told.store) as collection:
        source = LivingSource(collection)
        given = (source.alone, _spare(told, collection))
        threading.Thread(target=_grow, args=given, daemon=True).start()
        serve(source, "127.0.0.1", PORT, Guard(rate=1e6))


def _write(told: argparse.Namespace) -> None:
    @contextmanager
    def alone() -> Iterator[Collection]:
        yield collection

    with Collection.open(told.store) as collection:
        _grow(alone, _spare(told, collection))


def _grow(alone: Any, spare: Sequence[Article]) -> None:
    """Add the spare articles batch by batch, take them out again, and so on."""
    while True:
        for start in range(0, len(spare), BATCH):
            with alone() as collection:
                collection.add(spare[start : start + BATCH])
            time.sleep(PAUSE)
        with alone() as collection:
            collection.remove([article.id for article in spare])


def _measure(server: int, told: argparse.Namespace) -> dict[str, object]:
    before, version = _memory(server), _version()
    asked = [(kind, path, told.rate / len(LISTS)) for kind, path in LISTS.items()]
    asked += [(kind, path, BESIDE / len(_beside())) for kind, path in _beside().items()]
    with ThreadPoolExecutor(len(asked)) as pool:
        runs = pool.map(lambda one: list(_hey(one[1], one[2], told.seconds)), asked)
        answers = {kind: run for (kind, _, _), run in zip(asked, runs, strict=True)}
    lists = [answer for kind in LISTS for answer in answers[kind]]
    every = [answer for run in answers.values() for answer in run]
    return {
        "requests": len(every),
        "lists_per_second": round(len(lists) / told.seconds, 1),
        "errors": sum(code != 200 for _, code in every),
        "lists_p95_ms": _percentile(lists, 0.95),
        "kinds": {
            kind: {f"p{share:.0%}"[:-1]: _percentile(run, share) for share in (0.5, 0.95, 0.99)}
            for kind, run in answers.items()
        },
        "versions_meanwhile": _version() - version,
        "memory_mb": {"before": before, "after": _memory(server)},
    }


def _beside() -> dict[str, str]:
    """A story whole, its lineage, what changed, and a search, as a reader's page asks them."""
    with urllib.request.urlopen(ADDRESS + "/v1/stories?sort=article_count&page_size=1") as told:
        largest = f"/v1/stories/{json.load(told)['stories'][0]['id']}"
    changes = f"/v1/changes?since={_version()}"
    return {"story": largest, "lineage": f"{largest}/lineage", "changes": changes, "search": ""}


def _endure(server: int, told: argparse.Namespace) -> dict[str, object]:
    """As many lists as are asked, as fast as answers come, and the memory meanwhile."""
    begun, done, errors = time.monotonic(), 0, 0
    memory = [(0, _version(), _memory(server))]
    share = max(told.endurance // TICKS // len(LISTS), 1)
    with ThreadPoolExecutor(len(LISTS)) as pool:
        while done < told.endurance and time.monotonic() - begun < told.seconds:
            runs = list(pool.map(lambda path: _burst(path, share), LISTS.values()))
            done += sum(count for count, _ in runs)
            errors += sum(wrong for _, wrong in runs)
            memory.append((done, _version(), _memory(server)))
            print(*memory[-1], file=sys.stderr)
    seconds = time.monotonic() - begun
    return {
        "requests": done,
        "requests_per_second": round(done / seconds, 1),
        "seconds": round(seconds, 1),
        "errors": errors,
        "requests_version_memory_mb": memory,
    }


def _burst(path: str, count: int) -> tuple[int, int]:
    """Answers to ``count`` requests, and how many of them were none."""
    command = ["hey", "-n", str(count), "-c", str(WORKERS), ADDRESS + path]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"\[200\]\t(\d+) responses", told)
    return count, count - (int(found.group(1)) if found else 0)


def _hey(path: str, rate: float, seconds: int) -> Iterator[tuple[float, int]]:
    """Seconds and status of every answer; no path is a search."""
    workers = WORKERS if rate >= WORKERS else 1
    command = ["hey", "-z", f"{seconds}s", "-c", str(workers), "-q", f"{rate / workers:g}"]
    if not path:
        body = json.dumps({"text": "انفجار در تهران", "limit": 10})
        command += ["-m", "POST", "-T", "application/json", "-d", body]
        path = "/v1/search"
    command += ["-o", "csv", ADDRESS + path]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    for row in csv.DictReader(told.stdout.splitlines()):
        yield float(row["response-time"]), int(row["status-code"])


def _percentile(answers: Sequence[tuple[float, int]], share: float) -> float:
    times = sorted(seconds for seconds, _ in answers)
    return round(1000 * times[min(int(share * len(times)), len(times) - 1)], 1)


def _memory(process: int) -> float:
    """Resident megabytes."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) / 1024, 1)
    raise ProcessLookupError(process)


def _version() -> int:
    with urllib.request.urlopen(f"{ADDRESS}/health") as told:
        return int(json.load(told)["version"])


if __name__ == "__main__":
    main()
