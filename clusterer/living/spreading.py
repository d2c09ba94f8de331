"""Work that falls into parts, done by as many processes as there are cores.

Children are forked: they see all that is in memory without a copy, and hand back results only.
Results stand in the order of the parts, so that nothing depends on how many took part. A child
runs plain Python and numpy; what it could not finish is done by its parent. Only the main thread
forks: OpenBLAS ends its threads before a fork, and where another thread multiplies just then,
as in a server that is asked things, both wait for ever.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")

# Names how many processes may take part; 1 keeps all work in the calling one.
VARIABLE = "CLUSTERER_PROCESSES"


def processes() -> int:
    """How many may take part: those asked for, or one a core; 1 where nothing can be forked."""
    if sys.platform != "linux" or multiprocessing.current_process().daemon:
        return 1
    if threading.current_thread() is not threading.main_thread():
        return 1
    asked = os.environ.get(VARIABLE, "")
    return max(int(asked), 1) if asked.isdigit() else len(os.sched_getaffinity(0))


class Sliced(Protocol):
    """A sequence or an array."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> Any: ...


S = TypeVar("S", bound=Sliced)


def cut(things: S, size: int) -> list[S]:
    """``things`` in parts of ``size``, the last may be shorter."""
    return [things[start : start + size] for start in range(0, len(things), size)]


def spread(work: Callable[[T], R], parts: Sequence[T]) -> list[R]:
    """``work`` of every part, in order. It changes nothing that lasts: a child's memory is gone."""
    count = min(processes(), len(parts))
    if count < 2:
        return [work(part) for part in parts]
    results: dict[int, R] = {}
    helpers: list[tuple[Any, Connection]] = []
    try:
        with suppress(OSError):  # no process or no memory to be had: fewer take part
            for first in range(1, count):
                helpers.append(_start(work, parts[first::count]))
        for at in range(0, len(parts), count):
            results[at] = work(parts[at])
        for first, (_, theirs) in enumerate(helpers, 1):
            for place, result in enumerate(_received(theirs)):
                results[first + count * place] = result
    finally:
        for process, theirs in helpers:
            theirs.close()
            if process.is_alive():
                process.terminate()
            process.join()
    return [results[at] if at in results else work(part) for at, part in enumerate(parts)]


def _start(work: Callable[[T], Any], parts: Sequence[T]) -> tuple[Any, Connection]:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(work, parts, theirs), daemon=True)
    own = gc.get_freeze_count() == 0  # who froze before, as the server does, stays frozen
    if own:
        gc.freeze()  # a child that collects would copy all memory that it looks at
    try:
        with warnings.catch_warnings():
            # a child touches no lock of another thread
            warnings.simplefilter("ignore", DeprecationWarning)
            process.start()
    except OSError:
        ours.close()
        raise
    finally:
        theirs.close()
        if own:
            gc.unfreeze()
    return process, ours


def _serve(work: Callable[[T], Any], parts: Sequence[T], parent: Connection) -> None:
    gc.disable()
    try:
        results = [work(part) for part in parts]
    except Exception:  # noqa: BLE001 - the parent meets it again and tells it
        results = []
    parent.send(results)
    parent.close()


def _received(child: Connection) -> list[Any]:
    try:
        found: list[Any] = child.recv()
    except (EOFError, OSError):
        return []
    return found
