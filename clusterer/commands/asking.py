"""Commands that ask a store: log, show, export, check."""

from __future__ import annotations

from pathlib import Path

import click

from clusterer.commands.common import (
    as_json,
    as_text,
    console,
    one_line_errors,
    reading,
    store_option,
)
from clusterer.errors import ClustererError


@click.command()
@store_option
@click.option("--since", default=0, metavar="NUMBER", help="Only entries after this one.")
@click.option("--story", "id", help="Only entries that tell of this story.")
@click.option("--json", "lines", is_flag=True, help="JSON lines.")
def log(store: Path, since: int, id: str | None, lines: bool) -> None:
    """Tell what happened in a store, oldest first."""
    from clusterer.storing import Store

    # the log alone: nothing else of the store has to be loaded
    with one_line_errors(), Store.open(store, read_only=True) as kept:
        for entry in kept.entries(since, id):
            click.echo(as_json(entry) if lines else as_text(entry))


@click.command()
@click.argument("story")
@store_option
def show(story: str, store: Path) -> None:
    """Show one story, why its articles are together, its origin's proof and its history.

    A story that was merged into another shows that one.
    """
    from clusterer.writing.terminal import print_explanation

    with reading(store) as collection:
        found = collection.story(story)
        print_explanation(collection.result(), found, console())
        for ruling in collection.rulings:
            if {ruling.article, ruling.other} & set(found.articles):
                click.echo(f"said by a user ({ruling.number}): {_words(ruling)}")
        for entry in collection.history(story):
            click.echo(as_text(entry))


@click.command()
@store_option
@click.option("--texts", is_flag=True, help="Put every page's text into the JSON.")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="Write a file by suffix: .json .jsonl .csv .parquet .html; else JSON to standard output.",
)
def export(store: Path, texts: bool, output: Path | None) -> None:
    """Write the stories of a store."""
    from clusterer.writing.files import check as check_output
    from clusterer.writing.files import write

    with reading(store) as collection:
        if output is None:
            click.echo(collection.result().to_json(texts=texts), nl=False)
        else:
            check_output(output)
            write(collection.result(), output)


@click.command()
@store_option
def check(store: Path) -> None:
    """Verify that a store holds together; exit status 1 and a line for each problem if not."""
    from clusterer.collection import Collection

    with one_line_errors():
        problems = Collection.check(store)
        for problem in problems:
            click.echo(problem)
        if problems:
            raise ClustererError(f"{store}: {len(problems)} problem(s)")
        click.echo(f"{store} is sound")


def _words(ruling: object) -> str:
    told = (getattr(ruling, name) for name in ("kind", "article", "other", "agency"))
    return " ".join(str(word) for word in told if word)
