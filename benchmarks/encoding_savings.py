"""What need not be encoded: how many sentences are enough, and whether near copies may share.

Called by ``benchmarks.encoding --budget`` and ``--copies``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import data
from benchmarks.quality import EVERYTHING, Bench, partition_figures
from clusterer.encoding import Encoder, VectorCache, encode_sentences
from clusterer.encoding.transformer import TransformerEncoder
from clusterer.matching import score
from clusterer.news import Article, Pairs
from clusterer.settings import Settings
from clusterer.text.script import fold_text

Figures = dict[str, Any]
BUDGETS = (1, 2, 3, 4, 6, 8, 12)
KEPT = ("ap", "pair_f1", "b3", "b3_multi", "ari")
RESEMBLANCES = (0.9, 0.8, 0.7)
POSTS = "telegram/posts_2026-06.jsonl.gz"


def sentences_of(articles: Sequence[Article], most: int) -> list[str]:
    """Distinct sentences among the first ``most`` of each article, in order of appearance."""
    said = (span.of(one.text) for one in articles for span in one.sentences[:most])
    return list(dict.fromkeys(said))


def shortened(articles: Sequence[Article], most: int) -> list[Article]:
    return [replace(one, sentences=one.sentences[:most]) for one in articles]


def budget(folder: Path, encoder: Encoder, cache: Path | None) -> Iterator[Figures]:
    """Quality with the first sentences of each article only, and the tokens that they cost."""
    if not isinstance(encoder, TransformerEncoder):
        return
    bench = Bench(folder, encoder, cache, None, Settings())
    for name in ("stream/dev", "telegram/train"):
        labelled = data.events(folder, name)
        for most in BUDGETS:
            mine = labelled._replace(articles=shortened(labelled.articles, most))
            facts, sentences = bench.prepare(mine.articles)
            found = partition_figures(bench, mine, facts, bench.scored(facts, sentences))[0]
            tokens = encoder.count_tokens(sentences_of(mine.articles, most))
            told = {key: round(float(found[key]), 3) for key in KEPT}
            yield {"set": name, "sentences": most, "tokens": tokens, **told}
    yield from _graded(bench, encoder)


def _graded(bench: Bench, encoder: TransformerEncoder) -> Iterator[Figures]:
    """Full articles: Pearson of the shipped probability's log odds with people's grades."""
    judged = data.semeval(bench.folder)
    left, right = judged.left.astype(np.int32), judged.right.astype(np.int32)
    for most in BUDGETS:
        articles = shortened(judged.articles, most)
        facts, sentences = bench.prepare(articles)
        pairs = Pairs(left, right, np.zeros(len(left), np.float32))
        chance = score(pairs, sentences, facts, encoder.id, EVERYTHING).score.astype(np.float64)
        odds = np.log(chance + 1e-6) - np.log(1 - chance + 1e-6)
        yield {
            "set": "semeval",
            "sentences": most,
            "tokens": encoder.count_tokens(sentences_of(articles, most)),
            "pearson": round(float(np.corrcoef(odds, -judged.value)[0, 1]), 3),
        }


def copies(folder: Path, encoder: Encoder, cache: Path | None, count: int) -> Iterator[Figures]:
    """Tokens saved where sentences of ``count`` posts shared a vector, and what sharing costs:
    the cosine between the vectors that would be one."""
    if not isinstance(encoder, TransformerEncoder):
        return
    articles = data.articles(data.records(folder, POSTS)[:count])
    most = Settings().encoded_sentences
    said = [span.of(one.text) for one in articles for span in one.sentences[:most]]
    distinct = sentences_of(articles, most)
    lengths = {text: encoder.count_tokens([text]) for text in distinct}
    everything, needed = sum(lengths[text] for text in said), sum(lengths.values())
    yield {"shared by": "the same text", "tokens saved": round(1 - needed / everything, 4)}
    kept = VectorCache(cache) if cache else VectorCache()
    vectors = dict(zip(distinct, encode_sentences(distinct, encoder, kept), strict=True))
    for name, pairs in _alike(distinct):
        if not pairs:
            continue
        cosine = np.array([float(vectors[one] @ vectors[other]) for one, other in pairs])
        yield {
            "shared by": name,
            "further tokens saved": round(sum(lengths[text] for _, text in pairs) / needed, 4),
            "cosine mean": round(float(cosine.mean()), 4),
            "cosine of the 5th percentile": round(float(np.quantile(cosine, 0.05)), 4),
            "cosine least": round(float(cosine.min()), 4),
        }


def _alike(texts: Sequence[str]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """(rule, pairs of an earlier text and a later one that would share its vector)."""
    first: dict[str, str] = {}
    equal = []
    for text in texts:
        folded = " ".join(re.findall(r"\w+", fold_text(text)))
        if folded in first:
            equal.append((first[folded], text))
        else:
            first[folded] = text
    yield "equal words", equal
    for least in RESEMBLANCES:
        yield f"words alike, Jaccard >= {least}", _resembling(list(first.values()), least)


def _resembling(texts: Sequence[str], least: float) -> list[tuple[str, str]]:
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=least, num_perm=64, num_bands=16)
    held: list[tuple[str, set[str]]] = []
    pairs = []
    for text in texts:
        words = set(fold_text(text).split())
        if len(words) < 5:
            continue
        sketch = RMinHash(num_perm=64, seed=1)
        sketch.update(sorted(words))
        near = (held[place] for place in index.query(sketch))
        old = next((t for t, w in near if len(w & words) >= least * len(w | words)), None)
        if old is not None:
            pairs.append((old, text))
        else:
            index.insert(len(held), sketch)
            held.append((text, words))
    return pairs


def show(figures: Iterator[Figures]) -> list[Figures]:
    kept = []
    for line in figures:
        print(json.dumps(line, ensure_ascii=False), flush=True)
        kept.append(line)
    return kept
