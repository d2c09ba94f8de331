"""Fits how sure a verdict may be: raw chances against right answers, by folds.

``python -m benchmarks.fit_origin [--data FOLDER] [--write]`` prints the calibration error and
the Brier score of held-out folds before and after, and writes ``calibration`` of
``clusterer/data/origin.json``. Below the first knot a chance is left as it is: too few
answers lie there to say more.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import clusterer.data
from benchmarks import data
from benchmarks.origin import Vectors, measure_credited, measure_pairs, vectors_of
from clusterer.encoding import open_encoder

Floats = NDArray[np.float64]
KNOTS = np.array([0.65, 0.8, 0.9, 0.96, 1.0])
# Strength of the belief that a raw chance is right as it is, in answers per knot.
PRIOR = 4.0
FOLDS = 5
# No verdict is surer than this.
MOST = 0.98
TABLE = Path(clusterer.data.__path__[0]) / "origin.json"


def fit(raw: Floats, right: Floats) -> Floats:
    """Values at the knots: ridge regression towards the raw chance, made monotone."""
    inside = raw >= KNOTS[0]
    hats = np.stack([np.interp(raw[inside], KNOTS, row) for row in np.eye(len(KNOTS))], axis=1)
    target = hats.T @ right[inside] + PRIOR * KNOTS
    values = np.linalg.solve(hats.T @ hats + PRIOR * np.eye(len(KNOTS)), target)
    values[0] = KNOTS[0]
    return np.clip(np.maximum.accumulate(values), 0.0, MOST)


def calibrate(values: Floats, raw: Floats) -> Floats:
    return np.interp(raw, [0.0, *KNOTS], [0.0, *values])


def held_out(raw: Floats, right: Floats, seed: int) -> Floats:
    """Calibrated chances, each by a fit that has not seen its fold."""
    fold = np.random.default_rng(seed).permutation(len(raw)) % FOLDS
    told = np.empty_like(raw)
    for number in range(FOLDS):
        values = fit(raw[fold != number], right[fold != number])
        told[fold == number] = calibrate(values, raw[fold == number])
    return told


def error(said: Floats, right: Floats, bins: int) -> float:
    """Expected calibration error over bins of equal size."""
    parts = np.array_split(np.argsort(said, kind="stable"), bins)
    gaps = [abs(said[part].mean() - right[part].mean()) * len(part) for part in parts]
    return float(sum(gaps) / len(said))


def collect(folder: Path, vectors: Vectors) -> tuple[Floats, Floats]:
    """Raw chances and whether the answer was right, of everything labelled and answered."""
    told = json.loads(TABLE.read_text("utf-8"))["calibration"]
    back: Callable[[Floats], Floats] = partial(np.interp, xp=told["right"], fp=told["raw"])
    answers = [*measure_credited(folder, vectors)[1], *measure_pairs(folder, vectors)[1]]
    named = [answer for answer in answers if answer.right is not None]
    raw = back(np.array([answer.confidence for answer in named]))
    return raw, np.array([float(bool(answer.right)) for answer in named])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data.DEFAULT)
    parser.add_argument("--encoder", default="news")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    try:
        raw, right = collect(asked.data, vectors_of(open_encoder(asked.encoder), None))
    except data.Missing as missing:
        raise SystemExit(str(missing)) from None
    print(f"{len(raw)} answers, {right.mean():.3f} right")
    for name, said in [("raw", [raw]), ("held out", [held_out(raw, right, s) for s in range(9)])]:
        errors = [error(one, right, 5) for one in said]
        brier = np.mean([np.mean((one - right) ** 2) for one in said])
        print(f"  {name}: calibration error {np.mean(errors):.3f}, Brier {brier:.3f}")
    values = fit(raw, right)
    print("  knots", KNOTS.tolist(), "become", values.round(3).tolist())
    if asked.write:
        table = json.loads(TABLE.read_text("utf-8"))
        table["calibration"] = {
            "raw": [0.0, *KNOTS.tolist()],
            "right": [0.0, *values.round(3).tolist()],
        }
        TABLE.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
