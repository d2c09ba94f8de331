"""The verdict in one sentence that a journalist can check: quoted words, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clusterer.news import Article, Block, BlockKind, Credit, Evidence, Origin, Role, Span
from clusterer.sources.candidates import Candidate, Scene
from clusterer.text.script import fold

# A quotation reaches so many characters to either side of the name that it shows.
_AROUND = 60
_PROOFS, _QUOTED, _IGNORED_TOLD = 5, 2, 4

_UNCOUNTED: Mapping[Role, str] = {
    "photo": "photo credit",
    "background": "background",
    "subject": "subject of the news",
    "denied": "denied",
    "carrier": "platform",
    "quoted": "quoted for one fact",
}
_CUT_AWAY: Mapping[BlockKind, str] = {"photo_credit": "photo credit", "follow": "follow line"}
_REASONS: Mapping[str, str] = {
    "nobody_named": "no report names a source and none shows that it is its own",
    "loop_without_voice": "the reports cite each other in a circle and none has a voice of its own",
    "vague_only": "only unnamed sources are cited",
    "several_at_once": "several outlets carried it at once and none credits another",
    "several_carriers": "independent reports lead to different media that carried one statement",
    "too_close": "two unrelated sources are about equally likely",
    "aside": "the only named source is cited in passing",
    "weak": "only its own word speaks for the likeliest source",
    "": "the evidence is too weak to name a source",
}
# What an editor would look for next.
_MISSING: Mapping[str, str] = {
    "nobody_named": "a source line, a dateline or a dated copy",
    "loop_without_voice": "a report of its own or an earlier copy",
    "vague_only": "the name of the agency meant",
    "several_at_once": "a credit, or clocks further apart,",
    "several_carriers": "a report that names whom these media took it from",
    "too_close": "another report that credits one of them",
    "aside": "a source line",
}


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


def explain_origin(
    scene: Scene,
    answer: Origin,
    best: Candidate,
    others: Sequence[Candidate],
    chances: Mapping[str, float],
) -> str:
    """One sentence: who, how many lines lead there, the words, the runner-up, the uncounted."""
    verdict = {"origin": "Origin", "probable": "Probable origin"}.get(
        answer.status, "Possible origin"
    )
    place = f"article {answer.article}" if answer.article else "not in the collection"
    parts = [f"{verdict}: {answer.name or answer.article} ({place})"]
    total, backing = len(scene.lineages), len(best.backers)
    if total > 1 and backing:
        parts[0] += f", to which {backing} of {total} independent reports lead"
    parts[0] += _quoted(answer.evidence[:_QUOTED])
    parts += _relays(scene, best)
    parts += _runner_up(scene, best, others, chances)
    parts += _not_counted(scene, answer)
    return "; ".join(parts) + "."


def explain_abstention(scene: Scene, answer: Origin, best: Candidate | None, reason: str) -> str:
    """One sentence: what is known, why no source is named, and where it leans."""
    if answer.kind == "issuer" and answer.issuer is not None:
        parts = [f"Origin: {answer.issuer.name} (no single wire), since {_REASONS[reason]}"]
        parts[0] += _quoted(answer.issuer.evidence[:1])
    else:
        parts = [f"Origin undetermined, since {_REASONS[reason]}"]
    if best is not None and answer.confidence > 0.0:
        name = _name(scene, best.node)
        parts.append(f"it leans to {name} ({answer.confidence:.0%})")
    parts += [f"{_MISSING[reason]} would settle it"] if reason in _MISSING else []
    parts += _not_counted(scene, answer)
    return "; ".join(parts) + "."


def _quoted(evidence: Sequence[Evidence]) -> str:
    # Isolates (Unicode Standard Annex 9): a quote of either direction leaves the line in order.
    told = [
        f"[\u2068{one.article}\u2069] \u2068«{_tight(one.words)}»\u2069"
        for one in evidence
        if one.words
    ]
    return ": " + ", ".join(told) if told else ""


def explain_story(main: Origin, others: Sequence[Origin]) -> str:
    """The verdict on the main event, and to whom the story's other events go back."""
    told = main.explanation.removesuffix(".")
    names = sorted({one.name for one in others if one.name and one.name != main.name})
    if names:
        told += f"; other events of this story go back to {_listed(names)}"
    return f"Judged by its main event: {told}."


def _relays(scene: Scene, best: Candidate) -> list[str]:
    passed = {node for number in best.backers for node in scene.lineages[number].passed} - {
        best.node
    }
    names = [_name(scene, node) for node in sorted(passed)]
    return [f"{_listed(names)} only relayed"] if names else []


def _runner_up(
    scene: Scene, best: Candidate, others: Sequence[Candidate], chances: Mapping[str, float]
) -> list[str]:
    rivals = [one for one in others if chances[one.node] >= 0.05]
    if not rivals:
        return []
    rival = rivals[0]
    name = _name(scene, rival.node)
    if rival.supplied:
        return [f"not {name}, which itself credits another"]
    if rival.backers:
        total = len(scene.lineages)
        return [f"not {name}, to which only {len(rival.backers)} of {total} reports lead"]
    return [f"not {name}, which nobody credits"]


def _not_counted(scene: Scene, answer: Origin) -> list[str]:
    by_id = {article.id: row for row, article in enumerate(scene.articles)}
    told: dict[str, None] = {}
    for one in answer.ignored:
        row = by_id[one.article]
        told.setdefault(f"{_tight(one.words)} ({_why_uncounted(scene, row, one.span)})")
    names = list(told)[:_IGNORED_TOLD]
    return [f"not counted: {', '.join(names)}"] if names else []


def _why_uncounted(scene: Scene, row: int, span: Span) -> str:
    for credit in scene.credits[row]:
        if credit.span == span and credit.role in _UNCOUNTED:
            return _UNCOUNTED[credit.role]
    for block in scene.articles[row].blocks:
        if block.kind in _CUT_AWAY and block.span.start <= span.start < block.span.end:
            return _CUT_AWAY[block.kind]
    return "no source"


def _name(scene: Scene, node: str) -> str:
    return scene.citations.names.get(node) or node.partition(":")[2] or node


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


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
