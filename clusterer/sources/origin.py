"""Who said it first: the answer for one event, and for a story from its events'.

The procedure is an editor's: read who is credited, let chains run to their ends, count
independent lineages and not copies, look at first-hand voices, clocks and texts, and rather
abstain than name the wrong one. Everything is pure and independent of the order of articles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from clusterer.gazetteer import Gazetteer
from clusterer.news import (
    Alternative,
    Article,
    Credit,
    Event,
    Evidence,
    Issuer,
    Link,
    Origin,
    Statement,
    Status,
)
from clusterer.sources.abstention import is_cited, why_abstain
from clusterer.sources.answer import (
    chain_to,
    first_publisher,
    fullest,
    hidden_relays,
    identity,
    is_late,
    own_article,
    shown,
)
from clusterer.sources.candidates import Candidate, Scene, candidates, denied, shares
from clusterer.sources.citations import cite
from clusterer.sources.descent import descent
from clusterer.sources.explanation import (
    explain_abstention,
    explain_origin,
    explain_story,
    explained,
    proof,
    unseen,
)
from clusterer.sources.genealogy import Genealogy
from clusterer.sources.issuers import home_countries, issuer_of
from clusterer.sources.lineages import is_compiled, lineages
from clusterer.sources.weights import calibrated, weights

# Bands shown to people: sure, probable, possible; below the last the answer is abstention.
SURE, PROBABLE, POSSIBLE = 0.85, 0.60, 0.40
# A rival of this chance contests a verdict.
CONTESTED = 0.05
# From here on an issuer stands as the answer where the wire is open.
SURE_ISSUER = 0.5
# A story's origin is its main event's, with so much of its confidence.
STORY_SHARE = 0.7
_ALTERNATIVES_TOLD = 4


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one event. ``links`` join the texts' and the citations' lineage."""

    origin: Origin
    links: tuple[Link, ...]
    independent_source_count: int


def decide(
    articles: Sequence[Article],
    credits: Sequence[tuple[Credit, ...]],
    genealogy: Genealogy,
    gazetteer: Gazetteer,
) -> Origin:
    """The origin of one event: see ``judge``."""
    return judge(articles, credits, genealogy, gazetteer).origin


def judge(
    articles: Sequence[Article],
    credits: Sequence[tuple[Credit, ...]],
    genealogy: Genealogy,
    gazetteer: Gazetteer,
) -> Judgement:
    """Origin, lineage and count of independent lines of reporting of one event.

    ``credits`` are in the order of ``articles``; ``genealogy`` is ``trace`` of the same.
    """
    case = open_case(articles, credits, genealogy, gazetteer)
    return Judgement(close_case(case), descent(case.scene), _independent(case.scene))


class Case(NamedTuple):
    """All that is known of one event before anybody is named."""

    scene: Scene
    candidates: tuple[Candidate, ...]
    issuer: Issuer | None


def open_case(
    articles: Sequence[Article],
    credits: Sequence[tuple[Credit, ...]],
    genealogy: Genealogy,
    gazetteer: Gazetteer,
    told: Mapping[str, float] | None = None,
) -> Case:
    """The scene of one event, who may be its origin, and its issuer. See ``judge``.

    ``told`` are other weights of lineages than the shipped ones, for fitting them.
    """
    told = told or weights("origin", "lineage")
    order = sorted(range(len(articles)), key=lambda row: articles[row].id)
    articles = [articles[row] for row in order]
    credits = [credits[row] for row in order]
    graph = cite(articles, credits, gazetteer)
    witnesses = lineages(articles, credits, genealogy, graph, told)
    ends = {node for lineage in witnesses for node in lineage.ends}
    issuer = issuer_of(articles, credits, ends, gazetteer)
    countries = home_countries(credits, issuer, gazetteer)
    children = frozenset(link.target for link in genealogy.links)
    scene = Scene(articles, credits, genealogy, graph, witnesses, gazetteer, countries, children)
    return Case(scene, candidates(scene, told["looped"]), issuer)


def close_case(case: Case, told: Mapping[str, float] | None = None) -> Origin:
    """The verdict; ``told`` are other weights of the signs than the shipped ones."""
    chances = shares(case.candidates, len(case.scene.citations.loops), told)
    return _verdict(case, chances)


def decide_story(events: Sequence[Event], articles: Sequence[Article]) -> Origin:
    """The origin of the event that most articles are of; between equals one whose wire is
    known, then the earlier. Its confidence is lowered: a story has as many origins as events.
    """
    if not events:
        return explained(Origin.undetermined(), [Statement("no_event")])
    if len(events) == 1:
        return events[0].origin
    born = {article.id: article.published for article in articles}

    def rank(event: Event) -> tuple[int, bool, float, float, str]:
        times = [told.at.timestamp() for id in event.articles if (told := born.get(id))]
        known = event.origin.kind in ("article", "external")
        first = min(times, default=float("inf"))
        return (-len(event.articles), not known, first, -event.origin.confidence, event.id)

    chief = min(events, key=rank)
    main = chief.origin
    confidence = round(main.confidence * STORY_SHARE, 4)
    named = main.kind in ("article", "external")
    kind, lean = main.kind, main.lean
    if kind == "article" and confidence < PROBABLE and main.agency is not None:
        kind, lean = "external", main.article
    answer = replace(
        main,
        kind=kind,
        article=main.article if kind == "article" else None,
        lean=lean,
        confidence=confidence,
        status=_status(confidence) if named else main.status,
        flags=(*main.flags, "of_main_event"),
    )
    return explained(
        answer, explain_story(main, [event.origin for event in events if event != chief])
    )


def _verdict(case: Case, chances: Mapping[str, float]) -> Origin:
    scene, found, issuer = case
    ranked = sorted(found, key=lambda one: (-round(chances[one.node], 9), one.node))
    best = ranked[0] if ranked else None
    confidence = round(_confidence(scene, ranked, chances), 4)
    reason = why_abstain(scene, ranked, chances, issuer)
    common = _common(scene, ranked, chances)
    if best is None or reason or confidence < POSSIBLE:
        return _abstention(case, best, min(confidence, PROBABLE - 0.01), reason, common)
    own = own_article(scene, best.rows) if best.rows else None
    if own is not None and confidence < PROBABLE and not is_cited(scene, best.node):
        return _abstention(case, best, confidence, "weak", common)
    as_article = own is not None and confidence >= PROBABLE and not is_late(scene, best, own)
    copy = None if as_article else fullest(scene, best)
    agency, name = identity(scene, best)
    answer = Origin(
        kind="article" if as_article else "external",
        article=own.id if own is not None and as_article else None,
        agency=agency,
        name=name,
        confidence=confidence,
        status=_status(confidence),
        issuer=issuer,
        nearest_copy=copy.id if copy else None,
        first_publisher=common.first_publisher,
        lean=own.id if own and not as_article else copy.id if copy else None,
        chain=chain_to(scene, best),
        evidence=proof(scene, best),
        ignored=common.ignored,
        alternatives=common.alternatives,
        flags=(*common.flags, *hidden_relays(scene, copy)),
    )
    return explained(answer, explain_origin(scene, answer, best, ranked[1:], chances))


def _confidence(scene: Scene, ranked: Sequence[Candidate], chances: Mapping[str, float]) -> float:
    """The best candidate's chance, calibrated where nothing contests it.

    Only uncontested verdicts could be measured: beside a rival, a loop or a silent majority
    the raw chance stays.
    """
    if not ranked:
        return 0.0
    chance = chances[ranked[0].node]
    rivalled = len(ranked) > 1 and chances[ranked[1].node] >= CONTESTED
    alone = ranked[0].ends < 0.5 and len(scene.lineages) > 1
    return chance if rivalled or alone or scene.citations.loops else calibrated(chance)


class _Common(NamedTuple):
    """What is told whatever the answer."""

    first_publisher: str | None
    alternatives: tuple[Alternative, ...]
    ignored: tuple[Evidence, ...]
    flags: tuple[str, ...]


def _common(scene: Scene, ranked: Sequence[Candidate], chances: Mapping[str, float]) -> _Common:
    others = [
        Alternative(shown(scene, one), round(chances[one.node], 4))
        for one in ranked[1 : 1 + _ALTERNATIVES_TOLD]
        if chances[one.node] >= 0.005
    ]
    flags = ["loop:" + ",".join(loop) for loop in scene.citations.loops]
    if scene.citations.vague:
        flags.append("vague_source")
    flags += [f"denied:{node}" for node in sorted(denied(scene))]
    return _Common(first_publisher(scene.articles), tuple(others), unseen(scene), tuple(flags))


def _abstention(
    case: Case, best: Candidate | None, confidence: float, reason: str, common: _Common
) -> Origin:
    scene, _, issuer = case
    named = issuer is not None and issuer.confidence >= SURE_ISSUER
    lean = None
    if best is not None:
        article = own_article(scene, best.rows) if best.rows else fullest(scene, best)
        lean = article.id if article else None
    runner = (Alternative(shown(scene, best), confidence),) if best else ()
    answer = Origin(
        kind="issuer" if named else "undetermined",
        article=None,
        agency=None,
        name=issuer.name if issuer and named else None,
        confidence=confidence,
        status="possible" if confidence >= POSSIBLE else "undetermined",
        issuer=issuer,
        first_publisher=common.first_publisher,
        lean=lean,
        ignored=common.ignored,
        evidence=proof(scene, best) if best else (),
        alternatives=(*runner, *common.alternatives),
        flags=(*common.flags, reason) if reason else common.flags,
    )
    return explained(answer, explain_abstention(scene, answer, best, reason))


def _independent(scene: Scene) -> int:
    """Lines of reporting: lineages that chiefly end at one source are one line.

    What a byline says is compiled from agencies is no line of its own beside another.
    """
    chief = {
        min(lineage.ends, key=lambda node: (-lineage.ends[node], node)) if lineage.ends else number
        for number, lineage in enumerate(scene.lineages)
        if lineage.cited or not all(is_compiled(scene.credits[row]) for row in lineage.rows)
    }
    return max(1, len(chief))


def _status(confidence: float) -> Status:
    if confidence >= SURE:
        return "origin"
    if confidence >= PROBABLE:
        return "probable"
    return "possible" if confidence >= POSSIBLE else "undetermined"
