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
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from clusterer.errors import ClustererError, InputError
from clusterer.news import Changes, Story
from clusterer.result import Result
from clusterer.web.catalogue import Catalogue
from clusterer.writing.contract import frame, story_of

if TYPE_CHECKING:
    from clusterer.collection import Collection

logger = logging.getLogger(__name__)

Json = Mapping[str, Any]
Bond = Literal["must", "cannot", "none"]

STORY_CHANGES = (
    *("new", "grown", "shrunk", "merged", "split"),
    *("origin_changed", "retold", "gone"),
)


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


class FollowingSource:
    """A collection that another process writes, or that nobody changes.

    A collection is for one thread at a time, but for three who do not meet: who searches, who
    tells the stories, and who reads the journal. Each has a lock, and only what changes the
    collection takes all: a search waits neither for a snapshot nor for the reading of what
    another process wrote. Readers of the stories wait for nothing, because they read snapshots,
    and those who ask what changed while something is changing are told that nothing has, yet.
    """

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._searching = threading.Lock()
        self._telling = threading.Lock()
        self._reading = threading.Lock()
        self._told: Mapping[str, tuple[Story, Json]] = {}

    @property
    def version(self) -> str:
        return str(self._collection.version)

    def contract(self) -> Json:
        """Stories that are told as they were are the same objects as in the contract before."""
        result, before = self._result(), self._told
        told = {}
        for story in result.stories:
            known, plain = before.get(story.id, (None, None))
            if plain is None or known is not story:
                plain = story_of(result, story, texts=True)
            told[story.id] = (story, plain)
        self._told = told
        return frame(result, [plain for _, plain in told.values()])

    def recut(self, threshold: float) -> Json:
        with self._telling:  # cutting anew reads the collection once more
            cut = self._collection.result().at(threshold)
        return cut.to_dict(texts=True)

    def doubtful(self, limit: int) -> Sequence[Json]:
        return [asdict(doubt) for doubt in self._result().doubtful(limit)]

    def search(self, text: str, limit: int) -> Sequence[Json]:
        with self._searching:
            return [found._asdict() for found in self._collection.search(text, limit)]

    def changes(self, since: int, limit: int) -> Sequence[Json]:
        if since >= self._collection.version or not self._reading.acquire(blocking=False):
            return ()
        try:
            entries = islice(self._collection.changes(since), limit)
            return [_told(entry.number, entry.at, entry.act, entry.changes) for entry in entries]
        finally:
            self._reading.release()

    @contextmanager
    def follow(self, seconds: float) -> Iterator[None]:
        """Inside the block, take over every so many seconds what another process wrote.

        A store that cannot be read for a while is told to the log and asked again.
        """
        ended = threading.Event()

        def look() -> None:
            while not ended.wait(seconds):
                try:
                    with self._reading:
                        self._collection.refresh(self._changing())
                except ClustererError as error:
                    logger.warning("not followed: %s", error)

        follower = threading.Thread(target=look, name="follow", daemon=True)
        follower.start()
        try:
            yield
        finally:
            ended.set()
            follower.join()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._telling, self._searching:
            yield

    def _result(self) -> Result:
        with self._telling:
            return self._collection.result()


class LivingSource(FollowingSource):
    """A collection of our own, which readers may correct and others here may change."""

    @contextmanager
    def alone(self) -> Iterator[Collection]:
        """The collection, for one who changes it beside the server."""
        with self._reading, self._changing():
            yield self._collection

    def link(self, bond: Bond, left: str, right: str) -> None:
        with self.alone() as collection:
            if bond == "must":
                collection.must_link(left, right)
            elif bond == "cannot":
                collection.cannot_link(left, right)
            else:
                collection.unlink(left, right)


def _told(sequence: int, at: datetime, act: str, changes: Changes) -> Json:
    return {
        "sequence": sequence,
        "at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "act": act,
        **{name: list(getattr(changes, name)) for name in STORY_CHANGES},
    }
