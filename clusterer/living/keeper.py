"""One act, one step: what is held changes, and the journal keeps the change whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from clusterer.errors import StoreError
from clusterer.living.assembly import Assembly
from clusterer.living.chronicle import ActName, Arrival, Entry, Journal, Ruling, State, Step
from clusterer.living.holdings import Holdings
from clusterer.living.intake import Intake
from clusterer.living.rulings import Rulings
from clusterer.news import Article, Changes


@dataclass(frozen=True, slots=True)
class Act:
    """What is wanted: who comes, who leaves, who else is touched, which rulings are in force."""

    name: ActName
    coming: Sequence[Article] = ()
    leaving: Sequence[str] = ()
    touched: Sequence[str] = ()
    ruling: Ruling | None = None
    rulings: Rulings | None = None
    intake: Intake = field(default_factory=Intake)


class Keeper:
    """Carries acts out. ``held`` is the state after the entry number ``version`` of the log."""

    def __init__(self, stages: Assembly, journal: Journal) -> None:
        self.stages = stages
        self.journal = journal
        self.held = Holdings(stages.new_shelf())
        self.version = 0
        self.restore()

    def entries(self, since: int = 0, story: str | None = None) -> Iterator[Entry]:
        """Entries of the log up to the state that is held, though others may have written on."""
        for entry in self.journal.entries(since, story):
            if entry.number > self.version:
                return
            yield entry

    def check_writable(self) -> None:
        if self.journal.read_only:
            raise StoreError("this collection was opened to read only")

    def do(self, act: Act) -> Changes:
        """Carry out and keep. When anything fails, all is as it was before.

        A journal in memory keeps no state to come back to; it cannot fail, and everything
        that reads texts or asks the encoder is done before anything changes.
        """
        self.check_writable()
        arrivals = self.stages.receive(act.coming, self.held.key)
        try:
            step = self._carry_out(act, arrivals)
            if step is not None:
                self.journal.commit(step)
        except BaseException:
            self.restore()
            raise
        self.version = self.journal.version
        self._tidy()
        return step.entry.changes if step is not None and step.entry else Changes()

    def restore(self) -> None:
        """Hold what the journal keeps; nothing changes where it keeps nothing."""
        state = self.journal.load()
        if state is not None:
            self.held = Holdings(self.stages.new_shelf())
            self._take_over(state)

    def refresh(self, alone: AbstractContextManager[None] | None = None) -> bool:
        """Take over what another process wrote since; whether there was anything.

        ``alone`` is entered while what is held changes.
        """
        if self.journal.version == self.version:
            return False
        shelf = self.held.shelf
        keys = shelf.keys[np.sort(shelf.rows_of(shelf.rows))].tolist()
        state = self.journal.load(self.version, keys)
        if state is not None:
            with alone or nullcontext():
                if self._thinned(state):
                    self.restore()  # pairs of articles that are known came in, too
                else:
                    self._take_over(state)
        return True

    def _thinned(self, state: State) -> bool:
        """Whether a crowd has fewer articles than it had, so that more of them are compared."""
        shelf = self.held.shelf
        rows = np.flatnonzero(shelf.crowds.depth)
        now = {key: depth for key, (depth, _) in state.crowds.items()}
        now |= dict.fromkeys(state.gone, sys.maxsize)
        return any(
            now.get(key, 0) < depth
            for key, depth in zip(
                shelf.keys[rows].tolist(), shelf.crowds.depth[rows].tolist(), strict=True
            )
        )

    def _take_crowds(self, state: State) -> None:
        shelf = self.held.shelf
        keys = np.array(list(state.crowds), np.int64)
        told = np.array(list(state.crowds.values()), np.int64).reshape(-1, 2)
        rows = np.searchsorted(shelf.keys, keys)
        shelf.crowds.restore(rows, told[:, 0].astype(np.int8), told[:, 1].astype(np.int32))
        shelf.ties.deepen(rows, told[:, 0].astype(np.int8))

    def _take_over(self, state: State) -> None:
        shelf = self.held.shelf
        gone = np.searchsorted(shelf.keys, np.array(state.gone, np.int64))
        shelf.drop(shelf.ids(gone.tolist()))
        self.stages.place(shelf, state.arrivals)
        shelf.ties.tie(self.held.by_rows(state.pairs))
        self._take_crowds(state)
        self.held.take_over(state)
        self.version = state.version
        self._tidy()

    def _tidy(self) -> None:
        if self.held.shelf.cluttered():
            self.held.shelf = self.held.shelf.tidied()

    def _carry_out(self, act: Act, arrivals: list[Arrival]) -> Step | None:
        """Change what is held, and say so as a step; None when there is nothing to do.

        ``arrivals`` lose their vectors where the journal has no use for them.
        """
        held, shelf = self.held, self.held.shelf
        held.note(act.intake)
        step = Step(rejected=act.intake.rejected, seen=act.intake.seen, pages=held.pages)
        if not (arrivals or act.leaving or act.ruling):
            return step if act.intake.rejected or act.intake.seen else None
        went = {id: int(shelf.keys[shelf.rows[id]]) for id in act.leaving}
        gone = shelf.drop(act.leaving, self.stages.settings)
        held.key += len(arrivals)
        spoken = {} if act.rulings is None else act.rulings.since(held.rulings)
        held.rulings = act.rulings or held.rulings
        rows = self.stages.place(shelf, arrivals)
        if not self.journal.keeps_vectors:  # of a large batch they are a fifth of all memory
            none = np.empty((0, self.stages.encoder.dimension), np.float16)
            arrivals[:] = [arrival._replace(vectors=none) for arrival in arrivals]
        pairs, redrawn = self.stages.tie(shelf, rows)
        named = shelf.rows_of(act.touched)
        touched = np.concatenate([rows, named, self._within(redrawn.ends)])
        done = self.stages.regroup(
            held, np.unique(touched), self._here(redrawn.rows), gone, act.leaving
        )
        entry = Entry(self.version + 1, datetime.now(UTC), act.name, done.changes(), act.ruling)
        moved = {id: home for id, home in done.now.items() if done.was.get(id) != home}
        moved.update((a.article.id, done.now[a.article.id]) for a in arrivals)
        return replace(
            step,
            entry=entry,
            came=arrivals,
            went=went,
            pairs=held.keyed(pairs),
            homes={int(shelf.keys[shelf.rows[id]]): home for id, home in moved.items()},
            told={id: told for id, told in done.told.items() if told is not done.before.get(id)},
            named={
                "e": tuple((id, held.events.births[id]) for id in done.event_names.born),
                "s": tuple((id, held.stories.births[id]) for id in done.names.born),
            },
            redirected={"e": done.event_names.merged, "s": done.names.merged},
            rulings=spoken,
            crowds={
                int(shelf.keys[row]): (int(shelf.crowds.depth[row]), int(shelf.crowds.found[row]))
                for row in self._here(shelf.crowds.news()).tolist()
            },
        )

    def _here(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of ``rows`` that are still here."""
        shelf = self.held.shelf
        here = [r for r in rows.tolist() if shelf.rows.get(shelf.articles[r].id) == r]
        return np.array(here, np.int64)

    def _within(self, ends: NDArray[np.int64]) -> NDArray[np.int64]:
        """Rows of ties that came or went inside a story, which tells of them."""
        shelf, home = self.held.shelf, self.held.stories.home
        left, right = (
            [home.get(shelf.articles[row].id, "") for row in side.tolist()] for side in ends.T
        )
        same = [bool(a) and a == b for a, b in zip(left, right, strict=True)]
        return self._here(np.unique(ends[np.array(same, bool)]))
