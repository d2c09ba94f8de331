"""Encoders and arithmetics beside each other: speed, agreement, and how well they tell.

``python -m benchmarks.encoding [--data FOLDER] [--encoder NAME …] [--sets] [--stories]
[--budget] [--copies N] [--out FILE]`` prints, for each runtime, tokens per second of one core
and the cosine to float32 on real headlines and leads. ``--stories`` adds what becomes of the
stories: pair F1, and the ARI with those of float32. ``--sets`` scores the vectors alone on every
set, ``--budget`` tells how many sentences are enough, ``--copies`` what near copies of the first
N posts would save by sharing a vector, and at what price.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import data, encoding_savings, metrics
from benchmarks.data import DEFAULT, records
from benchmarks.encoder_scores import Bench
from benchmarks.encoder_texts import sentences
from benchmarks.quality import Bench as Quality
from benchmarks.quality import partition_figures
from clusterer.encoding import VectorCache, open_encoder
from clusterer.encoding.runtimes import RUNTIMES, is_installed
from clusterer.encoding.transformer import TransformerEncoder
from clusterer.settings import Settings

SAMPLE = 384
LANGUAGES = ("fa", "ar", "ru", "he", "en")
SETS = ("stream_held", "stream_dev", "telegram", "ntrex", "semeval", "ans")


def sample(data: Path) -> list[str]:
    """Headlines and leads of the stream, as many of each language, always the same."""
    texts = []
    rows = records(data, "stream/train.jsonl")
    for language in LANGUAGES:
        mine = [row for row in rows if row["lang"] == language]
        units = [text for row in mine for text in (row["title"], *sentences(row["text"], 2))]
        step = max(1, len(units) * len(LANGUAGES) // SAMPLE)
        texts += units[::step][: SAMPLE // len(LANGUAGES)]
    return texts


def arithmetics(name: str, texts: list[str]) -> Iterator[dict[str, Any]]:
    """One line per arithmetic; seconds are processor time of one thread."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    exact: NDArray[np.float32] | None = None
    for runtime in filter(is_installed, RUNTIMES):
        encoder = open_encoder(f"{name}+{runtime}")
        if not isinstance(encoder, TransformerEncoder):
            continue
        tokens = encoder.count_tokens(texts)
        encoder.encode(texts[:32])
        begun = time.process_time()
        rows = encoder.encode(texts)
        seconds = time.process_time() - begun
        exact = rows if exact is None else exact
        cosine = np.einsum("ij,ij->i", rows, exact)
        yield {
            "runtime": runtime,
            "tokens/s": round(tokens / seconds),
            "cosine mean": round(float(cosine.mean()), 5),
            "cosine least": round(float(cosine.min()), 5),
        }
    torch.set_num_threads(threads)


def stories(name: str, folder: Path, cache: Path | None) -> Iterator[dict[str, Any]]:
    """Each runtime's events on two labelled days, beside the truth and beside float32's."""
    for day in ("stream/dev", "telegram/train"):
        labelled = data.events(folder, day)
        exact: NDArray[np.int64] | None = None
        for runtime in filter(is_installed, RUNTIMES):
            bench = Quality(folder, open_encoder(f"{name}+{runtime}"), cache, None, Settings())
            facts, vectors = bench.prepare(labelled.articles)
            scored = bench.scored(facts, vectors)
            figures, found = partition_figures(bench, labelled, facts, scored)
            exact = found if exact is None else exact
            yield {
                "set": day,
                "runtime": runtime,
                **{key: round(float(figures[key]), 3) for key in ("ap", "pair_f1", "b3", "ari")},
                "ari with float32": round(metrics.adjusted_rand(found, exact), 3),
            }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT)
    parser.add_argument("--encoder", nargs="*", default=["packaged", "news"])
    parser.add_argument("--cache", type=Path, help="vectors kept between runs")
    parser.add_argument("--sets", action="store_true", help="score the vectors on every set")
    parser.add_argument("--stories", action="store_true", help="what becomes of the stories")
    parser.add_argument("--budget", action="store_true", help="how many sentences are enough")
    parser.add_argument("--copies", type=int, metavar="N", help="near copies among N posts")
    parser.add_argument("--out", type=Path, help="JSON of all figures")
    told = parser.parse_args()
    figures: dict[str, dict[str, Any]] = {}
    texts = sample(told.data)
    for name in told.encoder:
        for line in arithmetics(name, texts):
            print(json.dumps(line), flush=True)
            figures[f"{name}+{line.pop('runtime')}"] = line
    for name in told.encoder:
        if told.stories:
            lines = encoding_savings.show(stories(name, told.data, told.cache))
            figures[f"{name} stories"] = {"lines": lines}
        opened = open_encoder(name)
        if told.budget:
            lines = encoding_savings.show(encoding_savings.budget(told.data, opened, told.cache))
            figures[f"{name} budget"] = {"lines": lines}
        if told.copies:
            found = encoding_savings.copies(told.data, opened, told.cache, told.copies)
            figures[f"{name} copies"] = {"lines": encoding_savings.show(found)}
    if told.sets:
        for name in told.encoder:
            bench = Bench(told.data, open_encoder(name), VectorCache(told.cache))
            for one in SETS:
                found = {key: round(value, 3) for key, value in getattr(bench, one)().items()}
                print(name, one, json.dumps(found), flush=True)
                figures[f"{name} {one}"] = found
    if told.out:
        told.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
