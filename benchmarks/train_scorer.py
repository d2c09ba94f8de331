"""Fits the pair scorer of an encoder on the labelled sets, all but ``stream/dev``.

``python -m benchmarks.train_scorer --encoder NAME`` writes ``scorer-….npz`` into
``clusterer/data/matching`` and prints the out-of-fold figures that its card quotes.
``--without SET --out FILE`` fits one that never saw a set, for ``benchmarks.quality --scorer``.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks import cuts, data, metrics
from benchmarks.pair_tables import SETS, Sight, Table
from benchmarks.reference import FOLDER
from benchmarks.store_scorer import store
from benchmarks.train_network import train
from clusterer.encoding import open_encoder
from clusterer.matching.network import Network
from clusterer.matching.reference import slug
from clusterer.matching.scorer import FAR, GENERIC, mix

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

PARTS = 3  # out-of-fold fits
EASY, KEPT = -4.0, 0.15  # linear log-odds of an easy negative; the share that the others see
ROUNDS, LEAVES, RATE, SMALLEST = 150, 7, 0.06, 60  # by leave-one-window-out on stream/train


class Fitted(NamedTuple):
    """A linear pipeline, networks over its standardised columns, and trees."""

    linear: Any
    network: Network
    trees: Any

    def margin(self, x: Floats) -> NDArray[np.float64]:
        """Log-odds of all parts together, before calibration."""
        network = self.network.log_odds(self.columns(x))
        return mix(self.linear.decision_function(x), network, self.trees.decision_function(x))

    def columns(self, x: Floats) -> Floats:
        """Standardised, cut off where the networks stop."""
        return np.clip(self.linear[:-1].transform(x), -FAR, FAR).astype(np.float32)


def fit(x: Floats, y: Bools, weight: NDArray[np.float64]) -> Fitted:
    """All parts of the scorer; deterministic."""
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
    linear.fit(x, y, logisticregression__sample_weight=weight)
    easy = (linear.decision_function(x) < EASY) & ~y
    keep = ~easy | (np.random.default_rng(1).random(len(y)) < KEPT)
    x, y, weight = x[keep], y[keep], np.where(easy, weight / KEPT, weight)[keep]
    trees = HistGradientBoostingClassifier(
        max_iter=ROUNDS,
        learning_rate=RATE,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=SMALLEST,
        l2_regularization=20.0,
        max_features=0.5,
        early_stopping=False,
        random_state=0,
    ).fit(x, y, sample_weight=weight)
    blank = Fitted(linear, Network(*[np.empty(0, np.float16)] * 6), trees)
    return blank._replace(network=train(blank.columns(x), y, weight))


def out_of_fold(tables: list[Table]) -> list[NDArray[np.float64]]:
    """Margins of every pair by a model that saw neither its fold nor anything tied to it.

    Folds are dealt to PARTS; a set of one fold is held out as a whole, and a set seen by several
    encoders in the same parts.
    """
    places = [list(SETS).index(table.name) for table in tables]
    margins = [np.full(len(t.y), np.nan) for t in tables]
    for part in range(PARTS):
        held = [(t.fold + place) % PARTS == part for place, t in zip(places, tables, strict=True)]
        seen = [_rows(t, ~mine) for t, mine in zip(tables, held, strict=True)]
        model = fit(*together(seen))
        for margin, table, mine in zip(margins, tables, held, strict=True):
            if mine.any():
                margin[mine] = model.margin(table.x[mine])
    return margins


def _rows(table: Table, keep: Bools) -> Table:
    x, y, weight, fold, left, right = (
        part[keep] for part in (table.x, table.y, table.weight, table.fold, table.left, table.right)
    )
    return Table(table.name, x, y, weight, fold, table.articles, left, right)


def together(tables: list[Table]) -> tuple[Floats, Bools, NDArray[np.float64]]:
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


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", action="append", help="several only with --generic")
    parser.add_argument("--data", type=Path, default=data.DEFAULT)
    parser.add_argument("--cache", type=Path, help="file of cached sentence vectors")
    parser.add_argument(
        "--generic", action="store_true", help="for encoders without a reference: no CSLS"
    )
    parser.add_argument("--without", action="append", default=[], choices=SETS)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    args.encoder = args.encoder or ["default"]
    if args.without and not args.out:
        parser.error("--without needs --out: a partial scorer must not become the shipped one")
    if len(args.encoder) > 1 and not args.generic:
        parser.error("an encoder with a reference has a scorer of its own; several: --generic")
    return args


def main() -> None:
    args = arguments()
    encoders = [open_encoder(name) for name in args.encoder]
    columns = GENERIC if args.generic else encoders[0].id
    names = [name for name in SETS if name not in args.without]
    sights = [Sight(encoder, args.cache, columns) for encoder in encoders]
    found = [SETS[name](args.data, sight) for sight in sights for name in names]
    margins = out_of_fold(found)
    for table, margin in zip(found, margins, strict=True):
        show(table, margin)
    x, y, weight = together(found)
    slope, shift = calibration(np.concatenate(margins), y, weight)
    chances = [1 / (1 + np.exp(-slope * margin - shift)) for margin in margins]
    cuts.show([(t.read, c) for t, c in zip(found, chances, strict=True) if t.read])
    target = args.out or FOLDER / f"scorer-{slug(columns)}.npz"
    store(fit(x, y, weight), (slope, shift), target)
    print(f"{target.name}: {len(y)} pairs, slope {slope:.3f}, shift {shift:.3f}")


def show(table: Table, margin: NDArray[np.float64]) -> None:
    """One line of out-of-fold figures of a set."""
    if not table.y.any():
        print(f"{table.name:16} {len(table.y):7} pairs, none the same")
        return
    precision = metrics.average_precision(margin, table.y)
    best = metrics.best_threshold(margin, table.y)[1]
    print(f"{table.name:16} {len(table.y):7} pairs  AP {precision:.3f}  F1 {best.f1:.3f}")


if __name__ == "__main__":
    main()
