"""Fits how sure a verdict may be: raw chances against right answers, by folds.

``python -m benchmarks.fit_origin [--data FOLDER] [--write]`` prints the calibration error and
the Brier score of held-out folds before and after, and writes ``calibration`` of
``clusterer/data/origin.json``. Below the first knot a chance is left as it is: too few
answers lie there to say more.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

import clusterer.data
from benchmarks import data
from benchmarks.calibration import KNOTS, Floats, error, fit, held_out
from benchmarks.origin import Vectors, measure_credited, measure_pairs, raw_chances, vectors_of
from clusterer.encoding import open_encoder

TABLE = Path(clusterer.data.__path__[0]) / "origin.json"


def collect(folder: Path, vectors: Vectors) -> tuple[Floats, Floats]:
    """Raw chances and whether the answer was right, of everything labelled and answered."""
    return raw_chances([*measure_credited(folder, vectors)[1], *measure_pairs(folder, vectors)[1]])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data.DEFAULT)
    parser.add_argument("--encoder", default="news")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    try:
        raw, right = collect(asked.data, vectors_of(open_encoder(asked.encoder), None))
    except data.MissingError as missing:
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
