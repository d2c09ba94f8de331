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
from clusterer.text import headline, parting
from clusterer.text.headline import candidates, headline_rows
from clusterer.text.line_features import FEATURES, features
from clusterer.text.line_score import LEAVES, Forest, apply_forest, pack_forest
from clusterer.text.lines import Line, read_lines
from clusterer.text.parting import parting_features
from clusterer.text.segment import INSIDE, decode, with_headline

TARGET = Path(__file__).parents[1] / "clusterer" / "data" / "segment.json"
LINE_TREES = 110
PARTING_TREES = 40
HEADLINE_TREES = 40
PER_LANGUAGE = 220
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
        if blind:
            hide_cues(lines, draw)
        rows.append(features([lines]))
        truth += [owner is not None for owner in owners(page, lines)]
        weights += [min(len(line.text), WEIGHT_CHARS) for line in lines]
    return np.concatenate(rows), np.array(truth), np.array(weights, float)


def hide_cues(lines: Sequence[Line], draw: random.Random) -> None:
    """Take most cues off some pages; source lines and end tags are words of the language."""
    if draw.random() < BLIND_PAGES:
        for line in lines:
            told = line.cue is not None and line.cue.kind not in ("source_line", "end_tag")
            if told and draw.random() < BLIND_CUES:
                line.cue = line.kind = None


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


def partings(pages: Sequence[GoldPage], blind: bool, lines_forest: Forest) -> Rows:
    """Features and truth of every place where another report might begin."""
    draw = random.Random(1)
    rows, truth = [], []
    for page in pages:
        lines = read_lines(page.text)
        if blind:
            hide_cues(lines, draw)
        owner = owners(page, lines)
        scores = apply_forest(lines_forest, features([lines])).tolist()
        kept = [at for at, state in enumerate(decode(scores)) if state == INSIDE]
        for number in range(1, len(kept)):
            before, after = kept[:number], kept[number : number + parting.NEAR]
            gap = range(before[-1] + 1, after[0])
            if not gap and lines[before[-1]].kind not in ("source_line", "end_tag"):
                continue
            same = owner[before[-1]] == owner[after[0]] and owner[after[0]] is not None
            start = next(
                (at for at in reversed(before) if owner[at] != owner[before[-1]]), before[0] - 1
            )
            before = [at for at in before if at > start] or before
            gap, after = with_headline(lines, gap, after)
            rows.append(parting_features(lines, before, gap, after))
            truth.append(not same)
    return np.concatenate(rows), np.array(truth), np.ones(len(truth))


def headlines(pages: Sequence[GoldPage], blind: bool, lines_forest: Forest) -> Rows:
    """Features and truth of every line that may be the headline of an article."""
    draw = random.Random(2)
    rows, truth = [], []
    for page in pages:
        lines = read_lines(page.text)
        if blind:
            hide_cues(lines, draw)
        owner = owners(page, lines)
        scores = apply_forest(lines_forest, features([lines])).tolist()
        states = decode(scores)
        taken: set[int] = set()
        for number, title in enumerate(page.titles):
            kept = [at for at, state in enumerate(states) if state == INSIDE]
            piece = [at for at in kept if owner[at] == number]
            if not piece:
                continue
            asked = candidates(lines, piece, taken)
            if asked:
                rows += headline_rows(lines, scores, piece, asked)
                truth += [tuple(lines[at].span) == title for at in asked]
            taken.update(piece)
    return np.array(rows, np.float32), np.array(truth), np.ones(len(truth))


def owners(page: GoldPage, lines: Sequence[Line]) -> list[int | None]:
    """The number of the article that each line belongs to, None for furniture."""
    spans = [(*span, number) for number, article in enumerate(page.articles) for span in article]
    return [
        next((number for a, b, number in spans if a <= line.span.start < b), None) for line in lines
    ]


def forest(rows: Rows, trees: int, least: int) -> dict[str, Any]:
    """A boosted forest as plain numbers."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        max_iter=trees,
        max_leaf_nodes=LEAVES,
        learning_rate=0.12,
        min_samples_leaf=least,
        l2_regularization=2.0,
        random_state=0,
        early_stopping=False,
    ).fit(*rows)
    stages = [nodes_of(stage[0]) for stage in model._predictors]
    return {"base": round(float(model._baseline_prediction[0, 0]), 5), "trees": stages}


def tell(name: str, told: dict[str, Any], rows: Rows) -> None:
    x, y, weights = rows
    right = (apply_forest(pack_forest(told["trees"], told["base"]), x) > 0) == y
    print(
        f"{name:20} {len(y):6} right {right.mean():.4f}"
        f" by chars {np.average(right, weights=weights):.4f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--per-language", type=int, default=PER_LANGUAGE)
    asked = parser.parse_args()
    if not asked.data.is_dir():
        raise SystemExit(f"no data at {asked.data}: give its folder with --data")
    fit = gold_pages(asked.data, "fit", asked.per_language)
    held = gold_pages(asked.data, "held_out", HELD_OUT_PER_LANGUAGE)
    card = {
        "what": "log-odds that a line belongs to a report, and that another report begins",
        "fitted_by": "benchmarks/fit_segment.py on generated pages of the fit half",
        "pages": len(fit),
    }
    rows = table(fit, blind=True)
    told: dict[str, Any] = {"card": card}
    told["lines"] = {"features": list(FEATURES), **forest(rows, LINE_TREES, 60)}
    lines_forest = pack_forest(told["lines"]["trees"], told["lines"]["base"])
    tell("lines, fit", told["lines"], rows)
    tell("lines, held out", told["lines"], table(held, blind=False))
    rows = partings(fit, True, lines_forest)
    told["partings"] = {"features": list(parting.FEATURES), **forest(rows, PARTING_TREES, 15)}
    parted = rows
    rows = headlines(fit, True, lines_forest)
    told["headlines"] = {"features": list(headline.FEATURES), **forest(rows, HEADLINE_TREES, 15)}
    tell("headlines, fit", told["headlines"], rows)
    tell("headlines, held out", told["headlines"], headlines(held, False, lines_forest))
    rows = parted
    TARGET.write_text(json.dumps(told, separators=(",", ":")) + "\n", encoding="utf-8")
    tell("partings, fit", told["partings"], rows)
    tell("partings, held out", told["partings"], partings(held, False, lines_forest))


if __name__ == "__main__":
    main()
