"""What the kept lines of one report are: headline, standfirst, body, source line, end tag."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from clusterer.news import KEPT, Block, BlockKind, Span
from clusterer.text.lines import Line, read_lines
from clusterer.text.phrases import bare
from clusterer.text.script import fold_text

END_TAG_WORDS = 4
RECORD_LINE_CHARS = 120  # a longer line of a record is text whatever phrase it holds
IsName = Callable[[str], bool]


def never(_: str) -> bool:
    return False


def label_kept(
    lines: Sequence[Line], kept: Sequence[int], title: int | None, is_name: IsName
) -> dict[int, BlockKind]:
    """The kind of every line from the first to the last kept one; ``title`` is the
    headline's line."""
    chosen = set(kept)
    kinds: dict[int, BlockKind] = {}
    for at in range(kept[0], kept[-1] + 1):
        line = lines[at]
        if at in chosen:
            # Of a line that reads on, and is kept, a phrase of furniture proves nothing.
            said = line.kind is not None and (line.kind in KEPT or not line.prose)
            kinds[at] = line.kind if line.kind is not None and said else "body"
        else:
            kinds[at] = outside_kind(line, above=False)
    if not any(kinds[at] in KEPT for at in kept):
        kinds.update(dict.fromkeys(kept, "body"))
    last = lines[kept[-1]]
    if last.words <= END_TAG_WORDS and len(kept) > 1 and is_name(_name(last.text)):
        kinds[kept[-1]] = "end_tag"
    if title is not None:
        for at in kinds:
            if lines[at].key == lines[title].key:
                kinds[at] = "title_repeat"
        kinds[title] = "headline"
        _mark_standfirst(title, kinds)
    return kinds


def label_record(text: str, body: Span, title: str, is_name: IsName) -> list[Block]:
    """The blocks of a body that its carrier has already freed of the page around it.

    Only lines that say themselves that they are no running text are labelled otherwise; a
    body of nothing else stays body.
    """
    blocks = [
        Block(Span(line.span.start + body.start, line.span.end + body.start), kind)
        for line, kind in _record_kinds(read_lines(body.of(text)), title, is_name)
    ]
    if any(block.kind == "body" for block in blocks):
        return blocks
    return [Block(body, "body")]


def _record_kinds(
    lines: Sequence[Line], title: str, is_name: IsName
) -> Iterator[tuple[Line, BlockKind]]:
    said = bare(fold_text(title))
    for at, line in enumerate(lines):
        short = not line.prose and len(line.text) <= RECORD_LINE_CHARS
        alone = at == len(lines) - 1 and at > 0 and line.words <= END_TAG_WORDS
        if at and said and line.key == said:
            yield line, "title_repeat"
        elif line.kind is not None and (short or line.kind == "source_line"):
            yield line, line.kind
        elif short and line.text[0] == "@" and line.words == 1:
            yield line, "follow"
        elif alone and is_name(_name(line.text)):
            yield line, "end_tag"
        else:
            yield line, "body"


def _name(text: str) -> str:
    return text.strip(" /()[].:-*\"'")


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
