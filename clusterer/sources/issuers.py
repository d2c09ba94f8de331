"""Whose act or document the news is: the actor behind the reports, never a medium."""

from __future__ import annotations

import math
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

from clusterer.gazetteer import Gazetteer
from clusterer.news import Article, Credit, Evidence, Issuer
from clusterer.text.script import fold_text

# How surely a state is behind what its mouthpiece alone reports.
MOUTHPIECE_CONFIDENCE = 0.6
# Nobody is surer of an issuer than this, however many reports name it.
MOST_CERTAIN = 0.98
# A weaker mention is of background or of a reaction to the event.
LEAST_STRENGTH = 0.4
_EVIDENCE_TOLD = 3


def issuer_of(
    articles: Sequence[Article],
    credits: Sequence[tuple[Credit, ...]],
    ends: Iterable[str],
    gazetteer: Gazetteer,
) -> Issuer | None:
    """The issuer that the reports name most surely, with the words; None where none is named.

    Only statements about the event itself count, so not those of background and reactions.
    """
    told: dict[str, list[tuple[float, str, Credit, Article]]] = defaultdict(list)
    for article, found in zip(articles, credits, strict=True):
        best: dict[str, tuple[float, str, Credit, Article]] = {}
        for credit in found:
            if credit.role != "issuer" or credit.strength < LEAST_STRENGTH:
                continue
            key = credit.agency or fold_text(credit.name or credit.span.of(article.text))
            if key not in best or credit.strength > best[key][0]:
                best[key] = (credit.strength, article.id, credit, article)
        for key, one in best.items():
            told[key].append(one)
    if not told:
        return _mouthpiece(ends, gazetteer)
    key = _body_of(_most_named(told), told, gazetteer)
    doubt = math.prod(1.0 - one[0] for one in told[key])
    witnesses = sorted(told[key], key=lambda one: (-one[0], one[1]))
    credit, article = witnesses[0][2], witnesses[0][3]
    agency = gazetteer.get(credit.agency) if credit.agency else None
    return Issuer(
        id=credit.agency,
        name=agency.name if agency else credit.name or credit.span.of(article.text),
        confidence=round(min(MOST_CERTAIN, 1.0 - doubt), 4),
        evidence=tuple(
            Evidence(one[3].id, one[2].span, one[2].span.of(one[3].text), one[2].construction)
            for one in witnesses[:_EVIDENCE_TOLD]
        ),
    )


def home_countries(
    credits: Sequence[tuple[Credit, ...]], issuer: Issuer | None, gazetteer: Gazetteer
) -> frozenset[str]:
    """Countries of the listed bodies whose acts the reports tell."""
    named = {
        credit.agency
        for found in credits
        for credit in found
        if credit.role == "issuer" and credit.strength >= LEAST_STRENGTH
    }
    if issuer is not None:
        named.add(issuer.id)
    bodies = [gazetteer.get(id) for id in sorted(id for id in named if id)]
    return frozenset(body.country for body in bodies if body and body.country)


def _most_named(told: Mapping[str, Sequence[tuple[float, str, Credit, Article]]]) -> str:
    return min(told, key=lambda key: (-round(sum(one[0] for one in told[key]), 6), key))


def _body_of(
    key: str, told: Mapping[str, Sequence[tuple[float, str, Credit, Article]]], gazetteer: Gazetteer
) -> str:
    """ "Pyongyang announced" and "the commission said": the body is the issuer, not its state."""
    if key not in mouthpieces().values():
        return key
    state = gazetteer.get(key)
    bodies = {
        name: ones
        for name, ones in told.items()
        if name != key and state and (body := gazetteer.get(name)) and body.country == state.country
    }
    return _most_named(bodies) if bodies else key


def _mouthpiece(ends: Iterable[str], gazetteer: Gazetteer) -> Issuer | None:
    for node in sorted(ends):
        issuer = gazetteer.get(mouthpieces().get(node, ""))
        if issuer is not None:
            return Issuer(issuer.id, issuer.name, MOUTHPIECE_CONFIDENCE)
    return None


@cache
def mouthpieces() -> Mapping[str, str]:
    """State agencies that speak for their state → the state's issuer id."""
    told = tomllib.loads(files("clusterer.data").joinpath("mouthpieces.toml").read_text("utf-8"))
    return dict(told["mouthpieces"])
