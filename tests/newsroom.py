"""Small invented news: topics that are told again and again, with a name changed here and there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from clusterer.news import Article, Block, Outlet, Published, Span

START = datetime(2026, 6, 1, tzinfo=UTC)

# Topics told so alike that the hashing encoder ties them, and pairs of topics that share much.
TOPICS = (
    ("Earthquake shakes Shiraz", "A strong earthquake shook Shiraz at dawn, rescue teams said."),
    ("Earthquake shakes Tabriz", "A strong earthquake shook Tabriz at noon, rescue teams said."),
    ("Minister resigns in Baghdad", "The oil minister resigned in Baghdad after a long dispute."),
    ("Ministers meet in Baghdad", "Oil ministers met in Baghdad to settle a long dispute."),
    ("Harvest fails in the north", "Wheat farmers in the north report the worst harvest in years."),
)
OUTLETS = ("Alpha Wire", "Beta Post", "Gamma Herald")


def article(
    id: str,
    headline: str,
    *body: str,
    hours: float | None = 0.0,
    outlet: str | None = None,
    page: str | None = None,
) -> Article:
    """An article as ``prepare`` makes them, ``hours`` after START; None: no time known."""
    text = "\n".join((headline, *body))
    sentences, at = [], 0
    for line in (headline, *body):
        sentences.append(Span(at, at + len(line)))
        at += len(line) + 1
    published = None
    if hours is not None:
        minute = timedelta(minutes=1)
        published = Published(
            START + timedelta(hours=hours), "minute", "gregorian", minute / 2, "invented"
        )
    return Article(
        id=id,
        page=page or id,
        text=text,
        span=Span(0, len(text)),
        title=sentences[0],
        blocks=(Block(sentences[0], "headline"), Block(Span(sentences[0].end, len(text)), "body")),
        sentences=tuple(sentences),
        language="en",
        outlet=Outlet(None, outlet, "record") if outlet else None,
        published=published,
    )


def report(number: int, topic: int, turn: int = 0, *, version: int = 1) -> Article:
    """Report ``number`` of a topic: the topic's words with some of its own."""
    headline, lead = TOPICS[topic % len(TOPICS)]
    own = ("Officials gave no figures.", "Roads are closed.", "Talks go on.", "")[turn % 4]
    more = f"This is corrected version {version}." if version > 1 else ""
    body = [line for line in (lead, own, more) if line]
    return article(
        f"a{number:03}",
        headline if turn % 3 else f"{headline} again",
        *body,
        hours=float(number % 40),
        outlet=OUTLETS[(number + turn) % len(OUTLETS)],
    )
