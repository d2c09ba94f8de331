"""What the kept lines of one report are: headline, standfirst, body, source line, end tag."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from clusterer.news import KEPT, BlockKind
from clusterer.text.line_features import is_prose, overlap, stems
from clusterer.text.lines import Line, bare
from clusterer.text.parting import like_headline

END_TAG_WORDS = 4
# A headline shares this much of its words with the report below it. Of the held-in pages'
# headlines nine in ten do; of menu lines and other headlines one in fifty.
HEADLINE_OVERLAP = 0.4
STANDFIRST_OVERLAP = 0.5
ABOVE = 6  # lines above a report in which its headline may stand

IsName = Callable[[str], bool]


def never(_: str) -> bool:
    return False


def find_headline(lines: Sequence[Line], piece: Sequence[int], taken: set[int]) -> int | None:
    """The headline above a report whose first kept line is none; None where there is none."""
    if like_headline(lines[piece[0]]) and not is_prose(lines[piece[0]]):
        return None
    said = frozenset[str]().union(*(stems(lines[at].text) for at in piece[:4]))
    texts = {bare(lines[at].text) for at in piece}
    for at in range(piece[0] - 1, max(piece[0] - 1 - ABOVE, -1), -1):
        line = lines[at]
        if at in taken:
            return None
        if not like_headline(line) or line.bullet:
            continue
        if bare(line.text) in texts or overlap(stems(line.text), said) >= HEADLINE_OVERLAP:
            return at
    return None


def label_kept(lines: Sequence[Line], kept: Sequence[int], is_name: IsName) -> dict[int, BlockKind]:
    """The kind of every line from the first to the last kept one."""
    chosen = set(kept)
    kinds: dict[int, BlockKind] = {}
    for at in range(kept[0], kept[-1] + 1):
        line = lines[at]
        if at in chosen:
            kinds[at] = line.kind if line.kind is not None and line.kind in KEPT else "body"
        else:
            kinds[at] = outside_kind(line, above=False)
    last = lines[kept[-1]]
    if last.words <= END_TAG_WORDS and len(kept) > 1 and is_name(_name(last.text)):
        kinds[kept[-1]] = "end_tag"
    title = _headline(lines, [at for at in kept if kinds[at] in ("body", "byline")])
    if title is not None:
        for at in kinds:
            if bare(lines[at].text) == bare(lines[title].text):
                kinds[at] = "title_repeat"
        kinds[title] = "headline"
        _mark_standfirst(title, kinds)
    return kinds


def _name(text: str) -> str:
    return text.strip(" /()[].:-*\"'")


def _headline(lines: Sequence[Line], body: Sequence[int]) -> int | None:
    """The headline's line: the first, or the second below a standfirst that it sums up."""
    if len(body) < 2:
        return None
    first, second = lines[body[0]], lines[body[1]]
    if like_headline(first) and len(first.text) < 2 * len(second.text):
        return body[0]
    sums_up = overlap(stems(second.text), stems(first.text)) >= STANDFIRST_OVERLAP
    if len(body) > 2 and like_headline(second) and second.gap and sums_up:
        return body[1]
    return None


def _mark_standfirst(title: int, kinds: dict[int, BlockKind]) -> None:
    """Text above the headline, or the one paragraph that furniture parts from the rest."""
    above = [at for at, kind in kinds.items() if at < title and kind == "body"]
    for at in above:
        kinds[at] = "standfirst"
    below = [at for at in sorted(kinds) if at > title and kinds[at] == "body"]
    if above or len(below) < 3:
        return
    between = range(below[0] + 1, below[1])
    if any(kinds[at] not in KEPT for at in between):
        kinds[below[0]] = "standfirst"


def outside_kind(line: Line, above: bool) -> BlockKind:
    """What a line is that belongs to no report: by its cue, else by its place."""
    if line.kind is None or line.kind in KEPT:
        return "menu" if above else "related"
    return line.kind
