"""Fits the weights of the candidate score on labelled events, whole events held out.

``python -m benchmarks.fit_candidates [--data FOLDER] [--write]`` compares the editor's weights
with weights fitted on the other folds: multinomial logistic regression over the candidates of
an event and abstention, drawn to the editor's weights by a quadratic penalty whose strength is
chosen inside the training folds. Acceptance cases take no part. ``--write`` stores the weights
fitted on all events in ``clusterer/data/origin.json``, but only where they won held out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.calibration import Floats, error
from benchmarks.origin import TABLE
from benchmarks.origin_events import Labelled, cases, is_right_node, judge_all
from benchmarks.origin_fits import material
from clusterer.news import Origin
from clusterer.sources.candidates import SIGNS, shares
from clusterer.sources.origin import Case, close_case

Bools, Ints = NDArray[np.bool_], NDArray[np.int64]
FOLDS, ROUNDS, BINS = 5, 5, 5
# What a sign can speak for: nothing of these few events may turn an editor's reason round.
AGAINST = ("site", "supplied")
# Strengths of the penalty to choose from; the last keeps the editor's weights.
PENALTIES = (0.1, 0.3, 1.0, 3.0, 10.0, 1e6)


class Choice(NamedTuple):
    """One event as a choice: ``signs`` (candidates, signs), ``right`` which of them, or -1."""

    signs: Floats
    right: int


def choices(labelled: Sequence[Labelled], known: Sequence[Case]) -> list[Choice | None]:
    """None where the labelled source is no candidate: then there is nothing to choose."""
    told: list[Choice | None] = []
    for one, case in zip(labelled, known, strict=True):
        signs = np.array([found.signs for found in case.candidates], float).reshape(-1, len(SIGNS))
        rows = [
            row
            for row, found in enumerate(case.candidates)
            if is_right_node(one.origin, found.node)
        ]
        if rows or not one.origin:
            told.append(Choice(signs, rows[0] if rows else -1))
        else:
            told.append(None)
    return told


def fit(
    chosen: Iterable[Choice | None], prior: Mapping[str, float], penalty: float, heat: float
) -> dict[str, float]:
    """Weights of the signs and of abstention; the weight of a loop stays the editor's."""
    start = np.array([*(prior[name] for name in SIGNS), prior["abstain"]])
    table, open_, right = _stacked([one for one in chosen if one is not None], len(start))
    rows = np.arange(len(table))

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = np.where(open_, table @ weights / heat, -np.inf)
        chances = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        total = -float(np.log(np.maximum(chances[rows, right], 1e-12)).sum())
        hoped = np.einsum("nc,ncs->s", chances, table) - table[rows, right].sum(axis=0)
        away = weights - start
        return total + penalty * float(away @ away) / 2, hoped / heat + penalty * away

    limits = [(None, 0.0) if name in AGAINST else (0.0, None) for name in (*SIGNS, "abstain")]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=limits).x
    return {**prior, **dict(zip([*SIGNS, "abstain"], found.tolist(), strict=True))}


def _stacked(told: Sequence[Choice], width: int) -> tuple[Floats, Bools, Ints]:
    """Signs (events, candidates and abstention, signs), which rows are real, which is right.

    Abstention stands first, so that ``right`` of -1 becomes its row.
    """
    deepest = max((len(one.signs) for one in told), default=0)
    table = np.zeros((len(told), deepest + 1, width))
    open_ = np.zeros(table.shape[:2], bool)
    table[:, 0, -1], open_[:, 0] = 1.0, True
    for row, one in enumerate(told):
        table[row, 1 : 1 + len(one.signs), :-1] = one.signs
        open_[row, 1 : 1 + len(one.signs)] = True
    return table, open_, np.array([one.right + 1 for one in told], np.int64)


def chosen_penalty(
    known: Sequence[Choice | None], prior: Mapping[str, float], heat: float, seed: int
) -> float:
    """The strongest penalty whose fits tell held-out events of the training folds within one
    standard error of the best (Breiman et al., Classification and Regression Trees, 1984).
    """
    fold = np.random.default_rng(seed).permutation(len(known)) % FOLDS
    losses = []
    for penalty in PENALTIES:
        mine = []
        for number in range(FOLDS):
            weights = fit(
                [one for one, at in zip(known, fold, strict=True) if at != number],
                prior,
                penalty,
                heat,
            )
            held = [one for one, at in zip(known, fold, strict=True) if at == number]
            mine += [surprise(one, weights, heat) for one in held if one is not None]
        losses.append(mine)
    means = np.array([np.mean(mine) for mine in losses])
    best = int(np.argmin(means))
    limit = means[best] + np.std(losses[best]) / np.sqrt(len(losses[best]))
    return PENALTIES[int(np.flatnonzero(means <= limit).max())]


def surprise(one: Choice, weights: Mapping[str, float], heat: float) -> float:
    """Minus the log of the chance given to what is right."""
    scores = np.append(one.signs @ [weights[name] for name in SIGNS], weights["abstain"]) / heat
    scores -= scores.max()
    return float(np.log(np.exp(scores).sum()) - scores[one.right])


def held_out_weights(
    known: Sequence[Choice | None], prior: Mapping[str, float], heat: float, seed: int
) -> list[dict[str, float]]:
    """For each event the weights fitted on the folds that it is not in."""
    fold = np.random.default_rng(seed).permutation(len(known)) % FOLDS
    told: list[dict[str, float]] = [{} for _ in known]
    for number in range(FOLDS):
        training = [one for one, at in zip(known, fold, strict=True) if at != number]
        weights = fit(training, prior, chosen_penalty(training, prior, heat, seed), heat)
        for row in np.flatnonzero(fold == number):
            told[row] = weights
    return told


def compare(
    labelled: Sequence[Labelled], known: Sequence[Case], prior: Mapping[str, float], heat: float
) -> tuple[float, float]:
    """Prints both kinds of weights held out; the cost of each, in abstentions an event."""
    chosen = choices(labelled, known)
    fitted = [held_out_weights(chosen, prior, heat, seed) for seed in range(ROUNDS)]
    print(f"{len(labelled)} events, {sum(one is None for one in chosen)} whose source is missed")
    costs = {}
    for name, rounds in (("editor", [[dict(prior)] * len(labelled)]), ("fitted", fitted)):
        outcomes, splits, losses, eces, briers = [], [], [], [], []
        for weights in rounds:
            origins = [close_case(case, w) for case, w in zip(known, weights, strict=True)]
            outcomes.append(judge_all(labelled, origins))
            splits.append([_cost_of(labelled, origins, many) for many in (True, False)])
            losses += [
                surprise(one, w, heat)
                for one, w in zip(chosen, weights, strict=True)
                if one is not None
            ]
            raw, right, _ = reliability(labelled, known, weights)
            eces.append(error(raw, right, BINS))
            briers.append(float(np.mean((raw - right) ** 2)))
        costs[name] = float(np.mean([outcome.cost for outcome in outcomes]))
        print(f"{name}: log loss {np.mean(losses):.3f}, cost {costs[name]:.3f}")
        several, one_report = np.mean(splits, axis=0).tolist()
        print(f"  cost of several reports {several:.3f}, of one {one_report:.3f}")
        print(f"  {outcomes[0].told()}")
        print(f"  raw chances: calibration error {np.mean(eces):.3f}, Brier {np.mean(briers):.3f}")
    return costs["editor"], costs["fitted"]


def _cost_of(labelled: Sequence[Labelled], origins: Sequence[Origin], several: bool) -> float:
    """The cost of the labelled events of several reports, or of the others."""
    rows = [row for row, one in enumerate(labelled) if one.several == several]
    return judge_all([labelled[row] for row in rows], [origins[row] for row in rows]).cost


def reliability(
    labelled: Sequence[Labelled], known: Sequence[Case], weights: Sequence[Mapping[str, float]]
) -> tuple[Floats, Floats, list[int]]:
    """Raw chances of the answers that name somebody, whether they are right, and their rows."""
    raw, right, rows = [], [], []
    for row, (one, case, told) in enumerate(zip(labelled, known, weights, strict=True)):
        origin = close_case(case, told)
        if origin.kind in ("article", "external"):
            chances = shares(case.candidates, len(case.scene.citations.loops), told)
            best = max(case.candidates, key=lambda found: (chances[found.node], found.node))
            raw.append(chances[best.node])
            right.append(float(is_right_node(one.origin, best.node)))
            rows.append(row)
    return np.array(raw), np.array(right), rows


def editors(table: Mapping[str, Mapping[str, float]]) -> tuple[dict[str, float], float]:
    """The editor's weights, by which fits are held, and the softmax temperature."""
    return dict(table.get("prior") or table["score"]), table["softmax"]["temperature"]


def main() -> int:
    asked = material(__doc__, writes=True)
    if asked is None:
        return 2
    table = json.loads(TABLE.read_text("utf-8"))
    prior, heat = editors(table)
    known = list(cases(asked.labelled, asked.vectors))
    editor, fitted = compare(asked.labelled, known, prior, heat)
    chosen = choices(asked.labelled, known)
    penalty = chosen_penalty(chosen, prior, heat, 0)
    weights = fit(chosen, prior, penalty, heat)
    print(f"fitted on all, penalty {penalty:g}:")
    for name, value in weights.items():
        print(f"  {name}: {prior[name]:.2f} -> {value:.2f}")
    if asked.write and fitted < editor:
        table["prior"] = dict(prior)
        weights["loop"] = table["score"]["loop"]
        table["score"] = {name: round(value, 2) for name, value in weights.items()}
        TABLE.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
