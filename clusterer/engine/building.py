"""The order of a run's stages, and what is left to do of each.

Every task writes its results as whole files and then says so in ``done/STAGE/KEY.json``; a run
that is begun again in the same folder does what no such file tells of. The driver holds these
short notes and nothing of the articles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter, process_time
from typing import Any

from clusterer.engine.describing import describe_shard, encode
from clusterer.engine.engines import Engine, Failure, Part, Told, attempt
from clusterer.engine.inputs import list_inputs
from clusterer.engine.job import Job
from clusterer.engine.joining import FOREST, group_members, join, merge
from clusterer.engine.pages import files_of, read_chunk
from clusterer.engine.pairing import choose, count_neighbours, score_pairs, search
from clusterer.engine.settling import SETTLED, settle_ids, settle_pages, settle_words
from clusterer.engine.shelving import (
    Shard,
    ids_of,
    note_shards,
    pair_key,
    shard_pairs,
    shelf_parts,
    shelve,
)
from clusterer.engine.telling import finish, merged_limits, stories_in, tell_shard
from clusterer.errors import EngineError
from clusterer.progress import Progress

# What a stage does with one part; every one leaves its results in files.
STAGES: dict[str, Callable[[Job, Part], Told]] = {
    "list": list_inputs,
    "read": read_chunk,
    "settle": settle_pages,
    "ids": settle_ids,
    "words": settle_words,
    "shelve": shelve,
    "encode": encode,
    "describe": describe_shard,
    "search": search,
    "count": count_neighbours,
    "choose": choose,
    "score": score_pairs,
    "merge": merge,
    "join": join,
    "group": group_members,
    "tell": tell_shard,
    "finish": finish,
}
# Names of the smallest things that a part of these stages is about: when a part fails for good,
# it is done without those that it fails on, and these are rejected.
PIECES: dict[str, Callable[[Job, Part], Iterator[tuple[str, str]]]] = {
    "read": files_of,
    "encode": lambda job, part: iter(ids_of(job, part["shard"])),
    "tell": stories_in,
}


def _peak() -> float:
    """Most memory that this process had, MB; 0 where that cannot be known."""
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000, 1)


UNHEARD: Told = {}
Task = Callable[[str, Job, Part], Told]


def perform(stage: str, job: Job, part: Part) -> Told:
    """One task: the stage's work on a part, and the note that it is done."""
    began, used = perf_counter(), process_time()
    told = STAGES[stage](job, part)
    told["seconds"] = round(perf_counter() - began, 4)
    told["processor"] = round(process_time() - used, 4)
    told["memory"] = _peak()
    if "only" not in part:
        job.folder.write_json(f"done/{stage}/{part['key']}.json", told)
    return told


def bad_pieces(
    trial: Callable[[Part], Told | Failure], stage: str, part: Part, pieces: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """The pieces of a part that a stage fails on, found by halving, and why each is rejected.

    It is known already that it fails on all of them together.
    """
    if len(pieces) == 1:
        told = trial({**part, "only": list(pieces)})
        if not isinstance(told, Failure):
            return
        yield pieces[0], f"stage {stage} failed on it ({told.why})"
        return
    half = len(pieces) // 2
    for some in (pieces[:half], pieces[half:]):
        if len(some) == 1 or isinstance(trial({**part, "only": list(some)}), Failure):
            yield from bad_pieces(trial, stage, part, some)


def find_bad(stage: str, job: Job, part: Part) -> Told:
    """One task that tells which of ``part["pieces"]`` raise an exception."""
    work = partial(perform, stage, job)
    return {"bad": dict(bad_pieces(partial(attempt, work), stage, part, part["pieces"]))}


@dataclass(frozen=True)
class Run:
    job: Job
    engine: Engine
    progress: Progress

    def stage(self, name: str, parts: Sequence[Part], *, heard: bool = True) -> list[Told]:
        """What the tasks of a stage tell, in the order of ``parts``, done now or before.

        Where it is not ``heard`` nothing is kept of what they tell. Raises EngineError when a
        task fails that is about more than what can be left out.
        """
        job = self.job
        done: dict[str, Told] = {}
        noted = set(job.folder.names(f"done/{name}"))
        for part in parts:
            if f"{part['key']}.json" in noted:
                told = job.folder.read_json(f"done/{name}/{part['key']}.json") if heard else UNHEARD
                done[part["key"]] = told
        waiting = [part for part in parts if part["key"] not in done]
        failed = []
        for part, told in self._run(name, waiting):
            if isinstance(told, Failure):
                failed.append((part, told))
            else:
                done[part["key"]] = told if heard else UNHEARD
            self.progress(name, len(done), len(parts))
        for part, failure in failed:
            done[part["key"]] = self._without_the_bad(name, part, failure)
        return [done[part["key"]] for part in parts] if heard else []

    def one(self, name: str, part: Part) -> Told:
        (told,) = self.stage(name, [{"key": "all", **part}])
        return told

    def _run(
        self, name: str, parts: Sequence[Part], work: Task = perform, once: bool = False
    ) -> Iterator[tuple[Part, Told | Failure]]:
        task = partial(work, name, self.job)
        return self.engine.run(task, parts, encodes=name == "encode", once=once)

    def _try(self, name: str, part: Part, work: Task = perform) -> Told | Failure:
        ((_, told),) = self._run(name, [part], work, once=True)
        return told

    def _without_the_bad(self, name: str, part: Part, failure: Failure) -> Told:
        """The part done without the pieces that it fails on, which are found by halving."""
        broken = EngineError(f"stage {name}, part {part['key']}: {failure.why}")
        if name not in PIECES:
            raise broken
        pieces = [piece for piece, _ in PIECES[name](self.job, part)]
        if isinstance(self._try(name, {**part, "only": []}), Failure):
            raise broken  # it is none of the pieces
        found: Told | Failure = failure
        if not failure.died:
            found = self._try(name, {**part, "pieces": pieces}, find_bad)
        if isinstance(found, Failure):  # it kills its worker: each trial needs another
            found = {"bad": dict(bad_pieces(partial(self._try, name), name, part, pieces))}
        if len(found["bad"]) == len(pieces) > 1:
            raise broken  # a model that cannot be had, a disk that is full
        told = self._try(name, {**part, "without": found["bad"]})
        if isinstance(told, Failure):
            raise broken
        return told


def carry_out(run: Run, inputs: Sequence[str]) -> Told:
    """All stages in their order; the summary, which is written last."""
    job = run.job
    listed = run.one("list", {"inputs": list(inputs)})
    keys = [f"{number:05}" for number in range(listed["chunks"])]
    read = run.stage("read", [{"key": key} for key in keys])
    parts = [part for told in read for part in told["parts"]]
    pages = sum(told["pages"] for told in read)
    days, refused = _settle(run, parts, pages)
    shelved = run.stage("shelve", shelf_parts(days, parts, job.shard))
    shards = [Shard(*shard) for told in shelved for shard in told["shards"]]
    note_shards(job, shards)
    told = _stories(run, shards) if shards else []
    run.one("finish", {})
    summary = _summary(job, told, pages - refused)
    job.folder.write_json("summary.json", summary)
    return summary


def _settle(run: Run, parts: Sequence[Told], pages: int) -> tuple[dict[str, int], int]:
    """How many articles of each day are left, and how many pages were refused."""
    names = [part["name"] for part in parts]
    buckets = max(-(-pages // SETTLED), 1)
    asked = [
        {"key": f"{bucket:05}", "bucket": bucket, "buckets": buckets, "parts": names}
        for bucket in range(buckets)
    ]
    settled = run.stage("settle", asked)
    run.stage("ids", asked)
    days: dict[str, int] = {}
    for told in run.stage("words", asked):
        for day, count in told["days"].items():
            days[day] = days.get(day, 0) + count
    return days, sum(told["refused"] for told in settled)


def _stories(run: Run, shards: Sequence[Shard]) -> list[Told]:
    numbered = [
        {"key": f"{number:05}", "shard": number, "first": shard.first}
        for number, shard in enumerate(shards)
    ]
    encoded = run.stage("encode", numbered)
    run.stage("describe", numbered, heard=False)
    near = shard_pairs(shards, run.job.settings.candidate_hours)
    _score(run, near)
    joined = run.one("join", {"forest": _merged(run, near)})
    grouped = [
        {
            "key": f"{number:05}",
            "reached": reached,
        }
        for number, reached in enumerate(joined["reached"])
        if reached
    ]
    gone = [row for told in encoded for row in told["gone"]]
    begun: dict[int, tuple[list[str], set[int]]] = {}
    for part, told in zip(grouped, run.stage("group", grouped), strict=True):
        for shard, reached in told["begun"].items():
            keys, reach = begun.setdefault(int(shard), ([], set()))
            keys.append(part["key"])
            reach.update(reached)
    return run.stage(
        "tell",
        [
            {
                "key": f"{number:05}",
                "shard": number,
                "grouped": keys,
                "reached": sorted(reach),
                "gone": gone,
            }
            for number, (keys, reach) in sorted(begun.items())
        ],
    )


def _score(run: Run, near: Sequence[tuple[int, int]]) -> None:
    between: list[dict[str, Any]] = [{"key": pair_key(i, j), "i": i, "j": j} for i, j in near]
    run.stage("search", between, heard=False)
    met: dict[int, list[str]] = {}
    earlier: dict[int, list[int]] = {}
    for i, j in near:
        earlier.setdefault(j, []).append(i)
        for shard in {i, j}:
            met.setdefault(shard, []).append(pair_key(i, j))
    shards = [{"key": f"{s:05}", "shard": s, "near": keys} for s, keys in sorted(met.items())]
    run.stage("count", shards, heard=False)
    late = [
        {
            "key": f"{j:05}",
            "near": [pair_key(i, j) for i in before],
            "shards": [f"{i:05}" for i in before],
        }
        for j, before in earlier.items()
    ]
    run.stage("choose", late, heard=False)
    run.stage("score", between, heard=False)


def _merged(run: Run, near: Sequence[tuple[int, int]]) -> str:
    """The key of the one forest that is left when all are merged."""
    keys, layer = [pair_key(*pair) for pair in near], 0
    while len(keys) > 1 or not layer:
        parts: list[Part] = [
            {"key": f"m{layer}-{start // FOREST:05}", "forests": keys[start : start + FOREST]}
            for start in range(0, len(keys), FOREST)
        ]
        run.stage("merge", parts, heard=False)
        keys, layer = [part["key"] for part in parts], layer + 1
    return keys[0]


def _summary(job: Job, told: Sequence[Told], pages: int) -> Told:
    """The contract's frame, stories and what was rejected aside."""
    rejected = sum(1 for _ in job.folder.lines("rejected.jsonl"))
    counts = {name: sum(one[name] for one in told) for name in ("articles", "events", "stories")}
    return {
        "encoder": job.stages().encoder.id,
        "settings": job.settings.told(),
        "counts": {"pages": pages, **counts, "rejected": rejected},
        "limits": merged_limits(one["limits"] for one in told),
    }
