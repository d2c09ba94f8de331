"""What a run answers: stories, the articles behind them, and what was rejected."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from clusterer.living.chronicle import Ruling
from clusterer.news import Article, Credit, Event, Pairs, Rejected, Span, Story, Why

if TYPE_CHECKING:
    import pandas


# Articles named of those that a limit bit: enough to look at, not a million ids.
REACHED_TOLD = 10


LINKS = ("must_link", "cannot_link")


@dataclass(frozen=True, slots=True)
class Doubt:
    """A pair of articles near the line between one event and two."""

    left: str
    right: str
    probability: float
    together: bool


class Found(NamedTuple):
    """A story found by a text, and the article of it that resembles the text most."""

    story: str
    article: str
    similarity: float


class Reached(NamedTuple):
    """A limit that bit: its setting and value, how many articles were bitten and the first of
    them by id, and the most that one of them had."""

    setting: str
    value: float | int | str
    bitten: int
    articles: tuple[str, ...]
    most: int

    def __str__(self) -> str:
        return (
            f"limit {self.setting} = {self.value} was reached by {self.bitten} article(s), "
            f"first {self.articles[0]}; the most was {self.most}"
        )


def reached(
    articles: Mapping[str, Article], settings: Mapping[str, float | int | str]
) -> tuple[Reached, ...]:
    """Every limit that bit an article of these, by the setting's name."""
    bitten: dict[str, list[tuple[str, int]]] = {}
    for id, article in articles.items():
        for limit in article.limits:
            bitten.setdefault(limit.setting, []).append((id, limit.found))
    return tuple(
        Reached(
            name,
            settings.get(name, ""),
            len(found),
            tuple(sorted(id for id, _ in found)[:REACHED_TOLD]),
            max(count for _, count in found),
        )
        for name, found in sorted(bitten.items())
    )


@dataclass(frozen=True, slots=True)
class Result:
    """Stories in reading order: the largest first, then the latest, then by id.

    ``articles``, ``credits`` and ``why`` are keyed by article id; ``pairs`` index ``ids``;
    ``rulings`` are what users said and did not take back.
    """

    stories: tuple[Story, ...]
    articles: Mapping[str, Article]
    credits: Mapping[str, tuple[Credit, ...]]
    why: Mapping[str, tuple[Why, ...]]
    rejected: tuple[Rejected, ...]
    pages: int
    encoder: str
    settings: Mapping[str, float | int | str]
    notices: tuple[str, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    ids: tuple[str, ...] = field(default=(), repr=False)
    pairs: Pairs | None = field(default=None, repr=False)
    recut: Callable[[float], Result] | None = field(default=None, repr=False)

    def at(self, probability: float) -> Result:
        """The same articles cut into events at another pair probability; nothing is re-encoded."""
        if self.recut is None:
            raise ValueError("this result was loaded without its pairs and cannot be re-cut")
        return self.recut(probability)

    def doubtful(self, count: int = 10) -> tuple[Doubt, ...]:
        """The ``count`` scored pairs nearest to the line, most doubtful first.

        A pair of which somebody said whether it belongs together is in doubt no more.
        """
        if self.pairs is None:
            return ()
        left, right, score = self.pairs
        margin = np.round(np.abs(score - float(self.settings["event_cut"])), 6)
        settled = {ruling.pair for ruling in self.rulings if ruling.kind in LINKS}
        order = np.lexsort((right, left, margin))[: count + len(settled)]
        event = {article: event.id for event in self.events for article in event.articles}
        found = ((self.ids[left[row]], self.ids[right[row]], float(score[row])) for row in order)
        doubts = (
            Doubt(a, b, probability, event[a] == event[b])
            for a, b, probability in found
            if (min(a, b), max(a, b)) not in settled
        )
        return tuple(islice(doubts, count))

    @property
    def events(self) -> tuple[Event, ...]:
        return tuple(event for story in self.stories for event in story.events)

    @property
    def limits(self) -> tuple[Reached, ...]:
        """The limits that bit: what was not taken, or not compared, of which articles."""
        return reached(self.articles, self.settings)

    def story(self, id: str) -> Story:
        """The story of this id. Raises KeyError."""
        for story in self.stories:
            if story.id == id:
                return story
        raise KeyError(id)

    def words(self, article: str, span: Span) -> str:
        return span.of(self.articles[article].text)

    def to_dict(self, *, texts: bool = False) -> dict[str, Any]:
        """The contract ``clusterer.stories/1``; ``texts`` adds every page's text."""
        from clusterer.writing.contract import contract

        return contract(self, texts=texts)

    def to_json(self, *, texts: bool = False) -> str:
        """The contract as canonical JSON: UTF-8 as is, keys in contract order, newline at end."""
        return json.dumps(self.to_dict(texts=texts), ensure_ascii=False, indent=1) + "\n"

    def to_frame(self) -> pandas.DataFrame:
        """One row an article. Needs pandas, which is not a dependency of this package."""
        import pandas as pd

        from clusterer.writing.table import rows

        return pd.DataFrame(rows(self))

    def _repr_html_(self) -> str:
        from clusterer.writing.report import render_notebook

        return render_notebook(self.to_dict(texts=True))


def reading_order(story: Story) -> tuple[int, float, str]:
    """The order in which stories are told: the largest first, then the latest, then by id."""
    latest = 0.0 if story.last_seen is None else story.last_seen.timestamp()
    return (-len(story.articles), -latest, story.id)
