"""The server under load: list, story and search by words, while articles are being added.

A collection of real headlines and leads is served by a process of its own, which keeps on
adding; ``hey`` (Debian's package) asks at a fixed rate on loopback. Told are percentiles of the
answer times, errors, and the memory of the server before and after::

    python -m benchmarks.web_load --articles 10000 --rate 200 --seconds 60
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from benchmarks.data import DEFAULT, MissingError, page, records
from clusterer.collection import Collection
from clusterer.gazetteer import Gazetteer
from clusterer.news import Article, Rejected
from clusterer.prepare import prepare
from clusterer.settings import Settings
from clusterer.web import LivingSource
from clusterer.web.app import serve
from clusterer.web.gate import Guard

PORT = 8971
BATCH = 20  # articles in one add
PAUSE = 1.0  # seconds between two adds
SPARE = 600  # records beyond, to be added meanwhile
WORKERS = 5  # connections for each kind of request

# What a desk's page and its readers ask for, each at the same share of the rate.
ASKED = {
    "list": "/v1/stories?page_size=30",
    "persian": "/v1/stories?lang=fa&sort=article_count&page_size=30",
    "words": "/v1/stories?q=" + urllib.parse.quote("ایران"),
    "long list": "/v1/stories?page_size=50&sort=independent_source_count",
}


def main() -> None:
    told = _arguments()
    if told.serve:
        _serve(told.data, told.articles, told.encoder)
        return
    if shutil.which("hey") is None:
        sys.exit("no load generator here: apt-get install hey")
    command = [sys.executable, "-m", "benchmarks.web_load", "--serve"]
    options = ["--articles", str(told.articles), "--encoder", told.encoder, "--data", told.data]
    with subprocess.Popen([*command, *map(str, options)], stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout
            if b"ready" not in server.stdout.readline():
                sys.exit("the server did not start")
            figures = _measure(server.pid, told.rate, told.seconds)
        finally:
            server.terminate()
    print(json.dumps(figures, indent=1))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--rate", type=int, default=200, help="requests a second in all")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--encoder", default="hash:", help="what new articles are encoded with")
    parser.add_argument("--data", type=Path, default=DEFAULT)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _serve(data: Path, count: int, encoder: str) -> None:
    """Serve ``count`` articles and go on adding the rest, then old ones anew, for ever."""
    try:
        articles = _stream(data, count + SPARE)
    except MissingError as missing:
        sys.exit(str(missing))
    if len(articles) <= count:
        sys.exit(f"only {len(articles)} articles in {data}; ask for fewer")
    collection = Collection(encoder)
    collection.add(articles[:count])
    source = LivingSource(collection)
    threading.Thread(target=_grow, args=(source, articles[count:]), daemon=True).start()
    guard = Guard(rate=1e6)
    ready = threading.Timer(1.0, print, ("ready",), {"flush": True})
    ready.start()
    serve(source, "127.0.0.1", PORT, guard)


def _stream(data: Path, most: int) -> list[Article]:
    """Headlines and leads of one week in five languages, then posts of a month in two."""
    names = ("stream/unlabelled.jsonl.gz", "telegram/posts_2026-06.jsonl.gz")
    gazetteer, settings = Gazetteer.load(), Settings()
    found: dict[str, Article] = {}
    rows = (row for name in names for row in records(data, name))
    for row in islice(rows, most):
        made = prepare(page(row), gazetteer, settings)
        if not isinstance(made, Rejected):
            found |= {article.id: article for article in made}
    return list(found.values())


def _grow(source: LivingSource, spare: Sequence[Article]) -> None:
    """Add the spare articles batch by batch, take them out again, and so on."""
    while True:
        for start in range(0, len(spare), BATCH):
            with source.alone() as collection:
                collection.add(spare[start : start + BATCH])
            time.sleep(PAUSE)
        with source.alone() as collection:
            collection.remove([article.id for article in spare])


def _measure(server: int, rate: int, seconds: int) -> dict[str, object]:
    for path in ASKED.values():
        urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}").read()
    before, version = _memory(server), _version()
    with ThreadPoolExecutor(len(ASKED)) as pool:
        share = rate / len(ASKED) / WORKERS
        runs = pool.map(lambda path: list(_hey(path, share, seconds)), ASKED.values())
        answers = dict(zip(ASKED, runs, strict=True))
    pooled = [answer for run in answers.values() for answer in run]
    return {
        "requests": len(pooled),
        "requests_per_second": round(len(pooled) / seconds, 1),
        "errors": sum(code != 200 for _, code in pooled),
        "p95_ms": _percentile(pooled, 0.95),
        "kinds": {
            kind: {f"p{share:.0%}"[:-1]: _percentile(run, share) for share in (0.5, 0.95, 0.99)}
            for kind, run in answers.items()
        },
        "adds_meanwhile": _version() - version,
        "memory_mb": {"before": before, "after": _memory(server)},
    }


def _hey(path: str, rate: float, seconds: int) -> Iterator[tuple[float, int]]:
    """Seconds and status of every answer."""
    command = ["hey", "-z", f"{seconds}s", "-c", str(WORKERS), "-q", f"{rate:g}", "-o", "csv"]
    told = subprocess.run(
        [*command, f"http://127.0.0.1:{PORT}{path}"], capture_output=True, text=True, check=True
    )
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
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health") as told:
        return int(json.load(told)["version"])


if __name__ == "__main__":
    main()
