"""Catalogues of the source as it is now, made off the event loop and shared by all readers."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

from clusterer.web.catalogue import Catalogue
from clusterer.web.source import Recutting, StorySource

# A reader waits so long for a fresh catalogue before the last one is good enough, in seconds.
PATIENCE = 0.02
KEPT_CUTS = 8
# Between two catalogues at least so many times the time that the last one took: a collection
# that changes all the time costs its readers a quarter of one core, and they see it that later.
REST = 3.0


class Snapshots:
    """At most one catalogue is made at a time for each line; all who ask meanwhile share it."""

    def __init__(self, source: StorySource) -> None:
        self._source = source
        self.latest: Catalogue | None = None
        self._making: asyncio.Task[Catalogue] | None = None
        self._cuts: OrderedDict[tuple[str, float], Catalogue] = OrderedDict()
        self._rested = 0.0
        self._cutting = asyncio.Lock()
        self._maker = ThreadPoolExecutor(1, "catalogue")

    def version(self) -> str | None:
        """Whose answers are good enough at this moment; None where a catalogue must be made."""
        if self.latest is None:
            return None
        good = self._making is not None or time.monotonic() < self._rested
        return self.latest.version if good or self._is_new(self.latest) else None

    def _is_new(self, catalogue: Catalogue) -> bool:
        return catalogue.version == self._source.version

    async def now(self, *, fresh: bool = False) -> Catalogue:
        """The catalogue of the source's version, or the one before while the new is made.

        ``fresh`` waits for the new one, for readers who have just changed something.
        """
        latest = self.latest
        if latest is not None and self._is_new(latest):
            return latest
        if latest is not None and not fresh and time.monotonic() < self._rested:
            return latest
        if self._making is None:
            self._making = asyncio.create_task(self._make())
        making = self._making
        if latest is not None and not fresh:
            await asyncio.wait({making}, timeout=PATIENCE)
            made = making.done() and making.exception() is None
            return making.result() if made else latest
        newest = await asyncio.shield(making)
        stale = fresh and not self._is_new(newest)
        return await self.now(fresh=True) if stale else newest

    async def at(self, threshold: float | None) -> Catalogue:
        """The catalogue under another line; raises TypeError where the source cannot recut."""
        if threshold is None:
            return await self.now()
        source = self._source
        if not isinstance(source, Recutting):
            raise TypeError("this source cannot be cut anew")
        key = (source.version, round(threshold, 3))
        async with self._cutting:
            if key not in self._cuts:
                contract = await asyncio.to_thread(source.recut, key[1])
                self._cuts[key] = await asyncio.to_thread(Catalogue, contract, f"{key[0]}@{key[1]}")
                while len(self._cuts) > KEPT_CUTS:
                    self._cuts.popitem(last=False)
            self._cuts.move_to_end(key)
            return self._cuts[key]

    async def _make(self) -> Catalogue:
        try:
            begun = time.monotonic()
            loop = asyncio.get_running_loop()
            self.latest = await loop.run_in_executor(self._maker, self._build)
            ended = time.monotonic()
            self._rested = ended + REST * (ended - begun)
            return self.latest
        finally:
            self._making = None

    def _build(self) -> Catalogue:
        # Read before the contract: a change in between makes the next reader look again.
        version = self._source.version
        return Catalogue(self._source.contract(), version, self.latest)
