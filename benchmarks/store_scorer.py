"""A fitted pair scorer as plain arrays, the form that ``clusterer.matching.scorer`` reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from clusterer.matching.features import FEATURES
from clusterer.matching.forest import Forest


def store(model: Any, calibration: tuple[float, float], path: Path) -> None:
    """The fitted weights as plain arrays, the form that ``clusterer.matching.scorer`` reads."""
    imputer, scaler, logistic = (step for _, step in model.linear.steps)
    forest = planted(model.trees)
    bias = (imputer.statistics_ - scaler.mean_) / scaler.scale_ @ logistic.coef_[0]
    np.savez_compressed(
        path,
        features=np.array(FEATURES),
        mean=imputer.statistics_.astype(np.float32),
        scale=scaler.scale_.astype(np.float32),
        weight=logistic.coef_[0].astype(np.float32),
        numbers=np.array([logistic.intercept_[0] + bias, forest.base, *calibration]),
        **model.network._asdict(),
        **{name: part for name, part in forest._asdict().items() if name != "base"},
    )


def planted(trees: Any) -> Forest:
    """Fitted trees of scikit-learn as arrays."""
    stages = [stage[0].nodes for stage in trees._predictors]
    starts = np.cumsum([0, *(len(nodes) for nodes in stages)])[:-1]
    nodes = np.concatenate(stages)
    offset = np.repeat(starts, [len(stage) for stage in stages])
    own = np.arange(len(nodes))
    leaf = nodes["is_leaf"].astype(bool)
    return Forest(
        feature=np.where(leaf, 0, nodes["feature_idx"]).astype(np.int16),
        threshold=np.where(leaf, 0, nodes["num_threshold"]).astype(np.float32),
        left=np.where(leaf, own, nodes["left"] + offset).astype(np.int32),
        right=np.where(leaf, own, nodes["right"] + offset).astype(np.int32),
        missing=nodes["missing_go_to_left"].astype(bool),
        value=np.where(leaf, nodes["value"], 0).astype(np.float32),
        roots=starts.astype(np.int32),
        base=float(np.ravel(trees._baseline_prediction)[0]),
    )
