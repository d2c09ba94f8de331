"""Builds the tables that pairs are judged against: rarity of words, language means, a sample.

``python -m benchmarks.reference rarity`` and ``python -m benchmarks.reference vectors
--encoder NAME`` write into ``clusterer/data/matching``. Only unlabelled texts of the measured
sets are counted, and none of the labelled days.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import clusterer.data
from benchmarks import data
from benchmarks.vectors import sentence_vectors
from clusterer.encoding import Encoder, open_encoder
from clusterer.matching.facts import WEIGHED
from clusterer.matching.rarity import BUCKETS, OTHER, STEP
from clusterer.matching.reference import slug
from clusterer.matching.wordsets import Texts, keys_of
from clusterer.news import Article

FOLDER = Path(clusterer.data.__path__[0]) / "matching"
COMMON = 200  # articles of a language below which its words are counted with the others
SAMPLED = ("fa", "ar", "ru", "en", "he", "tr")  # languages whose neighbourhood is sampled
STREAMED = ("fa", "ar", "ru", "en", "he")
SAMPLE = 256  # sentences per language
PER_LANGUAGE = {"ntrex": 260, "stream": 600}  # sentences that a mean is taken over


def unlabelled(folder: Path, posts: int) -> list[Article]:
    """The unlabelled stream without the labelled articles, and ``posts`` spread over June."""
    labelled = {
        row["id"]
        for name in ("stream/dev", "stream/train", "telegram/train")
        for row in data.records(folder, f"{name}.jsonl")
    }
    stream = data.records(folder, "stream/unlabelled.jsonl.gz")
    june = data.records(folder, "telegram/posts_2026-06.jsonl.gz")
    june = [row for row in june if "2026-06-17" not in row.get("published", row.get("date", ""))]
    june = june[:: max(len(june) // posts, 1)]
    return data.articles(row for row in stream + june if row["id"] not in labelled)


def build_rarity(folder: Path) -> dict[str, NDArray[np.uint8]]:
    """Idf of hashed keys per kind and language, as bytes of STEP."""
    sources = unlabelled(folder, 9000) + data.ntrex(folder).articles + data.semeval(folder).articles
    counts: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    totals: Counter[str] = Counter()
    for article in sources:
        keys = keys_of(Texts.of([article]))
        for language in (article.language, OTHER):
            totals[language] += 1
            found: dict[str, set[int]] = defaultdict(set)
            for name, kind in WEIGHED.items():
                if kind is not None:
                    found[kind].update((getattr(keys, name).number % BUCKETS).tolist())
            for kind, mine in found.items():
                counts[kind, language].update(mine)
    tables = {}
    for (kind, language), counted in sorted(counts.items()):
        if totals[language] < COMMON:
            continue
        frequency = np.zeros(BUCKETS)
        frequency[list(counted)] = list(counted.values())
        idf = np.log((totals[language] + 1) / (frequency + 0.5))
        tables[f"{kind}/{language}"] = np.clip(np.round(idf / STEP), 1, 255).astype(np.uint8)
    return tables


def build_vectors(
    folder: Path, encoder: Encoder, cache: Path | None
) -> dict[str, NDArray[np.generic]]:
    """Language means and a sample of centred sentences.

    A mean is half of translated reports (the language alone) and half of the stream (its
    subject); where a language has no stream, the mean shift of the others stands in, so that
    all means share one subject.
    """
    draw = np.random.default_rng(11)
    translated = _by_language(data.ntrex(folder).articles, "ntrex", encoder, cache)
    spoken = [a for a in unlabelled(folder, 1500) if a.language in STREAMED]
    streamed = _by_language(spoken, "stream", encoder, cache)
    plain = {name: rows.mean(axis=0) for name, rows in translated.items()}
    shifts = {name: streamed[name].mean(axis=0) - plain[name] for name in STREAMED}
    usual = np.mean([shifts[name] for name in STREAMED], axis=0)
    languages = sorted(plain)
    means = [plain[name] + shifts.get(name, usual) / 2 for name in languages]
    means.append(np.mean(means, axis=0))
    by_name = dict(zip(languages, means, strict=False))
    sample = np.stack(
        [
            _centred_sample([streamed.get(name), translated[name]], by_name[name], draw)
            for name in SAMPLED
        ]
    )
    return {
        "languages": np.array([*languages, OTHER]),
        "sampled": np.array(SAMPLED),
        "means": np.array(means, np.float16),
        "sample": np.round(sample / np.abs(sample).max(axis=-1, keepdims=True) * 127).astype(
            np.int8
        ),
    }


def _by_language(
    articles: Sequence[Article], kind: str, encoder: Encoder, cache: Path | None
) -> dict[str, NDArray[np.float32]]:
    """Vectors of some PER_LANGUAGE sentences of each language, articles drawn at random."""
    draw = np.random.default_rng(11)
    found: dict[str, NDArray[np.float32]] = {}
    for language in sorted({article.language for article in articles}):
        mine = [article for article in articles if article.language == language]
        chosen: list[Article] = []
        total = 0
        for place in draw.permutation(len(mine)):
            chosen.append(mine[place])
            total += min(len(mine[place].sentences), 12)
            if total >= PER_LANGUAGE[kind]:
                break
        found[language] = sentence_vectors(chosen, encoder, cache).vectors
    return found


def _centred_sample(
    sources: list[NDArray[np.float32] | None], mean: NDArray[np.float32], draw: np.random.Generator
) -> NDArray[np.float32]:
    """SAMPLE unit rows, the sources sharing alike."""
    there = [rows for rows in sources if rows is not None]
    parts = [rows[draw.permutation(len(rows))[: SAMPLE // len(there)]] for rows in there]
    rows = np.concatenate(parts) - mean
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("rarity", "vectors"))
    parser.add_argument("--encoder", default="packaged")
    parser.add_argument("--data", type=Path, default=data.DEFAULT)
    parser.add_argument("--cache", type=Path)
    args = parser.parse_args()
    if args.what == "rarity":
        np.savez_compressed(FOLDER / "rarity.npz", **build_rarity(args.data))
        return
    encoder = open_encoder(args.encoder)
    target = FOLDER / f"reference-{slug(encoder.id)}.npz"
    np.savez_compressed(target, **build_vectors(args.data, encoder, args.cache))


if __name__ == "__main__":
    main()
