"""Which files a run reads, in the order of the inputs, dealt into chunks; on any file system."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from clusterer.engine.engines import Part, Told
from clusterer.engine.job import Job
from clusterer.engine.tables import rejected_table
from clusterer.errors import InputError
from clusterer.news import Rejected
from clusterer.reading.files import STDIN, Source, find_sources

# What one reading task gets: as many files, or as many bytes, whichever is reached first.
FILES, BYTES = 512, 1 << 26
# Places in the order of the run: the file's number, and within it the page's.
PAGES_OF_FILE = 1 << 32


class Listed(NamedTuple):
    """A file to read: its number in the order of the run, its page's id, where it lies."""

    number: int
    name: str
    path: str


def list_inputs(job: Job, part: Part) -> Told:
    """Write the files of ``part["inputs"]`` as chunks, what is no file as rejected."""
    chunk: list[Listed] = []
    size = chunks = number = 0
    rejected: list[tuple[int, Rejected]] = []
    for found, path, bytes_ in _files(part["inputs"], job):
        if not isinstance(found, Rejected) and bytes_ > job.settings.max_file_bytes:
            found = Rejected(found, f"larger than {job.settings.max_file_bytes} bytes")
        if isinstance(found, Rejected):
            rejected.append((number * PAGES_OF_FILE, found))
        else:
            chunk.append(Listed(number, found, path))
            size += bytes_
        number += 1
        if len(chunk) >= FILES or size >= BYTES:
            job.folder.write_json(f"inputs/{chunks:05}.json", chunk)
            chunk, size, chunks = [], 0, chunks + 1
    if chunk:
        job.folder.write_json(f"inputs/{chunks:05}.json", chunk)
        chunks += 1
    job.folder.write_table("rejected/list.parquet", rejected_table(rejected))
    return {"chunks": chunks, "files": number - len(rejected)}


def chunk_of(job: Job, key: str) -> list[Listed]:
    return [Listed(*one) for one in job.folder.read_json(f"inputs/{key}.json")]


def check_inputs(inputs: Sequence[str]) -> None:
    """Raises InputError for one that does not exist, or that no other machine can read."""
    for given in inputs:
        if given == STDIN:
            raise InputError("an engine reads files and folders, not standard input")
        if "://" not in given and not Path(given).exists():
            raise InputError(f"{given}: no such file or folder")


def _files(inputs: Sequence[str], job: Job) -> Iterator[tuple[str | Rejected, str, int]]:
    """(name or rejected, path, bytes) of every file, each path once."""
    met: set[str] = set()
    for given in inputs:
        for name, path, size in _remote(given) if "://" in given else _local(given, job):
            if isinstance(name, Rejected) or path not in met:
                met.add(path)
                yield name, path, size


def _local(given: str, job: Job) -> Iterator[tuple[str | Rejected, str, int]]:
    own = job.folder.path("") if job.folder.local else None
    for source in find_sources(given, job.settings):
        if isinstance(source, Rejected):
            yield source, "", 0
            continue
        path = os.path.abspath(source.path or "")  # noqa: PTH100 - links inside stay links
        if own is None or not path.startswith(own):
            try:
                size = os.stat(path).st_size  # noqa: PTH116 - a string already
            except OSError:
                size = 0  # the reader will say what is wrong with it
            yield source.name, path, size


def _remote(given: str) -> Iterator[tuple[str, str, int]]:
    files, root = _file_system(given)
    if files.isfile(root):
        yield root.rpartition("/")[2], given, int(files.size(root) or 0)
        return
    found: dict[str, Any] = files.find(root, detail=True)
    if not found:
        raise InputError(f"{given}: no such file or folder")
    start = len(root.rstrip("/")) + 1
    for path in sorted(found, key=lambda path: path[start:]):
        name = path[start:]
        if not any(step.startswith(".") for step in name.split("/")):
            yield name, files.unstrip_protocol(path), int(found[path].get("size") or 0)


def _file_system(url: str) -> tuple[Any, str]:
    import fsspec

    try:
        files, root = fsspec.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise InputError(f"{url}: {error}") from None
    return files, root


@contextmanager
def opened(listed: Listed) -> Iterator[Source]:
    """The file as the readers want it; one from elsewhere is fetched for as long."""
    if "://" not in listed.path:
        yield Source(listed.name, Path(listed.path))
        return
    files, path = _file_system(listed.path)
    with TemporaryDirectory() as folder:
        here = Path(folder) / (path.rpartition("/")[2] or "file")
        files.get_file(path, str(here))
        yield Source(listed.name, here)
