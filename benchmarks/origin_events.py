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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from benchmarks import data
from benchmarks.origin_sets import credited, credited_pairs, gazetteer
from benchmarks.vectors import Vectors, vectors_of
from clusterer.encoding import open_encoder
from clusterer.news import Article, Origin, Sentences
from clusterer.sources.credits import find_credits
from clusterer.sources.genealogy import trace
from clusterer.sources.origin import Case, close_case, open_case
from clusterer.text.script import fold_text

LABELS = Path(__file__).resolve().parent / "labels" / "origins.jsonl"
# A wrong origin costs so many abstentions.
WRONG_COSTS = 4.0


class Labelled(NamedTuple):
    """One event: its reports, and what a reader says of it.

    ``origin`` are the ids, or nodes of the citation graph, that name its source, empty where
    nobody can be named; ``several`` tells an event read as one from a report, or a post and
    the post that it credits.
    """

    event: str
    articles: tuple[Article, ...]
    origin: frozenset[str]
    several: bool = False

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
            frozenset([row["origin"]] if row["origin"] else ()),
            several=True,
        )
        for row in told
    ]


def single_reports(folder: Path) -> list[Labelled]:
    """Reports alone, and pairs of a post and the agency's post that it credits."""
    alone = [
        Labelled(row["id"], (article,), _named(row, article)) for row, article in credited(folder)
    ]
    pairs = [
        Labelled(pair.copy["id"], tuple(data.articles(pair)), frozenset(["fars"]))
        for pair in credited_pairs(folder)
    ]
    return [*alone, *pairs]


def _named(row: data.Record, article: Article) -> frozenset[str]:
    wanted = row["origin"]
    if wanted == "unknown":
        return frozenset()
    if wanted == "self":
        return frozenset([article.outlet.id or "" if article.outlet else f"article:{article.id}"])
    spans = [credit["span"] for credit in row["credits"] if credit["agency"] == wanted]
    listed = [gazetteer().by_name(span) for span in spans]
    names = [f"name:{' '.join(fold_text(span).split())}" for span in spans]
    return frozenset([wanted, *(agency.id for agency in listed if agency), *names])


def cases(labelled: Sequence[Labelled], vectors: Vectors) -> Iterator[Case]:
    """Everything known of each event before anybody is named; all reports encoded at once."""
    told = vectors([article for one in labelled for article in one.articles])
    first = 0
    for one in labelled:
        last = first + len(one.articles)
        bounds = told.bounds[first : last + 1]
        sentences = Sentences(told.vectors[bounds[0] : bounds[-1]], bounds - bounds[0])
        credits = [find_credits(article, gazetteer()) for article in one.articles]
        yield open_case(one.articles, credits, trace(one.articles, sentences), gazetteer())
        first = last


def is_right(wanted: frozenset[str], origin: Origin) -> bool:
    """Whether the named source is the labelled one, or an edition of it."""
    name = f"name:{' '.join(fold_text(origin.name or '').split())}"
    told = origin.agency or (f"article:{origin.article}" if origin.article else name)
    return is_right_node(wanted, told)


def is_right_node(wanted: frozenset[str], told: str) -> bool:
    """The same for an id or a node of the citation graph."""
    return any(
        told == one or told.startswith(f"{one}-") or one.startswith(f"{told}-") for one in wanted
    )


def judge_all(labelled: Sequence[Labelled], origins: Sequence[Origin]) -> Outcome:
    outcome = Outcome()
    for one, origin in zip(labelled, origins, strict=True):
        if origin.kind in ("article", "external"):
            hit = is_right(one.origin, origin)
            outcome.right += hit
            outcome.wrong += not hit
        else:
            outcome.silent_right += not one.origin
            outcome.silent_wrong += bool(one.origin)
    return outcome


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=data.DEFAULT)
    parser.add_argument("--encoder", default="news")
    parser.add_argument("--misses", action="store_true", help="print every event judged otherwise")
    parser.add_argument("--cache", type=Path, help="keep sentence vectors in this file")
    asked = parser.parse_args()
    try:
        labelled = events(asked.data)
    except data.MissingError as missing:
        print(missing, file=sys.stderr)
        return 2
    vectors = vectors_of(open_encoder(asked.encoder), asked.cache)
    origins = [close_case(one) for one in cases(labelled, vectors)]
    for language in ("all", *sorted({one.language for one in labelled})):
        mine = [row for row, one in enumerate(labelled) if language in ("all", one.language)]
        outcome = judge_all([labelled[row] for row in mine], [origins[row] for row in mine])
        print(f"{language}: {len(mine)} events, {outcome.told()}")
    for one, origin in zip(labelled, origins, strict=True) if asked.misses else ():
        named = origin.kind in ("article", "external")
        if named != bool(one.origin) or (named and not is_right(one.origin, origin)):
            told = origin.agency or origin.name if named else ",".join(origin.flags)
            wanted = "/".join(sorted(one.origin)) or "nobody"
            print(f"  {one.event}: wanted {wanted}, told {told} {origin.confidence:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
