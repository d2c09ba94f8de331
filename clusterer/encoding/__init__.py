"""Sentences to vectors: encoders, the packaged model, and the cache of what was encoded."""

from __future__ import annotations

from clusterer.encoding.encoder import Encoder
from clusterer.encoding.opening import open_encoder
from clusterer.encoding.sentences import encode_halves, encode_sentences, restored
from clusterer.encoding.vectors import VectorCache

__all__ = [
    "Encoder",
    "VectorCache",
    "encode_halves",
    "encode_sentences",
    "open_encoder",
    "restored",
]
