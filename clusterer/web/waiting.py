"""One look at the source for all who wait for news of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

LOOK_EVERY = 0.25  # seconds


class Bell:
    """Rings when the version changes; looks for that only while somebody listens."""

    def __init__(self, version: Callable[[], str]) -> None:
        self._version = version
        self._listeners = 0
        self._looking: asyncio.Task[None] | None = None

    async def heard(self, known: str, seconds: float) -> bool:
        """Wait until the version is another than ``known``, at most so long; whether it is."""
        if self._version() != known:
            return True
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(known))
        self._listeners += 1
        try:
            await asyncio.wait({self._looking}, timeout=seconds)
        finally:
            self._listeners -= 1
        return self._version() != known

    async def _look(self, known: str) -> None:
        await asyncio.sleep(LOOK_EVERY)
        while self._listeners and self._version() == known:
            await asyncio.sleep(LOOK_EVERY)
