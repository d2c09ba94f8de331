"""Sentence vectors of measured articles, cached between runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from clusterer.encoding import Encoder, VectorCache, encode_sentences
from clusterer.matching import Facts, centre
from clusterer.matching.alignment import MOST
from clusterer.news import Article, Sentences

Vectors = Callable[[Sequence[Article]], Sentences]


def vectors_of(encoder: Encoder, cache: Path | None) -> Vectors:
    """A function from articles to their sentence vectors, language means removed."""

    def vectors(articles: Sequence[Article]) -> Sentences:
        languages = np.array([article.language for article in articles])
        return centre(sentence_vectors(articles, encoder, cache), languages, encoder.id)

    return vectors


def sentence_vectors(
    articles: Sequence[Article], encoder: Encoder, cache: Path | None = None
) -> Sentences:
    """Vectors of the first sentences of each article, as they come from the encoder."""
    spans = [article.sentences[:MOST] for article in articles]
    texts = [s.of(a.text) for a, mine in zip(articles, spans, strict=True) for s in mine]
    bounds = np.zeros(len(articles) + 1, np.int64)
    np.cumsum([len(mine) for mine in spans], out=bounds[1:])
    kept = VectorCache(cache, max_rows=10_000_000) if cache else VectorCache()
    return Sentences(encode_sentences(texts, encoder, kept), bounds)


def centred_vectors(
    articles: Sequence[Article], facts: Facts, encoder: Encoder, cache: Path | None = None
) -> Sentences:
    """The same with language means removed."""
    return centre(sentence_vectors(articles, encoder, cache), facts.language, encoder.id)
