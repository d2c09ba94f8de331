"""One measurement of ``benchmarks.speed`` in a process of its own, printed as one JSON line."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Figures = dict[str, Any]
# Cosine at which community detection joins; the library's example has 0.75, the plain vectors
# of this family of models lie much closer together.
PLAIN_THRESHOLD = 0.93
SHAPES = ((512, 384, 1536), (512, 1536, 384), (512, 384, 384))


class Clock:
    """A progress listener that sums up wall and processor seconds by stage.

    The time between two words belongs to the stage of the first, unless that had ended.
    """

    def __init__(self) -> None:
        self.wall: Counter[str] = Counter()
        self.processor: Counter[str] = Counter()
        self.encoded = 0
        self._stage, self._ended = "open", True
        self._at = time.perf_counter(), processor()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        now = time.perf_counter(), processor()
        spent = stage if self._ended else self._stage
        self.wall[spent] += now[0] - self._at[0]
        self.processor[spent] += now[1] - self._at[1]
        self._stage, self._ended, self._at = stage, done == total, now
        if stage == "encode":
            self.encoded = max(self.encoded, total or 0)

    def told(self) -> Figures:
        return {
            "stages": {name: round(value, 2) for name, value in self.wall.items()},
            "stages, processor": {name: round(value, 2) for name, value in self.processor.items()},
        }


def peak() -> Figures:
    """Most memory that this process ever held, and that the largest of its children did."""
    mine, theirs = (
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {"peak MB": round(mine), "peak MB of a child": round(theirs)}


def processor() -> float:
    own, theirs = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + theirs.ru_utime + theirs.ru_stime


def ours(told: Figures) -> Figures:
    """``cluster DIR``, with or without a store; the floor of its encoding beside it."""
    begun = time.perf_counter()
    from clusterer import Collection

    clock = Clock()
    if "store" in told:
        collection = Collection.open(told["store"], encoder=told["encoder"], progress=clock)
    else:
        collection = Collection(told["encoder"], progress=clock)
    with collection:
        if told.get("open"):
            clock("open", 0, 1)
            collection.encoder.encode(["."])
            clock("open", 1, 1)
        collection.read([told["inputs"]])
        result = collection.result()
        seconds = time.perf_counter() - begun
        count = sum(len(story.articles) for story in result.stories)
        figures = {
            "articles": count,
            "stories": len(result.stories),
            "seconds": round(seconds, 2),
            "processor seconds": round(processor(), 2),
            "articles/s": round(count / seconds, 1),
            "encoded": clock.encoded,
            **clock.told(),
            **peak(),
        }
        if clock.encoded:
            figures |= distance(collection, clock)
    return figures


def distance(collection: Any, clock: Clock) -> Figures:
    """How far encoding is from what the matrix products alone would take: the processor
    seconds of both are compared, so that other work on the machine tells less."""

    from clusterer.encoding.transformer import TransformerEncoder

    encoder = collection.encoder
    if not isinstance(encoder, TransformerEncoder):
        return {}
    limit = collection.settings.encoded_sentences
    articles = [article for story in collection.stories for article in story.articles]
    texts = {
        span.of(article.text)
        for article in map(collection._keeper.held.shelf.article, articles)
        for span in article.sentences[:limit]
    }
    tokens = encoder.count_tokens(sorted(texts))
    width, layers = encoder.dimension, 12
    operations = tokens * layers * 2 * (4 * width**2 + 2 * width * 4 * width)
    rate = matrix_rate()
    floor = operations / rate
    return {
        "tokens": tokens,
        "8-bit operations/s of one processor": f"{rate:.3g}",
        "floor, processor seconds": round(floor, 2),
        "encoding over floor": round(clock.processor["encode"] / floor, 2),
    }


def matrix_rate() -> float:
    """8-bit operations per second of one processor, in the shapes that the model has."""
    import torch

    torch.set_num_threads(1)
    spent = operations = 0.0
    for rows, inner, columns in SHAPES:
        left = torch.randint(-127, 127, (rows, inner), dtype=torch.int8)
        right = torch.randint(-127, 127, (columns, inner), dtype=torch.int8).t()
        torch._int_mm(left, right)
        best = np.inf
        for _ in range(20):
            begun = time.process_time()
            for _ in range(5):
                torch._int_mm(left, right)
            best = min(best, (time.process_time() - begun) / 5)
        spent, operations = spent + best, operations + 2 * rows * inner * columns
    return operations / spent


def plain_model() -> Any:
    """The weights of the default encoder in float32, as sentence-transformers opens them."""
    from sentence_transformers import SentenceTransformer

    from clusterer.encoding import open_encoder
    from clusterer.encoding.transformer import TransformerEncoder

    encoder = open_encoder("news+float32")
    if not isinstance(encoder, TransformerEncoder):
        raise SystemExit("the plain pipeline needs the packaged model")
    return SentenceTransformer(str(encoder.folder()), device="cpu", local_files_only=True)


def communities(vectors: NDArray[np.float32], threshold: float) -> NDArray[np.int64]:
    from sentence_transformers.util import community_detection

    labels = np.arange(len(vectors)) + len(vectors)
    for number, members in enumerate(
        community_detection(vectors, threshold=threshold, min_community_size=2)
    ):
        labels[members] = number
    return labels


def density(vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    from sklearn.cluster import HDBSCAN

    labels: NDArray[np.int64] = HDBSCAN(min_cluster_size=2, copy=True).fit_predict(vectors)
    return labels


def topics(texts: list[str], vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    from bertopic import BERTopic

    model = BERTopic(calculate_probabilities=False, verbose=False)
    return np.array(model.fit_transform(texts, embeddings=vectors)[0])


def duplicates(texts: list[str], vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    from semhash import SemHash

    known = dict(zip(texts, vectors, strict=True))

    class Given:
        def encode(self, inputs: Any, **_: Any) -> NDArray[np.float32]:
            return np.stack([known[text] for text in inputs])

    found = SemHash.from_records(records=texts, model=Given()).self_deduplicate(
        threshold=PLAIN_THRESHOLD
    )
    return np.arange(len(found.selected))


def peer(told: Figures) -> Figures:
    """The same texts by another way: float32 vectors of full texts, then the peer."""
    texts = []
    with (Path(told["inputs"]) / "records.jsonl").open(encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            texts.append(f"{row.get('title') or ''}\n{row.get('text') or ''}")
    begun = time.perf_counter()
    model = plain_model()
    vectors = model.encode(texts, show_progress_bar=False, normalize_embeddings=True)
    encoded = time.perf_counter()
    name = told["peer"]
    try:
        if name == "plain":
            labels = communities(vectors, PLAIN_THRESHOLD)
        elif name == "hdbscan":
            labels = density(vectors)
        elif name == "bertopic":
            labels = topics(texts, vectors)
        else:
            labels = duplicates(texts, vectors)
    except ImportError as error:
        return {"left out": str(error)}
    seconds = time.perf_counter() - begun
    return {
        "articles": len(texts),
        "groups": len(set(labels.tolist())),
        "seconds": round(seconds, 2),
        "processor seconds": round(processor(), 2),
        "articles/s": round(len(texts) / seconds, 1),
        "stages": {
            "encode": round(encoded - begun, 2),
            "group": round(seconds + begun - encoded, 2),
        },
        **peak(),
    }


def quality(told: Figures) -> Figures:
    """Pair F1 on the labelled day: ours at its defaults, the plain way at its best threshold."""
    from benchmarks import data, metrics
    from benchmarks.quality import Bench, partition_figures
    from clusterer.encoding import open_encoder
    from clusterer.settings import Settings

    labelled = data.events(Path(told["data"]), "stream/dev")
    left, right = metrics.all_pairs(len(labelled.articles), labelled.window)
    true = labelled.event[left] == labelled.event[right]
    found = {}
    for name in told["encoders"]:
        bench = Bench(Path(told["data"]), open_encoder(name), None, None, Settings())
        facts, sentences = bench.prepare(labelled.articles)
        scored = bench.scored(facts, sentences)
        found[name] = partition_figures(bench, labelled, facts, scored)[0]["pair_f1"]
    vectors = plain_model().encode(
        [article.text for article in labelled.articles], normalize_embeddings=True
    )
    best = 0.0
    for threshold in np.arange(0.80, 0.99, 0.01):
        labels = communities(vectors, float(threshold))
        best = max(best, metrics.pair_counts(labels[left] == labels[right], true).f1)
    rounded = {name: round(float(value), 3) for name, value in found.items()}
    return {"pair F1, stream/dev": {**rounded, "plain at its best": round(best, 3)}}


if __name__ == "__main__":
    task = {"ours": ours, "peer": peer, "quality": quality}[sys.argv[1]]
    print(json.dumps(task(json.loads(sys.argv[2]))))
