"""Quality on the measured sets: pairs, partitions, verdicts, each with its interval.

``python -m benchmarks.quality [SET …]`` runs articles through the stages of the package
(describe, encode, centre, candidates, score, group) with its shipped weights and default
settings. ``--scorer FILE`` takes weights of ``benchmarks.train_scorer --without SET`` instead,
so that a set is judged by a model that never saw it. ``--json FILE`` keeps the figures as JSON.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import data, metrics
from benchmarks.pair_tables import linked_folds
from benchmarks.vectors import centred_vectors
from clusterer.encoding import Encoder, open_encoder
from clusterer.grouping import group
from clusterer.matching import Facts, candidates, describe, load_glance, score
from clusterer.matching.features import features
from clusterer.matching.scorer import Scorer, read_scorer
from clusterer.news import Article, Pairs, Sentences
from clusterer.settings import Settings

Figures = dict[str, float | str]
Ints = NDArray[np.int64]
MAIN = ("fa", "ar", "en", "ru", "tr", "he", "ur")  # languages whose pairs are told one by one
EVERYTHING = Settings.load(pair_floor=0.0)


@dataclass(frozen=True)
class Bench:
    """What every measurement needs."""

    folder: Path
    encoder: Encoder
    cache: Path | None
    scorer: Scorer | None
    settings: Settings

    def prepare(self, articles: list[Article]) -> tuple[Facts, Sentences]:
        facts = describe(articles)
        return facts, centred_vectors(articles, facts, self.encoder, self.cache)

    def scored(self, facts: Facts, sentences: Sentences) -> Pairs:
        glance = load_glance(self.encoder.id)
        found = candidates(sentences, facts, self.settings, glance=glance)
        return score(found, sentences, facts, self.encoder.id, EVERYTHING, self.scorer)

    def judge(self, judged: data.Judged) -> NDArray[np.float32]:
        """Probability of every judged pair, whether or not it is a candidate."""
        facts, sentences = self.prepare(judged.articles)
        nothing = np.zeros(len(judged.left), np.float32)
        pairs = Pairs(judged.left.astype(np.int32), judged.right.astype(np.int32), nothing)
        return score(pairs, sentences, facts, self.encoder.id, EVERYTHING, self.scorer).score


def partition_figures(
    bench: Bench, labelled: data.Labelled, facts: Facts, pairs: Pairs
) -> tuple[Figures, Ints]:
    """Candidate recall, pair and partition figures of one set, and its event labels."""
    n = len(labelled.articles)
    kept = pairs.score >= bench.settings.pair_floor
    ids = [article.id for article in labelled.articles]
    event = group(ids, Pairs(*(part[kept] for part in pairs)), bench.settings).event
    found = event.astype(np.int64) * (int(labelled.window.max()) + 1) + labelled.window
    left, right = metrics.all_pairs(n, labelled.window)
    true = labelled.event[left] == labelled.event[right]
    merged = found[left] == found[right]
    at_hand = labelled.window[pairs.left] == labelled.window[pairs.right]
    known = labelled.event[pairs.left] == labelled.event[pairs.right]
    missed = int(true.sum() - known[at_hand].sum())
    shared = metrics.multi_item(labelled.event)
    pair, cubed = metrics.pair_counts(merged, true), metrics.b_cubed(found, labelled.event)
    low, high = metrics.bootstrap(
        lambda rows: metrics.b_cubed(found[rows], labelled.event[rows]).f1, labelled.event
    )
    figures = {
        "articles": n,
        "events": len(np.unique(labelled.event)),
        "found": len(np.unique(found)),
        "candidates": int(at_hand.sum()),
        "candidate_recall": 1 - missed / max(int(true.sum()), 1),
        "ap": metrics.average_precision(pairs.score[at_hand], known[at_hand], missed),
        "pair_precision": pair.precision,
        "pair_recall": pair.recall,
        "pair_f1": pair.f1,
        "b3": cubed.f1,
        "b3_low": low,
        "b3_high": high,
        "b3_alone": metrics.b_cubed(np.arange(n), labelled.event).f1,
        "b3_multi": metrics.b_cubed(found, labelled.event, shared).f1,
        "ari": metrics.adjusted_rand(found, labelled.event),
    }
    figures |= pair_intervals(found, labelled)
    return figures | language_pairs(facts.language, left, right, merged, true), found


def pair_intervals(found: Ints, labelled: data.Labelled) -> Figures:
    """95 % interval of pair F1, events drawn anew."""

    def f1(rows: Ints) -> float:
        left, right = metrics.all_pairs(len(rows), labelled.window[rows])
        apart = rows[left] != rows[right]
        merged = (found[rows[left]] == found[rows[right]]) & apart
        true = (labelled.event[rows[left]] == labelled.event[rows[right]]) & apart
        return metrics.pair_counts(merged, true).f1

    low, high = metrics.bootstrap(f1, labelled.event, rounds=60)
    return {"pair_f1_low": low, "pair_f1_high": high}


def language_pairs(
    language: NDArray[np.str_],
    left: Ints,
    right: Ints,
    merged: NDArray[np.bool_],
    true: NDArray[np.bool_],
) -> Figures:
    """Pair F1 of each language pair that has true pairs."""
    figures = {}
    for one, other in combinations_with_replacement(sorted(set(language.tolist())), 2):
        here = (language[left] == one) & (language[right] == other)
        here |= (language[left] == other) & (language[right] == one)
        if (true & here).any():
            figures[f"f1_{one}_{other}"] = metrics.pair_counts(merged & here, true & here).f1
    across = language[left] != language[right]
    if (true & across).any():
        figures["f1_across"] = metrics.pair_counts(merged & across, true & across).f1
    return figures


def events(bench: Bench, name: str) -> Figures:
    read = data.read_events if name.endswith("/read") else data.events
    labelled = read(bench.folder, name)
    facts, sentences = bench.prepare(labelled.articles)
    return partition_figures(bench, labelled, facts, bench.scored(facts, sentences))[0]


def translations(bench: Bench, half: bool) -> Figures:
    """All languages of NTREX as one collection, then B³ inside each pair of MAIN."""
    labelled = data.ntrex(bench.folder)
    if half:
        labelled = data.every_second(labelled)
    facts, sentences = bench.prepare(labelled.articles)
    figures, found = partition_figures(bench, labelled, facts, bench.scored(facts, sentences))
    written = np.array([article.id.partition(":")[0] for article in labelled.articles])
    for one, other in combinations_with_replacement(MAIN, 2):
        rows = np.flatnonzero((written == one) | (written == other))
        if one != other:
            inside = metrics.b_cubed(found[rows], labelled.event[rows]).f1
            figures[f"b3_{one}_{other}"] = inside
    return figures


def semeval(bench: Bench) -> Figures:
    """Pearson with the human scores: of the shipped probability, and of randomised trees on
    the scorer's columns, cross-validated over pairs that share no article."""
    judged = data.semeval(bench.folder)
    facts, sentences = bench.prepare(judged.articles)
    left, right = judged.left.astype(np.int32), judged.right.astype(np.int32)
    table = features(left, right, sentences, facts, bench.encoder.id)
    fold = linked_folds(len(judged.articles), judged.left, judged.right, 10)[judged.left]
    found = regression_out_of_fold(table, -judged.value, fold)
    pairs = Pairs(left, right, np.zeros(len(left), np.float32))
    told = score(pairs, sentences, facts, bench.encoder.id, EVERYTHING, bench.scorer).score
    odds = np.log(told.astype(np.float64) + 1e-6) - np.log(1 - told.astype(np.float64) + 1e-6)
    low, high = metrics.bootstrap(
        lambda rows: float(np.corrcoef(found[rows], -judged.value[rows])[0, 1]), fold
    )
    return {
        "pairs": len(left),
        "pearson_cv": float(np.corrcoef(found, -judged.value)[0, 1]),
        "pearson_cv_low": low,
        "pearson_cv_high": high,
        "pearson_shipped": float(np.corrcoef(odds, -judged.value)[0, 1]),
        "merged_of_same": float((told[judged.value <= 1.5] >= bench.settings.event_cut).mean()),
        "merged_of_other": float((told[judged.value >= 3] >= bench.settings.event_cut).mean()),
    }


def regression_out_of_fold(
    table: NDArray[np.float32], value: NDArray[np.float64], fold: Ints
) -> NDArray[np.float64]:
    from sklearn.ensemble import ExtraTreesRegressor

    known = np.nan_to_num(table, nan=-1.0)
    found = np.zeros(len(value))
    for held in np.unique(fold):
        model = ExtraTreesRegressor(400, min_samples_leaf=3, max_features=0.4, random_state=0)
        model.fit(known[fold != held], value[fold != held])
        found[fold == held] = model.predict(known[fold == held])
    return found


def ans(bench: Bench) -> Figures:
    """Headline pairs: how many that change the fact are joined, and how many that keep it."""
    judged = data.ans(bench.folder)
    told = bench.judge(judged)
    same = judged.value > 0
    joined = told >= bench.settings.event_cut
    strict = float(np.quantile(told[~same], 0.97))
    return {
        "pairs": len(told),
        "ap": metrics.average_precision(told, same),
        "merged_of_changed": float(joined[~same].mean()),
        "merged_of_same": float(joined[same].mean()),
        "same_at_3_percent": float((told[same] > strict).mean()),
    }


def near_copies(bench: Bench) -> Figures:
    """Silver near-copies of the first three days of June: how many share an event."""
    rows = data.records(bench.folder, "telegram/posts_2026-06.jsonl.gz")
    rows = [row for row in rows if row["date"] < "2026-06-04"]
    articles = data.articles(rows)
    place = {article.id: row for row, article in enumerate(articles)}
    silver = data.records(bench.folder, "telegram/neardup_pairs_silver_2026-06.jsonl")
    pairs = [(place.get(p["id_earlier"], -1), place.get(p["id_later"], -1)) for p in silver]
    left, right = np.array([pair for pair in pairs if min(pair) >= 0]).T
    facts, sentences = bench.prepare(articles)
    glance = load_glance(bench.encoder.id)
    found = candidates(sentences, facts, bench.settings, glance=glance)
    scored = score(found, sentences, facts, bench.encoder.id, bench.settings, bench.scorer)
    labels = group([a.id for a in articles], scored, bench.settings)
    keys = set(zip(found.left.tolist(), found.right.tolist(), strict=True))
    ordered = zip(np.minimum(left, right).tolist(), np.maximum(left, right).tolist(), strict=True)
    return {
        "posts": len(articles),
        "candidates": len(found.left),
        "silver_pairs": len(left),
        "candidate_recall": float(np.mean([pair in keys for pair in ordered])),
        "recall_event": float((labels.event[left] == labels.event[right]).mean()),
        "recall_story": float((labels.story[left] == labels.story[right]).mean()),
        "largest_event": int(np.bincount(labels.event).max()),
        "largest_story": int(np.bincount(labels.story).max()),
    }


SETS: dict[str, Callable[[Bench], Figures]] = {
    "stream/dev": lambda bench: events(bench, "stream/dev"),
    "stream/train": lambda bench: events(bench, "stream/train"),
    "telegram/train": lambda bench: events(bench, "telegram/train"),
    "stream/read": lambda bench: events(bench, "stream/read"),
    "telegram/read": lambda bench: events(bench, "telegram/read"),
    "ans": ans,
    "semeval": semeval,
    "ntrex": lambda bench: translations(bench, half=False),
    "ntrex/half": lambda bench: translations(bench, half=True),
    "near_copies": near_copies,
}


FILES = {
    "stream/dev": ("stream/dev.jsonl",),
    "stream/train": ("stream/train.jsonl",),
    "telegram/train": ("telegram/train.jsonl",),
    "stream/read": ("stream/unlabelled.jsonl.gz",),
    "telegram/read": (data.TELEGRAM,),
    "ans": ("ans/title_pairs_dev.jsonl",),
    "semeval": ("semeval/articles_dev.jsonl.gz", "semeval/pairs_dev.jsonl"),
    "ntrex": ("ntrex/docs.jsonl.gz",),
    "ntrex/half": ("ntrex/docs.jsonl.gz",),
    "near_copies": (
        "telegram/posts_2026-06.jsonl.gz",
        "telegram/neardup_pairs_silver_2026-06.jsonl",
    ),
}


def show(name: str, figures: Figures) -> None:
    print(f"\n{name}")
    for key, value in figures.items():
        print(f"  {key:22} {value:10.3f}" if isinstance(value, float) else f"  {key:22} {value:6}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", metavar="SET", help=", ".join(SETS))
    parser.add_argument("--data", type=Path, default=data.DEFAULT)
    parser.add_argument("--encoder", default="default")
    parser.add_argument("--scorer", type=Path)
    parser.add_argument("--event-cut", type=float)
    parser.add_argument("--cache", type=Path, help="file of cached sentence vectors")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    settings = Settings()
    if args.event_cut is not None:
        cut = args.event_cut
        settings = replace(settings, event_cut=cut, story_cut=min(cut, settings.story_cut))
    scorer = read_scorer(args.scorer) if args.scorer else None
    bench = Bench(args.data, open_encoder(args.encoder), args.cache, scorer, settings)
    print(f"encoder {bench.encoder.id}; event cut {settings.event_cut}")
    kept = {}
    for name in args.sets or SETS:
        try:
            corpus = data.checksum(args.data, FILES[name])
            kept[name] = SETS[name](bench) | {"corpus": corpus}
        except data.MissingError as missing:
            print(f"\n{name}: left out, {missing}")
            continue
        show(name, kept[name])
        if args.json:
            args.json.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
