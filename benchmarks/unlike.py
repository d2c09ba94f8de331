"""Reports that are surely not of one event, as they would lie in one folder of one day.

The windows read into events lie inside one crisis or one month of a few channels, where two short
reports of one hour are often one event although they share no word. What nearness in time is
worth elsewhere can only be learnt from reports of other years and subjects, cut short and stamped
with times drawn near each other. Some end with one and the same sentence, as reports of one outlet
often do: what a shared line of stock is worth can be learnt from these as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks import data
from clusterer.news import Article

DAY = datetime(2026, 6, 1, tzinfo=UTC)
HOURS = 30  # that the drawn times cover
UNDATED = 0.15  # share of reports without a time, as in folders of scraped pages
SHORT = (1, 2, 2, 3, 3, 4, 6, 99)  # sentences that are left, headline included, drawn alike
EACH = 700  # reports drawn of a set
STOCK, ENDED = 6, 0.5  # closing sentences of a language that are lent, share of reports with one


class Unlike(NamedTuple):
    """``articles``; those of one ``event`` int64 (n,) may belong together, all others do not;
    ``end`` int64 (n,): which closing sentence of its language was lent to each, -1: none."""

    articles: list[Article]
    event: NDArray[np.int64]
    end: NDArray[np.int64]


def unlike(folder: Path, seed: int = 11) -> Unlike:
    """Shortened reports of five sets.

    Only NTREX knows which of its own reports are unlike: every fourth of them, as in training.
    """
    draw = np.random.default_rng(seed)
    sets = [
        data.every_fourth(data.ntrex(folder)),
        *map(_whole, (data.semeval(folder), data.ans(folder))),
        _whole(data.events(folder, "stream/train")),
        _whole(data.read_events(folder, "telegram/read")),
    ]
    chosen = [
        (found.articles[row], place * 1_000_000 + int(found.event[row]))
        for place, found in enumerate(sets)
        for row in draw.permutation(len(found.articles))[:EACH]
    ]
    stock = _stock([article for article, _ in chosen])
    rows, lent = [], []
    for number, (article, _) in enumerate(chosen):
        ends = stock[article.language] if draw.random() < ENDED else [""]
        end = int(draw.integers(len(ends)))
        rows.append(_shortened(article, str(number), draw, ends[end]))
        lent.append(end if ends[end] else -1)
    events = np.array([kind for _, kind in chosen], np.int64)
    return Unlike(data.articles(rows), events, np.array(lent, np.int64))


def _stock(articles: Sequence[Article]) -> dict[str, list[str]]:
    """Sentences of each language to be lent as stock: the last ones of its longest reports."""
    found: dict[str, list[str]] = defaultdict(list)
    for article in sorted(articles, key=lambda a: (-len(a.sentences), a.id)):
        if len(found[article.language]) < STOCK:
            found[article.language].append(article.sentences[-1].of(article.text))
    return found


def _whole(found: data.Labelled | data.Judged) -> data.Labelled:
    """A set that is one event for all that is known here."""
    one = np.zeros(len(found.articles), np.int64)
    return data.Labelled(found.name, found.articles, one, one)


def _shortened(article: Article, id: str, draw: np.random.Generator, end: str) -> data.Record:
    """Headline and first sentences of an article and a closing one, at another time."""
    kept = article.sentences[: int(draw.choice(SHORT))]
    title = article.title.of(article.text) if article.title else ""
    body = article.text[article.title.end if article.title else article.span.start : kept[-1].end]
    at = DAY + timedelta(minutes=int(draw.integers(60 * HOURS)))
    dated = draw.random() >= UNDATED
    return {
        "id": id,
        "title": title,
        "text": f"{body.strip()}\n{end}".strip(),
        "lang": article.language,
        "outlet": article.outlet.name if article.outlet else None,
        "published": at.isoformat() if dated else None,
    }
