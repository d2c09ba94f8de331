"""Figures against floors: exits 1 when one fell.

``python -m benchmarks.gate quality=FIGURES.json …`` compares what a benchmark wrote with its
section of ``floors.json``. A floor is a number that a figure must reach, or
``{"at_most": number}``. Nested figures are joined by dots. ``corpus`` is the checksum of the
texts that a floor belongs to: on other texts it says nothing, and the gate says so.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FLOORS = Path(__file__).with_name("floors.json")
SLACK = 0.002  # arithmetic differs that much between processors


def flatten(figures: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """``{"a": {"b": 1}}`` as ``("a.b", 1)``; limits stay whole."""
    for key, value in figures.items():
        if isinstance(value, Mapping) and "at_most" not in value:
            yield from flatten(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


def fallen(floors: Mapping[str, Any], figures: Mapping[str, Any]) -> list[str]:
    """One line per figure that is missing, of another corpus, or beyond its limit."""
    found = dict(flatten(figures))
    lines = []
    for key, floor in flatten(floors):
        if key not in found:
            lines.append(f"{key}: not measured")
        elif isinstance(floor, str):
            if found[key] != floor:
                lines.append(f"{key}: measured on {found[key]}, the floors belong to {floor}")
        elif isinstance(floor, Mapping):
            if found[key] > floor["at_most"] + SLACK:
                lines.append(f"{key}: {found[key]:.4g} is above {floor['at_most']:.4g}")
        elif found[key] < floor - SLACK:
            lines.append(f"{key}: {found[key]:.4g} is below {floor:.4g}")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figures", nargs="+", metavar="SECTION=FILE")
    args = parser.parse_args()
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    failed = False
    for item in args.figures:
        section, _, file = item.partition("=")
        if section not in floors or not file:
            parser.error(f"{item!r}: give SECTION=FILE with a section of {', '.join(floors)}")
        lines = fallen(floors[section], json.loads(Path(file).read_text(encoding="utf-8")))
        failed |= bool(lines)
        print(f"{section}: {'fell' if lines else 'holds'}", *lines, sep="\n  ")
    raise SystemExit(int(failed))


if __name__ == "__main__":
    main()
