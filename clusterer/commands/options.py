"""Options of every command that runs the stages, and what they mean to the library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from clusterer.collection import Collection
    from clusterer.settings import Settings

DEFAULT = "default"

OPTIONS = (
    click.option(
        "--encoder",
        default=DEFAULT,
        show_default=True,
        metavar="NAME",
        help='"news", "packaged", "st:MODEL", "hash:". By default an existing store\'s own.',
    ),
    click.option("--settings", type=click.Path(path_type=Path), help="TOML of settings."),
    click.option(
        "--set",
        "overrides",
        multiple=True,
        metavar="NAME=VALUE",
        help="One setting; may be given again.",
    ),
    click.option(
        "--agencies",
        type=click.Path(path_type=Path),
        help="CSV of further agencies and outlets.",
    ),
    click.option(
        "--fields",
        multiple=True,
        metavar="OURS=THEIRS",
        help="Name of a record's field, such as title=headline.",
    ),
    click.option("--quiet", "-q", is_flag=True, help="No progress on standard error."),
)


def stage_options(command: Any) -> Any:
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def told_settings(settings: Path | None, overrides: Sequence[str]) -> Settings | None:
    """The settings that were told, None where none were."""
    from clusterer.settings import Settings

    if settings is None and not overrides:
        return None
    return Settings.load(settings, **{name: _value(word) for name, word in _pairs(overrides)})


def told_fields(fields: Sequence[str]) -> dict[str, str] | None:
    return dict(_pairs(fields)) or None


@contextmanager
def opened(
    store: Path,
    *,
    encoder: str,
    settings: Path | None,
    overrides: Sequence[str],
    agencies: Path | None,
    quiet: bool,
    fields: Sequence[str] = (),
) -> Iterator[Collection]:
    """The collection of a store, made where there is none, with progress on standard error."""
    from clusterer.collection import Collection
    from clusterer.writing.bar import progress_bar

    with progress_bar(quiet) as progress:
        collection = Collection.open(
            store,
            encoder=None if encoder == DEFAULT else encoder,
            settings=told_settings(settings, overrides),
            agencies=agencies,
            progress=progress,
        )
        with collection:
            yield collection


def _pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    pairs = [word.partition("=") for word in words]
    for name, sign, value in pairs:
        if not (name and sign and value):
            raise click.UsageError(f"expected NAME=VALUE, not {name!r}")
    return [(name, value) for name, _, value in pairs]


def _value(word: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word
