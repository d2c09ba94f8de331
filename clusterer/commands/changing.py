"""Commands that change a store by hand: rule, remove, expire. What they did is printed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from clusterer.commands.common import reading, store_option, writing


@click.group()
def rule() -> None:
    """Have the last word: keep articles together or apart, name an origin, refuse one.

    Rulings are kept, respected in every later run, shown as such, and can be undone.
    """


@rule.command("together")
@click.argument("left")
@click.argument("right")
@store_option
def together(left: str, right: str, store: Path) -> None:
    """Keep two articles in one event."""
    _two(left, right)
    with writing(store) as collection:
        collection.must_link(left, right)


@rule.command("apart")
@click.argument("left")
@click.argument("right")
@store_option
def apart(left: str, right: str, store: Path) -> None:
    """Keep two articles in different events."""
    _two(left, right)
    with writing(store) as collection:
        collection.cannot_link(left, right)


@rule.command("origin")
@click.argument("article")
@click.option("--agency", help="Id of the agency that its event comes from.")
@store_option
def origin(article: str, agency: str | None, store: Path) -> None:
    """Say that the event of ARTICLE comes from it, or from an agency."""
    with writing(store) as collection:
        collection.set_origin(article, agency)


@rule.command("not-source")
@click.argument("article", required=False)
@click.option("--agency", help="Id of the agency that ARTICLE, or nothing at all, took from.")
@store_option
def not_source(article: str | None, agency: str | None, store: Path) -> None:
    """Say that ARTICLE is no origin, or took nothing from an agency."""
    if article is None and agency is None:
        raise click.UsageError("give an article, --agency, or both")
    with writing(store) as collection:
        collection.not_source(article, agency)


@rule.command("undo")
@click.argument("number", type=int, required=False)
@store_option
def undo(number: int | None, store: Path) -> None:
    """Take back ruling NUMBER, by default the last."""
    with writing(store) as collection:
        collection.undo(number)


@rule.command("list")
@store_option
def list_rulings(store: Path) -> None:
    """Tell the rulings in force."""
    with reading(store) as collection:
        for one in collection.rulings:
            told = (one.kind, one.article, one.other, one.agency)
            click.echo(f"{one.number:6}  " + "  ".join(word for word in told if word))


@click.command()
@click.argument("articles", nargs=-1, required=True)
@store_option
def remove(articles: tuple[str, ...], store: Path) -> None:
    """Remove articles, by id."""
    with writing(store) as collection:
        collection.remove(articles)


@click.command()
@click.option(
    "--before",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]),
    required=True,
    help="An instant in UTC.",
)
@store_option
def expire(before: datetime, store: Path) -> None:
    """Remove articles that were surely published before an instant."""
    with writing(store) as collection:
        collection.expire(before.replace(tzinfo=UTC))


def _two(left: str, right: str) -> None:
    if left == right:
        raise click.UsageError("an article cannot be linked with itself")
