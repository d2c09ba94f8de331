"""Fits who shares, translates and precedes whom inside one event.

``python -m benchmarks.fit_genealogy [--data FOLDER] [--encoder NAME] [--cache FILE] [--write]``
prints the three models with their figures and writes ``clusterer/data/genealogy.json``. What
no labelled set decides stays a prior and is carried over from the file.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

import clusterer.data
from benchmarks import data
from benchmarks.origin import Vectors, auc, vectors_of
from benchmarks.origin_sets import other_reports, translations
from clusterer.encoding import open_encoder
from clusterer.news import Article, Sentences
from clusterer.sources.copies import LEAST_CONTAINMENT, shared_wording
from clusterer.sources.direction import direction_features
from clusterer.sources.genealogy import LEAST_DIRECTED
from clusterer.sources.translation import translation_features
from clusterer.sources.wording import wording

Floats = NDArray[np.float64]
TABLE = Path(clusterer.data.__path__[0]) / "genealogy.json"
EVENTS = ("stream/dev", "stream/train", "telegram/train")
# A translation is cut to so many sentences: a stream tells no more of a report.
CUTS = (1, 2, 3)
# Weights of the sets: thousands of translations must not outvote tens of labelled copies.
OF_TRANSLATION, OF_COPY, OF_OTHER = 0.15, 4.0, 1.0
# A reprint of a news agency this much earlier is no reprint of it.
HEAD_START_HOURS = 0.5


def copy_pairs(folder: Path) -> tuple[Floats, Floats]:
    """Pairs of one event and one language with much wording in common, and whether copies."""
    rows, labels = [], []
    for name in EVENTS:
        events: dict[Any, list[tuple[str, Article]]] = defaultdict(list)
        records = data.records(folder, f"{name}.jsonl")
        for row, article in zip(records, data.articles(records), strict=True):
            events[row.get("window"), row["event"]].append((row["copy"], article))
        for members in events.values():
            for (copy, one), (other_copy, other) in combinations(members, 2):
                if one.language != other.language:
                    continue
                for pair in shared_wording([wording(one), wording(other)]):
                    if not pair.changed:
                        rows.append([pair.resemblance, pair.containment, np.log1p(pair.shared)])
                        labels.append(float(copy == other_copy))
    return np.array(rows), np.array(labels)


def translation_pairs(folder: Path, vectors: Vectors) -> tuple[Floats, Floats, Floats]:
    """Features, labels and weights of translations, whole and cut, and of other reports."""
    told: list[tuple[Article, Article, float, float]] = []
    for one, other in translations(folder):
        told.append((one, other, 1.0, OF_TRANSLATION))
        for cut in CUTS:
            short = [replace(a, sentences=a.sentences[:cut]) for a in (one, other)]
            told.append((short[0], short[1], 1.0, OF_TRANSLATION / len(CUTS)))
    for name in EVENTS:
        for one, other, copy in other_reports(folder, name):
            told.append((one, other, float(copy), OF_COPY if copy else OF_OTHER))
    articles = {a.id: a for one, other, _, _ in told for a in (one, other)}
    found = vectors(list(articles.values()))
    start = dict(zip(articles, found.bounds[:-1].tolist(), strict=True))
    stop = dict(zip(articles, found.bounds[1:].tolist(), strict=True))
    # every text as it is compared, a cut one apart from the whole one of the same id
    texts = [article for one, other, _, _ in told for article in (one, other)]
    rows = [np.arange(start[a.id], min(stop[a.id], start[a.id] + len(a.sentences))) for a in texts]
    bounds = np.concatenate([[0], np.cumsum([len(part) for part in rows])]).astype(np.int64)
    sentences = Sentences(found.vectors[np.concatenate(rows)], bounds)
    left = np.arange(0, len(texts), 2)
    figures = [(wording(one).numbers, wording(other).numbers) for one, other, _, _ in told]
    features = translation_features(sentences, left, left + 1, figures)
    return features, *(np.array([row[at] for row in told]) for at in (2, 3))


def reprints(folder: Path) -> Iterator[tuple[Article, Article]]:
    """Near copies of a news agency's posts in channels that reprint it: agency's first."""
    posts = {row["id"]: row for row in data.records(folder, "telegram/posts_2026-06.jsonl.gz")}
    held = {row["id"] for row in data.records(folder, "telegram/credited_posts_dev.jsonl")}
    for pair in data.records(folder, "telegram/neardup_pairs_silver_2026-06.jsonl"):
        first, second = (posts.get(pair[side]) for side in ("id_earlier", "id_later"))
        if first is None or second is None or {first["id"], second["id"]} & held:
            continue
        if "farsna" not in (first["outlet"], second["outlet"]):
            continue
        source, copy = (first, second) if first["outlet"] == "farsna" else (second, first)
        if source is second and pair["hours"] > HEAD_START_HOURS:
            continue
        one, other = data.articles([_bare(source), _bare(copy)])
        if one.language == other.language:
            yield one, other


def _bare(row: data.Record) -> data.Record:
    opening = re.compile(r"^(\W*)(?:خبرگزاری )?فارس\s*:\s*")
    fields = {name: opening.sub(r"\1", row.get(name) or "", count=1) for name in ("title", "text")}
    return {**row, **fields, "date": None, "published": None}


def fit_copy(folder: Path) -> dict[str, float]:
    rows, labels = copy_pairs(folder)
    model = LogisticRegression(C=10.0).fit(rows, labels)
    found = model.predict_proba(rows)[:, 1] >= 0.5
    hit = float((found & (labels == 1)).sum())
    print(f"copies: {len(rows)} pairs with containment from {LEAST_CONTAINMENT}, ", end="")
    print(f"{labels.sum():.0f} copies, P {hit / found.sum():.2f} R {hit / labels.sum():.2f}")
    return _table(model, ("resemblance", "containment", "shared"))


def fit_translation(folder: Path, vectors: Vectors) -> dict[str, float]:
    rows, labels, weights = translation_pairs(folder, vectors)
    model = LogisticRegression(C=1.0).fit(rows, labels, sample_weight=weights)
    chance = model.predict_proba(rows)[:, 1]
    whole = weights == OF_TRANSLATION
    others = chance[weights == OF_OTHER]
    print(f"translations: {whole.sum()} whole, AUC {auc(chance[whole], others):.4f}; ", end="")
    cut = chance[(labels == 1) & (weights < OF_TRANSLATION)]
    print(f"cut AUC {auc(cut, others):.4f}; ", end="")
    print(f"copies of the streams AUC {auc(chance[weights == OF_COPY], others):.4f}")
    return _table(model, ("similarity", "depth", "coverage", "agreement", "conflict"))


def fit_direction(folder: Path, priors: dict[str, float]) -> dict[str, float]:
    """The weight of care in pairs of equal length whose parent is known; the rest are priors."""
    names = ("length", "care", "gloss", "title")
    fitted = ("care",)
    pairs = [direction_features(wording(one), wording(other)) for one, other in reprints(folder)]
    rows = np.array(pairs)[:, [names.index(name) for name in fitted]]
    both = np.vstack([rows, -rows])
    labels = np.repeat([1.0, 0.0], len(rows))
    model = LogisticRegression(C=1.0, fit_intercept=False).fit(both, labels)
    told = {**priors, **dict(zip(fitted, model.coef_[0].round(2).tolist(), strict=True))}
    leaning = np.array(pairs) @ np.array([told[name] for name in names])
    sure = np.abs(leaning) >= np.log(LEAST_DIRECTED / (1 - LEAST_DIRECTED))
    right = float((leaning[sure] > 0).mean())
    print(f"direction: {len(rows)} reprints, {sure.mean():.2f} answered, {right:.3f} right")
    return told


def _table(model: LogisticRegression, names: tuple[str, ...]) -> dict[str, float]:
    weights = dict(zip(names, model.coef_[0].round(2).tolist(), strict=True))
    return {"bias": round(float(model.intercept_[0]), 2), **weights}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data.DEFAULT)
    parser.add_argument("--encoder", default="news")
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    table = json.loads(TABLE.read_text("utf-8"))
    vectors = vectors_of(open_encoder(asked.encoder), asked.cache)
    try:
        table["copy"] = fit_copy(asked.data)
        table["direction"] = fit_direction(asked.data, table["direction"])
        table["translation"] = fit_translation(asked.data, vectors)
    except data.MissingError as missing:
        raise SystemExit(str(missing)) from None
    print(json.dumps(table, indent=1))
    if asked.write:
        TABLE.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
