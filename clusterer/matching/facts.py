"""What is known of each article beside its vectors, as arrays that pairs can be drawn from."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from clusterer.gazetteer import Gazetteer
from clusterer.matching.keys import BITS, Said
from clusterer.matching.rarity import Rarity
from clusterer.matching.wordsets import Texts, keys_of
from clusterer.news import Article
from clusterer.text.script import fold_text

# What each set is weighed by: the kind of its keys in the table of rarity, None: all alike.
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


def describe(articles: Sequence[Article], gazetteer: Gazetteer | None = None) -> Facts:
    """Facts of a batch; each row depends on its own article only."""
    language = np.array([article.language for article in articles], dtype="<U8")
    instants = [a.published for a in articles]
    hour = timedelta(hours=1)
    texts = Texts.of(articles)
    keys = keys_of(texts)
    heads = zip(articles, texts.folded_heads, strict=True)
    return Facts(
        np.array([p.at.timestamp() / 3600 if p else np.nan for p in instants], np.float64),
        np.array([p.uncertainty / hour if p else np.nan for p in instants], np.float32),
        language,
        np.array([_outlet(article) for article in articles], np.int64),
        np.array([article.title is not None for article in articles], bool),
        np.array([sum(end - start for start, end in a.sentences) for a in articles], np.float32),
        np.array([roundup(head, article.language) for article, head in heads], np.float32),
        *(_matrix(getattr(keys, name), kind, language) for name, kind in WEIGHED.items()),
    )


@cache
def _roundup_cues() -> dict[str, tuple[str, ...]]:
    source = files("clusterer.data").joinpath("matching/roundups.toml")
    table = tomllib.loads(source.read_text(encoding="utf-8"))
    return {language: tuple(fold_text(cue) for cue in cues) for language, cues in table.items()}


def roundup(folded_head: str, language: str) -> float:
    """How far the headline announces a roundup, live blog or comment: 0, 0.5 (a question) or 1."""
    head = f" {folded_head} "
    if any(cue in head for cue in _roundup_cues().get(language, ())):
        return 1.0
    return 0.5 if "?" in head or head.count("|") + head.count("•") > 1 else 0.0


def _outlet(article: Article) -> int:
    outlet = article.outlet
    return 0 if outlet is None else _outlet_key(outlet.id, outlet.name)


@lru_cache(maxsize=4096)
def _outlet_key(id: str | None, name: str) -> int:
    return crc32((id or fold_text(name)).encode("utf-8", "surrogatepass")) + 1


def _matrix(said: Said, kind: str | None, language: NDArray[np.str_]) -> Any:
    """The sets of n articles as scipy's CSR (n, 2**BITS - 1), weighed."""
    from scipy.sparse import csr_matrix

    weights = np.ones(len(said.number), np.float32)
    if kind is not None:
        weights = Rarity.load().roots(kind, language, said.text, said.number)
    bounds = np.searchsorted(said.text, np.arange(len(language) + 1)).astype(np.int32)
    shape = (len(language), 2**BITS - 1)
    return csr_matrix((weights, said.number.astype(np.int32), bounds), shape=shape)
