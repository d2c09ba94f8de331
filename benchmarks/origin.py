"""Who said it first: cases, founding pages, credited articles and pairs, translations.

``python -m benchmarks.origin [--data FOLDER] [--encoder NAME] [--cache FILE] [--json FILE]``
prints every figure that ``floors.json`` keeps, per language, and how often each confidence is
right.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import clusterer.data
from benchmarks import data
from benchmarks.calibration import Floats, error, held_out
from benchmarks.origin_events import cases as opened
from benchmarks.origin_events import events, judge_all
from benchmarks.origin_sets import (
    Answer,
    case_articles,
    cases,
    credited,
    credited_pairs,
    is_right,
    judged,
    other_reports,
    seeds,
    translations,
    uncredited,
)
from benchmarks.vectors import Vectors, vectors_of
from clusterer.encoding import open_encoder
from clusterer.news import Article
from clusterer.sources.genealogy import trace
from clusterer.sources.origin import Judgement, close_case
from clusterer.sources.translations import translation_chances

TABLE = Path(clusterer.data.__path__[0]) / "origin.json"
BINS = 5
# Events of the founding pages: reports, kind of answer, agency (None: the issuer stands).
SEEDS = (
    ("Pyongyang confirms", ("001", "002#2"), "external", "kcna"),
    ("Putin thanks", ("000", "004"), "issuer", None),
    ("both in one", ("000", "001", "002#2", "004"), "external", "kcna"),
    ("Shoigu in Pyongyang", ("003",), "external", "kcna"),
    ("the invitation", ("002",), "external", "kcna"),
)


def measure_cases(folder: Path, vectors: Vectors) -> dict[str, float]:
    failed = 0
    told = cases(folder)
    for case in told:
        articles = case_articles(case)
        wrong = list(faults(case, judged(articles, vectors(articles))))
        failed += bool(wrong)
        print(f"  {case['id']}: {'; '.join(wrong) or 'as stated'}")
    return {"cases": 1.0 - failed / len(told)}


def faults(case: dict[str, Any], found: Judgement) -> Iterable[str]:
    """What of a case's expectations does not hold, in words."""
    origin, wanted = found.origin, case["expected"]
    wire = wanted["wire_origin"]
    if wire.startswith("abstain"):
        if origin.kind not in ("issuer", "undetermined"):
            yield f"named {origin.agency or origin.article} instead of abstaining"
    elif wire.startswith("external"):
        if (origin.kind, origin.agency) != ("external", wire.split()[1]):
            yield f"wanted {wire}, told {origin.kind} {origin.agency}"
    elif (origin.kind, origin.article) != ("article", wanted["in_collection_origin"]):
        yield f"wanted {wire}, told {origin.kind} {origin.article or origin.agency}"
    low, high = band(wanted["confidence"])
    if not low <= origin.confidence <= high:
        yield f"confidence {origin.confidence:.2f} outside {wanted['confidence']}"
    for name in ("lean", "nearest_copy"):
        if name in wanted and getattr(origin, name) != wanted[name]:
            yield f"{name} {getattr(origin, name)}, not {wanted[name]}"
    for never in case["must_not"]:
        if origin.kind in ("article", "external") and never in (origin.agency, origin.article):
            yield f"named {never}"
    links = {(link.source, link.target): link for link in found.links}
    for edge in wanted.get("inferred_edges", ()):
        taker, giver = edge.split()[0].split("<-")
        link = links.get((giver, taker))
        if link is None or link.kind == "credit" or link.confidence > 0.75:
            yield f"edge {edge} not inferred"
    loop = ",".join(wanted.get("flags", {}).get("loop", ()))
    if loop and f"loop:{loop}" not in origin.flags:
        yield f"loop {loop} not seen"


def band(words: str) -> tuple[float, float]:
    """``>=0.8``, ``<0.4`` and ``0.4-0.6`` as inclusive bounds; text after them is a remark."""
    figure = words.split()[0]
    if figure.startswith(">="):
        return float(figure[2:]), 1.0
    if figure.startswith("<"):
        return 0.0, float(figure[1:])
    low, high = figure.split("-")
    return float(low), float(high)


def measure_seeds(vectors: Vectors) -> dict[str, float]:
    """The founding pages' events as people part them, and the story of four reports."""
    articles = seeds()
    wrong = 0
    for name, ids, kind, agency in SEEDS:
        mine = [articles[id] for id in ids]
        origin = judged(mine, vectors(mine)).origin
        right = (origin.kind, origin.agency) == (kind, agency)
        right = right and (kind != "issuer" or (origin.issuer and origin.issuer.id == "kremlin"))
        wrong += not right
        print(f"  {name}: {origin.kind} {origin.agency} {origin.confidence:.2f} ({origin.lean})")
    return {"seeds": 1.0 - wrong / len(SEEDS)}


def measure_credited(folder: Path, vectors: Vectors) -> tuple[dict[str, float], list[Answer]]:
    answers = []
    for row, article in credited(folder):
        found = judged([article], vectors([article]))
        right, origin = is_right(row, found), found.origin
        told = origin.agency or origin.article or origin.name or ""
        known = row["origin"] != "unknown"
        answers.append(Answer(row["id"], row["lang"], known, right, origin.confidence, told))
    for language in ("all", *sorted({answer.language for answer in answers})):
        mine = [one for one in answers if language in ("all", one.language)]
        print(f"  {language}: {tell(mine)}")
    figures = {"credits_right": right_share(answers), "credits_answered": answered_share(answers)}
    return figures, answers


def right_share(answers: Sequence[Answer]) -> float:
    """Of the answers that name somebody, those that name the right one."""
    named = [answer.right for answer in answers if answer.right is not None]
    return sum(named) / len(named) if named else float("nan")


def answered_share(answers: Sequence[Answer]) -> float:
    """Of the texts whose origin a reader knows, those that the system answers."""
    known = [answer for answer in answers if answer.known]
    return sum(one.right is not None for one in known) / len(known) if known else float("nan")


def tell(answers: Sequence[Answer]) -> str:
    named = sum(answer.right is not None for answer in answers)
    return (
        f"{len(answers)} texts, {named} named, right {right_share(answers):.3f}, "
        f"answered {answered_share(answers):.3f} of those known"
    )


def measure_pairs(folder: Path, vectors: Vectors) -> tuple[dict[str, float], list[Answer]]:
    """Credit visible: is the agency's post the origin? Credit removed: who took from whom?"""
    answers, told, right = [], 0, 0
    pairs = credited_pairs(folder)
    for pair in pairs:
        articles = data.articles(pair)
        origin = judged(articles, vectors(articles)).origin
        hit = (origin.kind, origin.article) == ("article", pair.source["id"])
        named = origin.kind in ("article", "external")
        answer = Answer(pair.copy["id"], pair.copy["lang"], True, hit if named else None, 0.0, "")
        answers.append(answer._replace(confidence=origin.confidence))
        bare = data.articles(uncredited(pair))
        for link in trace(bare, vectors(bare)).links:
            told += 1
            right += link.source == pair.source["id"]
    visible = sum(answer.right is True for answer in answers) / len(answers)
    print(f"  {len(pairs)} pairs (fa): origin right {visible:.3f} with the credit visible")
    print(f"  without credit and dates: direction told {told}, right {right / max(told, 1):.3f}")
    figures = {"pairs_visible": visible, "direction_right": right / max(told, 1)}
    return figures | {"direction_told": told / len(pairs)}, answers


def measure_events(folder: Path, vectors: Vectors) -> dict[str, float]:
    """Events of several reports, labelled by reading; the weights were fitted on them too."""
    labelled = events(folder)
    outcome = judge_all(labelled, [close_case(case) for case in opened(labelled, vectors)])
    print(f"  {len(labelled)} events: {outcome.told()}")
    return {"events_right": outcome.right / max(outcome.right + outcome.wrong, 1)}


def measure_translations(folder: Path, vectors: Vectors) -> dict[str, float]:
    """AUC of translations against other reports of one event in two languages."""
    told = list(translations(folder))
    others = [
        pair for name in ("stream/dev", "stream/train") for pair in other_reports(folder, name)
    ]
    chances = chances_of([*told, *((one, other) for one, other, _ in others)], vectors)
    positive: dict[str, list[float]] = defaultdict(list)
    for (one, other), chance in zip(told, chances, strict=False):
        for name in ("all", "-".join(sorted((one.language, other.language)))):
            positive[name].append(chance)
    rest = list(zip(others, chances[len(told) :], strict=True))
    negative = [chance for (_, _, copy), chance in rest if not copy]
    copies = [chance for (_, _, copy), chance in rest if copy]
    for languages, mine in sorted(positive.items()):
        print(f"  {languages}: {len(mine)} translations, AUC {auc(mine, negative):.4f}")
    print(f"  {len(copies)} copies of the stream: AUC {auc(copies, negative):.4f}")
    taken = np.mean(np.array(negative) >= 0.5)
    print(f"  {len(negative)} other reports, {taken:.3f} of them taken for translations")
    return {"translation_auc": auc(positive["all"], negative)}


def chances_of(pairs: Sequence[tuple[Article, Article]], vectors: Vectors) -> list[float]:
    """Of each pair, the probability that it is one text translated; articles encoded once."""
    articles = {article.id: article for pair in pairs for article in pair}
    told = list(articles.values())
    place = {id: at for at, id in enumerate(articles)}
    places = [(place[one.id], place[other.id]) for one, other in pairs]
    return translation_chances(told, vectors(told), places)


def auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Probability that a positive scores above a negative; ties count half."""
    ordered = np.sort(np.array(negative))
    values = np.array(positive)
    below = np.searchsorted(ordered, values, side="left")
    upto = np.searchsorted(ordered, values, side="right")
    return float((below + upto).mean() / 2 / len(ordered))


def raw_chances(answers: Sequence[Answer]) -> tuple[Floats, Floats]:
    """Chances before calibration of the answers that name somebody, and whether they are right."""
    told = json.loads(TABLE.read_text("utf-8"))["calibration"]
    named = [answer for answer in answers if answer.right is not None]
    said = np.array([answer.confidence for answer in named])
    raw = np.interp(said, told["right"], told["raw"])
    return raw, np.array([float(bool(answer.right)) for answer in named])


def reliability(answers: Sequence[Answer]) -> float:
    """One minus the expected calibration error of held-out folds; prints the shipped bins."""
    named = sorted((one for one in answers if one.right is not None), key=lambda a: a.confidence)
    for part in np.array_split(np.arange(len(named)), BINS):
        said = float(np.mean([named[row].confidence for row in part]))
        was = float(np.mean([bool(named[row].right) for row in part]))
        print(f"  {len(part):3} answers said {said:.3f}, were right {was:.3f}")
    raw, right = raw_chances(answers)
    errors = [error(held_out(raw, right, seed), right, BINS) for seed in range(9)]
    print(f"  expected calibration error, held out: {np.mean(errors):.3f} of {len(raw)} answers")
    return 1.0 - float(np.mean(errors))


def measure(folder: Path, vectors: Vectors) -> dict[str, float]:
    print("origin cases")
    figures = measure_cases(folder, vectors)
    print("founding pages")
    figures |= measure_seeds(vectors)
    print("credited articles")
    found, alone = measure_credited(folder, vectors)
    figures |= found
    print("credited pairs")
    found, paired = measure_pairs(folder, vectors)
    figures |= found
    print("events of several reports")
    figures |= measure_events(folder, vectors)
    print("confidence")
    figures["reliability"] = reliability([*alone, *paired])
    print("translations")
    return figures | measure_translations(folder, vectors)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data.DEFAULT)
    parser.add_argument("--encoder", default="news")
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    asked = parser.parse_args()
    try:
        figures = measure(asked.data, vectors_of(open_encoder(asked.encoder), asked.cache))
    except data.MissingError as missing:
        raise SystemExit(str(missing)) from None
    print("figures")
    for name, value in figures.items():
        print(f"  {name}: {value:.4f}")
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
