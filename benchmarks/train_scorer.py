"""Fits the pair scorer of an encoder on the labelled sets, all but ``stream/dev``.

``python -m benchmarks.train_scorer --encoder NAME`` writes ``scorer-….npz`` into
``clusterer/data/matching`` and prints the out-of-fold figures that its card quotes.
``--without SET --out FILE`` fits one that never saw a set, for ``benchmarks.quality --scorer``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks import data, metrics
from benchmarks.reference import FOLDER
from benchmarks.vectors import centred_vectors
from clusterer.encoding import Encoder, open_encoder
from clusterer.matching import candidates, describe
from clusterer.matching.features import FEATURES, features
from clusterer.matching.reference import slug
from clusterer.matching.scorer import FOREST, GENERIC
from clusterer.settings import Settings

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

SAME_STORY, OTHER_STORY = 1.75, 2.5  # SemEval means: at most is one event, at least is another
LEARNT = ("fa", "ar", "en", "ru", "he", "tr", "ur", "de")  # languages of NTREX, every fourth report
# Judged sets hold about as many same pairs as others; among candidates others are far more.
SEMEVAL, ANS, NTREX, OTHERS = 2.0, 0.3, 0.5, 15.0  # weights of a set's pairs, and of its negatives
PARTS = 3  # out-of-fold fits
ROUNDS, LEAVES, RATE, SMALLEST = 150, 7, 0.06, 60  # by leave-one-window-out on stream/train


class Table(NamedTuple):
    """Pairs of one set with their columns, truth, weight and fold (rows of a fold go together)."""

    name: str
    x: Floats
    y: Bools
    weight: NDArray[np.float64]
    fold: Ints


class Sight(NamedTuple):
    """How articles are looked at: ``columns`` is the encoder id that features are made for."""

    encoder: Encoder
    cache: Path | None
    columns: str


def event_table(labelled: data.Labelled, sight: Sight) -> Table:
    """Candidate pairs inside windows; a huge event's pairs count no more than its articles."""
    facts = describe(labelled.articles)
    sentences = centred_vectors(labelled.articles, facts, sight.encoder, sight.cache)
    pairs = candidates(sentences, facts, Settings())
    left, right = pairs.left.astype(np.int64), pairs.right.astype(np.int64)
    inside = labelled.window[left] == labelled.window[right]
    left, right = left[inside], right[inside]
    x = features(left.astype(np.int32), right.astype(np.int32), sentences, facts, sight.columns)
    y = labelled.event[left] == labelled.event[right]
    size = np.bincount(labelled.event)[labelled.event]
    weight = np.where(y, np.minimum(1.0, 8.0 / np.maximum(size[left], 1)), 1.0)
    return Table(labelled.name, x, y, weight, labelled.window[left])


def translation_table(labelled: data.Labelled, sight: Sight) -> Table:
    """NTREX: translations and the candidates that are none, sampled; folds are reports."""
    labelled = every_fourth(labelled)
    facts = describe(labelled.articles)
    sentences = centred_vectors(labelled.articles, facts, sight.encoder, sight.cache)
    pairs = candidates(sentences, facts, Settings())
    y = labelled.event[pairs.left] == labelled.event[pairs.right]
    draw = np.random.default_rng(5)
    keep = draw.random(len(y)) < np.where(y, 1500 / max(y.sum(), 1), 7000 / max((~y).sum(), 1))
    left, right = pairs.left[keep], pairs.right[keep]
    x = features(left, right, sentences, facts, sight.columns)
    fold = np.minimum(labelled.event[left], labelled.event[right]) % 5
    return Table(labelled.name, x, y[keep], NTREX * np.where(y[keep], 1.0, OTHERS), fold)


def every_fourth(labelled: data.Labelled) -> data.Labelled:
    """Every fourth report in the LEARNT languages; the rest is left to the benchmark."""
    rows = [
        row
        for row, article in enumerate(labelled.articles)
        if labelled.event[row] % 4 == 0 and article.id.partition(":")[0] in LEARNT
    ]
    articles = [labelled.articles[row] for row in rows]
    return data.Labelled(labelled.name, articles, labelled.event[rows], labelled.window[rows])


def judged_table(
    judged: data.Judged,
    verdict: Callable[[NDArray[np.float64]], tuple[Bools, Bools]],
    heft: float,
    sight: Sight,
) -> Table:
    """Human verdicts on pairs; ``verdict`` gives (same event, clear enough to learn from)."""
    facts = describe(judged.articles)
    sentences = centred_vectors(judged.articles, facts, sight.encoder, sight.cache)
    same, clear = verdict(judged.value)
    left, right = judged.left[clear], judged.right[clear]
    x = features(left.astype(np.int32), right.astype(np.int32), sentences, facts, sight.columns)
    folds = linked_folds(len(judged.articles), judged.left, judged.right)
    weight = heft * np.where(same[clear], 1.0, OTHERS)
    return Table(judged.name, x, same[clear], weight, folds[left])


def linked_folds(n: int, left: Ints, right: Ints, count: int = 5) -> Ints:
    """A fold for every row such that rows tied by any pair share it."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(n, n))
    _, component = connected_components(graph, directed=False)
    return component.astype(np.int64) % count


def semeval_verdict(value: NDArray[np.float64]) -> tuple[Bools, Bools]:
    return value <= SAME_STORY, (value <= SAME_STORY) | (value >= OTHER_STORY)


def ans_verdict(value: NDArray[np.float64]) -> tuple[Bools, Bools]:
    return value > 0, np.ones(len(value), bool)


class Fitted(NamedTuple):
    linear: Any
    forest: Any

    def margin(self, x: Floats) -> NDArray[np.float64]:
        """Log-odds of both parts together, before calibration."""
        linear, forest = self.linear.decision_function(x), self.forest.decision_function(x)
        return np.asarray((1 - FOREST) * linear + FOREST * forest)


def fit(x: Floats, y: Bools, weight: NDArray[np.float64]) -> Fitted:
    """Both halves of the scorer; deterministic."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    linear = make_pipeline(
        SimpleImputer(keep_empty_features=True),
        StandardScaler(),
        LogisticRegression(C=0.01, max_iter=400),
    )
    forest = HistGradientBoostingClassifier(
        max_iter=ROUNDS,
        learning_rate=RATE,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=SMALLEST,
        l2_regularization=20.0,
        max_features=0.5,
        early_stopping=False,
        random_state=0,
    )
    return Fitted(
        linear.fit(x, y, logisticregression__sample_weight=weight),
        forest.fit(x, y, sample_weight=weight),
    )


def out_of_fold(tables: list[Table]) -> list[NDArray[np.float64]]:
    """Margins of every pair by a model that saw neither its fold nor anything tied to it.

    Folds are dealt to PARTS; a set of one fold is held out as a whole.
    """
    margins = [np.full(len(t.y), np.nan) for t in tables]
    for part in range(PARTS):
        held = [(t.fold + place) % PARTS == part for place, t in enumerate(tables)]
        seen = [_rows(t, ~mine) for t, mine in zip(tables, held, strict=True)]
        model = fit(*_together(seen))
        for margin, table, mine in zip(margins, tables, held, strict=True):
            if mine.any():
                margin[mine] = model.margin(table.x[mine])
    return margins


def _rows(table: Table, keep: Bools) -> Table:
    return Table(table.name, table.x[keep], table.y[keep], table.weight[keep], table.fold[keep])


def _together(tables: list[Table]) -> tuple[Floats, Bools, NDArray[np.float64]]:
    return (
        np.concatenate([t.x for t in tables]),
        np.concatenate([t.y for t in tables]),
        np.concatenate([t.weight for t in tables]),
    )


def calibration(margin: NDArray[np.float64], y: Bools, weight: NDArray[np.float64]) -> Any:
    """(scale, shift) of Platt's sigmoid on out-of-fold margins."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1e6).fit(margin[:, None], y, sample_weight=weight)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def store(model: Fitted, slope: float, shift: float, path: Path) -> None:
    """The fitted weights as plain arrays, the form that ``clusterer.matching.scorer`` reads."""
    imputer, scaler, logistic = (step for _, step in model.linear.steps)
    bias = (imputer.statistics_ - scaler.mean_) / scaler.scale_ @ logistic.coef_[0]
    trees = [stage[0].nodes for stage in model.forest._predictors]
    starts = np.cumsum([0, *(len(nodes) for nodes in trees)])[:-1]
    nodes = np.concatenate(trees)
    offset = np.repeat(starts, [len(tree) for tree in trees])
    own = np.arange(len(nodes))
    leaf = nodes["is_leaf"].astype(bool)
    base = float(np.ravel(model.forest._baseline_prediction)[0])
    depth = float(nodes["depth"].max())
    np.savez_compressed(
        path,
        features=np.array(FEATURES),
        numbers=np.array([logistic.intercept_[0] + bias, base, depth, slope, shift]),
        mean=imputer.statistics_.astype(np.float32),
        scale=scaler.scale_.astype(np.float32),
        weight=logistic.coef_[0].astype(np.float32),
        feature=np.where(leaf, 0, nodes["feature_idx"]).astype(np.int16),
        threshold=np.where(leaf, 0, nodes["num_threshold"]).astype(np.float32),
        left=np.where(leaf, own, nodes["left"] + offset).astype(np.int32),
        right=np.where(leaf, own, nodes["right"] + offset).astype(np.int32),
        missing=nodes["missing_go_to_left"].astype(bool),
        value=np.where(leaf, nodes["value"], 0).astype(np.float32),
        roots=starts.astype(np.int32),
    )


SETS: dict[str, Callable[[Path, Sight], Table]] = {
    "stream/train": lambda folder, sight: event_table(data.events(folder, "stream/train"), sight),
    "telegram/train": lambda folder, sight: event_table(
        data.events(folder, "telegram/train"), sight
    ),
    "semeval": lambda folder, sight: judged_table(
        data.semeval(folder), semeval_verdict, SEMEVAL, sight
    ),
    "ans": lambda folder, sight: judged_table(data.ans(folder), ans_verdict, ANS, sight),
    "ntrex": lambda folder, sight: translation_table(data.ntrex(folder), sight),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", default="default")
    parser.add_argument("--data", type=Path, default=data.DEFAULT)
    parser.add_argument("--cache", type=Path, help="file of cached sentence vectors")
    parser.add_argument(
        "--generic", action="store_true", help="for encoders without a reference: no CSLS"
    )
    parser.add_argument("--without", action="append", default=[], choices=SETS)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    if args.without and not args.out:
        parser.error("--without needs --out: a partial scorer must not become the shipped one")
    encoder = open_encoder(args.encoder)
    names = [name for name in SETS if name not in args.without]
    sight = Sight(encoder, args.cache, GENERIC if args.generic else encoder.id)
    found = [SETS[name](args.data, sight) for name in names]
    margins = out_of_fold(found)
    for table, margin in zip(found, margins, strict=True):
        precision = metrics.average_precision(margin, table.y)
        best = metrics.best_threshold(margin, table.y)[1]
        print(f"{table.name:16} {len(table.y):7} pairs  AP {precision:.3f}  F1 {best.f1:.3f}")
    x, y, weight = _together(found)
    slope, shift = calibration(np.concatenate(margins), y, weight)
    target = args.out or FOLDER / f"scorer-{slug(sight.columns)}.npz"
    store(fit(x, y, weight), slope, shift, target)
    print(f"{target.name}: {len(y)} pairs, slope {slope:.3f}, shift {shift:.3f}")


if __name__ == "__main__":
    main()
