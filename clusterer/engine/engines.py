"""Who does the work of a stage: this process, or a cluster behind one small protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, cast

from clusterer.errors import EngineError, MissingExtraError

Part = Mapping[str, Any]  # what one task is about, as JSON can hold it
Told = dict[str, Any]  # what one task says of its outcome, as JSON can hold it
Work = Callable[[Part], Told]

HERE, RAY = "here", "ray"


class Failure(NamedTuple):
    """A task that came to no end, and why, in one line; ``died``: its worker did with it."""

    why: str
    died: bool = False


class Engine(Protocol):
    """Does the same work on many parts.

    Work is a picklable function of one part that leaves its results in files, so it may be
    done twice, on any machine that sees the folder of the run and has this package.
    """

    @property
    def workers(self) -> int:
        """How many parts are worked on at once."""
        ...

    def run(
        self, work: Work, parts: Sequence[Part], *, encodes: bool = False, once: bool = False
    ) -> Iterator[tuple[Part, Told | Failure]]:
        """``work`` of every part, as they come to their end.

        A worker that dies is replaced and its part done again, a few times; what fails for good
        is a ``Failure`` and stops no other part. With ``encodes`` the work loads a model that
        a worker should keep from part to part, on its GPU where it has one. With ``once`` no
        part is done again: it is tried whether it can be done.
        """
        ...

    def close(self) -> None: ...


class Here:
    """In the calling process, one part after the other."""

    workers = 1

    def run(
        self, work: Work, parts: Sequence[Part], *, encodes: bool = False, once: bool = False
    ) -> Iterator[tuple[Part, Told | Failure]]:
        for part in parts:
            yield part, attempt(work, part)

    def close(self) -> None:
        """Nothing is open."""


def attempt(work: Work, part: Part) -> Told | Failure:
    """What ``work`` tells of a part, or why it failed."""
    try:
        return work(part)
    except MissingExtraError:
        raise
    except Exception as error:  # noqa: BLE001 - one bad part must not stop the others
        return Failure(one_line(error))


def one_line(error: BaseException) -> str:
    said = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def open_engine(engine: str | Engine) -> Engine:
    """An engine by name: ``here``, ``ray`` (a cluster on this machine, begun and ended with the
    run) or ``ray:ADDRESS`` (one that runs, such as ``ray:auto`` or ``ray:ray://head:10001``).

    Raises EngineError for another name, MissingExtraError where the extra is not installed.
    """
    if not isinstance(engine, str):
        return engine
    name, _, address = engine.partition(":")
    if name == HERE and not address:
        return Here()
    if name == RAY:
        from clusterer.engine.ray_engine import Ray

        return cast(Engine, Ray(address or None))
    raise EngineError(f"unknown engine {engine!r}; known: {HERE}, {RAY}[:ADDRESS]")
