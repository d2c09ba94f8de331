"""Fits how sure a verdict may be: raw chances against right answers, by folds.

``python -m benchmarks.fit_origin [--data FOLDER] [--write]`` prints reliability bins, the
calibration error and the Brier score of held-out folds before and after, for all answers and
by language, and writes ``calibration`` of ``clusterer/data/origin.json``. The raw chances come
from candidate weights that have not seen their event either. Below the first knot a chance is
left as it is: too few answers lie there to say more.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from benchmarks import data
from benchmarks.calibration import KNOTS, Floats, error, fit, held_out
from benchmarks.fit_candidates import choices, editors, held_out_weights, reliability
from benchmarks.origin import TABLE
from benchmarks.origin_events import cases, events, single_reports
from benchmarks.vectors import vectors_of
from clusterer.encoding import open_encoder

BINS = 5
LEAST_TO_TELL = 20


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=data.DEFAULT)
    parser.add_argument("--encoder", default="news")
    parser.add_argument("--cache", type=Path, help="keep sentence vectors in this file")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    try:
        labelled = [*events(asked.data), *single_reports(asked.data)]
    except data.MissingError as missing:
        print(missing, file=sys.stderr)
        return 2
    table = json.loads(TABLE.read_text("utf-8"))
    known = list(cases(labelled, vectors_of(open_encoder(asked.encoder), asked.cache)))
    prior, heat = editors(table)
    weights = held_out_weights(choices(labelled, known), prior, heat, 0)
    raw, right, rows = reliability(labelled, known, weights)
    languages = np.array([labelled[row].language for row in rows])
    said = held_out(raw, right, 0)
    tell("all", raw, said, right)
    for language in sorted(set(languages)):
        mine = languages == language
        if mine.sum() >= LEAST_TO_TELL:
            tell(language, raw[mine], said[mine], right[mine])
        else:
            print(
                f"{language}: {mine.sum()} answers, {right[mine].sum():.0f} right: too few to say"
            )
    values = fit(raw, right)
    print("knots", KNOTS.tolist(), "become", values.round(3).tolist())
    if asked.write:
        table["calibration"] = {
            "raw": [0.0, *KNOTS.tolist()],
            "right": [0.0, *values.round(3).tolist()],
        }
        TABLE.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


def tell(name: str, raw: Floats, said: Floats, right: Floats) -> None:
    """Prints reliability bins of the held-out chances and the error before and after."""
    print(f"{name}: {len(raw)} answers, {right.mean():.3f} right")
    for part in np.array_split(np.argsort(said, kind="stable"), BINS):
        print(f"  {len(part):3} said {said[part].mean():.3f}, were right {right[part].mean():.3f}")
    for kind, chances in (("raw", raw), ("held out", said)):
        brier = np.mean((chances - right) ** 2)
        print(f"  {kind}: calibration error {error(chances, right, BINS):.3f}, Brier {brier:.3f}")


if __name__ == "__main__":
    sys.exit(main())
