"""From leaves of the ledger to articles: what is new, what was corrected, what left its page."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from clusterer.news import Article, Page, Rejected
from clusterer.progress import Progress
from clusterer.reading.ledger import Leaf, Seen

Prepare = Callable[[Sequence[Page]], Sequence[tuple[Article, ...] | Rejected]]
STUMBLED = "preparing stumbled over it"
# Pages that are cut together, and the code points from which on fewer are.
PAGES_AT_ONCE, CHARS_AT_ONCE = 32, 1 << 20


@dataclass(slots=True)
class Intake:
    """What a run over inputs found. None as a value means: no longer.

    ``reread`` are ids of the pages that were read again; ``pages`` counts those read for the
    first time.
    """

    articles: list[Article] = field(default_factory=list)
    rejected: dict[str, Rejected | None] = field(default_factory=dict)
    seen: dict[str, Seen | None] = field(default_factory=dict)
    reread: set[str] = field(default_factory=set)
    pages: int = 0

    def left(self, living: Iterable[Article]) -> list[str]:
        """Ids of living articles that their pages, read again, no longer hold."""
        if not self.reread:
            return []
        found = {article.id for article in self.articles}
        return [one.id for one in living if one.page in self.reread and one.id not in found]


def crowded(most: int) -> str:
    """Why an article is rejected whose words are here often enough."""
    return f"more than {most} articles say these very words"


def gather(
    leaves: Iterable[Leaf | Rejected],
    prepare: Prepare,
    progress: Progress,
    most: int = sys.maxsize,
) -> Intake:
    """Everything that ``leaves`` hold, prepared; of pages with the very same text ``most``."""
    intake = Intake()
    copies: Counter[int] = Counter()
    waiting: list[Page | Rejected] = []
    count = chars = 0
    for leaf in leaves:
        if isinstance(leaf, Rejected):
            intake.rejected[leaf.page] = leaf
            continue
        intake.seen.update(leaf.seen)
        if leaf.pages is None:
            continue
        known: frozenset[str] = frozenset()
        if leaf.before is not None:
            known = frozenset(leaf.before.pages)
            intake.reread |= frozenset() if leaf.lasting else known
            intake.rejected.update(dict.fromkeys((*leaf.before.pages, *leaf.before.refused)))
        for page in leaf.pages:
            count += 1
            progress("read", count, None)
            if isinstance(page, Page):
                said = hash(page.text)
                copies[said] += 1
                if copies[said] > most:
                    page = Rejected(page.id, crowded(most))
            waiting.append(page)
            if isinstance(page, Page):
                intake.pages += page.id not in known
                chars += len(page.text)
            if len(waiting) >= PAGES_AT_ONCE or chars >= CHARS_AT_ONCE:
                _take(intake, waiting, prepare)
                waiting, chars = [], 0
    _take(intake, waiting, prepare)
    return intake


def _take(intake: Intake, pages: Sequence[Page | Rejected], prepare: Prepare) -> None:
    told = iter(prepared([page for page in pages if isinstance(page, Page)], prepare))
    for page in pages:
        found = next(told) if isinstance(page, Page) else page
        if isinstance(found, Rejected):
            intake.rejected[found.page] = found
        else:
            intake.articles.extend(found)


def prepared(pages: Sequence[Page], prepare: Prepare) -> Sequence[tuple[Article, ...] | Rejected]:
    """What ``prepare`` makes of the pages; one that it stumbles over costs itself alone."""
    try:
        return prepare(pages)
    except Exception as error:  # noqa: BLE001 - a hostile page must not stop the others
        if len(pages) == 1:
            said = " ".join(str(error).split())[:120]
            return [Rejected(pages[0].id, f"{STUMBLED} ({type(error).__name__}: {said})")]
        return [found for page in pages for found in prepared([page], prepare)]


def forget(gone: Mapping[str, Seen]) -> Intake:
    """The intake of files that are no longer there: their pages are empty."""
    pages = {page for seen in gone.values() for page in seen.pages}
    refused = {page for seen in gone.values() for page in seen.refused}
    return Intake(
        rejected=dict.fromkeys(sorted(pages | refused)),
        seen=dict.fromkeys(gone),
        reread=pages,
        pages=-len(pages),
    )
