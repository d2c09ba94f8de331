"""How well credits are read: edges of the worked examples, real articles, and speed.

    python -m benchmarks.credits [--data ../shared/data] [--domain ../shared/domain] [--misses]

A named medium counts as found when the found words and the labelled words overlap, or are two
names told at once ("وكالة الأنباء الفلسطينية (وفا)"), and the agency agrees; a label of the form
``x:…`` is a medium that the seed table does not list, so any medium outside that table agrees.
The rules were written while reading the labelled articles, so what is fitted on one half and
measured on the other is only the strengths.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.data import DEFAULT, MissingError, articles, records
from clusterer.gazetteer import Gazetteer
from clusterer.news import Article, Credit, Outlet, Page, Rejected, Span
from clusterer.prepare import prepare
from clusterer.settings import Settings
from clusterer.sources.credits import find_credits

EXAMPLES = "attribution_examples.jsonl"
COUNTING = ("supplier", "relayed")
VOICES = ("supplier", "relayed", "quoted", "self", "background", "photo", "subject", "denied")
# A construction's own frequency counts as much as its prior once it was seen this often.
PRIOR_WEIGHT = 10.0
Record = dict[str, Any]


@dataclass
class Score:
    """Counts of wanted and found things; ``exact`` of them with the very words."""

    right: int = 0
    wanted: int = 0
    found: int = 0
    exact: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / max(self.found, 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.wanted, 1)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(self.wanted + self.found, 1)

    def add(self, other: Score) -> None:
        self.right += other.right
        self.wanted += other.wanted
        self.found += other.found
        self.exact += other.exact
        self.misses += other.misses

    def told(self) -> str:
        return (
            f"P {self.precision:.3f} R {self.recall:.3f} F1 {self.f1:.3f}"
            f" ({self.right} right, {self.wanted} wanted, {self.found} found)"
        )


class Examples(NamedTuple):
    """Edges by language, and how often what must not count did."""

    edges: dict[str, Score]
    ignored: Score
    issuers: Score
    vague: Score


def measure_examples(domain: Path, gazetteer: Gazetteer) -> Examples:
    edges: dict[str, Score] = defaultdict(Score)
    ignored, issuers, vague = Score(), Score(), Score()
    for row in records(domain, EXAMPLES):
        found = find_credits(_example(row, gazetteer), gazetteer)
        edges[row["lang"]].add(_edges(row, found))
        counted = {credit.agency for credit in found if credit.role in COUNTING}
        for item in row["ignore"]:
            wrong = item["id"] in counted
            ignored.add(Score(wanted=1, found=int(wrong), misses=[row["id"]] if wrong else []))
        for kind, score in (("issuers", issuers), ("vague", vague)):
            role = "issuer" if kind == "issuers" else "vague"
            names = [credit.name for credit in found if credit.role == role]
            for item in row[kind]:
                told = item.get("surface") or ""
                right = any(_overlap(told, name) for name in names)
                miss = [] if right else [f"{row['id']} {told}"]
                score.add(Score(int(right), 1, int(right), misses=miss))
    return Examples(dict(edges), ignored, issuers, vague)


def _edges(row: Record, found: Iterable[Credit]) -> Score:
    wanted = {(e["consumer"].replace("PAGE", ""), e["supplier"]) for e in row["edges"]}
    made = {(c.consumer or "", c.agency) for c in found if c.role in COUNTING}
    misses = [f"{row['id']} {edge}" for edge in sorted(wanted ^ made, key=str)]
    return Score(len(wanted & made), len(wanted), len(made), misses=misses)


def _example(row: Record, gazetteer: Gazetteer) -> Article:
    """The bare text as a record; its publisher is told where the example says ``SELF``."""
    text = row["text"]
    prepared = prepare(Page(row["id"], EXAMPLES, text, body=Span(0, len(text))), gazetteer, _plain)
    if isinstance(prepared, Rejected):
        raise ValueError(f"{row['id']}: {prepared.why}")
    own = [item["id"] for item in row["self"]]
    outlet = Outlet(own[0], own[0], "domain") if own else None
    return replace(prepared[0], language=row["lang"], outlet=outlet)


_plain = Settings()


class Read(NamedTuple):
    """A labelled article with what was found in it."""

    row: Record
    credits: tuple[Credit, ...]


def read_articles(data: Path, gazetteer: Gazetteer) -> list[Read]:
    rows = records(data, "credits/dev.jsonl")
    return [
        Read(row, find_credits(article, gazetteer))
        for row, article in zip(rows, articles(rows), strict=True)
    ]


def match(read: Read, listed: frozenset[str]) -> Iterator[tuple[Record | None, Credit | None]]:
    """Labelled and found mentions side by side; None for a missing partner."""
    left = [credit for credit in read.credits if credit.role in VOICES]
    for wanted in read.row["credits"]:
        for credit in left:
            if _same(wanted, credit, listed, read.row):
                left.remove(credit)
                yield wanted, credit
                break
        else:
            yield wanted, None
    yield from ((None, credit) for credit in left)


def _same(wanted: Record, credit: Credit, listed: frozenset[str], row: Record) -> bool:
    told = wanted["span"]
    if not _overlap(told, credit.name) and not _at_once(told, credit.name, row):
        return False
    if wanted["agency"].startswith("x:"):
        return credit.agency not in listed
    return bool(credit.agency == wanted["agency"])


def _overlap(one: str, other: str) -> bool:
    return bool(one) and bool(other) and (one in other or other in one)


def _at_once(one: str, other: str, row: Record) -> bool:
    text = f"{row.get('title') or ''}\n{row.get('text') or ''}"
    return any(f"{first} ({last})" in text for first, last in ((one, other), (other, one)))


def measure_articles(reads: Sequence[Read], listed: frozenset[str]) -> dict[str, Score]:
    scores: dict[str, Score] = defaultdict(Score)
    for read in reads:
        score = Score()
        for wanted, credit in match(read, listed):
            both = wanted is not None and credit is not None
            score.right += both
            score.wanted += wanted is not None
            score.found += credit is not None
            if wanted and credit:
                score.exact += wanted["span"] == credit.name
            elif wanted:
                score.misses.append(f"{read.row['id']} missed {wanted['span']} {wanted['agency']}")
            elif credit:
                score.misses.append(
                    f"{read.row['id']} too much: {credit.name} {credit.role} {credit.construction}"
                )
        scores[read.row["lang"]].add(score)
    return dict(scores)


def measure_roles(reads: Sequence[Read], listed: frozenset[str]) -> tuple[Score, Score]:
    """How often the role and the whole chain of an article are right."""
    roles, chains = Score(), Score()
    for read in reads:
        for wanted, credit in match(read, listed):
            if wanted and credit:
                right = wanted["role"] == credit.role
                roles.add(Score(int(right), 1, 1))
        chain = [id.removeprefix("x:") for id in read.row["chain"]]
        made = [_id(credit) for credit in _chain(read.credits)]
        wanted_end = chain[-1:] == made[-1:] or (chain and read.row["chain"][-1].startswith("x:"))
        chains.add(Score(int(bool(wanted_end) and bool(chain) == bool(made)), 1, 1))
    return roles, chains


def _chain(credits: Iterable[Credit]) -> list[Credit]:
    return [
        credit for credit in credits if credit.role in COUNTING and credit.scope != "background"
    ]


def _id(credit: Credit) -> str:
    return credit.agency or credit.name


def measure_strengths(reads: Sequence[Read], listed: frozenset[str]) -> tuple[float, float, int]:
    """Mean squared error of strengths, as in the table and as refitted, on the other half.

    What a strength predicts: that the label calls the medium a supplier or a relay.
    """
    halves: tuple[list[tuple[Credit, bool]], ...] = ([], [])
    for number, read in enumerate(reads):
        for wanted, credit in match(read, listed):
            if credit is not None and credit.role in (*COUNTING, "quoted"):
                right = wanted is not None and wanted["role"] in COUNTING
                halves[number % 2].append((credit, right))
    table = refitted = 0.0
    for fitted, measured in (halves, halves[::-1]):
        rates = _rates(fitted)
        for credit, right in measured:
            table += (credit.strength - right) ** 2
            seen, hits = rates[credit.construction, credit.scope]
            mean = (hits + PRIOR_WEIGHT * credit.strength) / (seen + PRIOR_WEIGHT)
            refitted += (mean - right) ** 2
    many = max(sum(map(len, halves)), 1)
    return table / many, refitted / many, many


def _rates(fitted: Iterable[tuple[Credit, bool]]) -> dict[tuple[str, str], tuple[int, int]]:
    rates: dict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for credit, right in fitted:
        seen, hits = rates[credit.construction, credit.scope]
        rates[credit.construction, credit.scope] = (seen + 1, hits + right)
    return rates


def measure_speed(data: Path, gazetteer: Gazetteer) -> float:
    """Articles a second of processor time on one core, the best of five rounds."""
    ready = articles(records(data, "credits/dev.jsonl"))
    best = 0.0
    for _ in range(5):
        start = time.process_time()
        for article in ready:
            find_credits(article, gazetteer)
        best = max(best, len(ready) / (time.process_time() - start))
    return best


def figures(data: Path, domain: Path, misses: bool = False) -> dict[str, float]:
    gazetteer = Gazetteer.load()
    told: dict[str, float] = {}
    examples = measure_examples(domain, gazetteer)
    edges = _print("examples, edges", examples.edges, misses)
    told |= {"examples_recall": edges.recall, "examples_precision": edges.precision}
    told["ignored_that_counted"] = float(examples.ignored.found)
    print(f"examples, ignored cases that counted: {examples.ignored.found}")
    for name, score in (("issuers", examples.issuers), ("vague", examples.vague)):
        print(f"examples, {name} found: {score.recall:.3f} of {score.wanted}")
        _tell(score.misses, misses)
    reads = read_articles(data, gazetteer)
    with (domain / "agencies.csv").open(encoding="utf-8", newline="") as rows:
        listed = frozenset(row["id"] for row in csv.DictReader(rows))
    for half, name in ((reads[::2], "even half"), (reads[1::2], "odd half"), (reads, "all")):
        whole = _print(
            f"articles, {name}", measure_articles(half, listed), misses and half is reads
        )
    told |= {"articles_f1": whole.f1, "articles_exact": whole.exact / max(whole.wanted, 1)}
    roles, chains = measure_roles(reads, listed)
    told |= {"roles": roles.recall, "chain_ends": chains.recall}
    print(f"articles, roles right: {roles.recall:.3f} of {roles.wanted}")
    print(f"articles, chain ends right: {chains.recall:.3f} of {chains.wanted}")
    table, refitted, many = measure_strengths(reads, listed)
    print(f"strengths, squared error on the other half: table {table:.3f}, refitted {refitted:.3f}")
    print(f"  over {many} credits; the table is kept unless refitting is better on both halves")
    told["articles_per_second"] = measure_speed(data, gazetteer)
    print(f"speed: {told['articles_per_second']:.0f} articles/s on one core")
    return told


def _print(title: str, scores: dict[str, Score], misses: bool) -> Score:
    whole = Score()
    for language in sorted(scores):
        whole.add(scores[language])
        print(f"{title}, {language}: {scores[language].told()}")
    print(f"{title}: {whole.told()}; exact words {whole.exact}")
    _tell(whole.misses, misses)
    return whole


def _tell(lines: Iterable[str], wanted: bool) -> None:
    for line in lines if wanted else ():
        print("   ", line)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=DEFAULT)
    parser.add_argument("--domain", type=Path, help="default: domain beside the data folder")
    parser.add_argument("--misses", action="store_true", help="print every error")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    told = parser.parse_args(arguments)
    try:
        found = figures(told.data, told.domain or told.data.parent / "domain", told.misses)
    except MissingError as missing:
        print(missing, file=sys.stderr)
        return 2
    if told.json:
        told.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
