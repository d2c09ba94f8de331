"""How well vectors alone tell same from other, on every set, without any trained scorer.

Two scores per pair: late interaction (the mean over sentences of the best cosine in the
other article, both ways) after the mean of each language is removed, and the cosine of the
centred means of title and lead. Language means come from NTREX.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from data import records
from encoder_texts import LABELLED_WINDOWS, NTREX_TRAINED, sentences
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

from clusterer.encoding import Encoder, VectorCache, encode_sentences

Floats = NDArray[np.float32]
CENTRED_BY = 24
SEMITIC_PAIR = frozenset(("fa", "ar"))


class Embedded(NamedTuple):
    """Articles as (m, d) sentence rows with bounds (n + 1,), and a language each."""

    rows: Floats
    bounds: NDArray[np.int64]
    languages: NDArray[np.str_]


class Figures(NamedTuple):
    """Over the pairs of one set: late interaction and title-lead cosine."""

    late: Floats
    whole: Floats


def embed(records_: Sequence[dict[str, Any]], encoder: Encoder, cache: VectorCache) -> Embedded:
    units = [[row["title"], *sentences(row.get("text") or "", 4)] for row in records_]
    units = [[text for text in unit if text] or ["-"] for unit in units]
    rows = encode_sentences([text for unit in units for text in unit], encoder, cache)
    bounds = np.concatenate([[0], np.cumsum([len(unit) for unit in units])])
    return Embedded(rows, bounds, np.array([row["lang"] for row in records_]))


def language_means(data: Path, encoder: Encoder, cache: VectorCache) -> dict[str, Floats]:
    """Mean sentence vector per language over every fifth NTREX report."""
    rows = records(data, "ntrex/docs.jsonl.gz")
    labels = sorted({row["label"] for row in rows})[1::5][:CENTRED_BY]
    kept = [row for row in rows if row["label"] in labels]
    found = embed(kept, encoder, cache)
    owner = np.repeat(found.languages, np.diff(found.bounds))
    return {language: found.rows[owner == language].mean(0) for language in np.unique(owner)}


def centred(articles: Embedded, means: dict[str, Floats]) -> Embedded:
    average = np.mean(list(means.values()), 0)
    owner = np.repeat(articles.languages, np.diff(articles.bounds))
    rows = articles.rows - np.array([means.get(language, average) for language in owner])
    return articles._replace(rows=rows / np.linalg.norm(rows, axis=1, keepdims=True))


def figures(articles: Embedded, left: NDArray[Any], right: NDArray[Any]) -> Figures:
    rows, bounds = articles.rows, articles.bounds
    cosine = rows @ rows.T
    best = np.maximum.reduceat(cosine, bounds[:-1], axis=1)
    ways = np.add.reduceat(best, bounds[:-1], axis=0) / np.diff(bounds)[:, None]
    late = (ways[left, right] + ways[right, left]) / 2
    leads = np.array([rows[a : min(b, a + 2)].mean(0) for a, b in zip(bounds, bounds[1:])])
    leads /= np.linalg.norm(leads, axis=1, keepdims=True)
    return Figures(late, np.einsum("ij,ij->i", leads[left], leads[right]))


def best_f1(truth: NDArray[Any], score: Floats) -> float:
    precision, recall, _ = precision_recall_curve(truth, score)
    return float(np.max(2 * precision * recall / np.maximum(precision + recall, 1e-9)))


def labelled(
    rows: Sequence[dict[str, Any]], means: dict[str, Floats], encoder: Encoder, cache: VectorCache
) -> dict[str, float]:
    """AP and best F1 over all pairs of a window, and over Persian-Arabic pairs."""
    articles = centred(embed(rows, encoder, cache), means)
    window = np.array([row.get("window", "") for row in rows])
    left, right = np.triu_indices(len(rows), 1)
    inside = window[left] == window[right]
    left, right = left[inside], right[inside]
    event = np.array([row["event"] for row in rows])
    truth = event[left] == event[right]
    found = figures(articles, left, right)
    language = articles.languages
    across = np.array(
        [{a, b} == SEMITIC_PAIR for a, b in zip(language[left], language[right], strict=True)]
    )
    return {
        "AP late": average_precision_score(truth, found.late),
        "AP whole": average_precision_score(truth, found.whole),
        "F1 late": best_f1(truth, found.late),
        "fa-ar F1 late": best_f1(truth[across], found.late[across]),
        "fa-ar AP late": average_precision_score(truth[across], found.late[across]),
    }


def judged(data: Path, means: dict[str, Floats], encoder: Encoder, cache: VectorCache) -> dict[str, float]:
    """SemEval: Pearson and AUC (1 and 2 against 3 and 4) of late interaction."""
    pairs = records(data, "semeval/pairs_dev.jsonl")
    used = {pair[key] for pair in pairs for key in ("id1", "id2")}
    rows = [row for row in records(data, "semeval/articles_dev.jsonl.gz") if row["id"] in used]
    place = {row["id"]: i for i, row in enumerate(rows)}
    pairs = [pair for pair in pairs if pair["id1"] in place and pair["id2"] in place]
    articles = centred(embed(rows, encoder, cache), means)
    left = np.array([place[pair["id1"]] for pair in pairs])
    right = np.array([place[pair["id2"]] for pair in pairs])
    value = np.array([pair["overall"] for pair in pairs])
    found = figures(articles, left, right)
    return {
        "Pearson late": -np.corrcoef(found.late, value)[0, 1],
        "Pearson whole": -np.corrcoef(found.whole, value)[0, 1],
        "AUC late": roc_auc_score(value <= 2, found.late),
    }


def same_fact(data: Path, encoder: Encoder, cache: VectorCache) -> dict[str, float]:
    pairs = records(data, "ans/title_pairs_dev.jsonl")
    titles = [pair["title1"] for pair in pairs] + [pair["title2"] for pair in pairs]
    rows = encode_sentences(titles, encoder, cache)
    rows = rows - rows.mean(0)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    cosine = np.einsum("ij,ij->i", rows[: len(pairs)], rows[len(pairs) :])
    truth = np.array([pair["same_fact"] for pair in pairs])
    return {"AUC": roc_auc_score(truth, cosine)}


def parallel(data: Path, means: dict[str, Floats], encoder: Encoder, cache: VectorCache) -> dict[str, float]:
    """NTREX reports that were neither trained on nor used for the means."""
    rows = records(data, "ntrex/docs.jsonl.gz")
    labels = sorted({row["label"] for row in rows})
    barred = set(labels[::NTREX_TRAINED]) | set(labels[1::5])
    kept = [
        row
        for row in rows
        if row["label"] not in barred and row["lang"] in ("fa", "ar", "en", "ru", "tr", "he", "ur")
    ]
    labelled_rows = [{**row, "event": row["label"]} for row in kept]
    return labelled(labelled_rows, means, encoder, cache)


def scores(data: Path, encoder: Encoder, cache: VectorCache, fast: bool) -> dict[str, dict[str, float]]:
    """All figures by set; ``fast`` leaves out what is not of the stream."""
    means = language_means(data, encoder, cache)
    train = records(data, "stream/train.jsonl")
    held = [row for row in train if row["window"] not in LABELLED_WINDOWS]
    found = {
        "stream T4-T5": labelled(held, means, encoder, cache),
        "stream dev": labelled(records(data, "stream/dev.jsonl"), means, encoder, cache),
        "telegram": labelled(records(data, "telegram/train.jsonl"), means, encoder, cache),
    }
    if not fast:
        found["ans"] = same_fact(data, encoder, cache)
        found["semeval"] = judged(data, means, encoder, cache)
        found["ntrex"] = parallel(data, means, encoder, cache)
    return found
