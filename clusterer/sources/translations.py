"""How likely two reports of one event in two languages are one text translated, remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from clusterer.news import Article, Sentences
from clusterer.sources.translation import translation_features
from clusterer.sources.weights import probability, weigh_all, weights
from clusterer.sources.wording import Wording, wording

# From here on two reports are one text in two languages: of labelled other reports of one
# event 1 in 100 reaches it, of professional translations cut to two or three sentences 98 %.
TRANSLATED = 0.6
# Long reports of one event share many a sentence by chance: from so many sentences on, the
# mean similarity over the shorter text must be a translation's. Of 124 whole professional
# translations among Arabic, Persian, English and Russian 98 % exceed 0.59; the rest of the way
# down is left to shortened ones.
LONG, SIMILAR = 4, 0.55
# One sentence may say the same as another by telling the same event: from here on it is a
# translation. Of labelled other reports 3 in 1,000 reach it.
SINGLE_SENTENCE = 0.85
# Pairs of texts in two languages remembered by a collection, some ten MB.
PAIRS_REMEMBERED = 100_000


class Evidence(NamedTuple):
    """How likely one of two texts is the other's translation, and their mean similarity."""

    chance: float
    similarity: float


class Translations:
    """What was found of pairs of texts in two languages, by the rows of their articles.

    A story that grows is traced again with every report; only the new report's pairs are new.
    It belongs to one collection, whose rows never come to mean another article.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], Evidence] = {}

    def of(
        self,
        pairs: Sequence[tuple[int, int]],
        find: Callable[[list[int]], Sequence[Evidence]],
    ) -> list[Evidence]:
        """Evidence of pairs; ``find`` gives that of new ones, by their places among them."""
        found = [self._known.get(pair) for pair in pairs]
        new: dict[tuple[int, int], int] = {}  # a pair may occur twice, its place does not
        for place, (pair, known) in enumerate(zip(pairs, found, strict=True)):
            if known is None:
                new.setdefault(pair, place)
        if len(self._known) + len(new) > PAIRS_REMEMBERED:
            self._known.clear()
        fresh = dict(zip(new, find(list(new.values())), strict=True))
        self._known.update(list(fresh.items())[-PAIRS_REMEMBERED:])
        return [
            fresh[pair] if known is None else known
            for pair, known in zip(pairs, found, strict=True)
        ]


def evidence_of(
    sentences: Sentences, pairs: Sequence[tuple[int, int]], told: Mapping[int, Wording]
) -> list[Evidence]:
    """Evidence of pairs of articles, by their places among those whose centred unit rows
    ``sentences`` are; ``told`` has the words of each."""
    left, right = np.array(pairs, np.int64).reshape(-1, 2).T
    figures = [(told[one].numbers, told[other].numbers) for one, other in pairs]
    signs = translation_features(sentences, left, right, figures)
    logits = weigh_all(weights("genealogy", "translation"), signs).tolist()
    return list(map(Evidence, map(probability, logits), signs[:, 0].tolist()))


def translation_chances(
    articles: Sequence[Article], sentences: Sentences, pairs: Sequence[tuple[int, int]]
) -> list[float]:
    """Probability that two reports of one event in two languages are one text translated, of
    each pair of ``articles``, whose centred unit rows ``sentences`` are."""
    told = {place: wording(articles[place]) for pair in pairs for place in pair}
    return [one.chance for one in evidence_of(sentences, pairs, told)]


def is_translation(chance: float, similarity: float, sentences: int) -> bool:
    """Whether the evidence suffices; the more sentences, the more of them must be alike."""
    if sentences >= LONG and similarity < SIMILAR:
        return False
    return chance >= (SINGLE_SENTENCE if sentences < 2 else TRANSLATED)
