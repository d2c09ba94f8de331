"""Other ways to group the same texts, side by side with ours.

Every peer that takes vectors is given the same centred document vectors; every peer has its
threshold chosen for it on ``stream/dev`` (best pair F1), ours keeps its default settings. Peers
that are not installed are left out with a line.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks import data, metrics
from benchmarks.quality import Bench, partition_figures
from clusterer.encoding import open_encoder
from clusterer.matching import Facts
from clusterer.matching.index import documents, gap
from clusterer.matching.scorer import read_scorer
from clusterer.news import Sentences
from clusterer.settings import Settings

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


class Sample(NamedTuple):
    """What a peer may look at: n texts, their unit vectors (n, d), facts for their times."""

    texts: list[str]
    vectors: Floats
    facts: Facts


Peer = Callable[[Sample, float], Ints]
COSINES = tuple(np.arange(0.3, 0.96, 0.05).round(2).tolist())


def single_linkage(similar: NDArray[np.bool_]) -> Ints:
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    return connected_components(csr_matrix(similar), directed=False)[1].astype(np.int64)


def average_linkage(distance: NDArray[np.floating], threshold: float) -> Ints:
    from sklearn.cluster import AgglomerativeClustering

    model = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1 - threshold
    )
    return model.fit_predict(distance).astype(np.int64)


def agglomerative(sample: Sample, threshold: float) -> Ints:
    return average_linkage(np.clip(1 - sample.vectors @ sample.vectors.T, 0, 2), threshold)


def community(sample: Sample, threshold: float) -> Ints:
    """sentence-transformers' community detection."""
    from sentence_transformers.util import community_detection

    groups = community_detection(sample.vectors, threshold=threshold, min_community_size=2)
    labels = np.arange(len(sample.texts)) + len(sample.texts)
    for number, members in enumerate(groups):
        labels[members] = number
    return labels


def each_alone(labels: Ints) -> Ints:
    """Labels in which what was left out, below zero, is a group of its own each."""
    alone = labels < 0
    return np.where(alone, np.cumsum(alone) - 1 + len(labels), labels)


def hdbscan(sample: Sample, neighbours: float) -> Ints:
    """HDBSCAN; its threshold is how many neighbours make a core."""
    from sklearn.cluster import HDBSCAN

    distance = np.clip(1 - sample.vectors @ sample.vectors.T, 0, 2).astype(np.float64)
    model = HDBSCAN(
        min_cluster_size=2, min_samples=int(neighbours), metric="precomputed", copy=True
    )
    return each_alone(model.fit_predict(distance).astype(np.int64))


def leiden(sample: Sample, threshold: float) -> Ints:
    """Leiden on the graph of the ten nearest neighbours above a cosine."""
    import igraph
    import leidenalg

    cosine = sample.vectors @ sample.vectors.T
    np.fill_diagonal(cosine, -1)
    near = np.argsort(-cosine, axis=1)[:, :10]
    edges = [
        (row, int(other), float(cosine[row, other]))
        for row, others in enumerate(near)
        for other in others
        if cosine[row, other] >= threshold
    ]
    graph = igraph.Graph(n=len(cosine), edges=[edge[:2] for edge in edges])
    graph.es["weight"] = [edge[2] for edge in edges]
    found = leidenalg.find_partition(
        graph, leidenalg.ModularityVertexPartition, weights="weight", seed=1
    )
    return np.array(found.membership, np.int64)


def tfidf_time(sample: Sample, threshold: float) -> Ints:
    """Character n-gram TF-IDF with a fading of three hours, average linkage."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    table = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    rows = table.fit_transform(sample.texts)
    left, right = np.indices((len(sample.texts),) * 2).reshape(2, -1)
    hours = np.nan_to_num(gap(sample.facts, left, right)).reshape(len(sample.texts), -1)
    similar = (rows @ rows.T).toarray() / (1 + hours / 3)
    np.fill_diagonal(similar, 1)
    return average_linkage(np.clip(1 - similar, 0, 1), threshold)


def minhash(sample: Sample, threshold: float) -> Ints:
    """MinHash of word trigrams (rensa), single linkage."""
    from rensa import RMinHash

    signatures = []
    for text in sample.texts:
        words = text.split()
        sketch = RMinHash(num_perm=128, seed=1)
        sketch.update([" ".join(words[i : i + 3]) for i in range(max(len(words) - 2, 1))])
        signatures.append(sketch.digest())
    table = np.array(signatures)
    return single_linkage((table[:, None] == table[None]).mean(axis=2) >= threshold)


class _Given:
    """The vectors that are there already, as an encoder of semhash."""

    def __init__(self, sample: Sample) -> None:
        self.row = {text: row for row, text in enumerate(sample.texts)}
        self.vectors = sample.vectors

    def encode(self, inputs: Sequence[str], **_: object) -> Floats:
        return self.vectors[[self.row[text] for text in inputs]]


def semantic_hash(sample: Sample, threshold: float) -> Ints:
    """semhash over the same vectors, exact search."""
    from semhash import SemHash

    index = SemHash.from_records(sample.texts, model=_Given(sample), ann_backend="basic")
    found = index.self_deduplicate(threshold=threshold)
    place = {text: row for row, text in reversed(list(enumerate(sample.texts)))}
    same = np.array([place[text] for text in sample.texts])
    similar = np.eye(len(sample.texts), dtype=bool)
    similar[np.arange(len(same)), same] = True
    for item in found.filtered:
        similar[place[item.record], place[item.duplicate_of]] = True
    return single_linkage(similar | similar.T)


def bertopic(sample: Sample, smallest: float) -> Ints:
    """BERTopic over the same vectors; its threshold is the size of the smallest topic."""
    from bertopic import BERTopic
    from hdbscan import HDBSCAN
    from umap import UMAP

    model = BERTopic(
        umap_model=UMAP(n_neighbors=15, n_components=5, metric="cosine", random_state=1),
        hdbscan_model=HDBSCAN(min_cluster_size=int(smallest), min_samples=1),
        calculate_probabilities=False,
    )
    return each_alone(np.array(model.fit_transform(sample.texts, sample.vectors)[0], np.int64))


PEERS: dict[str, tuple[Peer, tuple[float, ...]]] = {
    "community detection": (community, COSINES),
    "HDBSCAN": (hdbscan, (1, 2, 3)),
    "agglomerative cosine": (agglomerative, COSINES),
    "Leiden, kNN graph": (leiden, COSINES),
    "TF-IDF and time": (tfidf_time, tuple(np.arange(0.05, 0.6, 0.05).round(2).tolist())),
    "MinHash (rensa)": (minhash, tuple(np.arange(0.1, 0.9, 0.1).round(2).tolist())),
    "semhash": (semantic_hash, COSINES),
    "BERTopic": (bertopic, (2, 3, 5)),
}


def told(labels: Ints, labelled: data.Labelled) -> tuple[float, float, float, float]:
    """Pair F1, B³, B³ over multi-item events, ARI; labels count inside windows."""
    found = labels * (int(labelled.window.max()) + 1) + labelled.window
    left, right = metrics.all_pairs(len(found), labelled.window)
    pair = metrics.pair_counts(
        found[left] == found[right], labelled.event[left] == labelled.event[right]
    )
    shared = metrics.multi_item(labelled.event)
    return (
        pair.f1,
        metrics.b_cubed(found, labelled.event).f1,
        metrics.b_cubed(found, labelled.event, shared).f1,
        metrics.adjusted_rand(found, labelled.event),
    )


def sample_of(labelled: data.Labelled, facts: Facts, sentences: Sentences) -> Sample:
    texts = [" ".join(s.of(a.text) for s in a.sentences) for a in labelled.articles]
    return Sample(texts, documents(sentences), facts)


def compare(bench: Bench, names: list[str]) -> None:
    tuned: dict[str, float] = {}
    for name in names:
        labelled = data.ntrex(bench.folder) if name == "ntrex" else data.events(bench.folder, name)
        facts, sentences = bench.prepare(labelled.articles)
        sample = sample_of(labelled, facts, sentences)
        print(f"\n{name:24} pair F1     B³  multi    ARI")
        alone = told(np.arange(len(labelled.articles)), labelled)
        print(f"  {'left alone':22}", *(f"{value:6.3f}" for value in alone))
        for title, (peer, thresholds) in PEERS.items():
            try:
                if title not in tuned:
                    tuned[title] = max(thresholds, key=lambda t: told(peer(sample, t), labelled)[0])
                values = told(peer(sample, tuned[title]), labelled)
            except (ImportError, OSError) as error:
                print(f"  {title:22} left out: {error}")
                continue
            print(f"  {title:22}", *(f"{v:6.3f}" for v in values), f" at {tuned[title]}")
        found = partition_figures(bench, labelled, facts, bench.scored(facts, sentences))[1]
        print(f"  {'clusterer':22}", *(f"{value:6.3f}" for value in told(found, labelled)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data.DEFAULT)
    parser.add_argument("--encoder", default="default")
    parser.add_argument("--scorer", type=Path, help="weights that never saw the other sets")
    parser.add_argument("--cache", type=Path)
    args = parser.parse_args()
    scorer = read_scorer(args.scorer) if args.scorer else None
    bench = Bench(args.data, open_encoder(args.encoder), args.cache, scorer, Settings())
    print(f"encoder {bench.encoder.id}")
    compare(bench, ["stream/dev", "telegram/train", "ntrex"])


if __name__ == "__main__":
    main()
