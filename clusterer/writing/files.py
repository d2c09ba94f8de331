"""Write a result to a file, by its suffix, in one step that cannot leave half a file."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from clusterer.errors import InputError
from clusterer.result import Result


def _json(result: Result) -> bytes:
    return result.to_json().encode("utf-8", "surrogatepass")


def _lines(result: Result) -> bytes:
    told = [json.dumps(story, ensure_ascii=False) for story in result.to_dict()["stories"]]
    return "".join(line + "\n" for line in told).encode("utf-8", "surrogatepass")


def _csv(result: Result) -> bytes:
    from clusterer.writing.table import to_csv

    return to_csv(result).encode("utf-8-sig", "surrogatepass")


def _parquet(result: Result) -> bytes:
    from clusterer.writing.table import to_parquet

    return to_parquet(result)


def _html(result: Result) -> bytes:
    from clusterer.writing.report import render_report

    return render_report(result.to_dict(texts=True)).encode("utf-8", "replace")


FORMATS: Mapping[str, Callable[[Result], bytes]] = {
    ".json": _json,
    ".jsonl": _lines,
    ".csv": _csv,
    ".parquet": _parquet,
    ".html": _html,
}


def write(result: Result, path: Path) -> None:
    """Raises InputError when the suffix is none of ``FORMATS`` or the place cannot be written."""
    check(path)
    write_atomically(path, FORMATS[path.suffix.lower()](result))


def check(path: Path) -> None:
    """Raises InputError early, before hours of work end in a wrong suffix."""
    if path.suffix.lower() not in FORMATS:
        raise InputError(f"{path}: cannot write this suffix; known: {', '.join(FORMATS)}")
    if not path.resolve().parent.is_dir():
        raise InputError(f"{path}: the folder does not exist")


def write_atomically(path: Path, data: bytes) -> None:
    """The file is either the old one or the whole new one, also after a crash."""
    write_lines(path, [data])


def write_lines(path: Path, lines: Iterable[bytes]) -> None:
    """The same for what is longer than memory."""
    try:
        handle, name = tempfile.mkstemp(dir=path.resolve().parent, prefix=f".{path.name}.")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as sink:
            sink.writelines(lines)
            sink.flush()
            os.fsync(sink.fileno())
        part.chmod(0o666 & ~_umask())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InputError(f"{path}: {error.strerror}") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
