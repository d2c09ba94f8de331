"""The words of an article that may speak for its descent.

Signatures, addresses and stock paragraphs are left out: a channel's handle marks who serves
a text, and a paragraph of background that a whole family of outlets repeats proves kinship
of newsrooms, not of texts (``data/stock.toml`` lists how such paragraphs open).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from itertools import chain

from clusterer.news import Article
from clusterer.text.script import fold_text

# A handle, a tag or an address is the carrier's mark, not wording.
_MARKS = re.compile(r"\x1f|[@#][\w.]+|(?:https?://|www\.|t\.me/)[^\s]+")
_WORD = re.compile(r"\w+")
# A handle and at most three words after it close a post: the channel's signature.
_SIGNATURE = re.compile(r"@\w+(?:[^\w@]+\w+){0,3}[^\w@]*$")
_SIGNATURE_REACH = 80
# Between texts that are folded in one go; folding keeps it.
_BREAK = "\n\x1f\n"
# A shorter line is a label or a signature and closes without a full stop.
SHORTEST_SPOKEN = 20
# Shorter words are particles and initials.
SHORTEST_NAME = 3


class Wording:
    """Folded words of one article, in order, and how its letters were set.

    ``title`` counts the leading words that belong to the first sentence. What only some
    comparisons ask for is found out when it is first asked for.
    """

    def __init__(self, texts: Sequence[str], folded: Sequence[str], language: str) -> None:
        """``texts`` are the sentences as printed, ``folded`` the same folded."""
        self._texts, self._folded, self._language = texts, folded, language
        sentences = list(map(_WORD.findall, folded))
        self.words = tuple(chain.from_iterable(sentences))
        self.title = len(sentences[0]) if sentences else 0

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        return frozenset(self.words)

    @cached_property
    def rest(self) -> frozenset[str]:
        """The words after the first sentence."""
        return frozenset(self.words[self.title :])

    @cached_property
    def numbers(self) -> frozenset[str]:
        return frozenset(filter(str.isdigit, self.words))

    @cached_property
    def names(self) -> frozenset[str]:
        """The words that may be a name, a place or a day."""
        return _names(self.words, self._texts, self._language)

    @cached_property
    def care(self) -> float:
        """The share of sentences that close with a full stop, a question or an exclamation mark,
        plus the marks per word that hurried retyping loses (joiners, hamza, vowel signs), each in
        [0, 1] and added: a copy keeps less of it, never more."""
        return _care(self._texts)

    @cached_property
    def glosses(self) -> frozenset[str]:
        return frozenset(gloss for text in self._folded for gloss in _glosses(text))


# A story that grows is told again with every report: its articles' words are remembered.
@lru_cache(maxsize=4096)
def wording(article: Article) -> Wording:
    """The words of ``article`` without marks and without stock after the first sentence."""
    end = _unsigned(article)
    told = [article.text[span.start : min(span.end, end)] for span in article.sentences]
    told = [_MARKS.sub(" ", text) for text in told if text.strip()]
    told = told or [_MARKS.sub(" ", article.span.of(article.text))]
    folded = fold_text(_BREAK.join(told)).split(_BREAK)
    openers = _openers(article.language)
    kept = [
        at
        for at, text in enumerate(folded)
        if not at or not text.lstrip(' "-*').startswith(openers)
    ]
    return Wording([told[at] for at in kept], [folded[at] for at in kept], article.language)


def _unsigned(article: Article) -> int:
    """Where the signature of a post begins, or the article's end."""
    start = max(article.span.start, article.span.end - _SIGNATURE_REACH)
    found = _SIGNATURE.search(article.text, start, article.span.end)
    return found.start() if found else article.span.end


def _care(texts: Sequence[str]) -> float:
    spoken = [text for text in map(str.strip, texts) if len(text) > SHORTEST_SPOKEN]
    if not spoken:
        return 0.0
    closed = sum(text[-1] in '.؟?!»"”…' for text in spoken) / len(spoken)
    letters = sum(map(len, spoken))
    fine = sum(len(_FINE.findall(text)) for text in spoken)
    return closed + min(1.0, 20.0 * fine / letters)


# Zero-width joiners, hamza above, tanwin and vowel signs, and the Persian heh with hamza.
_FINE = re.compile("[\u200c\u0654\u064b-\u0651\u06c0\u06c2\u0623\u0624\u0626]")
_GLOSS = re.compile(r"\(([^()\n]{2,40})\)")


def _glosses(folded: str) -> list[str]:
    return [" ".join(_WORD.findall(words)) for words in _GLOSS.findall(folded)]


def _names(words: Sequence[str], texts: Sequence[str], language: str) -> frozenset[str]:
    """Words that may be names: no common ones, and where case tells, capitalised somewhere."""
    found = {word for word in words if len(word) >= SHORTEST_NAME and not word.isdigit()}
    raised = [word for text in texts for word in _WORD.findall(text) if word[0].isupper()]
    if raised:
        names = frozenset(fold_text(_BREAK.join(raised)).split(_BREAK))
        found = {word for word in found if word in names or word[0].upper() == word[0]}
    return frozenset(found - _common(language))


@cache
def _common(language: str) -> frozenset[str]:
    told = tomllib.loads(files("clusterer.data").joinpath("common_words.toml").read_text("utf-8"))
    return frozenset(told["words"].get(language, "").split())


@cache
def _openers(language: str) -> tuple[str, ...]:
    told = tomllib.loads(files("clusterer.data").joinpath("stock.toml").read_text("utf-8"))
    return tuple(fold_text(opener) for opener in told["openers"].get(language, ()))
