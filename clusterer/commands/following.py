"""Commands that keep a store up to date as news comes in: watch a folder, ask feeds."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from clusterer.commands.common import one_line_errors, store_option, tell_since
from clusterer.commands.options import opened, stage_options, told_fields
from clusterer.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from pathlib import Path

    from clusterer.collection import Collection

# Files are often written in pieces: changes that come within this time are one, in ms.
DEBOUNCE = 800
# Look even when nothing was heard: some network disks do not tell, in seconds.
LOOK_AGAIN = 60.0
LEAST_MINUTES = 1.0


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@store_option
@stage_options
def watch(inputs: tuple[str, ...], store: Path, **stages: Any) -> None:
    """Read INPUT... now and whenever it changes; print each change as a JSON line.

    Ends on Ctrl-C. Needs the extra "watch".
    """
    with one_line_errors(), opened(store, **stages) as collection, _stirs(inputs) as stirred:
        told = collection.version
        try:
            while True:
                collection.read(inputs, told_fields(stages["fields"]))
                told = tell_since(collection, told)
                stirred.wait(LOOK_AGAIN)
                stirred.clear()
        except KeyboardInterrupt:
            return


@contextmanager
def _stirs(inputs: Sequence[str]) -> Iterator[threading.Event]:
    """An event that is set whenever something below ``inputs`` changes."""
    try:
        from watchfiles import watch as watch_files
    except ImportError:
        raise MissingExtraError("watching a folder", "watch") from None
    from pathlib import Path

    for given in inputs:
        if not Path(given).exists():
            raise InputError(f"{given}: no such file or folder")
    stirred, ended = threading.Event(), threading.Event()

    def listen() -> None:
        changes = watch_files(
            *inputs,
            watch_filter=None,
            debounce=DEBOUNCE,
            stop_event=ended,
            rust_timeout=500,
            raise_interrupt=False,
        )
        for _ in changes:
            stirred.set()

    ear = threading.Thread(target=listen, name="watch", daemon=True)
    ear.start()
    try:
        yield stirred
    finally:
        ended.set()
        ear.join()


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@store_option
@click.option(
    "--every",
    type=click.FloatRange(min=LEAST_MINUTES),
    metavar="MINUTES",
    help="Ask again and again, each feed when it is due; once by default.",
)
@stage_options
def feed(urls: tuple[str, ...], store: Path, every: float | None, **stages: Any) -> None:
    """Fetch RSS or Atom feeds into a store; print each change as a JSON line.

    Asks politely: conditional requests, at most every five minutes or as the server wishes,
    more seldom when it fails. The only command that uses the network.
    """
    with one_line_errors(), opened(store, **stages) as collection:
        fields = told_fields(stages["fields"])
        try:
            _ask(urls, collection, fields)
            while every is not None:
                time.sleep(every * 60)
                _ask(urls, collection, fields)
        except KeyboardInterrupt:
            return


def _ask(urls: Sequence[str], collection: Collection, fields: Mapping[str, str] | None) -> None:
    """Ask every feed that is due, and tell what came of it."""
    for url in urls:
        told = collection.version
        answer = collection.feed(url, fields=fields)
        tell_since(collection, told)
        if answer is None:
            click.echo(f"cluster: {url}: not due yet", err=True)
        elif answer.kind == "failed":
            click.echo(f"cluster: {url}: {answer.why}", err=True)
