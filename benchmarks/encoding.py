"""Encoders and arithmetics beside each other: speed, agreement, and how well they tell.

``python -m benchmarks.encoding [--data FOLDER] [--encoder NAME …] [--sets] [--out FILE]``
prints, for each arithmetic, tokens per second of one core and the cosine to float32 on real
headlines and leads; with ``--sets`` also the scores of the vectors alone on every set. The
file holds what the gate compares.
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

from benchmarks.data import DEFAULT, records
from benchmarks.encoder_scores import Bench
from benchmarks.encoder_texts import sentences
from clusterer.encoding import VectorCache, open_encoder
from clusterer.encoding.runtimes import RUNTIMES
from clusterer.encoding.transformer import TransformerEncoder

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
    for runtime in RUNTIMES:
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT)
    parser.add_argument("--encoder", nargs="*", default=["packaged", "news"])
    parser.add_argument("--cache", type=Path, help="vectors kept between runs")
    parser.add_argument("--sets", action="store_true", help="score the vectors on every set")
    parser.add_argument("--out", type=Path, help="JSON of all figures")
    told = parser.parse_args()
    figures: dict[str, dict[str, Any]] = {}
    texts = sample(told.data)
    for name in told.encoder:
        for line in arithmetics(name, texts):
            print(json.dumps(line), flush=True)
            figures[f"{name}+{line.pop('runtime')}"] = line
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
