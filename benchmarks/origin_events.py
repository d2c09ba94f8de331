"""Events of several reports whose origin a reader told: the material of the candidate weights.

``benchmarks/labels/origins.jsonl`` holds the labels without texts: the reports of an event
(labelled as one happening beforehand), the agency or outlet that an editor would name as its
wire origin, None where nobody can be named, and the reports that are that source's own.

    python -m benchmarks.origin_events [--data ../shared/data] [--misses]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from benchmarks import data
from benchmarks.origin import Vectors, vectors_of
from benchmarks.origin_sets import gazetteer
from clusterer.encoding import open_encoder
from clusterer.news import Article, Origin
from clusterer.sources.credits import find_credits
from clusterer.sources.genealogy import trace
from clusterer.sources.origin import Case, close_case, open_case

LABELS = Path(__file__).resolve().parent / "labels" / "origins.jsonl"
# A wrong origin costs so many abstentions.
WRONG_COSTS = 4.0


class Labelled(NamedTuple):
    """One event: its reports, and what a reader says of it. ``origin`` is None for nobody."""

    event: str
    articles: tuple[Article, ...]
    origin: str | None
    own: frozenset[str]

    @property
    def language(self) -> str:
        """The language of most reports; between equals the first in the alphabet."""
        counts = Counter(article.language for article in self.articles)
        return min(counts, key=lambda language: (-counts[language], language))


@dataclass
class Outcome:
    """What the system said of some events; ``cost`` in abstentions."""

    right: int = 0
    wrong: int = 0
    silent_right: int = 0
    silent_wrong: int = 0

    @property
    def cost(self) -> float:
        many = max(self.right + self.wrong + self.silent_right + self.silent_wrong, 1)
        return (WRONG_COSTS * self.wrong + self.silent_wrong) / many

    def told(self) -> str:
        named, known = self.right + self.wrong, self.right + self.silent_wrong
        return (
            f"named {named}, right {self.right / max(named, 1):.3f}; rightly silent"
            f" {self.silent_right}, wrongly {self.silent_wrong} of {known}; cost {self.cost:.3f}"
        )


def events(folder: Path) -> list[Labelled]:
    told = [json.loads(line) for line in LABELS.read_text("utf-8").splitlines()]
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in told:
        for report in row["articles"]:
            wanted[report["set"]].add(report["id"])
    texts: dict[str, Article] = {}
    for name, ids in sorted(wanted.items()):
        plain = folder / f"{name}.jsonl"
        file = f"{name}.jsonl" if plain.is_file() else f"{name}.jsonl.gz"
        rows = [row for row in data.records(folder, file) if row["id"] in ids]
        texts |= {
            row["id"]: article for row, article in zip(rows, data.articles(rows), strict=True)
        }
    return [
        Labelled(
            row["event"],
            tuple(texts[report["id"]] for report in row["articles"]),
            row["origin"],
            frozenset(row["article"]),
        )
        for row in told
    ]


def cases(labelled: Iterable[Labelled], vectors: Vectors) -> Iterator[Case]:
    """Everything known of each event before anybody is named."""
    for one in labelled:
        credits = [find_credits(article, gazetteer()) for article in one.articles]
        genealogy = trace(one.articles, vectors(one.articles))
        yield open_case(one.articles, credits, genealogy, gazetteer())


def is_right(wanted: str, origin: Origin) -> bool:
    """Whether the named source is the labelled one, or an edition of it."""
    return bool(origin.agency) and is_right_node(wanted, origin.agency or "")


def is_right_node(wanted: str, told: str) -> bool:
    """The same for an id or a node of the citation graph."""
    return told == wanted or told.startswith(f"{wanted}-") or wanted.startswith(f"{told}-")


def judge_all(labelled: Sequence[Labelled], origins: Sequence[Origin]) -> Outcome:
    outcome = Outcome()
    for one, origin in zip(labelled, origins, strict=True):
        if origin.kind in ("article", "external"):
            hit = one.origin is not None and is_right(one.origin, origin)
            outcome.right += hit
            outcome.wrong += not hit
        else:
            outcome.silent_right += one.origin is None
            outcome.silent_wrong += one.origin is not None
    return outcome


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=data.DEFAULT)
    parser.add_argument("--encoder", default="news")
    parser.add_argument("--misses", action="store_true", help="print every event judged otherwise")
    asked = parser.parse_args()
    try:
        labelled = events(asked.data)
    except data.MissingError as missing:
        print(missing, file=sys.stderr)
        return 2
    origins = [
        close_case(one) for one in cases(labelled, vectors_of(open_encoder(asked.encoder), None))
    ]
    for language in ("all", *sorted({one.language for one in labelled})):
        mine = [row for row, one in enumerate(labelled) if language in ("all", one.language)]
        outcome = judge_all([labelled[row] for row in mine], [origins[row] for row in mine])
        print(f"{language}: {len(mine)} events, {outcome.told()}")
    for one, origin in zip(labelled, origins, strict=True) if asked.misses else ():
        named = origin.kind in ("article", "external")
        if named != (one.origin is not None) or (
            one.origin is not None and not is_right(one.origin, origin)
        ):
            told = origin.agency or origin.name if named else ",".join(origin.flags)
            print(f"  {one.event}: wanted {one.origin}, told {told} {origin.confidence:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
