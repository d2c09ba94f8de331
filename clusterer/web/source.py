"""Where the server's stories come from: a saved file, a finished run, or a living collection.

A source must tell its contract and a version; everything more is an ability that the page and
the interface offer only where the source has it::

    Searching   the stories nearest to a text       Doubting   pairs near the line
    Recutting   another line between events         Linking    a person's word on a pair
    Changing    what happened since
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

from clusterer.errors import InputError
from clusterer.news import Article, Changes
from clusterer.result import Result
from clusterer.web.catalogue import Catalogue

Json = Mapping[str, Any]
Bond = Literal["must", "cannot", "none"]

KEPT_CHANGES = 10_000


class StorySource(Protocol):
    """``version`` changes whenever ``contract()`` would; both may be called from any thread."""

    @property
    def version(self) -> str: ...

    def contract(self) -> Json:
        """``clusterer.stories/1`` as plain data, with texts where there are any."""
        ...


@runtime_checkable
class Searching(Protocol):
    def search(self, text: str, limit: int) -> Sequence[Json]:
        """``{"story", "article", "similarity"}`` of the nearest stories, nearest first."""
        ...


@runtime_checkable
class Recutting(Protocol):
    def recut(self, threshold: float) -> Json:
        """The contract under another pair probability in [0, 1]; nothing is encoded again."""
        ...


@runtime_checkable
class Doubting(Protocol):
    def doubtful(self, limit: int) -> Sequence[Json]:
        """``{"left", "right", "probability", "together"}``, the most doubtful first."""
        ...


@runtime_checkable
class Linking(Protocol):
    def link(self, bond: Bond, left: str, right: str) -> None:
        """Keep two articles in one event, in two, or take back what was said of them.

        Raises KeyError for an article that is not here.
        """
        ...


@runtime_checkable
class Changing(Protocol):
    def changes(self, since: int, limit: int) -> Sequence[Json]:
        """What happened after number ``since``, oldest first, each with its ``sequence``."""
        ...


class FixedSource:
    """A contract that never changes."""

    def __init__(self, contract: Json) -> None:
        self._contract = contract
        packed = json.dumps(contract, sort_keys=True).encode()
        self.version = hashlib.blake2b(packed, digest_size=8).hexdigest()

    @classmethod
    def load(cls, path: Path) -> FixedSource:
        """A saved stories.json. Raises InputError when it is none."""
        try:
            contract = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise InputError(f"{path}: {error}") from None
        if not isinstance(contract, dict) or contract.get("schema") != "clusterer.stories/1":
            raise InputError(f"{path}: not a clusterer.stories/1 file")
        try:
            Catalogue(contract, "")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(f"{path}: not a whole clusterer.stories/1 file: {error}") from None
        return cls(contract)

    def contract(self) -> Json:
        return self._contract


class ResultSource(FixedSource):
    """A finished run, with its pairs: it can be cut anew and knows where it is in doubt."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.to_dict(texts=True))
        self._result = result

    def recut(self, threshold: float) -> Json:
        return self._result.at(threshold).to_dict(texts=True)

    def doubtful(self, limit: int) -> Sequence[Json]:
        return [asdict(doubt) for doubt in self._result.doubtful(limit)]


class Living(Protocol):
    """What a living source asks of a collection."""

    def result(self) -> Result: ...
    def add(self, articles: Iterable[Article]) -> Changes: ...
    def must_link(self, left: str, right: str) -> Changes: ...
    def cannot_link(self, left: str, right: str) -> Changes: ...
    def unlink(self, left: str, right: str) -> Changes: ...


class LivingSource:
    """A collection that others read while it changes.

    One lock stands between those who change and those who read it; readers get immutable
    results. Changes made through :meth:`change` are numbered from 1 and the last
    KEPT_CHANGES are kept.
    """

    def __init__(self, collection: Living) -> None:
        self._collection = collection
        self._lock = threading.RLock()
        self._sequence = 0
        self._log: deque[Json] = deque(maxlen=KEPT_CHANGES)

    @property
    def version(self) -> str:
        return str(self._sequence)

    def change(self, act: Callable[[Any], Changes]) -> Changes:
        """Do ``act`` to the collection, alone, and log what it did."""
        with self._lock:
            done = act(self._collection)
            said = asdict(done)
            if any(said.values()):
                self._sequence += 1
                at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
                self._log.append({"sequence": self._sequence, "at": at, **said})
        return done

    def add(self, articles: Iterable[Article]) -> Changes:
        given = list(articles)
        return self.change(lambda collection: collection.add(given))

    def contract(self) -> Json:
        return self._result().to_dict(texts=True)

    def recut(self, threshold: float) -> Json:
        return self._result().at(threshold).to_dict(texts=True)

    def doubtful(self, limit: int) -> Sequence[Json]:
        return [asdict(doubt) for doubt in self._result().doubtful(limit)]

    def link(self, bond: Bond, left: str, right: str) -> None:
        acts = {"must": "must_link", "cannot": "cannot_link", "none": "unlink"}
        self.change(lambda collection: getattr(collection, acts[bond])(left, right))

    def changes(self, since: int, limit: int) -> Sequence[Json]:
        with self._lock:
            return [item for item in self._log if item["sequence"] > since][:limit]

    def _result(self) -> Result:
        with self._lock:
            return self._collection.result()
