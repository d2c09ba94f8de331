"""Runs on an engine: its options, and the archive that such a run leaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from clusterer.commands.options import told_settings

if TYPE_CHECKING:
    from clusterer.engine import Archive

OPTIONS = (
    click.option(
        "--engine",
        metavar="NAME",
        help='Work in shards: "here", or "ray[:ADDRESS]" with the extra scale.',
    ),
    click.option(
        "--folder",
        metavar="URL",
        help="With --engine: keep the run here, and go on from what is done there.",
    ),
    click.option(
        "--shard",
        type=click.IntRange(min=1),
        metavar="COUNT",
        help="With --engine: the most articles of a shard.",
    ),
)


def engine_options(command: Any) -> Any:
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@contextmanager
def archived(
    inputs: Sequence[str],
    fields: dict[str, str] | None,
    *,
    engine: str,
    folder: str | None,
    shard: int | None,
    encoder: str,
    settings: Path | None,
    overrides: Sequence[str],
    agencies: Path | None,
    quiet: bool,
) -> Iterator[Archive]:
    """The archive of a run; without a folder it ends with the block."""
    from clusterer.engine import SHARD, build
    from clusterer.writing.bar import progress_bar

    with ExitStack() as stack:
        progress = stack.enter_context(progress_bar(quiet))
        if folder is None:
            folder = stack.enter_context(TemporaryDirectory(prefix="clusterer-"))
        yield build(
            inputs,
            engine,
            folder,
            encoder=encoder,
            settings=told_settings(settings, overrides),
            agencies=agencies,
            fields=fields,
            shard=shard or SHARD,
            progress=progress,
        )


def check_engine(engine: str | None, store: Path | None, prune: bool, **told: object) -> None:
    """Raises UsageError for options that do not go together."""
    if engine is None and any(value is not None for value in told.values()):
        raise click.UsageError("--folder and --shard are about a run with --engine")
    if engine is not None and (store is not None or prune):
        raise click.UsageError("a run with --engine keeps no --store; it leaves a --folder")
