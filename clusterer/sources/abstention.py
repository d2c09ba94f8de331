"""When an editor names nobody: the rules that forbid an answer, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clusterer.news import Issuer
from clusterer.sources.bylines import byline
from clusterer.sources.candidates import Candidate, Scene
from clusterer.sources.citations import LEAST_STRENGTH, Told
from clusterer.sources.issuers import mouthpieces
from clusterer.sources.lineages import is_compiled

# Two unrelated ends nearer than this are no answer.
LEAST_MARGIN = 0.15
# Below this chance the likeliest source is not near another, but far from any.
LEAST_NEAR = 0.25
# A source leads where the next has at most this part of its lineages.
LEADING = 0.6


def why_abstain(
    scene: Scene,
    ranked: Sequence[Candidate],
    chances: Mapping[str, float],
    issuer: Issuer | None,
) -> str:
    """The first rule that forbids an answer, as a flag; empty where none does."""
    if not ranked:
        return "loop_without_voice" if scene.citations.loops else "nobody_named"
    best = ranked[0]
    told = scene.citations
    voice = best.first_hand > 0.0
    if told.loops and not voice and not any(lineage.cited for lineage in scene.lineages):
        return "loop_without_voice"
    if not _is_shown(scene, best):
        return "vague_only" if told.vague else "nobody_named"
    if _is_aside(scene, best):
        return "aside"
    separated = voice or best.earliest > 0.0 or best.root > 0.0
    if len(scene.lineages) > 1 and not separated:
        if not any(scene.lineages[number].cited for number in best.backers):
            return "several_at_once"
        rivals = [len(one.backers) for one in ranked[1:]]
        level = best.ends <= 0.5 and max(rivals, default=0) > len(best.backers) * LEADING
        mouthpiece = best.node in mouthpieces() and best.home > 0.0
        if issuer and level and not mouthpiece:
            return "several_carriers"
    lead = chances[best.node] - chances[ranked[1].node] if len(ranked) > 1 else 1.0
    return "too_close" if lead < LEAST_MARGIN and chances[best.node] >= LEAST_NEAR else ""


def _is_shown(scene: Scene, one: Candidate) -> bool:
    """Whether any words show it: a credit to it, its own voice, or texts that descend from it."""
    if one.first_hand or one.root > 0.0 or is_cited(scene, one.node):
        return True
    return any(_has_mark(scene, row) for row in one.rows)


def is_cited(scene: Scene, node: str) -> bool:
    return any(node in suppliers for suppliers in scene.citations.edges.values())


def _has_mark(scene: Scene, row: int) -> bool:
    """Whether an article bears its outlet's dateline, self-report or byline."""
    if is_compiled(scene.credits[row]):
        return False
    named = any(
        credit.role == "self" and credit.strength >= LEAST_STRENGTH for credit in scene.credits[row]
    )
    return named or byline(scene.articles[row]) is not None


def _is_aside(scene: Scene, one: Candidate) -> bool:
    """Whether a source is cited only in passing.

    That is deep in reports that speak for themselves there, or that have named unnamed media
    as their source before.
    """
    edges = [
        suppliers[one.node] for suppliers in scene.citations.edges.values() if one.node in suppliers
    ]
    told = [item for edge in edges for item in edge.told]
    return bool(told) and all(
        item.credit.scope == "secondary" and _is_second_to_another(scene, item) for item in told
    )


def _is_second_to_another(scene: Scene, item: Told) -> bool:
    unnamed = {(told.row, told.credit.span) for told in scene.citations.vague}
    return any(
        (
            credit.role == "self"
            and credit.strength >= item.credit.strength
            and not credit.construction.startswith("D")
        )
        or ((item.row, credit.span) in unnamed and credit.span < item.credit.span)
        for credit in scene.credits[item.row]
    )
