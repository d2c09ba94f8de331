"""What many tests share: the founding pages and the one run over them."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from clusterer import Result, cluster

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"

# a gate that runs in the background ignores interrupts, and so would what tests interrupt
signal.signal(signal.SIGINT, signal.default_int_handler)

# a machine that does other things, too, makes no law wrong
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def seeds() -> Result:
    """The founding pages through the whole pipeline with the default encoder."""
    return cluster(SEEDS)


@pytest.fixture(scope="session")
def gold() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((SEEDS / "gold.json").read_text("utf-8"))
    return told
