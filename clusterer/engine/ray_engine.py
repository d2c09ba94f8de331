"""The engine on Ray: a task for each part, an actor for each worker that holds a model."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from clusterer.engine.engines import Failure, Part, Told, Work, attempt, one_line
from clusterer.errors import EngineError, MissingExtraError

# How often a part is tried again when its worker dies of anything but an exception.
RETRIES = 2


class Ray:
    """Tasks and actors of Ray (Moritz et al. 2018), so many at once as there are workers.

    ``address`` None begins a cluster on this machine, which ends with :meth:`close` and listens on
    loopback only, where Ray was not imported before; a Ray that
    this process has joined already is used as it is. ``workers`` None: one a CPU of the cluster.
    ``gpus`` is the share of a GPU that each encoding worker takes, None: an equal share of all
    that there are.
    """

    def __init__(
        self, address: str | None = None, workers: int | None = None, gpus: float | None = None
    ) -> None:
        ray = _ray(alone=address is None)
        self._ray = ray
        self._own = not ray.is_initialized()
        if self._own:
            _begin(ray, address, workers)
        have = ray.cluster_resources()
        self.workers = workers or max(int(have.get("CPU", 1)), 1)
        self._gpus = have.get("GPU", 0.0) / self.workers if gpus is None else gpus

    def run(
        self, work: Work, parts: Sequence[Part], *, encodes: bool = False, once: bool = False
    ) -> Iterator[tuple[Part, Told | Failure]]:
        shared = self._ray.put(work)
        count, retries = min(self.workers, len(parts)), 0 if once else RETRIES
        if encodes:
            holder = self._ray.remote(
                num_cpus=1, num_gpus=_share(self._gpus), max_restarts=-1, max_task_retries=retries
            )(Holder)
            holders = [holder.remote() for _ in range(count)]
            start = [_on(one, shared) for one in holders]
        else:
            task = self._ray.remote(num_cpus=1, max_retries=retries)(_perform)
            start = [lambda part: task.remote(shared, part)] * count
        yield from self._keep_busy(start, parts)

    def _keep_busy(
        self, start: Sequence[Callable[[Part], Any]], parts: Sequence[Part]
    ) -> Iterator[tuple[Part, Told | Failure]]:
        """One part at a time for each starter: what waits is in nobody's memory but ours."""
        waiting = iter(parts)
        busy = {begin(part): (begin, part) for begin, part in zip(start, waiting, strict=False)}
        while busy:
            (done,), _ = self._ray.wait(list(busy), num_returns=1)
            begin, part = busy.pop(done)
            yield part, self._outcome(done)
            following = next(waiting, None)
            if following is not None:
                busy[begin(following)] = (begin, following)

    def _outcome(self, done: Any) -> Told | Failure:
        try:
            found: Told | Failure = self._ray.get(done)
        except self._ray.exceptions.RayError as error:
            return Failure(f"its worker died: {one_line(error)}", died=True)
        return found

    def close(self) -> None:
        if self._own:
            self._ray.shutdown()


class Holder:
    """A worker that stays, with whatever the work keeps in its process."""

    def perform(self, work: Work, part: Part) -> Told | Failure:
        return _perform(work, part)


def _on(holder: Any, shared: Any) -> Callable[[Part], Any]:
    return lambda part: holder.perform.remote(shared, part)


def _perform(work: Work, part: Part) -> Told | Failure:
    # the workers are the cores: none of them forks helpers of its own
    os.environ["CLUSTERER_PROCESSES"] = "1"
    return attempt(work, part)


def _share(gpus: float) -> float:
    """A share that Ray can grant: below one any fraction, above it whole GPUs."""
    return float(int(gpus)) if gpus > 1 else round(gpus, 4)


def _ray(*, alone: bool) -> Any:
    # nobody is told that a cluster was begun, unless somebody asked for that
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if alone:
        # Ray's word for a cluster of one machine, which listens on loopback only
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    try:
        import ray
        import ray.exceptions
    except ImportError:
        raise MissingExtraError("engine ray", "scale") from None
    return ray


def _cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin(ray: Any, address: str | None, workers: int | None) -> None:
    told: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    if address is None:
        told |= {"include_dashboard": False, "_node_ip_address": "127.0.0.1"}
        told["num_cpus"] = workers or _cores()
    else:
        told["address"] = address
    try:
        ray.init(**told)
    except (ConnectionError, OSError, RuntimeError, ValueError) as error:
        raise EngineError(f"Ray at {address or 'this machine'}: {one_line(error)}") from None
