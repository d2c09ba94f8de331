"""Stories for a person at a terminal: a table, and the explanation of one story."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from clusterer.news import Event, Origin, Story
from clusterer.result import Result

# Rejected pages told one by one.
MOST_REJECTED = 100
# First strong isolate and its end: keeps a right-to-left headline from reordering its row
# (Unicode Standard Annex 9). The terminal does the rest.
_ISOLATE, _POP = "\u2068", "\u2069"
# Joiners that Persian and emoji spell with; every other control or format character of a
# page could move the cursor, turn the line round or forge another cell.
_HARMLESS = frozenset("\u200c\u200d")


def safe(text: str) -> str:
    """One isolated line without control characters, for text that came from a page."""
    line = " ".join(text.split())
    kept = (c for c in line if c in _HARMLESS or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return f"{_ISOLATE}{''.join(kept)}{_POP}"


def print_stories(result: Result, console: Console) -> None:
    """The table of stories, then what was rejected and a line of counts."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    table.add_column("story", no_wrap=True)
    table.add_column("articles", justify="right")
    table.add_column("sources", justify="right")
    table.add_column("languages")
    table.add_column("outlets", overflow="fold")
    table.add_column("seen (UTC)", no_wrap=True)
    table.add_column("origin", overflow="fold")
    table.add_column("headline", overflow="fold")
    for story in result.stories:
        table.add_row(*_row(result, story))
    console.print(table)
    for item in result.rejected[:MOST_REJECTED]:
        console.print(Text(f"rejected {safe(item.page)}: {safe(item.why)}", style="yellow"))
    if (more := len(result.rejected) - MOST_REJECTED) > 0:
        console.print(Text(f"rejected {more} more, all in the JSON", style="yellow"))
    for notice in (*result.notices, *map(str, result.limits)):
        console.print(Text(safe(notice), style="yellow"))
    console.print(
        f"{result.pages} pages, {len(result.articles)} articles, {len(result.events)} events, "
        f"{len(result.stories)} stories, {len(result.rejected)} rejected",
        highlight=False,
    )


def _row(result: Result, story: Story) -> tuple[Text, ...]:
    articles = [result.articles[id] for id in story.articles]
    languages = dict.fromkeys(sorted(article.language for article in articles))
    outlets = dict.fromkeys(safe(a.outlet.name) for a in articles if a.outlet is not None)
    cells = (
        story.id,
        str(len(articles)),
        str(story.independent_source_count),
        " ".join(languages),
        ", ".join(outlets) or "–",
        _seen(story.first_seen, story.last_seen),
        _origin(story.origin),
        safe(story.title),
    )
    return tuple(Text(cell) for cell in cells)


def _seen(first: datetime | None, last: datetime | None) -> str:
    if first is None or last is None:
        return "–"
    start, end = f"{first:%Y-%m-%d %H:%M}", f"{last:%Y-%m-%d %H:%M}"
    return start if start == end else f"{start}\n{end}"


def _origin(origin: Origin) -> str:
    if origin.kind == "undetermined":
        return "undetermined"
    where = {"external": " (external)", "issuer": " (issuer, no single wire)"}.get(origin.kind, "")
    name = safe(origin.name or origin.agency or origin.article or "")
    return f"{name}{where} {origin.confidence:.2f} {origin.status}"


def print_explanation(result: Result, story: Story, console: Console) -> None:
    """Why these articles are one story and who said it first, event by event."""
    console.print(Text(f"{story.id}  {safe(story.title)}", style="bold"))
    console.print(Text(f"origin: {_origin(story.origin)}"))
    for event in story.events:
        console.print()
        _print_event(result, event, console)


def _print_event(result: Result, event: Event, console: Console) -> None:
    console.print(Text(f"event {event.id}: {_origin(event.origin)}", style="bold"))
    console.print(Text(f"  {_plain(event.origin.explanation)}"))
    for id in event.articles:
        article = result.articles[id]
        console.print(Text(f"  {id} [{article.language}] {safe(article.headline)}"))
        for credit in result.credits.get(id, ()):
            words = safe(credit.span.of(article.text) or credit.name)
            console.print(Text(f"    {credit.role:<10} {credit.agency or '–'}  {words}"))
        for why in result.why.get(id, ())[:1]:
            mine, theirs = result.words(id, why.mine), result.words(why.article, why.theirs)
            console.print(Text(f"    near {why.article} ({why.similarity:.2f})"))
            console.print(Text(f"      {safe(mine)}"))
            console.print(Text(f"      {safe(theirs)}"))


def _plain(text: str) -> str:
    """Keep the isolates that the explanation sets around quotes; drop other controls."""
    keep = _HARMLESS | {_ISOLATE, _POP}
    return "".join(c for c in text if c in keep or unicodedata.category(c) not in ("Cc", "Cf"))
