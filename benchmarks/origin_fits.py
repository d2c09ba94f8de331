"""What the fits on labelled events share: their command line, and the material it asks for."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NamedTuple

from benchmarks import data
from benchmarks.origin_events import Labelled, events, single_reports
from benchmarks.vectors import Vectors, vectors_of
from clusterer.encoding import open_encoder


class Material(NamedTuple):
    """All labelled events, sentence vectors for their reports, and whether to store the fit."""

    labelled: list[Labelled]
    vectors: Vectors
    write: bool


def material(doc: str | None, *, writes: bool) -> Material | None:
    """What the command line asks for; ``doc`` is the command's docstring, ``writes`` gives it
    ``--write``. None, with one line on stderr, where a set is missing."""
    parser = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=data.DEFAULT)
    parser.add_argument("--encoder", default="news")
    parser.add_argument("--cache", type=Path, help="keep sentence vectors in this file")
    if writes:
        parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    try:
        labelled = [*events(asked.data), *single_reports(asked.data)]
    except data.MissingError as missing:
        print(missing, file=sys.stderr)
        return None
    vectors = vectors_of(open_encoder(asked.encoder), asked.cache)
    return Material(labelled, vectors, writes and asked.write)
