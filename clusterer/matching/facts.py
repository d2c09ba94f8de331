"""What is known of each article beside its vectors, as arrays that pairs can be drawn from."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from clusterer.gazetteer import Gazetteer
from clusterer.matching.keys import (
    BITS,
    bare,
    distinct,
    of_grams,
    of_main_names,
    of_names,
    of_shingles,
)
from clusterer.matching.rarity import Rarity
from clusterer.matching.slots import slots
from clusterer.news import Article
from clusterer.text.script import fold_text

HEAD_CHARS = 300  # a headline; posts without one begin with their first sentence
LEAD_CHARS = 700  # headline and lead: what the report mainly says
TEXT_CHARS = 3000  # enough running text to tell a copy
FRAME = 8  # words before a colon that can still name a speaker
REACH = 4  # words between a verb of speech and its subject

WORD = re.compile(r"[^\W\d_]+")
# One optional group of decimals or thousands at a time: linear, and dates fall apart into parts.
NUMBER = re.compile(r"\d+(?:[.,:]\d+)?")
THOUSANDS = re.compile(r"\d{1,3},\d{3}")
CLOCK = re.compile(r"\d{1,2}:\d{2}")


class Facts(NamedTuple):
    """Facts of n articles, row by row. Sets are scipy CSR matrices (n, 2**31) of hashed columns.

    ``at`` float64, hours since 1970 UTC, NaN where unknown; ``spread`` float32, hours on
    either side; ``language`` str; ``outlet`` int64 hash, 0 where unknown; ``titled`` bool: the
    first sentence is a headline; ``length`` float32, characters; ``roundup`` float32 in [0, 1].
    Set weights are square roots of rarity, so that the product of two rows is the weight of
    what they share.
    """

    at: NDArray[np.float64]
    spread: NDArray[np.float32]
    language: NDArray[np.str_]
    outlet: NDArray[np.int64]
    titled: NDArray[np.bool_]
    length: NDArray[np.float32]
    roundup: NDArray[np.float32]
    head_names: Any
    names: Any
    head_words: Any
    words: Any
    grams: Any
    shingles: Any
    numbers: Any
    clocks: Any
    speakers: Any
    places: Any
    actors: Any
    acts: Any
    head_slots: Any

    def take(self, rows: NDArray[np.integer]) -> Facts:
        """The facts of some rows, in that order."""
        if len(rows) == len(self.at) and np.array_equal(rows, np.arange(len(rows))):
            return self
        return Facts(*(part[rows] for part in self))


def join(parts: Sequence[Facts]) -> Facts:
    """Facts of several batches one after the other."""
    from scipy.sparse import vstack

    plain = [np.concatenate(columns) for columns in zip(*(part[:7] for part in parts), strict=True)]
    sets = [vstack(columns, format="csr") for columns in zip(*(p[7:] for p in parts), strict=True)]
    return Facts(*plain, *sets)


class Keys(NamedTuple):
    """Hashed keys of one article, before weighing. Words repeat; everything else is a set."""

    head_names: list[int]
    names: list[int]
    head_words: list[int]
    words: list[int]
    grams: list[int]
    shingles: list[int]
    numbers: list[int]
    clocks: list[int]
    speakers: list[int]
    places: list[int]
    actors: list[int]
    acts: list[int]
    head_slots: list[int]


WEIGHED = {
    "head_names": "names",
    "names": "names",
    "head_words": "words",
    "words": "words",
    "grams": "grams",
    "shingles": None,
    "numbers": "numbers",
    "clocks": None,
    "speakers": None,
    "places": "slots",
    "actors": "slots",
    "acts": "slots",
    "head_slots": "slots",
}


def describe(articles: Sequence[Article], gazetteer: Gazetteer | None = None) -> Facts:
    """Facts of a batch; each row depends on its own article only."""
    rarity = Rarity.load()
    rows = [keys_of(article) for article in articles]
    language = np.array([article.language for article in articles], dtype="<U8")
    instants = [a.published for a in articles]
    hour = timedelta(hours=1)
    sets = [
        _matrix([getattr(row, name) for row in rows], language, _weigher(rarity, kind))
        for name, kind in WEIGHED.items()
    ]
    return Facts(
        np.array([p.at.timestamp() / 3600 if p else np.nan for p in instants], np.float64),
        np.array([p.uncertainty / hour if p else np.nan for p in instants], np.float32),
        language,
        np.array([_outlet(article) for article in articles], np.int64),
        np.array([article.title is not None for article in articles], bool),
        np.array([sum(s.end - s.start for s in a.sentences) for a in articles], np.float32),
        np.array([roundup(article) for article in articles], np.float32),
        *sets,
    )


def keys_of(article: Article) -> Keys:
    """All keys of one article, from its headline and first sentences."""
    head, lead = article.headline[:HEAD_CHARS], _text(article, LEAD_CHARS)
    folded_head, folded = fold_text(head), fold_text(_text(article, TEXT_CHARS))
    # the lead is the text's first lines, and no line's letters change the next line's
    folded_lead = "\n".join(folded.split("\n", lead.count("\n") + 1)[: lead.count("\n") + 1])
    words = WORD.findall(folded)
    lead_words = WORD.findall(folded_lead)
    numbers, clocks = _numbers(folded_lead, lead_words)
    named = list(slots(folded_lead))
    return Keys(
        of_names(WORD.findall(head)),
        of_names(WORD.findall(lead)),
        distinct(WORD.findall(folded_head)),
        distinct(lead_words),
        of_grams(lead_words),
        of_shingles(words),
        distinct(numbers),
        distinct(clocks),
        of_main_names(WORD.findall(speaker(head))),
        distinct(slot.id for slot in named if slot.kind == "place"),
        distinct(slot.id for slot in named if slot.kind == "who"),
        distinct(slot.id for slot in named if slot.kind == "act"),
        distinct(slot.id for slot in slots(folded_head)),
    )


def speaker(head: str) -> str:
    """The words of a headline that name who speaks, empty where nobody does.

    What stands before a colon, or near a verb of speech (``data/matching/speech.toml``); a
    headline of a few words is taken whole, the quotation then begins below it.
    """
    before, colon, _ = head.partition(":")
    if colon and len(words := before.split()) <= FRAME:
        return " ".join(words)
    words = head.split()
    if len(words) < REACH:
        return head
    folded = [bare(word) for word in words]
    around, first = _speech()
    near = {
        place
        for at, word in enumerate(folded)
        if word in around
        for place in range(at - REACH, at + REACH + 1)
    }
    if any(word in first for word in folded):
        near.update(range(REACH))
    return " ".join(word for place, word in enumerate(words) if place in near)


def _text(article: Article, limit: int) -> str:
    parts: list[str] = []
    for span in article.sentences:
        parts.append(span.of(article.text))
        limit -= span.end - span.start
        if limit <= 0:
            break
    return "\n".join(parts)


def _numbers(folded: str, words: Iterable[str]) -> tuple[list[str], list[str]]:
    numbers: list[str] = []
    clocks: list[str] = []
    for token in NUMBER.findall(folded):
        if CLOCK.fullmatch(token):
            clocks.append(token)
        elif THOUSANDS.fullmatch(token):
            numbers.append(token.replace(",", ""))
        else:
            numbers.extend([token] if "." in token else token.replace(":", ",").split(","))
    spelled = _numerals()
    numbers.extend(spelled[word] for word in words if word in spelled)
    return [number.lstrip("0") or "0" for number in numbers], clocks


@cache
def _numerals() -> dict[str, str]:
    table = tomllib.loads(_data("numerals.toml"))
    return {fold_text(word): number for number, words in table.items() for word in words}


@cache
def _speech() -> tuple[frozenset[str], frozenset[str]]:
    table = tomllib.loads(_data("speech.toml"))

    def all_of(place: str) -> frozenset[str]:
        return frozenset(fold_text(word) for words in table[place].values() for word in words)

    return all_of("around"), all_of("first")


@cache
def _roundup_cues() -> dict[str, tuple[str, ...]]:
    table = tomllib.loads(_data("roundups.toml"))
    return {language: tuple(fold_text(cue) for cue in cues) for language, cues in table.items()}


def _data(name: str) -> str:
    return files("clusterer.data").joinpath(f"matching/{name}").read_text(encoding="utf-8")


def roundup(article: Article) -> float:
    """How far the headline announces a roundup, live blog or comment: 0, 0.5 (a question) or 1."""
    head = " " + fold_text(article.headline[:HEAD_CHARS]) + " "
    if any(cue in head for cue in _roundup_cues().get(article.language, ())):
        return 1.0
    return 0.5 if "?" in head or head.count("|") + head.count("•") > 1 else 0.0


def _outlet(article: Article) -> int:
    if article.outlet is None:
        return 0
    return (
        crc32(
            (article.outlet.id or fold_text(article.outlet.name)).encode("utf-8", "surrogatepass")
        )
        + 1
    )


Weigh = Callable[[NDArray[np.int64], str], NDArray[np.float32]]


def _weigher(rarity: Rarity, kind: str | None) -> Weigh:
    if kind is None:
        return lambda keys, language: np.ones(len(keys), np.float32)
    return lambda keys, language: np.sqrt(rarity.of(kind, language, keys))


def _matrix(rows: list[list[int]], language: NDArray[np.str_], weigh: Weigh) -> Any:
    from scipy.sparse import csr_matrix

    bounds = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(row) for row in rows], out=bounds[1:])
    columns = np.fromiter(chain.from_iterable(rows), np.int64, int(bounds[-1]))
    weights = np.empty(len(columns), np.float32)
    owner = np.repeat(language, np.diff(bounds))
    for name in np.unique(language):
        mine = owner == name
        weights[mine] = weigh(columns[mine], str(name))
    shape = (len(rows), 2**BITS - 1)
    return csr_matrix((weights, columns.astype(np.int32), bounds.astype(np.int32)), shape=shape)
