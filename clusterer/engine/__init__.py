"""The same pipeline in tasks: shards in, shards out, on this machine or on a cluster.

A stage is a plain function of one part that reads and writes whole files in the folder of the
run (:mod:`clusterer.engine.building` has their order); an :class:`Engine` does the parts. What
comes out is what one process makes of the same input: the same stories with the same ids and
origins, whatever the number of workers and the size of a shard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from clusterer.encoding import Encoder
from clusterer.engine.archive import Archive
from clusterer.engine.building import Run, carry_out
from clusterer.engine.engines import Engine, Failure, Part, Told, Work, attempt, open_engine
from clusterer.engine.folder import Folder, as_terms
from clusterer.engine.inputs import check_inputs
from clusterer.engine.job import Job
from clusterer.errors import EngineError, MissingExtraError
from clusterer.progress import Progress, no_progress
from clusterer.settings import Settings

__all__ = [
    "SHARD",
    "Archive",
    "Engine",
    "Failure",
    "Part",
    "Told",
    "Work",
    "attempt",
    "build",
    "open_engine",
]

SHARD = 4096  # articles: some hundred MB of a worker's memory while pairs are scored
FORM = 1  # raised when files of a run are written otherwise than before


def build(
    inputs: Sequence[str],
    engine: str | Engine,
    folder: str,
    *,
    encoder: str | Encoder = "default",
    settings: Settings | None = None,
    agencies: Path | None = None,
    fields: Mapping[str, str] | None = None,
    shard: int = SHARD,
    cache: bool = True,
    progress: Progress = no_progress,
) -> Archive:
    """Read and group ``inputs`` with the workers of ``engine``; all is left in ``folder``.

    Inputs and folder are paths or addresses that fsspec knows, which every worker can reach.
    A run that was cut off goes on from its last finished part when it is begun again with the
    same terms. ``shard`` is the most articles of a shard; it changes no result. With ``cache``
    each worker keeps vectors in its user's cache folder.

    Raises InputError when an input does not exist, EngineError when ``folder`` holds another
    run or a stage failed, MissingExtraError without the extra ``scale``.
    """
    if any(find_spec(name) is None for name in ("fsspec", "pyarrow")):
        raise MissingExtraError("a run on an engine", "scale")
    check_inputs(inputs)
    table = agencies.read_text("utf-8") if agencies is not None else ""
    place = Folder(folder)
    place.make()
    job = Job(place, encoder, settings or Settings(), table, dict(fields or {}), shard, cache)
    _agree(job, inputs)
    if not place.exists("summary.json"):
        opened = open_engine(engine)
        try:
            carry_out(Run(job, opened, progress), inputs)
        finally:
            if opened is not engine:
                opened.close()
    return Archive(job)


def _agree(job: Job, inputs: Sequence[str]) -> None:
    """Note what the run is about; raises EngineError when the folder holds another run."""
    name = "run.json"
    told = as_terms(
        {
            "form": FORM,
            "inputs": [one if "://" in one else str(Path(one).absolute()) for one in inputs],
            "encoder": job.stages().encoder.id,
            "settings": job.settings.told(),
            "agencies": job.agencies,
            "fields": dict(job.fields),
            "shard": job.shard,
        }
    )
    if not job.folder.exists(name):
        job.folder.write(name, told.encode("utf-8", "surrogatepass"))
    elif job.folder.read(name).decode("utf-8", "surrogatepass") != told:
        raise EngineError(f"{job.folder.url} holds a run of other inputs, settings or encoder")
