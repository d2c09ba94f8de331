"""What every task of a run knows, and the stages that a worker keeps between tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from clusterer.encoding import Encoder, VectorCache, open_encoder
from clusterer.engine.folder import Folder
from clusterer.gazetteer import Gazetteer
from clusterer.living.assembly import Assembly
from clusterer.settings import Settings


@dataclass(frozen=True)
class Job:
    """A run. ``shard`` is how many articles lie in one shard at most; ``agencies`` the text of
    a table of further sources; ``cache`` whether vectors are kept between runs."""

    folder: Folder
    encoder: str | Encoder
    settings: Settings
    agencies: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    shard: int = 4096
    cache: bool = True

    def stages(self) -> Assembly:
        """The stages with encoder and gazetteer, made once in a process."""
        return Assembly(
            _encoder(self.encoder),
            self.settings,
            _gazetteer(self.agencies),
            VectorCache.open_default() if self.cache else None,
        )


def _encoder(encoder: str | Encoder) -> Encoder:
    return _opened(encoder) if isinstance(encoder, str) else encoder


@lru_cache(maxsize=2)
def _opened(name: str) -> Encoder:
    return open_encoder(name)


@lru_cache(maxsize=2)
def _gazetteer(table: str) -> Gazetteer:
    if not table:
        return Gazetteer.load()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "agencies.csv"
        path.write_bytes(table.encode("utf-8"))
        return Gazetteer.load(path)
