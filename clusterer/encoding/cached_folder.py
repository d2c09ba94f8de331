"""Folders that are expensive to build, built once per user and checked before each use.

They lie below ``$CLUSTERER_CACHE``, or the platform's cache directory for this user. A
folder appears by one rename, complete with a manifest of checksums, or not at all.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from clusterer.errors import EncoderError

logger = logging.getLogger(__name__)

_MANIFEST = "manifest.json"


def cache_folder() -> Path:
    """The user's cache of this package, made on demand, readable by the user alone."""
    told = os.environ.get("CLUSTERER_CACHE")
    if told:
        folder = Path(told).expanduser()
    else:
        from platformdirs import user_cache_dir

        folder = Path(user_cache_dir("clusterer", appauthor=False))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EncoderError(f"no cache at {folder}: {error}; set CLUSTERER_CACHE") from None
    return folder


def file_checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def built_folder(name: str, build: Callable[[Path], None]) -> Path:
    """The folder ``name`` of the cache, made by ``build`` unless it lies there unharmed.

    ``build`` fills an empty folder. Two processes may build at once: the first to finish
    wins. A damaged folder is replaced, with a warning to the log.
    """
    target = cache_folder() / "models" / name
    if target.exists():
        if _is_whole(target):
            return target
        logger.warning("the model in %s is damaged and is built again", target)
    else:
        logger.warning("unpacking the model into %s (once)", target)
    try:
        target.parent.mkdir(mode=0o700, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=target.parent))
    except OSError as error:
        raise EncoderError(f"cannot build a model in {target.parent}: {error}") from None
    try:
        build(fresh)
        _write_manifest(fresh)
        _replace(target, fresh)
    except OSError as error:
        raise EncoderError(f"cannot build a model in {target}: {error}") from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return target


def _replace(target: Path, fresh: Path) -> None:
    if target.exists() and not _is_whole(target):
        broken = Path(tempfile.mkdtemp(prefix=".broken-", dir=target.parent))
        target.rename(broken / "model")
        shutil.rmtree(broken, ignore_errors=True)
    try:
        fresh.rename(target)
    except OSError:
        # another process was faster; its folder is as good as ours if it is whole
        if not _is_whole(target):
            raise


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.name != _MANIFEST)


def _write_manifest(folder: Path) -> None:
    sums = {p.relative_to(folder).as_posix(): file_checksum(p) for p in _files(folder)}
    (folder / _MANIFEST).write_text(json.dumps(sums, indent=2) + "\n", encoding="utf-8")


def _is_whole(folder: Path) -> bool:
    try:
        sums = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        found = {p.relative_to(folder).as_posix(): p for p in _files(folder)}
        return bool(sums.keys() == found.keys()) and all(
            file_checksum(path) == sums[name] for name, path in found.items()
        )
    except (OSError, ValueError, AttributeError):
        return False
