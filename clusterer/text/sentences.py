"""Sentences of a stretch of text, as spans; what is only a signature is left out.

Marks end a sentence in any script; abbreviations and initials (``data/sentences.toml``) do
not. A sentence too long for a sentence encoder is cut at its clause marks.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

from clusterer.news import Span

# An encoder of 128 tokens sees about 300 code points of Persian or Arabic.
MAX_CHARS = 320
SIGNATURE_CHARS = 20  # the longest whole-line signature of the table has 9

# A run of marks is tried once, from its first: a megabyte of full stops would cost its square.
_MARKS = ".!?؟۔…。！？।"
_END = re.compile(rf"""(?<![{_MARKS}])[{_MARKS}]++["'”’»)\]]{{0,3}}(?=\s|$)|[。！？]|\n+""")
_CLAUSE = re.compile(r"[،,;؛:—–](?=\s)|(?<=\s)[-–—](?=\s)")
_SIGNATURE = re.compile(r"(?:https?://|www\.)\S+|[@#][\w.]+|\bt\.me/\S+")
# A channel signs a post with its handle and at most a slogan of a few words behind it.
_SIGNED = re.compile(r"(?<![\w.])(?P<handle>@\w{3,})(?:[^\w@]{0,8}[^\W@]{1,12}){0,3}[^\w@]{0,8}$")
_TAIL = 100  # code points in which a whole signature fits
_SIGNS = {"So", "Sk", "Sm", "Mn", "Cf", "Zs", "Cc", "Pd"}  # pictures, joiners, dashes and spaces
_FIRST = re.compile(r"[\w«\"“‘'(\[„]")
_WORDS = re.compile(r"[^\W\d_][\W\d_]*[^\W\d_]")  # two letters, however far apart


def split_sentences(text: str, span: Span) -> list[Span]:
    """Sentences inside ``span`` of ``text``, in order, each at most ``MAX_CHARS`` long.

    A line feed always ends a sentence. Stretches without two letters once handles, tags
    and addresses are taken away are no sentences.
    """
    found: list[Span] = []
    start = span.start
    span = Span(start, _unsigned(text, *span))
    for end in _ends(text, span):
        sentence = _trim(text, start, end)
        if sentence is not None:
            found.extend(_cut(text, sentence))
        start = end
    return found


def _ends(text: str, span: Span) -> list[int]:
    ends = [
        mark.end()
        for mark in _END.finditer(text, span.start, span.end)
        if not _abbreviates(text, span, mark)
    ]
    if not ends or ends[-1] != span.end:
        ends.append(span.end)
    return ends


def _abbreviates(text: str, span: Span, mark: re.Match[str]) -> bool:
    """Whether the full stop belongs to an initial or an abbreviation."""
    if mark.group() != ".":
        return False
    after = text[mark.end() : mark.end() + 2].strip()
    if after and after[0].islower():
        return True
    at = mark.start()
    word = re.search(r"[^\s(«\"“']*$", text[max(span.start, at - 12) : at])
    said = word.group() if word else ""
    single = len(said) == 1 and said.isalpha() and (said.isupper() or not said.isascii())
    return single or said.casefold() in _abbreviations()


def _trim(text: str, start: int, end: int) -> Span | None:
    """The stretch without the signs around it, or None when nothing is said in it."""
    first = _FIRST.search(text, start, end)
    if first is None:
        return None
    start, end = first.start(), _unsigned(text, start, end)
    while end > start and text[end - 1].isspace():
        end -= 1
    said = text[start:end]
    before = text[start - 1 : start]
    if before in ("@", "#") or "@" in said or "#" in said or "/" in said:
        said = _SIGNATURE.sub(" ", before + said)
    if len(said) <= SIGNATURE_CHARS and said.casefold().strip(" -|.") in _signatures():
        return None
    return Span(start, end) if _WORDS.search(said) else None


def _unsigned(text: str, start: int, end: int) -> int:
    """Where the stretch ends without the signature and the signs before it."""
    at = max(start, end - _TAIL)
    signed = _SIGNED.search(text, at, end) if "@" in text[at:end] else None
    if signed is None:
        return end
    before = signed.start()
    while before > start and unicodedata.category(text[before - 1]) in _SIGNS:
        before -= 1
    # between words, with words to follow, a handle is somebody that the news is about
    spoken = before > start and text[before : signed.start()].isspace()
    return end if spoken and _WORDS.search(text, signed.end("handle"), end) else before


def _cut(text: str, sentence: Span) -> list[Span]:
    """Pieces of at most ``MAX_CHARS``: at the last clause mark that fits, else at a space."""
    pieces: list[Span] = []
    start, end = sentence
    while end - start > MAX_CHARS:
        limit = start + MAX_CHARS
        marks = [mark.end() for mark in _CLAUSE.finditer(text, start + MAX_CHARS // 3, limit)]
        space = text.rfind(" ", start + 1, limit)
        stop = marks[-1] if marks else space if space > start else limit
        piece = _trim(text, start, stop)
        if piece is not None:
            pieces.append(piece)
        start = stop
    piece = _trim(text, start, end)
    if piece is not None:
        pieces.append(piece)
    return pieces


@cache
def _told() -> dict[str, list[str]]:
    path = files("clusterer.data").joinpath("sentences.toml")
    return tomllib.loads(path.read_text("utf-8"))


@cache
def _abbreviations() -> frozenset[str]:
    return frozenset(_told()["abbreviations"])


@cache
def _signatures() -> frozenset[str]:
    return frozenset(_told()["signatures"])
