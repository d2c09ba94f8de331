"""The folder of a run on any file system that fsspec knows; files appear whole or not at all."""

from __future__ import annotations

import io
import json
import os
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from clusterer.errors import EngineError

# Rows of a row group: what a reader of a few rows has to unpack.
GROUP = 1024


@dataclass(frozen=True)
class Folder:
    """``url`` as fsspec reads it: a path, ``s3://bucket/run``, ``memory://run`` …"""

    url: str

    @cached_property
    def _place(self) -> tuple[Any, str]:
        import fsspec

        try:
            files, root = fsspec.url_to_fs(self.url)
        except (ImportError, ValueError) as error:
            raise EngineError(f"{self.url}: {error}") from None
        return files, root.rstrip("/")

    def __reduce__(self) -> tuple[type[Folder], tuple[str]]:
        return Folder, (self.url,)

    @property
    def local(self) -> bool:
        """Whether it lies on a disk of this machine."""
        kinds = self._place[0].protocol
        return "file" in ((kinds,) if isinstance(kinds, str) else kinds)

    def path(self, name: str) -> str:
        """The name as the file system has it."""
        return f"{self._place[1]}/{name}"

    def make(self) -> None:
        """Make the folder; on a disk for its owner alone."""
        files, root = self._place
        if self.local:
            os.makedirs(root, mode=0o700, exist_ok=True)  # noqa: PTH103 - fsspec's own path
        else:
            files.makedirs(root, exist_ok=True)

    def names(self, under: str) -> list[str]:
        """Names of the files right in a folder of ours, sorted; none where it is not there."""
        files, _ = self._place
        try:
            found = files.ls(self.path(under), detail=False)
        except FileNotFoundError:
            return []
        return sorted(one.rstrip("/").rpartition("/")[2] for one in found)

    def exists(self, name: str) -> bool:
        return bool(self._place[0].exists(self.path(name)))

    def read(self, name: str) -> bytes:
        data: bytes = self._place[0].cat_file(self.path(name))
        return data

    def write(self, name: str, data: bytes) -> None:
        """Whole or not at all: on a disk by renaming; an object store shows no half object."""
        self.write_parts(name, [data])

    def write_parts(self, name: str, parts: Iterable[bytes]) -> int:
        """The same for what is longer than memory; the number of bytes."""
        files, _ = self._place
        path = self.path(name)
        files.makedirs(path.rpartition("/")[0], exist_ok=True)
        aside = f"{path}.{uuid.uuid4().hex}.part" if self.local else path
        size = 0
        with files.open(aside, "wb") as sink:
            for part in parts:
                size += sink.write(part)
        if aside != path:
            os.replace(aside, path)  # noqa: PTH105 - fsspec's own paths
        return size

    def read_json(self, name: str) -> Any:
        return json.loads(self.read(name))

    def write_json(self, name: str, told: Any) -> None:
        self.write(name, json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass"))

    def write_table(self, name: str, table: Any) -> int:
        """A table of Arrow as Parquet; the number of bytes."""
        import pyarrow.parquet as pq

        sink = io.BytesIO()
        pq.write_table(table, sink, row_group_size=GROUP, compression="zstd", compression_level=1)
        return self.write_parts(name, [sink.getvalue()])

    def read_table(
        self, name: str, columns: Sequence[str] | None = None, filters: Any = None
    ) -> Any:
        """A table of Arrow; ``filters`` as ``pyarrow.parquet.read_table`` takes them."""
        import pyarrow.parquet as pq

        files, _ = self._place
        path, asked = self.path(name), None if columns is None else list(columns)
        return pq.read_table(
            path, columns=asked, filters=filters, filesystem=files, use_threads=False
        )

    def batches(self, name: str, size: int) -> Iterator[Any]:
        """A table piece by piece, ``size`` rows at a time."""
        import pyarrow.parquet as pq

        with self._place[0].open(self.path(name), "rb") as source:
            yield from pq.ParquetFile(source).iter_batches(batch_size=size)

    def lines(self, name: str) -> Iterator[bytes]:
        with self._place[0].open(self.path(name), "rb") as source:
            yield from source


def as_terms(told: Mapping[str, Any]) -> str:
    """Terms of a run as one canonical text, to tell two runs apart."""
    return json.dumps(told, ensure_ascii=False, sort_keys=True)
