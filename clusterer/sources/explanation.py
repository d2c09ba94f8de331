"""The verdict in statements that a journalist can check: quoted words, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from clusterer.news import (
    Article,
    Block,
    BlockKind,
    Credit,
    Evidence,
    Issuer,
    Named,
    Origin,
    Quote,
    Role,
    Span,
    Statement,
)
from clusterer.sources.abstention import is_cited
from clusterer.sources.bylines import byline
from clusterer.sources.candidates import Candidate, Scene
from clusterer.text.explain import explain
from clusterer.text.script import fold

# A quotation reaches so many characters to either side of the name that it shows.
_AROUND = 60
_PROOFS, _QUOTED, _IGNORED_TOLD = 5, 2, 4
# A candidate to which no report leads is a runner-up from this chance on.
_RIVAL = 0.05
# An abstention leans to a source only from this chance on; below, it is one of many.
_LEAST_LEAN = 0.3

# Roles that name a medium and do not count, and blocks that are cut away from the report.
_UNCOUNTED: frozenset[Role] = frozenset(
    ("photo", "background", "subject", "denied", "carrier", "quoted")
)
_CUT_AWAY: frozenset[BlockKind] = frozenset(("photo_credit", "follow"))
# Reasons to abstain for which an editor would know what to look for next.
_OPEN = frozenset(
    (
        *("nobody_named", "loop_without_voice", "vague_only", "several_at_once"),
        *("several_carriers", "too_close", "aside"),
    )
)


def proof(scene: Scene, best: Candidate) -> tuple[Evidence, ...]:
    """The words that lead to a source, strongest first; each quotes its article."""
    told: list[tuple[float, str, Credit, Article, str]] = []
    backing = {row for number in best.backers for row in scene.lineages[number].rows}
    for suppliers in scene.citations.edges.values():
        for supplier, edge in suppliers.items():
            for one in edge.told:
                if one.row in backing or supplier == best.node:
                    article = scene.articles[one.row]
                    weight = one.credit.strength + (supplier == best.node)
                    told.append((weight, article.id, one.credit, article, "V1"))
    for row in best.rows:
        for credit in scene.credits[row]:
            if credit.role == "self":
                code = "V4" if credit.first_hand else "V6"
                told.append(
                    (credit.strength, scene.articles[row].id, credit, scene.articles[row], code)
                )
    told.sort(key=lambda one: (-one[0], one[1], one[2].span))
    found: dict[tuple[str, Span], Evidence] = {}
    for _, id, credit, article, code in told:
        span = _quotation(article, credit.span)
        found.setdefault((id, span), Evidence(id, span, span.of(article.text), code))
    for article in () if found else (scene.articles[row] for row in best.rows):
        # A reporter's own line is all that an uncredited report may have to show.
        if signed := byline(article):
            evidence = Evidence(article.id, signed, signed.of(article.text), "V6")
            found.setdefault((article.id, signed), evidence)
    return tuple(found.values())[:_PROOFS]


def unseen(scene: Scene) -> tuple[Evidence, ...]:
    """What names a medium and does not count, in order of article and place."""
    found: dict[tuple[str, Span], Evidence] = {}
    for article, credits in zip(scene.articles, scene.credits, strict=True):
        for credit in credits:
            if credit.role in _UNCOUNTED:
                words = credit.span.of(article.text)
                found[article.id, credit.span] = Evidence(article.id, credit.span, words, "Z0")
        for block in article.blocks:
            if block.kind in _CUT_AWAY:
                for span in _named_in(scene, article, block):
                    evidence = Evidence(article.id, span, span.of(article.text), "Z0")
                    found.setdefault((article.id, span), evidence)
    return tuple(found[key] for key in sorted(found))


def _named_in(scene: Scene, article: Article, block: Block) -> list[Span]:
    words = block.span.of(article.text)
    mentions = scene.gazetteer.find(fold(words))
    start = block.span.start
    return [Span(start + told.span.start, start + told.span.end) for told in mentions]


def explained(origin: Origin, statements: Sequence[Statement]) -> Origin:
    """The answer with what explains it, as statements and as an English sentence."""
    told = tuple(statements)
    return replace(origin, explanation=_sentence(told), statements=told)


# Most articles are alone and name nobody: what is said of them is said in the same words.
@lru_cache(maxsize=1024)
def _sentence(statements: tuple[Statement, ...]) -> str:
    return explain(statements)


def explain_origin(
    scene: Scene,
    answer: Origin,
    best: Candidate,
    others: Sequence[Candidate],
    chances: Mapping[str, float],
) -> list[Statement]:
    """Who, how many lines lead there, the words, the runner-up, the uncounted."""
    reason = answer.status if answer.status in ("origin", "probable") else "possible"
    total, backing = len(scene.lineages), len(best.backers)
    found = Statement(
        "found",
        names=(Named(answer.agency, answer.name or answer.article or ""),),
        counts=(backing, total) if total > 1 and backing else (),
        article=answer.article or None,
        reason=reason,
        quotes=_quoted(_apart(answer.evidence)[:_QUOTED]),
    )
    return [
        found,
        *_relays(scene, best),
        *_runner_up(scene, best, others, chances),
        *_not_counted(scene, answer),
    ]


def explain_abstention(
    scene: Scene, answer: Origin, best: Candidate | None, reason: str
) -> list[Statement]:
    """What is known, why no source is named, and where it leans."""
    issuer = answer.issuer
    if answer.kind == "issuer" and issuer is not None:
        named, quotes = (Named(issuer.id, issuer.name),), _said_by(scene, issuer)
        parts = [Statement("issuer", named, reason=reason, quotes=quotes)]
    else:
        parts = [Statement("undetermined", reason=reason)]
    if best is not None and answer.confidence >= _LEAST_LEAN:
        named = (_named(scene, best.node),)
        parts.append(Statement("leans", named, share=answer.confidence))
    parts += [Statement("missing", reason=reason)] if reason in _OPEN else []
    return [*parts, *_not_counted(scene, answer)]


def explain_story(main: Origin, others: Sequence[Origin]) -> list[Statement]:
    """The verdict on the main event, and to whom the story's other events go back."""
    names = {
        one.name: Named(
            one.issuer.id if one.kind == "issuer" and one.issuer else one.agency, one.name
        )
        for one in others
        if one.name and one.name != main.name
    }
    found = tuple(names[name] for name in sorted(names))
    more = [Statement("other_events", found)] if found else []
    return [Statement("main_event"), *main.statements, *more]


def _said_by(scene: Scene, issuer: Issuer) -> tuple[Quote, ...]:
    """The strongest words that name the issuer, with what stands around the name."""
    articles = {article.id: article for article in scene.articles}
    return tuple(
        Quote(one.article, _tight(span.of(article.text)))
        for one in issuer.evidence[:1]
        for article in [articles[one.article]]
        for span in [_quotation(article, one.span)]
    )


def _apart(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Without words that an earlier quotation holds in part already."""
    kept: list[Evidence] = []
    for one in evidence:
        if not any(
            one.article == other.article
            and one.span.start < other.span.end
            and other.span.start < one.span.end
            for other in kept
        ):
            kept.append(one)
    return kept


def _quoted(evidence: Sequence[Evidence]) -> tuple[Quote, ...]:
    return tuple(Quote(one.article, _tight(one.words)) for one in evidence if one.words)


def _relays(scene: Scene, best: Candidate) -> list[Statement]:
    passed = {node for number in best.backers for node in scene.lineages[number].passed} - {
        best.node
    }
    names = tuple(_named(scene, node) for node in sorted(passed))
    return [Statement("relayed", names)] if names else []


def _runner_up(
    scene: Scene, best: Candidate, others: Sequence[Candidate], chances: Mapping[str, float]
) -> list[Statement]:
    rivals = [one for one in others if one.backers or chances[one.node] >= _RIVAL]
    if not rivals:
        return []
    rival = rivals[0]
    named = (_named(scene, rival.node),)
    counts = (len(rival.backers), len(scene.lineages))
    if rival.supplied:
        return [Statement("credits_another", named)]
    if not rival.backers or not is_cited(scene, rival.node):
        return [Statement("uncredited", named)]
    if len(rival.backers) < len(best.backers):
        return [Statement("fewer", named, counts=counts)]
    if best.first_hand > rival.first_hand:
        return [Statement("unvoiced", named)]
    if best.earliest > rival.earliest:
        return [Statement("later", named)]
    return [Statement("as_many", named, counts=counts)]


def _not_counted(scene: Scene, answer: Origin) -> list[Statement]:
    by_id = {article.id: row for row, article in enumerate(scene.articles)}
    told: dict[tuple[str, str], Quote] = {}
    for one in answer.ignored:
        why = _why_uncounted(scene, by_id[one.article], one.span)
        words = _tight(one.words)
        told.setdefault((words, why), Quote(one.article, words, why))
    quotes = tuple(told.values())[:_IGNORED_TOLD]
    return [Statement("not_counted", quotes=quotes)] if quotes else []


def _why_uncounted(scene: Scene, row: int, span: Span) -> str:
    for credit in scene.credits[row]:
        if credit.span == span and credit.role in _UNCOUNTED:
            return credit.role
    for block in scene.articles[row].blocks:
        if block.kind in _CUT_AWAY and block.span.start <= span.start < block.span.end:
            return block.kind
    return ""


def _named(scene: Scene, node: str) -> Named:
    return Named(node if scene.gazetteer.get(node) else None, _name(scene, node))


def _name(scene: Scene, node: str) -> str:
    return scene.citations.names.get(node) or node.partition(":")[2] or node


def _quotation(article: Article, span: Span) -> Span:
    """The words around a name, inside its sentence, cut between words."""
    text = article.text
    inside = [one for one in article.sentences if one.start <= span.start and span.end <= one.end]
    lines = [block.span for block in article.blocks]
    inside += [one for one in lines if one.start <= span.start and span.end <= one.end]
    frame = min(inside, key=lambda one: (one.end - one.start, one), default=span)
    start, end = max(frame.start, span.start - _AROUND), min(frame.end, span.end + _AROUND)
    while frame.start < start < span.start and not text[start - 1].isspace():
        start += 1
    while span.end < end < frame.end and not text[end].isspace():
        end -= 1
    while start < span.start and text[start].isspace():
        start += 1
    while end > span.end and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _tight(words: str) -> str:
    return " ".join(words.split())
