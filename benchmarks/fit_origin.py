"""Fits how sure a verdict may be: raw chances against right answers, by folds.

``python -m benchmarks.fit_origin [--data FOLDER] [--write]`` prints reliability bins, the
calibration error and the Brier score of held-out folds before and after, for all answers and
by language, and writes ``calibration`` of ``clusterer/data/origin.json``. The raw chances come
from candidate weights that have not seen their event either. Below the first knot a chance is
left as it is: too few answers lie there to say more.
"""

from __future__ import annotations

import json
import sys

import numpy as np

from benchmarks.calibration import KNOTS, Floats, error, fit, held_out
from benchmarks.fit_candidates import choices, editors, held_out_weights, reliability
from benchmarks.origin import TABLE
from benchmarks.origin_events import cases
from benchmarks.origin_fits import material

BINS = 5
LEAST_TO_TELL = 20


def main() -> int:
    asked = material(__doc__, writes=True)
    if asked is None:
        return 2
    table = json.loads(TABLE.read_text("utf-8"))
    known = list(cases(asked.labelled, asked.vectors))
    prior, heat = editors(table)
    weights = held_out_weights(choices(asked.labelled, known), prior, heat, 0)
    raw, right, rows = reliability(asked.labelled, known, weights)
    languages = np.array([asked.labelled[row].language for row in rows])
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
