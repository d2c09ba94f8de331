"""What comes and goes: the part of a collection that takes articles in and lets them go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from clusterer.feeds import Answer, Limits, check_url, fetch
from clusterer.living.chronicle import ActName
from clusterer.living.compose import founder_key
from clusterer.living.intake import Intake, crowded, forget, gather
from clusterer.living.keeper import Act, Keeper
from clusterer.living.shelf import spoken
from clusterer.news import Article, Changes, Rejected
from clusterer.reading.ledger import Leaf, read_changed, read_feed, vanished


class Reception:
    """Reads, adds, corrects, removes and expires; each is one act of the collection's keeper."""

    _keeper: Keeper

    def read(
        self, inputs: Sequence[str | Path], fields: Mapping[str, str] | None = None
    ) -> Changes:
        """Read, prepare and add what ``inputs`` hold; rejected pages are kept and told.

        Files that were read before are read again only when their bytes changed: then their
        articles are corrected, and those that the file no longer holds are removed. A file
        that vanished is let be; see :meth:`prune`.
        """
        keeper = self._keeper
        seen, own = keeper.held.seen, keeper.journal.files
        return self._take(read_changed(inputs, keeper.stages.settings, fields, seen, own))

    def feed(
        self,
        url: str,
        *,
        now: datetime | None = None,
        limits: Limits = Limits(),  # noqa: B008 - immutable
        fields: Mapping[str, str] | None = None,
    ) -> Answer | None:
        """Ask a feed for news, politely, and add what is new; None before its time has come.

        Items that the feed no longer tells stay. A failure is an answer, with its reason.
        Raises InputError for what is no http(s) address.
        """
        keeper = self._keeper
        keeper.check_writable()
        check_url(url)
        now = now or datetime.now(UTC)
        known = keeper.journal.freshness(url)
        if not known.due(now):
            return None
        answer = fetch(url, known, now, limits)
        if answer.kind == "new":
            settings, seen = keeper.stages.settings, keeper.held.seen
            self._take([read_feed(url, answer.body, settings, fields, seen)])
        # only now: a crash in between asks again, which does no harm
        keeper.journal.remember(url, answer.freshness)
        return answer

    def _take(self, leaves: Iterable[Leaf | Rejected]) -> Changes:
        self._keeper.check_writable()
        stages = self._keeper.stages
        most = stages.settings.max_copies
        intake = gather(leaves, stages.prepare, stages.progress, most)
        return self._add("add", intake.articles, intake)

    def prune(self, inputs: Sequence[str | Path]) -> Changes:
        """Remove what was read from files below ``inputs`` that are no longer there."""
        return self._add("remove", (), forget(vanished(inputs, self._keeper.held.seen)))

    def add(self, articles: Iterable[Article]) -> Changes:
        """Take articles in. One that is already here is skipped, or corrected if it differs."""
        return self._add("add", articles, Intake())

    def correct(self, articles: Iterable[Article]) -> Changes:
        """New versions of articles that keep their ids; see :meth:`versions`.

        Raises KeyError for an id that is not here; then nothing is done.
        """
        given = list(articles)
        for article in given:
            self._keeper.held.shelf.article(article.id)
        return self._add("correct", given, Intake())

    def _add(self, name: ActName, articles: Iterable[Article], intake: Intake) -> Changes:
        shelf = self._keeper.held.shelf
        given = {article.id: article for article in articles}
        coming = [
            article
            for article in sorted(given.values(), key=founder_key)
            if article.id not in shelf.rows or article != shelf.article(article.id)
        ]
        coming, refused = self._uncrowded(coming)
        intake.rejected.update((one.page, one) for one in refused)
        leaving = [article.id for article in coming if article.id in shelf.rows]
        leaving += intake.left(shelf.living())
        return self._keeper.do(Act(name, coming, leaving, intake=intake))

    def _uncrowded(self, coming: Sequence[Article]) -> tuple[list[Article], list[Rejected]]:
        """Without further copies of words that are here often enough; those are rejected."""
        shelf, most = self._keeper.held.shelf, self._keeper.stages.settings.max_copies
        here: Counter[int] = Counter()
        kept, refused = [], []
        for article in coming:
            words = spoken(article)
            if article.id in shelf.rows:
                here[words] -= spoken(shelf.article(article.id)) == words
            here[words] += 1
            if here[words] + shelf.copies[words] <= most:
                kept.append(article)
            else:
                refused.append(Rejected(article.id, crowded(most)))
        return kept, refused

    def remove(self, ids: Iterable[str]) -> Changes:
        """Let articles go. Raises KeyError for an id that is not here; then nothing is done."""
        chosen = sorted(set(ids))
        self._keeper.held.shelf.rows_of(chosen)
        return self._keeper.do(Act("remove", leaving=chosen))

    def expire(self, before: datetime) -> Changes:
        """Let go of articles that were surely published before ``before``, an aware instant."""
        old = [
            article.id
            for article in self._keeper.held.shelf.living()
            if article.published is not None and article.published.latest < before
        ]
        return self._keeper.do(Act("expire", leaving=old))
