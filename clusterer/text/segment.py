"""Plain pages into articles: which lines are news, where one report ends and the next begins.

Every line gets the log-odds that it belongs to a report (``line_score.py``); the best path
through outside, inside and break (Viterbi, IEEE Trans. Inf. Theory 13, 1967) keeps some;
kept lines are parted into reports (``parting.py``); then headline, standfirst, source line
and end tag are told apart (``labels.py``). What was cut away is labelled, never lost.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from clusterer.news import KEPT, Block, BlockKind, Span
from clusterer.text.headline import candidates, headline_rows
from clusterer.text.labels import IsName, label_kept, never, outside_kind
from clusterer.text.line_score import score_headlines, score_lines, score_parting
from clusterer.text.lines import Line, overlap, read_pages
from clusterer.text.parting import NEAR, like_headline, parting_features

OUTSIDE, INSIDE, BREAK = 0, 1, 2
# Log-odds paid for a change of state: to begin a report is rare, a break in one is common.
# Chosen on the generated pages of the fit half.
BEGIN, END, PAUSE, RESUME = 4.0, 0.5, 0.5, 0.5
MIN_ARTICLE_CHARS = 60  # less is a slogan between menus, no report
# Beside a longer report, less than this is a teaser of another one.
MIN_FURTHER_CHARS = 150
# Share of word stems that a part without headline has in common with the report above it,
# from which on it goes on with it; chosen on generated pages.
SAME_SUBJECT = 0.1
# A report without headline below a heading has at least so much running text; chosen on
# generated pages whose second headline was taken away.
ALONE_LINES, ALONE_CHARS = 3, 400
END_TAG_WORDS = 4
# A page is there because of its report: where none is found the scores are lifted, log-odds.
LIFTS = (0.0, 2.0, 4.0)


@dataclass(frozen=True, slots=True)
class Section:
    """One report on a page: its extent, its headline and its blocks in page order.

    The blocks of all sections of a page together label every line of it once.
    """

    span: Span
    title: Span | None
    blocks: tuple[Block, ...]


def segment(text: str, is_name: IsName = never) -> tuple[Section, ...]:
    """The reports of a plain page, in page order; empty where it holds none.

    ``is_name`` tells whether a short string is the name of a medium, so that a name alone
    on the last line can be read as an end tag.
    """
    return segment_all([text], is_name)[0]


def segment_all(texts: Sequence[str], is_name: IsName = never) -> list[tuple[Section, ...]]:
    """``segment`` of each of many pages: the same sections, found in less time together."""
    pages = read_pages(texts)
    cuts = [_Cut.of(*page) for page in zip(pages, score_lines(pages), strict=True)]
    for number in range(max((len(cut.pieces) for cut in cuts), default=0)):
        asked = [cut for cut in cuts if number < len(cut.pieces)]
        titles = find_titles([(*cut.page, cut.pieces[number], cut.taken) for cut in asked])
        for cut, title in zip(asked, titles, strict=True):
            cut.settle(number, title, is_name)
    return [cut.sections() for cut in cuts]


@dataclass(slots=True)
class _Cut:
    """A page on its way: its lines with their scores, the kept lines of each report, all
    lines that a report has, and of the reports settled so far the kinds of their lines."""

    page: tuple[Sequence[Line], Sequence[float]]
    pieces: list[list[int]]
    taken: set[int]
    kinds: list[dict[int, BlockKind]]

    @classmethod
    def of(cls, lines: Sequence[Line], scores: Sequence[float]) -> _Cut:
        pieces = _reports(lines, scores) if lines else []
        return cls((lines, scores), pieces, {at for piece in pieces for at in piece}, [])

    def settle(self, number: int, title: int | None, is_name: IsName) -> None:
        """Report ``number`` has its headline in line ``title``."""
        lines, piece = self.page[0], self.pieces[number]
        if title is not None and title < piece[0]:
            piece.insert(0, title)
        _take_end_tag(lines, piece, self.taken, is_name)
        self.taken.update(piece)
        self.kinds.append(label_kept(lines, piece, title, is_name))

    def sections(self) -> tuple[Section, ...]:
        lines, pieces = self.page[0], self.pieces
        sections = []
        for number, (piece, kinds) in enumerate(zip(pieces, self.kinds, strict=True)):
            # What stands above the first report is told with it, the rest with the one above.
            first = piece[0] if number else 0
            stop = pieces[number + 1][0] if number + 1 < len(pieces) else len(lines)
            for at in range(first, stop):
                if at not in kinds:
                    kinds[at] = outside_kind(lines[at], at < pieces[0][0])
            sections.append(_section(lines, kinds))
        return tuple(sections)


def _reports(lines: Sequence[Line], scores: Sequence[float]) -> list[list[int]]:
    """The kept lines of each report, in page order."""
    pieces: list[list[int]] = []
    for lift in LIFTS:
        pieces = part(lines, decode([score + lift for score in scores]))
        if pieces:
            break
    sizes = [sum(len(lines[at].text) for at in piece) for piece in pieces]
    if len(pieces) > 1 and max(sizes) >= MIN_FURTHER_CHARS:
        pairs = zip(pieces, sizes, strict=True)
        return _headed(lines, scores, [piece for piece, size in pairs if size >= MIN_FURTHER_CHARS])
    return [piece for piece, size in zip(pieces, sizes, strict=True) if size >= MIN_ARTICLE_CHARS]


def _headed(
    lines: Sequence[Line], scores: Sequence[float], pieces: Sequence[list[int]]
) -> list[list[int]]:
    """The first piece, those with a headline, and those that stand alone without one. Any
    other goes on with the report above when both are about the same, and is a notice or a
    teaser otherwise."""
    reports = [pieces[0]]
    for piece in pieces[1:]:
        above = reports[-1]
        headed = find_title(lines, scores, piece, above) is not None
        if headed or _stands_alone(lines, above, piece):
            reports.append(piece)
        elif overlap(_said(lines, piece), _said(lines, above)) >= SAME_SUBJECT:
            above.extend(piece)
    return reports


def _stands_alone(lines: Sequence[Line], above: Sequence[int], piece: Sequence[int]) -> bool:
    """Whether a piece is a report though it has no headline: both it and the one above end
    with their source, or a heading announces it and it is long and about something else."""
    if _closed(lines, above):
        return _closed(lines, piece)
    between = [lines[at].cue for at in range(above[-1] + 1, piece[0])]
    announced = any(cue is not None and (cue.opens or cue.kind == "related") for cue in between)
    running = [len(lines[at].text) for at in piece if lines[at].prose]
    if not announced or len(running) < ALONE_LINES or sum(running) < ALONE_CHARS:
        return False
    return overlap(_said(lines, piece), _said(lines, above)) < 2 * SAME_SUBJECT


def _closed(lines: Sequence[Line], piece: Sequence[int]) -> bool:
    """Whether a source line or an end tag says that a report is over."""
    return len(piece) > 2 and lines[piece[-1]].kind in ("source_line", "end_tag")


def _said(lines: Sequence[Line], piece: Sequence[int]) -> frozenset[str]:
    return frozenset[str]().union(*(lines[at].stems for at in piece))


def find_title(
    lines: Sequence[Line], scores: Sequence[float], piece: Sequence[int], taken: Collection[int]
) -> int | None:
    """The line that most looks like the headline of a report, None where none does."""
    return find_titles([(lines, scores, piece, taken)])[0]


def find_titles(
    reports: Sequence[tuple[Sequence[Line], Sequence[float], Sequence[int], Collection[int]]],
) -> list[int | None]:
    """``find_title`` of each of many reports, of one page or of many."""
    rows: list[tuple[float, ...]] = []
    asked = []
    for lines, scores, piece, taken in reports:
        lined = candidates(lines, piece, taken)
        if len(piece) < 2 and lined == list(piece):
            lined = []
        asked.append(lined)
        rows += headline_rows(lines, scores, piece, lined)
    odds = score_headlines(rows) if rows else []
    titles: list[int | None] = []
    start = 0
    for lined in asked:
        own = odds[start : start + len(lined)]
        start += len(lined)
        best = own.index(max(own)) if own else 0
        titles.append(lined[best] if own and own[best] > 0 else None)
    return titles


def decode(scores: Sequence[float]) -> list[int]:
    """The best state of every line, all lines together."""
    outside, inside, pause = -scores[0], scores[0] - BEGIN / 2, float("-inf")
    back: list[tuple[int, int, int]] = []
    for score in scores[1:]:
        # Ties fall to the state that is named first.
        to_outside = (outside, OUTSIDE) if outside >= inside - END else (inside - END, INSIDE)
        to_inside = (inside, INSIDE)
        if pause - RESUME > to_inside[0]:
            to_inside = (pause - RESUME, BREAK)
        if outside - BEGIN > to_inside[0]:
            to_inside = (outside - BEGIN, OUTSIDE)
        to_pause = (pause, BREAK) if pause >= inside - PAUSE else (inside - PAUSE, INSIDE)
        back.append((to_outside[1], to_inside[1], to_pause[1]))
        outside, inside, pause = to_outside[0] - score, to_inside[0] + score, to_pause[0] - score
    state = INSIDE if inside >= outside else OUTSIDE
    states = [state]
    for came in reversed(back):
        state = came[state]
        states.append(state)
    return states[::-1]


def part(lines: Sequence[Line], states: Sequence[int]) -> list[list[int]]:
    """Kept lines in order, cut wherever another report begins."""
    kept = [at for at, state in enumerate(states) if state == INSIDE]
    pieces: list[list[int]] = []
    for number, at in enumerate(kept):
        if pieces and not _begins(lines, pieces[-1], kept[number : number + NEAR]):
            pieces[-1].append(at)
        else:
            pieces.append([at])
    return pieces


def _begins(lines: Sequence[Line], piece: Sequence[int], after: Sequence[int]) -> bool:
    """Whether another report than that of ``piece`` begins with the lines ``after`` it."""
    gap = range(piece[-1] + 1, after[0])
    if not gap and lines[piece[-1]].kind not in ("source_line", "end_tag"):
        return False
    gap, after = with_headline(lines, gap, after)
    return score_parting(parting_features(lines, piece, gap, after)) > 0


def with_headline(
    lines: Sequence[Line], gap: range, after: Sequence[int]
) -> tuple[range, Sequence[int]]:
    """A lone headline below a furniture heading reads as furniture itself at first: move the
    last line of a gap to what follows when it looks like one."""
    lone = len(gap) > 1 and like_headline(lines[gap[-1]])
    if lone and not like_headline(lines[after[0]]):
        return range(gap.start, gap.stop - 1), [gap[-1], *after]
    return gap, after


def _take_end_tag(
    lines: Sequence[Line], piece: list[int], taken: Collection[int], is_name: IsName
) -> None:
    """Add a medium's name that stands alone right below a piece."""
    at = piece[-1] + 1
    if at >= len(lines) or at in taken or lines[piece[-1]].kind == "source_line":
        return
    line = lines[at]
    short = line.words <= END_TAG_WORDS and line.gap <= 2
    if short and line.cue is None and is_name(line.text.strip(" /()[].:-*\"'")):
        piece.append(at)


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
