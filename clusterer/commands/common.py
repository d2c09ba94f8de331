"""What the commands on a store share: the option ``--store``, errors, and lines of the log."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clusterer.errors import ClustererError

if TYPE_CHECKING:
    from clusterer.collection import Collection
    from clusterer.living.chronicle import Entry

STORE = "stories.db"


def store_option(command: Any) -> Any:
    """``--store``: which store a command is about."""
    return click.option(
        "--store",
        type=click.Path(path_type=Path),
        default=Path(STORE),
        show_default=True,
        envvar="CLUSTERER_STORE",
        help="The store of stories.",
    )(command)


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn the package's errors into one line on standard error and exit status 1."""
    try:
        yield
    except ClustererError as error:
        click.echo(f"cluster: {error}", err=True)
        raise SystemExit(1) from None
    except KeyError as error:
        click.echo(f"cluster: nothing here is called {error.args[0]}", err=True)
        raise SystemExit(1) from None
    except BrokenPipeError:
        # The reader of our output has seen enough; that is no failure of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None


def console() -> Any:
    from rich.console import Console

    # A pipe has no width: do not fold the table to 80 columns for a file or a pager.
    return Console() if sys.stdout.isatty() else Console(width=200)


@contextmanager
def reading(store: Path) -> Iterator[Collection]:
    """The store's collection, to read only."""
    from clusterer.collection import Collection

    with one_line_errors(), Collection.open(store, read_only=True) as collection:
        yield collection


@contextmanager
def writing(store: Path) -> Iterator[Collection]:
    """An existing store's collection, to change it; the new entries of its log are printed."""
    from clusterer.collection import Collection

    with one_line_errors():
        if not store.exists():
            raise ClustererError(f"{store}: no such store")
        with Collection.open(store) as collection:
            before = collection.version
            yield collection
            tell_since(collection, before)


def tell_since(collection: Collection, version: int) -> int:
    """Print the entries after ``version`` as JSON lines; the version now."""
    for entry in collection.changes(version):
        click.echo(as_json(entry))
    return collection.version


def as_json(entry: Entry) -> str:
    """One entry as a line of JSON; what is empty is left out."""
    from clusterer.storing import to_plain

    return json.dumps(to_plain(entry), ensure_ascii=False)


def as_text(entry: Entry) -> str:
    """One entry as a line for people."""
    told = entry.changes
    parts = [f"{entry.number:6}  {entry.at:%Y-%m-%d %H:%M:%S}  {entry.act:7}"]
    if entry.ruling is not None:
        said = (entry.ruling.kind, entry.ruling.article, entry.ruling.other, entry.ruling.agency)
        parts.append(" ".join(word for word in said if word))
    for name in ("new", "grown", "shrunk", "origin_changed", "retold", "gone"):
        if stories := getattr(told, name):
            parts.append(f"{name.replace('_', ' ')}: {_some(stories)}")
    parts += [f"{gone} merged into {heir}" for gone, heir in told.merged]
    parts += [f"{child} split from {parent}" for parent, child in told.split]
    return "  ".join(parts)


def _some(names: tuple[str, ...]) -> str:
    most = 5
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return " ".join(names[:most]) + more
