"""The living collection: articles and their stories, kept up to date as articles come and go.

A batch is one ``add``. Whatever the order of arrival, the same articles end in the same
stories, because the score of a pair depends on the pair alone, which pairs are scored depends on
who is there alone, and what an act touches is grouped as if all was grouped anew. Every act is one
step, which the journal keeps whole or not at all: a collection in memory and one on disk are the
same code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self

from clusterer.encoding import Encoder, VectorCache, open_encoder
from clusterer.errors import StoreError
from clusterer.gazetteer import Gazetteer
from clusterer.living.assembly import Assembly
from clusterer.living.chronicle import Entry, Journal, Memory
from clusterer.living.holdings import Holdings
from clusterer.living.keeper import Keeper
from clusterer.living.proving import find_problems
from clusterer.living.reception import Reception
from clusterer.living.word import UsersWord
from clusterer.news import Article, Story
from clusterer.progress import Progress, no_progress
from clusterer.result import Found, Result, reading_order
from clusterer.settings import Settings
from clusterer.storing import Store, Terms, table_of

if TYPE_CHECKING:
    from clusterer.engine import Archive, Engine


def cluster(
    inputs: str | Path | Sequence[str | Path],
    *,
    encoder: str | Encoder = "default",
    settings: Settings | None = None,
    agencies: Path | None = None,
    fields: Mapping[str, str] | None = None,
    progress: Progress = no_progress,
) -> Result:
    """Read folders and files, and group their articles into stories with origins.

    ``encoder`` is a name for :func:`open_encoder` or any object with its protocol.
    ``agencies`` is a CSV of further sources; ``fields`` maps names of records' fields.
    Raises InputError when an input does not exist; a bad page is in ``result.rejected``.
    """
    collection = Collection(encoder, settings=settings, agencies=agencies, progress=progress)
    collection.read([inputs] if isinstance(inputs, (str, Path)) else inputs, fields)
    return collection.result()


class Collection(Reception, UsersWord):
    """Articles and the stories they make. For one thread at a time.

    ::

        with Collection.open("stories.db") as collection:
            changes = collection.read(["today/"])

    An act that fails leaves everything as it was.
    """

    def __init__(
        self,
        encoder: str | Encoder = "default",
        *,
        settings: Settings | None = None,
        agencies: Path | None = None,
        progress: Progress = no_progress,
        journal: Journal | None = None,
    ) -> None:
        stages = Assembly(
            open_encoder(encoder) if isinstance(encoder, str) else encoder,
            settings or Settings(),
            Gazetteer.load(agencies),
            VectorCache.open_default(),
            progress,
        )
        self._keeper = Keeper(stages, journal or Memory())

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        encoder: str | Encoder | None = None,
        settings: Settings | None = None,
        agencies: Path | None = None,
        progress: Progress = no_progress,
        read_only: bool = False,
    ) -> Self:
        """A collection on disk, made where there is none. Close it, or use ``with``.

        ``encoder``, ``settings`` and ``agencies`` None mean those of the store. One process
        may write; with ``read_only`` any number may read meanwhile, and see whole states.
        Raises StoreError for a second writer, another encoder or settings, or a newer schema.
        """
        store = Store.open(path, read_only=read_only)
        try:
            kept = store.terms
            chosen = encoder or (kept and kept.encoder_name) or "default"
            opened = open_encoder(chosen) if isinstance(chosen, str) else chosen
            if settings is None:
                settings = kept.as_settings() if kept else Settings()
            name = chosen if isinstance(chosen, str) else ""
            table = kept.agencies if kept and agencies is None else table_of(agencies)
            store.agree(Terms(opened.id, name, opened.dimension, settings.told(), table))
            with _as_file(table) as further:
                return cls(
                    opened, settings=settings, agencies=further, progress=progress, journal=store
                )
        except BaseException:
            store.close()
            raise

    @classmethod
    def build(
        cls,
        source: str | Path | Sequence[str | Path],
        *,
        engine: str | Engine,
        folder: str | Path,
        **terms: Any,
    ) -> Archive:
        """Group what outgrows one machine: an archive in ``folder``, made by an engine's workers.

        ``engine`` is ``here``, ``ray``, ``ray:ADDRESS`` or an object with the protocol. The
        stories are those of :func:`cluster`, with the same ids and origins. See
        :func:`clusterer.engine.build` for ``terms`` and errors.
        """
        from clusterer.engine import build

        inputs = [source] if isinstance(source, (str, Path)) else source
        return build([str(one) for one in inputs], engine, str(folder), **terms)

    @classmethod
    def check(cls, path: str | Path) -> tuple[str, ...]:
        """What is wrong with a store, a sentence each; empty when it is sound.

        First the file by itself, then the state that it holds; see :meth:`problems`. Raises
        StoreError where there is no store.
        """
        with Store.open(path, read_only=True) as store:
            if broken := store.problems():
                return broken
        try:
            with cls.open(path, read_only=True) as collection:
                return collection.problems()
        except StoreError as error:
            return (str(error),)

    def close(self) -> None:
        self._keeper.journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._keeper.held.shelf)

    def __contains__(self, article: str) -> bool:
        return article in self._keeper.held.shelf.rows

    @property
    def encoder(self) -> Encoder:
        return self._keeper.stages.encoder

    @property
    def settings(self) -> Settings:
        return self._keeper.stages.settings

    @property
    def version(self) -> int:
        """Number of the last entry of the log that this collection has seen."""
        return self._keeper.version

    # What is told

    @property
    def stories(self) -> tuple[Story, ...]:
        """Largest first, then latest, then by id."""
        told = (told.story for told in self._keeper.held.told.values())
        return tuple(sorted(told, key=reading_order))

    def story(self, id: str) -> Story:
        """The story of this id, or the one that it was merged into. Raises KeyError."""
        return self._keeper.held.told[self._keeper.held.stories.resolve(id)].story

    def history(self, story: str) -> Iterator[Entry]:
        """Every entry of the log that tells of a story, oldest first, also of one that is gone
        or merged. Raises KeyError for an id that never was."""
        if story not in self._keeper.held.stories.births:
            raise KeyError(story)
        return self._keeper.entries(story=story)

    def changes(self, since: int = 0) -> Iterator[Entry]:
        """The entries of the log after number ``since``, oldest first."""
        return self._keeper.entries(since)

    def versions(self, article: str) -> tuple[Article, ...]:
        """Every version of an article, the oldest first, the last being the one in force.

        Raises KeyError for an id that is not here; an article that was removed is forgotten.
        """
        self._keeper.held.shelf.article(article)
        return self._keeper.journal.versions(article)

    def search(self, text: str, limit: int = 10) -> tuple[Found, ...]:
        """The stories with the articles that resemble ``text`` most, nearest first."""
        held, count = self._keeper.held, min(4 * limit, len(self))
        vector = self._keeper.stages.vector_of(text)
        while True:
            rows, scores = held.shelf.nearest(vector, count)
            best: dict[str, Found] = {}
            for id, score in zip(held.shelf.ids(rows), scores.tolist(), strict=True):
                story = held.stories.home[id]
                best.setdefault(story, Found(story, id, score))
            if len(best) >= limit or count >= len(self):
                return tuple(best.values())[:limit]
            count = min(4 * count, len(self))

    def result(self) -> Result:
        """The whole state as one immutable answer; articles and pairs by article id."""
        return _result(self._keeper.stages, self._keeper.held, self._recut)

    def _repr_html_(self) -> str:
        return self.result()._repr_html_()

    def refresh(self, alone: AbstractContextManager[None] | None = None) -> bool:
        """Take over what another process wrote since; whether there was anything.

        ``alone`` is entered while what is held changes, which is much shorter than the reading
        of the store before: other threads may search meanwhile.
        """
        return self._keeper.refresh(alone)

    def problems(self) -> tuple[str, ...]:
        """What is wrong with the state, a sentence each: none, unless a disk or a hand broke it.

        The log is replayed and all articles are grouped anew from their pairs.
        """
        keeper = self._keeper
        return (*keeper.journal.problems(), *find_problems(keeper))

    def _recut(self, probability: float) -> Result:
        """The same articles under another event cut, named afresh."""
        told = self.settings.told()
        story_cut = min(self.settings.story_cut, probability)
        settings = Settings.load(None, **told | {"event_cut": probability, "story_cut": story_cut})
        stages = replace(self._keeper.stages, settings=settings)
        return _result(stages, stages.regroup_all(self._keeper.held), self._recut)


def _result(stages: Assembly, held: Holdings, recut: Callable[[float], Result]) -> Result:
    shelf = held.shelf
    ids = sorted(shelf.rows)
    told = sorted((told for told in held.told.values()), key=lambda one: reading_order(one.story))
    return Result(
        stories=tuple(one.story for one in told),
        articles={id: shelf.limited(id) for id in ids},
        credits={id: shelf.credits[shelf.rows[id]] for id in ids},
        why={id: why for one in told for id, why in one.why.items()},
        rejected=tuple(held.rejected[page] for page in sorted(held.rejected)),
        pages=held.pages,
        encoder=stages.encoder.id,
        settings=stages.settings.told(),
        ids=tuple(ids),
        pairs=shelf.ties.among(shelf.rows_of(ids)),
        recut=recut,
        rulings=tuple(held.rulings),
    )


@contextmanager
def _as_file(table: str) -> Iterator[Path | None]:
    """A file with the text of a table, None where it is empty."""
    if not table:
        yield None
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / "agencies.csv"
        path.write_bytes(table.encode("utf-8"))
        yield path
