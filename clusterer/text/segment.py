"""Plain pages into articles: which lines are news, where one report ends and the next begins.

Every line gets the log-odds that it belongs to a report (``line_score.py``); the best path
through outside, inside and break (Viterbi, IEEE Trans. Inf. Theory 13, 1967) makes runs of
lines; a run is parted where the furniture in it announces another report; then headline,
standfirst, source line and end tag are told apart. What was cut away within a report is
kept as a labelled block.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clusterer.news import KEPT, Block, BlockKind, Span
from clusterer.text.line_features import is_prose, overlap, stems
from clusterer.text.line_score import score_lines
from clusterer.text.lines import Line, bare, read_lines

OUTSIDE, INSIDE, BREAK = 0, 1, 2
# Log-odds paid for a change of state: to begin a report is rare, a break in one is common.
BEGIN, END, PAUSE, RESUME = 4.0, 0.5, 0.5, 0.5
_MOVES: dict[int, tuple[tuple[int, float], ...]] = {
    OUTSIDE: ((OUTSIDE, 0.0), (INSIDE, -END)),
    INSIDE: ((INSIDE, 0.0), (BREAK, -RESUME), (OUTSIDE, -BEGIN)),
    BREAK: ((BREAK, 0.0), (INSIDE, -PAUSE)),
}
HEADLINE_CHARS = 200  # the longest headline of the measured sets has 187 code points
END_TAG_WORDS = 4
MIN_ARTICLE_CHARS = 60  # less is a slogan between menus, no report
# A second report announced by "read also" must be this long to be more than a teaser.
MIN_FURTHER_CHARS = 250

IsName = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Section:
    """One report on a page: its extent, its headline and its blocks in page order.

    The blocks of all sections of a page together label every line of it once.
    """

    span: Span
    title: Span | None
    blocks: tuple[Block, ...]


def segment(text: str, is_name: IsName = lambda _: False) -> tuple[Section, ...]:
    """The reports of a plain page, in page order; empty where it holds none.

    ``is_name`` tells whether a short string is the name of a medium, so that a name alone
    on the last line can be read as an end tag.
    """
    lines = read_lines(text)
    states = _decode(score_lines(lines)) if lines else []
    found: list[tuple[range, dict[int, BlockKind]]] = []
    for run in _runs(lines, states):
        run = _with_end_tag(lines, run, is_name)
        kinds = _kinds(lines, run, states, is_name)
        if sum(len(lines[at].text) for at in run if kinds[at] in KEPT) >= MIN_ARTICLE_CHARS:
            found.append((run, kinds))
    sections = []
    for number, (_, kinds) in enumerate(found):
        # What stands above the first report is told with it, the rest with the one above.
        first = found[number][0].start if number else 0
        stop = found[number + 1][0].start if number + 1 < len(found) else len(lines)
        for at in range(first, stop):
            kinds.setdefault(at, _outside_kind(lines[at], at < found[0][0].start))
        sections.append(_section(lines, kinds))
    return tuple(sections)


def _outside_kind(line: Line, above: bool) -> BlockKind:
    if line.kind is None or line.kind in KEPT:
        return "menu" if above else "related"
    return line.kind


def _decode(scores: Sequence[float]) -> list[int]:
    """The best state of every line, all lines together."""
    best = {OUTSIDE: 0.0, INSIDE: -BEGIN / 2, BREAK: float("-inf")}
    back: list[dict[int, int]] = []
    for at, score in enumerate(scores):
        if at:
            ways = {
                state: max((best[before] + cost, before) for before, cost in moves)
                for state, moves in _MOVES.items()
            }
            best = {state: value for state, (value, _) in ways.items()}
            back.append({state: before for state, (_, before) in ways.items()})
        best = {
            OUTSIDE: best[OUTSIDE] - score,
            INSIDE: best[INSIDE] + score,
            BREAK: best[BREAK] - score,
        }
    state = INSIDE if best[INSIDE] >= best[OUTSIDE] else OUTSIDE
    states = [state]
    for came in reversed(back):
        state = came[state]
        states.append(state)
    return states[::-1]


def _runs(lines: Sequence[Line], states: list[int]) -> list[range]:
    """Stretches of lines from the first to the last of a report, parted between reports."""
    runs: list[range] = []
    start = None
    for at, state in enumerate([*states, OUTSIDE]):
        if state != OUTSIDE and start is None:
            start = at
        elif state == OUTSIDE and start is not None:
            runs.extend(_part(lines, states, range(start, at)))
            start = None
    return runs


def _part(lines: Sequence[Line], states: list[int], run: range) -> list[range]:
    """Cut a run at every break that announces another report rather than interrupts one."""
    breaks: list[range] = []
    for at in run:
        if states[at] != BREAK:
            continue
        if breaks and breaks[-1].stop == at:
            breaks[-1] = range(breaks[-1].start, at + 1)
        else:
            breaks.append(range(at, at + 1))
    parts = []
    start = run.start
    for gap in breaks:
        # A lone headline below a furniture heading reads as furniture itself at first.
        if len(gap) > 1 and lines[gap.stop - 1].cue is None:
            gap = range(gap.start, gap.stop - 1)
        if _announces(lines, range(start, gap.start), gap, range(gap.stop, run.stop)):
            parts.append(range(start, gap.start))
            start = gap.stop
            states[start] = INSIDE
    parts.append(range(start, run.stop))
    return [_trimmed(part, states) for part in parts]


def _trimmed(run: range, states: Sequence[int]) -> range:
    kept = [at for at in run if states[at] == INSIDE]
    return range(kept[0], kept[-1] + 1)


def _announces(lines: Sequence[Line], before: range, gap: range, after: range) -> bool:
    """Whether the lines after a break are another report: a headline of their own, enough
    text under it, and a sign that the first one had ended."""
    first = lines[after.start]
    if not _like_headline(first) or first.bullet or after.stop - after.start < 3:
        return False
    rest = range(after.start + 1, after.stop)
    if sum(len(lines[at].text) for at in rest if is_prose(lines[at])) < MIN_FURTHER_CHARS:
        return False
    ended = any(lines[at].kind in ("source_line", "end_tag") for at in before)
    opened = any(lines[at].kind in ("related", "comments", "rights") for at in gap)
    own = overlap(stems(first.text), _words(lines, rest[:2]))
    other = overlap(stems(first.text), _words(lines, before))
    return (opened and (ended or own > other)) or (ended and own > 2 * other)


def _words(lines: Sequence[Line], run: Sequence[int]) -> frozenset[str]:
    return frozenset().union(*(stems(lines[at].text) for at in run)) if run else frozenset()


def _like_headline(line: Line) -> bool:
    return (
        line.cue is None
        and not line.text.endswith((".", ":"))
        and line.words >= 2
        and len(line.text) <= HEADLINE_CHARS
    )


def _with_end_tag(lines: Sequence[Line], run: range, is_name: IsName) -> range:
    """Take in a medium's name that stands alone right below the report."""
    if run.stop < len(lines):
        line = lines[run.stop]
        near = line.gap <= 2 and line.words <= END_TAG_WORDS and not line.bullet
        if near and lines[run.stop - 1].kind != "source_line" and is_name(bare_name(line.text)):
            return range(run.start, run.stop + 1)
    return run


def bare_name(text: str) -> str:
    return text.strip(" /()[].:-*\"'")


def _kinds(
    lines: Sequence[Line], run: range, states: Sequence[int], is_name: IsName
) -> dict[int, BlockKind]:
    """What each line of a run is."""
    kinds: dict[int, BlockKind] = {}
    for at in run:
        line = lines[at]
        if states[at] == INSIDE or at == run.stop - 1:
            kept = line.kind if line.kind in KEPT else None
            kinds[at] = kept or "body"
        else:
            kinds[at] = line.kind or "related"
    last = lines[run.stop - 1]
    if last.words <= END_TAG_WORDS and len(run) > 1 and is_name(bare_name(last.text)):
        kinds[run.stop - 1] = "end_tag"
    title = _headline(lines, [at for at in run if kinds[at] in ("body", "byline")])
    if title is not None:
        for at in run:
            if bare(lines[at].text) == bare(lines[title].text):
                kinds[at] = "title_repeat"
        kinds[title] = "headline"
        _mark_standfirst(lines, run, title, kinds)
    return kinds


def _mark_standfirst(
    lines: Sequence[Line], run: range, title: int, kinds: dict[int, BlockKind]
) -> None:
    above = [at for at in run if at < title and kinds[at] == "body"]
    below = [at for at in run if at > title and kinds[at] in ("body", "title_repeat")]
    for at in above:
        kinds[at] = "standfirst"
    broken = [at for at in range(title + 1, run.stop) if kinds[at] not in KEPT]
    lead = [at for at in below if kinds[at] == "body"]
    if not above and len(lead) > 2 and broken and lead[0] < broken[0] < lead[1]:
        kinds[lead[0]] = "standfirst"


def _headline(lines: Sequence[Line], run: Sequence[int]) -> int | None:
    """The headline's line: the first, or the second below a standfirst that it sums up."""
    if len(run) < 2:
        return None
    first, second = run[0], run[1]
    if _like_headline(lines[first]) and len(lines[first].text) < 2 * len(lines[second].text):
        return first
    sums_up = overlap(stems(lines[second].text), stems(lines[first].text)) >= 0.5
    if len(run) > 2 and _like_headline(lines[second]) and lines[second].gap and sums_up:
        return second
    return None


def _section(lines: Sequence[Line], kinds: dict[int, BlockKind]) -> Section:
    kept = [at for at in sorted(kinds) if kinds[at] in KEPT]
    span = Span(lines[kept[0]].span.start, lines[kept[-1]].span.end)
    title = next((lines[at].span for at in kept if kinds[at] == "headline"), None)
    blocks: list[Block] = []
    for at in sorted(kinds):
        # Kept blocks stay paragraphs; furniture of one kind is one block.
        if blocks and blocks[-1].kind == kinds[at] and kinds[at] not in KEPT:
            blocks[-1] = Block(Span(blocks[-1].span.start, lines[at].span.end), kinds[at])
        else:
            blocks.append(Block(lines[at].span, kinds[at]))
    return Section(span, title, tuple(blocks))
