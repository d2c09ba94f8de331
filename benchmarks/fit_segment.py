"""Fit the line weights of segmentation: python -m benchmarks.fit_segment [--data DIR]

Pages are generated from the ``fit`` half of furniture and articles; the printed figures are
those of lines on the ``held_out`` half. Writes clusterer/data/segment.json.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.pages import GoldPage, gold_pages
from clusterer.text.line_features import FEATURES, features
from clusterer.text.line_score import LEAVES, apply_forest, pack_forest
from clusterer.text.lines import read_lines

TARGET = Path(__file__).parents[1] / "clusterer" / "data" / "segment.json"
TREES = 90
PER_LANGUAGE = 150
HELD_OUT_PER_LANGUAGE = 20
# On this share of pages this share of cues is hidden, so that the model also learns pages
# whose phrases the table does not have.
BLIND_PAGES, BLIND_CUES = 0.6, 0.7
WEIGHT_CHARS = 200  # a line counts by its length up to here

Rows = tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.float64]]


def table(pages: Sequence[GoldPage], blind: bool) -> Rows:
    """Features, truth and weight of every line of the pages."""
    draw = random.Random(0)
    rows, truth, weights = [], [], []
    for page in pages:
        lines = read_lines(page.text)
        if blind and draw.random() < BLIND_PAGES:
            for line in lines:
                told = line.cue is not None and line.cue.kind not in ("source_line", "end_tag")
                if told and draw.random() < BLIND_CUES:
                    line.cue = None
        spans = [span for article in page.articles for span in article]
        rows.append(features(lines))
        truth += [any(start <= line.span.start < end for start, end in spans) for line in lines]
        weights += [min(len(line.text), WEIGHT_CHARS) for line in lines]
    return np.concatenate(rows), np.array(truth), np.array(weights, float)


def nodes_of(predictor: Any) -> list[list[float]]:
    """One tree as nodes ``[feature, threshold, left, right]`` or ``[value]``."""
    return [
        [round(float(node["value"]), 5)]
        if node["is_leaf"]
        else [
            int(node["feature_idx"]),
            round(float(node["num_threshold"]), 5),
            int(node["left"]),
            int(node["right"]),
        ]
        for node in predictor.nodes
    ]


def main() -> None:
    from sklearn.ensemble import HistGradientBoostingClassifier

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--per-language", type=int, default=PER_LANGUAGE)
    asked = parser.parse_args()
    if not asked.data.is_dir():
        raise SystemExit(f"no data at {asked.data}: give its folder with --data")
    rows, truth, weights = table(gold_pages(asked.data, "fit", asked.per_language), blind=True)
    model = HistGradientBoostingClassifier(
        max_iter=TREES,
        max_leaf_nodes=LEAVES,
        learning_rate=0.12,
        min_samples_leaf=60,
        l2_regularization=2.0,
        random_state=0,
    ).fit(rows, truth, weights)
    trees = [nodes_of(stage[0]) for stage in model._predictors]
    base = round(float(model._baseline_prediction[0, 0]), 5)
    card = {
        "what": "log-odds that a line of a plain page belongs to a report",
        "fitted_by": "benchmarks/fit_segment.py on generated pages, seed fixed, fit half",
        "lines": len(truth),
    }
    told = {"card": card, "features": list(FEATURES), "base": base, "trees": trees}
    TARGET.write_text(json.dumps(told, separators=(",", ":")) + "\n", encoding="utf-8")
    held = gold_pages(asked.data, "held_out", HELD_OUT_PER_LANGUAGE)
    for name, (x, y, w) in (("fit", (rows, truth, weights)), ("held out", table(held, blind=False))):
        right = (apply_forest(pack_forest(trees, base), x) > 0) == y
        print(f"{name:9} lines {len(y):6} right {right.mean():.4f} by chars {np.average(right, weights=w):.4f}")


if __name__ == "__main__":
    main()
