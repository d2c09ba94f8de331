"""The command ``cluster``: reads its arguments and calls the library.

Exit status: 0 stories were found (some pages may be rejected, and are told), 1 the run
failed with a one-line reason, 2 the command line is wrong, 3 no article was found.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from clusterer import __version__
from clusterer.commands import asking, changing, following, serving
from clusterer.commands.building import archived, check_engine, engine_options
from clusterer.commands.common import console, one_line_errors
from clusterer.commands.options import opened, stage_options, told_fields, told_settings
from clusterer.errors import ClustererError

if TYPE_CHECKING:
    from clusterer.news import Rejected
    from clusterer.result import Result

NO_ARTICLE = 3


class DefaultGroup(click.Group):
    """A group whose first word may be an input: ``cluster DIR`` means ``cluster run DIR``."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None:
            args = ["run", *args]
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "--version", "-h"}
        if args and args[0].startswith("-") and args[0] not in own:
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(cls=DefaultGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cluster")
def main() -> None:
    """Group the world's reports of one event, and say who said it first.

    \b
    cluster DIR             read a folder, show its stories
    cluster DIR --json      the same as JSON (contract clusterer.stories/1)
    cluster - < items.jsonl read JSON lines from standard input
    cluster DIR --store F   keep the stories in a file, read only what changed
    cluster watch DIR       do so whenever the folder changes

    A folder that bears the name of a command is given as ./NAME.
    """


def reading_options(command: Any) -> Any:
    """Options of every command that reads inputs."""
    for option in (
        engine_options,
        stage_options,
        click.option(
            "--prune",
            is_flag=True,
            help="With --store: remove what was read from files that are gone.",
        ),
        click.option(
            "--store",
            type=click.Path(path_type=Path),
            help="Keep the stories in this file, and read only what changed since.",
        ),
        click.argument("inputs", nargs=-1, required=True, metavar="INPUT..."),
    ):
        command = option(command)
    return command


@main.command()
@reading_options
@click.option("--json", "as_json", is_flag=True, help="JSON to standard output.")
@click.option("--texts", is_flag=True, help="Put every page's text into the JSON.")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="Write a file by suffix: .json .jsonl .csv .parquet .html.",
)
def run(as_json: bool, texts: bool, output: Path | None, **reading: Any) -> None:
    """Read INPUT... (folders, files, or - for JSON lines) and show the stories."""
    from clusterer.writing.files import check, write

    with one_line_errors():
        if output is not None:
            check(output)
            if reading["engine"] and output.suffix.lower() == ".jsonl" and not as_json:
                stream(output, **reading)
        result = clustered(**reading)
        if output is not None:
            write(result, output)
        if as_json:
            click.echo(result.to_json(texts=texts), nl=False)
        elif output is None:
            from clusterer.writing.terminal import print_stories

            print_stories(result, console())
    finish(len(result.stories), result.rejected)


@main.command()
@reading_options
@click.option("--story", "id", help="Id of one story; all by default.")
def explain(id: str | None, **reading: Any) -> None:
    """Say why articles are together, and prove who said it first."""
    from clusterer.writing.terminal import print_explanation

    with one_line_errors():
        result = clustered(**reading)
        chosen = [story for story in result.stories if id in (None, story.id)]
        if not chosen and result.stories:
            raise ClustererError(f"no story {id}")
        for story in chosen:
            print_explanation(result, story, console())
    finish(len(result.stories), result.rejected)


@main.command()
@reading_options
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    default=Path("report.html"),
    show_default=True,
    help="The HTML file to write.",
)
@click.option(
    "--language",
    type=click.Choice(["en", "fa", "ar"]),
    default="en",
    show_default=True,
    help="Language of the interface.",
)
def report(output: Path, language: str, **reading: Any) -> None:
    """Write one self-contained HTML page."""
    from clusterer.writing.files import check, write_atomically
    from clusterer.writing.report import render_report

    with one_line_errors():
        check(output)
        result = clustered(**reading)
        page = render_report(result.to_dict(texts=True), language=language)
        write_atomically(output, page.encode("utf-8", "replace"))
    finish(len(result.stories), result.rejected)


def stream(
    output: Path, *, inputs: Sequence[str], store: Path | None, prune: bool, **stages: Any
) -> NoReturn:
    """Write the stories of a run on an engine line by line; they need not fit into memory."""
    from clusterer.writing.files import write_lines

    check_engine(stages["engine"], store, prune)
    with archived(inputs, told_fields(stages.pop("fields")), **stages) as archive:
        write_lines(output, archive.lines())
        finish(archive.summary["counts"]["stories"], archive.rejected())


def clustered(*, inputs: Sequence[str], store: Path | None, prune: bool, **stages: Any) -> Result:
    """The library's answer to the reading options, with progress on standard error."""
    fields = told_fields(stages.pop("fields"))
    engine = {name: stages.pop(name) for name in ("engine", "folder", "shard")}
    check_engine(store=store, prune=prune, **engine)
    if engine["engine"] is not None:
        with archived(inputs, fields, **engine, **stages) as archive:
            return archive.result()
    if store is None:
        return _at_once(inputs, fields, **stages)
    with opened(store, **stages) as collection:
        collection.read(inputs, fields)
        if prune:
            collection.prune(inputs)
        return collection.result()


def _at_once(
    inputs: Sequence[str],
    fields: dict[str, str] | None,
    *,
    encoder: str,
    settings: Path | None,
    overrides: Sequence[str],
    agencies: Path | None,
    quiet: bool,
) -> Result:
    from clusterer import cluster
    from clusterer.writing.bar import progress_bar

    with progress_bar(quiet) as progress:
        return cluster(
            inputs,
            encoder=encoder,
            settings=told_settings(settings, overrides),
            agencies=agencies,
            fields=fields,
            progress=progress,
        )


def finish(stories: int, rejected: Iterable[Rejected]) -> NoReturn:
    """Exit 0 when there are stories; otherwise say why not and exit 3."""
    if stories:
        sys.exit(0)
    for item in rejected:
        click.echo(f"cluster: {item.page}: {item.why}", err=True)
    click.echo("cluster: no article found in the input", err=True)
    sys.exit(NO_ARTICLE)


for command in (
    *(following.watch, following.feed),
    *(asking.log, asking.show, asking.export, asking.check),
    *(changing.rule, changing.remove, changing.expire),
    serving.serve,
):
    main.add_command(command)
