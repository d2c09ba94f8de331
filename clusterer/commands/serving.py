"""The command that puts stories on the web, on this machine unless told otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clusterer.commands.common import one_line_errors
from clusterer.commands.options import opened, stage_options, told_fields, told_settings
from clusterer.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from clusterer.web import StorySource

# How often a store that another process writes is looked at, in seconds.
FOLLOW_EVERY = 1.0


@click.command()
@click.argument("inputs", nargs=-1, metavar="[INPUT...]")
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    help="Serve this store; INPUT... is read into it first.",
)
@click.option(
    "--read-only", is_flag=True, help="Follow a store that another process keeps up to date."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--token",
    envvar="CLUSTERER_TOKEN",
    help="Bearer token that readers must have; needed beyond this machine.",
)
@click.option(
    "--allow-origin",
    "origins",
    multiple=True,
    metavar="ORIGIN",
    help="A site whose pages may read, such as https://desk.example.",
)
@click.option(
    "--allow-host", "hosts", multiple=True, metavar="NAME", help="A host name to answer to."
)
@click.option(
    "--rate",
    default=500.0,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    help="Requests a second that one client may make, with bursts of two seconds' worth.",
)
@stage_options
def serve(
    inputs: tuple[str, ...],
    store: Path | None,
    read_only: bool,
    **rest: Any,
) -> None:
    """Serve stories over HTTP, with a page to look at them.

    INPUT... are folders and files to read, or one stories.json. Needs the extra "web".
    """
    reach = {name: rest.pop(name) for name in ("host", "port")}
    guarded = {name: rest.pop(name) for name in ("token", "origins", "hosts", "rate")}
    with one_line_errors():
        _check(inputs, store, read_only)
        with _source(inputs, store, read_only, **rest) as source:
            _serve(source, **reach, **guarded)


def _serve(
    source: StorySource,
    host: str,
    port: int,
    *,
    origins: Sequence[str],
    hosts: Sequence[str],
    **limits: Any,
) -> None:
    from clusterer.web.app import serve as listen
    from clusterer.web.gate import LOOPBACK, Guard

    guard = Guard(origins=tuple(origins), hosts=(*LOOPBACK, host, *hosts), **limits)
    click.echo(f"cluster: http://{host}:{port}", err=True)
    listen(source, host, port, guard)


def _check(inputs: Sequence[str], store: Path | None, read_only: bool) -> None:
    try:
        import clusterer.web.app  # noqa: F401
    except ImportError:
        raise MissingExtraError("serving", "web") from None
    if not inputs and store is None:
        raise InputError("nothing to serve: name a folder, a stories.json or a --store")
    if read_only and (store is None or inputs):
        raise InputError("--read-only follows a --store and reads no input")


@contextmanager
def _source(
    inputs: Sequence[str], store: Path | None, read_only: bool, **stages: Any
) -> Iterator[StorySource]:
    from clusterer.collection import Collection
    from clusterer.web import FixedSource, FollowingSource, LivingSource

    if store is not None and read_only:
        with Collection.open(store, read_only=True) as collection:
            following = FollowingSource(collection)
            with following.follow(FOLLOW_EVERY):
                yield following
    elif store is None and len(inputs) == 1 and _is_contract(Path(inputs[0])):
        yield FixedSource.load(Path(inputs[0]))
    else:
        fields = told_fields(stages.pop("fields"))
        with opened(store, **stages) if store else _in_memory(**stages) as collection:
            if inputs:
                collection.read(inputs, fields)
            yield LivingSource(collection)


@contextmanager
def _in_memory(
    encoder: str,
    settings: Path | None,
    overrides: Sequence[str],
    agencies: Path | None,
    quiet: bool,
) -> Iterator[Any]:
    from clusterer.collection import Collection
    from clusterer.writing.bar import progress_bar

    with progress_bar(quiet) as progress:
        told = told_settings(settings, overrides)
        yield Collection(encoder, settings=told, agencies=agencies, progress=progress)


def _is_contract(path: Path) -> bool:
    """Whether a file says in its first lines that it is a saved answer of ours."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    with path.open("rb") as file:
        return b"clusterer.stories/1" in file.read(200)
