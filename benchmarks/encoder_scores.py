"""How well vectors alone tell same from other, on every set, without any trained scorer.

Two scores per pair: late interaction (the mean over sentences of the best cosine in the
other article, both ways) after the mean of each language is removed, and the cosine of the
centred means of title and lead. Language means come from NTREX reports that nothing else
here reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

from benchmarks.data import records
from benchmarks.encoder_texts import (
    LABELLED_WINDOWS,
    NTREX_TRAINED,
    is_trained_pair,
    sentences,
)
from clusterer.encoding import Encoder, VectorCache, encode_sentences

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Scores = dict[str, float]
Records = Sequence[dict[str, Any]]

SENTENCES = 4
# Reports 1, 6, 11 … of NTREX give the language means.
MEANS_EVERY = 5
FA_AR = {"fa", "ar"}
PARALLEL = ("fa", "ar", "en", "ru", "tr", "he", "ur")


class Embedded(NamedTuple):
    """Articles as (m, d) sentence rows with bounds (n + 1,), and a language each."""

    rows: Floats
    bounds: Ints
    languages: NDArray[np.str_]


class Figures(NamedTuple):
    """Over the pairs of one set: late interaction and title-lead cosine."""

    late: Floats
    whole: Floats


class Bench:
    """One encoder, the sets, and the language means that belong to both."""

    def __init__(self, data: Path, encoder: Encoder, cache: VectorCache) -> None:
        self.data, self.encoder, self.cache = data, encoder, cache
        rows = records(data, "ntrex/docs.jsonl.gz")
        chosen = set(sorted({row["label"] for row in rows})[1::MEANS_EVERY])
        found = self._embed([row for row in rows if row["label"] in chosen])
        owner = np.repeat(found.languages, np.diff(found.bounds))
        self._means = {str(name): found.rows[owner == name].mean(0) for name in np.unique(owner)}

    def stream_held(self) -> Scores:
        """Windows that were labelled but not trained on; for choosing between recipes."""
        rows = records(self.data, "stream/train.jsonl")
        return self._labelled([row for row in rows if row["window"] not in LABELLED_WINDOWS])

    def stream_dev(self) -> Scores:
        return self._labelled(records(self.data, "stream/dev.jsonl"))

    def telegram(self) -> Scores:
        return self._labelled(records(self.data, "telegram/train.jsonl"))

    def ntrex(self) -> Scores:
        """Reports that were neither trained on nor used for the means."""
        rows = records(self.data, "ntrex/docs.jsonl.gz")
        labels = sorted({row["label"] for row in rows})
        barred = {*labels[::NTREX_TRAINED], *labels[1::MEANS_EVERY]}
        kept = [row for row in rows if row["label"] not in barred and row["lang"] in PARALLEL]
        return self._labelled([{**row, "event": row["label"]} for row in kept])

    def semeval(self) -> Scores:
        """Pearson against people's grades; AUC of grades 1 and 2 against 3 and 4."""
        pairs = records(self.data, "semeval/pairs_dev.jsonl")
        used = {pair[key] for pair in pairs for key in ("id1", "id2")}
        texts = records(self.data, "semeval/articles_dev.jsonl.gz")
        rows = [row for row in texts if row["id"] in used]
        place = {row["id"]: i for i, row in enumerate(rows)}
        pairs = [pair for pair in pairs if pair["id1"] in place and pair["id2"] in place]
        left = np.array([place[pair["id1"]] for pair in pairs])
        right = np.array([place[pair["id2"]] for pair in pairs])
        grade = np.array([pair["overall"] for pair in pairs])
        found = figures(self._centred(rows), left, right)
        return {
            "Pearson late": -np.corrcoef(found.late, grade)[0, 1],
            "Pearson whole": -np.corrcoef(found.whole, grade)[0, 1],
            "AUC late": float(roc_auc_score(grade <= 2, found.late)),
        }

    def ans(self) -> Scores:
        """Headline pairs that were not trained on: the same fact, or a changed one."""
        pairs = [
            pair
            for pair in records(self.data, "ans/title_pairs_dev.jsonl")
            if not is_trained_pair(pair)
        ]
        titles = [pair[key] for key in ("title1", "title2") for pair in pairs]
        rows = _unit(encode_sentences(titles, self.encoder, self.cache) - self._means["ar"])
        cosine = np.einsum("ij,ij->i", rows[: len(pairs)], rows[len(pairs) :])
        return {"AUC": float(roc_auc_score([pair["same_fact"] for pair in pairs], cosine))}

    def _embed(self, rows: Records) -> Embedded:
        units = [
            [text for text in (row["title"], *sentences(row["text"], SENTENCES)) if text] or ["-"]
            for row in rows
        ]
        texts = [text for unit in units for text in unit]
        bounds = np.concatenate([[0], np.cumsum([len(unit) for unit in units])])
        vectors = encode_sentences(texts, self.encoder, self.cache)
        return Embedded(vectors, bounds, np.array([row["lang"] for row in rows]))

    def _centred(self, rows: Records) -> Embedded:
        articles = self._embed(rows)
        average = np.mean(list(self._means.values()), 0)
        owner = np.repeat(articles.languages, np.diff(articles.bounds))
        means = np.array([self._means.get(str(language), average) for language in owner])
        return articles._replace(rows=_unit(articles.rows - means))

    def _labelled(self, rows: Records) -> Scores:
        """AP and best F1 over all pairs of a window, and over its Persian-Arabic pairs."""
        articles = self._centred(rows)
        window = np.array([row.get("window", "") for row in rows])
        event = np.array([row["event"] for row in rows])
        left, right = np.triu_indices(len(rows), 1)
        inside = window[left] == window[right]
        left, right = left[inside], right[inside]
        truth = event[left] == event[right]
        found = figures(articles, left, right)
        a, b = articles.languages[left], articles.languages[right]
        across = (a != b) & np.isin(a, list(FA_AR)) & np.isin(b, list(FA_AR))
        return {
            "AP late": float(average_precision_score(truth, found.late)),
            "AP whole": float(average_precision_score(truth, found.whole)),
            "F1 late": best_f1(truth, found.late),
            "fa-ar F1 late": best_f1(truth[across], found.late[across]),
            "fa-ar AP late": float(average_precision_score(truth[across], found.late[across])),
        }


def figures(articles: Embedded, left: Ints, right: Ints) -> Figures:
    rows, bounds = articles.rows, articles.bounds
    best = np.maximum.reduceat(rows @ rows.T, bounds[:-1], axis=1)
    ways = np.add.reduceat(best, bounds[:-1], axis=0) / np.diff(bounds)[:, None]
    late = (ways[left, right] + ways[right, left]) / 2
    leads = _unit(np.array([rows[a : min(b, a + 2)].mean(0) for a, b in pairwise(bounds)]))
    return Figures(late, np.einsum("ij,ij->i", leads[left], leads[right]))


def best_f1(truth: NDArray[np.bool_], score: Floats) -> float:
    precision, recall, _ = precision_recall_curve(truth, score)
    return float(np.max(2 * precision * recall / np.maximum(precision + recall, 1e-9)))


def _unit(rows: Floats) -> Floats:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
