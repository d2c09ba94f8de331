"""What many tests share: the founding pages and the one run over them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clusterer import Result, cluster

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"


@pytest.fixture(scope="session")
def seeds() -> Result:
    """The founding pages through the whole pipeline with the default encoder."""
    return cluster(SEEDS)


@pytest.fixture(scope="session")
def gold() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((SEEDS / "gold.json").read_text("utf-8"))
    return told
