"""Trained weights of this stage, read once from ``data/``."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray


@cache
def weights(table: str, model: str) -> Mapping[str, float]:
    """The weights of one model of ``data/<table>.json``, in the file's order."""
    told = json.loads(files("clusterer.data").joinpath(f"{table}.json").read_text("utf-8"))
    return {name: float(value) for name, value in told[model].items()}


def weigh(model: Mapping[str, float], features: Sequence[float]) -> float:
    """Bias, where the model has one, plus the weighted features, in the model's order."""
    factors = [value for name, value in model.items() if name != "bias"]
    if len(factors) != len(features):
        raise ValueError(f"{len(features)} features for {len(factors)} weights")
    told = 0.0  # not sum(), which rounds otherwise from Python 3.12 on
    for factor, feature in zip(factors, features, strict=True):
        told += factor * feature
    return model.get("bias", 0.0) + float(told)


def weigh_all(model: Mapping[str, float], table: NDArray[np.float64]) -> NDArray[np.float64]:
    """:func:`weigh` of every row of a table (n, f): the same bits, (n,)."""
    factors = [value for name, value in model.items() if name != "bias"]
    told = np.zeros(len(table))
    for factor, column in zip(factors, table.T, strict=True):
        told += factor * column
    return model.get("bias", 0.0) + told


def probability(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, logit))))


def calibrated(chance: float) -> float:
    """The share of right answers among those given with this raw chance, by interpolation."""
    return float(np.interp(chance, *_calibration()))


@cache
def _calibration() -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Raw chances and the shares of right answers at them."""
    told = json.loads(files("clusterer.data").joinpath("origin.json").read_text("utf-8"))
    return tuple(told["calibration"]["raw"]), tuple(told["calibration"]["right"])
